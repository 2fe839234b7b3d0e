// Package fault holds the portal's one error type: an error whose message may be shown to the user.
//
// A service returns a *Error for everything that the user can understand or mend, and a plain wrapped error
// for everything else. The one error handler of the web side turns a *Error into its page and status and any
// other error into "internal error" with an event number, so that nothing internal ever reaches a reader.
package fault

import (
	"errors"
	"sort"
)

// Kind says what sort of trouble an Error is. It decides the HTTP status and the frame of the answer.
type Kind int

// The kinds of trouble.
const (
	Invalid         Kind = iota + 1 // the input breaks a rule; Fields may name where
	Unauthenticated                 // nobody is logged in, or the session has ended
	Forbidden                       // the page is known to the actor, the step is not the actor's to take
	NotFound                        // there is no such thing, or the actor may not know of it
	Conflict                        // somebody or something was faster; the record has moved on
	TooLarge                        // the input is beyond a limit
	Locked                          // a time or state lock is in force; the message says who may lift it
	Unavailable                     // something the portal needs is out of reach; trying later may help
)

// Error is trouble that may be told to the user.
type Error struct {
	Kind    Kind
	Message string            // one Chinese sentence: where, what, how to mend it
	Fields  map[string]string // form field → Chinese sentence; only with Invalid
	cause   error
}

// Error returns the message and, for the log, the cause.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

// Unwrap returns the internal cause, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// New returns an Error of the given kind with a message for the user.
func New(kind Kind, message string) *Error { return &Error{Kind: kind, Message: message} }

// Wrap returns an Error that tells the user message and keeps cause for the log.
func Wrap(kind Kind, message string, cause error) *Error {
	return &Error{Kind: kind, Message: message, cause: cause}
}

// Of returns the kind of the first Error in err's chain, or 0 if there is none.
func Of(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

// Is reports whether err carries an Error of the given kind.
func Is(err error, kind Kind) bool { return err != nil && Of(err) == kind }

// Message returns what may be told to the user of err, and false if err is internal.
func Message(err error) (string, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Message, true
	}
	return "", false
}

// Fields returns the field messages of err if it is an Invalid error that carries some.
func Fields(err error) (map[string]string, bool) {
	var e *Error
	if errors.As(err, &e) && e.Kind == Invalid && len(e.Fields) > 0 {
		return e.Fields, true
	}
	return nil, false
}

// Form collects the field errors of one form.
// The zero value is ready for use.
type Form struct{ fields map[string]string }

// Add notes a message for a field; the first message of a field is kept.
func (f *Form) Add(field, message string) {
	if f.fields == nil {
		f.fields = map[string]string{}
	}
	if _, ok := f.fields[field]; !ok {
		f.fields[field] = message
	}
}

// Require notes that a field is empty, in the words of look.md: what is missing and what to do.
func (f *Form) Require(field, label, value string) {
	if value == "" {
		f.Add(field, "请填写"+label+"。")
	}
}

// Names returns the names of the fields with a message, sorted.
func (f *Form) Names() []string {
	names := make([]string, 0, len(f.fields))
	for name := range f.fields {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Err returns an Invalid Error with all noted messages, or nil if there are none.
func (f *Form) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Message: "有内容需要改正，已填的内容都还在。", Fields: f.fields}
}
