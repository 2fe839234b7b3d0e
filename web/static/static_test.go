package static_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"taxportal/web/static"
)

func get(t *testing.T, method, url string, header map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, url, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return w
}

var hashed = regexp.MustCompile(`^/static/.+\.[0-9a-f]{8}\.(css|js|svg)$`)

func TestURL_everyFileIsServedUnderItsHash(t *testing.T) {
	if len(static.Names()) < 6 {
		t.Fatalf("only %v", static.Names())
	}
	for _, name := range static.Names() {
		url := static.URL(name)
		if !hashed.MatchString(url) {
			t.Errorf("%s has the address %s", name, url)
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		answer := get(t, "GET", url, nil)
		if answer.Code != http.StatusOK || !bytes.Equal(answer.Body.Bytes(), want) {
			t.Errorf("%s: status %d, %d bytes", name, answer.Code, answer.Body.Len())
		}
		if got := answer.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if answer.Header().Get("X-Content-Type-Options") != "nosniff" || answer.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: headers %v", name, answer.Header())
		}
	}
}

func TestHandler_mimeTypes(t *testing.T) {
	for name, want := range map[string]string{"portal.css": "text/css; charset=utf-8", "portal.js": "text/javascript; charset=utf-8", "icons.svg": "image/svg+xml; charset=utf-8"} {
		if got := get(t, "GET", static.URL(name), nil).Header().Get("Content-Type"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestHandler_compressesForThoseWhoTakeIt(t *testing.T) {
	url := static.URL("bootstrap.min.css")
	plain := get(t, "GET", url, nil)
	tests := map[string]bool{"gzip, deflate, br": true, "GZIP;q=0.5": true, "*": true, "": false, "br": false, "gzip;q=0": false, "identity": false, "gzip;q=x": false}
	for header, compressed := range tests {
		answer := get(t, "GET", url, map[string]string{"Accept-Encoding": header})
		if got := answer.Header().Get("Content-Encoding") == "gzip"; got != compressed {
			t.Errorf("%q: compressed %v", header, got)
			continue
		}
		if answer.Header().Get("Content-Length") != strconv.Itoa(answer.Body.Len()) {
			t.Errorf("%q: wrong length", header)
		}
		if !compressed {
			continue
		}
		if answer.Header().Get("ETag") == plain.Header().Get("ETag") {
			t.Error("both forms have the same ETag")
		}
		r, err := gzip.NewReader(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(r); err != nil || !bytes.Equal(body, plain.Body.Bytes()) {
			t.Errorf("%q: the compressed form differs: %v", header, err)
		}
	}
}

func TestHandler_revalidates(t *testing.T) {
	url := static.URL("portal.css")
	etag := get(t, "GET", url, nil).Header().Get("ETag")
	for header, want := range map[string]int{etag: 304, "W/" + etag: 304, `"x", ` + etag: 304, "*": 304, `"x"`: 200, "": 200} {
		if got := get(t, "GET", url, map[string]string{"If-None-Match": header}); got.Code != want || (want == 304 && got.Body.Len() > 0) {
			t.Errorf("%q: status %d with %d bytes, want %d", header, got.Code, got.Body.Len(), want)
		}
	}
}

func TestHandler_refusesWhatIsNotThere(t *testing.T) {
	url := static.URL("portal.css")
	for _, path := range []string{"/static/portal.css", "/static/portal.00000000.css", "/static/", "/static/../static.go", url + "/", "/static/licenses/htmx.txt", "/static/static.go"} {
		answer := get(t, "GET", path, nil)
		if answer.Code != http.StatusNotFound || answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, %q", path, answer.Code, answer.Header().Get("Cache-Control"))
		}
	}
	if answer := get(t, "POST", url, nil); answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d", answer.Code)
	}
	if answer := get(t, "HEAD", url, nil); answer.Code != http.StatusOK || answer.Body.Len() != 0 || answer.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: status %d, %d bytes", answer.Code, answer.Body.Len())
	}
	if got := static.URL("missing.css"); got != "/static/missing.css" {
		t.Errorf("a missing file has the address %s", got)
	}
}

// TestVendored_listIsTrue compares the list of files from elsewhere with the files.
func TestVendored_listIsTrue(t *testing.T) {
	list, err := os.ReadFile("VENDORED.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .* \\| ([0-9,]+) \\| ([0-9,]+) \\|$")
	rows := row.FindAllStringSubmatch(string(list), -1)
	if len(rows) != 3 {
		t.Fatalf("%d files are listed, want 3", len(rows))
	}
	number := func(s string) int {
		n, err := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, m := range rows {
		stored := get(t, "GET", static.URL(m[1]), nil).Body.Len()
		sent := get(t, "GET", static.URL(m[1]), map[string]string{"Accept-Encoding": "gzip"}).Body.Len()
		// What gzip makes of it may differ a little from one Go version to the next.
		if stored != number(m[2]) || sent < number(m[3])*95/100 || sent > number(m[3])*105/100 {
			t.Errorf("%s: %d stored, %d sent; the list says %s and %s", m[1], stored, sent, m[2], m[3])
		}
	}
	sprite, err := os.ReadFile("icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	if count := strconv.Itoa(strings.Count(string(sprite), "<symbol ")); !strings.Contains(string(list), count+" of its icons") {
		t.Errorf("the sprite holds %s icons; the list says otherwise", count)
	}
	for _, name := range []string{"bootstrap", "htmx", "tabler-icons"} {
		if text, err := os.ReadFile(filepath.Join("licenses", name+".txt")); err != nil || len(text) < 300 {
			t.Errorf("the licence of %s is missing: %v", name, err)
		}
	}
}
