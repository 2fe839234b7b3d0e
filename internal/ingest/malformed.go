package ingest

import (
	"errors"
	"strings"

	"taxportal/internal/fault"
	"taxportal/internal/ingest/sheet"
)

// The reasons for which a file is malformed, beside the codes of sheet.Refusal. They are stable: tests, the command
// line and the API carry them.
const (
	MalformedNoHeader      = "no_header"      // no row with the template's titles
	MalformedColumns       = "columns"        // a required column is missing, or a column stands twice
	MalformedUnit          = "unit"           // a title names another unit of measure than the template
	MalformedWrongTemplate = "wrong_template" // the workbook of another template
	MalformedSheets        = "sheets"         // more than one sheet holds rows
	MalformedEmpty         = "empty"          // a header, but no row of data
)

// Guess is a title of the file that may stand for a column of the template.
type Guess struct {
	Title  string // as the file has it
	Column string // its letter
	Name   string // the template's title
}

// Malformed tells that a file as a whole cannot be checked: nothing of it is read, and the batch ends as 文件不合格.
// It unwraps to a *fault.Error of kind Invalid with the same sentence, and to the *sheet.Refusal where the reader
// refused the file.
type Malformed struct {
	Code       string // a Malformed… constant, or the code of the sheet.Refusal
	Message    string // one or more Chinese sentences: where, what, how to mend it
	Sheet      string // the worksheet, if one is meant
	Row        int    // the row of the header, or of the damage; 0 = the whole file
	Missing    []string
	Duplicates []string
	Extra      []string
	Guesses    []Guess
	cause      error
}

// Error returns the message.
func (m *Malformed) Error() string { return m.Message }

// Unwrap returns the message as a *fault.Error, and the refusal of the reader if there is one.
func (m *Malformed) Unwrap() []error {
	if m.cause != nil {
		return []error{m.cause}
	}
	return []error{fault.New(fault.Invalid, m.Message)}
}

// AsMalformed makes of an error from sheet.Open or from reading rows what File would return: a refusal of the file
// becomes a *Malformed, anything else stays as it is.
func AsMalformed(err error) error {
	var refusal *sheet.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	return &Malformed{Code: string(refusal.Code), Message: refusal.Message, Row: refusal.Row, cause: err}
}

// quoted lists titles in Chinese quotation marks: “甲”“乙”.
func quoted(titles []string) string {
	var b strings.Builder
	for _, t := range titles {
		b.WriteString("“" + t + "”")
	}
	return b.String()
}
