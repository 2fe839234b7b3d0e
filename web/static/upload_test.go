package static_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// testUploadLimits chooses what is beyond each limit: the page says which file and what to do, nothing is sent, and what
// lies within, to the last byte, goes.
func testUploadLimits(t *testing.T, browser context.Context) {
	dir := t.TempDir()
	file := func(name string, size int) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Repeat("a", size)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s := &site{many: true}
	ctx := open(t, browser, s)
	const full = 2 << 10
	a, b, c, d := file("甲.csv", full), file("乙.csv", full), file("丙.csv", 1), file("丁.csv", 1)
	for _, tt := range []struct {
		name  string
		files []string
		want  string
	}{
		{"one file", []string{c, file("大$&表.csv", full+1), file("巨.csv", 3<<10)},
			"没有上传：“大$&表.csv”（2.1 KB）、“巨.csv”（3.0 KB）超过单个文件 2 KB 的上限。请拆成几个较小的文件，一次选上全部文件再传。"},
		{"the number", []string{a, b, c, d}, "没有上传：选了 4 个文件，一个批次最多 3 个。请合并后再传。"},
		{"all together", []string{a, b, c}, "没有上传：所选文件合计 4.1 KB，超过一个批次 4 KB 的上限。请把 .csv 文件另存为 .xlsx（体积较小）后再传。"},
	} {
		do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS("#up-file"), tt.files, chromedp.NodeReady))
		see(t, ctx, fmt.Sprintf("document.querySelector('[data-problem]').textContent.trim() === %q && !document.querySelector('[data-problem]').hidden", tt.want))
		see(t, ctx, "document.querySelector('#up-file').getAttribute('aria-invalid') === 'true' && document.querySelector('#up-file').files.length === 0 && !document.querySelector('.gz-drop').hidden")
	}
	s.mu.Lock()
	if s.parts != nil {
		t.Errorf("something was sent: %.80q", s.parts)
	}
	s.mu.Unlock()
	do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS("#up-file"), []string{a, b}, chromedp.NodeReady), chromedp.WaitVisible(chromedp.CSS("#arrived")))
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.parts) != 4 {
		t.Errorf("%d parts came, want token, try and two files", len(s.parts))
	}
}
