package catalogue_test

import (
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
)

func TestAnswer_AsksWhetherTheCommentMayBeSeenBeforeAnythingElse(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		w.ok(w.move("office", d.ID, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"}))
		w.ok(w.Designs.Say(t.Context(), w.As("liaison.zjj"), d.ID, catalogue.CommentInput{Text: "没有这一列"}))
		comment := w.page("office", d.ID).Comments[0].ID
		answer := func(as string, design, comment int64, text string) error {
			return w.Designs.Answer(t.Context(), w.As(as), design, comment, text)
		}
		w.refused(answer("office.dcf", d.ID, comment, ""), fault.NotFound)
		w.refused(answer("office", d.ID+99, comment, ""), fault.NotFound)
		w.refused(answer("office", d.ID, comment+99, ""), fault.NotFound, "没有这条意见")
		w.refused(answer("liaison.zjj", d.ID, comment, "x"), fault.Forbidden)
		w.refused(answer("office", d.ID, comment, " "), fault.Invalid, "answer:请填写答复")
		w.refused(answer("office", d.ID, comment, strings.Repeat("长", 2001)), fault.Invalid, "answer:答复最多 2000 字")
		w.ok(answer("office", d.ID, comment, "采纳"))
		w.refused(answer("office2", d.ID, comment, "不采纳"), fault.Conflict, "已由他人答复")
		if c := w.page("liaison.zjj", d.ID).Comments[0]; c.Answer != "采纳" || c.Open() {
			t.Errorf("the unit reads %+v", c)
		}
	})
}

func TestBeginNext_OfAnotherAreaIsNotFoundWhateverItsState(t *testing.T) {
	each(t, func(w studio) {
		begin := func() error {
			_, err := w.Designs.BeginNext(t.Context(), w.As("office.dcf"), "zjj-02")
			return err
		}
		w.refused(begin(), fault.NotFound)
		w.next()
		w.refused(begin(), fault.NotFound)
	})
}

func TestTodos_AreThoseOfWhoseTurnItIs(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		waits := func(as string) string {
			todos, err := w.Designs.Todos(t.Context(), w.As(as))
			w.ok(err)
			var list []string
			for _, todo := range todos {
				list = append(list, todo.Verb+" "+todo.Design.Definition.Name)
			}
			return strings.Join(list, ",")
		}
		expect := func(step string, want map[string]string) {
			t.Helper()
			for _, as := range []string{"office", "office2", "liaison.zjj", "chief.zjj", "handler.zjj", "tax", "liaison.fgw", "leader"} {
				verb := ""
				if want[as] != "" {
					verb = want[as] + " 商品房预售许可信息"
				}
				if got := waits(as); got != verb {
					t.Errorf("%s: %q waits for %s, want %q", step, got, as, verb)
				}
			}
		}
		expect("draft", map[string]string{"office": "去起草"})
		w.standards(d.ID)
		w.ok(w.move("office", d.ID, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"}))
		expect("out", map[string]string{"liaison.zjj": "提意见", "chief.zjj": "提意见", "tax": "提意见"})
		w.ok(w.Designs.Say(t.Context(), w.As("liaison.zjj"), d.ID, catalogue.CommentInput{Text: "改口径"}))
		if p := w.page("chief.zjj", d.ID); !p.Spoken {
			t.Error("the unit has spoken, its chief is not told")
		}
		if p := w.page("tax", d.ID); p.Spoken {
			t.Error("the unit's word counts for the tax authority")
		}
		expect("said", map[string]string{"office": "去答复", "office2": "去答复", "tax": "提意见"})
		w.ok(w.Designs.Answer(t.Context(), w.As("office"), d.ID, w.page("office", d.ID).Comments[0].ID, "采纳"))
		w.ok(w.move("office", d.ID, models.VerbHandOver, catalogue.MoveInput{}))
		expect("handed over", map[string]string{"office2": "去发布"})
		w.ok(w.move("office2", d.ID, models.VerbPublish, catalogue.MoveInput{}))
		expect("published", nil)
	})
}

func TestRepeated_TellsWhatAnotherUnitSuppliesAndNothingElse(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		w.ok(w.field("office", d.ID, models.Field{Code: "builder", Name: "建设单位名称", Type: models.TypeText, Caliber: "x"}))
		w.ok(w.field("office", d.ID, models.Field{Code: "invested", Name: "总投资", Type: models.TypeMoney, Unit: "万元", Caliber: "x"}))
		w.ok(w.field("office", d.ID, models.Field{Code: "planned", Name: "投资总额", Type: models.TypeMoney, Unit: "万元", Caliber: "x"}))
		w.ok(w.field("office", d.ID, models.Field{Code: "begun", Name: "预售楼栋开工日", Type: models.TypeDate, Aliases: []string{"开工日期"}, Caliber: "x"}))
		repeated := w.page("office", d.ID).Repeated
		if len(repeated["builder"]) > 0 {
			t.Errorf("a name is told to be supplied already: %+v", repeated["builder"])
		}
		if got := repeated["invested"]; len(got) != 1 || got[0].Unit != "市发展改革委" || got[0].Template != "fgw-05" {
			t.Errorf("sources of 总投资: %+v", got)
		}
		if len(repeated["planned"]) != 1 {
			t.Error("what another register calls 投资总额 as well is not told")
		}
		if len(repeated["begun"]) > 0 {
			t.Errorf("two fields that merely share an alias are told to be the same: %+v", repeated["begun"])
		}
	})
}
