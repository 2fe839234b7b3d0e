package cn

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const dateHint = "请按 2020-06-29 的样子填写"

// ParseDate reads a day as people write it: 2020-6-29, 2020.6.29, 2020/6/29, 20200629, 2020年6月29日, in full width as
// well, also with 00:00:00 behind it. What has two readings (6/7/2020), a year of two digits, or only a month is
// refused with the reason, never guessed. Years run from 1800 to 2200; 9999-12-31 stands for 'without end'.
func ParseDate(s string) (time.Time, *Problem) {
	w, p := readWritten(s)
	switch {
	case p != nil:
		return time.Time{}, p
	case !w.hasDay:
		return time.Time{}, refuse(RuleDate, "只有年月，没有日", dateHint, "")
	case w.hour != 0 || w.minute != 0 || w.second != 0:
		return time.Time{}, refuse(RuleForm, "日期后面带有时间，本列只填日期", dateHint, FormatDay(w.day()))
	}
	return w.day(), nil
}

// ParseMonth reads a month as people write it: 2020年6月, 2020-06, 2020.6, 2020/6, 202006. A day is taken if it is the
// first of its month, as workbooks store a month so. It returns the form 2020-06.
//
// Beware of 2020.1 from a number cell: the zero of 2020.10 is lost there, so that only a text cell may be read so.
func ParseMonth(s string) (string, *Problem) {
	const hint = "请按 2020-06 的样子填写"
	w, p := readWritten(s)
	if p != nil {
		if p.Hint == dateHint {
			p.Hint = hint
		}
		return "", p
	}
	month := w.day().Format("2006-01")
	if w.hasDay && w.dayOfMonth != 1 {
		return "", refuse(RuleForm, "填的是日期，本列只填年月", hint, month)
	}
	return month, nil
}

// ParseYear reads a year of four digits, with 年 behind it or not.
func ParseYear(s string) (int, *Problem) {
	t := strings.TrimSuffix(compact(s, nil), "年")
	if len(t) == 4 && digits(t) {
		if year := int(number(t)); year >= 1800 && year <= 2200 || year == 9999 {
			return year, nil
		}
		return 0, refuse(RuleRange, "年份 "+t+" 不在 1800—2200 之间", "请核对年份", "")
	}
	return 0, refuse(RuleForm, "不是四位数的年份", "请按 2020 的样子填写", "")
}

// ParseDateTime reads a day with its time of day, 2020-06-29 09:30 or 2020-06-29 09:30:15; without a time it is
// midnight. The result shows the wall clock in UTC.
func ParseDateTime(s string) (time.Time, *Problem) {
	const hint = "请按 2020-06-29 09:30 的样子填写"
	w, p := readWritten(s)
	if p != nil {
		if p.Hint == dateHint {
			p.Hint = hint
		}
		return time.Time{}, p
	}
	if !w.hasDay {
		return time.Time{}, refuse(RuleDate, "只有年月，没有日", hint, "")
	}
	at := time.Duration(w.hour)*time.Hour + time.Duration(w.minute)*time.Minute + time.Duration(w.second)*time.Second
	return w.day().Add(at), nil
}

// refuse makes the problem of a text that is not taken.
func refuse(rule Rule, message, hint, suggest string) *Problem {
	return &Problem{Rule: rule, Severity: Error, Message: message, Hint: hint, Suggest: suggest}
}

// written is a date as read from text.
type written struct {
	year, month, dayOfMonth int
	hour, minute, second    int
	hasDay                  bool
}

func (w written) day() time.Time { return Date(w.year, w.month, max(w.dayOfMonth, 1)) }

// piece is a run of digits and the separator behind it; sep is 0 at the end.
type piece struct {
	text string
	sep  rune
}

func (p piece) value() int { return int(number(p.text)) }

// readWritten takes a text apart into date and time. It judges the form first and the values last.
func readWritten(s string) (written, *Problem) {
	if p := readISO(s); p.hasDay {
		return p, nil
	}
	pieces, ok := cutPieces(s)
	if !ok || len(pieces) == 0 {
		return written{}, refuse(RuleForm, "不是日期", dateHint, "")
	}
	var w written
	n := 0 // pieces of the date; the rest is time
	switch first := pieces[0]; {
	case len(first.text) == 8 && timeFollows(first.sep):
		w.year, w.month, w.dayOfMonth = split8(first.text)
		w.hasDay, n = true, 1
	case len(first.text) == 6 && first.sep == 0:
		if month := first.value() % 100; month < 1 || month > 12 {
			return written{}, refuse(RuleAmbiguous, "年份只有两位，或不是年月", dateHint, "")
		}
		w.year, w.month, n = first.value()/100, first.value()%100, 1
	case len(first.text) == 4 && len(pieces) > 1:
		var p *Problem
		if w, n, p = readParts(pieces); p != nil {
			return written{}, p
		}
	case len(first.text) <= 2 && len(pieces) > 2:
		return written{}, refuseOrder(pieces)
	default:
		return written{}, refuse(RuleForm, "不是日期", dateHint, "")
	}
	if n < len(pieces) && !w.readTime(pieces[n:]) {
		return written{}, refuse(RuleForm, "日期后面的时间不成立", dateHint, "")
	}
	return w, w.judge()
}

// readISO is the fast way for the commonest form, 2020-06-29; hasDay is false if s is anything else.
func readISO(s string) written {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' || !digits(s[:4]) || !digits(s[5:7]) || !digits(s[8:]) {
		return written{}
	}
	w := written{year: int(number(s[:4])), month: int(number(s[5:7])), dayOfMonth: int(number(s[8:])), hasDay: true}
	w.hasDay = w.judge() == nil
	return w
}

// readParts reads year, month and perhaps day with like separators; it returns the number of pieces used.
func readParts(pieces []piece) (w written, n int, p *Problem) {
	bad := refuse(RuleForm, "不是日期", dateHint, "")
	first, second := pieces[0], pieces[1]
	if len(second.text) > 2 {
		return w, 0, bad
	}
	w.year, w.month = first.value(), second.value()
	switch first.sep {
	case '年':
		if len(pieces) == 2 && (second.sep == '月' || second.sep == 0) {
			return w, 2, nil
		}
		if second.sep != '月' {
			return w, 0, bad
		}
	case '-', '.', '/':
		if len(pieces) == 2 && second.sep == 0 {
			return w, 2, nil
		}
		if second.sep != first.sep {
			return w, 0, bad
		}
	default:
		return w, 0, bad
	}
	if len(pieces) < 3 || len(pieces[2].text) > 2 || !timeFollows(pieces[2].sep) && pieces[2].sep != '日' {
		return w, 0, bad
	}
	w.dayOfMonth, w.hasDay = pieces[2].value(), true
	return w, 3, nil
}

func timeFollows(sep rune) bool { return sep == 0 || sep == ' ' }

// refuseOrder explains a date that does not begin with its year. Where only one reading is possible it is proposed.
func refuseOrder(pieces []piece) *Problem {
	a, b, c := pieces[0].value(), pieces[1].value(), pieces[2]
	if len(c.text) != 4 || len(pieces) > 3 || len(pieces[1].text) > 2 {
		return refuse(RuleAmbiguous, "年份只有两位，年、月、日的顺序分不清", dateHint, "")
	}
	year := c.value()
	switch {
	case a == b && realDay(year, a, b), a <= 12 && b > 12 && realDay(year, a, b):
		return refuse(RuleAmbiguous, "日期应从年份写起", dateHint, FormatDay(Date(year, a, b)))
	case a > 12 && b <= 12 && realDay(year, b, a):
		return refuse(RuleAmbiguous, "日期应从年份写起", dateHint, FormatDay(Date(year, b, a)))
	}
	return refuse(RuleAmbiguous, "哪个是月、哪个是日分不清", dateHint, "")
}

// readTime reads hour, minute and perhaps second and its fraction.
func (w *written) readTime(p []piece) bool {
	if len(p) < 2 || len(p) > 4 || p[0].sep != ':' && p[0].sep != '时' {
		return false
	}
	for i, x := range p {
		if len(x.text) > 2 && i < 3 {
			return false
		}
	}
	w.hour, w.minute = p[0].value(), p[1].value()
	if len(p) > 2 {
		if p[1].sep != ':' && p[1].sep != '分' {
			return false
		}
		w.second = p[2].value()
	}
	if len(p) == 4 && p[2].sep != '.' {
		return false
	}
	end := p[len(p)-1].sep
	return (end == 0 || end == '分' || end == '秒') && w.hour < 24 && w.minute < 60 && w.second < 60
}

// judge looks at the values once the form is clear.
func (w written) judge() *Problem {
	day := max(w.dayOfMonth, 1)
	switch {
	case w.hasDay && w.dayOfMonth == 0, w.month < 1, w.month > 12, !realDay(w.year, w.month, day):
		if !w.hasDay {
			return refuse(RuleDate, fmt.Sprintf("没有%d年%d月", w.year, w.month), dateHint, "")
		}
		return refuse(RuleDate, fmt.Sprintf("没有%d年%d月%d日这一天", w.year, w.month, w.dayOfMonth), dateHint, "")
	case w.year >= 1800 && w.year <= 2200, w.year == 9999 && w.month == 12:
		return nil
	}
	return refuse(RuleRange, "年份 "+strconv.Itoa(w.year)+" 不在 1800—2200 之间", "请核对年份", "")
}

func split8(s string) (year, month, day int) {
	return int(number(s[:4])), int(number(s[4:6])), int(number(s[6:]))
}

// cutPieces cuts a text into runs of digits and the separators behind them. Blanks beside another separator do not
// count, 号 is 日, and T between date and time is a blank. It fails on any other character.
func cutPieces(s string) ([]piece, bool) {
	out := make([]piece, 0, 8)
	begin := -1 // where the run of digits began that still goes on
	text := squeeze(Halfwidth(s))
	for i, r := range text {
		switch {
		case isDigit(r):
			if begin < 0 {
				out, begin = append(out, piece{}), i
			}
			if i-begin > 8 {
				return nil, false
			}
			out[len(out)-1].text = text[begin : i+1]
			continue
		case hyphen(r):
			r = '-'
		case r == '号':
			r = '日'
		case r == 'T' || r == 't':
			r = ' '
		case r == ' ' || strings.ContainsRune("./:年月日时分秒", r):
		default:
			return nil, false
		}
		if len(out) == 0 {
			return nil, false
		}
		last := &out[len(out)-1]
		switch {
		case last.sep == 0 || last.sep == ' ':
			last.sep = r
		case r != ' ':
			return nil, false
		}
		begin = -1
	}
	if n := len(out); n > 0 && out[n-1].sep == ' ' {
		out[n-1].sep = 0
	}
	return out, true
}
