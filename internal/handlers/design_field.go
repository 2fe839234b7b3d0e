package handlers

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/services/catalogue"
	"taxportal/web/views/components"
	"taxportal/web/views/templateview"
)

// postedField reads the editor of a field. What is no number becomes −1, which no rule allows.
func postedField(c echo.Context) catalogue.FieldInput {
	text := func(name string) string { return form.Text(c, name) }
	whole := func(name string) int { return int(number(text(name))) }
	on := func(name string) bool { return text(name) != "" }
	return catalogue.FieldInput{Was: text("was"), Seen: text("seen"), Repeat: text("repeat"), Field: models.Field{
		Code: strings.ToLower(text("code")), Name: text("name"), Type: models.FieldType(text("type")), Caliber: text("caliber"), Standard: text("standard"),
		Example: text("example"), Required: on("required"), Key: on("key"), Subject: on("subject"), Sensitive: on("sensitive"),
		MinLen: whole("min_len"), MaxLen: whole("max_len"), Pattern: text("pattern"), Hint: text("hint"), Min: text("min"), Max: text("max"),
		Scale: whole("scale"), Unit: text("unit"), List: text("list"), Aliases: office.Split(text("aliases")), Accept: form.List(c, "accept"), Prior: whole("prior_percent"),
	}}
}

// fieldForm lays out the editor of a field, or its properties where nothing can be changed.
func fieldForm(p *catalogue.DesignPage, edit *fieldEdit, published map[string]bool) *templateview.FieldForm {
	f := edit.input.Field
	view := &templateview.FieldForm{Title: "编辑字段　" + f.Name, Was: edit.input.Was, Seen: edit.input.Seen}
	if edit.input.Was == "" {
		view.Title = "添加字段"
	}
	fixed := published[edit.input.Was]
	if fixed {
		view.Sub = "代码、类型已随以前的版本发布，不可更改；需改时另建字段"
	}
	for _, s := range p.Repeated[edit.input.Was] {
		view.Sources = append(view.Sources, templateview.Source{Unit: s.Unit, Template: s.Template, Name: s.Name, Field: s.Field})
	}
	view.Sources = view.Sources[:min(len(view.Sources), 3)]
	view.Repeat = components.Input{Name: "repeat", Label: "重复采集的理由", Value: edit.input.Repeat, Width: components.WidthFull, MaxLength: 200}
	if !p.CanEdit {
		view.Title, view.Sub = f.Name, "代码 "+f.Code
		view.Facts = fieldFacts(p, f)
		return view
	}
	view.Main = withErrors(edit.asTyped(mainInputs(p, f, fixed)), edit.errors)
	view.Marks = withErrors([]components.Input{
		{Kind: components.InputCheckbox, Name: "required", Label: "必填", Checked: f.Required},
		{Kind: components.InputCheckbox, Name: "key", Label: "业务主键（合起来不重复）", Checked: f.Key},
		{Kind: components.InputCheckbox, Name: "subject", Label: "纳税主体", Checked: f.Subject},
		{Kind: components.InputCheckbox, Name: "sensitive", Label: "敏感字段（入库即加密，默认遮挡）", Checked: f.Sensitive},
	}, edit.errors)
	view.More = withErrors(edit.asTyped(moreInputs(f)), edit.errors)
	for _, in := range view.More {
		view.Open = view.Open || in.Value != "" || in.Error != ""
	}
	return view
}

func mainInputs(p *catalogue.DesignPage, f models.Field, fixed bool) []components.Input {
	lists := []components.Option{{Label: "不用字典"}}
	for _, l := range p.Design.Definition.Lists {
		lists = append(lists, components.Option{Value: l.Code, Label: l.Name + "（" + l.Code + "）"})
	}
	kind := components.Input{Kind: components.InputSelect, Name: "type", Label: "类型", Value: string(f.Type), Required: true, Options: typeOptions(f.Type, fixed), Hint: "发布后不可改；需改时另建字段。"}
	return []components.Input{
		{Name: "name", Label: "字段名称", Value: f.Name, Required: true, MaxLength: 60}, kind,
		{Name: "code", Label: "字段代码", Value: f.Code, Required: true, MaxLength: 41, ReadOnly: fixed, Hint: "小写字母开头，只用小写字母、数字和下划线，如 issue_date；发布后不可改。"},
		{Kind: components.InputSelect, Name: "list", Label: "字典", Value: f.List, Options: lists, Hint: "类型为字典项时选择；没有的先在“字典”中添加。"},
		{Kind: components.InputTextarea, Name: "caliber", Label: "口径", Value: f.Caliber, Required: true, Rows: 3, Width: components.WidthFull, MaxLength: 1000,
			Hint: "写明统计什么、从哪里取数、以什么时点为准，如“备案价总额÷预售面积，含税，以发证日为准”。可以先存，发布前须补齐。"},
		{Name: "standard", Label: "标准", Value: f.Standard, MaxLength: 200, Hint: "写文号或标准号；文本类型的必填字段须写明。"},
		{Name: "unit", Label: "计量单位", Value: f.Unit, MaxLength: 20, Hint: "金额写元或万元。"},
		{Name: "min", Label: "最小值", Value: f.Min, MaxLength: 30}, {Name: "max", Label: "最大值", Value: f.Max, MaxLength: 30, Hint: "数值写数字，日期写 2026-10-08 或 today。"},
		{Name: "example", Label: "示例", Value: f.Example, MaxLength: 200, Hint: "用虚构的内容。"},
		{Name: "scale", Label: "小数位数", Value: nonZero(f.Scale), Numeric: true, MaxLength: 2, Hint: "只用于数值类型。"},
	}
}

// typeOptions are all types; of a field that has been published only its own.
func typeOptions(now models.FieldType, fixed bool) []components.Option {
	var options []components.Option
	for _, t := range models.FieldTypes() {
		if !fixed || t == now {
			options = append(options, components.Option{Value: string(t), Label: ingest.TypeTitle(t)})
		}
	}
	return options
}

func moreInputs(f models.Field) []components.Input {
	accept := components.Input{Kind: components.InputCheckboxes, Name: "accept", Label: "纳税人识别号只收", Width: components.WidthFull, Hint: "都不选为全部接受；只用于纳税人识别号类型。"}
	for _, t := range []models.FieldType{models.TypeUSCC, models.TypeLegacy, models.TypeIDCard, models.TypePassport} {
		checked := false
		for _, kind := range f.Accept {
			checked = checked || kind == string(t)
		}
		accept.Options = append(accept.Options, components.Option{Value: string(t), Label: ingest.TypeTitle(t), Checked: checked})
		if checked {
			accept.Value = "on"
		}
	}
	return []components.Input{
		{Name: "min_len", Label: "最小长度", Value: nonZero(f.MinLen), Numeric: true, MaxLength: 4}, {Name: "max_len", Label: "最大长度", Value: nonZero(f.MaxLen), Numeric: true, MaxLength: 4},
		{Name: "pattern", Label: "格式（正则表达式）", Value: f.Pattern, MaxLength: 300, Hint: "整个值须符合；只用于文本类型。"},
		{Name: "hint", Label: "格式不符时的改法", Value: f.Hint, MaxLength: 200},
		{Name: "aliases", Label: "别名", Value: office.Join(f.Aliases), Width: components.WidthFull, MaxLength: 500, Hint: "单位台账中对本列的其他叫法，用分号隔开；上传时按别名也能认出。"},
		{Name: "prior_percent", Label: "与上期比较（%）", Value: nonZero(f.Prior), Numeric: true, MaxLength: 4, Hint: "合计较上期变动超过这一比例时提醒；不比较的留空。"},
		accept,
	}
}

func nonZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// numberInputs are the inputs of the editor that take whole numbers.
var numberInputs = []string{"min_len", "max_len", "scale", "prior_percent"}

// typedNumbers are the numbers of the editor as they were typed, so that what is none comes back as well.
func typedNumbers(c echo.Context) map[string]string {
	typed := map[string]string{}
	for _, name := range numberInputs {
		typed[name] = form.Text(c, name)
	}
	return typed
}

// asTyped puts back what was typed.
func (e *fieldEdit) asTyped(inputs []components.Input) []components.Input {
	for i := range inputs {
		if text, ok := e.typed[inputs[i].Name]; ok {
			inputs[i].Value = text
		}
	}
	return inputs
}

// fieldFacts are the properties of a field for those who read it.
func fieldFacts(p *catalogue.DesignPage, f models.Field) []components.Fact {
	view := templateField(f)
	facts := []components.Fact{{Term: "类型", Text: view.Kind}, {Term: "口径", Text: dash(f.Caliber)}, {Term: "标准", Text: dash(f.Standard)}, {Term: "要求", Text: dash(view.Demands)},
		{Term: "必填", Text: map[bool]string{true: "是", false: "否"}[f.Required]}, {Term: "示例", Text: dash(view.Example)}, {Term: "别名", Text: dash(strings.Join(f.Aliases, "、"))}}
	if list, ok := p.Design.Definition.List(f.List); ok {
		facts = append(facts, components.Fact{Term: "字典", Text: list.Name})
	}
	return facts
}
