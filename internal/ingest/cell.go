package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// check turns one cell into the value that the warehouse stores, or tells what is wrong with it. A value that comes
// with warnings only is good. The common case, a good value, does not allocate.
func (c *column) check(cell *sheet.Cell) (models.Value, []issue) {
	switch cell.Kind {
	case sheet.Empty:
		return c.empty()
	case sheet.Error:
		return models.Value{}, []issue{errorValue(cell.Text)}
	case sheet.Formula:
		return models.Value{}, []issue{wrong("cell.formula", "公式没有计算结果", "用 WPS 或 Excel 打开并保存一次，或“选择性粘贴”为数值",
			"单元格里是公式，文件没有保存它的结果")}
	case sheet.Number:
		if c.kind.text && cell.Digits > 15 {
			return models.Value{}, []issue{c.truncated()}
		}
	case sheet.Text:
		return c.checkText(cell)
	}
	return c.kind.convert(c, cell)
}

// checkText is check for text, which may be blank, a formula typed as text, a placeholder, or a number that a
// spreadsheet has spoilt before it was saved as CSV.
func (c *column) checkText(cell *sheet.Cell) (models.Value, []issue) {
	if cell.Text[0] == '#' {
		switch text := strings.TrimSpace(cell.Text); {
		case errorText(text):
			return models.Value{}, []issue{errorValue(text)}
		case len(text) >= 3 && strings.Trim(text, "#") == "":
			return models.Value{}, []issue{wrong("cell.hashes", "保存时列太窄，值变成了“#”", "在原文件中把该列拉宽，重新另存后再上传",
				"列太窄，保存下来的是一串“#”，不是值")}
		}
	}
	plain := cell // a copy only where it differs, so that the common text does not allocate
	if first := cell.Text[0]; first == '=' || mayBeBlank(cell.Text) {
		if blankText(cell.Text) {
			return c.empty()
		}
		if first == '=' {
			inner, quotedText := unquoteFormula(cell.Text)
			if !quotedText && (!c.kind.prose || looksLikeFormula(cell.Text)) {
				return models.Value{}, []issue{wrong("cell.formula", "填的是公式文字", "把公式的结果直接填入单元格", "以“=”开头，是公式，不是值")}
			}
			if quotedText {
				if blankText(inner) {
					return c.empty()
				}
				plain = &sheet.Cell{Kind: sheet.Text, Text: inner}
			}
		}
	}
	v, issues := c.kind.convert(c, plain)
	if plain != cell {
		shiftMarks(issues, strings.Index(cell.Text, `"`)+1)
	}
	if v.Null && len(issues) == 0 {
		return c.empty()
	}
	if len(issues) == 0 && !c.kind.prose {
		return v, nil
	}
	return c.secondLook(v, issues, plain.Text)
}

// errorValue tells of a formula that gave no result.
func errorValue(text string) issue {
	return wrong("cell.error", "单元格是公式的错误值", "改正公式，或把正确的值直接填入单元格", "单元格显示 "+text+"，公式没有算出结果")
}

// errorText reports whether a text is what Excel and WPS write for an error value when they save CSV, or leave behind
// when values alone are pasted.
func errorText(text string) bool {
	switch strings.ToUpper(text) {
	case "#N/A", "#NAME?", "#REF!", "#DIV/0!", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return false
}

// shiftMarks moves marks on the inner text of ="…" to the text as it stands in the cell.
func shiftMarks(issues []issue, by int) {
	for _, i := range issues {
		for n := range i.marks {
			i.marks[n] += by
		}
	}
}

// secondLook words the trouble of a text better where its cause is known: a sign for 'nothing', or lost digits.
func (c *column) secondLook(v models.Value, issues []issue, text string) (models.Value, []issue) {
	switch {
	case len(issues) == 0 && !signForNothing(text):
	case placeholder(text) && (len(issues) > 0 || c.field.Required):
		advice := "没有内容的单元格请留空，不要填“/”“无”等"
		if c.field.Required {
			advice = "必填项，请补填实际内容"
		}
		return models.Value{}, []issue{wrong("placeholder", "“"+c.field.Name+"”用符号代替了内容", advice, "“"+strings.TrimSpace(text)+"”不是实际内容")}
	case len(issues) == 0:
		w := wrong("placeholder", "“"+c.field.Name+"”用符号代替了内容", "没有内容的单元格请留空", "“"+strings.TrimSpace(text)+"”不是实际内容")
		w.severity = models.SeverityWarning
		return v, []issue{w}
	case c.kind.text && !c.kind.prose && spoiltNumber(cn.Halfwidth(text)) && hasError(issues):
		return models.Value{}, []issue{c.truncated()}
	}
	return v, issues
}

// empty is the check of a cell without content.
func (c *column) empty() (models.Value, []issue) {
	if c.field.Required {
		return models.Value{Null: true}, []issue{wrong("required", "“"+c.field.Name+"”未填写", "必填项，请补填实际内容", "必填项是空的")}
	}
	return models.Value{Null: true}, nil
}

// truncated tells that a number has lost its last digits in a spreadsheet, which keeps 15 of them.
func (c *column) truncated() issue {
	return wrong("digits.truncated", "长数字被 Excel 截断", "先把该列设为“文本”格式，再重新录入；请勿直接粘贴为数字",
		"超过 15 位的数字已丢失尾数，无法还原").advising("将“" + c.field.Name + "”一列设为文本格式，按原件重新录入")
}

// advising sets the advice of this one finding.
func (i issue) advising(advice string) issue {
	i.advice = advice
	return i
}

// mayBeBlank is a quick look that spares most texts blankText.
func mayBeBlank(s string) bool {
	return s[0] <= ' ' || s[0] == '\'' || s[0] >= utf8.RuneSelf && mayNeedTidying(s)
}

// blankText reports whether a text shows nothing: blanks, no-break spaces, zero-width marks, a lone apostrophe.
func blankText(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && r != '\'' && r != '’' && r > ' ' {
			return false
		}
	}
	return true
}

// unquoteFormula takes ="00123", by which exports keep a spreadsheet from reading a number, as the text that it means.
func unquoteFormula(s string) (string, bool) {
	t := strings.TrimSpace(s)
	if len(t) >= 3 && strings.HasPrefix(t, `="`) && strings.HasSuffix(t, `"`) && strings.Count(t, `"`) == 2 {
		return t[2 : len(t)-1], true
	}
	return s, false
}

// looksLikeFormula tells a formula from prose that happens to begin with an equals sign.
func looksLikeFormula(s string) bool {
	return len(s) > 1 && strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII && r != '！' }) < 0 &&
		strings.ContainsAny(s, "(+-*/!0123456789")
}

// signForNothing reports whether a text consists only of signs that people put for 'nothing'.
func signForNothing(s string) bool {
	return len(s) <= 12 && strings.Trim(cn.Halfwidth(s), " /\\-—–_.*、，。…'") == ""
}

// placeholder reports whether a text stands for 'nothing'.
func placeholder(s string) bool {
	if len(s) > 24 {
		return false
	}
	switch strings.ToUpper(strings.TrimSpace(cn.Halfwidth(s))) {
	case "无", "暂无", "没有", "空", "不详", "未知", "不适用", "待定", "NULL", "NIL", "N/A", "NA", "NONE", "无此项", "暂缺":
		return true
	}
	return signForNothing(s)
}

// spoiltNumber reports whether a text is a long number after a spreadsheet had it: in scientific form, or with nothing
// but zeros behind the fifteenth digit.
func spoiltNumber(s string) bool {
	s = strings.TrimSpace(s)
	digits := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case (s[i] == 'E' || s[i] == 'e') && digits > 0:
			exponent := strings.TrimLeft(s[i+1:], "+")
			return len(exponent) == 2 && exponent >= "11" && exponent <= "30"
		case s[i] != '.' || digits != 1:
			return false
		}
	}
	return digits > 15 && len(s) == digits && strings.Trim(s[15:], "0") == ""
}
