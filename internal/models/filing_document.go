package models

// FileKind tells the tables of a batch from the documents beside them.
type FileKind string

// The kinds of files of a batch.
const (
	FileTable    FileKind = "table"    // its rows are the data
	FileDocument FileKind = "document" // 附件: named in a field of type attachment by the rows it belongs to
)

// RowPlace is a row of one of a batch's tables: the table's place among them from 0, and the row as Excel shows it.
type RowPlace struct {
	File int   `json:"file"`
	Row  int64 `json:"row"`
}

// Attachments reports whether rows of the template name documents, so that a batch may carry some.
func (d *Definition) Attachments() bool {
	for _, f := range d.Fields {
		if f.Type == TypeAttachment {
			return true
		}
	}
	return false
}

// Tables returns the files of the batch that hold its rows. Needs Files in the order of Seq.
func (b *Batch) Tables() []BatchFile { return filesOf(b.Files, FileTable) }

// Documents returns the files of the batch that its rows name. Needs Files in the order of Seq.
func (b *Batch) Documents() []BatchFile { return filesOf(b.Files, FileDocument) }

func filesOf(files []BatchFile, kind FileKind) []BatchFile {
	var list []BatchFile
	for _, f := range files {
		if f.Kind == kind {
			list = append(list, f)
		}
	}
	return list
}
