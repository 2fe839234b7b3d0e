package cn

import "time"

// The two calendars of a workbook. In the 1900 one, day 1 is 1900-01-01 and day 60 the 1900-02-29 that never was; in
// the 1904 one, day 0 is 1904-01-01 (ECMA-376 part 1, 18.17.4.1).
const (
	lastSerial1900 = 2958465 // 9999-12-31
	lastSerial1904 = 2957003
)

// SerialDay turns the whole part of a date cell into its day. It fails for what is no day in the workbook's calendar:
// zero and below, beyond the year 9999, and the 60 of the 1900 calendar.
func SerialDay(serial int64, date1904 bool) (time.Time, bool) {
	switch {
	case date1904 && serial >= 0 && serial <= lastSerial1904:
		return Date(1904, 1, 1).AddDate(0, 0, int(serial)), true
	case date1904 || serial < 1 || serial == 60 || serial > lastSerial1900:
		return time.Time{}, false
	case serial < 60:
		return Date(1899, 12, 31).AddDate(0, 0, int(serial)), true
	}
	return Date(1899, 12, 30).AddDate(0, 0, int(serial)), true
}

// ParseSerial reads the raw number of a cell in a date column as a day. A number such as 20200629 is read as the date
// it spells; one that could be a month (202006) or a time of day is refused.
func ParseSerial(raw string, date1904 bool) (time.Time, *Problem) {
	if len(raw) == 5 && digits(raw) && raw[0] != '0' { // every day from 1927 to 2173: the common case, without detours
		day, _ := SerialDay(number(raw), date1904)
		return day, nil
	}
	at, p := ParseSerialTime(raw, date1904)
	if p == nil && !at.Equal(civil(at)) {
		return time.Time{}, refuse(RuleForm, "日期后面带有时间，本列只填日期", dateHint, FormatDay(at))
	}
	return civil(at), p
}

// ParseSerialTime is ParseSerial for a column of times: the fraction is the time of day, rounded to the second.
func ParseSerialTime(raw string, date1904 bool) (time.Time, *Problem) {
	d, p := ParseCellNumber(raw)
	if p != nil {
		return time.Time{}, refuse(RuleForm, "不是日期", dateHint, "")
	}
	whole, fraction, ok := d.split()
	if !ok {
		return time.Time{}, refuse(RuleForm, "数字 "+raw+" 不是日期", dateHint, "")
	}
	if spelled := d.String(); len(spelled) == 8 && digits(spelled) {
		return ParseDate(spelled)
	}
	if whole >= 180001 && whole <= 220012 && whole%100 >= 1 && whole%100 <= 12 {
		return time.Time{}, refuse(RuleAmbiguous, "数字 "+raw+" 像是年月，不是日期", dateHint, "")
	}
	day, ok := SerialDay(whole, date1904)
	if !ok || day.Year() > 2200 && !day.Equal(Date(9999, 12, 31)) {
		return time.Time{}, refuse(RuleForm, "数字 "+raw+" 不是日期", dateHint, "")
	}
	return day.Add(time.Duration(fraction) * time.Second), nil
}
