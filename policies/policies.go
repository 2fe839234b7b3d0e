// Package policies embeds the one place that says which role may do what. The files are edited here and reviewed,
// never in the browser.
package policies

import _ "embed"

// Model is the casbin model.
//
//go:embed model.conf
var Model string

// Policy is the casbin policy, one line a role, object and action.
//
//go:embed policy.csv
var Policy string
