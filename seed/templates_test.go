package seed_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/types"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// row is one row as a row rule sees it: numbers as float64, everything else as text, empty cells nil.
type row map[string]any

func TestTemplates_shape(t *testing.T) {
	for _, def := range load(t).Templates {
		keys, sensitive, prior, errors, warnings := 0, 0, 0, 0, 0
		for _, f := range def.Fields {
			keys += one(f.Key)
			sensitive += one(f.Sensitive)
			prior += one(f.Prior > 0)
			if f.Example == "" {
				t.Errorf("%s.%s has no example", def.Code, f.Code)
			}
			if len([]rune(f.Caliber)) < 12 || !strings.HasSuffix(f.Caliber, "。") {
				t.Errorf("%s.%s: this is no 口径: %q", def.Code, f.Code, f.Caliber)
			}
		}
		for _, r := range def.Rules {
			errors += one(r.Severity == models.SeverityError)
			warnings += one(r.Severity == models.SeverityWarning)
		}
		if n := len(def.Fields); n < 10 || n > 18 {
			t.Errorf("%s has %d fields", def.Code, n)
		}
		if def.SubjectField() < 0 || keys == 0 || prior == 0 || def.PriorRows == 0 || errors == 0 || warnings == 0 || len(def.Rules) < 3 {
			t.Errorf("%s: subject %d, keys %d, prior %d, rules %d+%d", def.Code, def.SubjectField(), keys, prior, errors, warnings)
		}
		if def.Code != "fgw-05" && sensitive == 0 {
			t.Errorf("%s has no sensitive field", def.Code)
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

// good are rows to which no rule objects.
var good = map[string]row{
	"zjj-02": {"permit_no": "聊房预售字〔2026〕118号", "issue_date": "2026-10-08", "valid_until": "2028-10-07", "house_use": "1",
		"presale_area": 12680.45, "presale_units": 116.0, "record_price": 7850.0},
	"fgw-05": {"project_code": "2403-371502-04-01-123456", "approval_date": "2024-03-18", "total_invest": 12600.0, "fund_fiscal": 0.0,
		"fund_own": 8600.0, "fund_loan": 4000.0, "start_month": "2024-06", "finish_month": "2027-12", "stage": "2", "invest_done": 5230.0},
	"zrzy-01": {"reg_kind": "200", "reg_reason": "05", "holder_id": "371502198001010018", "prior_holder_id": "91371500MA3DEM0006",
		"land_area": 18.36, "house_area": 128.45, "estate_use": "10", "price": 856000.0, "tax_proof": "1"},
}

// TestTemplates_rules holds each row rule against a row that it must refuse and rows that it must not.
func TestTemplates_rules(t *testing.T) {
	bad := map[string]row{
		"zjj-02 R1":  {"valid_until": "2026-10-07"},
		"zjj-02 R2":  {"permit_no": "聊房预售字〔2025〕118号"},
		"zjj-02 R3":  {"presale_units": 11.0},
		"zjj-02 R4":  {"record_price": 1286400.0},
		"zjj-02 R5":  {"record_price": nil},
		"fgw-05 R1":  {"fund_own": 8600.02},
		"fgw-05 R2":  {"finish_month": "2024-05"},
		"fgw-05 R3":  {"stage": "1"},
		"fgw-05 R4":  {"invest_done": 13861.0},
		"fgw-05 R5":  {"stage": "3"},
		"fgw-05 R6":  {"approval_date": "2024-02-29"},
		"zrzy-01 R1": {"prior_holder_id": nil},
		"zrzy-01 R2": {"tax_proof": nil},
		"zrzy-01 R3": {"tax_proof": "4"},
		"zrzy-01 R4": {"price": nil},
		"zrzy-01 R5": {"land_area": nil, "house_area": 0.0},
		"zrzy-01 R6": {"prior_holder_id": "371502198001010018"},
		"zrzy-01 R7": {"price": 85.6},
	}
	spare := map[string][]row{ // other good rows: what is empty is not the rules' business
		"zjj-02":  {{"valid_until": nil, "record_price": nil, "house_use": "5"}, {"house_use": "4", "record_price": 80000.0, "presale_units": 2000.0}},
		"fgw-05":  {{"stage": "1", "invest_done": 0.0}, {"stage": "3", "invest_done": 12000.0}},
		"zrzy-01": {{"reg_kind": "800", "prior_holder_id": nil, "tax_proof": nil, "price": nil, "house_area": nil}, {"reg_reason": "08", "price": nil}, {"house_area": nil, "estate_use": "20"}},
	}
	for _, def := range load(t).Templates {
		for _, rule := range def.Rules {
			name := def.Code + " " + rule.Code
			holds := judge(t, def, rule)
			if !holds(good[def.Code]) {
				t.Errorf("%s refuses the good row", name)
			}
			for _, s := range spare[def.Code] {
				if !holds(with(good[def.Code], s)) {
					t.Errorf("%s refuses %v", name, s)
				}
			}
			if wrong, ok := bad[name]; !ok || holds(with(good[def.Code], wrong)) {
				t.Errorf("%s takes %v, or has no bad row", name, wrong)
			}
		}
	}
}

func with(base, change row) row {
	r := maps.Clone(base)
	maps.Copy(r, change)
	return r
}

func judge(t *testing.T, def models.Definition, rule models.RowRule) func(row) bool {
	t.Helper()
	strict, loose := types.Map{}, types.Map{}
	for _, f := range def.Fields {
		strict[f.Code] = types.String
		if f.Numeric() {
			strict[f.Code] = types.Float64
		}
		loose[f.Code] = strict[f.Code]
		if !f.Required {
			loose[f.Code] = types.Any
		}
	}
	if _, err := expr.Compile(rule.Expr, expr.Env(strict), expr.AsBool()); err != nil {
		t.Fatalf("%s %s: %v", def.Code, rule.Code, err)
	}
	program, err := expr.Compile(rule.Expr, expr.Env(loose), expr.AsBool())
	if err != nil {
		t.Fatalf("%s %s: %v", def.Code, rule.Code, err)
	}
	return func(r row) bool {
		out, err := expr.Run(program, map[string]any(r))
		if err != nil {
			t.Errorf("%s %s: %v", def.Code, rule.Code, err)
			return false
		}
		return out.(bool)
	}
}
