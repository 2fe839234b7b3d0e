package models

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ChangeKind says what happened to a part of a template from one version to another.
type ChangeKind string

// The kinds of changes.
const (
	ChangeAdded   ChangeKind = "added"
	ChangeRemoved ChangeKind = "removed"
	ChangeEdited  ChangeKind = "edited"
)

// Change is a field, rule or list that two versions of a template do not have in common.
type Change struct {
	Kind  ChangeKind
	Code  string
	Name  string
	Parts []PartChange // what of it differs; of a part that is new or gone, what it says
}

// PartChange is one property with its value before and after, in words.
type PartChange struct{ Label, Old, New string }

// Comparison is the difference of two versions of a template.
type Comparison struct {
	Head      []PartChange
	Fields    []Change
	Rules     []Change
	Lists     []Change
	Reordered bool // the fields that both have stand in another order
}

// Same reports whether the versions do not differ.
func (c Comparison) Same() bool {
	return len(c.Head)+len(c.Fields)+len(c.Rules)+len(c.Lists) == 0 && !c.Reordered
}

// Summary says the difference in a few words: 加 2 个字段，改 1 个字段，加 1 条规则.
func (c Comparison) Summary() string {
	var parts []string
	count := func(list []Change, measure string) {
		for _, k := range []struct {
			kind ChangeKind
			verb string
		}{{ChangeAdded, "加"}, {ChangeEdited, "改"}, {ChangeRemoved, "减"}} {
			n := 0
			for _, change := range list {
				if change.Kind == k.kind {
					n++
				}
			}
			if n > 0 {
				parts = append(parts, fmt.Sprintf("%s %d %s", k.verb, n, measure))
			}
		}
	}
	count(c.Fields, "个字段")
	count(c.Rules, "条规则")
	count(c.Lists, "个字典")
	if len(c.Head) > 0 {
		parts = append(parts, fmt.Sprintf("改 %d 处说明", len(c.Head)))
	}
	if c.Reordered {
		parts = append(parts, "调整字段次序")
	}
	if len(parts) == 0 {
		return "没有改动"
	}
	return strings.Join(parts, "，")
}

// Compare returns what changed from one version of a template to another. typeName says a field type as people read it.
func Compare(old, now *Definition, typeName func(FieldType) string) Comparison {
	return Comparison{
		Head:      differing(headParts(old), headParts(now)),
		Fields:    changes(old.Fields, now.Fields, func(f Field) (string, string) { return f.Code, f.Name }, func(f Field) []PartChange { return fieldParts(f, typeName) }),
		Rules:     changes(old.Rules, now.Rules, func(r RowRule) (string, string) { return r.Code, r.Title }, ruleParts),
		Lists:     changes(old.Lists, now.Lists, func(l CodeList) (string, string) { return l.Code, l.Name }, listParts),
		Reordered: !slices.Equal(common(old.Fields, now), common(now.Fields, old)),
	}
}

// common returns the codes of those fields that the other definition has, too.
func common(fields []Field, other *Definition) []string {
	var codes []string
	for _, f := range fields {
		if _, ok := other.Field(f.Code); ok {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// changes tells two lists of parts apart by their codes: what is new or changed in the order of now, then what is gone.
func changes[T any](old, now []T, name func(T) (code, title string), parts func(T) []PartChange) []Change {
	before := map[string]T{}
	for _, o := range old {
		code, _ := name(o)
		before[code] = o
	}
	var list []Change
	kept := map[string]bool{}
	for _, n := range now {
		code, title := name(n)
		kept[code] = true
		o, ok := before[code]
		if !ok {
			list = append(list, Change{Kind: ChangeAdded, Code: code, Name: title, Parts: said(parts(n))})
			continue
		}
		if d := differing(parts(o), parts(n)); len(d) > 0 {
			list = append(list, Change{Kind: ChangeEdited, Code: code, Name: title, Parts: d})
		}
	}
	for _, o := range old {
		if code, title := name(o); !kept[code] {
			gone := said(parts(o))
			for i, p := range gone {
				gone[i].Old, gone[i].New = p.New, ""
			}
			list = append(list, Change{Kind: ChangeRemoved, Code: code, Name: title, Parts: gone})
		}
	}
	return list
}

// differing puts the properties of two parts side by side, where they differ. Both hold the same labels in the same
// order, with the value in New.
func differing(old, now []PartChange) []PartChange {
	var list []PartChange
	for i := range now {
		if old[i].New != now[i].New {
			list = append(list, PartChange{now[i].Label, old[i].New, now[i].New})
		}
	}
	return list
}

// said leaves out of a part's properties its name, which stands beside them, and what is empty or off.
func said(parts []PartChange) []PartChange {
	return slices.DeleteFunc(parts[1:], func(p PartChange) bool { return p.New == "" || p.New == yesNo(false) })
}

func headParts(d *Definition) []PartChange {
	coverage := map[Coverage]string{CoverageIncrement: "本期新增变动", CoverageSnapshot: "期末存量"}
	return []PartChange{
		{Label: "模板名称", New: d.Name}, {Label: "口径", New: d.Caliber}, {Label: "期限", New: d.Deadline}, {Label: "依据", New: d.Basis},
		{Label: "报送范围", New: coverage[d.Coverage]}, {Label: "填报说明", New: strings.Join(d.Notes, "\n")}, {Label: "行数变动提醒", New: percent(d.PriorRows)},
	}
}

func fieldParts(f Field, typeName func(FieldType) string) []PartChange {
	return []PartChange{
		{Label: "字段名称", New: f.Name}, {Label: "类型", New: typeName(f.Type)}, {Label: "口径", New: f.Caliber}, {Label: "标准", New: f.Standard},
		{Label: "示例", New: f.Example}, {Label: "必填", New: yesNo(f.Required)}, {Label: "业务主键", New: yesNo(f.Key)},
		{Label: "纳税主体", New: yesNo(f.Subject)}, {Label: "敏感", New: yesNo(f.Sensitive)}, {Label: "最小长度", New: positive(f.MinLen)},
		{Label: "最大长度", New: positive(f.MaxLen)}, {Label: "格式", New: f.Pattern}, {Label: "改法提示", New: f.Hint}, {Label: "最小值", New: f.Min},
		{Label: "最大值", New: f.Max}, {Label: "小数位数", New: positive(f.Scale)}, {Label: "计量单位", New: f.Unit}, {Label: "字典", New: f.List},
		{Label: "别名", New: strings.Join(f.Aliases, "、")}, {Label: "证件种类", New: strings.Join(f.Accept, "、")}, {Label: "与上期比较", New: percent(f.Prior)},
	}
}

func ruleParts(r RowRule) []PartChange {
	severity := map[Severity]string{SeverityError: "错误", SeverityWarning: "提醒"}
	return []PartChange{
		{Label: "规则名称", New: r.Title}, {Label: "级别", New: severity[r.Severity]}, {Label: "算式", New: r.Expr}, {Label: "问题", New: r.Message},
		{Label: "怎样修改", New: r.Advice}, {Label: "涉及字段", New: strings.Join(r.Fields, "、")},
	}
}

func listParts(l CodeList) []PartChange {
	lines := make([]string, len(l.Items))
	for i, item := range l.Items {
		lines[i] = item.Code + " " + item.Name
	}
	return []PartChange{{Label: "字典名称", New: l.Name}, {Label: "条目", New: strings.Join(lines, "\n")}}
}

func yesNo(on bool) string {
	if on {
		return "是"
	}
	return "否"
}

func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func percent(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + "%"
}
