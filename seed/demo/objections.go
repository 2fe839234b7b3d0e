package demo

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// uploadDay is how many days after the period's end a register is checked for objections.
const uploadDay = 15

// objections returns which rows the check of an upload would object to, by error or warning, in ascending order.
func objections(def models.Definition, rows []row, period models.Period) ([]int, error) {
	text := sheetOf(def, rows).CSV()
	book, err := sheet.Open(bytes.NewReader(text), int64(len(text)), sheet.Options{Name: "demo.csv"})
	if err != nil {
		return nil, fmt.Errorf("check demo rows of %s: %w", def.Code, err)
	}
	defer book.Close()
	c, err := ingest.New(&def, ingest.Options{Today: period.Last().AddDays(uploadDay), Keep: math.MaxInt32})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.File(context.Background(), book, nil, nil); err != nil {
		return nil, fmt.Errorf("check demo rows of %s: %w", def.Code, err)
	}
	report, err := c.Finish(context.Background())
	if err != nil {
		return nil, err
	}
	var wrong []int
	for _, rule := range report.Rules {
		for _, f := range rule.First {
			if f.Row > 1 { // below the head
				wrong = append(wrong, int(f.Row)-2)
			}
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong), nil
}

// sheetOf puts rows under the head of a template.
func sheetOf(def models.Definition, rows []row) *Sheet {
	s := &Sheet{Def: def}
	for _, r := range rows {
		cells := make([]string, len(def.Fields))
		for i, f := range def.Fields {
			cells[i] = r[f.Code]
		}
		s.Rows = append(s.Rows, cells)
	}
	return s
}
