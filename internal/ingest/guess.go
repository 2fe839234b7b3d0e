package ingest

import (
	"slices"

	"taxportal/internal/ingest/sheet"
)

// guessFrom is how alike a title and a field must be for the question whether the one is the other.
const guessFrom = 0.5

// guesses asks of every column that belongs to no field whether it stands for one that has no column: by its title,
// and by whether the cells below it are such values.
func (c *Checker) guesses(k *candidate) []Guess {
	var out []Guess
	taken := map[int]bool{}
	for _, col := range k.extra() {
		best, score := -1, 0.0
		for i, at := range k.cols {
			if at >= 0 || taken[i] {
				continue
			}
			if s := c.alike(k, col, i); s > score {
				best, score = i, s
			}
		}
		if score >= guessFrom {
			taken[best] = true
			out = append(out, Guess{Title: k.titles[col], Column: sheet.ColumnName(col), Name: c.columns[best].field.Name})
		}
	}
	return out
}

// alike says how well a column fits a field, from 0.
func (c *Checker) alike(k *candidate, col, field int) float64 {
	column := c.columns[field]
	bare, _ := bareTitle(foldTitle(k.titles[col]))
	score := likeness(bare, foldTitle(column.field.Name))
	for _, alias := range column.field.Aliases {
		score = max(score, likeness(bare, foldTitle(alias)))
	}
	good, filled := 0, 0
	for _, row := range k.rows {
		if row.No <= k.header || col >= len(row.Cells) || trimText(row.Cells[col].Text) == "" {
			continue
		}
		filled++
		if _, issues := column.check(&row.Cells[col]); !hasError(issues) {
			good++
		}
	}
	switch {
	case filled == 0 || column.kind.ident == "" || column.kind.prose:
		return score
	case good*2 < filled:
		return 0 // the cells are something else
	}
	return score + 0.3
}

// guessHeader is the last resort where no row names two fields: the row whose texts come nearest to the titles. It
// serves only to name the columns that are missing.
func (c *Checker) guessHeader(k *candidate) bool {
	best, bestHits := -1, 0
	for i, row := range k.rows {
		hits := 0
		for _, cell := range row.Cells {
			if cell.Kind == sheet.Text && c.nearTitle(cell.Text) {
				hits++
			}
		}
		if hits > bestHits {
			best, bestHits = i, hits
		}
	}
	if bestHits < 2 || bestHits*3 < min(len(c.columns), len(k.rows[best].Cells)) {
		return false
	}
	l := matchHeader(c.index, len(c.columns), k.rows[best:best+1])
	l.sheet, l.name, l.above = k.sheet, k.name, textsAbove(k.rows[:best])
	k.layout = l
	return true
}

// nearTitle reports whether a text is much like the title of a field.
func (c *Checker) nearTitle(text string) bool {
	bare, _ := bareTitle(foldTitle(text))
	if len(bare) > 90 {
		return false
	}
	return slices.ContainsFunc(c.columns, func(col *column) bool {
		return likeness(bare, foldTitle(col.field.Name)) > 0.6
	})
}
