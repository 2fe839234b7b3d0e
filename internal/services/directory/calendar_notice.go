package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// NoticeInput is what the Office gives to bring in a year's notice.
type NoticeInput struct {
	Year     int
	Text     string // one day or span a line: see cn.ParseNotice
	Source   string // the notice: title, number, date
	Reason   string
	Revision int64
}

// NoticePreview says what a notice would change.
type NoticePreview struct {
	Rows  []cn.CalendarRow
	Moves []models.CalendarDayMove // days that would be other than now
	Tasks int                      // open tasks whose due dates would follow
}

// PreviewNotice checks a notice and says what it would change; nothing is written. For the city's Office.
// Returns fault.Invalid with the fields year, text, reason, source.
func (d *CalendarDesk) PreviewNotice(ctx context.Context, actor models.Actor, in NoticeInput) (*NoticePreview, error) {
	if err := d.MayEdit(actor); err != nil {
		return nil, err
	}
	var preview *NoticePreview
	undo := errors.New("a preview leaves nothing behind")
	err := d.DB.Tx(ctx, func(tx *gorm.DB) error {
		c, rows, err := d.notice(tx, &in)
		if err != nil {
			return err
		}
		preview = &NoticePreview{Rows: rows, Moves: c.Days}
		if err := d.writeNotice(tx, actor, in, rows); err != nil {
			return err
		}
		calendar, err := readCalendar(tx)
		if err != nil {
			return err
		}
		if preview.Tasks, err = d.Dues.DuesToMove(tx, calendar, c); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		return nil, err
	}
	return preview, nil
}

// ImportNotice brings in a year's notice: its days take the place of what stood there by an earlier one, the year is known
// from now on, and the due dates of open tasks follow. Days that were changed by themselves stay unless the notice names
// them. For the city's Office. Returns the faults of PreviewNotice, and fault.Conflict if somebody was faster.
func (d *CalendarDesk) ImportNotice(ctx context.Context, actor models.Actor, in NoticeInput) (*models.CalendarChange, error) {
	if err := d.MayEdit(actor); err != nil {
		return nil, err
	}
	var c *models.CalendarChange
	err := d.DB.Tx(ctx, func(tx *gorm.DB) error {
		revision, err := turn(tx, in.Revision)
		if err != nil {
			return err
		}
		var rows []cn.CalendarRow
		if c, rows, err = d.notice(tx, &in); err != nil {
			return err
		}
		c.Revision = revision
		if err := d.writeNotice(tx, actor, in, rows); err != nil {
			return err
		}
		return d.apply(tx, actor, c)
	})
	if err != nil {
		return nil, err
	}
	d.Directory.Refresh()
	return c, nil
}

// notice checks the input and works out what differs from the calendar as it is.
func (d *CalendarDesk) notice(tx *gorm.DB, in *NoticeInput) (*models.CalendarChange, []cn.CalendarRow, error) {
	in.Reason, in.Source = strings.TrimSpace(in.Reason), strings.TrimSpace(in.Source)
	var form fault.Form
	why(&form, in.Reason, in.Source)
	if !d.hasYear(in.Year) {
		form.Add("year", fmt.Sprintf("只能录入 %d年至%d年的通知。", firstYear, d.lastYear()))
		return nil, nil, form.Err()
	}
	rows, faults := cn.ParseNotice(in.Year, in.Text)
	if len(faults) > 0 {
		form.Add("text", noticeTrouble(faults))
	} else if lacks := cn.NoticeLacks(rows); len(lacks) > 0 {
		form.Add("text", "没有写到"+strings.Join(lacks, "、")+"的放假；录入会替换全年安排，请把一年的通知粘贴完整。")
	}
	if err := form.Err(); err != nil {
		return nil, nil, err
	}
	var now []models.Holiday
	if err := tx.Where("notice = ? OR day IN ?", in.Year, daysOf(rows)).Order("day").Find(&now).Error; err != nil {
		return nil, nil, fmt.Errorf("read year %d: %w", in.Year, err)
	}
	return &models.CalendarChange{Year: in.Year, Kind: models.CalendarNoticeChange, Reason: in.Reason, Source: in.Source,
		What: fmt.Sprintf("%d年放假调休安排公布", in.Year), Days: differences(now, noticeDays(in.Year, rows))}, rows, nil
}

// shownFaults is how many faulty lines are named.
const shownFaults = 5

func noticeTrouble(faults []cn.NoticeFault) string {
	var said []string
	for _, f := range faults[:min(len(faults), shownFaults)] {
		if f.Line == 0 {
			said = append(said, f.Message)
		} else {
			said = append(said, fmt.Sprintf("第 %d 行：%s", f.Line, f.Message))
		}
	}
	if more := len(faults) - shownFaults; more > 0 {
		said = append(said, fmt.Sprintf("另有 %d 行有误。", more))
	}
	return strings.Join(said, "")
}

func daysOf(rows []cn.CalendarRow) []models.Day {
	days := make([]models.Day, len(rows))
	for i, r := range rows {
		days[i] = models.Day(r.Day)
	}
	return days
}

// differences are the days that a notice makes other than they are. Days that were changed by themselves and that the
// notice does not name are not touched.
func differences(now, then []models.Holiday) []models.CalendarDayMove {
	marks := map[models.Day]*models.CalendarDayMove{}
	for i, row := range now {
		if row.Source == "" {
			marks[row.Day] = &models.CalendarDayMove{Day: row.Day, From: markOf(&now[i]), To: models.DayNormal, Name: row.Name}
		}
	}
	for i, row := range then {
		from := models.DayNormal
		if at := slices.IndexFunc(now, func(h models.Holiday) bool { return h.Day == row.Day }); at >= 0 {
			from = markOf(&now[at])
		}
		marks[row.Day] = &models.CalendarDayMove{Day: row.Day, From: from, To: markOf(&then[i]), Name: row.Name}
	}
	var moves []models.CalendarDayMove
	for _, m := range marks {
		if m.From != m.To {
			moves = append(moves, *m)
		}
	}
	slices.SortFunc(moves, func(a, b models.CalendarDayMove) int { return strings.Compare(string(a.Day), string(b.Day)) })
	return moves
}

// writeNotice puts a notice in the place of an earlier one.
func (d *CalendarDesk) writeNotice(tx *gorm.DB, actor models.Actor, in NoticeInput, rows []cn.CalendarRow) error {
	var out []models.Day
	if err := tx.Model(&models.Holiday{}).Where("notice = ? AND source = ''", in.Year).Pluck("day", &out).Error; err != nil {
		return database.Fault(err)
	}
	if err := replaceDays(tx, append(out, daysOf(rows)...), noticeDays(in.Year, rows)); err != nil {
		return err
	}
	return keepYear(tx, models.CalendarYear{Year: in.Year, Known: true, Source: in.Source, ChangedAt: models.At(d.Now()), ChangedName: actor.Name})
}
