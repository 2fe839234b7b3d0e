package handlers_test

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
)

// TestDesign_TheDeadlineStandsBesideTheItems holds that who writes the 期限 sees what the items say and where that is
// changed, and that a difference is told where it is mended.
func TestDesign_TheDeadlineStandsBesideTheItems(t *testing.T) {
	w := newTown(t)
	id := w.draft("zjj-02")
	office, about := w.as("office"), paths.ToDesign(paths.DesignAbout, id)
	edit := paths.ToItemPart(paths.ItemEdit, "zjj-02")
	doc := office.Get(about).Want("按目录项为：按月报送，次月 25 日 17:00 前，遇休息日顺延。", "修改周期和期限").Not("期限写的是").Doc()
	if doc.Find(`#items a[href="`+edit+`"]`).Length() != 1 {
		t.Errorf("no way to %s", edit)
	}
	seen, _ := doc.Find(`input[name="seen"]`).Attr("value")
	form := values("name", "商品房预售许可信息", "from", "2026-12", "caliber", "本期内核发的", "deadline", "按季报送，季后 25 日 17:00 前", "coverage", "increment", "seen", seen)
	office.Post(about, form).WantStatus(303)
	office.Get(about).Want("期限写的是“按季报送，季后 25 日”，目录项 ZJJ-02 为“按月报送，次月 25 日”；请改期限，或在目录项中修改")

	w.out(id)
	w.as("liaison.zjj").Get(about).Want("按季报送，季后 25 日 17:00 前").Not("修改周期和期限")
}

// TestItem_SaysWhereItsTemplateSaysOtherwise holds that a new due day is not passed over in silence while the template
// still names the old one.
func TestItem_SaysWhereItsTemplateSaysOtherwise(t *testing.T) {
	w := newTown(t)
	page := paths.ToItem("zjj-02")
	w.as("liaison.zjj").Get(page).Not("期限写的是")
	p, err := w.Catalogue.Item(t.Context(), w.As("office"), "zjj-02")
	w.ok(err)
	in := catalogue.EditInput{ItemInput: catalogue.InputOf(p.Item), From: models.Period("2027-01"), Reason: "改期"}
	in.DueDays = 15
	_, err = w.Catalogue.Edit(t.Context(), w.As("office"), "zjj-02", in)
	w.ok(err)
	want := "的期限写的是“按月报送，次月 25 日”，目录项 ZJJ-02 为“按月报送，次月 15 日”。请办公室起草模板的下一版，改写期限。"
	for _, who := range []string{"liaison.zjj", "office"} {
		w.as(who).Get(page).Want("自2027年1月期起，", "模板第 1 版", want)
	}
}
