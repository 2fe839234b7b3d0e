// Package docs_test holds the documents against the code: what they name must exist.
package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const requirements = "requirements.md"

// sections are how many rows the plan's sections have; together a hundred.
var sections = []struct {
	prefix string
	rows   int
}{
	{"R1", 8}, {"R2.1", 7}, {"R2.2", 15}, {"R2.3", 11}, {"R2.4", 11}, {"R2.5", 15}, {"R2.6", 8}, {"R3.1", 4}, {"R3.2", 7}, {"R3.3", 7}, {"R3.4", 7},
}

// capabilities are the later pieces of work that an open row may belong to.
var capabilities = []string{"organisation & catalogue", "liaisons & agreements", "enforcement assistance", "supervision & bulletins",
	"data requests", "risk", "credit", "production scale"}

// row is one line of requirements.md.
type row struct{ id, asks, class, status, page, call, tests, open string }

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rows reads the tables of requirements.md.
func rows(t *testing.T) []row {
	t.Helper()
	var list []row
	for line := range strings.Lines(read(t, requirements)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if !strings.HasPrefix(line, "| R") {
			continue
		}
		if len(cells) != 8 {
			t.Fatalf("%d cells, want 8: %s", len(cells), line)
		}
		list = append(list, row{cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]})
	}
	return list
}

func TestRequirements_EveryRowOnceAndInOrder(t *testing.T) {
	var want, got []string
	for _, s := range sections {
		for n := range s.rows {
			want = append(want, fmt.Sprintf("%s-%d", s.prefix, n+1))
		}
	}
	for _, r := range rows(t) {
		got = append(got, r.id)
	}
	if !slices.Equal(got, want) || len(want) != 100 {
		t.Errorf("rows\n got %v\nwant %v", got, want)
	}
}

func TestRequirements_StatusSaysWhatIsThere(t *testing.T) {
	classes, statuses := map[string]int{}, map[string]int{}
	for _, r := range rows(t) {
		classes[r.class]++
		statuses[r.status]++
		shown := r.tests != "—" && (r.page != "—" || r.call != "—")
		waits := slices.ContainsFunc(capabilities, func(c string) bool { return strings.Contains(r.open, "**"+c+"**") })
		switch {
		case (r.class == "N") != (r.status == "none"):
			t.Errorf("%s: class %s, status %s", r.id, r.class, r.status)
		case (r.status == "done" || r.status == "part") && !shown:
			t.Errorf("%s is %s without page, call or test", r.id, r.status)
		case (r.status == "part" || r.status == "open") && !waits:
			t.Errorf("%s is %s and names no later piece of work: %q", r.id, r.status, r.open)
		case r.status == "none" && r.open != "—":
			t.Errorf("%s: nothing can be open where there is no software: %q", r.id, r.open)
		}
	}
	if classes["S"] != 78 || classes["P"] != 15 || classes["N"] != 7 || len(classes) != 3 {
		t.Errorf("classes %v", classes)
	}
	for _, status := range []string{"done", "part", "open", "none"} {
		if line := "| " + status + " | " + strconv.Itoa(statuses[status]) + " |"; !strings.Contains(read(t, requirements), line) {
			t.Errorf("the summary does not say %q", line)
		}
		delete(statuses, status)
	}
	for status, n := range statuses {
		t.Errorf("%d rows have the unknown status %q", n, status)
	}
}

// TestRequirements_QuoteThePlan holds that the words in 「」 stand in the plan.
func TestRequirements_QuoteThePlan(t *testing.T) {
	plan := read(t, "plan/liaocheng-tax-co-governance-plan.txt")
	quoted := regexp.MustCompile(`「([^」]+)」`)
	for _, r := range rows(t) {
		words := quoted.FindAllStringSubmatch(r.asks, -1)
		if len(words) == 0 {
			t.Errorf("%s quotes nothing", r.id)
		}
		for _, w := range words {
			if !strings.Contains(plan, w[1]) {
				t.Errorf("%s: the plan does not say %q", r.id, w[1])
			}
		}
	}
}

func TestRequirements_RoutesExist(t *testing.T) {
	known := routes(t)
	if len(known) < 50 {
		t.Fatalf("found only %d routes", len(known))
	}
	route := regexp.MustCompile("`((?:GET|POST) /[^`]*)`")
	for _, path := range documents(t) {
		for _, m := range route.FindAllStringSubmatch(read(t, path), -1) {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s names %s, which is no route", path, m[1])
			}
		}
	}
}

// routes reads the route table, wherever a part of it stands: its lines name a method and a constant of package paths.
func routes(t *testing.T) []string {
	t.Helper()
	patterns, table := map[string]string{}, ""
	eachSource(t, "../internal/paths", func(_, text string) {
		for _, m := range regexp.MustCompile(`(?m)^\t(\w+)\s+= "(/[^"]*)"$`).FindAllStringSubmatch(text, -1) {
			patterns[m[1]] = m[2]
		}
	})
	eachSource(t, "../internal/handlers", func(path, text string) {
		if !strings.HasSuffix(path, "_test.go") {
			table += text
		}
	})
	var list []string
	for _, m := range regexp.MustCompile(`\{(get|post), paths\.(\w+),`).FindAllStringSubmatch(table, -1) {
		pattern, ok := patterns[m[2]]
		if !ok {
			t.Errorf("paths.%s of the route table has no pattern", m[2])
		}
		list = append(list, strings.ToUpper(m[1])+" "+pattern)
	}
	for _, flow := range []string{"BatchMove", "DesignMove"} { // one pair of routes for each move of a flow
		if strings.Contains(table, "paths.To"+flow+"Pattern(") {
			list = append(list, "GET "+patterns[flow], "POST "+patterns[flow])
		}
	}
	return list
}

func TestRequirements_CallsExist(t *testing.T) {
	known := map[string]bool{}
	exported := regexp.MustCompile(`(?m)^func (?:\([^)]*\) )?([A-Z]\w*)[\[(]`)
	eachSource(t, "../internal", func(path, text string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, m := range exported.FindAllStringSubmatch(text, -1) {
			known[filepath.Base(filepath.Dir(path))+"."+m[1]] = true
		}
	})
	call := regexp.MustCompile("`([a-z]+\\.[A-Z]\\w*)`")
	for _, r := range rows(t) {
		for _, m := range call.FindAllStringSubmatch(r.call, -1) {
			if !known[m[1]] {
				t.Errorf("%s names %s, which does not exist", r.id, m[1])
			}
		}
	}
}

// TestRequirements_TestsExist holds that each test is in the file that its link leads to.
func TestRequirements_TestsExist(t *testing.T) {
	link := regexp.MustCompile(`^\[(Test\w+)\]\(([^)]+_test\.go)\)$`)
	for _, r := range rows(t) {
		if r.tests == "—" {
			continue
		}
		for cell := range strings.SplitSeq(r.tests, "<br>") {
			m := link.FindStringSubmatch(cell)
			if m == nil {
				t.Errorf("%s: %q is no link to a test", r.id, cell)
				continue
			}
			if !strings.Contains(read(t, m[2]), "\nfunc "+m[1]+"(") {
				t.Errorf("%s: there is no %s in %s", r.id, m[1], m[2])
			}
		}
	}
}

// documents are all documents for people.
func documents(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, pattern := range []string{"*.md", "*/*.md", "../README*.md", "../examples/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found...)
	}
	return list
}

// TestDocuments_LinksLeadSomewhere holds that what a document links to within the project is there, and that no
// document names a place on a machine.
func TestDocuments_LinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, path := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, path), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if filepath.IsAbs(target) {
				t.Errorf("%s links to %s, which is no relative path", path, target)
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), target)); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
	}
}

// TestGuide_UsesTheWordsOfTheInterface holds that what the guide puts in 【】 is what a page says, word for word.
func TestGuide_UsesTheWordsOfTheInterface(t *testing.T) {
	var all strings.Builder
	collect := func(path, text string) {
		if !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go") {
			all.WriteString(text)
		}
	}
	eachSource(t, "../web/views", collect)
	eachSource(t, "../internal", collect)
	words := regexp.MustCompile(`【([^】]+)】`).FindAllStringSubmatch(read(t, "guide.zh-CN.md"), -1)
	if len(words) < 50 {
		t.Errorf("the guide names only %d words of the interface", len(words))
	}
	for _, w := range words {
		if !strings.Contains(all.String(), w[1]) {
			t.Errorf("no page says %q", w[1])
		}
	}
}

// TestOperation_SettingsExist holds that the operator's guide and the readmes name no flag, variable or command that the
// portal does not have.
func TestOperation_SettingsExist(t *testing.T) {
	var source strings.Builder
	eachSource(t, "../cmd/portal", func(_, text string) { source.WriteString(text) })
	named := regexp.MustCompile("PORTAL_([A-Z_]+)|--([a-z][a-z-]+)|`portal ([a-z]+)|(?m:^ {4}(?:bin/)?portal ([a-z]+))")
	for _, path := range []string{"operation.md", "../README.md", "../README.zh-CN.md"} {
		for _, m := range named.FindAllStringSubmatch(read(t, path), -1) {
			want := ""
			switch {
			case m[1] != "":
				want = `env:"` + m[1] + `"`
			case m[2] != "":
				want = `"` + m[2] + `"`
			default:
				want = `Use: "` + m[3] + m[4]
			}
			if !strings.Contains(source.String(), want) {
				t.Errorf("%s names %q, which the portal does not have", path, m[0])
			}
		}
	}
}

// eachSource calls do with every Go and templ file below a folder.
func eachSource(t *testing.T, root string, do func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || (filepath.Ext(path) != ".go" && filepath.Ext(path) != ".templ") {
			return err
		}
		text, err := os.ReadFile(path)
		do(path, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
