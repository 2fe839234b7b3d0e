// Package templateview shows the unified templates: which there are, and what each of their fields means, by which
// rule it is checked and where its workbook and its schema are.
package templateview

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// ListPage is the list of templates.
type ListPage struct {
	Shell  layout.Shell
	Next   components.Next
	Bar    components.FilterBar
	Order  components.Order
	Rows   []ListRow
	Pages  components.Pages
	Filter string // the filter in words; empty: nothing is filtered

	Actions []components.Action // for those who take part in designing
}

// ListRow is one template with its version in force and the matters it serves.
type ListRow struct {
	Version models.TemplateVersion
	Uses    []Use
}

// Use is one catalogue item that is filed in a template.
type Use struct {
	Unit  string
	Item  string
	Code  string
	Cycle string // 每月
}

// columns are the heads of the list, which stands of itself in the order of the plan's units.
func (p ListPage) columns() []components.Column {
	fields := p.Order.Column("字段", "fields", components.SortDescending)
	fields.Num = true
	return []components.Column{p.Order.Column("模板", "code", components.SortAscending), p.Order.Column("版本", "newest", components.SortDescending), fields,
		p.Order.Column("用于", "", components.SortAscending), {Label: "操作", Actions: true}}
}

func (p ListPage) nothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter == "" {
		return &components.Nothing{Icon: components.IconTemplate, Title: "还没有信息模板",
			Text: "领导小组办公室按共享目录制定统一的信息模板（方案二（三））；发布后在这里查看口径、下载工作簿。"}
	}
	return &components.Nothing{Icon: components.IconTemplate, Title: "没有符合条件的模板", Text: "没有" + p.Filter + "的模板。可放宽条件或清除条件再查。",
		Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Templates)}}}
}

// Page is one version of a template.
type Page struct {
	Shell    layout.Shell
	Next     components.Next
	Version  models.TemplateVersion
	Fields   []Field
	Uses     []Use
	Versions []models.TemplateVersion // newest first
	InForce  int                      // number of the version in force, 0 = none

	Draft      string // where the next version is on its way; empty: nowhere
	DraftNo    int
	DraftState string // 征求意见
	CanBegin   bool   // the reader may begin the next version
	Retire     string // where this version is taken out of use; empty: not by the reader
	CSRF       string
}

// Field is one column with what a value must satisfy, in words.
type Field struct {
	models.Field
	Kind    string // the type as people read it
	Demands string // what a value must satisfy
	Example string
}

var coverages = map[models.Coverage]string{
	models.CoverageIncrement: "本期新增变动（只报本期发生的）", models.CoverageSnapshot: "期末存量（报期末时的全部）",
}

// CoverageWords says what a unit files in a template: what is new, or all there is.
func CoverageWords(c models.Coverage) string { return coverages[c] }

func versionName(no int) string { return "第 " + strconv.Itoa(no) + " 版" }

// badge is the state of the shown version.
func (p Page) badge() components.Badge { return stateOf(p.Version, p.InForce) }

func stateOf(v models.TemplateVersion, inForce int) components.Badge {
	switch {
	case v.Status == models.TemplateRetired:
		return components.Badge{Family: components.FamilyOff, Icon: components.IconMinus, Word: "停用"}
	case v.No == inForce:
		return components.Badge{Family: components.FamilyOK, Icon: components.IconCircleCheck, Word: "现行"}
	case v.No > inForce:
		return components.Badge{Family: components.FamilyRun, Icon: components.IconProgress, Word: "待生效"}
	}
	return components.Badge{Family: components.FamilyOff, Icon: components.IconArchive, Word: "旧版"}
}

func (p Page) actions() []components.Action {
	code, no := p.Version.Template.Code, strconv.Itoa(p.Version.No)
	var list []components.Action
	if p.CanBegin {
		list = append(list, components.Action{Label: "新建下一版", URL: templ.SafeURL(paths.ToTemplateNext(code)), Icon: components.IconPlus, Post: true, CSRF: p.CSRF})
	}
	return append(list, []components.Action{
		{Label: "下载定义表", URL: templ.SafeURL(paths.With(paths.ToTemplateTable(code), "version", no)), Icon: components.IconTable},
		{Label: "下载填报工作簿", URL: templ.SafeURL(paths.With(paths.ToTemplateWorkbook(code), "version", no)), Icon: components.IconDownload, Style: components.StylePrimary},
	}...)
}

// links stand below the versions: what is made of them beside the workbook, and the ways to another version.
func (p Page) links() []components.TextLink {
	code, no := p.Version.Template.Code, strconv.Itoa(p.Version.No)
	list := []components.TextLink{{Label: "下载数据结构（JSON）", URL: templ.SafeURL(paths.With(paths.ToTemplateSchema(code), "version", no))}}
	if p.Draft != "" {
		list = append(list, components.TextLink{Label: versionName(p.DraftNo) + "草稿：" + p.DraftState, URL: templ.SafeURL(p.Draft)})
	}
	if p.Retire != "" {
		list = append(list, components.TextLink{Label: "停用这一版", URL: templ.SafeURL(p.Retire)})
	}
	return list
}

func (p Page) compareLink() *components.TextLink {
	if len(p.Versions) < 2 {
		return nil
	}
	return &components.TextLink{Label: "比较", URL: templ.SafeURL(paths.ToTemplateCompare(p.Version.Template.Code))}
}

func (p Page) about() []components.Fact {
	def := p.Version.Definition
	facts := []components.Fact{{Term: "口径", Text: def.Caliber}, {Term: "期限", Text: def.Deadline}}
	if def.Basis != "" {
		facts = append(facts, components.Fact{Term: "依据", Text: def.Basis})
	}
	facts = append(facts, components.Fact{Term: "报送范围", Text: coverages[def.Coverage]})
	if p.Version.EffectiveFrom != "" {
		facts = append(facts, components.Fact{Term: "启用期次", Text: "自" + p.Version.EffectiveFrom.Label() + "起"})
	}
	return append(facts, components.Fact{Term: "发布时间", Text: words.Full(p.Version.PublishedAt)})
}

// fieldsSub counts the fields and those that must be filled in.
func (p Page) fieldsSub() string {
	required := 0
	for _, f := range p.Fields {
		if f.Required {
			required++
		}
	}
	return fmt.Sprintf("%d 个字段，其中 %d 个必填", len(p.Fields), required)
}

// title is a field's title with its unit of measure.
func (f Field) title() string {
	if f.Unit == "" {
		return f.Name
	}
	return f.Name + "（" + f.Unit + "）"
}

// marks name what is special about a field.
func (f Field) marks() string {
	var all []string
	for _, m := range []struct {
		on   bool
		word string
	}{{f.Key, "业务主键"}, {f.Subject, "纳税主体"}, {f.Sensitive, "敏感，加密保存"}} {
		if m.on {
			all = append(all, m.word)
		}
	}
	return strings.Join(all, "、")
}

var fieldColumns = []components.Column{{Label: "字段"}, {Label: "类型"}, {Label: "必填"}, {Label: "口径"}, {Label: "标准和要求"}, {Label: "示例"}}

// ruleFields are the titles of the fields that a rule looks at.
func (p Page) ruleFields(r models.RowRule) string {
	var names []string
	for _, code := range r.Fields {
		if f, ok := p.Version.Definition.Field(code); ok {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, "、")
}

func severityBadge(s models.Severity) components.Badge {
	if s == models.SeverityWarning {
		return components.Badge{Family: components.FamilyDue, Icon: components.IconAlertTriangle, Word: "提醒"}
	}
	return components.Badge{Family: components.FamilyLate, Icon: components.IconCircleX, Word: "错误"}
}

// listUsers are the titles of the fields that take their values from a code list.
func (p Page) listUsers(code string) string {
	var names []string
	for _, f := range p.Fields {
		if f.List == code {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, "、")
}
