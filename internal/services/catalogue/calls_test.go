package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/internal/warehouse"
)

// call raises a call to 市住房城乡建设局; template names the form of its answer, "" for none.
func call(t *testing.T, app *testkit.App, template string) string {
	t.Helper()
	c, err := app.Desk.Raise(t.Context(), app.As("office"), catalogue.CallInput{Unit: "zjj", Title: "保障房名录", What: "在建项目", Why: "核对减免",
		Law: "《中华人民共和国税收征收管理法》", Article: "第六条", Template: template, Due: "2026-11-30"})
	if err != nil {
		t.Fatal(err)
	}
	return c.Code
}

// TestCallOff_EndsItsFiling holds that a call with a template that is called off is owed no longer, and that what is on its
// way to the Office comes first.
func TestCallOff_EndsItsFiling(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		code, off := call(t, app, "zjj-02"), catalogue.MoveInput{Reason: "已从别处取得。"}
		file := app.File("报送.csv", testkit.RowsOf(t, "zjj-02", testkit.FirstMonth, 5).CSV())
		b, err := app.Filing.Upload(ctx, app.As("liaison.zjj"), code+"-ONCE", []filing.UploadedFile{file})
		if err != nil {
			t.Fatal(err)
		}
		app.Work()
		if err := app.Filing.Move(ctx, app.As("liaison.zjj"), b.Code, models.VerbSubmit, filing.MoveInput{}); err != nil {
			t.Fatal(err)
		}
		if err := app.Desk.MoveCall(ctx, office, code, models.VerbCallOff, off); !fault.Is(err, fault.Conflict) {
			t.Errorf("called off while its batch is signed: %v", err)
		}
		if err := app.Filing.Move(ctx, app.As("chief.zjj"), b.Code, models.VerbSendBack, filing.MoveInput{Reason: "请核对面积。"}); err != nil {
			t.Fatal(err)
		}
		if err := app.Desk.MoveCall(ctx, office, code, models.VerbCallOff, off); err != nil {
			t.Fatal(err)
		}
		p, err := app.Desk.Call(ctx, app.As("liaison.zjj"), code)
		if err != nil || p.Call.State != models.CallOff || p.Call.SettledAt == 0 || p.Call.Task.ExemptedAt == 0 {
			t.Errorf("%s settled %d, %v", p.Call.State, p.Call.SettledAt, err)
		}
	})
}

// TestReply_IsReadOnceSigned holds that the Office reads neither words nor files of an answer that no chief has signed.
func TestReply_IsReadOnceSigned(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, code := t.Context(), call(t, app, "")
		file, err := app.Desk.Keep(ctx, `C:\名录.csv`, strings.NewReader("项目"))
		if err != nil || file.Name != "名录.csv" {
			t.Fatalf("kept %q, %v", file.Name, err)
		}
		if err := app.Desk.Reply(ctx, app.As("liaison.zjj"), code, catalogue.ReplyInput{Text: "名录见附件。", Files: []catalogue.KeptFile{file}}); err != nil {
			t.Fatal(err)
		}
		read := func(who string) (shown int, told bool, err error) {
			p, err := app.Desk.Call(ctx, app.As(who), code)
			for _, e := range p.History {
				told = told || strings.Contains(e.Reason+e.Detail, "名录见附件")
			}
			if err == nil {
				var content interface{ Close() error }
				content, _, err = app.Desk.CallFile(ctx, app.As(who), code, 1, 0)
				if err == nil {
					err = content.Close()
				}
			}
			return len(catalogue.ShownReplies(app.As(who), p.Call)), told, err
		}
		if shown, told, err := read("office"); shown != 0 || told || !fault.Is(err, fault.NotFound) {
			t.Errorf("the Office reads %d answers (told %t), file %v", shown, told, err)
		}
		if shown, _, err := read("chief.zjj"); shown != 1 || err != nil {
			t.Errorf("the chief reads %d answers, file %v", shown, err)
		}
		if err := app.Desk.MoveCall(ctx, app.As("liaison.zjj"), code, models.VerbSignReply, catalogue.MoveInput{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the liaison signs: %v", err)
		}
		if err := app.Desk.MoveCall(ctx, app.As("chief.zjj"), code, models.VerbSignReply, catalogue.MoveInput{}); err != nil {
			t.Fatal(err)
		}
		if shown, _, err := read("office"); shown != 1 || err != nil {
			t.Errorf("the Office reads %d answers, file %v", shown, err)
		}
		again := catalogue.MoveInput{Reason: "缺建设单位。", Due: "2026-12-10"}
		if err := app.Desk.MoveCall(ctx, app.As("office"), code, models.VerbAskAgain, again); err != nil {
			t.Fatal(err)
		}
		p, err := app.Desk.Call(ctx, app.As("liaison.zjj"), code)
		if err != nil || p.Call.State != models.CallOpen || p.Call.DueAt.Day() != "2026-12-10" || !p.Reply {
			t.Errorf("%s due %s, %v", p.Call.State, p.Call.DueAt.Day(), err)
		}
	})
}

func TestKeep_RefusesAnEmptyFile(t *testing.T) {
	app := testkit.New(t)
	if _, err := app.Desk.Keep(t.Context(), "空.txt", strings.NewReader("")); !fault.Is(err, fault.Invalid) {
		t.Errorf("kept an empty file: %v", err)
	}
}

// accepted files rows of a template for a task of 市住房城乡建设局, down to the Office's acceptance, and returns the batch.
func (w studio) accepted(task, template string, rows int) *models.Batch {
	w.t.Helper()
	ctx, liaison := w.t.Context(), w.As("liaison.zjj")
	file := w.File("报送.csv", testkit.RowsOf(w.t, template, testkit.FirstMonth, rows).CSV())
	b, err := w.Filing.Upload(ctx, liaison, task, []filing.UploadedFile{file})
	w.ok(err)
	w.Work()
	w.ok(w.Filing.Move(ctx, liaison, b.Code, models.VerbSubmit, filing.MoveInput{}))
	w.ok(w.Filing.Move(ctx, w.As("chief.zjj"), b.Code, models.VerbSign, filing.MoveInput{}))
	w.ok(w.Filing.Move(ctx, w.As("office"), b.Code, models.VerbAccept, filing.MoveInput{}))
	return b
}

// TestCall_LeavesTheRegisterAsItWas holds that the answer to a call in the form of a template is read as that answer and
// nowhere else: neither does it stand in for the stock that the unit has filed, nor count beside what it has filed.
func TestCall_LeavesTheRegisterAsItWas(t *testing.T) {
	each(t, func(w studio) {
		w.accepted("zjj-02-202610", "zjj-02", 5)
		answer := w.accepted(call(t, w.App, "zjj-02")+"-ONCE", "zjj-02", 2)
		v, err := w.Catalogue.Version(t.Context(), w.As("office"), "zjj-02", 0)
		w.ok(err)
		rows, err := w.Warehouse.EffectiveRows(t.Context(), &v.Definition, warehouse.Filter{})
		w.ok(err)
		if len(rows) != 5 || slices.ContainsFunc(rows, func(r warehouse.Row) bool { return r.Period != testkit.FirstMonth }) {
			t.Errorf("the register has %d rows, want 5 of %s", len(rows), testkit.FirstMonth)
		}
		own, err := w.Warehouse.BatchRows(t.Context(), &v.Definition, answer.ID, warehouse.Page{})
		if err != nil || len(own) != 2 {
			t.Errorf("the answer has %d rows, %v", len(own), err)
		}
	})
}

// TestCall_MakesNoSupplierOfItsUnit holds that a unit that was called on once in the form of another unit's template is
// not asked when that template is designed anew, and does not supply what it asks for.
func TestCall_MakesNoSupplierOfItsUnit(t *testing.T) {
	each(t, func(w studio) {
		_, err := w.Desk.Raise(t.Context(), w.As("office"), catalogue.CallInput{Unit: "fgw", Title: "预售核对", What: "预售项目", Why: "核对",
			Law: "《中华人民共和国税收征收管理法》", Article: "第六条", Template: "zjj-02", Due: "2026-11-30"})
		w.ok(err)
		d := w.next()
		w.ok(w.field("office", d.ID, remark))
		w.standards(d.ID)
		w.ok(w.move("office", d.ID, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"}))
		if p := w.page("office", d.ID); slices.Contains(p.Units, "市发展改革委") || len(p.Items) != 1 {
			t.Errorf("of %d items, supplied by %v", len(p.Items), p.Units)
		}
		rows, _, err := w.Designs.Designs(t.Context(), w.As("office"), catalogue.DesignFilter{Page: 1, Size: 20})
		w.ok(err)
		if len(rows) != 1 || slices.Contains(rows[0].Units, "市发展改革委") {
			t.Errorf("the list has %d drafts, supplied by %v", len(rows), rows[0].Units)
		}
		_, err = w.Designs.Page(t.Context(), w.As("liaison.fgw"), d.ID)
		w.refused(err, fault.NotFound)
		todos, err := w.Designs.Todos(t.Context(), w.As("liaison.fgw"))
		if err != nil || len(todos) != 0 {
			t.Errorf("the called unit has %d drafts to comment on, %v", len(todos), err)
		}
		w.ok(w.Designs.Say(t.Context(), w.As("liaison.zjj"), d.ID, catalogue.CommentInput{Agrees: true}))
		w.ok(w.move("office", d.ID, models.VerbHandOver, catalogue.MoveInput{}))
	})
}

// TestDesign_ARetiredItemsUnitIsNotAsked holds the same of a unit whose item has been retired; it keeps sight of what was
// settled while it supplied.
func TestDesign_ARetiredItemsUnitIsNotAsked(t *testing.T) {
	each(t, func(w studio) {
		w.ok(w.DB.Write.Exec(`UPDATE catalogue_items SET template_id = (SELECT id FROM templates WHERE code = 'zjj-02') WHERE code = 'fgw-01'`).Error)
		d := w.next()
		w.ok(w.move("office", d.ID, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"}))
		w.page("liaison.fgw", d.ID)
		w.ok(w.DB.Write.Exec(`UPDATE catalogue_items SET retired_at = 1 WHERE code = 'fgw-01'`).Error)
		if p := w.page("office", d.ID); len(p.Items) != 1 || len(p.Units) != 1 {
			t.Errorf("of %d items, supplied by %v", len(p.Items), p.Units)
		}
		_, err := w.Designs.Page(t.Context(), w.As("liaison.fgw"), d.ID)
		w.refused(err, fault.NotFound)
		w.ok(w.move("office", d.ID, models.VerbRevise, catalogue.MoveInput{Reason: "不再需要"}))
		w.ok(w.move("office", d.ID, models.VerbDiscardDesign, catalogue.MoveInput{Reason: "另起"}))
		w.page("liaison.fgw", d.ID)
	})
}
