package ingest

import (
	"cmp"
	"slices"

	"taxportal/internal/models"
)

// tally counts findings by rule, keeps the first of each, and passes every one on.
type tally struct {
	keep     int
	all      func(Finding) error
	groups   map[group]*RuleCount
	errors   int64
	warnings int64
}

// group is what counts as one rule on the page: the rule and, unless it looks at several fields, the field.
type group struct{ rule, field string }

func newTally(keep int) *tally { return &tally{keep: keep, groups: map[group]*RuleCount{}} }

// add counts one finding. title and advice speak for all findings of the rule; field is empty for rules over several
// fields.
func (t *tally) add(f Finding, title, advice, field string) error {
	g := group{f.Rule, field}
	r := t.groups[g]
	if r == nil {
		r = &RuleCount{Rule: f.Rule, Severity: f.Severity, Field: field, Title: title, Advice: advice}
		t.groups[g] = r
	}
	r.Count++
	if len(r.First) < t.keep {
		r.First = append(r.First, f)
	}
	if f.Severity == models.SeverityError {
		t.errors++
	} else {
		t.warnings++
	}
	if t.all == nil {
		return nil
	}
	return t.all(f)
}

// rules returns the groups as a reader wants them: errors before warnings, most rows first.
func (t *tally) rules() []RuleCount {
	out := make([]RuleCount, 0, len(t.groups))
	for _, r := range t.groups {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b RuleCount) int {
		// 'error' stands before 'warning' in the alphabet as well.
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(b.Count, a.Count),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Field, b.Field))
	})
	return out
}
