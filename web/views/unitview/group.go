package unitview

import (
	"strconv"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// GroupPage is the leading group of an area: who sits in it by which post, who works in its Office, how the area shares.
type GroupPage struct {
	Shell   layout.Shell
	Today   models.Day
	Area    models.Jurisdiction
	Group   models.Group
	Actions []components.Action
	Next    components.Next
	Seats   []models.Seat
	Past    []models.Seat
	Staff   []Staff
	Gone    []models.OfficeStaff
	Facts   []components.Fact
	Sharing *Sharing // nil: the city, which has none
	Below   []Below
	Changes []components.Event
	CanEdit bool
}

// Staff is a person of the Office.
type Staff struct {
	models.OfficeStaff
	Account string // how the account stands
}

// Sharing is how an area shares, and how it did.
type Sharing struct {
	Now   string
	Facts []components.Fact
	Edit  templ.SafeURL // empty: the reader may not
}

// Below is one area below.
type Below struct {
	Area    models.Jurisdiction
	Group   string
	Leader  string
	Seats   int64
	Sharing models.Sharing
}

var staffColumns = []components.Column{{Label: "姓名"}, {Label: "原单位"}, {Label: "分工"}, {Label: "起始日期"}, {Label: "办公室账号"}}

var belowColumns = []components.Column{{Label: "区划"}, {Label: "组长"}, {Label: "席位（个）", Num: true}, {Label: "信息共享方式"}}

var pastColumns = []components.Column{{Label: "原席位"}, {Label: "职务、姓名"}, {Label: "起止"}, {Label: "理由"}}

func (p GroupPage) withActions(columns []components.Column) []components.Column {
	if !p.CanEdit {
		return columns
	}
	return append(columns[:len(columns):len(columns)], components.Column{Label: "操作", Actions: true})
}

func (p GroupPage) seatColumns() []components.Column {
	return p.withActions([]components.Column{{Label: "席位"}, {Label: "职务"}, {Label: "任职人员"}, {Label: "任职起"}, {Label: "席位起"}})
}

func (p GroupPage) noSeats() *components.Nothing {
	if len(p.Seats) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconUsers, Title: "还没有登记席位", InPanel: true,
		Text: "方案二（一）：政府主要领导任组长，分管领导任副组长，相关部门单位主要负责人为成员。"}
}

func (p GroupPage) noStaff() *components.Nothing {
	if len(p.Staff) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconId, Title: "还没有登记办公室人员", InPanel: true,
		Text: "方案二（一）：办公室由财政、税务、大数据等部门相关人员组成。原单位只作说明，不带来任何权限。"}
}

func (p GroupPage) seatsSub() string {
	counts := map[models.SeatRank]int{}
	for _, s := range p.Seats {
		counts[s.Rank]++
	}
	text := ""
	for _, r := range models.SeatRanks {
		if counts[r] > 0 {
			if text != "" {
				text += "，"
			}
			text += r.Label() + " " + strconv.Itoa(counts[r]) + " 名"
		}
	}
	return text
}

// before lists who held the post of a seat earlier, newest first; the holders come so.
func before(seat models.Seat, today models.Day) []models.PostHolder {
	var earlier []models.PostHolder
	now := seat.Post.Holder(today)
	for _, h := range seat.Post.Holders {
		if h.ToDay != "" && (now == nil || h.ID != now.ID) {
			earlier = append(earlier, h)
		}
	}
	return earlier
}

// after is who will hold the post of a seat, nil if nobody is named yet.
func after(seat models.Seat, today models.Day) *models.PostHolder {
	for _, h := range seat.Post.Holders {
		if h.FromDay > today {
			return &h
		}
	}
	return nil
}

// Days writes a span: 2020-06-29—2024-01-31, 2024-02-01 起, or 自始.
func Days(s models.Span) string {
	from := string(s.FromDay)
	if from == "" {
		from = "建组"
	}
	if s.ToDay == "" {
		return from + " 起"
	}
	return from + "—" + string(s.ToDay)
}

func (p GroupPage) history() *components.TextLink {
	return &components.TextLink{Label: "全部", URL: templ.SafeURL(paths.ToGroupPart(paths.GroupHistory, p.Area.Code))}
}

func (p GroupPage) sharingLink() *components.TextLink {
	if p.Sharing.Edit == "" {
		return nil
	}
	return &components.TextLink{Label: "更改", URL: p.Sharing.Edit}
}

// seatActions are what the Office can do with a seat. One that has its last day already is left alone.
func (p GroupPage) seatActions(s models.Seat) []components.Action {
	if s.ToDay != "" {
		return nil
	}
	return []components.Action{
		{Label: "更换人员", URL: templ.SafeURL(paths.ToGroupOne(paths.GroupHolder, p.Area.Code, s.ID)), Small: true, Aria: "更换人员 " + s.Post.Label()},
		{Label: "退出", URL: templ.SafeURL(paths.ToGroupOne(paths.GroupSeatEnd, p.Area.Code, s.ID)), Small: true, Aria: "退出 " + s.Post.Label()},
	}
}

func (p GroupPage) staffActions(s Staff) []components.Action {
	if s.ToDay != "" {
		return nil
	}
	return []components.Action{{Label: "离开", URL: templ.SafeURL(paths.ToGroupOne(paths.GroupStaffEnd, p.Area.Code, s.ID)), Small: true, Aria: "离开 " + s.Name}}
}
