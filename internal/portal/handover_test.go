package portal_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"taxportal/internal/portal"
	"taxportal/internal/testdb"
)

func TestOpen_ADemoHandsOverIntoItsOwnFolder(t *testing.T) {
	own := t.TempDir()
	for _, c := range []struct {
		name    string
		demo    bool
		set     string
		isOwn   bool
		nowhere bool
	}{
		{name: "a demo", demo: true, isOwn: true}, {name: "a demo with a folder set", demo: true, set: own}, {name: "no demo", nowhere: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := t.TempDir()
			p, err := portal.Open(t.Context(), portal.Config{DSN: testdb.New(t, testdb.Engines(t)[0], nil), Data: data, Demo: c.demo, Handover: c.set, Now: time.Now}, true)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			target, want := p.Exchange.Target, c.set
			if c.isOwn {
				want = filepath.Join(data, "handover")
				if info, err := os.Stat(want); err != nil || !info.IsDir() {
					t.Errorf("the folder: %v", err)
				}
			}
			if target.Folder != want || target.Demo != c.isOwn || target.Configured() == c.nowhere {
				t.Errorf("handed over to %+v, want %q", target, want)
			}
		})
	}
}
