package directory_test

import (
	"strconv"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/directory"
	"taxportal/internal/testkit"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// codes returns the codes of a page of the list in order.
func codes(t *testing.T, app *testkit.App, as string, f directory.UnitFilter) string {
	t.Helper()
	if f.Size == 0 {
		f.Page, f.Size = 1, 200
	}
	rows, total, err := app.Directory.ListUnits(t.Context(), app.As(as), f)
	must(t, err)
	if f.Size == 200 && int(total) != len(rows) {
		t.Errorf("%d rows of %d", len(rows), total)
	}
	var list []string
	for _, r := range rows {
		list = append(list, r.Code)
	}
	return strings.Join(list, " ")
}

func TestListUnits_FiltersAndOrder(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		member, city := models.UnitMember, "371500"
		for name, c := range map[string]struct {
			as   string
			f    directory.UnitFilter
			want string // ends with … where only the beginning is named
		}{
			"the city in the plan's order": {"office", directory.UnitFilter{Area: city}, "leaders office fgw zjfy ga ga-jj sf cz swj swj-jc zrzy zrzy-djzx zjj …"},
			"name":                         {"office", directory.UnitFilter{Text: "住房城乡"}, "zjj"},
			"full name":                    {"office", directory.UnitFilter{Text: "国家税务总局聊城市税务局"}, "swj swj-jc"},
			"code without case":            {"office", directory.UnitFilter{Text: "ZRZY-"}, "zrzy-djzx"},
			"percent is a sign":            {"office", directory.UnitFilter{Text: "%"}, ""},
			"kind":                         {"office", directory.UnitFilter{Kind: models.UnitOutside}, "bank bank2"},
			"affiliation":                  {"office", directory.UnitFilter{Affiliation: models.AffiliationVertical, Kind: member, Area: city}, "swj ybjg yc yz"},
			"judicial":                     {"office", directory.UnitFilter{Affiliation: models.AffiliationJudicial}, "zjfy"},
			"a county":                     {"office", directory.UnitFilter{Area: "371526"}, "leaders-gt office-gt gt swj-gt"},
			"a county sees its own":        {"office.gt", directory.UnitFilter{}, "leaders-gt office-gt gt swj-gt"},
			"and nothing else":             {"office.gt", directory.UnitFilter{Area: city}, ""},
			"whom office2 looks after":     {"office", directory.UnitFilter{Contact: "office2", Kind: models.UnitOutside}, "bank2"},
			"without liaison":              {"office", directory.UnitFilter{Status: directory.UnitsNoLiaison, Text: "市公安局"}, ""},
			"without liaison, others":      {"office", directory.UnitFilter{Status: directory.UnitsNoLiaison, Text: "市残联"}, "cl"},
			"without contact":              {"office", directory.UnitFilter{Status: directory.UnitsNoContact}, ""},
			"closed":                       {"office", directory.UnitFilter{Status: directory.UnitsClosed}, ""},
			"most items first":             {"office", directory.UnitFilter{Sort: "items", Page: 1, Size: 1}, "xzsp"},
			"a page":                       {"office", directory.UnitFilter{Area: city, Page: 2, Size: 3}, "zjfy ga ga-jj"},
			"by name is another order":     {"leader", directory.UnitFilter{Kind: models.UnitOutside, Sort: "name"}, "bank bank2 | bank2 bank"},
		} {
			t.Run(name, func(t *testing.T) {
				got := codes(t, app, c.as, c.f)
				if begin, more := strings.CutSuffix(c.want, "…"); more && strings.HasPrefix(got, begin) {
					return
				}
				for _, want := range strings.Split(c.want, " | ") { // engines sort Chinese names differently
					if got == want {
						return
					}
				}
				t.Errorf("got  %s\nwant %s", got, c.want)
			})
		}
	})
}

func TestListUnits_AdministratorsSeeNamesAlone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		for _, who := range []string{"sysadmin", "secadmin", "auditor"} {
			rows, total, err := app.Directory.ListUnits(t.Context(), app.As(who), directory.UnitFilter{Text: "住房城乡", Page: 1, Size: 20})
			must(t, err)
			if total != 1 || rows[0].Name == "" || rows[0].People != nil || rows[0].Contact.Name != "" || rows[0].Items != 0 {
				t.Errorf("%s sees %+v", who, rows)
			}
			_, err = app.Directory.UnitPage(t.Context(), app.As(who), "zjj")
			wantKind(t, err, fault.Forbidden)
			err = app.Directory.ExportUnits(t.Context(), app.As(who), directory.UnitFilter{}, func(directory.UnitRow) error { return nil })
			wantKind(t, err, fault.Forbidden)
		}
		_, _, err := app.Directory.ListUnits(t.Context(), app.As("bank"), directory.UnitFilter{Page: 1, Size: 20})
		wantKind(t, err, fault.Forbidden)
	})
}

// TestListUnits_AsksNoQueryForEachRow holds the list and its export to a fixed number of statements.
func TestListUnits_AsksNoQueryForEachRow(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		leader := app.As("leader")
		list := func(size int) int {
			return app.Queries(func() {
				if _, _, err := app.Directory.ListUnits(t.Context(), leader, directory.UnitFilter{Page: 1, Size: size}); err != nil {
					t.Error(err)
				}
			})
		}
		if few, many := list(3), list(60); few != many || many > 8 {
			t.Errorf("%d statements for 3 units, %d for 60", few, many)
		}
		rows := 0
		n := app.Queries(func() {
			must(t, app.Directory.ExportUnits(t.Context(), leader, directory.UnitFilter{}, func(directory.UnitRow) error { rows++; return nil }))
		})
		if rows < 60 || n > 12 {
			t.Errorf("%d statements to export %d units", n, rows)
		}
	})
}

func TestUnitPage_PeopleContactAndArea(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		for _, who := range []string{"office", "liaison.zjj", "chief.fgw", "tax", "leader"} {
			p, err := app.Directory.UnitPage(t.Context(), app.As(who), "zjj")
			must(t, err)
			if p.Contact == nil || p.Contact.Account.Name != "赵敏" || p.Contact.FromDay != testkit.Today || len(p.People) != 3 || p.CanEdit != (who == "office") {
				t.Errorf("%s sees %+v", who, p)
			}
		}
		_, err := app.Directory.UnitPage(t.Context(), app.As("liaison.dcf"), "zjj")
		wantKind(t, err, fault.NotFound)
		p, err := app.Directory.UnitPage(t.Context(), app.As("liaison.dcf"), "dcf")
		must(t, err)
		if p.Contact == nil || p.Contact.Account.Name != "于敏" {
			t.Errorf("a county's unit has its county's contact: %+v", p.Contact)
		}
		if p := unit(t, app, "ga-jj"); p.Parent == nil || p.Parent.Code != "ga" {
			t.Errorf("交警 stands under %+v", p.Parent)
		}
	})
}

func TestSetContact(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office, p := t.Context(), app.As("office"), unit(t, app, "zjj")
		set := func(as, code string, in directory.ContactInput) error {
			return app.Directory.SetContact(ctx, app.As(as), code, in)
		}
		app.Clock.Set("2026-11-20", 9, 0)
		in := directory.ContactInput{Username: "OFFICE2", From: "2026-11-16", Version: p.Version}
		must(t, set("office", "zjj", in))
		after := unit(t, app, "zjj")
		if after.Contact.Account.Name != "孙立" || len(after.Contacts) != 2 || after.Contacts[1].ToDay != "2026-11-15" || *after.ContactID != after.Contact.AccountID {
			t.Errorf("contacts %+v", after.Contacts)
		}
		if ch := after.Changes[0]; ch.Old != "赵敏" || !strings.Contains(ch.New, "孙立") {
			t.Errorf("history %+v", ch)
		}
		people, err := app.Filing.PeopleOf(ctx, after.Unit)
		if err != nil || people.Contact != "孙立" {
			t.Errorf("the task page names %+v, %v", people, err)
		}
		wantKind(t, set("office", "zjj", directory.ContactInput{Username: "office", From: "2026-11-20", Version: p.Version}), fault.Conflict, "办公室对接人“赵敏”改为“孙立")
		version := after.Version
		wantFields(t, set("office", "zjj", directory.ContactInput{Username: "office2", From: "2026-11-20", Version: version}), "contact")
		wantFields(t, set("office", "zjj", directory.ContactInput{Username: "liaison.fgw", From: "2026-11-10", Version: version}), "contact", "from")
		wantFields(t, set("office", "zjj", directory.ContactInput{Username: "office", From: "2026-11-21", Version: version}), "from")
		wantFields(t, set("office", "zjj", directory.ContactInput{Version: version}), "contact", "from")
		wantFields(t, set("office", "dcf", directory.ContactInput{Username: "office", From: "2026-11-20", Version: 1}), "contact")
		wantKind(t, set("office.dcf", "zjj", in), fault.NotFound)
		wantKind(t, set("liaison.zjj", "zjj", in), fault.Forbidden)

		must(t, set("office", "zjj", directory.ContactInput{Username: "office", From: "2026-11-16", Version: version})) // a slip, mended on the day itself
		after = unit(t, app, "zjj")
		if after.Contact.Account.Name != "赵敏" || after.Contacts[1].ToDay != "2026-11-16" {
			t.Errorf("contacts %+v", after.Contacts)
		}
		people2, err := app.Directory.Candidates(ctx, office, unit(t, app, "office-dcf").Unit)
		if err != nil || len(people2) != 2 {
			t.Errorf("the city's Office looks after a county's: %+v, %v", people2, err)
		}
	})
}

func TestGaps_CountAContactWhoCannotActAsNone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		before, err := app.Directory.Gaps(t.Context(), app.As("office.gt"))
		must(t, err)
		must(t, app.Accounts.Disable(t.Context(), app.As("sysadmin"), app.As("office.gt").AccountID, "调离"))
		after, err := app.Directory.Gaps(t.Context(), app.As("office"))
		must(t, err)
		if before.NoContact != 0 || after.NoContact != 2 {
			t.Errorf("before %+v, after %+v", before, after)
		}
	})
}
