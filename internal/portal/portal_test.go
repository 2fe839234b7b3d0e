package portal_test

import (
	"errors"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/testdb"
	"taxportal/seed"
)

func now() time.Time { return models.Day("2026-11-10").At(9, 0).Time() }

// config names a fresh place on an engine.
func config(t *testing.T, engine string) portal.Config {
	t.Helper()
	return portal.Config{DSN: testdb.New(t, engine, nil), Data: t.TempDir(), Now: now}
}

// opened opens a portal that must open, and closes it.
func opened(t *testing.T, cfg portal.Config, use func(p *portal.Portal)) {
	t.Helper()
	p, err := portal.Open(t.Context(), cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	use(p)
}

func TestOpen_MakesAKeyOnceAndOnlyForAFreshDatabase(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			cfg := config(t, engine)
			opened(t, cfg, func(p *portal.Portal) {
				if !p.NewKey || p.Ready(t.Context()) != nil {
					t.Errorf("new key %v, ready: %v", p.NewKey, p.Ready(t.Context()))
				}
			})
			opened(t, cfg, func(p *portal.Portal) {
				if p.NewKey {
					t.Error("a second key")
				}
			})
			key := filepath.Join(cfg.Data, "keys", "portal.key")
			if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("key file: %v, %v", info, err)
			}
			if err := os.Rename(key, key+".away"); err != nil {
				t.Fatal(err)
			}
			if _, err := portal.Open(t.Context(), cfg, true); !fault.Is(err, fault.Unavailable) {
				t.Errorf("without its key: %v", err)
			}
			if _, err := os.Stat(key); err == nil {
				t.Error("a lost key is replaced by another")
			}
			other, err := crypt.Generate()
			if err == nil {
				err = other.Save(key)
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := portal.Open(t.Context(), cfg, true); !errors.Is(err, crypt.ErrWrongKey) {
				t.Errorf("with another key: %v", err)
			}
		})
	}
}

func TestOpen_RefusesASchemaThatIsNotItsOwn(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			cfg := config(t, engine)
			if _, err := portal.Open(t.Context(), cfg, false); !fault.Is(err, fault.Conflict) {
				t.Errorf("an empty database without migrating: %v", err)
			}
			opened(t, cfg, func(p *portal.Portal) {
				const newer = `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`
				if err := p.DB.Write.Exec(newer).Error; err != nil {
					t.Fatal(err)
				}
			})
			for _, migrate := range []bool{false, true} {
				if _, err := portal.Open(t.Context(), cfg, migrate); !errors.Is(err, database.ErrNewer) {
					t.Errorf("a newer database, migrate %v: %v", migrate, err)
				}
			}
		})
	}
}

func TestServing_SaysWhatTheDiskLacks(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			readyz := func(p *portal.Portal) (int, string) {
				answer := httptest.NewRecorder()
				p.Web.ServeHTTP(answer, httptest.NewRequest("GET", "/readyz", nil))
				return answer.Code, answer.Body.String()
			}
			cfg := config(t, engine)
			opened(t, cfg, func(p *portal.Portal) {
				if code, text := readyz(p); code != 200 || text != "ready\n" {
					t.Errorf("with room: %d %s", code, text)
				}
				if err := os.Rename(filepath.Join(cfg.Data, "files", "incoming"), filepath.Join(cfg.Data, "gone")); err != nil {
					t.Fatal(err)
				}
				if code, text := readyz(p); code != 503 || !strings.Contains(text, "数据目录不能写入") || strings.Contains(text, cfg.Data) {
					t.Errorf("a folder that cannot be written: %d %s", code, text)
				}
			})
			cfg.LeastFree = math.MaxInt64
			opened(t, cfg, func(p *portal.Portal) {
				if code, text := readyz(p); code != 503 || !strings.Contains(text, "磁盘将满") {
					t.Errorf("without room: %d %s", code, text)
				}
				if err := p.Ready(t.Context()); err != nil {
					t.Errorf("it must start all the same, to say so: %v", err)
				}
			})
		})
	}
}

func TestLoadPlan_AgainChangesNothing(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			opened(t, config(t, engine), func(p *portal.Portal) {
				if empty, err := p.Empty(t.Context()); !empty || err != nil {
					t.Errorf("empty: %v, %v", empty, err)
				}
				plan, err := seed.Load()
				if err != nil {
					t.Fatal(err)
				}
				var before, after [4]int64
				for _, counts := range []*[4]int64{&before, &after} {
					if err := p.LoadPlan(t.Context(), plan, "2026-10"); err != nil {
						t.Fatal(err)
					}
					for i, table := range []string{"units", "catalogue_items", "template_versions", "holidays"} {
						p.DB.Read.Table(table).Count(&counts[i])
					}
				}
				if before != after || before[0] < 40 || before[1] < 100 || before[2] != int64(len(plan.Templates)) {
					t.Errorf("%v became %v", before, after)
				}
				if empty, err := p.Empty(t.Context()); empty || err != nil {
					t.Errorf("empty with the plan: %v, %v", empty, err)
				}
				if err := p.Ready(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestDemoMark_IsKeptAndShown(t *testing.T) {
	cfg := config(t, testdb.Engines(t)[0])
	opened(t, cfg, func(p *portal.Portal) {
		if mark, err := p.DemoMark(t.Context()); mark != portal.DemoNone || err != nil || p.Config.Demo {
			t.Errorf("mark %q, %v", mark, err)
		}
		for _, mark := range []string{portal.DemoLoading, portal.DemoReady} {
			if err := p.MarkDemo(t.Context(), mark); err != nil {
				t.Fatal(err)
			}
		}
	})
	opened(t, cfg, func(p *portal.Portal) {
		if mark, err := p.DemoMark(t.Context()); mark != portal.DemoReady || err != nil || !p.Config.Demo {
			t.Errorf("mark %q, %v; pages say so: %v", mark, err, p.Config.Demo)
		}
	})
}

func TestClose_WritesWhatWasSeenLast(t *testing.T) {
	cfg := config(t, testdb.Engines(t)[0])
	opened(t, cfg, func(p *portal.Portal) {
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Close()
		p.Close() // twice does no harm
	})
}

// TestOpen_SaysWhatIsWrongAndWhatToDo: whoever starts the portal at night reads one sentence that helps.
func TestOpen_SaysWhatIsWrongAndWhatToDo(t *testing.T) {
	cfg := config(t, testdb.Engines(t)[0])
	opened(t, cfg, func(p *portal.Portal) {})
	key := filepath.Join(cfg.Data, "keys", "portal.key")
	good, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := cfg
	elsewhere.KeyFile = filepath.Join(cfg.Data, "none.key")
	for _, tc := range []struct {
		name  string
		text  []byte
		mode  os.FileMode
		cfg   portal.Config
		wants []string
	}{
		{"damaged", []byte(strings.Replace(string(good), "subject", "subjekt", 1)), 0o600, cfg, []string{key, "已损坏", "密钥备份"}},
		{"cut off", good[:len(good)/2], 0o600, cfg, []string{key, "已损坏"}},
		{"empty", nil, 0o600, cfg, []string{key, "已损坏"}},
		{"open to all", good, 0o644, cfg, []string{key, "0644", "chmod 600"}},
		{"elsewhere", good, 0o600, elsewhere, []string{elsewhere.KeyFile, "密钥文件不在", "从备份恢复"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := errors.Join(os.WriteFile(key, tc.text, tc.mode), os.Chmod(key, tc.mode)); err != nil {
				t.Fatal(err)
			}
			_, err := portal.Open(t.Context(), tc.cfg, true)
			message, told := fault.Message(err)
			for _, want := range tc.wants {
				if !told || !strings.Contains(message, want) {
					t.Errorf("no %q in %q (%v)", want, message, err)
				}
			}
			if err != nil && strings.Contains(err.Error(), string(good[len(good)/2:len(good)/2+40])) {
				t.Errorf("the message quotes the key: %v", err)
			}
		})
	}
	if err := errors.Join(os.WriteFile(key, good, 0o600), os.Chmod(key, 0o600)); err != nil {
		t.Fatal(err)
	}
	opened(t, cfg, func(p *portal.Portal) {}) // nothing has been spoilt by trying
}

// TestSecure_TheCookieGoesOverTLSAlone: with Secure set the browser never sends the session in clear.
func TestSecure_TheCookieGoesOverTLSAlone(t *testing.T) {
	cfg := config(t, testdb.Engines(t)[0])
	for _, secure := range []bool{true, false} {
		cfg.Secure = secure
		opened(t, cfg, func(p *portal.Portal) {
			answer := httptest.NewRecorder()
			p.Web.ServeHTTP(answer, httptest.NewRequest("GET", "/login", nil))
			cookies := answer.Result().Cookies()
			if len(cookies) != 1 || cookies[0].Secure != secure || !cookies[0].HttpOnly {
				t.Errorf("secure %v: %+v", secure, cookies)
			}
		})
	}
}
