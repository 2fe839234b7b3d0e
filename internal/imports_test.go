package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "taxportal/"

// pkg is what `go list -json` tells of a package.
type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var found []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found = append(found, p)
	}
}

// under reports whether the package is one of the given rooms or below one.
func under(path string, rooms ...string) bool {
	return slices.ContainsFunc(rooms, func(room string) bool {
		return path == module+room || strings.HasPrefix(path, module+room+"/")
	})
}

// TestForeignLibrariesStayInTheirRooms holds DESIGN §3: each library is known to the few rooms that exist for it.
func TestForeignLibrariesStayInTheirRooms(t *testing.T) {
	rooms := map[string][]string{
		"github.com/labstack/echo":       {"internal/handlers", "internal/portal", "internal/testkit", "cmd"},
		"gorm.io/":                       {"internal/models", "internal/workflow", "internal/audit", "internal/session", "internal/jobs", "internal/database", "internal/warehouse", "internal/services", "internal/testkit", "internal/demo", "bench"},
		"github.com/casbin/":             {"internal/authz"},
		"github.com/gorilla/sessions":    {"internal/session"},
		"github.com/a-h/templ":           {"web/views", "internal/handlers/respond"},
		"github.com/riverqueue/":         {"internal/jobs"},
		"github.com/xuri/excelize":       {"internal/office", "seed/demo", "examples/make", "bench"},
		"github.com/emmansun/gmsm":       {"internal/crypt"},
		"github.com/expr-lang/expr":      {"internal/ingest"},
		"github.com/jackc/pgx":           {"internal/database", "internal/jobs", "internal/warehouse", "internal/testdb", "internal/backup", "cmd"},
		"github.com/pressly/goose":       {"internal/database"},
		"github.com/spf13/cobra":         {"cmd"},
		"github.com/caarlos0/env":        {"cmd", "internal/config"},
		"github.com/prometheus/":         {"cmd", "internal/handlers"},
		"github.com/chromedp/":           {"e2e", "web/static"},
		"github.com/ncruces/go-sqlite3":  {"internal/database", "internal/testdb", "internal/jobs", "internal/warehouse"},
		"github.com/PuerkitoBio/goquery": {"internal/testkit", "e2e", "web/views/viewtest"},
		"go.yaml.in/yaml":                {"seed"},
		"golang.org/x/text/encoding":     {"internal/ingest/sheet", "seed/demo", "examples/make"},
		"github.com/labstack/gommon":     {},
		"database/sql":                   {"internal/database", "internal/jobs", "internal/warehouse", "internal/testdb", "internal/testkit", "cmd"},
	}
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for library, allowed := range rooms {
				if strings.HasPrefix(imported, library) && !under(p.ImportPath, allowed...) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, imported, allowed)
				}
			}
		}
	}
}

// TestRoomsImportDownwards holds DESIGN §3: what each room of ours may import of the others.
func TestRoomsImportDownwards(t *testing.T) {
	pure := []string{"internal/fault"}
	rules := []struct {
		room    string
		allowed []string
	}{
		{"internal/fault", nil},
		{"internal/paths", nil},
		{"internal/cn", nil},
		{"internal/crypt", pure},
		{"internal/workflow", pure},
		{"internal/models", []string{"internal/workflow", "internal/cn", "internal/fault"}},
		{"internal/ingest", []string{"internal/ingest", "internal/models", "internal/cn", "internal/fault"}},
		{"internal/office", []string{"internal/ingest", "internal/models", "internal/cn", "internal/fault"}},
		{"internal/filestore", []string{"internal/crypt", "internal/fault"}},
		{"internal/database", []string{"internal/database", "internal/models", "internal/fault"}},
		{"internal/jobs", []string{"internal/database", "internal/fault"}},
		{"internal/warehouse", []string{"internal/killpoint", "internal/database", "internal/crypt", "internal/models", "internal/cn", "internal/fault"}},
		{"internal/authz", []string{"internal/models", "internal/fault", "policies"}},
		{"internal/audit", []string{"internal/models", "internal/database", "internal/crypt", "internal/fault"}},
		{"internal/session", []string{"internal/models", "internal/database", "internal/crypt", "internal/fault"}},
		{"web/views", []string{"web/views", "web/static", "internal/models", "internal/paths", "internal/workflow", "internal/fault"}},
		{"internal/killpoint", nil},
		{"web/static", nil},
		{"seed", []string{"seed", "internal/ingest", "internal/models", "internal/cn", "internal/fault"}},
		{"policies", nil},
	}
	for _, p := range packages(t) {
		for _, rule := range rules {
			if !under(p.ImportPath, rule.room) {
				continue
			}
			for _, imported := range p.Imports {
				if strings.HasPrefix(imported, module) && !under(imported, rule.allowed...) {
					t.Errorf("%s imports %s; %s may import only %v", p.ImportPath, imported, rule.room, rule.allowed)
				}
			}
		}
	}
}

// TestServicesDoNotImportEachOther holds that a capability names what it needs of a neighbour as a small interface.
func TestServicesDoNotImportEachOther(t *testing.T) {
	for _, p := range packages(t) {
		if !under(p.ImportPath, "internal/services") {
			continue
		}
		for _, imported := range p.Imports {
			if under(imported, "internal/services", "internal/handlers", "web") {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// TestNobodyImportsTheHandlersButTheWiring holds that the web side stands on top.
func TestNobodyImportsTheHandlersButTheWiring(t *testing.T) {
	for _, p := range packages(t) {
		if under(p.ImportPath, "internal/handlers", "internal/portal", "internal/testkit", "internal/backup", "cmd", "e2e", "bench", "torture") {
			continue
		}
		for _, imported := range p.Imports {
			if under(imported, "internal/handlers", "internal/portal", "internal/testkit") && !under(p.ImportPath, "internal/demo") {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// TestNobodyBelowTheCommandAsksTheSystemClock holds that the time is given: a test, the demo and a repeated run see the
// moment that they are about.
func TestNobodyBelowTheCommandAsksTheSystemClock(t *testing.T) {
	files := 0
	for _, room := range []string{".", "../web", "../seed", "../policies"} {
		err := filepath.WalkDir(room, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			for i, line := range strings.Split(string(content), "\n") {
				code, _, _ := strings.Cut(line, "//")
				if strings.Contains(code, "time.Now(") {
					t.Errorf("%s:%d asks the system clock", path, i+1)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 300 {
		t.Errorf("only %d files looked at", files)
	}
}
