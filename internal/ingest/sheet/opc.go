package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
)

// directoryBytes bounds the zip directory that is read into memory: some 40,000 entries.
const directoryBytes = 4 << 20

// archive is a zip file as a set of named parts (Open Packaging Conventions).
type archive struct {
	src    *source
	limits Limits
	files  map[string]*zip.File // by name in lower case with forward slashes, without the leading one
	first  []string             // a few names as they stand, for a sentence
}

// openArchive reads the directory of a zip file.
func openArchive(src *source, limits Limits) (*archive, error) {
	var reader *zip.Reader
	var err error
	src.bounded(directoryBytes, func() { reader, err = zip.NewReader(src, src.size) })
	switch {
	case src.failure() != nil:
		return nil, fmt.Errorf("read zip directory: %w", src.failure())
	case errors.Is(err, errBudget):
		return nil, refuse(CodeBomb, err, "内部文件过多")
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, directoryTrouble(src, err)
	case len(reader.File) > limits.Entries:
		return nil, refuse(CodeBomb, nil, fmt.Sprintf("内部文件超过 %d 个", limits.Entries))
	}
	a := &archive{src: src, limits: limits, files: make(map[string]*zip.File, len(reader.File))}
	for _, file := range reader.File {
		if strings.HasSuffix(file.Name, "/") {
			continue
		}
		name := partName(file.Name)
		if _, ok := a.files[name]; ok {
			return nil, damaged("内部文件重名", fmt.Errorf("two zip entries named %q", name))
		}
		a.files[name] = file
		if len(a.first) < 3 {
			a.first = append(a.first, file.Name)
		}
	}
	return a, nil
}

// directoryTrouble tells a zip whose end is missing from one that is broken in itself.
func directoryTrouble(src *source, cause error) error {
	const longestTail = 22 + 1<<16
	tail, err := src.head(max(0, src.size-longestTail), longestTail)
	if err != nil {
		return fmt.Errorf("read zip directory: %w", err)
	}
	if !strings.Contains(string(tail), "PK\x05\x06") {
		return refuse(CodeTruncated, cause)
	}
	return damaged("", cause)
}

// partName brings a name to the form under which parts are kept.
func partName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+name), "/"))
}

func (a *archive) has(name string) bool {
	_, ok := a.files[partName(name)]
	return ok
}

// resolve returns the name of the part that target names, seen from the part base: absolute or relative, escaped or
// not.
func (a *archive) resolve(base, target string) string {
	if !strings.HasPrefix(target, "/") {
		target = path.Join(path.Dir("/"+base), strings.ReplaceAll(target, `\`, "/"))
	}
	name := partName(target)
	if _, ok := a.files[name]; !ok {
		if plain, err := url.PathUnescape(name); err == nil {
			return partName(plain)
		}
	}
	return name
}

// open starts reading a part of at most limit unpacked bytes. A part that is missing or locked is a Refusal.
func (a *archive) open(name string, limit int64) (*part, error) {
	file, ok := a.files[partName(name)]
	if !ok {
		return nil, damaged("缺少内部文件", fmt.Errorf("no part %q", name))
	}
	if file.Flags&1 != 0 {
		return nil, refuse(CodePassword, nil)
	}
	body, err := file.Open()
	if err != nil {
		return nil, a.explain(err)
	}
	return &part{archive: a, body: body, limit: limit, packed: int64(file.CompressedSize64),
		size: int64(min(file.UncompressedSize64, 1<<62))}, nil
}

// explain turns trouble with the packed bytes into a Refusal, trouble with the storage into a plain error.
func (a *archive) explain(err error) error {
	var refusal *Refusal
	switch failure := a.src.failure(); {
	case failure != nil:
		return fmt.Errorf("read upload: %w", failure)
	case errors.As(err, &refusal), errors.Is(err, errStorage):
		return err
	case errors.Is(err, errEncoding):
		return refuse(CodeEncoding, err)
	}
	return damaged("", err)
}

// part reads one part and holds it to its limits: what a zip's headers say about sizes is not believed.
type part struct {
	archive *archive
	body    io.ReadCloser
	limit   int64
	packed  int64
	size    int64 // as stated; only for progress
	read    int64
}

// Read reads unpacked bytes.
func (p *part) Read(b []byte) (int, error) {
	n, err := p.body.Read(b)
	p.read += int64(n)
	if p.read > p.limit {
		return 0, refuse(CodeBomb, nil, "超过 "+amount(p.limit))
	}
	if p.read > ratioFloor && p.read/max(p.packed, 1) > p.archive.limits.Ratio {
		return 0, refuse(CodeBomb, nil, fmt.Sprintf("超过原来的 %d 倍", p.archive.limits.Ratio))
	}
	return n, err
}

// Close ends reading.
func (p *part) Close() error { return p.body.Close() }

// scan runs f over the tokens of a small part. f is called after each start tag and may consume the element.
func (a *archive) scan(name string, f func(x *xmlScanner) error) error {
	p, err := a.open(name, min(partBytes, a.limits.Unpacked))
	if err != nil {
		return err
	}
	defer p.Close()
	x := newXMLScanner(p)
	for {
		switch x.next() {
		case tokenStart:
			if err := f(x); err != nil {
				return a.explain(err)
			}
		case tokenEOF:
			if x.err != nil {
				return a.explain(x.err)
			}
			return nil
		}
	}
}

// relation is one entry of a part's relationships.
type relation struct {
	id   string
	kind string // last step of the type's URI, the same in both flavours of OOXML: worksheet, styles, sharedStrings
	part string // resolved name
}

// relations reads the relationships of a part ("" = of the package). A part without any has none. External targets
// (links to other files or the web) are left out: nothing outside the file is ever read.
func (a *archive) relations(name string) ([]relation, error) {
	rels := path.Join(path.Dir(name), "_rels", path.Base(name)+".rels")
	if name == "" {
		rels = "_rels/.rels"
	}
	if !a.has(rels) {
		return nil, nil
	}
	var found []relation
	err := a.scan(rels, func(x *xmlScanner) error {
		if string(x.name) != "Relationship" || attributeText(x.attrs, "TargetMode") == "External" {
			return nil
		}
		if len(found) >= maxNames {
			return errLong
		}
		kind := attributeText(x.attrs, "Type")
		found = append(found, relation{
			id:   attributeText(x.attrs, "Id"),
			kind: kind[strings.LastIndexByte(kind, '/')+1:],
			part: a.resolve(name, attributeText(x.attrs, "Target")),
		})
		return nil
	})
	return found, err
}
