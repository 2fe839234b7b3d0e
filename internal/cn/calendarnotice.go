package cn

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// NoticeFault is what is wrong with one line of a pasted notice; line 0 is the whole.
type NoticeFault struct {
	Line    int
	Message string
}

// NoticeLines is the most lines that a pasted notice may have.
const NoticeLines = 120

// longestName is how many characters the name of a holiday may have.
const longestName = 20

// ParseNotice reads a year's arrangement of holidays as people paste it, one day or span a line: the date, 休 or 班, the
// holiday's name, separated by tabs, commas or blanks. A head without a digit and empty lines are passed over.
//
//	2027-01-01, 休, 元旦
//	2月5日（周五）至11日　休　春节
//	2027/2/14  班  春节
//
// It returns the rows in order of their days, or every fault.
func ParseNotice(year int, text string) ([]CalendarRow, []NoticeFault) {
	p := noticeParser{year: year, lines: map[int64]int{}}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if len(lines) > NoticeLines {
		return nil, []NoticeFault{{0, fmt.Sprintf("最多 %d 行，这里有 %d 行；请只粘贴放假和调休的日子。", NoticeLines, len(lines))}}
	}
	for i, line := range lines {
		p.take(i+1, line)
	}
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	if len(p.rows) == 0 {
		return nil, []NoticeFault{{0, "请粘贴一年的放假安排，每行写日期、休或班、节名。"}}
	}
	slices.SortFunc(p.rows, func(a, b CalendarRow) int { return strings.Compare(a.Day, b.Day) })
	return p.rows, nil
}

// statutory are the holidays that every year's notice arranges, each with the words by which a notice names it.
var statutory = [][]string{{"元旦", "新年"}, {"春节"}, {"清明"}, {"劳动", "五一"}, {"端午"}, {"中秋"}, {"国庆"}}

// NoticeLacks names the statutory holidays that have no day off among the rows: a notice that was pasted in part.
func NoticeLacks(rows []CalendarRow) []string {
	var lacks []string
	for _, names := range statutory {
		named := slices.ContainsFunc(rows, func(r CalendarRow) bool {
			return r.Kind == DayHoliday && slices.ContainsFunc(names, func(n string) bool { return strings.Contains(r.Name, n) })
		})
		if !named {
			lacks = append(lacks, names[0])
		}
	}
	return lacks
}

type noticeParser struct {
	year   int
	rows   []CalendarRow
	lines  map[int64]int // the line of each day
	faults []NoticeFault
}

const (
	noticeDate    = `(?:(\d{4})\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?`
	noticeWeekday = `(?:\s*\((?:周|星期)[一二三四五六日天]\))?`
	noticeTo      = `\s*(?:至|到|—+|–|~+)\s*(?:(?:(\d{4})\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*)?(\d{1,2})\s*日?`
	noticeMark    = `[\s,、;:|]*(休息日|休息|放假|休|调休上班|补班|上班|班)?`
)

var noticeLine = regexp.MustCompile(`^` + noticeDate + noticeWeekday + `(?:` + noticeTo + noticeWeekday + `)?` + noticeMark + `(.*)$`)

// take reads one line.
func (p *noticeParser) take(n int, line string) {
	line = strings.TrimSpace(Halfwidth(line))
	if line == "" || !strings.ContainsAny(line, "0123456789") {
		return
	}
	m := noticeLine.FindStringSubmatch(line)
	if m == nil {
		p.fail(n, "开头不是日期；请写成 %d-10-01, 休, 国庆节。", p.year)
		return
	}
	name := strings.Trim(m[8], " \t,、;:|()")
	from, okFrom := p.day(m[1], m[2], m[3])
	to, okTo := from, okFrom
	if m[6] != "" {
		month := m[5]
		if month == "" {
			month = m[2]
		}
		of := m[4]
		if of == "" && m[5] == "" {
			of = m[1]
		}
		to, okTo = p.day(of, month, m[6])
	}
	switch {
	case !okFrom || !okTo:
		p.fail(n, "没有这个日期，请核对月和日。")
	case to.Before(from) || to.Sub(from) > longestHoliday*24*time.Hour:
		p.fail(n, "起止日期不对：止日应不早于起日，一段最多 %d 天。", longestHoliday)
	case m[7] == "":
		p.fail(n, "日期后面没有写休或班。")
	default:
		p.span(n, from, to, strings.HasSuffix(m[7], "班"), name)
	}
}

// day makes a date of its parts; a year that is not written is the notice's.
func (p *noticeParser) day(year, month, date string) (time.Time, bool) {
	y := p.year
	if year != "" {
		y = atoi(year)
	}
	return Date(y, atoi(month), atoi(date)), realDay(y, atoi(month), atoi(date))
}

func atoi(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// span takes the days of one line.
func (p *noticeParser) span(n int, from, to time.Time, work bool, name string) {
	if !work && name == "" {
		p.fail(n, "没有写节名，如国庆节。")
		return
	}
	if name == "" {
		name = "调休"
	}
	if runeCount(name) > longestName {
		p.fail(n, "节名最多 %d 个字。", longestName)
		return
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		if !p.add(n, day, work, name) {
			return
		}
	}
}

func (p *noticeParser) add(n int, day time.Time, work bool, name string) bool {
	before, twice := p.lines[dayNumber(day)]
	switch {
	case !p.ofYear(day):
		p.fail(n, "%s不在 %d年的通知范围内；元旦假期可从上一年 12 月 %d 日以后写起。", cnDate(day), p.year, newYearWindow)
	case twice:
		p.fail(n, "%s与第 %d 行重复。", cnDate(day), before)
	case work && !weekend(day):
		p.fail(n, "%s不是周六、周日，本来就上班；“班”只写调休上班的周六、周日。", cnDate(day))
	default:
		p.lines[dayNumber(day)] = n
		kind := DayHoliday
		if work {
			kind = DayWorkday
		}
		p.rows = append(p.rows, CalendarRow{Day: FormatDay(day), Kind: kind, Name: name})
		return true
	}
	return false
}

// ofYear reports whether the year's notice may speak of the day.
func (p *noticeParser) ofYear(day time.Time) bool {
	return day.Year() == p.year || day.Year() == p.year-1 && day.Month() == time.December && day.Day() >= newYearWindow
}

func (p *noticeParser) fail(line int, format string, args ...any) {
	p.faults = append(p.faults, NoticeFault{line, fmt.Sprintf(format, args...)})
}

func cnDate(day time.Time) string { return day.Format("2006年1月2日") }
