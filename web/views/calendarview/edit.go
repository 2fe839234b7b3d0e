package calendarview

import (
	"strconv"

	"taxportal/internal/models"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// DayPage asks for a change of one day.
type DayPage struct {
	Shell  layout.Shell
	Inputs []components.Input
	Hidden []components.Pair
	Back   string
}

// DayMarks are what a day can be made.
func DayMarks() []components.Option {
	return []components.Option{
		{Value: string(models.DayOff), Label: "放假", Hint: "这一天不上班，落在这一天的期限顺延到下一个工作日。"},
		{Value: string(models.DayWork), Label: "调休上班", Hint: "只用于周六、周日。"},
		{Value: string(models.DayNormal), Label: "按星期", Hint: "取消放假或调休：周一至周五上班，周六、周日休息。"},
	}
}

// NoticePage asks for a year's notice; with a preview it asks whether that is right.
type NoticePage struct {
	Shell   layout.Shell
	Inputs  []components.Input
	Hidden  []components.Pair
	Back    string
	Year    int
	Preview *Preview
}

// Preview is what a notice would change.
type Preview struct {
	Days  int // that the notice names
	Moves []models.CalendarDayMove
	Tasks int
}

func (p NoticePage) title() string {
	if p.Preview != nil {
		return "核对 " + strconv.Itoa(p.Year) + "年放假安排"
	}
	return "录入年度放假安排"
}

func (p NoticePage) next() components.Next {
	if p.Preview == nil {
		return components.Next{Sentence: components.Sentence{components.Plain("请粘贴国务院办公厅通知中的放假和调休日期，先核对再保存；原有的这一年安排会被替换。")}}
	}
	return components.Next{Sentence: components.Sentence{components.Plain("请核对下面 "), components.Bold(strconv.Itoa(len(p.Preview.Moves)) + " 天"),
		components.Plain("的改动；保存后有 "), components.Bold(strconv.Itoa(p.Preview.Tasks) + " 项"), components.Plain("未完成任务的期限随之调整。")}}
}

var moveColumns = []components.Column{{Label: "日期"}, {Label: "现在"}, {Label: "改为"}, {Label: "名称"}}

func (p Preview) nothing() *components.Nothing {
	if len(p.Moves) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconCalendar, Title: "没有日子需要改动", Text: "这份安排与现有日历一致；保存后这一年不再标为暂定。", InPanel: true}
}

// DayWords says a day with its day of the week.
func DayWords(day models.Day) string { return words.Day(day.At(0, 0)) }

// MarkWords says what a mark makes of a day.
func MarkWords(m models.DayMark) string {
	return map[models.DayMark]string{models.DayOff: "休", models.DayWork: "班", models.DayNormal: "按星期"}[m]
}
