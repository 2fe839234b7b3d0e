package sheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Format is a kind of file that can be read.
type Format string

// The formats.
const (
	XLSX      Format = "xlsx"
	Delimited Format = "csv"    // columns set apart by a character, see Book.Delimiter
	JSONLines Format = "ndjson" // an object a line; row 0 holds the names of all lines
)

// Options says how to open a file.
type Options struct {
	// Name is the file's name as uploaded. It gives a file without sheets its sheet name and words a refusal; it never decides
	// how the file is read.
	Name string

	// TempDir takes the shared strings that are too many for memory; "" = the system's. They are data of the unit.
	TempDir string

	Limits Limits
}

// SheetInfo names one sheet with cells; sheets that are charts are not listed.
type SheetInfo struct {
	Name       string
	Index      int  // what Rows wants
	Hidden     bool // hidden in either way
	VeryHidden bool // so that only a program can show it
}

// Meta is what a file says about itself beside its cells.
type Meta struct {
	Application string // the program that wrote a workbook, as it calls itself: Microsoft Excel, WPS Office_12.1.0
}

// Book is an opened file. It is used by one goroutine at a time and must be closed.
type Book struct {
	Format    Format
	Encoding  string // of a text table: UTF-8, UTF-16LE, UTF-16BE or GB18030; "" for a workbook
	BOM       bool   // a text table that begins with a byte order mark
	Delimiter rune   // of a text table
	Sheets    []SheetInfo
	Names     []DefinedName
	Date1904  bool // a workbook that counts days from 1904; Cell.Num of a Date is already converted
	Meta      Meta

	src    *source
	limits Limits
	book   *workbook  // of a workbook
	table  *table     // of a text table
	lines  *jsonLines // of JSON lines
}

// Open recognises the file by its bytes and reads what it says about itself; cells are read by Rows.
// r must stay readable until Close. What is wrong with the file comes back as a *Refusal, what is wrong with reading it
// as a plain error.
func Open(r io.ReaderAt, size int64, opt Options) (*Book, error) {
	limits := opt.Limits.withDefaults()
	switch {
	case size <= 0:
		return nil, refuse(CodeEmpty, nil)
	case size > limits.Bytes:
		return nil, refuse(CodeTooLarge, nil, amount(limits.Bytes))
	}
	src := newSource(r, size)
	head, err := src.head(0, headBytes)
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	switch kind := recognise(head); {
	case kind == kindZip:
		return openWorkbook(src, limits, opt)
	case kind == kindCompound:
		return nil, refuseCompound(src, opt.Name)
	case kind != kindText:
		return nil, refuse(Code(kind), nil)
	}
	if start := jsonStart(head); start != notJSON {
		return openLines(src, start, limits, opt)
	}
	return openTable(src, head, limits, opt)
}

// openWorkbook opens a zip file, which is a workbook or refused.
func openWorkbook(src *source, limits Limits, opt Options) (*Book, error) {
	a, err := openArchive(src, limits)
	if err != nil {
		return nil, err
	}
	if err := a.refuseOther(); err != nil {
		return nil, err
	}
	w, err := readWorkbook(a, opt.TempDir)
	if err != nil {
		return nil, err
	}
	return &Book{
		Format: XLSX, Sheets: w.sheets, Names: w.names, Date1904: w.date04, Meta: Meta{Application: w.app},
		src: src, limits: limits, book: w,
	}, nil
}

// openTable opens a file of text.
func openTable(src *source, head []byte, limits Limits, opt Options) (*Book, error) {
	t, err := newTable(src, head, limits)
	if err != nil {
		return nil, err
	}
	return &Book{
		Format: Delimited, Encoding: t.encoding, BOM: t.mark > 0, Delimiter: t.delimiter,
		Sheets: []SheetInfo{{Name: tableName(opt.Name, "CSV")}},
		src:    src, limits: limits, table: t,
	}, nil
}

// openLines opens JSON lines.
func openLines(src *source, start jsonBeginning, limits Limits, opt Options) (*Book, error) {
	lines, err := newJSONLines(src, start, limits)
	if err != nil {
		return nil, err
	}
	return &Book{
		Format: JSONLines, Encoding: UTF8, BOM: lines.mark > 0, Sheets: []SheetInfo{{Name: tableName(opt.Name, "NDJSON")}},
		src: src, limits: limits, lines: lines,
	}, nil
}

// tableName is what the one table of a file without sheets is called: the file's name without folder and ending.
func tableName(file, other string) string {
	name := file[strings.LastIndexAny(file, `/\`)+1:]
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	if name == "" {
		return other
	}
	return name
}

// Rows starts reading a sheet from its first row. It may be called again for another pass, but the passes of a book
// must not run at the same time in several goroutines.
func (b *Book) Rows(sheet int) (*Rows, error) {
	if sheet < 0 || sheet >= len(b.Sheets) {
		return nil, fmt.Errorf("read sheet %d of %d", sheet, len(b.Sheets))
	}
	if b.table != nil {
		return &Rows{from: b.table.rows(), limit: b.limits.Rows}, nil
	}
	if b.lines != nil {
		return &Rows{from: b.lines.rows(), limit: b.limits.Rows + 1}, nil // beside the names
	}
	from, err := b.book.rows(sheet)
	if err != nil {
		return nil, err
	}
	return &Rows{from: from, limit: b.limits.Rows}, nil
}

// Merges returns the merged ranges of a sheet that begin at or above row last, at most 16,384, in the order of the
// file. They stand behind the cells, so the whole sheet is unpacked and searched, in a fifth of the time of reading it or
// less: ask only where a header could be of two lines. A file without sheets has none.
func (b *Book) Merges(sheet, last int) ([]Range, error) {
	if sheet < 0 || sheet >= len(b.Sheets) {
		return nil, fmt.Errorf("read merges of sheet %d of %d", sheet, len(b.Sheets))
	}
	if b.book == nil {
		return nil, nil
	}
	return b.book.merges(sheet, last)
}

// Sheet returns the sheet with that name, whatever its case, and false if there is none.
func (b *Book) Sheet(name string) (SheetInfo, bool) {
	for _, info := range b.Sheets {
		if strings.EqualFold(info.Name, name) {
			return info, true
		}
	}
	return SheetInfo{}, false
}

// Small reads a sheet of at most limit rows with content whole, such as the hidden one that holds a template's code and
// version. Of a longer sheet it returns the first limit rows.
func (b *Book) Small(sheet, limit int) ([]Row, error) {
	rows, err := b.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Row
	for len(all) < limit && rows.Next() {
		row := rows.Row()
		row.Cells = append([]Cell(nil), row.Cells...)
		all = append(all, row)
	}
	return all, rows.Err()
}

// Close gives back what the book holds. The file itself belongs to the caller.
func (b *Book) Close() error {
	if b.book != nil {
		b.book.strings.close()
	}
	return nil
}

// validText replaces bytes that are no UTF-8, and NUL, by U+FFFD.
func validText(text []byte) []byte {
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	if bytes.IndexByte(text, 0) >= 0 {
		text = bytes.ReplaceAll(text, []byte{0}, []byte("\uFFFD"))
	}
	return text
}
