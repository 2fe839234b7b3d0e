package components

import "slices"

// MarkedChars splits a value at the rune positions that are wrong, for FindingRow.Value.
func MarkedChars(value string, wrong []int) []Char {
	if value == "" {
		return nil
	}
	return charRuns([]rune(value), func(i int) bool { return slices.Contains(wrong, i) })
}

// DifferingChars marks what a proposed value has other than the value, for FindingRow.Proposed.
func DifferingChars(value, proposed string) []Char {
	old, now := []rune(value), []rune(proposed)
	return charRuns(now, func(i int) bool { return i >= len(old) || old[i] != now[i] })
}

// charRuns puts neighbours that are marked alike together.
func charRuns(text []rune, mark func(int) bool) []Char {
	var list []Char
	for i, r := range text {
		m := mark(i)
		if n := len(list); n > 0 && list[n-1].Marked == m {
			list[n-1].Text += string(r)
			continue
		}
		list = append(list, Char{Text: string(r), Marked: m})
	}
	return list
}
