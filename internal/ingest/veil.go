package ingest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"taxportal/internal/ingest/sheet"
)

// Veil is what a finding shows of sensitive fields: each value masked as its own field wants it, before values of
// several fields are joined, because afterwards nobody can tell them apart.
type Veil struct {
	Value   string `json:"value"`
	Marks   []int  `json:"marks,omitempty"`
	Message string `json:"message"`
	Advice  string `json:"advice"`
	Suggest string `json:"suggest,omitempty"`
}

// Masked is the finding as pages, lists and programs may show it: sensitive values masked, the row's key and hash left
// out.
func (f Finding) Masked() Finding {
	if v := f.Veil; v != nil {
		f.Value, f.Marks, f.Message, f.Advice, f.Suggest = v.Value, v.Marks, v.Message, v.Advice, v.Suggest
	}
	f.Veil, f.Key, f.RowHash = nil, "", ""
	return f
}

// masked is a text of the column as it may be shown.
func (c *column) masked(text string) string {
	if !c.field.Sensitive {
		return text
	}
	return Mask(c.field.Type, text)
}

// veil draws a veil over the finding if one of the fields is sensitive; value is the masked form of its value.
func (c *Checker) veil(f *Finding, fields []int, value string) {
	if slices.ContainsFunc(fields, func(i int) bool { return c.columns[i].field.Sensitive }) {
		f.Veil = &Veil{Value: value, Message: f.Message, Advice: f.Advice, Suggest: f.Suggest}
	}
}

// showCell gives the finding of one cell its value.
func (c *Checker) showCell(f *Finding, raw string, found located) {
	f.Value = shorten(raw)
	col := c.columns[found.field]
	if !col.field.Sensitive {
		return
	}
	v := &Veil{Value: shorten(col.masked(raw)), Message: f.Message, Advice: f.Advice, Suggest: col.masked(f.Suggest)}
	switch {
	case v.Suggest != "":
		v.Advice = proposal(v.Suggest)
	case quotes(v.Advice, raw):
		v.Advice = found.general
	}
	if quotes(v.Message, raw) {
		v.Message = found.title
	}
	if utf8.RuneCountInString(v.Value) == utf8.RuneCountInString(f.Value) { // or the marks would point at other characters
		v.Marks = f.Marks
	}
	f.Veil = v
}

// quotes reports whether a sentence gives three neighbouring characters of a value away.
func quotes(sentence, value string) bool {
	r := []rune(strings.TrimSpace(value))
	if len(r) < 3 {
		return len(r) > 0 && strings.Contains(sentence, string(r))
	}
	for i := 0; i+3 <= len(r); i++ {
		if strings.Contains(sentence, string(r[i:i+3])) {
			return true
		}
	}
	return false
}

// showRule gives the finding of a row rule its value: all fields that the rule names.
func (c *Checker) showRule(f *Finding, row sheet.Row, l *layout, code string, first int) {
	fields := c.rules.shows(strings.TrimSuffix(code, ".failed"))
	if len(fields) < 2 {
		if first >= 0 {
			raw := rawText(row, l, first)
			f.Value = shorten(raw)
			c.veil(f, []int{first}, shorten(c.columns[first].masked(raw)))
		}
		return
	}
	var clear, veiled strings.Builder
	for n, i := range fields {
		if n > 0 {
			clear.WriteString("；")
			veiled.WriteString("；")
		}
		col, raw := c.columns[i], rawText(row, l, i)
		clear.WriteString(col.field.Name + " " + orDash(shorten(raw)))
		veiled.WriteString(col.field.Name + " " + orDash(shorten(col.masked(raw))))
	}
	f.Value = clear.String()
	c.veil(f, fields, veiled.String())
}

// shows are the fields that the findings of a rule show.
func (s *rowRules) shows(code string) []int {
	for i := range s.rules {
		if s.rules[i].Code == code {
			return s.rules[i].shows
		}
	}
	return nil
}

// showKey gives a finding its value, the business key, for a reader: entries of code lists by their names.
func (c *Checker) showKey(f *Finding, key string) {
	parts := strings.Split(key, keySeparator)
	veiled := slices.Clone(parts)
	for n, i := range c.keys {
		if n >= len(parts) {
			break
		}
		col := c.columns[i]
		if col.list != nil {
			if name, ok := col.list.names[parts[n]]; ok {
				parts[n] = name
			}
		}
		veiled[n] = col.masked(parts[n])
	}
	f.Value = shorten(strings.Join(parts, "，"))
	c.veil(f, c.keys, shorten(strings.Join(veiled, "，")))
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
