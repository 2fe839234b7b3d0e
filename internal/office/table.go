package office

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// Column is one column of a Table.
type Column struct {
	Title string
	Kind  Kind
	Width int // in characters, Chinese ones count two; 0 = by kind and title
}

// Mark says who took a list away and when. It stands in every export.
type Mark struct {
	By string // 王静（市住房城乡建设局 · 信息联络员）
	At models.Instant
}

func (m Mark) line() string {
	return fmt.Sprintf("导出：%s　%s　%s", m.By, m.At.Time().Format("2006年1月2日 15:04"), notice)
}

// Table is any list of the portal on its way out. Rows yields one row at a time with its values in the order of
// Columns; an error ends it. It is read once for each file that is written.
type Table struct {
	Title   string
	Columns []Column
	Rows    iter.Seq2[[]any, error]
	Mark    Mark
}

// WriteXLSX writes the table as a workbook: title, mark, a header with filters that stays in view, the rows. What does
// not fit in memory waits in tempDir, "" = the system's. More rows than a worksheet takes are fault.TooLarge.
func (t Table) WriteXLSX(ctx context.Context, w io.Writer, tempDir string) error {
	f, err := newBook(SheetName(t.Title), tempDir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := t.fill(ctx, f); err != nil {
		return fmt.Errorf("export %s: %w", t.Title, err)
	}
	return writeBook(f, w)
}

func (t Table) fill(ctx context.Context, f *excelize.File) error {
	name := f.GetSheetName(0)
	if err := printing(f, name, 3); err != nil {
		return err
	}
	sw, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	styles := newStyles(f)
	if err := t.head(sw, styles); err != nil {
		return err
	}
	formats, err := t.formats(styles)
	if err != nil {
		return err
	}
	row := 3
	for values, err := range t.Rows {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("read rows: %w", err)
		}
		if row++; row > sheetRows {
			return fault.New(fault.TooLarge, "数据超过一张工作表的 1,048,576 行，请缩小筛选范围后再导出，或改导 CSV。")
		}
		if err := sw.SetRow(cellName(1, row), t.cells(values, formats)); err != nil {
			return err
		}
	}
	if n := len(t.Columns); n > 0 {
		if err := f.AutoFilter(name, fmt.Sprintf("A3:%s", cellName(n, row)), nil); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// head sets the columns and writes the three rows above the data.
func (t Table) head(sw *excelize.StreamWriter, s *styles) error {
	for i, c := range t.Columns {
		if err := sw.SetColWidth(i+1, i+1, c.width()); err != nil {
			return err
		}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	title, err := s.title()
	if err != nil {
		return err
	}
	sub, err := s.sub()
	if err != nil {
		return err
	}
	head, err := s.head()
	if err != nil {
		return err
	}
	titles := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = excelize.Cell{StyleID: head, Value: c.Title}
	}
	if err := sw.SetRow("A1", []any{excelize.Cell{StyleID: title, Value: t.Title}}, excelize.RowOpts{Height: 28}); err != nil {
		return err
	}
	if err := sw.SetRow("A2", []any{excelize.Cell{StyleID: sub, Value: t.Mark.line()}}, excelize.RowOpts{Height: 18}); err != nil {
		return err
	}
	return sw.SetRow("A3", titles, excelize.RowOpts{Height: 24})
}

// width returns the column's width in the units of a worksheet.
func (c Column) width() float64 {
	if c.Width > 0 {
		return float64(min(c.Width, 100))
	}
	wide := map[Kind]int{Text: 16, Count: 10, Money: 18, Rate: 10, Day: 12, Moment: 17}[c.Kind]
	return float64(min(60, max(wide, width(c.Title)+4)))
}

// formats returns the style of each column's cells, and as the last one that of text.
func (t Table) formats(s *styles) ([]int, error) {
	ids := make([]int, 0, len(t.Columns)+1)
	for _, c := range append(t.Columns[:len(t.Columns):len(t.Columns)], Column{Kind: Text}) {
		id, err := s.format(formats[c.Kind], false)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// cells turns a row's values into cells: numbers as numbers, everything else as text in a cell that stays text when it
// is edited, whatever it begins with. Values beyond the columns are left out.
func (t Table) cells(values []any, formats []int) []any {
	text := formats[len(formats)-1]
	cells := make([]any, 0, len(values))
	for i, v := range values[:min(len(values), len(t.Columns))] {
		if n, ok := numeric(t.Columns[i].Kind, v); ok {
			cells = append(cells, excelize.Cell{StyleID: formats[i], Value: n})
			continue
		}
		cells = append(cells, excelize.Cell{StyleID: text, Value: plain(t.Columns[i].Kind, v)})
	}
	return cells
}

// bom tells Excel that a CSV is UTF-8.
const bom = "\uFEFF"

// WriteCSV writes the table as CSV in UTF-8 with a byte order mark: the header first, then the rows, and the mark as
// the last record, so that programs find the header where they look for it.
func (t Table) WriteCSV(ctx context.Context, w io.Writer) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return fmt.Errorf("export %s: %w", t.Title, err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = Defuse(c.Title)
	}
	if err := out.Write(record); err != nil {
		return fmt.Errorf("export %s: %w", t.Title, err)
	}
	for values, err := range t.Rows {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("export %s: read rows: %w", t.Title, err)
		}
		for i, c := range t.Columns {
			record[i] = ""
			if i < len(values) {
				record[i] = Defuse(plain(c.Kind, values[i]))
			}
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("export %s: %w", t.Title, err)
		}
	}
	if err := out.Write([]string{t.Mark.line()}); err != nil {
		return fmt.Errorf("export %s: %w", t.Title, err)
	}
	out.Flush()
	return out.Error()
}
