package components

import (
	"strings"

	"github.com/a-h/templ"
)

// InputKind is the kind of a field of a form.
type InputKind string

// The kinds of fields. A date is typed as text in the form 2026-10-08: the browser's own date field shows
// another order of the parts and gives back nothing of a wrong date.
const (
	InputText       InputKind = ""
	InputPassword   InputKind = "password"
	InputDate       InputKind = "date"
	InputSelect     InputKind = "select"
	InputTextarea   InputKind = "textarea"
	InputCheckbox   InputKind = "checkbox"   // one yes or no
	InputCheckboxes InputKind = "checkboxes" // several of the options
	InputRadio      InputKind = "radio"      // one of the options
	InputFile       InputKind = "file"
)

// Width is how wide a field stands.
type Width string

// The widths. In a form of two columns a field takes one of them unless it is WidthFull.
const (
	WidthColumn Width = ""
	WidthFull   Width = "full"
	WidthShort  Width = "is-short"     // codes and dates
	WidthMiddle Width = "is-middle"    // names
	WidthMany   Width = "full is-many" // many short choices, side by side
)

// Option is one choice of a select, a group of radio buttons or of checkboxes.
type Option struct {
	Value, Label string
	Hint         string // not in a select
	Checked      bool   // of checkboxes; a select and radio buttons go by the value of the field
}

// Input is one field of a form. What was typed comes back in Value, except for passwords and files.
type Input struct {
	Kind     InputKind
	ID       string // empty: f- and the name
	Name     string
	Label    string
	Value    string
	Hint     string
	Error    string // a sentence: where, what, how to mend it
	Required bool
	Options  []Option
	Width    Width

	Rows         int    // of a textarea
	MaxLength    int    // 0: no limit
	Placeholder  string // an example, never the label
	Autocomplete string
	Numeric      bool   // the keyboard of digits
	Checked      bool   // of a checkbox
	Accept       string // of a file
	Multiple     bool   // of a file
	ReadOnly     bool
}

// FieldID returns the id of the control.
func (in Input) FieldID() string {
	if in.ID != "" {
		return in.ID
	}
	return "f-" + in.Name
}

func (in Input) hintID() string  { return in.FieldID() + "-h" }
func (in Input) errorID() string { return in.FieldID() + "-e" }

// describedBy returns the ids of the sentences that belong to the control: the error first, then the help.
func (in Input) describedBy() string {
	var ids []string
	if in.Error != "" {
		ids = append(ids, in.errorID())
	}
	if in.Hint != "" {
		ids = append(ids, in.hintID())
	}
	return strings.Join(ids, " ")
}

// attributes returns what all controls have in common.
func (in Input) attributes() templ.Attributes {
	attrs := templ.Attributes{"id": in.FieldID(), "name": in.Name}
	if in.Error != "" {
		attrs["aria-invalid"] = "true"
	}
	if ids := in.describedBy(); ids != "" {
		attrs["aria-describedby"] = ids
	}
	// The required attribute would make the browser refuse the form in its own words; the server says it in
	// ours. ARIA knows the attribute for text and choices only, not for files.
	if in.Required && in.Kind != InputFile && in.Kind != InputCheckbox {
		attrs["aria-required"] = "true"
	}
	if in.ReadOnly {
		attrs["readonly"] = true
	}
	return attrs
}

// grouped reports whether the field is a group of controls under one legend.
func (in Input) grouped() bool { return in.Kind == InputRadio || in.Kind == InputCheckboxes }

func (in Input) rows() int { return max(in.Rows, 2) }

// FieldError is one line of the summary above a form.
type FieldError struct {
	FieldID string
	Label   string
	Message string
}

func (e FieldError) text() string { return e.Label + "：" + strings.TrimSuffix(e.Message, "。") }

// ErrorsOf collects the errors of the fields in the order of the form, for ErrorSummary.
func ErrorsOf(inputs ...Input) []FieldError {
	var errs []FieldError
	for _, in := range inputs {
		if in.Error == "" {
			continue
		}
		id := in.FieldID()
		if in.grouped() {
			id = in.optionID(0)
		}
		errs = append(errs, FieldError{FieldID: id, Label: in.Label, Message: in.Error})
	}
	return errs
}
