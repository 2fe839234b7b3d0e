// Package auditview holds the pages of the audit administrator: the trail, and the proof that nothing of it was changed.
package auditview

import (
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// Query is what the address of the list says.
type Query struct {
	Text, Object, From, To, Order string
}

func (q Query) filtered() bool { return q.Text != "" || q.Object != "" || q.From != "" || q.To != "" }

func (q Query) to(path, page string) templ.SafeURL {
	return templ.SafeURL(paths.With(path, "q", q.Text, "object", q.Object, "from", q.From, "to", q.To, "order", q.Order, "page", page))
}

// Page returns the address of a page of the list.
func (q Query) Page(page string) templ.SafeURL { return q.to(paths.Audit, page) }

// ListPage is the trail.
type ListPage struct {
	Shell   layout.Shell
	Next    components.Next
	Query   Query
	Objects []components.Option // kinds of objects, without the first one for all
	Notices []string            // what of the filter could not be understood
	Rows    []Row
	Pages   components.Pages
}

// Row is one entry in words.
type Row struct {
	Seq           string
	When, Machine string
	Who, Unit     string
	Addr          string
	Action        string
	Object, Code  string // 数据报送, ZJJ-02-202610-1
	Change        string // 待受理 → 已生效
	Reason, Note  string
	Bad           bool // a refused attempt
}

func (p ListPage) bar() components.FilterBar {
	bar := components.FilterBar{
		ID: "audit", Label: "筛选审计日志", Action: templ.SafeURL(paths.Audit),
		Filters: []components.Filter{
			{Name: "q", Label: "关键字", Value: p.Query.Text, Placeholder: "人员、编号、动作、说明"},
			{Name: "object", Label: "对象", Value: p.Query.Object, Options: append([]components.Option{{Label: "全部对象"}}, p.Objects...)},
			{Name: "from", Label: "自", Value: p.Query.From, Placeholder: "如 2026-11-01"},
			{Name: "to", Label: "至", Value: p.Query.To, Placeholder: "如 2026-11-30"},
		},
	}
	if p.Pages.Total > 0 {
		bar.Actions = []components.Action{components.Export(p.Query.to(paths.AuditExport, ""), p.Pages.Total, "条")}
	}
	if p.Query.Order != "" {
		bar.Keep = []components.Pair{{Name: "order", Value: p.Query.Order}}
	}
	if p.Query.filtered() {
		bar.ClearURL = templ.SafeURL(paths.Audit)
	}
	return bar
}

// number is the head of the first column, which turns the order round.
func (p ListPage) number() components.Column {
	c, q := components.Column{Label: "序号", Num: true, Sort: components.SortDescending}, p.Query
	if q.Order == "" {
		q.Order = "oldest"
	} else {
		q.Order, c.Sort = "", components.SortAscending
	}
	c.URL = q.Page("")
	return c
}

func (p ListPage) grid() components.Grid {
	grid := components.Grid{Label: "审计日志", Tight: true, Columns: []components.Column{
		p.number(), {Label: "时间、网络地址"}, {Label: "人员"}, {Label: "动作"}, {Label: "对象"}, {Label: "变化、理由和说明"},
	}}
	if len(p.Rows) == 0 {
		grid.Empty = p.nothing()
	}
	return grid
}

func (p ListPage) nothing() *components.Nothing {
	var parts []string
	add := func(label, value string) {
		if value != "" {
			parts = append(parts, label+"“"+value+"”")
		}
	}
	add("关键字", p.Query.Text)
	for _, o := range p.Objects {
		if o.Value == p.Query.Object {
			add("对象", o.Label)
		}
	}
	add("自", p.Query.From)
	add("至", p.Query.To)
	n := &components.Nothing{Icon: components.IconShieldSearch, Title: "没有符合条件的记录", Text: "筛选条件：" + strings.Join(parts, "，") + "。请放宽条件后再查。",
		Actions: []components.Action{{Label: "查看全部记录", URL: templ.SafeURL(paths.Audit)}}}
	if len(parts) == 0 {
		n.Title, n.Text, n.Actions = "还没有记录", "平台上的登录、报送、审签、受理和管理动作都会记在这里。", nil
	}
	return n
}

func (p ListPage) actions() []components.Action {
	return []components.Action{{Label: "核验完整性", URL: templ.SafeURL(paths.AuditVerify), Icon: components.IconShieldCheck, Style: components.StylePrimary,
		Post: true, CSRF: p.Shell.CSRF}}
}

// ProofPage is the result of a verification.
type ProofPage struct {
	Shell   layout.Shell
	Whole   bool
	Entries int64  // links found right
	Why     string // what does not fit
	Head    string // hash of the last link, in hexadecimal digits
	When    string
}

func (p ProofPage) badge() components.Badge {
	if p.Whole {
		return components.Badge{Family: components.FamilyOK, Icon: components.IconShieldCheck, Word: "完整"}
	}
	return components.Badge{Family: components.FamilyLate, Word: "有改动"}
}

func (p ProofPage) next() components.Next {
	if p.Whole {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{
			components.Plain("请把条数和链尾校验值抄存在平台之外；下次核验时对照，可以发现日志被整段截去。")}}
	}
	return components.Next{Tone: components.ToneLate, Sentence: components.Sentence{
		components.Plain("请立即报告领导小组办公室和网络安全负责人，保全数据库和备份，不要继续办理业务。")}}
}

func (p ProofPage) facts() []components.Fact {
	facts := []components.Fact{
		{Term: "核验时间", Text: p.When}, {Term: "相符条数", Text: components.Thousands(p.Entries) + " 条"}, {Term: "链尾校验值", Text: p.Head, Code: true},
		{Term: "算法", Text: "SM3，每条的校验值由前一条的校验值和本条全部内容算出"},
	}
	if !p.Whole {
		facts = append([]components.Fact{{Term: "问题", Text: p.Why}}, facts...)
	}
	return facts
}
