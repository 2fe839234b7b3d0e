package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"taxportal/internal/testkit"
	"taxportal/seed/demo"
)

// The task of every journey: 市住房城乡建设局's presale permits of October 2026, which is open in a fresh portal.
const (
	task = "zjj-02-202610"
	item = "商品房预售许可信息　2026年10月期"
)

// rows is how many rows the registers of the journeys have.
const rows = 30

// onDisk writes a file as a unit would send it and returns its path.
func onDisk(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// register returns a good register of the task.
func register(t *testing.T) *demo.Sheet {
	t.Helper()
	return testkit.Rows(t, "zjj-02", rows)
}

// faulty returns a register with three errors in three rows: the letter O in a code in row 5, a day that does not
// exist in row 7, a required cell that is empty in row 9.
func faulty(t *testing.T) *demo.Sheet {
	t.Helper()
	s := register(t)
	code := s.Get(3, "developer_uscc")
	return s.Set(3, "developer_uscc", code[:12]+"O"+code[13:]).Set(5, "issue_date", "2026-10-32").Set(7, "developer_name", "")
}

// doubtful returns a register without errors in which two rows want an explanation: a price that is too low.
func doubtful(t *testing.T) *demo.Sheet {
	t.Helper()
	return register(t).Set(0, "record_price", "520.00").Set(2, "record_price", "530.00")
}

// csvFile writes a register as the task's CSV file.
func csvFile(t *testing.T, name string, s *demo.Sheet) string {
	t.Helper()
	return onDisk(t, name, s.CSV())
}
