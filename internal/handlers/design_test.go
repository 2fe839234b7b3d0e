package handlers_test

import (
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/testkit"
)

// designOfWalk sends the next version of zjj-02 out for comment, lets the unit say something of it, and returns the
// draft's id.
func designOfWalk(t *testing.T, app *testkit.App) string {
	t.Helper()
	d, err := app.Designs.BeginNext(t.Context(), app.As("office"), "zjj-02")
	if err == nil {
		err = app.Designs.Move(t.Context(), app.As("office"), d.ID, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"})
	}
	if err == nil {
		err = app.Designs.Say(t.Context(), app.As("liaison.zjj"), d.ID, catalogue.CommentInput{Text: "台账没有这一列。"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(d.ID, 10)
}

// draft begins the next version of a template.
func (w *town) draft(template string) int64 {
	w.t.Helper()
	d, err := w.Designs.BeginNext(w.t.Context(), w.As("office"), template)
	w.ok(err)
	return d.ID
}

// out sends a draft out for comment.
func (w *town) out(design int64) {
	w.t.Helper()
	w.ok(w.Designs.Move(w.t.Context(), w.As("office"), design, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"}))
}

// fieldPage is where a field of a draft is edited, as a browser asks for it.
func fieldPage(design int64, field string) string {
	return strings.TrimSuffix(paths.ToDesignField(design, field), "#edit")
}

// typed returns the form of the page's editor as it stands, with changes.
func typed(a *testkit.Answer, changes ...string) url.Values {
	form := url.Values{}
	for _, input := range a.Doc().Find("#edit").Find("input, select, textarea").EachIter() {
		name, value := input.AttrOr("name", ""), input.AttrOr("value", "")
		switch {
		case input.Is("textarea"):
			value = input.Text()
		case input.Is("select"):
			value = input.Find("option[selected]").AttrOr("value", "")
		case input.Is("[type=checkbox], [type=radio]"):
			if _, on := input.Attr("checked"); !on {
				continue
			}
			if value == "" {
				value = "on"
			}
		}
		form.Add(name, value)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

func TestDesigns_ListFiltersSortsAndExports(t *testing.T) {
	w := newTown(t)
	w.as("office").Get(paths.Designs).WantStatus(200).Want("目前没有在办的模板草稿", "新建模板")
	w.as("liaison.zjj").Get(paths.Designs).Want("目前没有征求意见的模板").Not("新建模板")
	w.draft("fgw-05")
	w.out(w.draft("zjj-02"))
	office := w.as("office")
	office.Get(paths.Designs).Want("2 份", "固定资产投资项目信息", "商品房预售许可信息", "请您起草", "导出 2 份")
	office.Get(paths.Designs+"?q=预售").Want("1 份", "商品房预售许可信息").Not("FGW-05")
	office.Get(paths.Designs + "?q=FGW-05&state=draft").Want("1 份")
	office.Get(paths.Designs+"?q=%3Cb%3E").Want("没有符合条件的草稿", "没有含“<b>”的草稿", "清除条件")
	office.Get(paths.Designs+"?state=all").Want("5 份", "已发布")
	office.Get(paths.Designs + "?state=evil&sort=evil&page=-3").Want("2 份")
	codes := func(query string) string {
		var list []string
		for _, sub := range office.Get(paths.Designs + query).Doc().Find("#designs tbody td:first-child .sub").EachIter() {
			list = append(list, strings.Fields(words(sub))[0])
		}
		return strings.Join(list, " ")
	}
	if got := codes("?sort=code"); got != "FGW-05 ZJJ-02" {
		t.Errorf("sorted by code: %s", got)
	}
	w.as("liaison.zjj").Get(paths.Designs).Want("1 份", "请您提意见", "11月20日").Not("固定资产")
	w.as("tax").Get(paths.Designs).Want("1 份", "请您提意见")
	w.as("liaison.fgw").Get(paths.Designs).Want("目前没有征求意见的模板")

	a := office.Get(paths.DesignsExport + "?q=预售")
	rows := sheet(t, a)
	if len(rows) != 3+1 || rows[3][0] != "ZJJ-02" || rows[3][3] != "征求意见" || !strings.Contains(rows[1][0], "赵敏") {
		t.Errorf("export %v", rows)
	}
	w.as("auditor").Get("/audit?q=export_designs").WantStatus(200)
	for _, user := range []string{"leader", "bank", "sysadmin", "auditor"} {
		w.as(user).Get(paths.Designs).WantStatus(403)
		w.as(user).Get(paths.DesignsExport).WantStatus(403)
	}
}

func TestDesign_WaitsOnTheWorkbenchOfThoseWhoseTurnItIs(t *testing.T) {
	w := newTown(t)
	id := w.draft("zjj-02")
	w.as("office").Get(paths.Home).Want("商品房预售许可信息模板　第 2 版", "去起草")
	w.as("liaison.zjj").Get(paths.Home).Not("第 2 版")
	w.out(id)
	w.as("liaison.zjj").Get(paths.Home).Want("商品房预售许可信息模板　第 2 版", "提意见", "11月20日")
	w.as("handler.zjj").Get(paths.Home).Not("第 2 版")
	page := w.as("liaison.zjj").Get(paths.ToDesign(paths.Design, id)).Not("退回修改", "添加字段")
	if to := page.Doc().Find(".gz-next a").AttrOr("href", ""); to != paths.ToDesign(paths.DesignComments, id)+"#say" {
		t.Errorf("the button beside the next step leads to %s", to)
	}
	w.ok(w.Designs.Say(t.Context(), w.As("liaison.zjj"), id, catalogue.CommentInput{Text: "口径与台账不一致"}))
	w.as("liaison.zjj").Get(paths.Home).Not("提意见")
	if w.as("liaison.zjj").Get(paths.ToDesign(paths.Design, id)).Doc().Find(".gz-next a").Length() > 0 {
		t.Error("a unit that has spoken is asked again")
	}
	w.as("office").Get(paths.Home).Want("去答复", "1 条意见待答复")
}

func TestDesign_FieldComesBackAsItWasTyped(t *testing.T) {
	w := newTown(t)
	id := w.draft("zjj-02")
	office, at := w.as("office"), paths.ToDesign(paths.DesignFields, id)
	fresh := office.Get(paths.With(paths.ToDesign(paths.Design, id), "new", "1")).Want("添加字段", "字段代码")
	a := office.Post(at, typed(fresh, "name", "层数 <b>", "code", "1Floors", "type", "integer", "max_len", "zehn", "caliber", "地上层数", "required", "on"))
	a.WantStatus(422).Want("字段没有保存", "字段代码")
	doc := a.Doc()
	for name, want := range map[string]string{"name": "层数 <b>", "code": "1floors", "max_len": "zehn"} {
		if got := doc.Find("#edit [name="+name+"]").AttrOr("value", ""); got != want {
			t.Errorf("%s came back as %q, want %q", name, got, want)
		}
	}
	if doc.Find("#edit [name=caliber]").Text() != "地上层数" || doc.Find("#edit [name=required][checked]").Length() != 1 || doc.Find("#edit [name=type] option[selected]").AttrOr("value", "") != "integer" {
		t.Error("口径, 必填 or 类型 did not come back")
	}
	if doc.Find(".gz-errsum a").Length() < 2 || doc.Find("#edit [aria-invalid=true]").Length() < 2 {
		t.Error("the errors are not tied to their fields")
	}
	office.Post(at, typed(fresh, "name", "层数", "code", "floors", "type", "integer", "unit", "层")).WantStatus(303)
	office.Get(fieldPage(id, "floors")).Want("字段“层数”已保存", "缺口径", "发布前待补齐", "请填写“层数”的口径", "补齐 1 处", "新增")
	office.Post(at, typed(fresh, "name", "地址二", "code", "address", "type", "text")).WantStatus(422).Want("字段代码 address")
	office.Get(fieldPage(id, "address")).Want("代码、类型已随以前的版本发布，不可更改")
}

func TestDesign_TwoPeopleAtOneFieldAreToldAndLoseNothing(t *testing.T) {
	w := newTown(t)
	id := w.draft("zjj-02")
	mine, theirs := w.as("office").Get(fieldPage(id, "address")), w.as("office2").Get(fieldPage(id, "address"))
	at := paths.ToDesign(paths.DesignFields, id)
	w.as("office2").Post(at, typed(theirs, "caliber", "先存的口径")).WantStatus(303)
	a := w.as("office").Post(at, typed(mine, "caliber", "后存的口径")).WantStatus(409)
	a.Want("您打开页面后，孙立于 09:00修改了这一部分", "您填的内容还在下面")
	if got := a.Doc().Find("#edit [name=caliber]").Text(); got != "后存的口径" {
		t.Errorf("what was typed came back as %q", got)
	}
	w.as("liaison.zjj").Get(fieldPage(id, "address")).WantStatus(404)
	w.as("office").Post(at, typed(a)).WantStatus(303)
	w.as("office2").Get(fieldPage(id, "address")).Want("后存的口径")

	w.out(id)
	late := w.as("office").Post(at, typed(a, "caliber", "晚了")).WantStatus(409)
	late.Want("这一版现在是“征求意见”，不能修改")
}

func TestDesign_OrderAndRemoval(t *testing.T) {
	w := newTown(t)
	id := w.draft("zjj-02")
	office := w.as("office")
	first := func() string {
		return words(office.Get(paths.ToDesign(paths.Design, id)).Doc().Find("#fields tbody tr").First().Find("a"))
	}
	was := first()
	office.Post(paths.ToDesign(paths.DesignOrder, id), values("down", "project_name")).WantStatus(303)
	if first() == was {
		t.Error("the first field did not move")
	}
	office.Post(paths.ToDesign(paths.DesignOrder, id), values("up", "nirgends")).WantStatus(404)
	remove := paths.ToDesign(paths.DesignRemove, id)
	office.Get(paths.With(remove, "field", "address")).Want("删除字段“坐落”？", "已报数据保留", "删除的理由")
	office.Post(remove, values("field", "address")).WantStatus(422).Want("请填写理由")
	office.Post(remove, values("field", "address", "reason", "与楼栋重复")).WantStatus(303)
	office.Post(remove, values("field", "address", "reason", "与楼栋重复")).WantStatus(404)
	office.Post(remove, values("rule", "R1")).WantStatus(303)
	office.Post(remove, values("list", "house_use")).WantStatus(409).Want("还在用这个字典")
	office.Get(paths.ToDesign(paths.DesignCompare, id)).Want("减 1 个字段", "减 1 条规则", "坐落", "地址", "调整字段次序")
}

func TestDesign_AboutRulesAndLists(t *testing.T) {
	w := newTown(t)
	id := w.draft("zjj-02")
	office, at := w.as("office"), func(pattern string) string { return paths.ToDesign(pattern, id) }
	about := office.Get(at(paths.DesignAbout)).Want("口径", "期限", "启用期次", "报送范围", "市住房城乡建设局，每月，期限日为期末后 25 日", "锁定", "期限日遇休息日顺延")
	office.Post(at(paths.DesignAbout), typed(about, "name", "", "from", "morgen", "items", "gibts-99")).WantStatus(422).Want("启用期次请写年月", "请填写")
	office.Post(at(paths.DesignAbout), typed(about, "caliber", "", "deadline", "", "items", "gibts-99")).WantStatus(422).Want("没有目录项 GIBTS-99")
	office.Post(at(paths.DesignAbout), typed(about, "caliber", "", "deadline", "")).WantStatus(303)
	office.Get(at(paths.DesignAbout)).Want("发布前待补齐", "请填写口径", "请填写期限")
	office.Post(at(paths.DesignAbout), typed(about, "caliber", "旧页面")).WantStatus(409).Want("您填的内容还在下面", "旧页面")

	fresh := office.Get(paths.With(at(paths.DesignRules), "new", "1"))
	rule := []string{"title", "套数为正", "code", "r9", "expr", "presale_units > ", "severity", "error", "message", "套数不为正", "advice", "核对", "fields", "presale_units"}
	office.Post(at(paths.DesignRules), typed(fresh, rule...)).WantStatus(422).Want("规则没有保存", "算式第")
	rule[5] = "all(1..2000000000, {all(1..2000000000, {# > 0})})"
	office.Post(at(paths.DesignRules), typed(fresh, rule...)).WantStatus(422).Want("规则没有保存", "all(1..2000000000")
	rule[5] = "presale_units > 0"
	office.Post(at(paths.DesignRules), typed(fresh, rule...)).WantStatus(303)
	office.Get(paths.With(at(paths.DesignRules), "rule", "R9")).Want("编辑规则　套数为正", "试算选中的规则")
	office.Post(at(paths.DesignTry), values("rule", "R9")).WantStatus(422).Want("请至少填一行样例")
	office.Post(at(paths.DesignTry), values("rule", "R9", "v0.presale_units", "12", "v1.presale_units", "0", "v2.presale_units", "zwölf")).
		WantStatus(200).Want("符合", "不符", "套数不为正", "未核对", "zwölf")

	list := office.Get(paths.With(at(paths.DesignLists), "new", "1"))
	office.Post(at(paths.DesignLists), typed(list, "name", "级别", "code", "level", "items", "1 一级\n2 一级")).WantStatus(422).Want("字典没有保存", "第 2 条")
	office.Post(at(paths.DesignLists), typed(list, "name", "级别", "code", "level", "items", "1 一级\n2 二级")).WantStatus(303)
	office.Get(at(paths.DesignLists)).Want("一级、二级")
}

func TestDesign_CommentAnswerTrialAndPublication(t *testing.T) {
	w := newTown(t)
	id := w.draft("zjj-02")
	office, liaison, at := w.as("office"), w.as("liaison.zjj"), func(pattern string) string { return paths.ToDesign(pattern, id) }
	move := func(verb string) string { return paths.ToDesignMove(id, verb) }
	office.Get(move("ask_comment")).Want("把第 2 版送出征求意见？", "意见截止日")
	office.Post(move("ask_comment"), values("due", "morgen")).WantStatus(422).Want("请填写期限")
	office.Post(move("publish"), nil).WantStatus(409)
	office.Post(move("ask_comment"), values("due", "2026-11-20", "from", "draft")).WantStatus(303)

	liaison.Post(at(paths.DesignComments), values("stand", "differs", "text", " ")).WantStatus(422).Want("请填写意见")
	liaison.Post(at(paths.DesignComments), values("stand", "differs", "field", "nirgends", "text", "x")).WantStatus(422).Want("草稿中没有这个字段", "x")
	liaison.Post(at(paths.DesignComments), values("stand", "differs", "field", "address", "text", "<i>台账只到路</i>")).WantStatus(303)
	said := office.Get(at(paths.DesignComments)).Want("<i>台账只到路</i>", "关于字段“坐落”", "待答复", "答复 1 条意见")
	if said.Doc().Find("i").Length() > 0 {
		t.Error("a comment is taken for HTML")
	}
	office.Post(move("hand_over"), nil).WantStatus(409).Want("还有 1 条意见没有答复")
	reply := said.Doc().Find(".gz-reply").AttrOr("action", "")
	office.Post(reply, values("answer", "")).WantStatus(422).Want("请填写答复")
	liaison.Post(reply, values("answer", "x")).WantStatus(403)
	office.Post(paths.ToDesignAnswer(id, 999), values("answer", "x")).WantStatus(404)
	office.Post(reply, values("answer", "采纳")).WantStatus(303)
	office.Post(reply, values("answer", "再来")).WantStatus(409).Want("已由他人答复")
	liaison.Get(at(paths.DesignComments)).Want("答复（赵敏", "采纳", "已答复")

	trial := liaison.Upload(at(paths.DesignTrials), "试报.csv", testkit.Rows(t, "zjj-02", 5).CSV()).WantStatus(303)
	trial.Follow().Want("校验通过", "试报.csv", "初稿")
	w.as("handler.zjj").Get(at(paths.DesignTrials)).Want("试报.csv")
	liaison.Upload(at(paths.DesignTrials), "leer.csv", []byte("x")).WantStatus(303)
	office.Get(trial.Header.Get("Location")).WantStatus(200)
	w.as("liaison.fgw").Get(trial.Header.Get("Location")).WantStatus(404)
	office.Get(paths.ToDesignTrial(id, 999)).WantStatus(404)

	office.Post(move("hand_over"), nil).WantStatus(409).Want("没有改动：这一版与第 1 版的内容相同")
	w.changed(id)
	office.Post(move("hand_over"), nil).WantStatus(303)
	office.Get(at(paths.Design)).Want("待发布").Not("发布第 2 版")
	office.Get(move("publish")).WantStatus(200)
	office.Post(move("publish"), nil).WantStatus(403).Want("发布须由另一人办理")
	w.as("office2").Get(move("publish")).Want("发布第 2 版？", "自 2026年12月期起执行")
	w.as("office2").Post(move("publish"), values("from", "comment")).WantStatus(409).Want("已变为“待发布”")
	w.as("office2").Post(move("publish"), values("from", "ready")).WantStatus(303)
	w.as("office2").Post(move("publish"), values("from", "ready")).WantStatus(409)
	office.Get(paths.With(paths.ToTemplate("zjj-02"), "version", "2")).Want("第 2 版")
	w.as("leader").Get(paths.ToTemplateCompare("zjj-02")).Want("补充说明")
	w.as("leader").Get(paths.ToTemplateCompare("fgw-05")).Want("目前只有第 1 版")
	office.Post(move("retire"), values("reason", " ")).WantStatus(422).Want("请填写理由")
}

// changed gives a draft a further field, for which it is sent back, and lets the unit agree.
func (w *town) changed(id int64) {
	w.t.Helper()
	office, ctx := w.As("office"), w.t.Context()
	w.ok(w.Designs.Move(ctx, office, id, models.VerbRevise, catalogue.MoveInput{Reason: "补字段"}))
	w.ok(w.Designs.SaveField(ctx, office, id, catalogue.FieldInput{
		Field: models.Field{Code: "remark2", Name: "补充说明", Type: models.TypeText, Caliber: "需要说明的情况", MaxLen: 200}}))
	w.out(id)
	w.ok(w.Designs.Say(ctx, w.As("liaison.zjj"), id, catalogue.CommentInput{Agrees: true}))
}

func TestDesign_BeginsFromAFile(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	free, err := w.Designs.FreeItems(t.Context(), w.As("office"))
	w.ok(err)
	begin := func(name, content string, pairs ...string) *testkit.Answer {
		parts := []part{{name: "_csrf", text: office.Token()}}
		for i := 0; i+1 < len(pairs); i += 2 {
			parts = append(parts, part{name: pairs[i], text: pairs[i+1]})
		}
		if name != "" {
			parts = append(parts, part{name: "file", file: name, text: content})
		}
		body, kind := uploadForm(t, parts...)
		r := httptest.NewRequest("POST", paths.Designs, body)
		r.Header.Set("Content-Type", kind)
		return office.Send(r)
	}
	begin("", "", "items", "", "source", "").WantStatus(422).Want("请填写目录项")
	begin("", "", "items", free[0].Code, "source", "header").WantStatus(422).Want("请选择文件")
	begin("", "", "items", free[0].Code, "source", "copy").WantStatus(422).Want("照哪个模板")
	begin("", "", "items", "zjj-02", "source", "").WantStatus(422).Want("已有模板")
	var wide []string
	for i := range 300 {
		wide = append(wide, "列"+strconv.Itoa(i))
	}
	a := begin("宽表.csv", strings.Join(wide, ",")+"\n"+strings.Repeat("1,", 299)+"1\n", "items", free[0].Code, "source", "header").WantStatus(422)
	a.Want("300", "请重新选择文件")
	if got := a.Doc().Find("[name=items] option[selected]").AttrOr("value", ""); got != free[0].Code {
		t.Errorf("the item came back as %q", got)
	}
	begin("坏.json", `{"fields":`, "items", free[0].Code, "source", "schema").WantStatus(422).Want("请重新选择文件")
	begin("台账.csv", "企业名称,统一社会信用代码,收款日期\n示范公司,91371500MA3DEM0006,2026-10-08\n", "items", free[0].Code, "source", "header").
		WantStatus(303).Follow().Want("草稿已建立，有 3 个字段", "统一社会信用代码", "收款日期", "缺口径")
	begin("", "", "items", free[0].Code, "source", "").WantStatus(409)
	begin("", "", "items", free[1].Code, "source", "copy", "base", "zjj-02").WantStatus(303).Follow().Want("草稿已建立，有 18 个字段", free[1].Name)

	schema := w.as("tax").Get(paths.ToTemplateSchema("fgw-05")).WantStatus(200).Body
	begin("结构.json", schema, "items", free[2].Code, "source", "schema").WantStatus(303).Follow().Want("草稿已建立", "项目代码")
	table := w.as("tax").Get(paths.ToTemplateTable("fgw-05")).WantStatus(200).Body
	begin("定义表.xlsx", table, "items", free[3].Code, "source", "table").WantStatus(303).Follow().Want("草稿已建立", "项目代码")
}

func TestDesign_PagesAskNoMoreQueriesForMoreOfThem(t *testing.T) {
	w := newTown(t)
	id := w.draft("zjj-02")
	office := w.as("office")
	pages := []string{paths.Designs, paths.Home, paths.ToDesign(paths.Design, id), paths.ToDesign(paths.DesignComments, id), paths.ToDesign(paths.DesignRules, id)}
	count := func() []int {
		var list []int
		for _, page := range pages {
			list = append(list, w.Queries(func() { office.Get(page).WantStatus(200) }))
		}
		return list
	}
	w.out(id)
	w.ok(w.Designs.Say(t.Context(), w.As("liaison.zjj"), id, catalogue.CommentInput{Text: "一条"}))
	few := count()
	w.out(w.draft("fgw-05"))
	w.draft("zrzy-01")
	for range 20 {
		w.ok(w.Designs.Say(t.Context(), w.As("liaison.zjj"), id, catalogue.CommentInput{Text: "又一条"}))
	}
	for i, many := range count() {
		if many > few[i] || many > 25 {
			t.Errorf("%s: %d queries with few drafts and comments, %d with many", pages[i], few[i], many)
		}
	}
}
