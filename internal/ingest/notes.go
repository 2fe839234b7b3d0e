package ingest

import (
	"strings"
	"unicode/utf8"

	"taxportal/internal/ingest/sheet"
)

// noteWords begin a note; they need a colon, or nothing, behind them.
var noteWords = []string{"备注", "注", "说明", "填报说明", "填表说明", "特别说明", "注意", "注意事项", "数据来源", "来源"}

// signWords stand below a table for its signatures; a colon behind them is usual, not sure.
var signWords = []string{"填表人", "制表人", "制表", "填报人", "经办人", "审核人", "复核人", "审核", "复核", "负责人", "单位负责人", "分管领导",
	"分管负责人", "科室负责人", "主要负责人", "制表日期", "填表日期", "填报日期", "报送日期", "报出日期", "填报单位", "报送单位", "制表单位", "编制单位",
	"填报时间", "联系电话", "联系人", "单位(盖章)", "(盖章)", "盖章", "第页", "打印时间", "打印日期", "导出时间"}

// note reports whether a row stands below the register instead of in it. It must leave most of the columns empty, or
// consist of such words alone, so that no row of data is taken for one.
func (s *sieve) note(row sheet.Row, word string) bool {
	begins := startsNote(word) || pageNumber(word)
	if !s.noted && !begins {
		return false
	}
	filled, labelled := 0, 0
	for i := range row.Cells {
		t := trimText(row.Cells[i].Text)
		if t == "" {
			continue
		}
		filled++
		if startsNote(t) {
			labelled++
		}
	}
	switch {
	case s.noted && filled == 1 && s.layout.found > 1:
		return true // the note goes on
	case !begins:
		return false
	case filled == 1 || filled == labelled:
		return true
	}
	return filled*2 <= len(s.layout.titles) && filled <= labelled*2+1
}

// startsNote reports whether a text begins like a note or a signature line.
func startsNote(text string) bool {
	if text == "" || !mayBeNote(text) {
		return false
	}
	if r := []rune(text); len(r) > 12 {
		text = string(r[:12])
	}
	t := strings.Map(dropBlank, foldSigns.Replace(text))
	for _, w := range noteWords {
		if rest, ok := strings.CutPrefix(t, w); ok && (rest == "" || rest[0] == ':' || rest[0] == '.' || rest[0] >= '0' && rest[0] <= '9') {
			return true
		}
	}
	for _, w := range signWords {
		if rest, ok := strings.CutPrefix(t, w); ok && (rest == "" || rest[0] == ':' || strings.HasPrefix(rest, "(签")) {
			return true
		}
	}
	return false
}

// noteRunes are the characters with which notes and signature lines begin: a quick look spares the common row the rest.
const noteRunes = "备注说填特数来制经审复负单分科主报编联盖第打导(（*"

func mayBeNote(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return r <= ' ' || r == 0x3000 || r == 0xA0 || strings.ContainsRune(noteRunes, r)
}

// foldSigns makes the signs of note words uniform.
var foldSigns = strings.NewReplacer("：", ":", "（", "(", "）", ")", "．", ".", "、", ".", "*", "")

func dropBlank(r rune) rune {
	if r <= ' ' || r == 0xA0 || r == 0x3000 || r == 0x200B {
		return -1
	}
	return r
}

// pageNumber reports whether a text is the foot of a page: 第 1 页，共 3 页.
func pageNumber(text string) bool {
	if !mayBeNote(text) || len(text) > 90 {
		return false
	}
	t := strings.Map(dropBlank, text)
	return strings.HasPrefix(t, "第") && strings.Contains(t, "页") && !strings.ContainsAny(t, "省市县区路")
}

// contentless reports whether a row has content only in columns that belong to no field, and nothing there but a
// running number or a sign.
func (s *sieve) contentless(row sheet.Row) bool {
	for i := range row.Cells {
		t := trimText(row.Cells[i].Text)
		if len(t) > 8 || strings.Trim(t, "0123456789./-—") != "" {
			return false
		}
	}
	return true
}
