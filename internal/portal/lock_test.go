package portal_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/portal"
	"taxportal/internal/testdb"
)

// heldDSN and heldData name in the environment what a process of its own is to open.
const (
	heldDSN  = "PORTAL_TEST_HELD_DSN"
	heldData = "PORTAL_TEST_HELD_DATA"
)

// TestHold is the other process of the test below: it opens the portal and holds it until it is killed. In a usual run it
// has nothing to do.
func TestHold(t *testing.T) {
	if os.Getenv(heldData) == "" {
		return
	}
	opened(t, portal.Config{DSN: os.Getenv(heldDSN), Data: os.Getenv(heldData), Now: now}, func(*portal.Portal) {
		fmt.Println("held")
		_, _ = io.Copy(io.Discard, os.Stdin)
	})
}

func TestOpen_OnePortalOwnsADataFolderUntilItIsGone(t *testing.T) {
	engine := testdb.Engines(t)[0]
	cfg := config(t, engine)
	other := exec.Command(os.Args[0], "-test.run=^TestHold$")
	other.Env = append(os.Environ(), heldDSN+"="+cfg.DSN, heldData+"="+cfg.Data)
	stdin, err := other.StdinPipe() // open for as long as this process lives, so that the other never outlives it
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || said != "held\n" {
		t.Fatalf("the other process: %q, %v", said, err)
	}
	if _, err := portal.Open(t.Context(), cfg, true); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second portal: %v", err)
	}
	beside := cfg
	beside.Attach = true
	opened(t, beside, func(*portal.Portal) {})
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // it was killed
	opened(t, cfg, func(*portal.Portal) {
		if _, err := portal.Open(t.Context(), cfg, true); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second portal in the same process: %v", err)
		}
	})
}
