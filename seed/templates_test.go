package seed_test

import (
	"strings"
	"testing"
	"time"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// personal are the types whose values always are a person's own, or open a way to them.
var personal = map[models.FieldType]bool{models.TypeIDCard: true, models.TypePassport: true, models.TypeAccount: true}

// statistics are totals that name no taxpayer.
var statistics = map[string]bool{"ga-jj-02": true, "tj-07": true}

func TestTemplates_shape(t *testing.T) {
	for _, def := range load(t).Templates {
		keys, prior, errors, warnings, fields := 0, 0, 0, 0, 0
		for _, f := range def.Fields {
			keys += one(f.Key)
			prior += one(f.Prior > 0)
			fields += one(f.Type != models.TypeAttachment) // the name of a document is no work
			if f.Example == "" {
				t.Errorf("%s.%s has no example", def.Code, f.Code)
			}
			if personal[f.Type] && !f.Sensitive {
				t.Errorf("%s.%s is personal and not sealed", def.Code, f.Code)
			}
			if len([]rune(f.Caliber)) < 12 || !strings.HasSuffix(f.Caliber, "。") {
				t.Errorf("%s.%s: this is no 口径: %q", def.Code, f.Code, f.Caliber)
			}
		}
		for _, r := range def.Rules {
			errors += one(r.Severity == models.SeverityError)
			warnings += one(r.Severity == models.SeverityWarning)
		}
		if fields < 10 || fields > 18 {
			t.Errorf("%s has %d fields", def.Code, fields)
		}
		if (def.SubjectField() < 0) != statistics[def.Code] || keys == 0 || prior == 0 || def.PriorRows == 0 || errors == 0 || warnings == 0 || len(def.Rules) < 3 {
			t.Errorf("%s: subject %d, keys %d, prior %d, rules %d+%d", def.Code, def.SubjectField(), keys, prior, errors, warnings)
		}
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// TestTemplates_examples holds that the examples in the workbooks pass the checks of their types.
func TestTemplates_examples(t *testing.T) {
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, models.Zone)
	for _, def := range load(t).Templates {
		for _, f := range def.Fields {
			if problems := cn.Check(cn.Kind(f.Type), f.Example, today); len(problems) > 0 {
				t.Errorf("%s.%s: example %q: %+v", def.Code, f.Code, f.Example, problems)
			}
			if list, ok := def.List(f.List); ok && !hasName(list, f.Example) {
				t.Errorf("%s.%s: example %q is not in the list", def.Code, f.Code, f.Example)
			}
		}
	}
}

func hasName(list models.CodeList, name string) bool {
	for _, item := range list.Items {
		if item.Name == name {
			return true
		}
	}
	return false
}
