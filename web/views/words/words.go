// Package words says moments, numbers and states in the interface's words (look.md §5): one table maps each state to
// its family, icon and word, so that no view picks a colour by hand.
package words

import (
	"fmt"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
)

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// Moment writes a time in full: 2026年11月23日 15:20.
func Moment(t time.Time) string { return t.In(models.Zone).Format("2006年1月2日 15:04") }

// Full writes an instant in full, or — for none.
func Full(at models.Instant) string {
	if at.IsZero() {
		return "—"
	}
	return Moment(at.Time())
}

// Day writes an instant's day near now: 11月25日（周三）.
func Day(at models.Instant) string {
	if at.IsZero() {
		return "—"
	}
	t := at.Time()
	return fmt.Sprintf("%d月%d日（%s）", int(t.Month()), t.Day(), weekdays[t.Weekday()])
}

// Due writes the moment at which something is late: 11月25日（周三）17:00.
func Due(at models.Instant) string { return Day(at) + at.Time().Format("15:04") }

// Tile writes a day at the head of a tile: 11月25日 周三.
func Tile(day models.Day) string {
	t := day.Time()
	return fmt.Sprintf("%d月%d日 %s", int(t.Month()), t.Day(), weekdays[t.Weekday()])
}

// ShortDay writes an instant's day: 11月25日, with the year where it is not the running one.
func ShortDay(at models.Instant, now time.Time) string {
	if at.IsZero() {
		return "—"
	}
	t := at.Time()
	if t.Year() != now.In(models.Zone).Year() {
		return t.Format("2006年1月2日")
	}
	return t.Format("1月2日")
}

// When writes a moment as a list shows it: 今天 14:53, 昨天 09:12, 11月18日 10:07, 2025年12月3日 10:07.
func When(at models.Instant, now time.Time) string {
	if at.IsZero() {
		return "—"
	}
	today, day := models.DayOf(now), at.Day()
	clock := at.Time().Format("15:04")
	switch day {
	case today:
		return "今天 " + clock
	case today.AddDays(-1):
		return "昨天 " + clock
	}
	return ShortDay(at, now) + " " + clock
}

// Machine writes a moment for a time element.
func Machine(at models.Instant) string { return at.Time().Format("2006-01-02T15:04:05+08:00") }

// ISODay writes an instant's day as cells and inputs have it: 2026-10-08.
func ISODay(at models.Instant) string {
	if at.IsZero() {
		return ""
	}
	return string(at.Day())
}

// Month writes a matrix column: 2026年10月.
func Month(key string) string {
	t, err := time.Parse("2006-01", key)
	if err != nil {
		return key
	}
	return t.Format("2006年1月")
}

// Size writes a number of bytes: 218 KB, 18.0 MB.
func Size(bytes int64) string {
	switch {
	case bytes < 1000:
		return fmt.Sprintf("%d 字节", bytes)
	case bytes < 1000*1000:
		return fmt.Sprintf("%d KB", (bytes+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

// Rate writes a rate given in per mille: 98.0%.
func Rate(perMille int) string { return fmt.Sprintf("%d.%d%%", perMille/10, perMille%10) }

type look struct {
	family components.Family
	icon   components.IconName
}

var standings = map[models.Standing]look{
	models.StandingExempt:   {components.FamilyOff, components.IconMinus},
	models.StandingUnopened: {components.FamilyOff, components.IconCircleDashed},
	models.StandingOnTime:   {components.FamilyOK, components.IconCheck},
	models.StandingNil:      {components.FamilyOK, components.IconCircleNumber0},
	models.StandingOpen:     {components.FamilyRun, components.IconProgress},
	models.StandingLate:     {components.FamilyDue, components.IconClockExclamation},
	models.StandingReturned: {components.FamilyDue, components.IconArrowBackUp},
	models.StandingOverdue:  {components.FamilyLate, components.IconAlertOctagon},
}

// Standing returns the badge of a task's standing. 退回补正 is late on a badge and amber in a matrix (look.md §2).
func Standing(s models.Standing) components.Badge {
	l := standings[s]
	family := l.family
	if s == models.StandingReturned {
		family = components.FamilyLate
	}
	return components.Badge{Family: family, Icon: l.icon, Word: s.Label()}
}

// Task returns the badge of a task: its standing, or while it is 待报 and something has been filed already, how far that
// has come. underway is the task's batch of that name, or nil.
func Task(s models.Standing, underway *models.Batch) components.Badge {
	if s == models.StandingOpen && underway != nil {
		return State(&models.FilingFlow, underway.State)
	}
	return Standing(s)
}

// Cell returns the badge of a matrix cell: the worst of its tasks, or 待受理 once the units have done all that is owed.
func Cell(y models.Tally) components.Badge {
	if y.DoneByUnits() {
		return State(&models.FilingFlow, models.BatchFiled)
	}
	return Key(y.Worst)
}

// Key returns a standing as a matrix shows and explains it, where 退回补正 is amber.
func Key(s models.Standing) components.Badge {
	return components.Badge{Family: standings[s].family, Icon: standings[s].icon, Word: s.Label()}
}

// OnTheWay says how many tasks of a cell wait for a signature or the Office, as an addition to its figures: ，1 项待审签.
func OnTheWay(y models.Tally) string {
	text := ""
	for _, part := range []struct {
		n     int
		state workflow.State
	}{{y.Signing, models.BatchSigning}, {y.Waiting, models.BatchFiled}} {
		if part.n > 0 {
			text += fmt.Sprintf("，%d 项%s", part.n, models.FilingFlow.Describe(part.state).Label)
		}
	}
	return text
}

var states = map[workflow.State]look{
	models.BatchUploaded:   {components.FamilyRun, components.IconUpload},
	models.BatchChecking:   {components.FamilyRun, components.IconProgress},
	models.BatchMalformed:  {components.FamilyLate, components.IconCircleX},
	models.BatchFailed:     {components.FamilyLate, components.IconAlertOctagon},
	models.BatchErrors:     {components.FamilyLate, components.IconCircleX},
	models.BatchWarnings:   {components.FamilyDue, components.IconAlertTriangle},
	models.BatchClean:      {components.FamilyOK, components.IconCircleCheck},
	models.BatchSigning:    {components.FamilyRun, components.IconSignature},
	models.BatchFiled:      {components.FamilyRun, components.IconSend},
	models.BatchReturned:   {components.FamilyLate, components.IconArrowBackUp},
	models.BatchEffective:  {components.FamilyOK, components.IconCircleCheck},
	models.BatchSuperseded: {components.FamilyOff, components.IconMinus},
	models.BatchDiscarded:  {components.FamilyOff, components.IconMinus},
	models.HandoverPending: {components.FamilyRun, components.IconProgress},
	models.HandoverDone:    {components.FamilyOK, components.IconCircleCheck},
	models.HandoverSkipped: {components.FamilyOff, components.IconMinus},
	models.WaiverAsked:     {components.FamilyRun, components.IconProgress},
	models.WaiverProposed:  {components.FamilyRun, components.IconSignature},
	models.WaiverGranted:   {components.FamilyOK, components.IconCircleCheck},
	models.WaiverRefused:   {components.FamilyLate, components.IconCircleX},
	models.WaiverWithdrawn: {components.FamilyOff, components.IconMinus},

	models.DesignDraft:      {components.FamilyRun, components.IconProgress},
	models.DesignCommenting: {components.FamilyRun, components.IconMessage},
	models.DesignReady:      {components.FamilyRun, components.IconSignature},
	models.DesignPublished:  {components.FamilyOK, components.IconCircleCheck},
	models.DesignRetired:    {components.FamilyOff, components.IconMinus},
	models.DesignDiscarded:  {components.FamilyOff, components.IconTrash},

	models.ProposalTabled:    {components.FamilyRun, components.IconSend},
	models.ProposalAdopted:   {components.FamilyOK, components.IconCircleCheck},
	models.ProposalDeclined:  {components.FamilyLate, components.IconCircleX},
	models.ProposalTakenBack: {components.FamilyOff, components.IconMinus},
	models.CallOpen:          {components.FamilyRun, components.IconProgress},
	models.CallReplying:      {components.FamilyRun, components.IconSignature},
	models.CallRefusing:      {components.FamilyRun, components.IconSignature},
	models.CallReplied:       {components.FamilyRun, components.IconSend},
	models.CallRefused:       {components.FamilyOff, components.IconBan},
	models.CallSettled:       {components.FamilyOK, components.IconCircleCheck},
	models.CallOff:           {components.FamilyOff, components.IconMinus},
}

// State returns the badge of a record's state in its flow.
func State(f *workflow.Flow, s workflow.State) components.Badge {
	l, ok := states[s]
	if !ok {
		l = look{components.FamilyOff, components.IconCircleDashed}
	}
	return components.Badge{Family: l.family, Icon: l.icon, Word: f.Describe(s).Label}
}

// Sentence turns the workflow's sentence into one that a page shows.
func Sentence(segments []workflow.Segment) components.Sentence {
	var sentence components.Sentence
	for _, s := range segments {
		if s.Strong {
			sentence = append(sentence, components.Bold(s.Text))
		} else {
			sentence = append(sentence, components.Plain(s.Text))
		}
	}
	return sentence
}
