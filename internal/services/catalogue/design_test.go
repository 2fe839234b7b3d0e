package catalogue_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/testkit"
	"taxportal/internal/workflow"
)

// studio is a portal in which templates are designed.
type studio struct {
	*testkit.App
	t *testing.T
}

func each(t *testing.T, fn func(w studio)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, app *testkit.App) { fn(studio{app, t}) })
}

func (w studio) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused fails the test unless err is of the kind and says every text.
func (w studio) refused(err error, kind fault.Kind, texts ...string) {
	w.t.Helper()
	said := ""
	if err != nil {
		said, _ = fault.Message(err)
		fields, _ := fault.Fields(err)
		for field, text := range fields {
			said += " " + field + ":" + text
		}
	}
	if !fault.Is(err, kind) {
		w.t.Errorf("got %v, want a fault of kind %d", err, kind)
	}
	for _, text := range texts {
		if !strings.Contains(said, text) {
			w.t.Errorf("no %q in %q", text, said)
		}
	}
}

func (w studio) page(as string, id int64) *catalogue.DesignPage {
	w.t.Helper()
	p, err := w.Designs.Page(w.t.Context(), w.As(as), id)
	w.ok(err)
	return p
}

func (w studio) move(as string, id int64, verb workflow.Verb, in catalogue.MoveInput) error {
	w.t.Helper()
	return w.Designs.Move(w.t.Context(), w.As(as), id, verb, in)
}

// next begins the draft of version 2 of 商品房预售许可信息.
func (w studio) next() *models.Design {
	w.t.Helper()
	d, err := w.Designs.BeginNext(w.t.Context(), w.As("office"), "ZJJ-02")
	w.ok(err)
	return d
}

// field adds a field to a draft, as somebody who opened an empty form.
func (w studio) field(as string, id int64, f models.Field) error {
	w.t.Helper()
	return w.Designs.SaveField(w.t.Context(), w.As(as), id, catalogue.FieldInput{Field: f})
}

// edited saves a field that the person has just opened, changed by change.
func (w studio) edited(as string, id int64, code string, change func(f *models.Field)) error {
	w.t.Helper()
	d := w.page("office", id).Design
	f, _ := d.Definition.Field(code)
	in := catalogue.FieldInput{Was: code, Seen: catalogue.Fingerprint(f), Field: f}
	change(&in.Field)
	return w.Designs.SaveField(w.t.Context(), w.As(as), id, in)
}

var remark = models.Field{Code: "remark2", Name: "补充说明", Type: models.TypeText, Caliber: "需要说明的情况", MaxLen: 200}

// standards fills in what the seed leaves to the type.
func (w studio) standards(id int64) {
	w.t.Helper()
	for _, f := range w.page("office", id).Design.Definition.Fields {
		if f.Standard == "" {
			w.ok(w.edited("office", id, f.Code, func(f *models.Field) { f.Standard = "与证照一致" }))
		}
	}
}

// heard sends the draft out and lets the unit agree.
func (w studio) heard(id int64) {
	w.t.Helper()
	w.ok(w.move("office", id, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"}))
	w.ok(w.Designs.Say(w.t.Context(), w.As("liaison.zjj"), id, catalogue.CommentInput{Agrees: true}))
}

func TestDesign_FromDraftToPublishedByASecondPerson(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		if d.No != 2 || d.EffectiveFrom != "2026-12" || d.Origin != "第 1 版" || w.page("office", d.ID).Units[0] != "市住房城乡建设局" {
			t.Errorf("draft %+v", d)
		}
		w.ok(w.field("office", d.ID, remark))
		w.standards(d.ID)
		if reasons := w.page("office", d.ID).Reasons; len(reasons) > 0 {
			t.Fatalf("not ready: %+v", reasons)
		}
		w.refused(w.move("office2", d.ID, models.VerbPublish, catalogue.MoveInput{}), fault.Conflict, "现在的状态是“草稿”")
		w.refused(w.move("office", d.ID, models.VerbAskComment, catalogue.MoveInput{}), fault.Invalid, "due:请填写期限")
		w.heard(d.ID)
		w.refused(w.field("office", d.ID, models.Field{Code: "late", Name: "迟来的"}), fault.Conflict, "现在是“征求意见”，不能修改")
		w.ok(w.move("office", d.ID, models.VerbHandOver, catalogue.MoveInput{}))
		w.refused(w.move("office", d.ID, models.VerbPublish, catalogue.MoveInput{}), fault.Forbidden, "发布须由另一人办理")
		w.refused(w.move("liaison.zjj", d.ID, models.VerbPublish, catalogue.MoveInput{}), fault.Forbidden)
		w.ok(w.move("office2", d.ID, models.VerbPublish, catalogue.MoveInput{From: models.DesignReady}))

		p := w.page("office", d.ID)
		if p.Design.State != models.DesignPublished || p.Design.VersionID == nil {
			t.Errorf("after publication %+v", p.Design)
		}
		v, err := w.Catalogue.Version(t.Context(), w.As("liaison.zjj"), "zjj-02", 2)
		if _, has := v.Definition.Field("remark2"); err != nil || !has || v.EffectiveFrom != "2026-12" || v.Definition.Version != 2 {
			t.Errorf("version 2: %+v, %v", v, err)
		}
		if inForce, err := w.Catalogue.Version(t.Context(), w.As("leader"), "zjj-02", 0); err != nil || inForce.No != 1 {
			t.Errorf("before its period version %d is in force, %v", inForce.No, err)
		}
		w.refused(w.move("office2", d.ID, models.VerbPublish, catalogue.MoveInput{}), fault.Conflict)
		if err := w.Designs.SaveAbout(t.Context(), w.As("office"), d.ID, catalogue.About{Name: "x"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a published version was changed: %v", err)
		}
	})
}

func TestDesign_WhoSeesWhichDraft(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		see := func(as string) fault.Kind {
			_, err := w.Designs.Page(t.Context(), w.As(as), d.ID)
			return fault.Of(err)
		}
		for as, want := range map[string]fault.Kind{"office": 0, "office2": 0, "office.dcf": fault.NotFound, "liaison.zjj": fault.NotFound, "tax": fault.NotFound, "leader": fault.Forbidden, "bank": fault.Forbidden} {
			if got := see(as); got != want {
				t.Errorf("a draft of the Office: %s gets %d, want %d", as, got, want)
			}
		}
		w.ok(w.move("office", d.ID, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"}))
		for as, want := range map[string]fault.Kind{"liaison.zjj": 0, "chief.zjj": 0, "handler.zjj": 0, "tax": 0, "liaison.fgw": fault.NotFound, "chief.ga": fault.NotFound, "office.dcf": fault.NotFound} {
			if got := see(as); got != want {
				t.Errorf("out for comment: %s gets %d, want %d", as, got, want)
			}
		}
		w.ok(w.move("office2", d.ID, models.VerbRevise, catalogue.MoveInput{Reason: "补口径"}))
		if got := see("liaison.zjj"); got != 0 {
			t.Error("what a unit has seen once disappears when it is revised")
		}
	})
}

func TestDesign_OneVersionOfATemplateIsUnderWay(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		_, err := w.Designs.BeginNext(t.Context(), w.As("office2"), "zjj-02")
		w.refused(err, fault.Conflict, "第 2 版已由赵敏起草，现在是“草稿”")
		_, err = w.Designs.BeginNext(t.Context(), w.As("liaison.zjj"), "zjj-02")
		w.refused(err, fault.Forbidden)
		_, err = w.Designs.BeginNext(t.Context(), w.As("office"), "nichts-01")
		w.refused(err, fault.NotFound)
		_, err = w.Designs.BeginNext(t.Context(), w.As("office.dcf"), "fgw-05")
		w.refused(err, fault.NotFound)
		w.refused(w.move("office", d.ID, models.VerbDiscardDesign, catalogue.MoveInput{}), fault.Invalid, "reason:请填写理由")
		w.ok(w.move("office", d.ID, models.VerbDiscardDesign, catalogue.MoveInput{Reason: "另起"}))
		if again := w.next(); again.No != 2 || again.ID == d.ID {
			t.Errorf("after giving one up: %+v", again)
		}
	})
}

func TestDesign_RetiringNeedsAReasonAndAnotherPersonThanThePublisher(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		w.standards(d.ID)
		w.heard(d.ID)
		w.ok(w.move("office", d.ID, models.VerbHandOver, catalogue.MoveInput{}))
		w.ok(w.move("office2", d.ID, models.VerbPublish, catalogue.MoveInput{}))
		w.refused(w.move("office2", d.ID, models.VerbRetire, catalogue.MoveInput{Reason: "有误"}), fault.Forbidden, "停用须由另一人办理")
		w.refused(w.move("office", d.ID, models.VerbRetire, catalogue.MoveInput{}), fault.Invalid, "请填写理由")
		w.ok(w.move("office", d.ID, models.VerbRetire, catalogue.MoveInput{Reason: "口径有误"}))
		v, err := w.Catalogue.Version(t.Context(), w.As("leader"), "zjj-02", 2)
		if err != nil || v.Status != models.TemplateRetired {
			t.Errorf("version 2: %s, %v", v.Status, err)
		}
		w.Clock.Set("2027-02-01", 9, 0)
		if v, err := w.Catalogue.Version(t.Context(), w.As("leader"), "zjj-02", 0); err != nil || v.No != 1 {
			t.Errorf("after version 2 was retired version %d is in force, %v", v.No, err)
		}
		if next := w.next(); next.No != 3 {
			t.Errorf("a number is used twice: %d", next.No)
		}
	})
}

// TestDesign_ThePlansTemplatesCanBeRetiredToo holds that versions which came with the portal have gone their way.
func TestDesign_ThePlansTemplatesCanBeRetiredToo(t *testing.T) {
	each(t, func(w studio) {
		v, err := w.Catalogue.Version(t.Context(), w.As("office"), "fgw-05", 1)
		w.ok(err)
		open, own, err := w.Designs.OfTemplate(t.Context(), w.As("office"), "FGW-05", v.ID)
		if err != nil || open != nil || own == nil || own.State != models.DesignPublished {
			t.Fatalf("design of version 1: %+v, %+v, %v", open, own, err)
		}
		w.ok(w.move("office", own.ID, models.VerbRetire, catalogue.MoveInput{Reason: "并入新模板"}))
		if _, err := w.Catalogue.Version(t.Context(), w.As("office"), "fgw-05", 0); !fault.Is(err, fault.NotFound) {
			t.Errorf("a template without a version in force: %v", err)
		}
	})
}
