package sheet

import (
	"bytes"
	"fmt"
	"strings"
)

// DefinedName is a name that the workbook gives to cells.
type DefinedName struct {
	Name   string
	Refers string // as written, such as 字典!$A$2:$A$9
	Sheet  int    // position of the sheet to which the name is local, as the workbook counts; -1 = the whole workbook
	Hidden bool
}

// workbook is what a package says about its sheets.
type workbook struct {
	archive *archive
	sheets  []SheetInfo
	parts   []string // of each sheet
	names   []DefinedName
	date04  bool // days count from 1904
	noLeap  bool // days count from 1900 without the 29 February that Excel believes in
	app     string
	styles  []style
	shared  string // part of the shared strings, "" = none
	strings *stringStore
}

// readWorkbook reads the parts of a workbook that say what it holds, not the sheets themselves.
func readWorkbook(a *archive, tempDir string) (*workbook, error) {
	root, err := a.relations("")
	if err != nil {
		return nil, err
	}
	w := &workbook{archive: a, strings: newStringStore(a.limits, tempDir)}
	main := "xl/workbook.xml"
	for _, rel := range root {
		switch rel.kind {
		case "officeDocument":
			main = rel.part
		case "extended-properties":
			w.app = a.application(rel.part)
		}
	}
	rels, err := a.relations(main)
	if err != nil {
		return nil, err
	}
	targets := make(map[string]relation, len(rels))
	for _, rel := range rels {
		targets[rel.id] = rel
		switch rel.kind {
		case "styles":
			if w.styles, err = readStyles(a, rel.part); err != nil {
				return nil, err
			}
		case "sharedStrings":
			w.shared = rel.part
		case "vbaProject", "xlMacrosheet", "xlIntlMacrosheet":
			return nil, refuse(CodeMacros, nil)
		}
	}
	if err := w.readMain(main, targets); err != nil {
		return nil, err
	}
	if len(w.sheets) == 0 {
		return nil, refuse(CodeNoSheet, nil)
	}
	return w, nil
}

// readMain reads the workbook part: sheets in their order, names, the date system.
func (w *workbook) readMain(main string, targets map[string]relation) error {
	return w.archive.scan(main, func(x *xmlScanner) error {
		switch string(x.name) {
		case "workbookPr":
			value, _ := attribute(x.attrs, "date1904")
			w.date04 = isTrue(value)
			value, ok := attribute(x.attrs, "dateCompatibility")
			w.noLeap = ok && !isTrue(value) && !w.date04
		case "sheet":
			return w.addSheet(x.attrs, targets)
		case "definedName":
			return w.addName(x)
		case "extLst", "AlternateContent":
			x.skip()
		}
		return nil
	})
}

// serial turns a number that the workbook shows as a day or a time into one of Excel's 1900 system. A fraction alone is
// a time of day in every system.
func (w *workbook) serial(num float64) float64 {
	const march1900 = 61 // from here on all that count from 1900 agree
	switch {
	case w.date04 && (num <= 0 || num >= 1):
		return num + offset1904
	case w.noLeap && num >= 1 && num < march1900:
		return num - 1
	}
	return num
}

func (w *workbook) addSheet(attrs []byte, targets map[string]relation) error {
	if len(w.sheets) >= maxSheets {
		return refuse(CodeBomb, nil, fmt.Sprintf("工作表超过 %d 张", maxSheets))
	}
	target, ok := targets[relationID(attrs)]
	if ok && target.kind != "worksheet" {
		return nil // a chart sheet or a dialogue holds no cells
	}
	state := attributeText(attrs, "state")
	w.sheets = append(w.sheets, SheetInfo{
		Name:       attributeText(attrs, "name"),
		Index:      len(w.sheets),
		Hidden:     state == "hidden" || state == "veryHidden",
		VeryHidden: state == "veryHidden",
	})
	w.parts = append(w.parts, target.part)
	return nil
}

// relationID returns the r:id of a sheet, whatever the prefix.
func relationID(attrs []byte) string {
	for {
		name, value, rest, ok := nextAttribute(attrs)
		if !ok {
			return ""
		}
		if bytes.HasSuffix(name, []byte(":id")) {
			return string(value)
		}
		attrs = rest
	}
}

func (w *workbook) addName(x *xmlScanner) error {
	name := DefinedName{Name: attributeText(x.attrs, "name"), Sheet: -1}
	hidden, _ := attribute(x.attrs, "hidden")
	name.Hidden = isTrue(hidden)
	if value, ok := attribute(x.attrs, "localSheetId"); ok {
		name.Sheet = smallNumber(value)
	}
	refers, err := x.collect(nil, w.archive.limits.CellBytes)
	if err != nil {
		return err
	}
	if len(w.names) < maxNames {
		name.Refers = strings.ToValidUTF8(string(refers), "\uFFFD")
		w.names = append(w.names, name)
	}
	return nil
}

// smallNumber reads a number of up to nine digits, -1 if there is none.
func smallNumber(b []byte) int {
	if len(b) == 0 || len(b) > 9 {
		return -1
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// application returns the name of the program that wrote the workbook. It is only for information: trouble is "".
func (a *archive) application(name string) string {
	app := ""
	_ = a.scan(name, func(x *xmlScanner) error {
		if string(x.name) != "Application" {
			return nil
		}
		text, err := x.collect(nil, 200)
		app = strings.ToValidUTF8(string(text), "")
		return err
	})
	return strings.TrimSpace(app)
}

// content returns the content type of the main part, "" if the package does not say.
func (a *archive) content() (string, error) {
	const list = "[Content_Types].xml"
	if !a.has(list) {
		return "", nil
	}
	found := ""
	err := a.scan(list, func(x *xmlScanner) error {
		if kind := attributeText(x.attrs, "ContentType"); strings.Contains(kind, ".main") {
			found = kind
		}
		return nil
	})
	return found, err
}
