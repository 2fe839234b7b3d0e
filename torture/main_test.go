package torture_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the portal with the points at which it can be told to die, built once for all tests.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

// atOnce is how many tests run at once, whatever the CPUs: most of their time they wait for a lease to end.
const atOnce = "3"

// run builds the binary, runs the tests and clears up.
func run(m *testing.M) int {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "torture-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "portal")
	build := exec.Command("go", "build", "-tags", "torture", "-buildvcs=false", "-o", binary, "taxportal/cmd/portal")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build portal: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
