package e2e_test

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// listen notes what the browser complains of: an exception, a violated policy, a missing file, console.error.
func (p *person) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		p.hear(text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Source == log.EntrySourceSecurity {
			p.hear(e.Entry.Text + " " + e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range e.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			p.hear(strings.Join(words, " "))
		}
	}
}

func (p *person) hear(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard, text)
}

// expects says that complaints which contain one of the parts belong to the test, such as the status of a form that
// was refused.
func (p *person) expects(parts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, parts...)
}

// complain fails the test for whatever was not expected.
func (p *person) complain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.heard {
		if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(text, part) }) {
			p.t.Errorf("%s: the browser says: %s", p.name, text)
		}
	}
}
