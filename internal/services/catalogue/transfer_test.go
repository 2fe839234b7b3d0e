package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// merge closes a unit into another and returns it as it then is.
func merge(t *testing.T, app *testkit.App, from, into string) models.Unit {
	t.Helper()
	ctx, office := t.Context(), app.As("office")
	p, err := app.Directory.UnitPage(ctx, office, from)
	if err != nil {
		t.Fatal(err)
	}
	in := directory.CloseInput{Day: testkit.Today, Into: into, Why: "机构改革", Version: p.Version}
	if err := app.Directory.CloseUnit(ctx, office, from, in); err != nil {
		t.Fatal(err)
	}
	if p, err = app.Directory.UnitPage(ctx, office, from); err != nil {
		t.Fatal(err)
	}
	return p.Unit
}

// TestTransfer_TheItemStaysOnItsList holds that an item whose unit was merged stays with the plan's sentence that names it,
// and that its history says who supplies it since when and why.
func TestTransfer_TheItemStaysOnItsList(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		n, err := app.Catalogue.Transfer(ctx, office, merge(t, app, "yz", "jt"), "职责划入")
		if err != nil || n != 1 {
			t.Fatalf("%d items went over, %v", n, err)
		}
		p, err := app.Catalogue.Item(ctx, office, "yz-01")
		if err != nil {
			t.Fatal(err)
		}
		if p.Item.Unit.Code != "jt" || p.List.Code != "yz" || !strings.Contains(p.Clause.Text, p.Item.PlanWords) || len(p.Siblings) != 1 || !p.Moved() {
			t.Errorf("supplied by %s, on the list of %s: %q with %d items", p.Item.Unit.Code, p.List.Code, p.Clause.Text, len(p.Siblings))
		}
		if p.Supply != (catalogue.Supply{Since: testkit.Today, Why: "职责划入"}) {
			t.Errorf("supplied since %+v", p.Supply)
		}
		if len(p.Changes) != 1 || p.Changes[0].ActorName != office.Name || p.Changes[0].Pending() || catalogue.Told(p.Changes[0].Diffs) != "提供单位：市邮政管理局 → 市交通运输局" {
			t.Errorf("history %+v", p.Changes)
		}

		sheet, err := app.Catalogue.Items(ctx, office)
		if err != nil {
			t.Fatal(err)
		}
		yz, _ := sheet.Unit("yz")
		jt, _ := sheet.Unit("jt")
		if rows := sheet.Listed(yz.ID); len(rows) != 1 || rows[0].Item.Code != "yz-01" {
			t.Errorf("on the list of the merged unit: %+v", rows)
		}
		if slices.ContainsFunc(sheet.Listed(jt.ID), func(r catalogue.ItemRow) bool { return r.Item.Code == "yz-01" }) {
			t.Error("the plan's sentence on the heir names what it does not say")
		}
		for _, unit := range []string{"yz", "jt"} { // found under who supplies it, and under whom the plan names
			if !slices.ContainsFunc((catalogue.ItemFilter{Unit: unit}).Of(sheet.Rows), func(r catalogue.ItemRow) bool { return r.Item.Code == "yz-01" }) {
				t.Errorf("the list filtered by %s lacks the item", unit)
			}
		}
		if again, err := app.Catalogue.Transfer(ctx, office, merge(t, app, "jt", "gx"), "再次划转"); err != nil || again != 7 {
			t.Errorf("%d items went on, %v", again, err)
		}
		if p, err = app.Catalogue.Item(ctx, office, "yz-01"); err != nil || p.Item.Unit.Code != "gx" || p.List.Code != "yz" || p.Supply.Why != "再次划转" || len(p.Changes) != 2 {
			t.Errorf("after a second merger: by %s on the list of %s, %+v, %d changes, %v", p.Item.Unit.Code, p.List.Code, p.Supply, len(p.Changes), err)
		}
	})
}

// TestPassOn lets the heir of a merged unit answer what the unit was called on for.
func TestPassOn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		words, form, tried := call(t, app, ""), call(t, app, "zjj-02"), call(t, app, "zjj-02")
		refuse := func(err error, kind fault.Kind, what string) {
			t.Helper()
			if !fault.Is(err, kind) {
				t.Errorf("%s: %v", what, err)
			}
		}
		refuse(app.Desk.PassOn(ctx, office, words, "划转"), fault.Locked, "the unit is there")
		if err := app.Desk.Reply(ctx, app.As("liaison.zjj"), words, catalogue.ReplyInput{Text: "草稿"}); err != nil {
			t.Fatal(err)
		}
		if _, err := app.Filing.Upload(ctx, app.As("liaison.zjj"), tried+"-ONCE", []filing.UploadedFile{app.File("坏文件.csv", []byte("a,b\n1,2\n"))}); err != nil {
			t.Fatal(err)
		}
		zjj := merge(t, app, "zjj", "fgw")
		rest, err := app.Directory.UnitPage(ctx, office, "zjj")
		if err != nil || len(rest.Rest.Calls) != 3 || slices.ContainsFunc(rest.Rest.Items, func(i models.CatalogueItem) bool { return i.Origin == models.OriginCall }) {
			t.Errorf("left of it: %d calls, %d items, %v", len(rest.Rest.Calls), len(rest.Rest.Items), err)
		}
		open, err := app.Filing.Unsettled(ctx, office, zjj)
		if err != nil || slices.ContainsFunc(open, func(r filing.TaskRow) bool { return r.Task.Item.Origin == models.OriginCall }) {
			t.Errorf("the filings of calls stand beside their calls, %v", err)
		}

		refuse(app.Desk.PassOn(ctx, office, words, " "), fault.Invalid, "no reason")
		refuse(app.Desk.PassOn(ctx, app.As("liaison.fgw"), words, "划转"), fault.Forbidden, "by the heir itself")
		refuse(app.Desk.PassOn(ctx, app.As("office.dcf"), words, "划转"), fault.NotFound, "by another Office")
		refuse(app.Desk.PassOn(ctx, office, tried, "划转"), fault.Conflict, "something was uploaded")
		refuse(app.Filing.Transfer(ctx, office, form+"-ONCE", "划转"), fault.Locked, "the filing without its call")
		for _, code := range []string{words, form} {
			if err := app.Desk.PassOn(ctx, office, code, "划转"); err != nil {
				t.Fatal(err)
			}
		}
		p, err := app.Desk.Call(ctx, app.As("liaison.fgw"), words)
		if err != nil || p.Call.State != models.CallOpen || !p.Reply || p.Call.Unit.Code != "fgw" {
			t.Errorf("the heir finds %s, may answer: %v, %v", p.Call.State, p.Reply, err)
		}
		if last := p.History[len(p.History)-1]; last.ActorName != office.Name || last.Reason != "划转" || last.Detail != "市住房城乡建设局 → 市发展改革委" {
			t.Errorf("the history says %+v", last)
		}
		if page, err := app.Filing.Page(ctx, app.As("liaison.fgw"), form+"-ONCE", ""); err != nil || !page.CanFile || page.Task.Item.UnitID != page.Task.UnitID {
			t.Errorf("the heir files for the call: %v", err)
		}
		if err := app.Desk.MoveCall(ctx, office, tried, models.VerbCallOff, catalogue.MoveInput{Reason: "原单位已撤并"}); err != nil {
			t.Errorf("the Office ends a call: %v", err)
		}
		if rest, err = app.Directory.UnitPage(ctx, office, "zjj"); err != nil || len(rest.Rest.Calls) != 0 {
			t.Errorf("%d calls are left, %v", len(rest.Rest.Calls), err)
		}
	})
}
