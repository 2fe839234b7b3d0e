package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"taxportal/internal/crypt"
	"taxportal/internal/fault"
)

// The files of one hand-over, in a folder of the batch's code below one of the template's: zjj-02/ZJJ-02-202610-1.
const (
	dataName     = "data.csv"
	schemaName   = "schema.json"
	manifestName = "manifest.json"
)

// The platform reads what the portal writes, by the group that both belong to.
const (
	fileMode   = 0o640
	folderMode = 0o750
)

// The moments at which a portal that dies leaves most behind; a test dies at each of them.
const (
	stepBegun   = "handover.begun"   // the hidden folder is there
	stepData    = "handover.data"    // data.csv is whole
	stepWritten = "handover.written" // everything is on disk, under its hidden name
	stepRenamed = "handover.renamed" // everything is in place, the database does not know it
	stepMarking = "handover.marking" // the new manifest is on disk, under its hidden name
)

// folder is the agreed folder. What is being written has a name that begins with a point; a rename puts it in place, so
// that whoever reads finds a hand-over whole or not at all.
type folder struct {
	root string
	at   func(step string)
}

// Manifest is manifest.json: what a hand-over is about, and the checksums of its files.
type Manifest struct {
	Format       string         `json:"format"`
	Batch        string         `json:"batch"`
	Status       string         `json:"status"` // effective, superseded
	SupersededBy string         `json:"superseded_by,omitempty"`
	SupersededAt string         `json:"superseded_at,omitempty"`
	Task         string         `json:"task"`
	Period       string         `json:"period"`
	Kind         string         `json:"kind"` // files, nil: nothing to report this period
	Correction   bool           `json:"correction,omitempty"`
	Unit         Named          `json:"unit"`
	Area         Named          `json:"area"`
	Item         Named          `json:"item"`
	Template     Named          `json:"template"`
	Version      int            `json:"template_version"`
	Coverage     string         `json:"coverage"`
	Rows         int64          `json:"rows"`
	Sensitive    ManifestFields `json:"sensitive"`
	SignedBy     string         `json:"signed_by"`
	SignedAt     string         `json:"signed_at"`
	AcceptedBy   string         `json:"accepted_by"`
	AcceptedAt   string         `json:"accepted_at"`
	Receipt      string         `json:"receipt"`
	WrittenAt    string         `json:"written_at"`
	Files        []ManifestFile `json:"files"`

	// Documents are the 附件 that the rows name. They stay on the portal, because no part of them can be masked; who needs
	// one takes it there, where that is audited.
	Documents []ManifestDocument `json:"documents,omitempty"`
}

// Named is a code and what people call it.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// ManifestFields says how sensitive fields were handed over.
type ManifestFields struct {
	Mode   Sensitive `json:"mode"`
	Fields []string  `json:"fields"`
}

// ManifestFile is one file with its checksums in hexadecimal.
type ManifestFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	SM3    string `json:"sm3"`
}

// ManifestDocument is a document that was filed beside the rows.
type ManifestDocument struct {
	Name   string `json:"name,omitempty"` // left out where the field that names it is sensitive and not handed over as it is
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"` // how many rows name it
}

// manifestFormat names the form of the manifest, for readers of a later one.
const manifestFormat = "taxportal-handover-1"

func (m *Manifest) file(name string) ManifestFile {
	for _, f := range m.Files {
		if f.Name == name {
			return f
		}
	}
	return ManifestFile{}
}

// Codes become names of folders, so their form is checked here whoever has checked it before.
var (
	templatePart = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	batchPart    = regexp.MustCompile(`^[A-Z0-9]+(-[A-Z0-9]+)*$`)
)

// referenceOf is where a batch lies below the agreed folder, with slashes.
func referenceOf(template, batch string) (string, error) {
	if !templatePart.MatchString(template) || !batchPart.MatchString(batch) {
		return "", fmt.Errorf("template %q or batch %q is no name for a folder", template, batch)
	}
	return template + "/" + batch, nil
}

func (f folder) path(reference string) string {
	return filepath.Join(f.root, filepath.FromSlash(reference))
}

// part is a file of a hand-over that is yet to be written.
type part struct {
	name  string
	write func(w io.Writer) error
}

// put writes a hand-over and moves it into place. If it is there already and whole, it is left as it is: what came before
// the end of an earlier try counts. Returns the manifest that is in place.
func (f folder) put(ctx context.Context, reference string, m Manifest, parts []part) (*Manifest, error) {
	found, err := f.find(ctx, reference)
	if found != nil || err != nil {
		return found, err
	}
	place := f.path(reference)
	parent := filepath.Dir(place)
	if err := f.makeParent(parent); err != nil {
		return nil, err
	}
	hidden := filepath.Join(parent, "."+filepath.Base(place)+"."+strings.ToLower(rand.Text()))
	defer os.RemoveAll(hidden) // after the rename this does nothing
	if err := makeFolder(hidden); err != nil {
		return nil, err
	}
	f.at(stepBegun)
	for _, p := range parts {
		file, err := writeSummed(filepath.Join(hidden, p.name), p.write)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", p.name, err)
		}
		m.Files = append(m.Files, file)
		f.at(stepData)
	}
	if err := writeManifest(filepath.Join(hidden, manifestName), &m); err != nil {
		return nil, err
	}
	if err := syncFolder(hidden); err != nil {
		return nil, err
	}
	f.at(stepWritten)
	if err := os.Rename(hidden, place); err != nil {
		if found, again := f.find(ctx, reference); found != nil || again != nil { // a twin of this job was faster
			return found, again
		}
		return nil, fmt.Errorf("move into place: %w", err)
	}
	f.at(stepRenamed)
	return &m, syncFolder(parent)
}

// makeParent makes the template's folder. The agreed folder itself is never made: were its disk not mounted, data would go
// astray.
func (f folder) makeParent(parent string) error {
	if info, err := os.Stat(f.root); err != nil || !info.IsDir() {
		return errors.Join(fs.ErrNotExist, err)
	}
	if _, err := os.Stat(parent); err == nil {
		return nil
	}
	if err := makeFolder(parent); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(f.root)
}

// makeFolder makes a folder that the group may read, whatever the process's mask says.
func makeFolder(path string) error {
	if err := os.Mkdir(path, folderMode); err != nil {
		return err
	}
	return os.Chmod(path, folderMode)
}

// find returns the manifest of a hand-over that is in place, nil if there is none. One that is not what its manifest says
// is a fault.Conflict: the portal never writes over what it does not know.
func (f folder) find(ctx context.Context, reference string) (*Manifest, error) {
	m, err := f.manifest(reference)
	if m == nil || err != nil {
		return nil, err
	}
	for _, file := range m.Files {
		if !filepath.IsLocal(file.Name) {
			return nil, strange(reference, "清单不是本批次的")
		}
		got, err := sumOf(ctx, filepath.Join(f.path(reference), file.Name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if got.SHA256 != file.SHA256 || got.Bytes != file.Bytes {
			return nil, strange(reference, "文件 "+file.Name+" 与清单不符")
		}
	}
	return m, nil
}

// manifest reads the manifest of a hand-over alone, nil if there is none.
func (f folder) manifest(reference string) (*Manifest, error) {
	place := f.path(reference)
	text, err := os.ReadFile(filepath.Join(place, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(place); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, strange(reference, "没有清单")
	}
	if err != nil {
		return nil, err
	}
	var m Manifest
	if json.Unmarshal(text, &m) != nil || m.Format != manifestFormat || m.Batch != filepath.Base(place) {
		return nil, strange(reference, "清单不是本批次的")
	}
	return &m, nil
}

func strange(reference, what string) error {
	return fault.New(fault.Conflict, "交接目录中已有 "+reference+"，但"+what+"，没有覆盖。请系统管理员核对并移走后再重新交接。")
}

// mark writes into the manifest of a hand-over that another batch has taken its place. It returns false if there is none:
// nothing was handed over, or the platform has taken it away. The data are left as they are; they may be taken by now.
func (f folder) mark(reference, by, at string) (bool, error) {
	if info, err := os.Stat(f.root); err != nil || !info.IsDir() {
		return false, errors.Join(fs.ErrNotExist, err)
	}
	m, err := f.manifest(reference)
	if m == nil || err != nil {
		return false, err
	}
	if m.Status == statusSuperseded && m.SupersededBy == by {
		return true, nil
	}
	m.Status, m.SupersededBy, m.SupersededAt = statusSuperseded, by, at
	place := f.path(reference)
	hidden := filepath.Join(place, "."+manifestName+"."+strings.ToLower(rand.Text()))
	defer os.Remove(hidden) // after the rename this does nothing
	if err := writeManifest(hidden, m); err != nil {
		return false, err
	}
	f.at(stepMarking)
	if err := os.Rename(hidden, filepath.Join(place, manifestName)); err != nil {
		return false, fmt.Errorf("replace manifest: %w", err)
	}
	return true, syncFolder(place)
}

const (
	statusEffective  = "effective"
	statusSuperseded = "superseded"
)

// sweep removes what portals that were killed left under hidden names before a time.
func (f folder) sweep(before time.Time) error {
	left, err := filepath.Glob(filepath.Join(f.root, "*", ".[A-Z0-9]*"))
	for _, path := range left {
		info, statErr := os.Stat(path)
		if statErr == nil && info.ModTime().Before(before) {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

// sums takes what is written for both checksums.
type sums struct {
	sha, sm3 hash.Hash
	bytes    int64
}

func newSums() *sums { return &sums{sha: sha256.New(), sm3: crypt.NewSM3()} }

// Write implements io.Writer.
func (s *sums) Write(p []byte) (int, error) {
	s.sha.Write(p)
	s.sm3.Write(p)
	s.bytes += int64(len(p))
	return len(p), nil
}

func (s *sums) file(name string) ManifestFile {
	return ManifestFile{Name: name, Bytes: s.bytes, SHA256: hex.EncodeToString(s.sha.Sum(nil)), SM3: hex.EncodeToString(s.sm3.Sum(nil))}
}

// writeSummed writes a new file down to the disk and returns its checksums.
func writeSummed(path string, write func(w io.Writer) error) (ManifestFile, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return ManifestFile{}, err
	}
	sum := newSums()
	err = write(io.MultiWriter(file, sum))
	err = errors.Join(err, os.Chmod(path, fileMode), file.Sync(), file.Close())
	return sum.file(filepath.Base(path)), err
}

func sumOf(ctx context.Context, path string) (ManifestFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return ManifestFile{}, err
	}
	defer file.Close()
	sum := newSums()
	chunk := make([]byte, 1<<20)
	for {
		n, err := file.Read(chunk)
		sum.Write(chunk[:n])
		if errors.Is(err, io.EOF) {
			return sum.file(filepath.Base(path)), nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return ManifestFile{}, err
		}
	}
}

func writeManifest(path string, m *Manifest) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(m); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	_, err := writeSummed(path, func(w io.Writer) error {
		_, err := w.Write(text.Bytes())
		return err
	})
	return err
}

// syncFolder makes new names in a folder last. Windows has no such thing and needs none.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
