package filingview

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// InboxPage is the list of batches that wait for the Office (mock 12, the table).
type InboxPage struct {
	Shell  layout.Shell
	Now    time.Time
	Next   components.Next
	Bar    components.FilterBar
	Order  components.Order
	Rows   []InboxRow
	Pages  components.Pages
	Keep   []components.Pair // the filter, so that 'all' means the same on the server
	Filter string            // the filter in words; empty: nothing is filtered
}

// InboxRow is one batch that waits.
type InboxRow struct {
	Batch  models.Batch
	Timely components.Badge // whether the signature is in time
	Waited string           // 已等 2 个工作日
}

func (p InboxPage) inboxColumns() []components.Column {
	rows := p.Order.Column("行数", "rows", components.SortDescending)
	rows.Num = true
	return []components.Column{{Label: "选择本页全部", Check: true}, {Label: "批次"}, p.Order.Column("单位", "unit", components.SortAscending), {Label: "事项"}, rows,
		p.Order.Own("审签时间", "newest", components.SortAscending), {Label: "按时"}, {Label: "操作", Actions: true}}
}

func (p InboxPage) inboxNothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter == "" {
		return &components.Nothing{Icon: components.IconCheckupList, Title: "没有待受理的批次",
			Text:    "各单位的批次经分管负责人审签后，会出现在这里。哪些单位还没有报，可在履约矩阵中查看。",
			Actions: []components.Action{{Label: "查看履约矩阵", URL: templ.SafeURL(paths.Matrix)}}}
	}
	return &components.Nothing{Icon: components.IconCheckupList, Title: "没有符合条件的批次", Text: "没有" + p.Filter + "的待受理批次。可放宽条件或清除条件再查。",
		Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Inbox)}}}
}

func (p InboxPage) inboxBulk() components.Bulk {
	return components.Bulk{ID: "bulk", CSRF: p.Shell.CSRF, Total: p.Pages.Total, Unit: "批", Keep: p.Keep, Buttons: []components.BulkButton{
		{Label: "受理", URL: templ.SafeURL(paths.InboxAccept), Style: components.StylePrimary},
		{Label: "退回", URL: templ.SafeURL(paths.InboxReturn)},
	}}
}

// InboxReturnPage asks for the reason of each batch that is to be returned, and for one correction due.
type InboxReturnPage struct {
	Shell   layout.Shell
	Rows    []InboxReturnRow
	Due     components.Input
	Missing int // chosen batches that wait no more
}

// InboxReturnRow is one batch to be returned.
type InboxReturnRow struct {
	Batch  models.Batch
	Seen   components.Pair // hidden: the last event of the batch that this page shows
	Reason components.Input
}

func (p InboxReturnPage) errors() []components.FieldError {
	inputs := make([]components.Input, 0, len(p.Rows)+1)
	for _, r := range p.Rows {
		in := r.Reason
		in.Label = r.Batch.Code + " " + in.Label
		inputs = append(inputs, in)
	}
	return components.ErrorsOf(append(inputs, p.Due)...)
}

func (p InboxReturnPage) missing() string {
	return fmt.Sprintf("所选批次中有 %d 批已不在待受理，没有列出：可能已由他人办理。", p.Missing)
}

// inboxTitle names a batch by unit, item and period.
func inboxTitle(b models.Batch) string {
	return b.Task.Unit.Name + "　" + b.Task.Item.Name + "　" + b.Task.Period.Label()
}
