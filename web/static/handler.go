package static

import (
	"net/http"
	"strconv"
	"strings"
)

// Handler answers GET and HEAD below Prefix. It takes the full path, so it is mounted without StripPrefix.
// An address with an old or wrong hash is 404: the page that names it is stale and will be loaded anew.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "不支持这种请求方式", http.StatusMethodNotAllowed)
		return
	}
	a, ok := assets().byURL[r.URL.Path]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "没有找到这个文件", http.StatusNotFound)
		return
	}
	body, etag := a.body, `"`+a.etag+`"`
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if a.gzip != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = a.gzip, `"`+a.etag+`-gz"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", etag)
	h.Set("X-Content-Type-Options", "nosniff")
	if matches(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.mime)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		// A failed write means that the browser has gone; there is nobody left to tell.
		_, _ = w.Write(body)
	}
}

// acceptsGzip reports whether an Accept-Encoding header allows gzip (RFC 9110 §12.5.3).
func acceptsGzip(header string) bool {
	for _, part := range strings.Split(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "*" {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}

// matches reports whether an If-None-Match header names etag; weak comparison, RFC 9110 §13.1.2.
func matches(header, etag string) bool {
	for _, candidate := range strings.Split(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == etag || candidate == "*" {
			return true
		}
	}
	return false
}
