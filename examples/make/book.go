package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// book is a workbook while it is made; the first error is kept and every later call does nothing.
type book struct {
	f      *excelize.File
	styles map[string]int
	hidden map[int]bool // rows that the next sheet hides
	err    error
}

// The number formats in use.
const (
	asText   = "@"
	asDate   = `yyyy/m/d`
	asHanzi  = `yyyy"年"m"月"d"日"`
	asFigure = "0.00"
	general  = "General"
)

// newBook returns a workbook that says it was written by the given program, with one sheet.
func newBook(program, sheet string) *book {
	b := &book{f: excelize.NewFile(), styles: map[string]int{}}
	b.do(b.f.SetAppProps(&excelize.AppProperties{Application: program}))
	b.do(b.f.SetDocProps(&excelize.DocProperties{Creator: "示范", Title: "演示数据，均为虚构",
		Created: "2026-11-05T01:00:00Z", Modified: "2026-11-05T01:00:00Z"}))
	b.do(b.f.SetSheetName("Sheet1", sheet))
	return b
}

func (b *book) do(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

// style returns the style of bordered cells with a number format, bold for titles.
func (b *book) style(format string, bold bool) int {
	key := format + strconv.FormatBool(bold)
	if id, ok := b.styles[key]; ok || b.err != nil {
		return id
	}
	s := &excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Family: "宋体", Size: 10, Bold: bold}}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		s.Border = append(s.Border, excelize.Border{Type: side, Color: "000000", Style: 1})
	}
	s.Alignment = &excelize.Alignment{Vertical: "center", WrapText: bold}
	if bold {
		s.Alignment.Horizontal = "center"
	}
	id, err := b.f.NewStyle(s)
	b.do(err)
	b.styles[key] = id
	return id
}

// sheet writes rows of cells from the first row on; nil rows are left out, nil cells too. Merged ranges are given as
// A1:C1. The sheet is made if it is not there.
func (b *book) sheet(name string, rows [][]any, merges ...string) {
	if b.err != nil {
		return
	}
	if at, _ := b.f.GetSheetIndex(name); at < 0 {
		_, err := b.f.NewSheet(name)
		b.do(err)
	}
	w, err := b.f.NewStreamWriter(name)
	if err != nil {
		b.do(err)
		return
	}
	b.do(w.SetColWidth(1, 60, 14))
	for i, cells := range rows {
		if len(cells) > 0 {
			b.do(w.SetRow("A"+strconv.Itoa(i+1), cells, excelize.RowOpts{Hidden: b.hidden[i+1]}))
		}
	}
	for _, m := range merges {
		from, to, _ := strings.Cut(m, ":")
		b.do(w.MergeCell(from, to))
	}
	b.do(w.Flush())
	b.hidden = nil
}

// bytes closes the book and returns its file: the same bytes every time.
func (b *book) bytes() ([]byte, error) {
	defer b.f.Close()
	if b.err != nil {
		return nil, fmt.Errorf("make workbook: %w", b.err)
	}
	var out bytes.Buffer
	if err := b.f.Write(&out); err != nil {
		return nil, fmt.Errorf("make workbook: %w", err)
	}
	return steady(out.Bytes())
}

// steady packs a workbook anew, its parts in the order of their names and without times, because the library that wrote
// it keeps no order.
func steady(packed []byte) ([]byte, error) {
	in, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, fmt.Errorf("read workbook: %w", err)
	}
	parts := slices.Clone(in.File)
	slices.SortFunc(parts, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range parts {
		from, err := part.Open()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", part.Name, err)
		}
		to, err := w.Create(part.Name)
		if err == nil {
			_, err = io.Copy(to, from)
		}
		if err := firstOf(err, from.Close()); err != nil {
			return nil, fmt.Errorf("pack %s: %w", part.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack workbook: %w", err)
	}
	return out.Bytes(), nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// head returns the titles of a register as bold cells.
func (b *book) head(columns []column) []any {
	cells := make([]any, len(columns))
	for i, c := range columns {
		cells[i] = excelize.Cell{StyleID: b.style(general, true), Value: c.title}
	}
	return cells
}

// cell returns a text of a field as a person's workbook holds it: figures as numbers, days as date cells in the given
// format, the rest as text.
func (b *book) cell(f models.Field, value, dates string) any {
	if value == "" {
		return excelize.Cell{StyleID: b.style(general, false)}
	}
	if n, err := strconv.ParseFloat(value, 64); err == nil && f.Numeric() {
		format := asFigure
		if f.Type == models.TypeInteger {
			format = "0"
		}
		return excelize.Cell{StyleID: b.style(format, false), Value: n}
	}
	if day, p := cn.ParseDate(value); p == nil && f.Type == models.TypeDate {
		return excelize.Cell{StyleID: b.style(dates, false), Value: day.In(time.UTC)}
	}
	return excelize.Cell{StyleID: b.style(asText, false), Value: value}
}

// body returns the rows of a register as cells.
func (b *book) body(def models.Definition, r register, dates string) [][]any {
	fields := map[string]models.Field{}
	for _, f := range def.Fields {
		fields[f.Code] = f
	}
	var rows [][]any
	for _, row := range r.rows {
		cells := make([]any, len(r.columns))
		for i, c := range r.columns {
			cells[i] = b.cell(fields[c.field], row[c.field], dates)
		}
		rows = append(rows, cells)
	}
	return rows
}

// name returns the reference of a cell, column and row from 1.
func name(column, row int) string {
	ref, err := excelize.CoordinatesToCellName(column, row)
	if err != nil { // no caller asks beyond Excel's sheet
		return "A1"
	}
	return ref
}
