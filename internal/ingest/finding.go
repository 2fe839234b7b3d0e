package ingest

import "taxportal/internal/models"

// Finding is one fault at one place of one file, as a person must see it: where, what, how to mend it. It holds values as
// they were filled in, sensitive ones too: it belongs into the unit's own file and under seal. Everything else shows
// Masked.
type Finding struct {
	File     int             `json:"file"`   // index of the file in the batch, from 0
	Sheet    string          `json:"sheet"`  // the worksheet's name; empty for CSV
	Row      int64           `json:"row"`    // as Excel shows it; 0 = the whole file or batch
	Column   string          `json:"column"` // letter, D; empty if no single column is meant
	Field    string          `json:"field"`  // field code
	Name     string          `json:"name"`   // the field's title
	Rule     string          `json:"rule"`   // stable code: required, uscc.check, row.R1
	Severity models.Severity `json:"severity"`
	Value    string          `json:"value"`              // what was filled in
	Marks    []int           `json:"marks,omitempty"`    // rune positions of Value to underline
	Message  string          `json:"message"`            // 问题
	Advice   string          `json:"advice"`             // 怎样修改
	Suggest  string          `json:"suggest,omitempty"`  // 核对后可改为
	Key      string          `json:"key,omitempty"`      // the row's business key in plain text, values joined by U+001F
	RowHash  string          `json:"row_hash,omitempty"` // hash of the whole row, by which an explanation carries over
	Veil     *Veil           `json:"veil,omitempty"`     // what is shown instead where a sensitive field is concerned; nil if none is
}

// RuleCount is how often one rule was broken in a batch.
type RuleCount struct {
	Rule     string
	Severity models.Severity
	Field    string // field code, empty for rules over several fields or the whole batch
	Title    string // the rule in plain words: 统一社会信用代码校验位不符
	Advice   string // how to mend it, one sentence for all its rows
	Count    int64
	First    []Finding // the first findings, at most Options.Keep
}

// FileReport is what is known of one file after its check.
type FileReport struct {
	Format    string // xlsx, csv, tsv
	Encoding  string // UTF-8, GB18030, …; for workbooks empty
	Delimiter string // in words: 逗号
	Sheet     string
	HeaderRow int
	Columns   int // columns that belong to fields
	Rows      int64
	Valid     int64
	Ignored   []models.IgnoredRow // the first of them, at most Options.Keep of blank ones and of all others
	Skipped   int64               // rows that are no data, Ignored or not
	Hidden    int64               // rows of data that are hidden or filtered away; they count like the others
	Extra     []string            // titles of columns that belong to no field; they are not read
	Absent    []string            // optional fields without a column
	Notes     []string            // Chinese sentences on the file as a whole, such as another version of the template
	Template  string              // code found in the workbook's hidden sheet, or empty
	Version   int                 // version found there, or 0
}

// Verdict is the outcome of a check.
type Verdict string

// The verdicts, as `portal check --json` prints them.
const (
	VerdictClean    Verdict = "clean"
	VerdictWarnings Verdict = "warnings"
	VerdictErrors   Verdict = "errors"
	VerdictRefused  Verdict = "refused"
)

// Report is the outcome of checking a whole batch. Rows = Valid + Rejected always.
type Report struct {
	Verdict  Verdict
	Files    []FileReport
	Rows     int64
	Valid    int64       // rows without an error; they may have warnings
	Rejected int64       // rows with at least one error
	Warnings int64       // findings of severity warning
	Rules    []RuleCount // errors before warnings, most rows first
	Stats    models.Stats

	Documents []DocumentReport // as Options.Documents
}

// DocumentReport is which rows name a document.
type DocumentReport struct {
	Name  string
	Rows  int64
	First []models.RowPlace // the first of them
}
