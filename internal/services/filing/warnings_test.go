package filing_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/seed/demo"
)

// warned is a register with three warnings: two permits of another year (R2) and a house without a price (R5).
func warned(d *desk) *demo.Sheet {
	s := d.rows(zjj, 20)
	s.Set(3, "issue_date", "2025-12-30").Set(7, "issue_date", "2025-12-31")
	return s.Set(11, "house_use", "商业").Set(11, "record_price", "")
}

// explain answers one finding, or a whole rule with finding −1.
func (d *desk) explain(task, rule string, finding int, text string) error {
	d.t.Helper()
	for _, r := range d.page(task).Rules {
		if r.Rule == rule {
			in := filing.ExplainInput{Rule: r.ID, Text: text}
			if finding >= 0 {
				in.Finding = r.Findings[finding].ID
			}
			return d.Filing.Explain(d.ctx, d.liaison(task), d.page(task).Batch.Code, in)
		}
	}
	d.t.Fatalf("no rule %s in %+v", rule, d.page(task).Rules)
	return nil
}

// open fails the test unless so many warnings are open.
func (d *desk) open(task string, want int64) {
	d.t.Helper()
	if b := d.page(task).Batch; b.OpenWarnings != want {
		d.t.Errorf("%s (%s) has %d open warnings, want %d", b.Code, b.State, b.OpenWarnings, want)
	}
}

func TestExplain_OneByOneAndByRule(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.upload(zjj, warned(d).CSV())
		if b.State != models.BatchWarnings || b.WarningCount != 3 || b.OpenWarnings != 3 || b.RowsRejected != 0 {
			t.Fatalf("%s with %d warnings, %d open", b.State, b.WarningCount, b.OpenWarnings)
		}
		refused(t, d.Filing.Move(d.ctx, d.liaison(zjj), b.Code, models.VerbSubmit, filing.MoveInput{}), fault.Conflict, "有提醒")
		refused(t, d.explain(zjj, "row.R2", 0, "  "), fault.Invalid, "说明")
		refused(t, d.explain(zjj, "row.R2", 0, strings.Repeat("长", 501)), fault.Invalid, "500")

		d.ok(d.explain(zjj, "row.R2", 0, "跨年核发，以许可证为准"))
		d.open(zjj, 2)
		d.ok(d.explain(zjj, "row.R2", 0, "跨年核发，已核对原件")) // again: the same warning
		d.open(zjj, 2)
		d.ok(d.explain(zjj, "row.R5", -1, "商业部分尚未备案"))
		d.open(zjj, 1)
		d.is(b.Code, models.BatchWarnings)
		d.ok(d.explain(zjj, "row.R2", 1, "跨年核发"))
		d.open(zjj, 0)
		d.is(b.Code, models.BatchClean)
		d.ok(d.explain(zjj, "row.R2", 1, "跨年核发，原件已扫描")) // until it is submitted, an explanation can be changed
		d.is(b.Code, models.BatchClean)
		d.open(zjj, 0)

		page := d.page(zjj)
		for _, r := range page.Rules {
			for i := range r.Findings {
				answer := filing.AnswerTo(page.Answers, r.Rule, &r.Findings[i])
				if answer == nil || answer.ByName != "王静" {
					t.Errorf("row %d of %s: %+v", r.Findings[i].Row, r.Rule, answer)
				} else if r.Rule == "row.R2" && i == 0 && string(answer.Text) != "跨年核发，已核对原件" {
					t.Errorf("answer %s", answer.Text)
				}
			}
		}
		d.toOffice(b.Code)
		refused(t, d.explain(zjj, "row.R2", 1, "再说一次"), fault.Conflict, "待受理")
	})
}

func TestExplain_ChangedForAWholeRuleOnceNothingIsOpen(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.upload(zjj, warned(d).CSV())
		said := func() string {
			page, list := d.page(zjj), []string{}
			for _, r := range page.Rules {
				for i := range r.Findings {
					if a := filing.AnswerTo(page.Answers, r.Rule, &r.Findings[i]); a != nil {
						list = append(list, string(a.Text))
					}
				}
			}
			return strings.Join(list, "|")
		}
		d.ok(d.explain(zjj, "row.R2", 0, "甲证跨年"))
		d.ok(d.explain(zjj, "row.R2", -1, "乙证跨年")) // one is open: what was said of the other stays
		if got := said(); got != "甲证跨年|乙证跨年" {
			t.Errorf("by row and by rule: %s", got)
		}
		d.ok(d.explain(zjj, "row.R2", -1, "均跨年"))
		if got := said(); got != "均跨年|均跨年" {
			t.Errorf("anew by rule: %s", got)
		}
		d.ok(d.explain(zjj, "row.R5", -1, "尚未备案"))
		d.is(b.Code, models.BatchClean)
		d.ok(d.explain(zjj, "row.R5", -1, "尚未备案，十二月补"))
		if got := said(); got != "均跨年|均跨年|尚未备案，十二月补" {
			t.Errorf("after the batch is clean: %s", got)
		}
		page := d.page(zjj)
		for _, r := range page.Rules {
			if open, ok := page.Open[r.ID]; !ok || open != 0 {
				t.Errorf("%s: %d open", r.Rule, open)
			}
		}
		d.move(d.liaison(zjj), b.Code, models.VerbSubmit)
		refused(t, d.explain(zjj, "row.R5", -1, "再改"), fault.Conflict, "待审签")
		d.ok(d.Filing.Move(d.ctx, d.chief(zjj), b.Code, models.VerbSendBack, filing.MoveInput{Reason: "说明不清楚"}))
		d.ok(d.explain(zjj, "row.R5", -1, "商业部分十二月备案"))
		d.is(b.Code, models.BatchClean)
	})
}

func TestPage_CountsWhatIsOpenOfEachRule(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.upload(zjj, warned(d).CSV())
		open := func() map[string]int64 {
			page, n := d.page(zjj), map[string]int64{}
			for _, r := range page.Rules {
				n[r.Rule] = page.Open[r.ID]
			}
			return n
		}
		if n := open(); n["row.R2"] != 2 || n["row.R5"] != 1 {
			t.Errorf("nothing explained: %v", n)
		}
		d.ok(d.explain(zjj, "row.R2", 1, "跨年核发"))
		if n := open(); n["row.R2"] != 1 || n["row.R5"] != 1 {
			t.Errorf("one explained: %v", n)
		}
		d.ok(d.explain(zjj, "row.R2", -1, "跨年核发"))
		if n := open(); n["row.R2"] != 0 || n["row.R5"] != 1 {
			t.Errorf("a rule explained: %v", n)
		}
	})
}

func TestExplain_WhoMay(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.upload(zjj, warned(d).CSV())
		rule := d.page(zjj).Rules[0]
		explain := func(user string, in filing.ExplainInput) error {
			return d.Filing.Explain(d.ctx, d.As(user), b.Code, in)
		}
		in := filing.ExplainInput{Rule: rule.ID, Text: "核对无误"}
		refused(t, explain("liaison.fgw", in), fault.NotFound)
		for _, user := range []string{"chief.zjj", "office", "tax"} {
			refused(t, explain(user, in), fault.Forbidden)
		}
		refused(t, explain("liaison.zjj", filing.ExplainInput{Rule: rule.ID + 99, Text: "核对无误"}), fault.NotFound)
		refused(t, explain("liaison.zjj", filing.ExplainInput{Rule: rule.ID, Finding: 9999, Text: "核对无误"}), fault.NotFound)
		d.ok(explain("handler.zjj", in))
	})
}

func TestExplain_CarriesOverToTheNextUploadWhereTheRowIsUnchanged(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		sheet := warned(d)
		d.upload(zjj, sheet.CSV())
		d.ok(d.explain(zjj, "row.R2", -1, "跨年核发"))
		d.ok(d.explain(zjj, "row.R5", 0, "尚未备案"))

		// one explained row changes, a new warning appears, all rows move down by one
		sheet.Set(7, "presale_units", "88").Set(15, "issue_date", "2025-11-30")
		sheet.Rows = append([][]string{d.rows(zjj, 60).Rows[59]}, sheet.Rows...)
		b := d.upload(zjj, sheet.CSV())
		if b.State != models.BatchWarnings || b.WarningCount != 4 || b.OpenWarnings != 2 {
			t.Fatalf("%s with %d warnings, %d open", b.State, b.WarningCount, b.OpenWarnings)
		}
		page := d.page(zjj)
		answered := map[int64]string{}
		for _, r := range page.Rules {
			for i := range r.Findings {
				if a := filing.AnswerTo(page.Answers, r.Rule, &r.Findings[i]); a != nil {
					answered[r.Findings[i].Row] = string(a.Text)
					if a.CarriedOf == 0 || a.ByName != "王静" {
						t.Errorf("answer %+v is not marked as carried over", a)
					}
				}
			}
		}
		if len(answered) != 2 || answered[6] != "跨年核发" || answered[14] != "尚未备案" {
			t.Errorf("answered %v", answered)
		}

		// through an upload with errors the explanations are not lost
		d.ok(d.explain(zjj, "row.R2", -1, "跨年核发，均已核对"))
		d.is(b.Code, models.BatchClean)
		bad := *sheet
		bad.Rows = append([][]string{append([]string(nil), sheet.Rows[0]...)}, sheet.Rows[1:]...)
		bad.Set(0, "developer_uscc", "")
		d.is(d.upload(zjj, bad.CSV()).Code, models.BatchErrors)
		if b := d.upload(zjj, sheet.CSV()); b.State != models.BatchClean || b.WarningCount != 4 || b.OpenWarnings != 0 {
			t.Errorf("%s with %d open warnings", b.State, b.OpenWarnings)
		}
	})
}

// Whoever uploads the wrong file between two tries has not explained for nothing.
func TestExplain_CarriesOverPastAWrongFile(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.upload(zjj, warned(d).CSV())
		d.ok(d.explain(zjj, "row.R2", -1, "跨年核发"))
		d.ok(d.explain(zjj, "row.R5", 0, "尚未备案"))
		other := d.rows(zjj, 60)
		other.Set(30, "issue_date", "2025-12-30")
		d.upload(zjj, other.CSV())
		d.ok(d.explain(zjj, "row.R2", -1, "跨年核发，另一份"))
		d.is(d.upload(zjj, []byte("没有表头")).Code, models.BatchMalformed)
		if b := d.upload(zjj, warned(d).CSV()); b.State != models.BatchClean || b.OpenWarnings != 0 {
			t.Errorf("%s with %d open warnings", b.State, b.OpenWarnings)
		}
	})
}

func TestExplain_OneRuleOfTwoFieldsIsExplainedForEach(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		const task = "ZRZY-01-202610"
		sheet := d.rows(task, 40)
		for i := range sheet.Rows {
			if sheet.Get(i, "prior_holder_id") != "" { // passports that look one character short
				sheet.Set(i, "holder_id", "G1234567").Set(i, "prior_holder_id", "E1234567")
				break
			}
		}
		b := d.upload(task, sheet.CSV())
		rules := d.page(task).Rules
		if b.State != models.BatchWarnings || len(rules) != 2 || rules[0].Rule != rules[1].Rule {
			t.Fatalf("%s with %+v", b.State, rules)
		}
		for i, in := range []filing.ExplainInput{
			{Rule: rules[0].ID, Finding: rules[0].Findings[0].ID, Text: "以护照为准"}, {Rule: rules[1].ID, Text: "以护照为准，已核对"},
		} {
			d.is(b.Code, models.BatchWarnings)
			d.ok(d.Filing.Explain(d.ctx, d.liaison(task), b.Code, in))
			d.open(task, int64(1-i))
		}
		d.is(b.Code, models.BatchClean)
	})
}

func TestCheck_ComparesWithTheUnitsLastEffectivePeriod(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.upload(zjj, d.rows(zjj, 100).CSV())
		d.is(b.Code, models.BatchClean) // nothing to compare with
		d.toOffice(b.Code)
		d.move(d.As("office"), b.Code, models.VerbAccept)
		d.Clock.Set("2026-12-03", 9, 0)
		d.openPeriods()
		const november = "ZJJ-02-202611"
		next := d.upload(november, d.rows(november, 20).CSV())
		if next.State != models.BatchWarnings || next.OpenWarnings < 2 {
			t.Fatalf("%s with %d open warnings", next.State, next.OpenWarnings)
		}
		for _, r := range d.page(november).Rules {
			d.ok(d.Filing.Explain(d.ctx, d.liaison(november), next.Code, filing.ExplainInput{Rule: r.ID, Finding: r.Findings[0].ID, Text: "集中在上月核发"}))
		}
		d.is(next.Code, models.BatchClean)
		// what was said of the whole batch stays true while its figures are the same, and is asked again when they are not
		if same := d.upload(november, d.rows(november, 20).CSV()); same.State != models.BatchClean || same.OpenWarnings != 0 {
			t.Errorf("%s with %d open warnings", same.State, same.OpenWarnings)
		}
		if again := d.upload(november, d.rows(november, 21).CSV()); again.State != models.BatchWarnings || again.OpenWarnings != again.WarningCount {
			t.Errorf("%s with %d open warnings", again.State, again.OpenWarnings)
		}
	})
}
