package cn_test

import (
	"reflect"
	"testing"

	"taxportal/internal/cn"
)

// want is what a check should say of a value; an empty rule means nothing at all.
type want struct {
	value    string
	rule     cn.Rule
	severity cn.Severity
	mark     []int
	suggest  string
}

// checkAll holds the kind's check against each wanted answer.
func checkAll(t *testing.T, kind cn.Kind, cases map[string]want) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ps := cn.Check(kind, c.value, today)
			if c.rule == "" {
				if len(ps) != 0 {
					t.Fatalf("%q: unwanted %+v", c.value, ps)
				}
				return
			}
			if len(ps) != 1 {
				t.Fatalf("%q: want one problem, got %+v", c.value, ps)
			}
			p := ps[0]
			if p.Rule != c.rule || p.Severity != c.severity || p.Suggest != c.suggest || p.Message == "" {
				t.Fatalf("%q: got %+v, want %+v", c.value, p, c)
			}
			if c.mark != nil && !reflect.DeepEqual(p.Mark, c.mark) {
				t.Fatalf("%q: marks %v, want %v", c.value, p.Mark, c.mark)
			}
			if p.Advice() == "" {
				t.Fatalf("%q: no advice in %+v", c.value, p)
			}
		})
	}
}

// span is the positions from..to.
func span(from, to int) []int {
	var out []int
	for i := from; i <= to; i++ {
		out = append(out, i)
	}
	return out
}

// with replaces the character at position i.
func with(v string, i int, c byte) string { return v[:i] + string(c) + v[i+1:] }

// swap exchanges the characters at i and i+1.
func swap(v string, i int) string { return v[:i] + string(v[i+1]) + string(v[i]) + v[i+2:] }
