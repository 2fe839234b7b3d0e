package office

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/models"
)

// The colours of look.md as far as paper and WPS show them well: pale fills, dark words.
const (
	colourHead     = "E4ECF5"
	colourText     = "F4F5F7" // columns kept as text
	colourLine     = "B8C2CC"
	colourSub      = "5B6670"
	colourError    = "FDE3E1"
	colourErrorInk = "A4161A"
	colourWarn     = "FFF1CC"
	colourWarnInk  = "7A4B00"
)

const textFormat = "@"

// styles makes each style of a workbook once.
type styles struct {
	f    *excelize.File
	made map[string]int
}

func newStyles(f *excelize.File) *styles { return &styles{f: f, made: map[string]int{}} }

// get returns the number of the style with the name, made by build at the first time.
func (s *styles) get(name string, build func() *excelize.Style) (int, error) {
	if id, ok := s.made[name]; ok {
		return id, nil
	}
	id, err := s.f.NewStyle(build())
	if err != nil {
		return 0, fmt.Errorf("style %s: %w", name, err)
	}
	s.made[name] = id
	return id, nil
}

func lines() []excelize.Border {
	var all []excelize.Border
	for _, side := range []string{"left", "top", "right", "bottom"} {
		all = append(all, excelize.Border{Type: side, Color: colourLine, Style: 1})
	}
	return all
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func (s *styles) title() (int, error) {
	return s.get("title", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 16, Bold: true}, Alignment: &excelize.Alignment{Vertical: "center"}}
	})
}

func (s *styles) sub() (int, error) {
	return s.get("sub", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 10, Color: colourSub}, Alignment: &excelize.Alignment{Vertical: "center"}}
	})
}

func (s *styles) head() (int, error) {
	return s.get("head", func() *excelize.Style {
		text := textFormat
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 11, Bold: true}, Fill: fill(colourHead), Border: lines(), CustomNumFmt: &text,
			Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}
	})
}

// body is a cell of a table for reading: text that wraps.
func (s *styles) body() (int, error) {
	return s.get("body", func() *excelize.Style {
		text := textFormat
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 10}, Border: lines(), CustomNumFmt: &text,
			Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}
	})
}

// format is a cell with a number format; text columns are grey, so that people see them.
func (s *styles) format(format string, grey bool) (int, error) {
	return s.get(fmt.Sprint("format ", format, grey), func() *excelize.Style {
		style := &excelize.Style{Font: &excelize.Font{Family: font, Size: 11}, CustomNumFmt: &format}
		if grey {
			style.Fill, style.Border = fill(colourText), lines()
		}
		return style
	})
}

// mark is a text cell in which something is wrong.
func (s *styles) mark(severity models.Severity) (int, error) {
	return s.get("mark "+string(severity), func() *excelize.Style {
		text, paper, ink := textFormat, colourError, colourErrorInk
		if severity == models.SeverityWarning {
			paper, ink = colourWarn, colourWarnInk
		}
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 11, Color: ink}, Fill: fill(paper), CustomNumFmt: &text}
	})
}
