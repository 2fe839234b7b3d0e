package backup_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"taxportal/internal/audit"
	"taxportal/internal/backup"
	"taxportal/internal/demo"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/filing"
	"taxportal/internal/testdb"
	"taxportal/internal/testkit"
)

// now is when these tests play.
func now() time.Time { return models.Day("2026-11-24").At(9, 0).Time() }

// filled returns a portal with the demo, and its backup.
func filled(t *testing.T, engine string) (*portal.Portal, []byte) {
	t.Helper()
	clock := demo.NewClock(now)
	p, err := portal.Open(t.Context(), portal.Config{DSN: testdb.New(t, engine, nil), Data: t.TempDir(), Now: clock.Now, Version: "test"}, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	plan, err := testkit.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), p, clock, plan); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	sum, err := backup.Write(t.Context(), p, &file)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Files < 20 || sum.Manifest.Schema == 0 {
		t.Errorf("backup of %+v", sum)
	}
	return p, file.Bytes()
}

// empty returns the place to restore to, with the key of another portal unless that is nil.
func empty(t *testing.T, engine string, of *portal.Portal) portal.Config {
	t.Helper()
	cfg := portal.Config{DSN: testdb.New(t, engine, nil), Data: t.TempDir(), Now: now, Version: "test"}
	if of != nil {
		key, err := os.ReadFile(of.KeyPath())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(cfg.Data, "keys"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(cfg.Data, "keys", "portal.key"), key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cfg
}

func TestBackup(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			was, file := filled(t, engine)
			t.Run("everything comes back", func(t *testing.T) { bringsBack(t, engine, was, file) })
			t.Run("only into an empty place with the right key", func(t *testing.T) { refuses(t, engine, was, file) })
			t.Run("a broken one leaves nothing behind", func(t *testing.T) { leavesNothing(t, engine, was, file) })
			t.Run("no key is in it", func(t *testing.T) { holdsNoKey(t, engine, was, file) })
		})
	}
}

func bringsBack(t *testing.T, engine string, was *portal.Portal, file []byte) {
	cfg := empty(t, engine, was)
	sum, err := backup.Restore(t.Context(), bytes.NewReader(file), cfg)
	if err != nil {
		t.Fatal(err)
	}
	is, err := portal.Open(t.Context(), cfg, false)
	if err != nil {
		t.Fatal(err)
	}
	defer is.Close()
	if err := is.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if before, after := counts(t, was), counts(t, is); before != after || sum.Files == 0 {
		t.Errorf("%+v became %+v", before, after)
	}
	if proof, err := audit.Verify(t.Context(), is.DB); err != nil || proof.Broken != 0 {
		t.Errorf("audit chain: %+v, %v", proof, err)
	}
	goesOn(t, is)
}

// figures are what a backup must bring back.
type figures struct{ accounts, batches, events, entries, findings, effective, rows, jobs, sealed int64 }

func counts(t *testing.T, p *portal.Portal) figures {
	t.Helper()
	count := func(from string) (n int64) {
		if err := p.DB.SQLRead.QueryRowContext(t.Context(), "SELECT count(*) FROM "+from).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	return figures{count("accounts"), count("batches"), count("flow_events"), count("audit_entries"), count("findings"), count("e_zrzy_01"),
		count("w_fgw_05"), count("river_job"), count("w_zrzy_01 WHERE holder_id IS NOT NULL")}
}

// goesOn files something new: sequences, keys and files must fit.
func goesOn(t *testing.T, p *portal.Portal) {
	t.Helper()
	ctx := t.Context()
	id, err := p.Accounts.ByUsername(ctx, "liaison.zjj")
	if err != nil {
		t.Fatal(err)
	}
	liaison, err := p.Accounts.Actor(ctx, id, "", "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Filing.DeclareNil(ctx, liaison, "ZJJ-02-202610", "本月没有核发")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Filing.Move(ctx, liaison, b.Code, models.VerbSubmit, filing.MoveInput{}); err != nil {
		t.Fatal(err)
	}
	original, _, err := p.Filing.Original(ctx, liaison, "ZJJ-02-202605-1", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer original.Close()
	head := make([]byte, 2)
	if _, err := original.ReadAt(head, 0); err != nil || string(head) != "PK" {
		t.Errorf("the uploaded workbook begins with %q, %v", head, err)
	}
}

func refuses(t *testing.T, engine string, was *portal.Portal, file []byte) {
	restore := func(cfg portal.Config) error {
		_, err := backup.Restore(t.Context(), bytes.NewReader(file), cfg)
		return err
	}
	if err := restore(empty(t, engine, nil)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without a key: %v", err)
	}
	other, err := portal.Open(t.Context(), empty(t, engine, nil), true)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := restore(empty(t, engine, other)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("with another key: %v", err)
	}
	if err := restore(was.Config); !fault.Is(err, fault.Conflict) {
		t.Errorf("over itself: %v", err)
	}
	full := empty(t, engine, was)
	full.DSN = was.Config.DSN
	if err := restore(full); !fault.Is(err, fault.Conflict) {
		t.Errorf("into a database in use: %v", err)
	}
	engines := map[string]string{testdb.SQLite: "postgres://nowhere/x", testdb.Postgres: "sqlite:nowhere"}
	full.DSN = engines[engine]
	if err := restore(full); !fault.Is(err, fault.Conflict) {
		t.Errorf("into the other engine: %v", err)
	}
}

func leavesNothing(t *testing.T, engine string, was *portal.Portal, file []byte) {
	broken := map[string][]byte{"no backup": []byte("PK nothing of the kind"), "empty": nil, "cut off": file[:len(file)*2/3],
		"cut at the end": file[:len(file)-6], "a bit turned": turned(file, len(file)/2)}
	for name, content := range broken {
		cfg := empty(t, engine, was)
		if _, err := backup.Restore(t.Context(), bytes.NewReader(content), cfg); err == nil {
			t.Errorf("%s: brought back", name)
		}
		left, err := filepath.Glob(filepath.Join(cfg.Data, "files*", "[0-9a-f][0-9a-f]"))
		if err != nil || len(left) > 0 {
			t.Errorf("%s leaves %v", name, left)
		}
		if engine == testdb.Postgres { // a database of which half was filled is refused: it is to be dropped
			cfg.DSN = testdb.New(t, engine, nil)
		}
		if name == "cut at the end" {
			if _, err := backup.Restore(t.Context(), bytes.NewReader(file), cfg); err != nil {
				t.Errorf("after %s: %v", name, err)
			}
		}
	}
}

func turned(file []byte, at int) []byte {
	other := bytes.Clone(file)
	other[at] ^= 0x10
	return other
}

func holdsNoKey(t *testing.T, engine string, was *portal.Portal, file []byte) {
	cfg := empty(t, engine, was)
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), cfg); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(cfg.Data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == filepath.Join(cfg.Data, "keys") {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(`"master"`)) {
			t.Errorf("%s holds the key", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
