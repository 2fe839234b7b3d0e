package examples_test

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestReadme_SaysWhatHappens holds the table of README.md against the expectations: the same batches with the same
// verdicts, in the same order.
func TestReadme_SaysWhatHappens(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 7 || !strings.Contains(cells[1], "`") {
			continue
		}
		files := strings.ReplaceAll(strings.ReplaceAll(cells[1], "`", ""), " ", "")
		rows = append(rows, files+" "+strings.Trim(cells[2], " `")+" "+strings.TrimSpace(cells[4]))
		if strings.TrimSpace(cells[3]) == "" || strings.TrimSpace(cells[5]) == "" {
			t.Errorf("%s: nothing is said of it", files)
		}
	}
	var want []string
	for _, e := range expected {
		want = append(want, strings.Join(e.files, "+")+" "+e.template+" "+string(e.verdict))
	}
	if !slices.Equal(rows, want) {
		t.Errorf("the table says\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}

// TestExpected_KnowsEveryFile holds that no example lies here without an expectation.
func TestExpected_KnowsEveryFile(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".md") {
			continue
		}
		if !slices.ContainsFunc(expected, func(e expectation) bool { return slices.Contains(e.files, name) }) {
			t.Errorf("nothing is expected of %s", name)
		}
	}
}
