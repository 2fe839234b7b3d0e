package ingest

import (
	"strings"

	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// convertBool takes 是 and 否 in the forms that units use.
func convertBool(c *column, cell *sheet.Cell) (models.Value, []issue) {
	switch strings.ToUpper(strings.TrimSpace(cn.Halfwidth(cell.Text))) {
	case "是", "Y", "YES", "1", "√", "✓", "✔", "☑", "TRUE", "T", "有", "对":
		return models.Value{Int: 1}, nil
	case "否", "N", "NO", "0", "×", "✗", "✘", "X", "FALSE", "F", "无", "错":
		return models.Value{Int: 0}, nil
	}
	return models.Value{}, []issue{wrong("type.bool", "“"+c.field.Name+"”不是“是”或“否”", c.kind.general, "只能填“是”或“否”")}
}

// codeIndex finds the entries of a code list by whatever people write for them.
type codeIndex struct {
	name  string
	items []models.CodeItem
	by    map[string]int // exact code or name, and their folded forms
	bare  map[string]int // codes of digits without leading zeros, −1 if two codes share one
	names map[string]string
}

func indexCodes(list models.CodeList) *codeIndex {
	x := &codeIndex{name: list.Name, items: list.Items, by: map[string]int{}, bare: map[string]int{}, names: map[string]string{}}
	for i, item := range list.Items {
		x.names[item.Code] = item.Name
		for _, form := range []string{foldChoice(item.Name), foldChoice(item.Code), foldChoice(item.Code + item.Name), item.Name, item.Code} {
			if _, taken := x.by[form]; !taken || form == item.Code {
				x.by[form] = i
			}
		}
		bare := strings.TrimLeft(item.Code, "0")
		if _, taken := x.bare[bare]; taken {
			i = -1
		}
		x.bare[bare] = i
	}
	return x
}

// convertCode takes an entry of the list by code, by name, or by both together, and stores its code.
func convertCode(c *column, cell *sheet.Cell) (models.Value, []issue) {
	i, ok := c.list.by[cell.Text]
	if !ok {
		i, ok = c.list.by[foldChoice(cell.Text)]
	}
	if !ok && cell.Kind == sheet.Number { // 01 typed as a number is 1
		i, ok = c.list.bare[cell.Text]
		ok = ok && i >= 0
	}
	if !ok {
		return models.Value{}, []issue{c.notListed(cell.Text)}
	}
	return models.Value{Text: c.list.items[i].Code}, nil
}

// notListed names the choices if they are few, and the one that was probably meant if there is exactly one.
func (c *column) notListed(text string) issue {
	advice := c.kind.general
	if names := c.list.titles(12); names != "" {
		advice += "：" + names
	}
	w := wrong("list", "“"+c.field.Name+"”不在字典中", advice, "不在字典“"+c.list.name+"”中")
	return w.suggesting(c.list.nearest(foldChoice(text)))
}

// titles lists the names if there are at most n.
func (x *codeIndex) titles(n int) string {
	if len(x.items) > n {
		return ""
	}
	names := make([]string, len(x.items))
	for i, item := range x.items {
		names[i] = item.Name
	}
	return strings.Join(names, "、")
}

// nearest returns the only name that contains the folded text or is contained in it, or else differs in one character.
func (x *codeIndex) nearest(text string) string {
	if text == "" {
		return ""
	}
	within, near := "", ""
	nWithin, nNear := 0, 0
	for _, item := range x.items {
		name := foldChoice(item.Name)
		switch {
		case len([]rune(text)) >= 2 && strings.Contains(name, text), len([]rune(name)) >= 2 && strings.Contains(text, name):
			within, nWithin = item.Name, nWithin+1
		case len([]rune(text)) >= 3 && distance(name, text) == 1:
			near, nNear = item.Name, nNear+1
		}
	}
	switch {
	case nWithin == 1:
		return within
	case nWithin == 0 && nNear == 1:
		return near
	}
	return ""
}

// foldChoice drops what does not tell entries apart: width, case, blanks and hyphens.
func foldChoice(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\r', '-', '—', '_', '.', '、', ':', '\'':
			return -1
		}
		return r
	}, strings.ToUpper(cn.Halfwidth(s)))
}

// distance is the number of single-character edits between two short texts.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
