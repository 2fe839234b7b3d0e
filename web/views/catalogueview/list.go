package catalogueview

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// ListPage is the catalogue: by unit with the plan's words, or by kind.
type ListPage struct {
	Shell   layout.Shell
	Sub     string // 35 个成员单位，148 个目录项；其中 97 项已有模板
	Next    components.Next
	Actions []components.Action
	Side    Side
	Clause  *Clause // of the chosen unit
	Bar     components.FilterBar
	Order   components.Order
	Rows    []Row
	Pages   components.Pages
	Filter  string // the filter in words; empty: nothing is filtered
	// RatesNote says of what the column of rates is; empty for those who may not see figures, who have no such column.
	RatesNote string
}

// Side is the list at the side by which the catalogue is gone through.
type Side struct {
	Tabs    []components.Tab // 单位, 主体, 税费
	Title   string
	Entries []Entry
}

// Entry is one unit or kind with the number of its items.
type Entry struct {
	No      string
	Label   string
	URL     templ.SafeURL
	Count   int
	Current bool
}

// Row is one item of the list.
type Row struct {
	Item     models.CatalogueItem
	List     string // name of the unit on whose list it stands
	Moved    string // who supplies it now, since when and why; empty: that unit
	Cycle    string
	Version  int
	Twins    []models.CatalogueItem
	Proposed int
	Pending  bool
	Rate     *components.Rate // 近 12 期按时率; nil: nothing to be counted, or not for the reader
}

// listed says on whose list an item stands that another unit supplies now.
func (r Row) listed() string { return "原由" + r.List + "提供，" + r.Moved }

func (p ListPage) columns() []components.Column {
	columns := []components.Column{p.Order.Column("代码", "code", components.SortAscending), p.Order.Column("目录项", "name", components.SortAscending),
		p.Order.Column("周期", "cycle", components.SortAscending), {Label: "模板"}, {Label: "共享类型"}, {Label: "服务税费"}}
	if p.RatesNote != "" {
		rate := p.Order.Column("近 12 期按时率", "rate", components.SortAscending)
		rate.Num = true
		columns = append(columns, rate)
	}
	return append(columns, components.Column{Label: "提示"})
}

func (p ListPage) nothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter == "" {
		return &components.Nothing{Icon: components.IconFolders, Title: "共享目录还没有内容", Text: "方案二（二）所列内容由平台载入；没有载入的，请联系系统管理员。"}
	}
	return &components.Nothing{Icon: components.IconFolders, Title: "没有符合条件的目录项", Text: "没有" + p.Filter + "的目录项。可放宽条件或清除条件再查。",
		Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Catalogue)}}}
}

// badges are what a reader should know of an item at a glance.
func badges(r Row) []components.Badge {
	var list []components.Badge
	add := func(on bool, family components.Family, icon components.IconName, word string) {
		if on {
			list = append(list, components.Badge{Family: family, Icon: icon, Word: word})
		}
	}
	add(r.Item.RetiredAt != 0, components.FamilyOff, components.IconMinus, "已停用")
	add(r.Item.Origin == models.OriginAdded, components.FamilyRun, components.IconCirclePlus, "补充")
	add(r.Pending, components.FamilyHold, components.IconHourglass, "修改待生效")
	add(r.Proposed > 0, components.FamilyDue, components.IconSend, "申请变更 "+strconv.Itoa(r.Proposed)+" 件")
	add(r.Version == 0 && r.Item.RetiredAt == 0, components.FamilyOff, components.IconCircleDashed, "无模板")
	return list
}

// twinWords say with whom an item is the same matter.
func twinWords(twins []models.CatalogueItem) string {
	var names []string
	for _, t := range twins {
		names = append(names, t.Unit.Name)
	}
	return "与" + strings.Join(names, "、") + "同一事项"
}

func versionName(no int) string { return "第 " + strconv.Itoa(no) + " 版" }
