package filingview

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// Handover is the hand-over of a batch as its page shows it.
type Handover struct {
	models.Handover
	Configured bool
	Mode       string             // how sensitive fields went
	Retry      *components.Action // for the Office, where it failed
}

// HandoverBadge is the state of a hand-over; what waits for a folder that nobody has set is 未配置.
func HandoverBadge(h models.Handover, configured bool) components.Badge {
	if h.State == models.HandoverPending && !configured {
		return components.Badge{Family: components.FamilyOff, Icon: components.IconCircleDashed, Word: "未配置"}
	}
	return words.State(&models.HandoverFlow, h.State)
}

// HandoverListPage is the Office's list of hand-overs.
type HandoverListPage struct {
	Shell      layout.Shell
	Now        time.Time
	Next       components.Next
	Actions    []components.Action
	Bar        components.FilterBar
	Order      components.Order
	Rows       []models.Handover
	Pages      components.Pages
	Filter     string // the filter in words; empty: nothing is filtered
	Configured bool
	MayRetry   bool
}

func (p HandoverListPage) handoverColumns() []components.Column {
	rows := p.Order.Column("行数", "rows", components.SortDescending)
	rows.Num = true
	return []components.Column{p.Order.Own("批次", "oldest", components.SortDescending), p.Order.Column("单位", "unit", components.SortAscending), {Label: "事项"},
		{Label: "状态"}, {Label: "时间和编号"}, rows, {Label: "操作", Actions: true}}
}

func (p HandoverListPage) handoverNothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	if p.Filter != "" {
		return &components.Nothing{Icon: components.IconDatabase, Title: "没有符合条件的交接记录", Text: "没有" + p.Filter + "的交接记录。可放宽条件或清除条件再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Handovers)}}}
	}
	return &components.Nothing{Icon: components.IconDatabase, Title: "还没有交接记录", Text: "批次受理生效后，由系统交给市大数据管理服务平台集中存储（方案二（三）），每批的状态、时间和编号列在这里。",
		Actions: []components.Action{{Label: "待受理批次", URL: templ.SafeURL(paths.Inbox)}}}
}

// retryOne starts the hand-over of one failed batch again; nil where there is nothing to start.
func (p HandoverListPage) retryOne(h models.Handover) *components.Action {
	if !p.MayRetry || h.State != models.HandoverFailed {
		return nil
	}
	return RetryHandover(p.Shell.CSRF, h.Batch.Code, true)
}

// RetryHandover is the button that starts one failed hand-over again.
func RetryHandover(csrf, batch string, small bool) *components.Action {
	return &components.Action{Label: "重新交接", Icon: components.IconRefresh, URL: templ.SafeURL(paths.HandoversRetry), Post: true, CSRF: csrf, Small: small,
		Hidden: []components.Pair{{Name: "code", Value: batch}}, Aria: "重新交接 " + batch}
}

// handoverNote is the second line of a row: when and where, or what was wrong.
func handoverNote(h models.Handover, now time.Time) string {
	switch {
	case h.Trouble != "":
		return fmt.Sprintf("%s 第 %d 次尝试未成：%s", words.When(h.TriedAt, now), h.Attempts, h.Trouble)
	case h.DeliveredAt != 0:
		return words.When(h.DeliveredAt, now) + "　" + h.Reference
	}
	return "—"
}

// stored says since when a batch is in the portal's own store.
func (p TaskPage) stored() components.Badge {
	if p.Batch.Kind == models.BatchNil {
		return components.Badge{Family: components.FamilyOK, Icon: components.IconCircleNumber0, Word: "零报送已入库"}
	}
	return components.Badge{Family: components.FamilyOK, Icon: components.IconDatabase, Word: "已入库"}
}

// handoverFacts is the state of 入库 and 交接 of the page's batch.
func (p TaskPage) handoverFacts() []components.Fact {
	h := p.Handover
	facts := []components.Fact{
		{Term: "入库", Body: badgeWith(p.stored(), words.Full(p.Batch.DecidedAt)+"　"+components.Thousands(p.Batch.RowsValid)+" 行")},
		{Term: "交接", Body: badgeWith(HandoverBadge(h.Handover, h.Configured), "")},
	}
	add := func(term, text string, code bool) {
		if text != "" {
			facts = append(facts, components.Fact{Term: term, Text: text, Code: code})
		}
	}
	if h.DeliveredAt != 0 {
		add("交接时间", words.Full(h.DeliveredAt), false)
		add("交接编号", h.Reference, false)
		add("交接行数", components.Thousands(h.Rows)+" 行，"+h.Mode, false)
		add("SM3", h.SM3, true)
		add("SHA-256", h.SHA256, true)
	}
	if h.Trouble != "" {
		add("原因", fmt.Sprintf("第 %d 次尝试未成（%s）：%s", h.Attempts, words.When(h.TriedAt, p.Now), h.Trouble), false)
	}
	if h.State == models.HandoverPending && !h.Configured {
		add("说明", "平台还没有配置与市大数据管理服务平台的交接目录；数据已在本平台集中存储，配置后自动补交。", false)
	}
	return facts
}
