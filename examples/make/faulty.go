package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/cn"
)

// accountsAsNumbers is a workbook whose account column was never set to text: seven of ten accounts were typed as
// numbers, show as 6.2E+18 and have lost their last digits. Telephone and division codes were typed as numbers too,
// which does no harm.
func (m maker) accountsAsNumbers() ([]byte, error) {
	r := inOrder(m.permits, records("zjj-02", 60, 10))
	b := newBook("WPS 表格", "Sheet1")
	rows := append([][]any{b.head(r.columns)}, b.body(m.permits, r, asDate)...)
	for i := range r.rows {
		for at, c := range r.columns {
			typedAsNumber := c.field == "phone" || c.field == "region" || c.field == "escrow_account" && i < 7
			if n, err := strconv.ParseFloat(r.rows[i][c.field], 64); err == nil && typedAsNumber {
				rows[i+1][at] = excelize.Cell{StyleID: b.style(general, false), Value: n}
			}
		}
	}
	b.sheet("Sheet1", rows)
	return b.bytes()
}

// identitySpoilt is a CSV that was opened in Excel and saved: identity numbers stand there as 3.71502E+17, or as
// figures whose last three are zeros. Codes of companies have letters and came to no harm.
func (m maker) identitySpoilt() ([]byte, error) {
	r := inOrder(m.estates, records("zrzy-01", 500, 12))
	for i, row := range r.rows {
		for _, field := range []string{"holder_id", "prior_holder_id"} {
			id := row[field]
			if id == "" || strings.HasPrefix(id, "91") || strings.HasSuffix(id, "X") {
				continue // letters keep a spreadsheet from reading a number
			}
			row[field] = id[:15] + "000"
			if i%2 == 0 {
				row[field] = id[:1] + "." + id[1:6] + "E+17"
			}
		}
	}
	return withMark(text(r.lines(), ",", false)), nil
}

// errorInEveryRow has one fault in every row, each of another kind, among values that are only badly typed (full width,
// blanks, apostrophes, thousands separators) and are set right without a word.
func (m maker) errorInEveryRow() ([]byte, error) {
	good := records("zjj-02", 600, 75)
	r := inOrder(m.permits, nil)
	for i := range 25 {
		r.rows = append(r.rows, good[i*3]) // the flats of 25 permits
	}
	set := func(line int, field, value string) { r.rows[line-2][field] = value }
	uscc := func(line int) string { return r.rows[line-2]["developer_uscc"] }
	for _, row := range r.rows {
		row["escrow_account"] = "'" + row["escrow_account"]
		row["phone"] = wide(row["phone"])
		row["presale_area"] = wide(row["presale_area"])
		row["developer_uscc"] = wide(row["developer_uscc"][:9]) + " " + strings.ToLower(row["developer_uscc"][9:])
		row["region"] = "\u00a0" + row["region"]
		row["house_use"] = "１"
		row["record_price"] = thousands(row["record_price"])
	}
	set(2, "project_name", "　")
	set(3, "permit_no", "聊房预售字[2026]118号")
	set(4, "issue_date", "2026-12-15")
	set(5, "issue_date", "10/8/2026")
	set(6, "developer_uscc", wrongCheck(cn.MakeUSCC("91", "371502", 6)))
	set(7, "developer_uscc", strings.Replace(cn.MakeUSCC("91", "371502", 7), "MA", "MO", 1))
	set(8, "developer_uscc", uscc(8)[:len(uscc(8))-1])
	set(9, "developer_name", "示范")
	set(10, "escrow_account", "无")
	set(11, "escrow_bank", "")
	set(12, "phone", "1540000001")
	set(13, "contact", "张?范")
	set(14, "house_use", "别墅")
	set(15, "presale_area", "0")
	set(16, "presale_area", "1.2万")
	set(17, "presale_area", "12680.456")
	set(18, "presale_units", "约116")
	set(19, "presale_units", "116.5")
	set(20, "region", "371527")
	set(21, "address", "同上")
	set(22, "valid_until", "2026-01-31")
	r.rows[23-2] = r.rows[24-2].clone() // and row 24 repeats row 23
	set(23, "record_price", "0.785万")
	set(25, "record_price", "#N/A")
	set(26, "buildings", strings.Repeat("1号楼、", 80)+"2号楼")
	b := newBook("WPS 表格", "Sheet1")
	rows := [][]any{b.head(r.columns)}
	for _, line := range r.lines()[1:] {
		cells := make([]any, len(line))
		for i, value := range line {
			cells[i] = excelize.Cell{StyleID: b.style(asText, false), Value: value}
		}
		rows = append(rows, cells)
	}
	b.sheet("Sheet1", rows)
	return b.bytes()
}

// wide writes figures, letters and points in full width, as an input method left in that state does.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, s)
}

// wrongCheck changes the last character of a code.
func wrongCheck(code string) string {
	last := "0"
	if strings.HasSuffix(code, "0") {
		last = "1"
	}
	return code[:len(code)-1] + last
}

// dates holds one way of writing a day in every row: the first eleven are understood, the others must be asked about.
func (m maker) dates() ([]byte, error) {
	day := time.Date(2026, 10, 8, 0, 0, 0, 0, time.UTC)
	b := newBook("WPS 表格", "Sheet1")
	written := []any{
		"2026-10-08", "2026/10/8", "2026.10.8", "20261008", "2026年10月8日", "２０２６－１０－０８", "'2026-10-08", "2026-10-08 00:00:00",
		excelize.Cell{StyleID: b.style(asDate, false), Value: day}, excelize.Cell{StyleID: b.style(asHanzi, false), Value: day},
		excelize.Cell{StyleID: b.style(general, false), Value: 46303}, // the day's serial number
		"10/8/2026", "8.10.2026", "26-10-8", "10月8日", "2026年10月", "2026-02-30", "2026-13-01", "2026-10-08 09:30", "十月八日", "2026-11-31",
		excelize.Cell{StyleID: b.style(general, false), Value: 46303.5}, excelize.Cell{StyleID: b.style(general, false), Value: 202610},
		excelize.Cell{StyleID: b.style(asDate, false), Value: day.AddDate(1, 0, 0)}, "1926-10-08",
	}
	r := inOrder(m.permits, nil)
	for i := range written {
		r.rows = append(r.rows, permit(900+i*3).with("valid_until", ""))
	}
	rows := append([][]any{b.head(r.columns)}, b.body(m.permits, r, asDate)...)
	for i, value := range written {
		for at, c := range r.columns {
			if c.field == "issue_date" {
				rows[i+1][at] = value
			}
		}
	}
	b.sheet("Sheet1", rows)
	return b.bytes()
}

// duplicatesFirst is the first file of a batch of two: row 9 repeats row 3 as it is, row 10 has the key of row 4.
func (m maker) duplicatesFirst() ([]byte, error) {
	rows := records("zjj-02", 1200, 7)
	rows = append(rows, rows[1].clone(), rows[2].with("presale_units", "9"))
	return withMark(text(inOrder(m.permits, rows).lines(), ",", false)), nil
}

// duplicatesSecond is the other file: in itself without a fault, but its row 5 stands in the first file too.
func (m maker) duplicatesSecond() ([]byte, error) {
	rows := append(records("zjj-02", 1230, 3), permit(1200))
	rows = append(rows, records("zjj-02", 1233, 2)...)
	return withMark(text(inOrder(m.permits, rows).lines(), ",", false)), nil
}

// warnings has no error, but five rows that somebody must explain.
func (m maker) warnings() ([]byte, error) {
	r := inOrder(m.permits, records("zjj-02", 1500, 12))
	row := func(line int) record { return r.rows[line-2] }
	row(2)["permit_no"] = strings.Replace(row(2)["permit_no"], "2026", "2025", 1)
	row(5)["presale_area"] = amount(100 * 1200) // of more than forty flats
	row(8)["record_price"] = "780000.00"        // the price of a flat
	row(9)["record_price"] = ""
	row(11)["record_price"] = ""
	return []byte(text(r.lines(), ",", false)), nil
}
