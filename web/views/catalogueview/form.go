package catalogueview

import (
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// FormPage is a form of the catalogue in parts. What was typed comes back in its inputs.
type FormPage struct {
	Shell   layout.Shell
	Title   string
	Sub     string
	Next    components.Sentence
	Problem string // somebody was faster, or nothing was changed; the form can be sent again
	Action  string
	Hidden  []components.Pair
	Parts   []Part
	Label   string // of the button
	Back    string
	Danger  bool // it takes something away
	Files   bool // it takes files: they come last
}

// Part is a group of fields under a heading.
type Part struct {
	Title  string
	Inputs []components.Input
}

func (p FormPage) inputs() []components.Input {
	var all []components.Input
	for _, part := range p.Parts {
		all = append(all, part.Inputs...)
	}
	return all
}

func (p FormPage) style() components.Style {
	if p.Danger {
		return components.StyleDanger
	}
	return components.StylePrimary
}

func (p FormPage) problem() components.Notice {
	return components.Notice{Family: components.FamilyLate, Fixed: true, Text: components.Sentence{components.Plain(p.Problem)}}
}
