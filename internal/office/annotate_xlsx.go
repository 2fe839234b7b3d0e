package office

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// maxComments bounds the comments, which the library keeps in memory and programs open slowly; beyond them the colour
// and the added columns still tell.
const maxComments = 1000

// writeXLSX writes the annotated sheet as a workbook.
func (a *annotation) writeXLSX(w io.Writer) error {
	meta, err := a.metaPairs()
	if err != nil {
		return fmt.Errorf("read hidden sheet: %w", err)
	}
	f, err := newBook(SheetName(a.book.Sheets[a.opt.Sheet].Name), a.opt.TempDir)
	if err != nil {
		return err
	}
	defer f.Close()
	s := &annotatedSheet{annotation: a, f: f, name: f.GetSheetName(0)}
	if err := s.write(); err != nil {
		return fmt.Errorf("write sheet: %w", err)
	}
	if err := s.writeReport(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if len(meta) > 0 {
		if err := hiddenSheet(f, meta); err != nil {
			return fmt.Errorf("write hidden sheet: %w", err)
		}
	}
	return writeBook(f, w)
}

// metaPairs returns what the portal's hidden sheet in the unit's file says, so that the annotated file says it too.
func (a *annotation) metaPairs() ([][2]string, error) {
	info, ok := a.book.Sheet(ingest.MetaSheet)
	if !ok {
		return nil, nil
	}
	rows, err := a.book.Small(info.Index, 20)
	if err != nil {
		return nil, err
	}
	var pairs [][2]string
	for _, row := range rows {
		if len(row.Cells) >= 2 {
			pairs = append(pairs, [2]string{row.Cells[0].Text, row.Cells[1].Text})
		}
	}
	return pairs, nil
}

// annotatedSheet is the data sheet while it is written.
type annotatedSheet struct {
	*annotation
	f        *excelize.File
	sw       *excelize.StreamWriter
	name     string
	styles   sheetStyles
	comments int
	cells    []any
}

// sheetStyles are the numbers of the styles in use.
type sheetStyles struct{ plain, head, wrong, warned int }

func (s *annotatedSheet) write() error {
	merges, err := s.book.Merges(s.opt.Sheet, s.opt.HeaderRow)
	if err != nil {
		return err
	}
	if err := s.begin(); err != nil {
		return err
	}
	if err := s.merge(s.row); err != nil {
		return err
	}
	for _, m := range merges { // titles over several columns are read by them
		if m.LastRow <= s.opt.HeaderRow && m.LastCol <= s.width {
			if err := s.sw.MergeCell(cellName(m.FirstCol, m.FirstRow), cellName(m.LastCol, m.LastRow)); err != nil {
				return err
			}
		}
	}
	end := cellName(s.width+2, max(s.last, s.opt.HeaderRow, 1))
	if s.opt.HeaderRow > 0 {
		if err := s.f.AutoFilter(s.name, fmt.Sprintf("A%d:%s", s.opt.HeaderRow, end), nil); err != nil {
			return err
		}
	}
	if err := s.f.AddIgnoredErrors(s.name, "A1:"+end, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	return s.sw.Flush()
}

// begin makes the styles, the columns and the frozen head.
func (s *annotatedSheet) begin() error {
	made := newStyles(s.f)
	for _, style := range []struct {
		id   *int
		make func() (int, error)
	}{
		{&s.styles.plain, func() (int, error) { return made.format(textFormat, false) }},
		{&s.styles.head, made.head},
		{&s.styles.wrong, func() (int, error) { return made.mark(models.SeverityError) }},
		{&s.styles.warned, func() (int, error) { return made.mark(models.SeverityWarning) }},
	} {
		var err error
		if *style.id, err = style.make(); err != nil {
			return err
		}
	}
	var err error
	if s.sw, err = s.f.NewStreamWriter(s.name); err != nil {
		return err
	}
	for i := range s.width {
		wide := 14
		if i < len(s.header) {
			wide = min(40, max(wide, s.header[i]+2))
		}
		if err := s.sw.SetColWidth(i+1, i+1, float64(wide)); err != nil {
			return err
		}
	}
	if err := s.sw.SetColWidth(s.width+1, s.width+2, 56); err != nil {
		return err
	}
	if s.opt.HeaderRow < 1 {
		return nil
	}
	return s.sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: s.opt.HeaderRow, TopLeftCell: cellName(1, s.opt.HeaderRow+1),
		ActivePane: "bottomLeft"})
}

// row writes one row of the unit with its notes.
func (s *annotatedSheet) row(row sheet.Row, notes []note) error {
	header := row.No == s.opt.HeaderRow
	style := s.styles.plain
	if header {
		style = s.styles.head
	}
	s.cells = s.cells[:0]
	for _, c := range s.own(row) {
		s.cells = append(s.cells, cellOf(c, style))
	}
	if header || len(notes) > 0 {
		for len(s.cells) < s.width {
			s.cells = append(s.cells, nil)
		}
		if err := s.noteCells(row, notes, header); err != nil {
			return err
		}
	}
	return s.sw.SetRow(cellName(1, row.No), s.cells)
}

// noteCells colours the faulty cells and fills the two added ones.
func (s *annotatedSheet) noteCells(row sheet.Row, notes []note, header bool) error {
	style := s.styles.warned
	for _, n := range notes {
		if n.Severity == models.SeverityError {
			style = s.styles.wrong
		}
	}
	if err := s.markCells(row.No, notes); err != nil {
		return err
	}
	problem, advice := words(notes)
	if header {
		problem, advice, style = ColumnProblem, ColumnAdvice, s.styles.head
	}
	s.cells = append(s.cells, excelize.Cell{StyleID: style, Value: problem}, excelize.Cell{StyleID: style, Value: advice})
	return nil
}

// markCells colours the cells that notes name, and comments on them once each.
func (s *annotatedSheet) markCells(row int, notes []note) error {
	texts := map[int]string{}
	for _, n := range notes {
		if n.Column < 1 || n.Column > s.width {
			continue
		}
		cell, _ := s.cells[n.Column-1].(excelize.Cell)
		if n.Severity == models.SeverityError {
			cell.StyleID = s.styles.wrong
		} else if cell.StyleID != s.styles.wrong {
			cell.StyleID = s.styles.warned
		}
		if cell.Value == nil && cell.Formula == "" {
			cell.Value = ""
		}
		s.cells[n.Column-1] = cell
		texts[n.Column] += n.Problem + "\n" + orEmpty("怎样修改：", n.Advice) + "\n"
	}
	for col := 1; col <= s.width && len(texts) > 0 && s.comments < maxComments; col++ {
		if text, ok := texts[col]; ok {
			if err := addComment(s.f, s.name, cellName(col, row), text); err != nil {
				return err
			}
			s.comments++
		}
	}
	return nil
}

// cellOf repeats a cell so that a second check finds what the first one found. Values are text, which loses nothing;
// only a number whose last digits are lost already stays a number, and an error value or a formula without a result
// stays a formula, for as text they would pass for good values.
func cellOf(c sheet.Cell, style int) any {
	switch {
	case c.Kind == sheet.Empty:
		return nil
	case c.Kind == sheet.Number && c.Digits > 15:
		return excelize.Cell{StyleID: style, Value: c.Num}
	case c.Kind == sheet.Bool:
		return excelize.Cell{StyleID: style, Value: c.Num != 0}
	case c.Kind == sheet.Error && errorValues[c.Text]:
		return excelize.Cell{StyleID: style, Formula: c.Text}
	case c.Kind == sheet.Error || c.Kind == sheet.Formula:
		return excelize.Cell{StyleID: style, Formula: "NA()"}
	}
	return excelize.Cell{StyleID: style, Value: c.Text}
}

// errorValues are the error values that a formula may name. Text from a file is never written as a formula.
var errorValues = map[string]bool{"#N/A": true, "#REF!": true, "#DIV/0!": true, "#VALUE!": true, "#NAME?": true,
	"#NUM!": true, "#NULL!": true}

// rowNumbers says how the rows are numbered beside the unit's own file.
func (a *annotation) rowNumbers() string {
	if a.shift > 0 {
		return "第 1 行是字段名，行号比原文件多 1"
	}
	return "行号与原文件一致"
}

// writeReport makes the sheet that says how to go on, and what concerns no single row.
func (s *annotatedSheet) writeReport() error {
	if _, err := s.f.NewSheet(SheetReport); err != nil {
		return err
	}
	made := newStyles(s.f)
	title, err := made.title()
	if err != nil {
		return err
	}
	body, err := made.body()
	if err != nil {
		return err
	}
	lines := []struct {
		style int
		text  string
	}{
		{title, "校验结果"},
		{body, fmt.Sprintf("本表有错误 %d 处、提醒 %d 处。红色单元格必须改正，黄色单元格改正或在平台上说明。", s.errors, s.warnings)},
		{body, "可直接在本文件中修改后上传，" + s.rowNumbers() + "；最后两列和本工作表不用删除，上传时自动略去。"},
	}
	if s.comments >= maxComments {
		lines = append(lines, struct {
			style int
			text  string
		}{body, fmt.Sprintf("批注只加在前 %d 处，其余见“%s”列。", maxComments, ColumnProblem)})
	}
	for _, n := range s.report {
		lines = append(lines, struct {
			style int
			text  string
		}{body, reportText(n)})
	}
	for i, line := range lines {
		cell := cellName(1, i+1)
		if err := s.f.SetCellStr(SheetReport, cell, clip(line.text)); err != nil {
			return err
		}
		if err := s.f.SetCellStyle(SheetReport, cell, cell, line.style); err != nil {
			return err
		}
	}
	s.f.SetActiveSheet(0)
	return s.f.SetColWidth(SheetReport, "A", "A", 110)
}
