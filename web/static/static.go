// Package static holds the style sheets, scripts and pictures of the portal and serves them from memory.
//
// Every file is served under a name that carries a hash of its content, /static/portal.1a2b3c4d.css, so that
// browsers may keep it for ever and still see a new version at once. Nothing is built: what the folder holds is
// what the browser gets. VENDORED.md lists what comes from elsewhere.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
	"strings"
	"sync"
)

// Prefix is the path below which Handler serves the files.
const Prefix = "/static/"

//go:embed *.css *.js *.svg
var files embed.FS

// asset is one file as it goes over the wire.
type asset struct {
	url  string // with the hash
	etag string // quoted; the compressed form has its own
	mime string
	body []byte
	gzip []byte // nil if compression does not pay
}

// assets is computed at the first use and never changes afterwards.
var assets = sync.OnceValue(load)

// catalogue finds the assets by their plain name and by the URL they are served under.
type catalogue struct{ byName, byURL map[string]asset }

// URL returns the address of a file by its plain name: URL("portal.css") is /static/portal.1a2b3c4d.css.
// A name that is not there gives its address without a hash, which Handler answers with 404; a test holds that
// no view asks for one.
func URL(name string) string {
	if a, ok := assets().byName[name]; ok {
		return a.url
	}
	return Prefix + name
}

// Names returns the plain names of all files, in no particular order.
func Names() []string {
	names := make([]string, 0, len(assets().byName))
	for name := range assets().byName {
		names = append(names, name)
	}
	return names
}

// load reads, hashes and compresses every embedded file. The folder is compiled in, so an unreadable entry
// cannot occur; it would only be missing, and the tests would say so.
func load() catalogue {
	all := catalogue{byName: map[string]asset{}, byURL: map[string]asset{}}
	entries, err := files.ReadDir(".")
	if err != nil {
		return all
	}
	for _, entry := range entries {
		body, err := files.ReadFile(entry.Name())
		if err != nil {
			continue
		}
		a := newAsset(entry.Name(), body)
		all.byName[entry.Name()] = a
		all.byURL[a.url] = a
	}
	return all
}

// newAsset puts the first 8 hex digits of the content's SHA-256 before the extension of its name.
func newAsset(name string, body []byte) asset {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:4])
	ext := path.Ext(name)
	return asset{
		url:  Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext,
		etag: hex.EncodeToString(sum[:8]),
		mime: mimeTypes[ext],
		body: body,
		gzip: compress(body),
	}
}

// mimeTypes is written out because the table of the operating system differs from machine to machine.
var mimeTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml; charset=utf-8",
}

// compress returns body in gzip form, or nil if that saves nothing.
func compress(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil {
		return nil
	}
	if err := w.Close(); err != nil || out.Len() >= len(body) {
		return nil
	}
	return out.Bytes()
}
