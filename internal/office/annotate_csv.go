package office

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"taxportal/internal/ingest/sheet"
)

// writeCSV writes the annotated sheet as CSV in UTF-8 with a byte order mark.
func (a *annotation) writeCSV(w io.Writer) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	record := make([]string, a.width+2)
	written := 0
	err := a.merge(func(row sheet.Row, notes []note) error {
		for written++; written < row.No; written++ { // blank rows, so that the numbers stay
			if _, err := io.WriteString(flushed(out, w), "\r\n"); err != nil {
				return err
			}
		}
		clear(record)
		for i, c := range a.own(row) {
			record[i] = csvText(c)
		}
		record[a.width], record[a.width+1] = words(notes)
		if row.No == a.opt.HeaderRow {
			record[a.width], record[a.width+1] = ColumnProblem, ColumnAdvice
		}
		return out.Write(record)
	})
	if err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	for _, n := range a.report { // as a note below the table, which is left out when the file comes back
		clear(record)
		record[0] = "说明：" + reportText(n)
		if err := out.Write(record); err != nil {
			return fmt.Errorf("write csv: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// flushed empties the writer's buffer, so that bytes may be written to w behind it.
func flushed(out *csv.Writer, w io.Writer) io.Writer {
	out.Flush()
	return w
}

// csvText writes a cell so that a second check finds what the first one found: an identifier whose last digits are
// lost stays recognisable as such, and no text becomes a formula.
func csvText(c sheet.Cell) string {
	switch {
	case c.Kind == sheet.Number && c.Digits > 15:
		return strconv.FormatFloat(c.Num, 'E', -1, 64)
	case c.Kind == sheet.Formula:
		return "#N/A"
	}
	return Defuse(c.Text)
}

// reportText tells a finding that belongs to no row of the file.
func reportText(n note) string {
	place := "整表"
	if n.Row > 0 {
		place = fmt.Sprintf("第 %d 行", n.Row)
	}
	return place + n.Problem + orEmpty("。怎样修改：", n.Advice)
}
