package e2e_test

import (
	_ "embed"
	"encoding/json"
	"strings"
)

// eyes are the functions by which a person finds things on a page: by their words.
//
//go:embed testdata/eyes.js
var eyes string

// call returns the expression that calls one of the functions of eyes.js. The functions come along with each call, so
// that nothing is left behind in the page.
func call(function string, arguments ...string) string {
	quoted := make([]string, len(arguments))
	for i, a := range arguments {
		text, _ := json.Marshal(a) // a string always marshals
		quoted[i] = string(text)
	}
	return "(" + eyes + ")()." + function + "(" + strings.Join(quoted, ", ") + ")"
}
