package office

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf16"

	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// Format is a kind of file that the package writes.
type Format string

// The formats.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// ContentType returns the format's media type.
func (f Format) ContentType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// AnnotateOptions says which sheet of which file is annotated, and how.
type AnnotateOptions struct {
	File      int    // index of the file in its batch: findings of other files are left out
	Sheet     int    // index of the sheet that was checked, of book.Sheets
	HeaderRow int    // row of the column titles, as Excel shows it
	TempDir   string // for what does not fit in memory; "" = the system's
	CSV       bool   // write CSV even if a workbook would do
}

// maxReport is how many findings without a row of their own are written out.
const maxReport = 1000

// Annotate writes the unit's own sheet again with what is wrong marked in it: faulty cells coloured and commented,
// and behind the last column ColumnProblem and ColumnAdvice. Rows keep their numbers and cells their
// text, so that the file can be mended in place and uploaded as it is; only JSON lines move down by one, for their
// names. A sheet that no worksheet takes (rows beyond 1,048,576, a cell beyond 32,767 characters) becomes CSV; the
// format that was written is returned.
// Findings may come in any order. Memory stays bounded; nothing is written to w before the whole sheet was read once.
func Annotate(ctx context.Context, w io.Writer, book *sheet.Book, findings iter.Seq2[ingest.Finding, error], opt AnnotateOptions) (Format, error) {
	a := &annotation{ctx: ctx, book: book, opt: opt, notes: &noteSorter{dir: opt.TempDir, limit: heldNotes}}
	if book.Format == sheet.JSONLines {
		a.shift, a.opt.HeaderRow = 1, 1
	}
	defer a.notes.close()
	if err := a.survey(); err != nil {
		return "", fmt.Errorf("annotate: survey sheet: %w", err)
	}
	if err := a.take(findings); err != nil {
		return "", fmt.Errorf("annotate: %w", err)
	}
	format, write := XLSX, a.writeXLSX
	if opt.CSV || a.last > sheetRows || a.longest > cellText {
		format, write = CSV, a.writeCSV
	}
	if err := write(w); err != nil {
		return "", fmt.Errorf("annotate: %w", err)
	}
	return format, nil
}

// cellText is how many UTF-16 units a cell of a worksheet holds.
const cellText = 32767

// annotation is one file while it is annotated.
type annotation struct {
	ctx      context.Context
	book     *sheet.Book
	opt      AnnotateOptions
	notes    *noteSorter
	shift    int    // how far down the rows stand: by the row that JSON lines need for their names
	last     int    // number of the last row with content
	width    int    // columns of the unit's own, the added ones left out
	header   []int  // display width of each title
	longest  int    // UTF-16 units of the longest cell
	errors   int64  // findings of this file that must be mended
	warnings int64  // those that may be explained instead
	report   []note // findings that belong to no row of the file
}

// survey reads the sheet once to know its size. Columns that an earlier annotation added, and what stands behind them,
// are not the unit's own.
func (a *annotation) survey() error {
	cut := 0
	err := a.eachRow(func(row sheet.Row) error {
		a.last = row.No
		if row.No == a.opt.HeaderRow {
			for i, c := range row.Cells {
				if strings.TrimSpace(c.Text) == ColumnProblem {
					cut = i
					break
				}
				a.header = append(a.header, width(c.Text))
			}
		}
		a.width = max(a.width, len(row.Cells))
		for _, c := range row.Cells {
			if len(c.Text) > cellText {
				a.longest = max(a.longest, len(utf16.Encode([]rune(c.Text))))
			}
		}
		return nil
	})
	if cut > 0 {
		a.width = cut
	}
	return err
}

// eachRow calls f with every row that has content.
func (a *annotation) eachRow(f func(sheet.Row) error) error {
	rows, err := a.book.Rows(a.opt.Sheet)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		row := rows.Row()
		row.No += a.shift
		if err := f(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// take collects the findings of this file.
func (a *annotation) take(findings iter.Seq2[ingest.Finding, error]) error {
	for f, err := range findings {
		if err != nil {
			return fmt.Errorf("read findings: %w", err)
		}
		if f.File != a.opt.File {
			continue
		}
		if f.Severity == models.SeverityError {
			a.errors++
		} else {
			a.warnings++
		}
		if f.Row > 0 {
			f.Row += int64(a.shift)
		}
		if err := a.notes.add(noteOf(f)); err != nil {
			return err
		}
	}
	return nil
}

// merge calls f with every row and its notes. Notes without a row of their own go to the report.
func (a *annotation) merge(f func(row sheet.Row, notes []note) error) error {
	next, stop := iter.Pull2(a.notes.sorted())
	defer stop()
	var pending note
	var more bool
	var trouble error
	advance := func() {
		var err error
		pending, err, more = next()
		if err != nil {
			trouble, more = err, false
		}
	}
	advance()
	var notes []note
	err := a.eachRow(func(row sheet.Row) error {
		notes = notes[:0]
		for ; more && pending.Row <= int64(row.No); advance() {
			if pending.Row == int64(row.No) {
				notes = append(notes, pending)
			} else if len(a.report) < maxReport {
				a.report = append(a.report, pending)
			}
		}
		if trouble != nil {
			return trouble
		}
		return f(row, notes)
	})
	for ; more && err == nil && len(a.report) < maxReport; advance() {
		a.report = append(a.report, pending)
	}
	if err == nil {
		err = trouble
	}
	return err
}

// own returns the unit's own cells of a row.
func (a *annotation) own(row sheet.Row) []sheet.Cell { return row.Cells[:min(len(row.Cells), a.width)] }

// words joins the notes of a row for the two added columns. The same advice is given once.
func words(notes []note) (problem, advice string) {
	var problems, advices []string
	seen := map[string]bool{}
	for _, n := range notes {
		problems = append(problems, n.Problem)
		if n.Advice != "" && !seen[n.Advice] {
			seen[n.Advice] = true
			advices = append(advices, n.Advice)
		}
	}
	return clip(strings.Join(problems, "；")), clip(strings.Join(advices, "；"))
}

// clip keeps a text within one cell of a worksheet.
func clip(text string) string {
	if len(text) <= cellText {
		return text
	}
	runes := []rune(text)
	return string(runes[:min(len(runes), cellText/2)])
}
