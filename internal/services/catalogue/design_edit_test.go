package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
)

func TestDesignEdit_TwoPeopleOnOneFieldLoseNothing(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		opened, _ := w.page("office", d.ID).Design.Definition.Field("address")
		other, _ := w.page("office", d.ID).Design.Definition.Field("project_name")
		seen, seenOther := catalogue.Fingerprint(opened), catalogue.Fingerprint(other)

		w.ok(w.edited("office2", d.ID, "address", func(f *models.Field) { f.Caliber = "到门牌号" }))
		mine := opened
		mine.Hint = "写到门牌"
		in := catalogue.FieldInput{Was: "address", Field: mine, Seen: seen}
		w.refused(w.Designs.SaveField(t.Context(), w.As("office"), d.ID, in), fault.Conflict, "您打开页面后，", "09:00", "您填的内容还在下面")
		if f, _ := w.page("office", d.ID).Design.Definition.Field("address"); f.Caliber != "到门牌号" || f.Hint != "" {
			t.Errorf("the first to save is overwritten: %+v", f)
		}
		now, _ := w.page("office", d.ID).Design.Definition.Field("address")
		in.Seen = catalogue.Fingerprint(now) // as the page that told of the conflict has it
		w.ok(w.Designs.SaveField(t.Context(), w.As("office"), d.ID, in))

		other.Caliber = "另一字段"
		w.ok(w.Designs.SaveField(t.Context(), w.As("office"), d.ID, catalogue.FieldInput{Was: "project_name", Field: other, Seen: seenOther}))
		w.ok(w.Designs.RemoveField(t.Context(), w.As("office2"), d.ID, "project_name", "不再需要"))
		w.refused(w.Designs.SaveField(t.Context(), w.As("office"), d.ID, catalogue.FieldInput{Was: "project_name", Field: other, Seen: seenOther}), fault.Conflict, "删除了这一部分")
	})
}

func TestDesignEdit_WhatAFieldMayNotBe(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		for want, f := range map[string]models.Field{
			"code:字段代码":                {Code: "Nein", Name: "名", Type: models.TypeText},
			"code:字段代码 permit_no 与第 2": {Code: "permit_no", Name: "另一个", Type: models.TypeText},
			"name:请填写字段名称":             {Code: "leer", Type: models.TypeText},
			"name:列名“预售许可证号”与第 2 个字段":  {Code: "twice", Name: "预售许可证号", Type: models.TypeText},
			"type:":    {Code: "magie", Name: "魔法", Type: "magie"},
			"pattern:": {Code: "muster", Name: "样式", Type: models.TypeText, Pattern: "(", Hint: "x"},
			"max:“范围”的最大值小于最小值":             {Code: "grenze", Name: "范围", Type: models.TypeInteger, Min: "9", Max: "1"},
			"list:“用途二”所用的字典":               {Code: "art", Name: "用途二", Type: models.TypeCode, List: "gibts_nicht"},
			"required:“主键”是业务主键的一部分，必须设为必填": {Code: "pk", Name: "主键", Type: models.TypeText, Key: true},
			"subject:": {Code: "wer", Name: "另一主体", Type: models.TypeUSCC, Subject: true},
			"unit:“款”是金额，单位应为元或万元": {Code: "geld", Name: "款", Type: models.TypeMoney, Unit: "美元"},
		} {
			w.refused(w.field("office", d.ID, f), fault.Invalid, want)
		}
		w.ok(w.field("office", d.ID, models.Field{Code: "half", Name: "还没写口径", Type: models.TypeText}))
		reasons := w.page("office", d.ID).Reasons
		if !slices.ContainsFunc(reasons, func(r catalogue.Reason) bool { return r.Field == "half" && strings.Contains(r.Text, "口径") }) {
			t.Errorf("an empty 口径 is no reason: %+v", reasons)
		}
	})
}

func TestDesignEdit_AFieldNeverChangesWhatItWas(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		for _, c := range []struct {
			code, want string
			change     func(f *models.Field)
		}{
			{"address", "type:字段代码 address 在第 1 版中是", func(f *models.Field) { f.Type = models.TypeText }},
			{"escrow_account", "sensitive:", func(f *models.Field) { f.Sensitive = false }},
			{"address", "code:字段代码 address 已随以前的版本发布，不能更改", func(f *models.Field) { f.Code = "place" }},
		} {
			w.refused(w.edited("office", d.ID, c.code, c.change), fault.Invalid, c.want)
		}
		// Taken out and put in again under the same code it is still what it was.
		w.refused(w.Designs.RemoveField(t.Context(), w.As("office"), d.ID, "address", " "), fault.Invalid, "reason:请填写理由")
		w.ok(w.Designs.RemoveField(t.Context(), w.As("office"), d.ID, "address", "与坐落重复"))
		w.refused(w.field("office", d.ID, models.Field{Code: "address", Name: "新地址", Type: models.TypeText, Caliber: "x"}), fault.Invalid, "不能改类型，请另取代码")
	})
}

func TestDesignEdit_AFieldOfTheDraftAloneIsRenamedAndRemovedFreely(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		w.ok(w.field("office", d.ID, remark))
		rule := models.RowRule{Code: "R77", Expr: `remark2 != ""`, Severity: models.SeverityWarning, Title: "有说明", Message: "没有说明", Advice: "补上", Fields: []string{"remark2"}}
		w.ok(w.Designs.SaveRule(t.Context(), w.As("office"), d.ID, catalogue.RuleInput{Rule: rule}))
		w.ok(w.edited("office", d.ID, "remark2", func(f *models.Field) { f.Code = "extra" }))
		p := w.page("office", d.ID)
		if got := p.Design.Definition.Rules[len(p.Design.Definition.Rules)-1].Fields[0]; got != "extra" {
			t.Errorf("the rule still looks at %s", got)
		}
		if !slices.ContainsFunc(p.Reasons, func(r catalogue.Reason) bool {
			return r.Rule == "R77" && strings.Contains(r.Text, "没有名为“remark2”")
		}) {
			t.Errorf("the expression is not told: %+v", p.Reasons)
		}
		w.ok(w.Designs.MoveField(t.Context(), w.As("office"), d.ID, "extra", -1))
		fields := w.page("office", d.ID).Design.Definition.Fields
		if fields[len(fields)-2].Code != "extra" {
			t.Error("the field did not move up")
		}
		w.ok(w.Designs.MoveField(t.Context(), w.As("office"), d.ID, fields[0].Code, -1)) // at the top it stays
		w.ok(w.Designs.RemoveField(t.Context(), w.As("office"), d.ID, "extra", ""))
		w.refused(w.Designs.RemoveField(t.Context(), w.As("office"), d.ID, "extra", ""), fault.NotFound)
	})
}

func TestDesignEdit_RulesThatDoNotCompileSayWhereAndWhy(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		good := models.RowRule{Code: "R88", Expr: "presale_area > 0", Severity: models.SeverityError, Title: "面积为正", Message: "面积不为正", Advice: "核对", Fields: []string{"presale_area"}}
		for want, change := range map[string]func(*models.RowRule){
			"expr:算式第 7 个字符":        func(r *models.RowRule) { r.Expr = "1 > 0 ) x" },
			"没有名为“flaeche”":         func(r *models.RowRule) { r.Expr = "flaeche > 0" },
			"expr:算式有 2001":         func(r *models.RowRule) { r.Expr = strings.Repeat("1", 2001) },
			"message:请填写规则不符时的说明":   func(r *models.RowRule) { r.Message = "" },
			"fields:规则 R88 涉及的字段 x": func(r *models.RowRule) { r.Fields = []string{"x"} },
			"code:规则代码":             func(r *models.RowRule) { r.Code = "klein" },
		} {
			r := good
			if _, ok := w.page("office", d.ID).Design.Definition.Field("presale_area"); !ok {
				r.Expr, r.Fields = "building_area > 0", []string{"building_area"}
			}
			change(&r)
			w.refused(w.Designs.SaveRule(t.Context(), w.As("office"), d.ID, catalogue.RuleInput{Rule: r}), fault.Invalid, want)
		}
	})
}

func TestDesignEdit_Lists(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		list := models.CodeList{Code: "level", Name: "级别", Items: []models.CodeItem{{Code: "1", Name: "一级"}, {Code: "2", Name: "一级"}}}
		save := func(was, seen string, l models.CodeList) error {
			return w.Designs.SaveList(t.Context(), w.As("office"), d.ID, catalogue.ListInput{Was: was, List: l, Seen: seen})
		}
		w.refused(save("", "", list), fault.Invalid, "items:第 2 条：", "“一级”与第 1 条相同")
		list.Items[1].Name = "二级"
		w.ok(save("", "", list))
		w.ok(w.field("office", d.ID, models.Field{Code: "level", Name: "级别", Type: models.TypeCode, List: "level", Caliber: "x"}))
		renamed := list
		renamed.Code = "grade"
		w.refused(save("level", "old", renamed), fault.Conflict, "没有保存")
		w.ok(save("level", catalogue.Fingerprint(list), renamed))
		if f, _ := w.page("office", d.ID).Design.Definition.Field("level"); f.List != "grade" {
			t.Errorf("the field still uses %s", f.List)
		}
		w.refused(w.Designs.RemoveList(t.Context(), w.As("office"), d.ID, "grade"), fault.Conflict, "字段“级别”还在用这个字典")
		w.ok(w.Designs.RemoveField(t.Context(), w.As("office"), d.ID, "level", ""))
		w.ok(w.Designs.RemoveList(t.Context(), w.As("office"), d.ID, "grade"))
		w.refused(w.Designs.RemoveList(t.Context(), w.As("office"), d.ID, "grade"), fault.NotFound)
	})
}

func TestDesignEdit_IsForTheOfficeOfTheAreaAlone(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		w.ok(w.move("office", d.ID, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"}))
		w.ok(w.move("office", d.ID, models.VerbRevise, catalogue.MoveInput{Reason: "改"}))
		for as, kind := range map[string]fault.Kind{"liaison.zjj": fault.Forbidden, "tax": fault.Forbidden, "leader": fault.Forbidden, "office.dcf": fault.NotFound} {
			w.refused(w.field(as, d.ID, remark), kind)
		}
	})
}

func TestDesign_RefusesWhatIsNotReadyWithAllReasons(t *testing.T) {
	each(t, func(w studio) {
		d := w.next()
		w.standards(d.ID)
		p := w.page("office", d.ID)
		about := catalogue.AboutOf(&p.Design, p.Items)
		about.Caliber, about.Deadline, about.From = "", "", "2026-09"
		w.ok(w.Designs.SaveAbout(t.Context(), w.As("office"), d.ID, about))
		w.ok(w.edited("office", d.ID, "project_name", func(f *models.Field) { f.Caliber, f.Standard = "", "" }))
		w.ok(w.edited("office", d.ID, "developer_uscc", func(f *models.Field) { f.Caliber = "" }))
		w.heard(d.ID)
		err := w.move("office", d.ID, models.VerbHandOver, catalogue.MoveInput{})
		w.refused(err, fault.Conflict, "还有 6 处没有补齐", "请填写口径", "请填写期限", "2026年9月期 已经过去", "“项目名称”的口径", "“项目名称”的标准", "“统一社会信用代码”的口径")
		if got := w.page("office", d.ID).Design.State; got != models.DesignCommenting {
			t.Errorf("a refused step moved the draft to %s", got)
		}
	})
}

func TestDesign_ARegisterOfTotalsHasTheRegionForItsSubject(t *testing.T) {
	each(t, func(w studio) {
		item := w.freeItem()
		d, err := w.Designs.Begin(t.Context(), w.As("office"), item, models.Definition{}, "新建")
		w.ok(err)
		w.ok(w.field("office", d.ID, models.Field{Code: "area_code", Name: "行政区划", Type: models.TypeRegion, Caliber: "县", Required: true}))
		no := func() bool {
			return slices.ContainsFunc(w.page("office", d.ID).Reasons, func(r catalogue.Reason) bool { return strings.Contains(r.Text, "没有纳税主体") })
		}
		if !no() {
			t.Error("a template without subject could be published")
		}
		w.ok(w.edited("office", d.ID, "area_code", func(f *models.Field) { f.Key = true }))
		if no() {
			t.Error("a region that is part of the key does not count")
		}
	})
}

// freeItem is a catalogue item that has no template.
func (w studio) freeItem() string {
	w.t.Helper()
	free, err := w.Designs.FreeItems(w.t.Context(), w.As("office"))
	w.ok(err)
	if len(free) == 0 {
		w.t.Fatal("every item has a template")
	}
	return free[0].Code
}
