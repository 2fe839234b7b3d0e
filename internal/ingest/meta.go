package ingest

import (
	"strconv"
	"strings"

	"taxportal/internal/ingest/sheet"
)

// The hidden sheet by which a template's own workbook is known again. Column A holds the key, column B the value.
const (
	MetaSheet    = "_meta"
	MetaTemplate = "template" // the template's code
	MetaVersion  = "version"  // the version's number
)

// metaRows bounds how much of the hidden sheet is read.
const metaRows = 50

// readMeta returns the template code and version that a workbook carries; empty and 0 if it carries none.
func readMeta(book *sheet.Book) (code string, version int, err error) {
	info, ok := book.Sheet(MetaSheet)
	if !ok || book.Format != sheet.XLSX {
		return "", 0, nil
	}
	rows, err := book.Small(info.Index, metaRows)
	if err != nil {
		return "", 0, err
	}
	for _, row := range rows {
		if len(row.Cells) < 2 {
			continue
		}
		value := trimText(row.Cells[1].Text)
		switch strings.ToLower(trimText(row.Cells[0].Text)) {
		case MetaTemplate, "template_code", "code":
			code = strings.ToLower(value)
		case MetaVersion, "template_version":
			// Whoever wrote something else there gets version 0, 'unknown'.
			version, _ = strconv.Atoi(value)
		}
	}
	return code, version, nil
}
