package sheet

import (
	"strconv"
	"time"
)

// significant is the number of decimal digits that Excel keeps and shows.
const significant = 15

// exactPowers are the powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// appendNumber reads a number as a workbook writes it, rounds it to 15 significant digits and appends its plain decimal
// form to dst. digits counts the digits before the point. ok is false if v is no finite number.
func appendNumber(dst, v []byte) (out []byte, num float64, digits int, ok bool) {
	if out, num, digits, ok = appendShort(dst, v); ok {
		return out, num, digits, true
	}
	for _, c := range v {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return dst, 0, 0, false
		}
	}
	num, err := strconv.ParseFloat(string(v), 64)
	if err != nil {
		return dst, 0, 0, false
	}
	return appendRounded(dst, num)
}

// appendShort is appendNumber for the common form: up to 15 digits, a point among them or not, no exponent.
func appendShort(dst, v []byte) (out []byte, num float64, digits int, ok bool) {
	negative := len(v) > 0 && v[0] == '-'
	if negative {
		v = v[1:]
	}
	if len(v) == 0 || len(v) > significant+1 {
		return dst, 0, 0, false
	}
	var mantissa uint64
	point := -1
	for i, c := range v {
		switch {
		case c >= '0' && c <= '9':
			mantissa = mantissa*10 + uint64(c-'0')
		case c == '.' && point < 0:
			point = i
		default:
			return dst, 0, 0, false
		}
	}
	whole, fraction := v, v[:0]
	if point >= 0 {
		whole, fraction = v[:point], v[point+1:]
	}
	if len(whole) == 0 || len(whole)+len(fraction) > significant {
		return dst, 0, 0, false
	}
	num = float64(mantissa) / exactPowers[len(fraction)]
	for len(whole) > 1 && whole[0] == '0' {
		whole = whole[1:]
	}
	for len(fraction) > 0 && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if negative && mantissa != 0 {
		dst, num = append(dst, '-'), -num
	}
	dst = append(dst, whole...)
	if len(fraction) > 0 {
		dst = append(append(dst, '.'), fraction...)
	}
	return dst, num, len(whole), true
}

// appendRounded appends num, rounded to 15 significant digits, as a plain decimal; beyond 40 places before or 20 after
// the point with an exponent.
func appendRounded(dst []byte, num float64) (out []byte, rounded float64, digits int, ok bool) {
	var scratch [32]byte
	form := strconv.AppendFloat(scratch[:0], num, 'e', significant-1, 64) // -d.ddddddddddddddE±dd
	rounded, err := strconv.ParseFloat(string(form), 64)
	if err != nil || rounded-rounded != 0 {
		return dst, 0, 0, false
	}
	if rounded == 0 {
		return append(dst, '0'), 0, 1, true
	}
	if form[0] == '-' {
		dst, form = append(dst, '-'), form[1:]
	}
	exponent, _ := strconv.Atoi(string(form[significant+2:]))
	mantissa := append([]byte{form[0]}, form[2:significant+1]...)
	for len(mantissa) > 1 && mantissa[len(mantissa)-1] == '0' {
		mantissa = mantissa[:len(mantissa)-1]
	}
	digits = max(1, exponent+1)
	switch {
	case exponent > 40 || exponent < -20:
		dst = append(dst, mantissa[0])
		if len(mantissa) > 1 {
			dst = append(append(dst, '.'), mantissa[1:]...)
		}
		dst = strconv.AppendInt(append(dst, 'E'), int64(exponent), 10)
	case exponent < 0:
		dst = append(dst, "0."...)
		for i := exponent + 1; i < 0; i++ {
			dst = append(dst, '0')
		}
		dst = append(dst, mantissa...)
	default:
		for i := 0; i <= exponent || i < len(mantissa); i++ {
			if i == exponent+1 {
				dst = append(dst, '.')
			}
			if i < len(mantissa) {
				dst = append(dst, mantissa[i])
			} else {
				dst = append(dst, '0')
			}
		}
	}
	return dst, rounded, digits, true
}

const (
	lastSerial = 2958466 // the day after 9999-12-31
	offset1904 = 1462    // days from the start of the 1900 system to that of 1904
)

// appendSerial appends the day, moment or time of day of a serial in the 1900 system: 2026-10-08,
// 2026-10-08 09:30:00, 09:30:00. ok is false beyond Excel's calendar. The 29 February 1900 that Excel believes in is
// written as such, so that the check of dates refuses it.
func appendSerial(dst []byte, serial float64) (out []byte, ok bool) {
	if !(serial >= 0 && serial < lastSerial) {
		return dst, false
	}
	day := int(serial)
	seconds := int((serial-float64(day))*86400 + 0.5)
	if seconds == 86400 {
		day, seconds = day+1, 0
	}
	if day >= lastSerial {
		return dst, false
	}
	if day > 0 {
		switch {
		case day == 60:
			dst = append(dst, "1900-02-29"...)
		case day < 60:
			dst = time.Date(1899, 12, 31+day, 0, 0, 0, 0, time.UTC).AppendFormat(dst, time.DateOnly)
		default:
			dst = time.Date(1899, 12, 30+day, 0, 0, 0, 0, time.UTC).AppendFormat(dst, time.DateOnly)
		}
		if seconds == 0 {
			return dst, true
		}
		dst = append(dst, ' ')
	}
	return time.Date(2000, 1, 1, 0, 0, seconds, 0, time.UTC).AppendFormat(dst, time.TimeOnly), true
}

// isoForms are the forms of a date in a cell of type d (ISO 8601), longest first.
var isoForms = [...]string{
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly,
	"15:04:05.999999999", "15:04",
}

// parseISO reads a date in a cell of type d as a serial in the 1900 system.
func parseISO(text string) (serial float64, ok bool) {
	for i, form := range isoForms {
		t, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		clock := float64(t.Hour()*3600+t.Minute()*60+t.Second()) / 86400
		if i >= len(isoForms)-2 {
			return clock, true
		}
		const unixDay = 25569 // serial of 1970-01-01
		days := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix()/86400 + unixDay
		if days < 61 {
			days--
		}
		serial = float64(days) + clock
		return serial, serial >= 0 && serial < lastSerial
	}
	return 0, false
}
