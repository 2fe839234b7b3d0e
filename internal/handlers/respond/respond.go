// Package respond turns a view into an answer: one function for pages, one for redirects, one for files, one for errors.
package respond

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// Page answers with the whole page, or with only its partial when htmx asked for one. partial may be nil.
// The page is rendered to a buffer first, so that a failing component becomes a clean error page.
func Page(c echo.Context, status int, page, partial templ.Component) error {
	c.Response().Header().Add("Vary", "HX-Request")
	if partial != nil && WantsPartial(c.Request()) {
		page = partial
	}
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := page.Render(c.Request().Context(), buf); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return c.HTMLBlob(status, buf.Bytes())
}

// IsHTMX reports whether the request was made by htmx.
func IsHTMX(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// WantsPartial reports whether htmx asks for a part of a page: not for a boosted link and not for its own history.
func WantsPartial(r *http.Request) bool {
	return IsHTMX(r) && r.Header.Get("HX-Boosted") != "true" && r.Header.Get("HX-History-Restore-Request") != "true"
}

// SeeOther sends the browser to another page after a step. htmx is told by a header, because the browser would follow
// a 303 unseen and the next page would land in a fragment.
func SeeOther(c echo.Context, path string) error {
	if IsHTMX(c.Request()) {
		c.Response().Header().Set("HX-Redirect", path)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, path)
}

// Attach sets the headers of a download under a name that users may choose: it is never shown as a page.
func Attach(c echo.Context, name, contentType string) {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, contentType)
	header.Set(echo.HeaderContentDisposition, disposition(name))
	header.Set("Cache-Control", "private, no-store")
}

// disposition names the file twice: once for old clients in ASCII, once in full (RFC 6266, RFC 5987).
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/;%`, r) {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return fmt.Sprintf(`attachment; filename="%s"`, plain)
	}
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
}

// Content types of downloads.
const (
	TypeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	TypeCSV  = "text/csv; charset=utf-8"
	TypeJSON = "application/json; charset=utf-8"
	TypeAny  = "application/octet-stream"
)
