package ingest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
)

// The kinds of rows that are no data (models.IgnoredRow.Kind). A row is never dropped in silence: it is counted and
// named, so that a person can see that nothing was lost.
const (
	IgnoredTitle  = "title"  // above the header
	IgnoredHeader = "header" // the header again, units or column numbers below it
	IgnoredTotal  = "total"  // 合计
	IgnoredNote   = "note"   // 备注, 填表人 …
	IgnoredBlank  = "blank"  // only blanks, or only a running number
	IgnoredSample = "sample" // the example of our own workbook
)

// sieve tells the rows below the header that are no data.
type sieve struct {
	columns []*column
	layout  layout
	field   []int // per column of the sheet: the field, or −1
	first   int   // rows seen since the header
	noted   bool  // a note or total was seen: single texts that follow belong to it
}

func newSieve(columns []*column, l layout) *sieve {
	s := &sieve{columns: columns, layout: l, field: make([]int, len(l.titles))}
	for i := range s.field {
		s.field[i] = -1
	}
	for i, col := range l.cols {
		if col >= 0 {
			s.field[col] = i
		}
	}
	return s
}

// classify returns the kind of a row that is no data and what it says; kind is empty for a row of the register.
func (s *sieve) classify(row sheet.Row) (kind, text string) {
	s.first++
	lead := -1 // the first cell with a text
	filled, inFields := 0, 0
	for i := range row.Cells {
		cell := &row.Cells[i]
		if cell.Kind == sheet.Empty || cell.Kind == sheet.Text && mayBeBlank(cell.Text) && blankText(cell.Text) {
			continue
		}
		filled++
		if i < len(s.field) && s.field[i] >= 0 {
			inFields++
		}
		if lead < 0 && cell.Kind == sheet.Text {
			lead = i
		}
		if inFields >= 3 && lead >= 0 && s.first > 3 {
			break // enough to judge the common row by
		}
	}
	if kind = s.judge(row, lead, filled, inFields); kind != "" {
		text = rowText(row)
	}
	if kind == IgnoredNote || kind == IgnoredTotal {
		s.noted = true
	}
	return kind, text
}

func (s *sieve) judge(row sheet.Row, lead, filled, inFields int) string {
	switch {
	case filled == 0:
		return IgnoredBlank
	case s.first <= 2 && s.columnNumbers(row):
		return IgnoredHeader
	case lead < 0 && inFields == 0:
		return IgnoredBlank
	case lead < 0:
		return ""
	}
	// Nothing but the first text is looked at for the common row.
	word := row.Cells[lead].Text
	if s.first <= 3 && s.sample(row, word) {
		return IgnoredSample
	}
	if s.headerAgain(row, word) || s.names(row, lead, word) {
		return IgnoredHeader
	}
	if totalWord(word) && s.onlyNumbers(row, lead) {
		return IgnoredTotal
	}
	if s.note(row, word) {
		return IgnoredNote
	}
	if inFields == 0 && s.contentless(row) {
		return IgnoredBlank
	}
	return ""
}

// headerAgain reports whether the row repeats one of the header's rows or a title above it, as page breaks make it.
func (s *sieve) headerAgain(row sheet.Row, word string) bool {
	for _, line := range s.layout.lines {
		if repeats(row, line, word) {
			return true
		}
	}
	for _, title := range s.layout.above {
		if title != "" && len(word) <= len(title) && strings.HasPrefix(title, trimText(word)) && rowText(row) == title {
			return true
		}
	}
	return false
}

// names reports whether the cells of a row name their own columns in another way, such as a line of field codes.
func (s *sieve) names(row sheet.Row, lead int, word string) bool {
	if lead >= len(s.field) || s.field[lead] < 0 || !s.namesField(s.field[lead], word) {
		return false
	}
	same := 0
	for i := range row.Cells {
		t := trimText(row.Cells[i].Text)
		if t == "" || i >= len(s.field) || s.field[i] < 0 {
			continue
		}
		if !s.namesField(s.field[i], t) {
			return false
		}
		same++
	}
	return same >= 2
}

func (s *sieve) namesField(field int, text string) bool {
	f := &s.columns[field].field
	return text == f.Name || strings.EqualFold(text, f.Code) || slices.Contains(f.Aliases, text)
}

// repeats reports whether every text of the row stands in the same place of the line, and at least two do.
func repeats(row sheet.Row, line []string, word string) bool {
	word = trimText(word)
	same, known := 0, false
	for _, t := range line {
		known = known || t == word
	}
	if !known {
		return false
	}
	for i := range row.Cells {
		t := trimText(row.Cells[i].Text)
		switch {
		case t == "":
		case i >= len(line) || line[i] != t:
			return false
		default:
			same++
		}
	}
	return same >= 2 || same == 1 && len(line) == 1
}

// columnNumbers reports whether the row below the header numbers the columns: 1 2 3 …, perhaps after 栏次 or 甲 乙.
func (s *sieve) columnNumbers(row sheet.Row) bool {
	next, numbers, letters := "", 0, 0
	for i := range row.Cells {
		t := strings.Trim(foldTitle(row.Cells[i].Text), "()")
		switch {
		case t == "":
		case numbers == 0 && (t == "栏次" || strings.Contains("甲乙丙丁戊己", t)):
			letters++
		case numbers == 0 && t == "1", numbers > 0 && t == next:
			numbers++
			next = strings.Trim(increment(t), " ")
		default:
			return false
		}
	}
	return numbers >= 2 && numbers+letters >= 3 && (numbers+letters)*2 > len(s.layout.titles)
}

// increment counts a small decimal text up by one.
func increment(digits string) string {
	n := 0
	for i := 0; i < len(digits) && i < 4; i++ {
		n = n*10 + int(digits[i]-'0')
	}
	return cn.Decimal{Unscaled: int64(n + 1)}.String()
}

// totalRunes are the characters with which the words for a sum begin.
const totalRunes = "合总小累共本全以单\u3000\u00a0(（*【"

// totalWord reports whether a text is what stands before a sum. 合计商贸有限公司 is not.
func totalWord(text string) bool {
	if r, _ := utf8.DecodeRuneInString(text); len(text) > 60 || r > ' ' && !strings.ContainsRune(totalRunes, r) {
		return false
	}
	t := foldTitle(text)
	for _, prefix := range []string{"本页", "本表", "本期", "本月", "本季", "本年", "全市", "全县", "全区", "以上", "单位"} {
		t = strings.TrimPrefix(t, prefix)
	}
	t, _ = bareTitle(t)
	switch t {
	case "合计", "总计", "小计", "累计", "共计", "合计数", "总合计", "合计金额", "合计:", "总数":
		return true
	}
	for _, word := range []string{"合计:", "共计:", "总计:", "小计:"} {
		if rest, ok := strings.CutPrefix(t, word); ok {
			return strings.IndexFunc(rest, func(r rune) bool { return r >= '0' && r <= '9' }) >= 0
		}
	}
	return false
}

// onlyNumbers reports whether all fields beside the total's own cell are empty or figures, with at most one figure
// where a text belongs: a firm of the name 合计 has its code, its address and its dates beside it.
func (s *sieve) onlyNumbers(row sheet.Row, lead int) bool {
	texts := 0
	for i := range row.Cells {
		cell := &row.Cells[i]
		if i == lead || i >= len(s.field) || s.field[i] < 0 || cell.Kind == sheet.Empty || cell.Kind == sheet.Formula || cell.Kind == sheet.Error {
			continue // what stands beside the register is no part of the judgement
		}
		numeric := cell.Kind == sheet.Number
		if cell.Kind == sheet.Text {
			if blankText(cell.Text) || signForNothing(cell.Text) || totalWord(cell.Text) {
				continue
			}
			_, p := cn.ParseDecimal(countWords(cell.Text))
			numeric = p == nil
		}
		if !numeric {
			return false
		}
		if s.columns[s.field[i]].kind.text {
			texts++ // 12 below 企业名称 counts the firms
		}
	}
	return texts <= 1
}

// countWords drops the measure word behind a count: 12 户.
func countWords(s string) string {
	s = trimText(s)
	if r, size := utf8.DecodeLastRuneInString(s); strings.ContainsRune("户家套个人件宗笔元项条", r) {
		return s[:len(s)-size]
	}
	return s
}

// sample reports whether the row is the workbook's own example: marked so, or made of the template's examples.
func (s *sieve) sample(row sheet.Row, word string) bool {
	t := strings.Trim(foldTitle(word), "()")
	switch t {
	case "示例", "样例", "例", "例如", "示例行", "填写示例", "填报示例":
		return true
	}
	if strings.HasPrefix(foldTitle(word), "示例:") || strings.HasPrefix(strings.TrimSpace(word), "（示例）") ||
		strings.HasPrefix(strings.TrimSpace(word), "【示例】") {
		return true
	}
	same := 0
	for i := range row.Cells {
		text := trimText(row.Cells[i].Text)
		if i >= len(s.field) || s.field[i] < 0 || text == "" {
			continue
		}
		if text != s.columns[s.field[i]].field.Example {
			return false
		}
		same++
	}
	return same >= 3 || same > 0 && same == s.layout.found
}
