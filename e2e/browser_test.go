package e2e_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long a step may take: long enough for a machine that does other things besides.
const patience = 30 * time.Second

// beat is how often a condition is asked for.
const beat = 20 * time.Millisecond

// chromium is the browser of the package, started by the first test that needs it.
var chromium struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

// TestMain stops the browser when all tests are done.
func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	os.Exit(code)
}

// theBrowser returns the package's browser.
func theBrowser(t *testing.T) context.Context {
	t.Helper()
	chromium.once.Do(startBrowser)
	if chromium.err != nil {
		t.Fatalf("%v; `make test` installs Chromium where it is missing", chromium.err)
	}
	return chromium.ctx
}

func startBrowser() {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "zh-CN"))
	if path := os.Getenv("PORTAL_BROWSER"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	chromium.ctx = ctx
	chromium.stop = func() { stopBrowser(); stopAllocator() }
	if err := chromedp.Do(ctx); err != nil {
		chromium.err = fmt.Errorf("start Chromium: %w", err)
	}
}
