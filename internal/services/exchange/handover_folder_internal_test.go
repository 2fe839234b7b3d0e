package exchange

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taxportal/internal/fault"
)

const sampleReference = "zjj-02/ZJJ-02-202610-1"

func sample() Manifest {
	return Manifest{Format: manifestFormat, Batch: "ZJJ-02-202610-1", Status: statusEffective, Rows: 2, Files: []ManifestFile{}}
}

func sampleParts() []part {
	text := func(content string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, content); return err }
	}
	return []part{{dataName, text("\uFEFFa,b\r\n1,2\r\n3,4\r\n")}, {schemaName, text("{}")}}
}

func quiet(string) {}

// visible are the names that a reader of the folder sees below a template's.
func visible(t *testing.T, root string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "*", "[^.]*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPut_WritesTheWholeOrNothingWhereverItDies(t *testing.T) {
	// At each step the folder is copied as it then is: what a portal that dies there leaves behind.
	root := t.TempDir()
	left := map[string]string{}
	f := folder{root: root, at: func(step string) {
		left[step] = t.TempDir()
		if err := os.CopyFS(left[step], os.DirFS(root)); err != nil {
			t.Fatal(err)
		}
	}}
	if _, err := f.put(t.Context(), sampleReference, sample(), sampleParts()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{stepBegun, stepData, stepWritten, stepRenamed} {
		copy, ok := left[step]
		if !ok {
			t.Fatalf("%s never came", step)
		}
		after := folder{root: copy, at: quiet}
		found, err := after.find(t.Context(), sampleReference)
		if err != nil || (found != nil) != (step == stepRenamed) || len(visible(t, copy)) != map[bool]int{true: 1}[step == stepRenamed] {
			t.Errorf("%s leaves %v (%v), seen %v", step, found, err, visible(t, copy))
		}
		again, err := after.put(t.Context(), sampleReference, sample(), sampleParts())
		if err != nil || again.file(dataName).Bytes != 18 || len(visible(t, copy)) != 1 {
			t.Errorf("after %s the next try gives %+v, %v", step, again, err)
		}
		if err := after.sweep(time.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
		if hidden, _ := filepath.Glob(filepath.Join(copy, "*", ".*")); len(hidden) != 0 {
			t.Errorf("after %s the sweep leaves %v", step, hidden)
		}
		if found, err := after.find(t.Context(), sampleReference); found == nil || err != nil {
			t.Errorf("the sweep took what is in place: %v", err)
		}
	}
}

func TestPut_TwiceIsOnce(t *testing.T) {
	f := folder{root: t.TempDir(), at: quiet}
	first, err := f.put(t.Context(), sampleReference, sample(), sampleParts())
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(f.path(sampleReference))
	second, err := f.put(t.Context(), sampleReference, sample(), []part{{dataName, func(io.Writer) error { return errors.New("written again") }}})
	after, _ := os.Stat(f.path(sampleReference))
	if err != nil || second.file(dataName) != first.file(dataName) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("second: %+v, %v", second, err)
	}
}

func TestPut_ATwinThatWasFasterCounts(t *testing.T) {
	root := t.TempDir()
	twin := folder{root: root, at: quiet}
	f := folder{root: root, at: func(step string) {
		if step == stepWritten {
			if _, err := twin.put(t.Context(), sampleReference, sample(), sampleParts()); err != nil {
				t.Error(err)
			}
		}
	}}
	if m, err := f.put(t.Context(), sampleReference, sample(), sampleParts()); err != nil || m == nil {
		t.Errorf("%+v, %v", m, err)
	}
	if all, _ := os.ReadDir(filepath.Join(root, "zjj-02")); len(all) != 1 {
		t.Errorf("left behind: %v", all)
	}
}

func TestPut_NeverWritesOverWhatItDoesNotKnow(t *testing.T) {
	for name, spoil := range map[string]func(place string) error{
		"no manifest":      func(place string) error { return os.Remove(filepath.Join(place, manifestName)) },
		"data cut short":   func(place string) error { return os.Truncate(filepath.Join(place, dataName), 5) },
		"data gone":        func(place string) error { return os.Remove(filepath.Join(place, dataName)) },
		"foreign manifest": func(place string) error { return os.WriteFile(filepath.Join(place, manifestName), []byte(`{}`), 0o600) },
		"broken manifest":  func(place string) error { return os.WriteFile(filepath.Join(place, manifestName), []byte(`{`), 0o600) },
		"manifest that points elsewhere": func(place string) error {
			return os.WriteFile(filepath.Join(place, manifestName), []byte(`{"format":"taxportal-handover-1","batch":"ZJJ-02-202610-1","files":[{"name":"../../etc"}]}`), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := folder{root: t.TempDir(), at: quiet}
			if _, err := f.put(t.Context(), sampleReference, sample(), sampleParts()); err != nil {
				t.Fatal(err)
			}
			if err := spoil(f.path(sampleReference)); err != nil {
				t.Fatal(err)
			}
			if _, err := f.put(t.Context(), sampleReference, sample(), sampleParts()); !fault.Is(err, fault.Conflict) || !strings.Contains(troubleOf(err), "没有覆盖") {
				t.Errorf("put: %v", err)
			}
		})
	}
}

func TestPut_AFailureLeavesNothing(t *testing.T) {
	f := folder{root: t.TempDir(), at: quiet}
	broken := []part{{dataName, func(w io.Writer) error { io.WriteString(w, "half"); return errors.New("no more") }}}
	if _, err := f.put(t.Context(), sampleReference, sample(), broken); err == nil {
		t.Error("half a file is handed over")
	}
	if all, _ := os.ReadDir(filepath.Join(f.root, "zjj-02")); len(all) != 0 {
		t.Errorf("left behind: %v", all)
	}
}

func TestPut_DoesNotMakeTheAgreedFolder(t *testing.T) {
	f := folder{root: filepath.Join(t.TempDir(), "not mounted"), at: quiet}
	_, err := f.put(t.Context(), sampleReference, sample(), sampleParts())
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(troubleOf(err), "没有挂载") {
		t.Errorf("put: %v", err)
	}
	if _, err := f.mark(sampleReference, "B", "now"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("mark: %v", err)
	}
	if _, err := os.Stat(f.root); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the folder was made")
	}
}

func TestPut_TheGroupMayReadWhatIsHandedOver(t *testing.T) {
	f := folder{root: t.TempDir(), at: quiet}
	if _, err := f.put(t.Context(), sampleReference, sample(), sampleParts()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{"": folderMode, dataName: fileMode, schemaName: fileMode, manifestName: fileMode} {
		info, err := os.Stat(filepath.Join(f.path(sampleReference), path))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestMark_ChangesTheManifestAloneAndWhole(t *testing.T) {
	root := t.TempDir()
	var left string
	f := folder{root: root, at: func(step string) {
		if step == stepMarking {
			left = t.TempDir()
			if err := os.CopyFS(left, os.DirFS(root)); err != nil {
				t.Fatal(err)
			}
		}
	}}
	if marked, err := f.mark(sampleReference, "ZJJ-02-202610-2", "now"); marked || err != nil {
		t.Errorf("nothing there: %t, %v", marked, err)
	}
	if _, err := f.put(t.Context(), sampleReference, sample(), sampleParts()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(f.path(sampleReference), dataName)); err != nil { // the platform has taken the data
		t.Fatal(err)
	}
	for range 2 { // again is the same
		marked, err := f.mark(sampleReference, "ZJJ-02-202610-2", "2026-11-20T09:00:00+08:00")
		m, _ := f.manifest(sampleReference)
		if !marked || err != nil || m.Status != "superseded" || m.SupersededBy != "ZJJ-02-202610-2" || m.SupersededAt != "2026-11-20T09:00:00+08:00" || m.Rows != 2 {
			t.Errorf("%t, %v: %+v", marked, err, m)
		}
	}
	before := folder{root: left, at: quiet}
	if m, err := before.manifest(sampleReference); err != nil || m.Status != "effective" {
		t.Errorf("dying before the rename leaves %+v, %v", m, err)
	}
}

func TestReferenceOf_TakesCodesAlone(t *testing.T) {
	if got, err := referenceOf("ga-jj-03", "GA-JJ-03-2026Q3-12"); got != "ga-jj-03/GA-JJ-03-2026Q3-12" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, pair := range [][2]string{{"..", "A"}, {"a", ".."}, {"a/b", "A"}, {"a", "A/B"}, {"", "A"}, {"a", ""}, {"A", "A"}, {".a", "A"}, {"a", "A\x00"}} {
		if got, err := referenceOf(pair[0], pair[1]); err == nil {
			t.Errorf("%q is taken as %q", pair, got)
		}
	}
}

func TestParseTarget(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, c := range []struct{ place, sensitive, want string }{
		{"", "", ""}, {filepath.Join(data, "..", "out"), "plain", ""}, {filepath.Join(data, "tmp"), "", "数据目录"}, {data, "", "数据目录"},
		{filepath.Dir(data), "", "数据目录"}, {data + "-out", "omit", ""}, {"s3://bucket/prefix", "", "只能是文件夹"}, {"https://x", "", "只能是文件夹"},
		{"", "clear", "PORTAL_HANDOVER_SENSITIVE"},
	} {
		target, err := ParseTarget(c.place, c.sensitive, data)
		message, _ := fault.Message(err)
		if (c.want == "") != (err == nil) || !strings.Contains(message, c.want) {
			t.Errorf("%q %q: %v", c.place, c.sensitive, err)
		}
		if err == nil && (target.Configured() != (c.place != "") || c.sensitive == "" && target.Sensitive != SensitiveMasked) {
			t.Errorf("%q %q: %+v", c.place, c.sensitive, target)
		}
	}
}
