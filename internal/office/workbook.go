package office

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// The rows of a template's data sheet.
const (
	titleRow  = 1
	unitRow   = 2
	headerRow = 3
	firstRow  = 4
)

// WorkbookOptions is what a template's workbook says beside the template itself.
type WorkbookOptions struct {
	UnitName string        // whose workbook it is; empty for the general one
	Period   models.Period // of the task; empty for the general one
	Due      string        // the deadline in words; empty = the template's
	Checksum string        // of the template version, kept in the hidden sheet
}

// TemplateWorkbook writes the workbook that a unit fills in: the data sheet with drop-downs, formats and comments, the
// 填报说明, the 字典 behind the drop-downs, and a hidden sheet by which an upload is told its template and version
// (ingest.MetaSheet). The definition must be valid.
func TemplateWorkbook(w io.Writer, def models.Definition, opt WorkbookOptions) error {
	data := SheetName(def.Name)
	f, err := newBook(data, "")
	if err != nil {
		return err
	}
	defer f.Close()
	b := &templateBook{f: f, styles: newStyles(f), def: &def, opt: opt, data: data}
	for _, step := range []struct {
		name string
		make func() error
	}{
		{"data sheet", b.dataSheet}, {"notes", b.notes}, {"lists", b.lists}, {"meta", b.meta},
	} {
		if err := step.make(); err != nil {
			return fmt.Errorf("template workbook %s: %s: %w", def.Code, step.name, err)
		}
	}
	return writeBook(f, w)
}

// templateBook is a template's workbook while it is made.
type templateBook struct {
	f      *excelize.File
	styles *styles
	def    *models.Definition
	opt    WorkbookOptions
	data   string // name of the data sheet
}

// lists makes the 字典 sheet, two columns to a list, and names each list's entries for the drop-downs.
func (b *templateBook) lists() error {
	if len(b.def.Lists) == 0 {
		return nil
	}
	if _, err := b.f.NewSheet(SheetLists); err != nil {
		return err
	}
	head, err := b.styles.head()
	if err != nil {
		return err
	}
	body, err := b.styles.body()
	if err != nil {
		return err
	}
	for i, list := range b.def.Lists {
		col := 3*i + 1 // a blank column between lists
		rows := [][2]string{{list.Name, ""}, {"代码", "名称"}}
		for _, item := range list.Items {
			rows = append(rows, [2]string{item.Code, item.Name})
		}
		for r, pair := range rows {
			style := body
			if r < 2 {
				style = head
			}
			if err := b.texts(SheetLists, col, r+1, style, pair[:]...); err != nil {
				return err
			}
		}
		if err := b.f.MergeCell(SheetLists, cellName(col, 1), cellName(col+1, 1)); err != nil {
			return err
		}
		if err := b.f.SetColWidth(SheetLists, columnName(col+1), columnName(col+1), 32); err != nil {
			return err
		}
		name := columnName(col + 1)
		if err := b.f.SetDefinedName(&excelize.DefinedName{Name: listName(list.Code),
			RefersTo: fmt.Sprintf("'%s'!$%s$3:$%s$%d", SheetLists, name, name, len(rows))}); err != nil {
			return err
		}
	}
	return printing(b.f, SheetLists, 2)
}

// listName is the defined name of a code list; the prefix keeps it from being a cell's reference.
func listName(code string) string { return "list_" + code }

// texts writes texts side by side from a cell on, as text whatever they begin with.
func (b *templateBook) texts(sheet string, col, row, style int, texts ...string) error {
	for i, text := range texts {
		if err := b.f.SetCellStr(sheet, cellName(col+i, row), text); err != nil {
			return err
		}
	}
	return b.f.SetCellStyle(sheet, cellName(col, row), cellName(col+len(texts)-1, row), style)
}

// meta makes the hidden sheet.
func (b *templateBook) meta() error {
	pairs := [][2]string{{ingest.MetaTemplate, b.def.Code}, {ingest.MetaVersion, strconv.Itoa(b.def.Version)},
		{MetaChecksum, b.opt.Checksum}, {MetaPeriod, string(b.opt.Period)}}
	return hiddenSheet(b.f, pairs)
}

// hiddenSheet writes ingest.MetaSheet, so hidden that only a program shows it. The first sheet stays the active one.
func hiddenSheet(f *excelize.File, pairs [][2]string) error {
	if _, err := f.NewSheet(ingest.MetaSheet); err != nil {
		return err
	}
	row := 0
	for _, pair := range pairs {
		if pair[1] == "" {
			continue
		}
		row++
		for col, text := range pair {
			if err := f.SetCellStr(ingest.MetaSheet, cellName(col+1, row), text); err != nil {
				return err
			}
		}
	}
	f.SetActiveSheet(0)
	return f.SetSheetVisible(ingest.MetaSheet, false, true)
}

// reserved reports whether a sheet of the portal's own workbooks has the name.
func reserved(name string) bool {
	switch name {
	case SheetNotes, SheetLists, SheetReport, ingest.MetaSheet:
		return true
	}
	return false
}
