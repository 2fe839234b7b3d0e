package models

import (
	"slices"
	"strconv"
	"strings"
)

// ItemField is one thing of a catalogue item that the Office may change. Values travel as text in stored form, so that a
// change can wait for its period.
type ItemField struct {
	Code  string
	Label string
	Rule  bool // decides on tasks: takes effect with a coming period only
	get   func(*CatalogueItem) string
	set   func(*CatalogueItem, string)
	show  func(value string) string
}

// ItemFields are the fields in the order in which people read them.
var ItemFields = []ItemField{
	textField("name", "名称", func(i *CatalogueItem) *string { return &i.Name }),
	codeField("shape", "数据形态", Shapes, func(i *CatalogueItem) *Shape { return &i.Shape }),
	codeField("subject_kind", "主体类别", SubjectKinds, func(i *CatalogueItem) *SubjectKind { return &i.SubjectKind }),
	{Code: "taxes", Label: "服务税费", get: func(i *CatalogueItem) string { return joinTaxes(i.Taxes) },
		set: func(i *CatalogueItem, v string) { i.Taxes = splitTaxes(v) }, show: func(v string) string { return TaxLabels(splitTaxes(v)) }},
	codeField("share", "共享类型", Shares, func(i *CatalogueItem) *Share { return &i.Share }),
	textField("share_terms", "共享条件", func(i *CatalogueItem) *string { return &i.ShareTerms }),
	textField("basis", "依据", func(i *CatalogueItem) *string { return &i.Basis }),
	codeField("sensitivity", "敏感级别", Sensitivities, func(i *CatalogueItem) *Sensitivity { return &i.Sensitivity }),
	textField("section", "负责科室", func(i *CatalogueItem) *string { return &i.Section }),
	textField("resource_code", "信息资源代码", func(i *CatalogueItem) *string { return &i.ResourceCode }),
	rule(codeField("cycle", "更新周期", Cycles, func(i *CatalogueItem) *Cycle { return &i.Cycle })),
	rule(numberField("due_days", "截止天数", func(i *CatalogueItem) *int { return &i.DueDays })),
	rule(numberField("lock_days", "锁定天数", func(i *CatalogueItem) *int { return &i.LockDays })),
	rule(boolField("nil_normal", "零报送为常态", func(i *CatalogueItem) *bool { return &i.NilNormal })),
	rule(textField("since", "登记起始日", func(i *CatalogueItem) *Day { return &i.Since })),
	rule(boolField("every_county", "每县一数", func(i *CatalogueItem) *bool { return &i.EveryCounty })),
	boolField("place", "含地理位置", func(i *CatalogueItem) *bool { return &i.Place }),
}

// What becomes of an item beside the Office's own changes of its fields, as its history names it.
const (
	FieldUnit     = "unit"     // the unit that supplies it: another has taken over the work
	FieldTemplate = "template" // the form in which it is filed: the portal's newer plan brought one
)

// itemFacts are fields that the history names and no form changes. Their values are what people call them.
var itemFacts = []ItemField{{Code: FieldUnit, Label: "提供单位"}, {Code: FieldTemplate, Label: "信息模板"}}

// Cycles are the cycles in the order in which people read them.
var Cycles = []Named[Cycle]{
	{CycleMonth, "每月", ""}, {CycleQuarter, "每季度", ""}, {CycleHalf, "每半年", ""}, {CycleYear, "每年", ""}, {CycleOnce, "一次性", ""},
	{CycleEvent, "随发生，按月报送", ""},
}

// ItemFieldOf returns the field with the code, and false if there is none.
func ItemFieldOf(code string) (ItemField, bool) {
	for _, f := range slices.Concat(ItemFields, itemFacts) {
		if f.Code == code {
			return f, true
		}
	}
	return ItemField{}, false
}

// Value returns the field of an item in stored form.
func (f ItemField) Value(item *CatalogueItem) string { return f.get(item) }

// Show returns a stored value as people read it, — for none.
func (f ItemField) Show(value string) string {
	if value == "" {
		return "—"
	}
	if f.show != nil {
		return f.show(value)
	}
	return value
}

// DiffItems returns the fields in which two items differ.
func DiffItems(before, after *CatalogueItem) []ItemDiff {
	var diffs []ItemDiff
	for _, f := range ItemFields {
		if was, is := f.get(before), f.get(after); was != is {
			diffs = append(diffs, ItemDiff{Field: f.Code, Old: was, New: is})
		}
	}
	return diffs
}

// Apply gives an item the new values of the differences.
func (i *CatalogueItem) Apply(diffs []ItemDiff) {
	for _, d := range diffs {
		if f, ok := ItemFieldOf(d.Field); ok && f.set != nil {
			f.set(i, d.New)
		}
	}
}

// Rules reports whether one of the differences decides on tasks.
func Rules(diffs []ItemDiff) bool {
	return slices.ContainsFunc(diffs, func(d ItemDiff) bool { f, _ := ItemFieldOf(d.Field); return f.Rule })
}

func rule(f ItemField) ItemField { f.Rule = true; return f }

func textField[T ~string](code, label string, at func(*CatalogueItem) *T) ItemField {
	return ItemField{Code: code, Label: label, get: func(i *CatalogueItem) string { return string(*at(i)) },
		set: func(i *CatalogueItem, v string) { *at(i) = T(v) }}
}

func codeField[T ~string](code, label string, list []Named[T], at func(*CatalogueItem) *T) ItemField {
	f := textField(code, label, at)
	f.show = func(v string) string { return LabelOf(list, T(v)) }
	return f
}

func numberField(code, label string, at func(*CatalogueItem) *int) ItemField {
	return ItemField{Code: code, Label: label, get: func(i *CatalogueItem) string { return strconv.Itoa(*at(i)) },
		set: func(i *CatalogueItem, v string) { *at(i), _ = strconv.Atoi(v) }}
}

func boolField(code, label string, at func(*CatalogueItem) *bool) ItemField {
	return ItemField{Code: code, Label: label, get: func(i *CatalogueItem) string { return map[bool]string{true: "1"}[*at(i)] },
		set: func(i *CatalogueItem, v string) { *at(i) = v == "1" }, show: func(string) string { return "是" }}
}

func joinTaxes(taxes []Tax) string {
	codes := make([]string, len(taxes))
	for i, t := range taxes {
		codes[i] = string(t)
	}
	return strings.Join(codes, " ")
}

func splitTaxes(text string) []Tax {
	var taxes []Tax
	for code := range strings.FieldsSeq(text) {
		taxes = append(taxes, Tax(code))
	}
	return taxes
}
