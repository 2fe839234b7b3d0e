package components

import "github.com/a-h/templ"

// URL is an address of this portal as a page's link carries it. Handlers make it from internal/paths; templ itself is
// known to the views and to the one render function only.
type URL = templ.SafeURL
