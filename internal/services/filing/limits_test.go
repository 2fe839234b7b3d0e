package filing_test

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/workflow"
	"taxportal/seed/demo"
)

// inCounties returns the register with its region column set to the counties, over and over.
func inCounties(rows *demo.Sheet, counties ...string) []byte {
	for i := range rows.Rows {
		rows.Set(i, "region", counties[i%len(counties)])
	}
	return rows.CSV()
}

func TestCheck_AnItemOfEveryCountyNamesTheLackingOnes(t *testing.T) {
	all := []string{"371502", "371503", "371521", "371522", "371524", "371525", "371526", "371581"}
	for name, test := range map[string]struct {
		every    bool
		counties []string
		want     workflow.State
		message  string
	}{
		"every county, and all are there": {true, all, models.BatchClean, ""},
		"every county, and two are not":   {true, all[2:], models.BatchWarnings, "应每个县（市、区）一个数，缺 2 个：东昌府区、茌平区"},
		"not every county is asked for":   {false, all[:1], models.BatchClean, ""},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, d *desk) {
				d.ok(d.DB.Write.Model(&models.CatalogueItem{}).Where("code = ?", "zjj-02").Update("every_county", test.every).Error)
				b := d.upload(zjj, inCounties(d.rows(zjj, 16), test.counties...))
				if b.State != test.want {
					t.Fatalf("%s (%s)", b.State, b.Trouble)
				}
				page := d.page(zjj)
				message := ""
				for _, r := range page.Rules {
					if r.Rule == "region.missing" {
						message = r.Findings[0].Message
					}
				}
				if message != test.message {
					t.Errorf("%q, want %q", message, test.message)
				}
			})
		})
	}
}

// since gives the item of presale permits a day before which nothing may be registered, from a month on.
func (d *desk) since(day models.Day, from models.Period) {
	d.t.Helper()
	p, err := d.Catalogue.Item(d.ctx, d.As("office"), "zjj-02")
	d.ok(err)
	in := catalogue.EditInput{ItemInput: catalogue.InputOf(p.Item), From: from, Reason: "单位来函告知。"}
	in.Since = day
	if len(p.Changes) > 0 {
		in.Seen = p.Changes[0].ID
	}
	_, err = d.Catalogue.Edit(d.ctx, d.As("office"), "zjj-02", in)
	d.ok(err)
}

// issued returns a register of permits of a task whose first rows were issued on the days.
func (d *desk) issued(task string, days ...string) []byte {
	d.t.Helper()
	rows := d.rows(task, 12)
	for i := range rows.Rows {
		rows.Set(i, "issue_date", days[min(i, len(days)-1)])
		rows.Set(i, "valid_until", "2030-12-31")
	}
	return rows.CSV()
}

// before returns what the check of a task says of rows that were registered too early.
func (d *desk) before(task string) (findings []models.Finding) {
	d.t.Helper()
	for _, r := range d.page(task).Rules {
		if r.Rule == "item.since" {
			findings = append(findings, r.Findings...)
		}
	}
	return findings
}

func TestCheck_RefusesWhatWasRegisteredBeforeTheItemsDay(t *testing.T) {
	for name, test := range map[string]struct {
		since models.Day
		days  []string
		want  workflow.State
		told  int
	}{
		"the day before and the day": {"2026-10-15", []string{"2026-10-14", "2026-10-15"}, models.BatchErrors, 1},
		"the day":                    {"2026-10-15", []string{"2026-10-15"}, models.BatchClean, 0},
		"no limit":                   {"", []string{"2026-10-01", "2026-10-14"}, models.BatchClean, 0},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, d *desk) {
				d.ok(d.DB.Write.Model(&models.CatalogueItem{}).Where("code = ?", "zjj-02").Update("since", test.since).Error)
				b := d.upload(zjj, d.issued(zjj, test.days...))
				found := d.before(zjj)
				if b.State != test.want || len(found) != test.told {
					t.Fatalf("%s (%s), %d findings", b.State, b.Trouble, len(found))
				}
				if len(found) == 1 && (found[0].Row != 2 || found[0].Column == "" || found[0].Message != "早于本目录项的登记起始日 2026年10月15日") {
					t.Errorf("%+v", found[0])
				}
			})
		})
	}
}

// TestCheck_AChangeOfTheItemsDayHoldsFromItsPeriodOn files October late, after the limit has changed with January.
func TestCheck_AChangeOfTheItemsDayHoldsFromItsPeriodOn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ok(d.DB.Write.Model(&models.CatalogueItem{}).Where("code = ?", "zjj-02").Update("since", "2026-10-10").Error)
		d.since("2026-12-20", "2027-01")
		d.Clock.Set("2027-02-03", 9, 0)
		_, err := d.Catalogue.ApplyChanges(d.ctx)
		d.ok(err)
		d.since("", "2027-03") // waits
		d.openPeriods()
		for _, test := range []struct {
			task, day string
			told      int
		}{{"ZJJ-02-202612", "2026-12-12", 0}, {"ZJJ-02-202612", "2026-10-09", 12}, {"ZJJ-02-202701", "2026-12-19", 12}, {"ZJJ-02-202701", "2026-12-20", 0}} {
			d.upload(test.task, d.issued(test.task, test.day))
			told := 0
			for _, r := range d.page(test.task).Rules {
				if r.Rule == "item.since" {
					told += int(r.Count)
				}
			}
			if told != test.told {
				t.Errorf("%s with %s: %d rows refused, want %d", test.task, test.day, told, test.told)
			}
		}
	})
}
