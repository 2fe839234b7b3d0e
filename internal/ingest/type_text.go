package ingest

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// defaultMaxLen bounds text fields whose template says nothing.
const defaultMaxLen = 500

// convertText takes free text: trimmed, runs of blanks as one, full-width letters and digits as half-width ones.
func convertText(c *column, cell *sheet.Cell) (models.Value, []issue) {
	text := tidy(cell.Text)
	if text == "" {
		return models.Value{Null: true}, nil
	}
	return models.Value{Text: text}, c.checkForm(text, cell.Text)
}

// checkForm holds a text against the length and pattern of its field.
func (c *column) checkForm(text, raw string) []issue {
	if found := c.checkLength(text); found != nil {
		return found
	}
	return c.checkPattern(text)
}

// checkLength holds a text against the length of its field.
func (c *column) checkLength(text string) []issue {
	longest := c.field.MaxLen
	if longest == 0 {
		longest = defaultMaxLen
	}
	if len(text) > longest || len(text) < c.field.MinLen*utf8.UTFMax {
		if n := utf8.RuneCountInString(text); n > longest {
			return []issue{wrong("length.max", "“"+c.field.Name+"”过长", "缩短到 "+strconv.Itoa(longest)+" 个字以内",
				"共 "+strconv.Itoa(n)+" 个字，最多 "+strconv.Itoa(longest)+" 个字")}
		} else if n < c.field.MinLen {
			return []issue{wrong("length.min", "“"+c.field.Name+"”过短", "补全到至少 "+strconv.Itoa(c.field.MinLen)+" 个字",
				"只有 "+strconv.Itoa(n)+" 个字，至少 "+strconv.Itoa(c.field.MinLen)+" 个字")}
		}
	}
	return nil
}

// checkPattern holds a text against the pattern of its field.
func (c *column) checkPattern(text string) []issue {
	if c.pattern != nil && !c.pattern.MatchString(text) {
		hint := c.field.Hint
		if hint == "" {
			hint = "对照“填报说明”中该列的要求填写"
			if c.field.Example != "" {
				hint = "按 " + c.field.Example + " 的样子填写"
			}
		}
		return []issue{wrong("pattern", "“"+c.field.Name+"”写法不符", hint, "写法与该列的要求不符")}
	}
	return nil
}

// tidy brings prose into the form in which it is stored. What is tidy already is returned as it came.
func tidy(s string) string {
	if isTidy(s) {
		return s
	}
	s = cn.Normalise(cn.KindAddress, s)
	return strings.Map(halfAlnum, s)
}

func isTidy(s string) bool {
	last := byte(' ')
	for i := 0; i < len(s); i++ {
		b := s[i]
		switch {
		case b < ' ' || b == 0x7F, b == ' ' && last == ' ', b == '\'' && i == 0, b == '`' && i == 0:
			return false
		case b >= utf8.RuneSelf && mayNeedTidying(s[i:]):
			return false
		}
		last = b
	}
	return last != ' ' || s == ""
}

// mayNeedTidying looks at the first bytes of a character beyond ASCII: blanks, format marks and full-width letters and
// digits begin with these; ideographs and their punctuation do not.
func mayNeedTidying(s string) bool {
	switch s[0] {
	case 0xC2, 0xD8, 0xDC, 0xE1, 0xE2, 0xF0, 0xF3:
		return true
	case 0xE3:
		return len(s) > 2 && s[1] == 0x80 && s[2] == 0x80 // ideographic space
	case 0xEF:
		r, _ := utf8.DecodeRuneInString(s)
		return r == 0xFEFF || r >= 0xFFE0 || halfAlnum(r) != r
	}
	return false
}

// halfAlnum makes full-width digits and Latin letters half-width; signs stay, they are right in Chinese prose.
func halfAlnum(r rune) rune {
	if r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' {
		return r - 0xFEE0
	}
	return r
}
