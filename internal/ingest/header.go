package ingest

import (
	"slices"
	"strings"
	"unicode"

	"taxportal/internal/ingest/sheet"
)

const (
	peekRows    = 60 // rows with content among which the header is looked for
	headerLines = 3  // most lines of a header with grouped columns
)

// layout says where the columns of the template stand in one sheet.
type layout struct {
	sheet  int
	name   string
	header int        // the header's last row, as Excel shows it; 0 = none found, or the names of JSON lines
	top    int        // its first row
	cols   []int      // per field: the column from 0, or −1
	titles []string   // per column of the sheet: the title as the file has it
	lines  [][]string // the header's rows as text, to know them again where they are repeated
	above  []string   // texts of the rows above it
	twice  []repeated // columns that name the same field equally well
	found  int        // fields that have a column
}

// repeated is a field that stands in more than one column.
type repeated struct {
	field   int
	columns []int
}

// findHeader looks for the header among the first rows of a sheet: the row, or up to three rows, whose texts name the
// most fields. ok is false if not even two fields (or the only one) are named.
func findHeader(index titleIndex, fields int, rows []sheet.Row) (best layout, ok bool) {
	for end := range rows {
		for depth := 1; depth <= headerLines && depth <= end+1; depth++ {
			block := rows[end+1-depth : end+1]
			if block[depth-1].No-block[0].No != depth-1 {
				break // rows between them are blank
			}
			l := matchHeader(index, fields, block)
			if l.found > best.found {
				best = l
				best.above = textsAbove(rows[:end+1-depth])
			}
		}
	}
	if below := unitLine(rows, best); best.found > 0 && below != nil {
		if l := matchHeader(index, fields, below); l.found >= best.found {
			l.above, best = best.above, l
		}
	}
	return best, best.found >= min(2, fields)
}

// unitLine returns the header together with the row below it if that row holds nothing but brackets, as units put
// below the titles do; else nil.
func unitLine(rows []sheet.Row, l layout) []sheet.Row {
	first := slices.IndexFunc(rows, func(r sheet.Row) bool { return r.No == l.top })
	last := first + l.header - l.top
	if first < 0 || last+1 >= len(rows) || rows[last+1].No != l.header+1 {
		return nil
	}
	for _, cell := range rows[last+1].Cells {
		t := foldTitle(cell.Text)
		if bare, inside := bareTitle(t); t != "" && (bare != "" || inside == "") {
			return nil
		}
	}
	return rows[first : last+2]
}

// matchHeader takes the block as the header and assigns its columns to fields.
func matchHeader(index titleIndex, fields int, block []sheet.Row) layout {
	lines := blockText(block)
	l := layout{header: block[len(block)-1].No, top: block[0].No, cols: make([]int, fields), lines: lines,
		titles: make([]string, len(lines[0]))}
	rank := make([]int, fields)
	for i := range l.cols {
		l.cols[i] = -1
	}
	filled := fillGroups(lines)
	for col := range l.titles {
		l.titles[col] = ownTitle(lines, col)
		field, r, ok := bestTitle(index, filled, lines, col)
		switch {
		case !ok:
		case l.cols[field] < 0:
			l.cols[field], rank[field] = col, r
			l.found++
		case r < rank[field]:
			l.cols[field], rank[field] = col, r
			l.twice = slices.DeleteFunc(l.twice, func(t repeated) bool { return t.field == field })
		case r == rank[field]:
			l.noteTwice(field, col)
		}
	}
	return l
}

// noteTwice remembers that one more column names the field.
func (l *layout) noteTwice(field, col int) {
	for i := range l.twice {
		if l.twice[i].field == field {
			l.twice[i].columns = append(l.twice[i].columns, col)
			return
		}
	}
	l.twice = append(l.twice, repeated{field, []int{l.cols[field], col}})
}

// bestTitle tries what a column may be called: the group titles above it together with its own, ever fewer of them,
// and its own alone. Longer names say more than shorter ones. rank tells how well the name fits the field beside those
// of other columns: the fit first, then how much of the header it takes in.
func bestTitle(index titleIndex, filled, lines [][]string, col int) (field, rank int, ok bool) {
	bottom := len(lines) - 1
	for bottom > 0 && lines[bottom][col] == "" {
		bottom-- // the title is merged downwards
	}
	if lines[bottom][col] == "" {
		return 0, 0, false
	}
	for from := 0; from <= bottom; from++ {
		var b strings.Builder
		for i := from; i <= bottom; i++ {
			b.WriteString(filled[i][col])
		}
		if f, fit, found := index.find(foldTitle(b.String())); found {
			return f, fit*headerLines + from, true
		}
	}
	return 0, 0, false
}

// fillGroups carries the title of a group to the columns at its right that have a title below and none of their own.
func fillGroups(lines [][]string) [][]string {
	filled := make([][]string, len(lines))
	for i, line := range lines {
		filled[i] = slices.Clone(line)
		if i == len(lines)-1 {
			break
		}
		group := ""
		for col := range filled[i] {
			below := lines[i+1][col] != ""
			switch {
			case line[col] != "" && below:
				group = line[col]
			case line[col] != "" || !below:
				group = ""
			default:
				filled[i][col] = group
			}
		}
	}
	return filled
}

// blockText returns the rows as texts, all of the same length.
func blockText(block []sheet.Row) [][]string {
	width := 0
	for _, row := range block {
		width = max(width, len(row.Cells))
	}
	lines := make([][]string, len(block))
	for i, row := range block {
		lines[i] = make([]string, width)
		for j := range row.Cells {
			lines[i][j] = trimText(row.Cells[j].Text)
		}
	}
	return lines
}

// ownTitle is the lowest text of a column in the header, on one line.
func ownTitle(lines [][]string, col int) string {
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i][col] != "" {
			return oneLine(lines[i][col], 40)
		}
	}
	return ""
}

func textsAbove(rows []sheet.Row) []string {
	var texts []string
	for _, row := range rows {
		texts = append(texts, rowText(row))
	}
	return texts
}

// trimText drops blanks and invisible marks around a text.
func trimText(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r < ' ' })
}

// oneLine shows a text on one line and at most n characters of it.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(s), "")
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// rowText shows the content of a row, for the list of rows that do not count.
func rowText(row sheet.Row) string {
	var b strings.Builder
	for i := range row.Cells {
		if t := trimText(row.Cells[i].Text); t != "" {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(t)
		}
		if b.Len() > 240 {
			break
		}
	}
	r := []rune(b.String())
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return string(r)
}
