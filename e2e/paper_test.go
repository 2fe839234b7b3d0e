package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"taxportal/internal/paths"
)

// shot takes a picture of the whole page as it stands at the width of the window.
func (p *person) shot(name string) {
	p.t.Helper()
	if _, err := p.ask("(window.scrollTo(0, 0), true)"); err != nil { // else the header that stays in sight stands in the middle
		p.t.Fatal(err)
	}
	p.call("take a picture", func(ctx context.Context) error {
		picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			return err
		}
		return p.keep(name+".png", picture)
	})
}

// shotWide takes a picture at 1920 × 1080 and goes back to the usual window.
func (p *person) shotWide(name string) {
	p.t.Helper()
	p.screen(1920, 1080)
	p.shot(name + "-1920")
	p.screen(1366, 768)
}

// print prints the page as the browser would and returns the PDF. It fails the test unless that has so many sheets of A4.
func (p *person) print(name string, sheets int) []byte {
	p.t.Helper()
	var sheet []byte
	p.call("print", func(ctx context.Context) error {
		var err error
		sheet, err = chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()))
		if err != nil {
			return err
		}
		return p.keep(name+".pdf", sheet)
	})
	if found := len(pdfPage.FindAll(sheet, -1)); !bytes.HasPrefix(sheet, []byte("%PDF-")) || found != sheets {
		p.t.Errorf("%s: %s prints on %d sheets (%d bytes), want %d", p.name, p.path(), found, len(sheet), sheets)
	}
	return sheet
}

// onPaper fails the test unless a JavaScript condition holds once the page is laid out for paper, without anybody printing
// it: what holds by the style sheet alone.
func (p *person) onPaper(condition string) {
	p.t.Helper()
	p.media("print")
	if !p.holds(condition) {
		p.t.Errorf("%s at %s: on paper it is not so that %s", p.name, p.where(), condition)
	}
	p.media("")
}

func (p *person) media(kind string) {
	p.t.Helper()
	p.call("lay out for "+kind, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind})
		return err
	})
}

// TestMatrixOnPaper prints the matrix of a year upright and that of two years across the sheet, nothing beyond its edge.
func TestMatrixOnPaper(t *testing.T) {
	office := newSite(t).as(t, "office")
	for _, c := range []struct {
		months        string
		width, height int64 // of the sheet between its margins, in pixels of the browser
		sheet         string
	}{
		{"12", 703, 1005, "MediaBox [0 0 594."}, {"24", 1031, 703, "MediaBox [0 0 841."},
	} {
		office.open(paths.With(paths.Matrix, "months", c.months))
		office.wait("履约矩阵")
		if sheet := office.print("60-matrix-"+c.months, 1); !bytes.Contains(sheet, []byte(c.sheet)) {
			t.Errorf("%s periods: no sheet is a %s", c.months, c.sheet)
		}
		office.screen(c.width, c.height)
		office.onPaper(`document.querySelector(".gz-matrix").getBoundingClientRect().right <= window.innerWidth`)
		office.onPaper(`Array.from(document.querySelectorAll(".gz-matrix .gz-mc, .gz-matrix td.num")).every((cell) => cell.scrollWidth <= cell.clientWidth + 1)`)
		office.screen(1366, 768)
	}
}

// pdfPage is how each page of a PDF begins.
var pdfPage = regexp.MustCompile(`/Type\s*/Page[^s]`)

// keep writes a picture or sheet to PORTAL_SCREENSHOTS, else to a folder that goes with the test.
func (p *person) keep(name string, content []byte) error {
	folder := os.Getenv("PORTAL_SCREENSHOTS")
	if folder == "" {
		folder = p.t.TempDir()
	}
	if folder = filepath.Join(folder, p.site.engine); !p.scripted {
		folder += "-without-script"
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name), content, 0o644)
}

// allowDownloads lets files that a page sends be stored under the names that it gives them.
func (p *person) allowDownloads() {
	p.t.Helper()
	p.call("allow downloads", func(ctx context.Context) error {
		_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: p.download,
			BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
		})
		return err
	})
}

// take presses a link or button that sends a file, and returns the file's name and content.
func (p *person) take(link string) (name string, content []byte) {
	p.t.Helper()
	before := p.taken()
	p.press(link)
	p.until("the file behind "+link, "true", func(json.RawMessage) bool {
		for _, file := range p.taken() {
			if !slices.Contains(before, file) && !strings.HasSuffix(file, partial) && !slices.Contains(p.taken(), file+partial) {
				name = file
			}
		}
		return name != ""
	})
	content, err := os.ReadFile(filepath.Join(p.download, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return name, content
}

// partial is the end of the name under which the browser writes a file until it is complete.
const partial = ".crdownload"

// taken returns the files that have something in them; the browser puts an empty one where the file will stand.
func (p *person) taken() []string {
	entries, err := os.ReadDir(p.download)
	if err != nil {
		p.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Size() > 0 {
			names = append(names, e.Name())
		}
	}
	return names
}
