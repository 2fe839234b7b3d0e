package ingest

import (
	"context"

	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// Checker checks the files of one batch against one version of a template: New, then File for every file in its
// order, then Finish. It streams; its memory does not grow with the rows. It is used by one goroutine.
type Checker struct {
	def       *models.Definition
	opt       Options
	columns   []*column
	index     titleIndex
	rules     *rowRules
	keys      []int // fields of the business key
	layouts   []layout
	report    Report
	tally     *tally
	twins     *twins
	sums      sums
	regions   regions
	since     since
	documents documents
	chunk     []models.Record // pending for sink
	arena     []models.Value  // their values
	scratch   scratch
}

// scratch is what the check of one row needs, kept from row to row.
type scratch struct {
	issues []located
	bad    []bool // per field: has an error
	bytes  []byte
	hash   uint64
	hashed bool
}

// located is an issue and the field it was found at.
type located struct {
	field int // −1: no single field
	issue
}

// New prepares the check of one batch: fields, code lists, patterns and row rules are compiled once. A template that
// cannot be used comes back as a *fault.Error of kind Invalid that names all its faults.
func New(def *models.Definition, opt Options) (*Checker, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	columns, err := compileColumns(def, opt.Today)
	if err != nil {
		return nil, invalidTemplate(def, err)
	}
	rules, err := compileRules(def, columns, opt.Today)
	if err != nil {
		return nil, invalidTemplate(def, err)
	}
	c := &Checker{
		def: def, opt: opt, columns: columns, index: indexTitles(def.Fields), rules: rules,
		tally: newTally(opt.Keep), twins: newTwins(opt.TempDir, opt.Memory), sums: newSums(columns), regions: newRegions(columns, opt.Regions), since: newSince(def.Fields, opt.Since),
		documents: newDocuments(columns, opt.Documents),
		scratch:   scratch{bad: make([]bool, len(columns))},
	}
	for i, f := range def.Fields {
		if f.Key {
			c.keys = append(c.keys, i)
		}
	}
	c.newChunk()
	return c, nil
}

// File checks the next file of the batch. sink takes the rows without an error, in order and in chunks, as long as no
// error was found in the batch; the records and their values are its own from then on. all takes
// every finding, also those that Finish makes. Either may be nil. An error of sink or all ends the check and comes
// back as it is; a file that cannot be checked as a whole comes back as a *Malformed; a cancelled context as its
// error. After an error only Close is left.
func (c *Checker) File(ctx context.Context, book *sheet.Book, sink func([]models.Record) error, all func(Finding) error) error {
	file := FileReport{Format: string(book.Format), Encoding: book.Encoding, Delimiter: delimiterName(book)}
	if book.Format == sheet.Delimited && book.Delimiter == '\t' {
		file.Format = "tsv"
	}
	if err := c.checkMeta(book, &file); err != nil {
		return AsMalformed(err)
	}
	k, err := c.pick(book)
	if err != nil {
		return AsMalformed(err)
	}
	c.tally.all = all
	c.describe(&file, k)
	c.layouts = append(c.layouts, k.layout)
	c.report.Files = append(c.report.Files, file)
	if err := c.guessWarnings(k); err != nil {
		return err
	}
	for _, col := range c.columns {
		col.date04 = book.Date1904
	}
	if err := c.rows(ctx, book, k, sink); err != nil {
		return AsMalformed(err)
	}
	if c.file().Rows == 0 {
		return emptyFile(k)
	}
	return nil
}

// file is the report of the file being read.
func (c *Checker) file() *FileReport { return &c.report.Files[len(c.report.Files)-1] }

// describe notes in the report where the rows are read from.
func (c *Checker) describe(file *FileReport, k *candidate) {
	if file.Format == string(sheet.XLSX) {
		file.Sheet = k.name
	}
	file.HeaderRow, file.Columns = k.header, k.found
	for _, col := range k.extra() {
		file.Extra = append(file.Extra, k.titles[col])
	}
	for i, col := range k.cols {
		if col < 0 {
			file.Absent = append(file.Absent, c.columns[i].field.Name)
		}
	}
}

// guessWarnings warns of columns that are not read although they look like an optional field under another title: the
// data in them would be lost in silence.
func (c *Checker) guessWarnings(k *candidate) error {
	for _, g := range c.guesses(k) {
		i := wrong("header.guess", "有一列可能没有被读入", "把该列的标题改成模板中的名称；确与模板无关的，说明即可",
			"您的“"+g.Title+"”是不是模板中的“"+g.Name+"”？按现在的标题，该列不读入")
		i.severity = models.SeverityWarning
		f := c.finding(int64(0), located{field: -1, issue: i})
		f.Column, f.Value = g.Column, g.Title
		if err := c.tally.add(f, i.title, i.general, ""); err != nil {
			return err
		}
	}
	return nil
}

// rows streams the rows of the chosen sheet.
func (c *Checker) rows(ctx context.Context, book *sheet.Book, k *candidate, sink func([]models.Record) error) (err error) {
	source, err := book.Rows(k.sheet)
	if err != nil {
		return err
	}
	rows := readAhead(source)
	defer func() {
		if closing := rows.Close(); err == nil {
			err = closing
		}
	}()
	sieve := newSieve(c.columns, k.layout)
	for n := 0; rows.Next(); n++ {
		if n%progressRows == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			c.progress(rows.Progress())
		}
		row := rows.Row()
		if row.No <= k.header {
			if row.No < k.top {
				c.ignore(row, IgnoredTitle, rowText(row))
			}
			continue
		}
		if kind, text := sieve.classify(row); kind != "" {
			c.ignore(row, kind, text)
			continue
		}
		if err := c.row(row, &k.layout, sink); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	c.progress(1)
	return c.flush(sink)
}

// progress tells how far the check is; share is the part of the current file that has been read.
func (c *Checker) progress(share float64) {
	if c.opt.Progress == nil {
		return
	}
	here := c.file().Rows
	estimated := c.report.Rows
	if share > 0 && share < 1 {
		estimated += int64(float64(here)/share) - here
	}
	c.opt.Progress(c.report.Rows, estimated)
}

// ignore counts a row that is no data. Of blank rows only the first are named, so that they do not crowd out the rest.
func (c *Checker) ignore(row sheet.Row, kind, text string) {
	file := c.file()
	file.Skipped++
	same := 0
	for _, r := range file.Ignored {
		if (r.Kind == IgnoredBlank) == (kind == IgnoredBlank) {
			same++
		}
	}
	if same < c.opt.Keep {
		file.Ignored = append(file.Ignored, models.IgnoredRow{Row: row.No, Kind: kind, Text: text})
	}
}

// Close gives back the temporary files. Finish does it too; after an error of File it must be called.
func (c *Checker) Close() error { return c.twins.close() }

// delimiterName puts the character between the columns of a text table into words.
func delimiterName(book *sheet.Book) string {
	switch book.Delimiter {
	case 0:
		return ""
	case ',':
		return "逗号"
	case '\t':
		return "制表符"
	case ';':
		return "分号"
	case '|':
		return "竖线"
	case '，':
		return "全角逗号"
	case '；':
		return "全角分号"
	}
	return string(book.Delimiter)
}
