package cn_test

import (
	"fmt"
	"strings"
	"testing"

	"taxportal/internal/cn"
)

// written says rows as a test compares them.
func written(rows []cn.CalendarRow) string {
	var lines []string
	for _, r := range rows {
		lines = append(lines, r.Day[5:]+string(r.Kind[0])+r.Name)
	}
	return strings.Join(lines, " ")
}

func TestParseNotice_ReadsWhatPeoplePaste(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a table from a workbook":    {"日期\t休班\t名称\n2027-01-01\t休\t元旦\n2027-01-09\t班\t元旦\n", "01-01h元旦 01-09w元旦"},
		"commas, full width":         {"２０２７－１－１，休，元旦", "01-01h元旦"},
		"blanks":                     {"2027/1/1  休  元旦", "01-01h元旦"},
		"without a year":             {"1月1日,休,元旦", "01-01h元旦"},
		"day of the week":            {"1月1日（周五）休 元旦", "01-01h元旦"},
		"a span within a month":      {"2月5日（周五）至7日（周日），休，春节", "02-05h春节 02-06h春节 02-07h春节"},
		"a span over the month":      {"2027-04-30 至 2027-05-01,放假,劳动节", "04-30h劳动节 05-01h劳动节"},
		"a span with a dash":         {"5月1日—2日 休 劳动节", "05-01h劳动节 05-02h劳动节"},
		"New Year in December":       {"2026-12-31,休,元旦\n2027-01-01,休,元旦", "12-31h元旦 01-01h元旦"},
		"a working day by itself":    {"2027-10-09 上班", "10-09w调休"},
		"Windows lines, out of turn": {"2027-01-09,班,元旦\r\n\r\n2027-01-01,休,元旦\r\n", "01-01h元旦 01-09w元旦"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, faults := cn.ParseNotice(2027, c.text)
			if got := written(rows); got != c.want || len(faults) > 0 {
				t.Errorf("%q, %v; want %q", got, faults, c.want)
			}
		})
	}
}

func TestParseNotice_SaysWhereAndWhat(t *testing.T) {
	for text, want := range map[string]string{
		"":     "0 请粘贴",
		"放假安排": "0 请粘贴",
		"2027-01-01,休,元旦\n十月1日,休,国庆节":                         "2 开头不是日期",
		"2027-02-30,休,春节":                                     "1 没有这个日期",
		"2027-13-01,休,春节":                                     "1 没有这个日期",
		"2027-01-01,元旦":                                       "1 日期后面没有写休或班",
		"2027-01-01,休":                                        "1 没有写节名",
		"2027-01-04,班,元旦":                                     "1 2027年1月4日不是周六、周日",
		"2027-01-01,休,元旦\n1月1日 休 元旦":                          "2 2027年1月1日与第 1 行重复",
		"2026-12-24,休,元旦":                                     "1 2026年12月24日不在 2027年的通知范围内",
		"2028-01-01,休,元旦":                                     "1 2028年1月1日不在 2027年的通知范围内",
		"2027-10-07 至 2027-10-01,休,国庆":                        "1 起止日期不对",
		"2027-10-01 至 2027-10-31,休,国庆":                        "1 起止日期不对",
		"2027-01-01,休," + strings.Repeat("节", 21):             "1 节名最多 20 个字",
		strings.Repeat("2027-01-01,休,元旦\n", cn.NoticeLines+1): "0 最多 120 行",
	} {
		rows, faults := cn.ParseNotice(2027, text)
		if len(faults) == 0 || rows != nil {
			t.Errorf("%.40q was taken: %v", text, rows)
			continue
		}
		if got := fmt.Sprintf("%d %s", faults[0].Line, faults[0].Message); !strings.HasPrefix(got, want) {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}

// TestParseNotice_TakesEveryNoticeOfTheSeed writes each known year as a table and reads it again.
func TestParseNotice_TakesEveryNoticeOfTheSeed(t *testing.T) {
	for _, y := range seedFile(t).Years {
		_, rows, err := cn.CalendarFile{Years: []cn.CalendarYear{y}}.Rows()
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, r := range rows {
			mark := map[cn.DayKind]string{cn.DayHoliday: "休", cn.DayWorkday: "班"}[r.Kind]
			fmt.Fprintf(&text, "%s, %s, %s\n", r.Day, mark, r.Name)
		}
		again, faults := cn.ParseNotice(y.Year, text.String())
		if len(faults) > 0 || len(again) != len(rows) {
			t.Errorf("%d: %d of %d rows, %v", y.Year, len(again), len(rows), faults)
		}
		if lacks := cn.NoticeLacks(again); len(lacks) > 0 {
			t.Errorf("%d lacks %v", y.Year, lacks)
		}
	}
	rows, _ := cn.ParseNotice(2027, "1月1日 休 元旦\n2月6日 休 春节\n5月1日 休 五一\n10月1日 休 国庆节、中秋节")
	if got := strings.Join(cn.NoticeLacks(rows), " "); got != "清明 端午" {
		t.Errorf("lacks %q", got)
	}
}
