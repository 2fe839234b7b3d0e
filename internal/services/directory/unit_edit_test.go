package directory_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/directory"
	"taxportal/internal/testkit"
)

// good is the form of a new unit that can be taken.
func good() directory.UnitInput {
	return directory.UnitInput{Code: "qx", Kind: models.UnitMember, Area: "371500", Name: "市气象局", FullName: "聊城市气象局",
		Affiliation: models.AffiliationVertical, Phone: "0635-8246110", Address: "示范路 1 号", From: "2026-11-01", Why: "办公室要求提供信息"}
}

// wantFields fails the test unless err carries messages for exactly these fields.
func wantFields(t *testing.T, err error, want ...string) {
	t.Helper()
	fields, _ := fault.Fields(err)
	for _, name := range want {
		if !strings.HasSuffix(fields[name], "。") {
			t.Errorf("no message for %s: %v (%v)", name, fields, err)
		}
	}
	if len(fields) != len(want) {
		t.Errorf("messages for %v, want %v", fields, want)
	}
}

func wantKind(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("got %v, want kind %d", err, kind)
		return
	}
	message, _ := fault.Message(err)
	for _, w := range words {
		if !strings.Contains(message, w) {
			t.Errorf("%q does not say %q", message, w)
		}
	}
}

// unit returns a unit as the Office sees it.
func unit(t *testing.T, app *testkit.App, code string) directory.UnitPage {
	t.Helper()
	p, err := app.Directory.UnitPage(t.Context(), app.As("office"), code)
	if err != nil {
		t.Fatalf("unit %s: %v", code, err)
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCreateUnit(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		u, err := app.Directory.CreateUnit(ctx, office, good())
		must(t, err)
		p := unit(t, app, "QX")
		if p.ID != u.ID || p.Path != "/"+decimal(u.ID)+"/" || p.JurisdictionPath != office.Unit.JurisdictionPath || p.Version != 1 || p.Closed() {
			t.Errorf("unit %+v", p.Unit)
		}
		if len(p.Changes) == 0 || p.Changes[0].Action != "create" || p.Changes[0].ActorName != "赵敏" || p.Changes[0].Reason != "办公室要求提供信息" {
			t.Errorf("history %+v", p.Changes)
		}

		sub := good()
		sub.Code, sub.Kind, sub.Parent, sub.Name = "qx-tj", models.UnitSub, "qx", "市气象局台站"
		child, err := app.Directory.CreateUnit(ctx, office, sub)
		must(t, err)
		if child.Path != p.Path+decimal(child.ID)+"/" {
			t.Errorf("a sub-unit stands at %s, its unit at %s", child.Path, p.Path)
		}
		if p := unit(t, app, "qx"); len(p.Subs) != 1 || p.Subs[0].Code != "qx-tj" {
			t.Errorf("sub-units %+v", p.Subs)
		}
	})
}

func TestCreateUnit_SaysWhatIsWrong(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		for name, c := range map[string]struct {
			as    string
			spoil func(*directory.UnitInput)
			want  string // fields
		}{
			"empty":                    {"office", func(in *directory.UnitInput) { *in = directory.UnitInput{} }, "code kind area name affiliation"},
			"code taken":               {"office", func(in *directory.UnitInput) { in.Code = " ZJJ " }, "code"},
			"code with blanks":         {"office", func(in *directory.UnitInput) { in.Code = "q x" }, "code"},
			"code of a page":           {"office", func(in *directory.UnitInput) { in.Code = "group" }, "code"},
			"code too long":            {"office", func(in *directory.UnitInput) { in.Code = strings.Repeat("a", 21) }, "code"},
			"an office":                {"office", func(in *directory.UnitInput) { in.Kind = models.UnitOffice }, "kind"},
			"a sub-unit of nobody":     {"office", func(in *directory.UnitInput) { in.Kind = models.UnitSub }, "parent"},
			"a sub-unit of a sub-unit": {"office", func(in *directory.UnitInput) { in.Kind, in.Parent = models.UnitSub, "ga-jj" }, "parent"},
			"a sub-unit of elsewhere":  {"office", func(in *directory.UnitInput) { in.Kind, in.Parent = models.UnitSub, "dcf" }, "parent"},
			"a member below a member":  {"office", func(in *directory.UnitInput) { in.Parent = "ga" }, "parent"},
			"an area that is none":     {"office", func(in *directory.UnitInput) { in.Area = "371599" }, "area"},
			"a county acting for all":  {"office.dcf", func(in *directory.UnitInput) { in.Area = "371500" }, "area"},
			"a county for another":     {"office.dcf", func(in *directory.UnitInput) { in.Area = "371526" }, "area"},
			"an outside tax authority": {"office", func(in *directory.UnitInput) { in.Kind, in.TaxAuthority = models.UnitOutside, true }, "tax_authority"},
			"no such affiliation":      {"office", func(in *directory.UnitInput) { in.Affiliation = "king" }, "affiliation"},
			"no day":                   {"office", func(in *directory.UnitInput) { in.From = "2026-02-30" }, "from"},
			"a telephone that is none": {"office", func(in *directory.UnitInput) { in.Phone = "12" }, "phone"},
			"texts without end":        {"office", func(in *directory.UnitInput) { in.Name, in.Why = strings.Repeat("长", 41), strings.Repeat("长", 501) }, "name why"},
			"texts without end, others": {"office", func(in *directory.UnitInput) {
				in.FullName, in.Address = strings.Repeat("长", 81), strings.Repeat("长", 121)
			}, "full_name address"},
		} {
			t.Run(name, func(t *testing.T) {
				in := good()
				c.spoil(&in)
				_, err := app.Directory.CreateUnit(t.Context(), app.As(c.as), in)
				wantFields(t, err, strings.Fields(c.want)...)
			})
		}
		for _, who := range []string{"leader", "liaison.zjj", "chief.zjj", "tax", "bank", "sysadmin", "auditor"} {
			_, err := app.Directory.CreateUnit(t.Context(), app.As(who), good())
			wantKind(t, err, fault.Forbidden)
		}
		in := good()
		in.Area = "371502"
		if _, err := app.Directory.CreateUnit(t.Context(), app.As("office.dcf"), in); err != nil {
			t.Errorf("a county's Office adds a unit of its own area: %v", err)
		}
	})
}

func TestEditUnit(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		p := unit(t, app, "zjj")
		in := directory.UnitInput{Name: "市住房城乡建设局", FullName: "聊城市住房和城乡建设局", Affiliation: p.Affiliation, Phone: "0635 8246110", Address: "示范路 8 号",
			Why: "搬迁", Version: p.Version}
		must(t, app.Directory.EditUnit(ctx, office, "ZJJ", in))
		after := unit(t, app, "zjj")
		if after.Phone != "0635-8246110" || after.Address != "示范路 8 号" || after.Version != p.Version+1 || after.Kind != p.Kind || after.PlanNo != 8 {
			t.Errorf("after %+v", after.Unit)
		}
		if len(after.Changes) != 2 || after.Changes[0].Field != "值班电话" || after.Changes[0].Old != "" || after.Changes[0].New != "0635-8246110" || after.Changes[1].Field != "地址" {
			t.Errorf("history %+v", after.Changes)
		}

		in.Version = after.Version
		must(t, app.Directory.EditUnit(ctx, office, "zjj", in)) // the same again
		if again := unit(t, app, "zjj"); again.Version != after.Version || len(again.Changes) != 2 {
			t.Errorf("saving without a change: version %d, %d changes", again.Version, len(again.Changes))
		}
		wantKind(t, app.Directory.EditUnit(ctx, app.As("liaison.zjj"), "zjj", in), fault.Forbidden)
		wantKind(t, app.Directory.EditUnit(ctx, app.As("office.dcf"), "zjj", in), fault.NotFound)
		wantKind(t, app.Directory.EditUnit(ctx, office, "nobody", in), fault.NotFound)
		wantKind(t, app.Directory.EditUnit(ctx, office, "system", in), fault.Locked)
	})
}

func TestEditUnit_TwoPeopleAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, p := t.Context(), unit(t, app, "zjj")
		in := directory.UnitInput{Name: p.Name, FullName: p.FullName, Affiliation: p.Affiliation, Version: p.Version}
		first, second := in, in
		first.Phone, second.Address = "0635-8246110", "示范路 8 号"
		must(t, app.Directory.EditUnit(ctx, app.As("office2"), "zjj", first))
		err := app.Directory.EditUnit(ctx, app.As("office"), "zjj", second)
		wantKind(t, err, fault.Conflict, "孙立（领导小组办公室）", "11月10日 09:00", "值班电话“0635-8246110”", "您填的内容都还在")
		if after := unit(t, app, "zjj"); after.Phone != "0635-8246110" || after.Address != "" {
			t.Errorf("the second overwrote the first: %+v", after.Unit)
		}
		second.Phone, second.Version = "0635-8246110", p.Version+1
		must(t, app.Directory.EditUnit(ctx, app.As("office"), "zjj", second))
		if after := unit(t, app, "zjj"); after.Phone == "" || after.Address == "" || after.Version != p.Version+2 {
			t.Errorf("after both: %+v", after.Unit)
		}
		second.Version = 99
		second.Address = "别处"
		wantKind(t, app.Directory.EditUnit(ctx, app.As("office"), "zjj", second), fault.Conflict, "已被他人修改")
	})
}

func TestEditUnit_ATaxAuthorityWithTaxRolesStaysOne(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office, p := t.Context(), app.As("office"), unit(t, app, "swj")
		in := directory.UnitInput{Name: p.Name, FullName: p.FullName, Affiliation: p.Affiliation, Version: p.Version}
		err := app.Directory.EditUnit(ctx, office, "swj", in)
		wantFields(t, err, "tax_authority")
		zjj := unit(t, app, "zjj")
		err = app.Accounts.GiveRole(ctx, app.As("secadmin"), app.As("handler.zjj").AccountID, models.RoleTax)
		wantKind(t, err, fault.Invalid, "“市住房城乡建设局”不是税务机关")
		must(t, app.Directory.EditUnit(ctx, office, "zjj", directory.UnitInput{Name: zjj.Name, Affiliation: zjj.Affiliation, TaxAuthority: true, Version: zjj.Version}))
		must(t, app.Accounts.GiveRole(ctx, app.As("secadmin"), app.As("handler.zjj").AccountID, models.RoleTax))
	})
}
