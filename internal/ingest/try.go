package ingest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"taxportal/internal/fault"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// tryLimit bounds how long sample rows are tried. A rule always ends, but nobody waits for a page longer than this.
const tryLimit = 2 * time.Second

// TryOutcome is what a row rule says of one sample row.
type TryOutcome string

// The outcomes.
const (
	TryGood    TryOutcome = "good"    // the row keeps the rule
	TryBroken  TryOutcome = "broken"  // the row breaks it: a finding
	TrySkipped TryOutcome = "skipped" // a field that it looks at is wrong by itself
	TryFailed  TryOutcome = "failed"  // it cannot be computed on this row, or not be compiled
)

// TriedRule is one rule on one row.
type TriedRule struct {
	Code    string
	Outcome TryOutcome
	Message string // what is wrong, or why there is no result
}

// TriedRow is what the check says of one sample row.
type TriedRow struct {
	Cells map[string]string // field code → what is wrong with the value
	Rules []TriedRule       // in the order of the template
}

// TryRules checks sample rows, as people type them, against the fields and row rules of a template that may still be
// incomplete: by the code that checks a filing. rows hold texts by field code; fields that a row does not name are empty
// and are not asked for. Returns fault.Unavailable if it takes too long.
func TryRules(ctx context.Context, def *models.Definition, today models.Day, rows []map[string]string) ([]TriedRow, error) {
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	columns := usable(def)
	for i, f := range def.Fields {
		if c, err := compileColumn(def, f, today); err == nil {
			columns[i] = c
		}
	}
	set, faults := compileEach(def, columns, today)
	tried := make([]TriedRow, 0, len(rows))
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return nil, fault.Wrap(fault.Unavailable, "试算超过 2 秒，没有算完。请减少样例行或拆分规则后再试。", err)
		}
		tried = append(tried, tryRow(def, columns, set, faults, row))
	}
	return tried, nil
}

// compileEach compiles the rules of a template one by one, so that a faulty one does not keep the others from running;
// faults hold the sentence of those that do not compile, by index.
func compileEach(def *models.Definition, columns []*column, today models.Day) (set *rowRules, faults map[int]string) {
	faults = map[int]string{}
	set = newRowRules(today)
	strict, loose := ruleTypes(columns)
	for i, r := range def.Rules {
		rule, err := compileRule(whole(r), columns, strict, loose)
		if err != nil {
			_, faults[i] = wordFault(r.Expr, err)
			continue
		}
		set.rules = append(set.rules, rule)
	}
	for i := range columns {
		set.used = append(set.used, i)
	}
	return set, faults
}

func tryRow(def *models.Definition, columns []*column, set *rowRules, faults map[int]string, row map[string]string) TriedRow {
	tried := TriedRow{Cells: map[string]string{}}
	values := make([]models.Value, len(columns))
	bad := make([]bool, len(columns))
	for i, c := range columns {
		text := strings.TrimSpace(row[c.field.Code])
		switch {
		case text == "":
			values[i] = models.Value{Null: true}
		case c.kind.convert == nil:
			tried.Cells[c.field.Code], bad[i] = "字段还没有定义完整，不能试算", true
		default:
			v, issues := c.check(&sheet.Cell{Kind: sheet.Text, Text: text})
			values[i], bad[i] = v, hasError(issues)
			if len(issues) > 0 {
				tried.Cells[c.field.Code] = issues[0].message
			}
		}
	}
	set.fill(columns, values)
	next := 0
	for i, r := range def.Rules {
		if why, faulty := faults[i]; faulty {
			tried.Rules = append(tried.Rules, TriedRule{r.Code, TryFailed, why})
			continue
		}
		tried.Rules = append(tried.Rules, tryRule(set, &set.rules[next], bad))
		next++
	}
	return tried
}

func tryRule(set *rowRules, rule *rowRule, bad []bool) TriedRule {
	for _, i := range rule.looks {
		if bad[i] {
			return TriedRule{rule.Code, TrySkipped, "涉及的字段本身有误，没有按这条规则核对"}
		}
	}
	good, err := set.run(rule)
	switch {
	case err != nil:
		return TriedRule{rule.Code, TryFailed, "这一行的值无法代入算式；可能为空的字段请先判断，如 price == nil or price > 0"}
	case good:
		return TriedRule{Code: rule.Code, Outcome: TryGood}
	}
	return TriedRule{rule.Code, TryBroken, rule.Message}
}

// RuleLooks returns the codes of the fields that a rule looks at: those in its expression, in the order of the template.
func RuleLooks(def *models.Definition, r models.RowRule) []string {
	names, err := inspect(r.Expr)
	if err != nil {
		names = map[string]bool{}
	}
	for _, code := range r.Fields {
		names[code] = true
	}
	var codes []string
	for _, f := range def.Fields {
		if names[f.Code] {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// TitleKey folds a column's title to what tells it from others: without brackets, marks, blanks, width and case.
func TitleKey(title string) string {
	bare, _ := bareTitle(foldTitle(title))
	return bare
}

// Refusal words the error of opening or reading a file for those who chose it; what is no fault of the file stays.
func Refusal(err error) error {
	if m, ok := AsMalformed(err).(*Malformed); ok {
		return fault.Wrap(fault.Invalid, m.Message, err)
	}
	return fmt.Errorf("read file: %w", err)
}
