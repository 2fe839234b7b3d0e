package sheet

import (
	"io"
	"strings"
	"unicode/utf8"
)

// delimiters are the characters that may set columns apart, in the order of preference where the text leaves a choice.
var delimiters = [...]rune{',', '\t', ';', '|', '，'}

const (
	sampleBytes   = 64 << 10
	sampleRecords = 100
)

// sampleText returns the beginning of a text without an unfinished character at its end.
func sampleText(r io.Reader) (string, error) {
	buf := make([]byte, sampleBytes)
	n, err := io.ReadFull(r, buf)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", err
	}
	for n > 0 && n == sampleBytes && !utf8.RuneStart(buf[n-1]) {
		n--
	}
	return strings.TrimPrefix(string(buf[:n]), "\ufeff"), nil
}

// declaredDelimiter reads the line sep=; with which Excel is told the delimiter. rest is the text behind it.
func declaredDelimiter(text string) (delimiter rune, rest string, ok bool) {
	line := text
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		line = text[:i]
		rest = strings.TrimPrefix(strings.TrimPrefix(text[i:], "\r"), "\n")
	}
	if len(line) < 5 || !strings.EqualFold(line[:4], "sep=") {
		return 0, text, false
	}
	delimiter, size := utf8.DecodeRuneInString(line[4:])
	if size != len(line)-4 || delimiter == '"' || delimiter == utf8.RuneError {
		return 0, text, false
	}
	return delimiter, rest, true
}

// findDelimiter chooses the delimiter that divides most records of the sample into the same number of columns; of two
// that do, the one that makes more columns. The full-width comma is ordinary punctuation in Chinese text, so it counts
// half.
func findDelimiter(sample string) rune {
	counts := countDelimiters(sample)
	best, bestScore, bestColumns := delimiters[0], 0, 0
	for d, delimiter := range delimiters {
		seen := map[int]int{}
		score, columns := 0, 0
		for _, record := range counts {
			n := record[d]
			if n == 0 {
				continue
			}
			if seen[n]++; seen[n] > score || seen[n] == score && n > columns {
				score, columns = seen[n], n
			}
		}
		score *= 2
		if delimiter == '，' {
			score /= 2
		}
		if score > bestScore || score == bestScore && score > 0 && columns > bestColumns {
			best, bestScore, bestColumns = delimiter, score, columns
		}
	}
	return best
}

// countDelimiters counts each delimiter in each record of the sample, outside quotation marks. A mark opens only at the
// beginning of a field, whichever the delimiter. The last record counts if the sample holds nothing else.
func countDelimiters(sample string) [][len(delimiters)]int {
	var counts [][len(delimiters)]int
	var record [len(delimiters)]int
	quoted, fieldStart, empty := false, true, true
	for i, r := range sample {
		if quoted {
			quoted = r != '"' // a doubled mark closes and opens again
			continue
		}
		if r == '\n' || r == '\r' {
			if !empty {
				counts = append(counts, record)
			}
			if len(counts) == sampleRecords {
				return counts
			}
			record, fieldStart, empty = [len(delimiters)]int{}, true, true
			continue
		}
		empty = false
		if r == '"' && (fieldStart || i > 0 && sample[i-1] == '"') {
			quoted = true
			continue
		}
		fieldStart = false
		for d, delimiter := range delimiters {
			if r == delimiter {
				record[d]++
				fieldStart = true
			}
		}
	}
	if !empty && (len(counts) == 0 || len(sample) < sampleBytes/2) {
		counts = append(counts, record)
	}
	return counts
}
