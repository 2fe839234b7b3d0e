package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"taxportal/internal/models"
)

// column is one column of a register: its title as the unit writes it, and the field that stands in it. A column that
// the template does not know has a key of its own, under which the rows hold its texts.
type column struct{ title, field string }

// register is a table before it becomes a file.
type register struct {
	columns []column
	rows    []record
}

// inOrder returns the register of a template with its own titles in its own order.
func inOrder(def models.Definition, rows []record) register {
	r := register{rows: rows}
	for _, f := range def.Fields {
		r.columns = append(r.columns, column{f.Name, f.Code})
	}
	return r
}

// columnsOf reads columns written as "标题=field", separated by blanks; a title alone has no field and stays empty
// unless the rows know it by its title.
func columnsOf(list string) []column {
	var columns []column
	for _, word := range strings.Fields(list) {
		title, field, ok := strings.Cut(word, "=")
		if !ok {
			field = title
		}
		columns = append(columns, column{title, field})
	}
	return columns
}

// lines returns the titles and the rows as texts.
func (r register) lines() [][]string {
	lines := [][]string{make([]string, len(r.columns))}
	for i, c := range r.columns {
		lines[0][i] = c.title
	}
	for _, row := range r.rows {
		line := make([]string, len(r.columns))
		for i, c := range r.columns {
			line[i] = row[c.field]
		}
		lines = append(lines, line)
	}
	return lines
}

// text writes lines as a text table with CR LF, every value in quotation marks or only those that need them.
func text(lines [][]string, separator string, quoteAll bool) string {
	var b strings.Builder
	for _, line := range lines {
		for i, value := range line {
			if i > 0 {
				b.WriteString(separator)
			}
			if quoteAll || strings.ContainsAny(value, separator+"\"\r\n") {
				value = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
			}
			b.WriteString(value)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// withMark writes text as UTF-8 with a byte order mark, as Excel and WPS save CSV.
func withMark(s string) []byte { return []byte("\ufeff" + s) }

// gb18030 writes text as an old system exports it.
func gb18030(s string) ([]byte, error) {
	out, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		return nil, fmt.Errorf("write GB18030: %w", err)
	}
	return out, nil
}

// utf16le writes text as Excel saves 'Unicode 文本': little endian with a byte order mark.
func utf16le(s string) []byte {
	b := bytes.NewBuffer([]byte{0xff, 0xfe})
	for _, unit := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.Bytes()
}
