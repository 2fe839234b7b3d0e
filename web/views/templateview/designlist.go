package templateview

import (
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// DesignListPage is the list of designs.
type DesignListPage struct {
	Shell   layout.Shell
	Now     time.Time
	Next    components.Next
	Bar     components.FilterBar
	Order   components.Order
	Rows    []DesignLine
	Pages   components.Pages
	Filter  string // the filter in words; empty: nothing is filtered
	Actions []components.Action
	Designs bool // the reader designs
}

// DesignLine is one design of the list.
type DesignLine struct {
	Design   models.Design
	Units    string
	Comments int
	Open     int
}

func (p DesignListPage) designColumns() []components.Column {
	return []components.Column{p.Order.Column("模板", "code", components.SortAscending), {Label: "提供单位"}, {Label: "字段", Num: true}, {Label: "意见"},
		p.Order.Own("最近修改", "oldest", components.SortDescending), {Label: "状态"}}
}

func (p DesignListPage) nothing() *components.Nothing {
	switch {
	case len(p.Rows) > 0:
		return nil
	case p.Filter != "":
		return &components.Nothing{Icon: components.IconTemplate, Title: "没有符合条件的草稿", Text: "没有" + p.Filter + "的草稿。可放宽条件或清除条件再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Designs)}}}
	case p.Designs:
		return &components.Nothing{Icon: components.IconTemplate, Title: "目前没有在办的模板草稿", Text: "没有模板的目录项可以新建模板；已有模板的，在模板页面新建下一版（方案二（三）1）。", Actions: p.Actions}
	}
	return &components.Nothing{Icon: components.IconTemplate, Title: "目前没有征求意见的模板", Text: "领导小组办公室送出模板草稿后，本单位提供的会列在这里，请对口径、标准和字段提出意见（方案二（三）1）。"}
}

// NewPage begins a draft.
type NewPage struct {
	Shell  layout.Shell
	Inputs []components.Input
	File   components.Input
}

// DesignForm is a page of a design that is one form: what holds for the whole, a rule, a list.
type DesignForm struct {
	Frame
	Title  string
	Sub    string
	Save   string // where it is posted
	Label  string // of the button
	Was    string
	Seen   string
	Inputs []components.Input
	Back   string // where nothing is edited; empty: the page is the form
	Remove string // where the shown part is taken out; empty: it is new
	Facts  []components.Fact
}

// RulesPage is the row rules of a design, one of them in the editor, and the try-out.
type RulesPage struct {
	DesignForm
	Selected  string
	Functions []string
	Try       *Try
}

// tryHint says what is tried: the rule in the editor as it was saved, or all of them.
func (p RulesPage) tryHint() string {
	what := "全部规则"
	if p.Selected != "" {
		what = "选中的规则"
	}
	return "填几行样例，按校验报送文件的同一程序试算" + what + "；不保存样例"
}

// ListsPage is the code lists of a design, one of them in the editor.
type ListsPage struct {
	DesignForm
	Selected string
}

// Try is the sample rows on which the rules are tried, as a small table.
type Try struct {
	Fields []models.Field // the columns
	Rows   []TryRow
	Result bool   // the rows have been tried
	Error  string // why they could not be
	Save   string
}

// TryRow is one sample row and what the rules say of it.
type TryRow struct {
	Values  map[string]string // by field code
	Wrong   map[string]string // what is wrong with a value
	Results []TryResult
}

// TryResult is one rule on one row.
type TryResult struct {
	Code, Title string
	State       components.Badge
	Message     string
}

func edited(d models.Design) models.Instant { return max(d.EditedAt, d.CreatedAt) }

func (p RulesPage) noRules() *components.Nothing {
	if len(p.Design.Definition.Rules) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconListCheck, Title: "还没有行内规则", Text: "行内规则核对一行中几个字段的关系，如“总价 = 面积 × 单价”。", InPanel: true}
}

func (p ListsPage) noLists() *components.Nothing {
	if len(p.Design.Definition.Lists) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconListDetails, Title: "还没有字典", Text: "类型为字典项的字段从字典中选择取值。", InPanel: true}
}

func tryColumns(fields []models.Field) []components.Column {
	columns := []components.Column{{Label: "行"}}
	for _, f := range fields {
		columns = append(columns, components.Column{Label: Field{Field: f}.title()})
	}
	return columns
}

// shownItems is how many entries of a code list its line in the table names.
const shownItems = 8

// firstItems names the first entries of a code list and how many more there are.
func firstItems(l models.CodeList) string {
	var names []string
	for _, item := range l.Items[:min(len(l.Items), shownItems)] {
		names = append(names, item.Name)
	}
	text := strings.Join(names, "、")
	if len(l.Items) > shownItems {
		text += fmt.Sprintf(" 等 %d 条", len(l.Items))
	}
	return text
}
