package ingest

import (
	"path"
	"strings"
	"unicode"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// attachmentSeparator stands between several names in one cell, as it is stored.
const attachmentSeparator = "；"

// namedRows is how many of the rows that name a document are kept by their place.
const namedRows = 20

// convertAttachment takes the names of files that are delivered beside the table, set apart by semicolons or line breaks.
func convertAttachment(c *column, cell *sheet.Cell) (models.Value, []issue) {
	names := attachmentNames(cell.Text)
	if len(names) == 0 {
		return models.Value{Null: true}, nil
	}
	for _, name := range names {
		if message := badFileName(name); message != "" {
			return models.Value{}, []issue{wrong("type.attachment", "“"+c.field.Name+"”不是文件名", c.kind.general, message)}
		}
		if found := c.checkPattern(name); found != nil {
			return models.Value{}, found
		}
	}
	text := strings.Join(names, attachmentSeparator)
	return models.Value{Text: text}, c.checkLength(text)
}

// attachmentNames splits a cell into the file names in it.
func attachmentNames(text string) []string {
	var names []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '；' || r == '\n' || r == '\r' }) {
		if name := tidy(part); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// badFileName says why a text is no file name, or "".
func badFileName(name string) string {
	switch {
	case strings.ContainsAny(name, `/\`):
		return "带有文件夹，只填文件名"
	case strings.ContainsAny(name, `:*?"<>|`) || strings.IndexFunc(name, unicode.IsControl) >= 0:
		return "含有文件名中不能使用的字符"
	case len(path.Ext(name)) < 2 || strings.HasPrefix(name, "."):
		return "没有扩展名"
	}
	return ""
}

// FoldFileName is by what a document is found: its name without blanks, whatever its width and case.
func FoldFileName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, cn.Halfwidth(name))
}

// documents are the files that were sent beside the tables, and which rows name them.
type documents struct {
	fields []int // of type attachment; none if names are not held against anything
	names  []string
	index  map[string]int // folded name → document
	named  []DocumentReport
	last   []int64 // per document: the row that named it last, so that each counts once
}

func newDocuments(columns []*column, names []string) documents {
	d := documents{names: names, index: make(map[string]int, len(names)), named: make([]DocumentReport, len(names)), last: make([]int64, len(names))}
	if names == nil {
		return d
	}
	for i, c := range columns {
		if c.field.Type == models.TypeAttachment {
			d.fields = append(d.fields, i)
		}
	}
	for i, name := range names {
		d.index[FoldFileName(name)], d.named[i].Name = i, name
	}
	return d
}

// nameDocuments notes which documents the row names, and tells those that were not sent. It reports whether there is one.
func (c *Checker) nameDocuments(row sheet.Row, values []models.Value) (failed bool) {
	for _, field := range c.documents.fields {
		if c.scratch.bad[field] || values[field].Null {
			continue
		}
		for _, name := range strings.Split(values[field].Text, attachmentSeparator) {
			at, sent := c.documents.index[FoldFileName(name)]
			if sent {
				c.nameDocument(at, row)
				continue
			}
			i := wrong("attachment.missing", "“"+c.columns[field].field.Name+"”写明的附件没有上传",
				"把附件与表格一起选中，重新上传；文件名有出入的，改为一致；不能提供附件的，清空该格", "没有收到附件“"+name+"”")
			i.veiled = "没有收到这一格写明的附件"
			c.scratch.issues = append(c.scratch.issues, located{field, i})
			c.scratch.bad[field], failed = true, true
		}
	}
	return failed
}

func (c *Checker) nameDocument(at int, row sheet.Row) {
	d := &c.documents
	no := c.rowNo(row.No)
	if d.last[at] == no {
		return
	}
	d.last[at] = no
	d.named[at].Rows++
	if first := &d.named[at].First; len(*first) < namedRows {
		*first = append(*first, models.RowPlace{File: len(c.report.Files) - 1, Row: int64(row.No)})
	}
}

// nameSurplus warns of each document that no row names.
func (c *Checker) nameSurplus() error {
	for _, d := range c.documents.named {
		if d.Rows > 0 || len(c.documents.fields) == 0 {
			continue
		}
		i := wrong("attachment.surplus", "有附件没有被任何一行写明", "在所属行的附件列写明文件名后重新上传；多传的，去掉后重新上传；确需保留的，说明原因即可",
			"没有一行写明附件“"+d.Name+"”")
		if err := c.warnBatch(located{-1, i}); err != nil {
			return err
		}
	}
	return nil
}
