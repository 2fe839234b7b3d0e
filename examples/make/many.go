package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/models"
)

// manyRows are all that one file may hold: what the keys of zrzy-01 and fgw-05 allow, and a sheet.
const manyRows = 1_000_000

// terse shortens a row so that a million of them stay below the 200 MB of one upload: codes of lists instead of their
// names, and nothing in optional columns that no rule asks for.
func terse(def models.Definition, r record) record {
	for _, f := range def.Fields {
		if list, ok := def.List(f.List); ok {
			for _, item := range list.Items {
				if r[f.Code] == item.Name {
					r[f.Code] = item.Code
				}
			}
		}
	}
	delete(r, "cert_no")
	delete(r, "land_area")
	delete(r, "land_cert")
	return r
}

// writeCSV writes n rows of a template as CSV, UTF-8.
func writeCSV(to io.Writer, def models.Definition, n int) error {
	w := bufio.NewWriterSize(to, 1<<20)
	r := inOrder(def, nil)
	if _, err := w.WriteString("\ufeff" + text(r.lines(), ",", false)); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	for i := range n {
		row := terse(def, makers[def.Code](i))
		for k, c := range r.columns { // no value has a comma or a quotation mark in it
			if k > 0 {
				w.WriteByte(',')
			}
			w.WriteString(row[c.field])
		}
		if _, err := w.WriteString("\r\n"); err != nil { // earlier failures of w come back here too
			return fmt.Errorf("write row %d: %w", i+2, err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

// writeXLSX writes n rows of a template as a workbook; figures are numbers, the rest text.
func writeXLSX(to io.Writer, def models.Definition, n int) error {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("make workbook: %w", err)
	}
	cells := make([]any, len(def.Fields))
	for i, field := range def.Fields {
		cells[i] = field.Name
	}
	for i := range n + 1 {
		if i > 0 {
			row := terse(def, makers[def.Code](i-1))
			for k, field := range def.Fields {
				cells[k] = typed(field, row[field.Code])
			}
		}
		if err := w.SetRow(name(1, i+1), cells); err != nil {
			return fmt.Errorf("write row %d: %w", i+1, err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("make workbook: %w", err)
	}
	if _, err := f.WriteTo(to); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// write writes n rows of the template, as a workbook if the file's name says so.
func (m maker) write(to io.Writer, name, code string, n int, workbook bool) error {
	if n < 1 || n > manyRows {
		return fmt.Errorf("%d rows: 1 to %d", n, manyRows)
	}
	def, err := m.template(strings.ToLower(code))
	if err != nil {
		return err
	}
	if workbook || strings.HasSuffix(strings.ToLower(name), ".xlsx") {
		return writeXLSX(to, def, n)
	}
	return writeCSV(to, def, n)
}
