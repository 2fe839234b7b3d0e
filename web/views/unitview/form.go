package unitview

import (
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// FormPage is a form of the Office. What was typed comes back in its inputs.
type FormPage struct {
	Shell   layout.Shell
	Title   string
	Sub     string
	Next    components.Sentence
	Problem string // somebody was faster: who changed what; the form can be sent again
	Action  string
	Hidden  []components.Pair
	Inputs  []components.Input
	Label   string // of the button
	Back    string
}

func (p FormPage) problem() components.Notice {
	return components.Notice{Family: components.FamilyLate, Fixed: true, Text: components.Sentence{components.Plain(p.Problem)}}
}
