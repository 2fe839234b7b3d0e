package office

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of a worksheet (ISO/IEC 29500 and Excel).
const (
	sheetRows   = 1 << 20
	sheetName   = 31 // characters
	commentText = 8000
	alertText   = 225 // characters of a validation's message
)

// The sheets that stand beside the data in the portal's own workbooks. internal/ingest knows them by name as sheets
// without rows, and ingest.MetaSheet by its content.
const (
	SheetNotes  = "填报说明" // the 口径 of every field, for people
	SheetLists  = "字典"   // the code lists behind the drop-downs
	SheetReport = "校验结果" // of an annotated workbook: what concerns the whole file
)

// Keys of ingest.MetaSheet beside those that ingest reads.
const (
	MetaChecksum = "checksum" // of the template version
	MetaPeriod   = "period"   // 2026-10, if the workbook was made for a task
)

// The columns that an annotated file has behind the unit's own. They name no field of any template, so that they are
// left out when the file comes back.
const (
	ColumnProblem = "【校验问题】"
	ColumnAdvice  = "【怎样修改】"
)

const (
	font    = "宋体"
	creator = "聊城市税收共治平台"
	notice  = "内部资料，注意保管"
)

// newBook starts a workbook whose first sheet has the name. Streams that grow beyond memory go to tempDir, "" = the
// system's.
func newBook(first, tempDir string) (*excelize.File, error) {
	f := excelize.NewFile(excelize.Options{TmpDir: tempDir})
	if err := f.SetDefaultFont(font); err != nil {
		return nil, fmt.Errorf("set font: %w", err)
	}
	if err := f.SetDocProps(&excelize.DocProperties{Creator: creator, LastModifiedBy: creator, Language: "zh-CN"}); err != nil {
		return nil, fmt.Errorf("set properties: %w", err)
	}
	if err := f.SetSheetName(f.GetSheetName(0), first); err != nil {
		return nil, fmt.Errorf("name sheet %q: %w", first, err)
	}
	return f, nil
}

// writeBook writes the workbook straight to w. The library would first collect the whole packed file in memory; given
// our own zip writer it does not.
func writeBook(f *excelize.File, w io.Writer) error {
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	if err := f.Write(io.Discard); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// SheetName turns a title into a name that Excel and WPS take for a sheet: at most 31 characters, none of []:*?/\ and
// no apostrophes, never one of the portal's own sheets.
func SheetName(title string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' || r > 0xFFFF {
			return -1
		}
		return r
	}, title)
	if runes := []rune(name); len(runes) > sheetName {
		name = string(runes[:sheetName])
	}
	name = strings.TrimSpace(name)
	if name == "" || reserved(name) {
		return "数据表"
	}
	return name
}

// cellName returns the reference of a cell, column and row from 1.
func cellName(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil { // only for a column or row below 1 or beyond the sheet
		return "A1"
	}
	return name
}

// columnName returns the letters of a column, from 1.
func columnName(col int) string { return strings.TrimRight(cellName(col, 1), "1") }

// width returns how wide a text is in a column's units: Chinese characters take two.
func width(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0x2E7F {
			n++
		}
	}
	return n
}

// printing makes a sheet print on A4 across, as wide as one page, with its head on every page.
func printing(f *excelize.File, sheet string, headRows int) error {
	fit, size, landscape, wide, tall := true, 9, "landscape", 1, 0
	if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &size, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	if err := f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L" + notice + "&R第 &P 页　共 &N 页"}); err != nil {
		return err
	}
	if headRows == 0 {
		return nil
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheet,
		RefersTo: fmt.Sprintf("'%s'!$1:$%d", sheet, headRows)})
}
