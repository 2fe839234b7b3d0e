package audit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	chain "taxportal/internal/audit"
	"taxportal/internal/authz"
	"taxportal/internal/database"
	"taxportal/internal/database/migrations"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/audit"
	"taxportal/internal/testdb"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, models.Zone)

var migrated = testdb.Template{
	Name: "services-audit-" + fingerprint(),
	Prepare: func(ctx context.Context, dsn string) error {
		db, err := database.Open(ctx, dsn, database.Options{Now: func() time.Time { return start }})
		if err != nil {
			return err
		}
		return errors.Join(db.Migrate(ctx), db.Close())
	},
}

func fingerprint() string {
	name, err := testdb.Fingerprint(migrations.FS)
	if err != nil {
		return err.Error()
	}
	return name
}

// auditor is the one who may look.
var auditor = models.Actor{AccountID: 99, Name: "赵审计", Roles: []models.Role{models.RoleAud}}

type world struct {
	*audit.Service
	t  *testing.T
	db *database.DB
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	testdb.EachFrom(t, &migrated, func(t *testing.T, dsn string) {
		now := func() time.Time { return start }
		db, err := database.Open(t.Context(), dsn, database.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		guard, err := authz.New()
		if err != nil {
			t.Fatal(err)
		}
		fn(t, &world{audit.New(db, guard, now), t, db})
	})
}

// write appends an entry of a person at a day and hour of November 2026.
func (w *world) write(day, hour int, actor int64, name string, e chain.Entry) {
	w.t.Helper()
	at := models.At(time.Date(2026, 11, day, hour, 0, 0, 0, models.Zone))
	err := w.db.Tx(w.t.Context(), func(tx *gorm.DB) error {
		return chain.Record(tx, at, models.Actor{AccountID: actor, Name: name}, e)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) some() {
	w.write(20, 0, 1, "王静", chain.Entry{Object: "session", ObjectID: "wang", Action: "login"})
	w.write(20, 23, 1, "王静", chain.Entry{Object: "filing", ObjectID: "ZJJ-02-202610-1", Action: "submit", From: "clean", To: "signing"})
	w.write(21, 12, 2, "李刚", chain.Entry{Object: "filing", ObjectID: "ZJJ-02-202610-1", Action: "sign", From: "signing", To: "filed"})
	w.write(22, 12, 3, "赵敏", chain.Entry{Object: "filing", ObjectID: "ZJJ-02-202610-1", Action: "return", From: "filed", To: "returned", Reason: "单位_100%写成公斤"})
	w.write(23, 8, 0, "", chain.Entry{Object: "session", ObjectID: "nobody", Action: "login_failed"})
}

// found returns what a filter finds as "object/action", in its order.
func (w *world) found(f audit.Filter) (string, int64) {
	w.t.Helper()
	if f.Size == 0 {
		f.Size = audit.PageSize
	}
	entries, total, err := w.Search(w.t.Context(), auditor, f)
	if err != nil {
		w.t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Object+"/"+e.Action)
	}
	return strings.Join(list, " "), total
}

func TestSearch_narrowsByEveryFilter(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.some()
		const all = "session/login_failed filing/return filing/sign filing/submit session/login"
		tests := []struct {
			name string
			f    audit.Filter
			want string
		}{
			{"all, newest first", audit.Filter{}, all},
			{"oldest first", audit.Filter{Order: audit.Oldest, Object: "session"}, "session/login session/login_failed"},
			{"object", audit.Filter{Object: "session"}, "session/login_failed session/login"},
			{"person", audit.Filter{Text: "王静"}, "filing/submit session/login"},
			{"number, whatever its case", audit.Filter{Text: "zjj-02"}, "filing/return filing/sign filing/submit"},
			{"reason", audit.Filter{Text: "公斤"}, "filing/return"},
			{"wildcards are letters", audit.Filter{Text: "_100%"}, "filing/return"},
			{"no wildcard", audit.Filter{Text: "%"}, "filing/return"},
			{"action in words", audit.Filter{Text: "登录失败"}, "session/login_failed"},
			{"move in words", audit.Filter{Text: "提交审签"}, "filing/submit"},
			{"words of several actions", audit.Filter{Text: "登录"}, "session/login_failed session/login"},
			{"blank text", audit.Filter{Text: " \t"}, all},
			{"text and object together", audit.Filter{Text: "王静", Object: "filing"}, "filing/submit"},
			{"words and days together", audit.Filter{Text: "登录", To: "2026-11-22"}, "session/login"},
			{"from, midnight included", audit.Filter{From: "2026-11-21"}, "session/login_failed filing/return filing/sign"},
			{"to, the whole day", audit.Filter{To: "2026-11-20"}, "filing/submit session/login"},
			{"one day", audit.Filter{From: "2026-11-22", To: "2026-11-22"}, "filing/return"},
			{"turned round", audit.Filter{From: "2026-11-22", To: "2026-11-20"}, ""},
			{"no day is left out", audit.Filter{From: "2026-13-40", To: "gestern"}, all},
			{"nothing", audit.Filter{Text: "nichts"}, ""},
		}
		for _, tt := range tests {
			if got, total := w.found(tt.f); got != tt.want || int(total) != len(strings.Fields(tt.want)) {
				t.Errorf("%s: %q of %d, want %q", tt.name, got, total, tt.want)
			}
		}
		if got, total := w.found(audit.Filter{Size: 2, Page: 2}); got != "filing/sign filing/submit" || total != 5 {
			t.Errorf("page 2: %q of %d", got, total)
		}
	})
}

func TestAudit_isForTheAuditorAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.some()
		for _, role := range models.Roles {
			who := models.Actor{AccountID: 5, Roles: []models.Role{role}}
			_, _, search := w.Search(t.Context(), who, audit.Filter{})
			export := w.Export(t.Context(), who, audit.Filter{}, func(models.AuditEntry) error { return nil })
			_, verify := w.Verify(t.Context(), who)
			for name, err := range map[string]error{"search": search, "export": export, "verify": verify} {
				if (err == nil) != (role == models.RoleAud) || (err != nil && !fault.Is(err, fault.Forbidden)) {
					t.Errorf("%s as %s: %v", name, role, err)
				}
			}
		}
	})
}

func TestOwn_showsEverybodyHisOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.some()
		for id, want := range map[int64]int{1: 2, 2: 1, 4: 0} {
			entries, err := w.Own(t.Context(), models.Actor{AccountID: id, Roles: []models.Role{models.RoleOutside}}, 20)
			if err != nil || len(entries) != want {
				t.Errorf("account %d sees %d: %v", id, len(entries), err)
			}
		}
		if entries, _ := w.Own(t.Context(), models.Actor{AccountID: 1, Roles: []models.Role{models.RoleLiaison}}, 1); len(entries) != 1 || entries[0].Action != "submit" {
			t.Errorf("the latest is %+v", entries)
		}
	})
}

func TestExport_yieldsTheFilterAndWritesItDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		err := w.db.Tx(t.Context(), func(tx *gorm.DB) error {
			for i := range 1005 {
				if err := chain.Record(tx, models.At(start), auditor, chain.Entry{Object: "filing", ObjectID: fmt.Sprint(i), Action: "upload"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		next := int64(1)
		err = w.Export(t.Context(), auditor, audit.Filter{Object: "filing", Text: "审计", From: "2026-11-01"}, func(e models.AuditEntry) error {
			if e.Seq != next {
				t.Fatalf("%d after %d", e.Seq, next-1)
			}
			next++
			return nil
		})
		if err != nil || next != 1006 {
			t.Errorf("%d entries: %v", next-1, err)
		}
		entries, _, _ := w.Search(t.Context(), auditor, audit.Filter{Object: "audit", Size: 5})
		if len(entries) != 1 || entries[0].Action != "export" || entries[0].Detail != "关键字 审计 对象 数据报送 自 2026-11-01" {
			t.Errorf("written down: %+v", entries)
		}
		enough := errors.New("enough")
		if err := w.Export(t.Context(), auditor, audit.Filter{}, func(models.AuditEntry) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("the caller's end came back as %v", err)
		}
		if got := (audit.Filter{}).String(); got != "全部" {
			t.Errorf("no filter is %q", got)
		}
	})
}

func TestVerify_writesItsResultDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.some()
		proof, err := w.Verify(t.Context(), auditor)
		if err != nil || !proof.Whole() || proof.Entries != 5 {
			t.Errorf("%+v: %v", proof, err)
		}
		if err := w.db.Write.Exec("UPDATE audit_entries SET reason = '' WHERE seq = 4").Error; err != nil {
			t.Fatal(err)
		}
		proof, err = w.Verify(t.Context(), auditor)
		if err != nil || proof.Broken != 4 {
			t.Errorf("%+v: %v", proof, err)
		}
		entries, _, _ := w.Search(t.Context(), auditor, audit.Filter{Object: "audit", Order: audit.Oldest, Size: 5})
		var results []string
		for _, e := range entries {
			results = append(results, e.Action+" "+e.Detail)
		}
		if !slices.Equal(results, []string{"verify 完整，共 5 条", "verify 第 4 条与其校验值不符，内容或顺序被改动。"}) {
			t.Errorf("written down: %q", results)
		}
	})
}

func TestWords_sayCodesAsPeopleDo(t *testing.T) {
	for _, tt := range []struct{ object, action, want string }{
		{"filing", "submit", "提交审签"}, {"filing", "upload", "上传文件"}, {"filing", "found_errors", "校验完成，有错误"}, {"waiver", "confirm", "复核同意"},
		{"session", "login", "登录"}, {"account", "reset", "生成一次性链接"}, {"role", "give", "授予角色"}, {"audit", "verify", "核验完整性"},
		{"filing", "unknown", "unknown"}, {"unknown", "submit", "submit"}, {"", "", ""},
	} {
		if got := audit.ActionLabel(tt.object, tt.action); got != tt.want {
			t.Errorf("%s %s is %q, want %q", tt.object, tt.action, got, tt.want)
		}
	}
	for _, tt := range []struct{ object, state, want string }{
		{"filing", "filed", "待受理"}, {"waiver", "granted", "已同意"}, {"filing", "", ""}, {"account", "x", "x"},
	} {
		if got := audit.StateLabel(tt.object, tt.state); got != tt.want {
			t.Errorf("%s %s is %q, want %q", tt.object, tt.state, got, tt.want)
		}
	}
	if audit.ObjectLabel("filing") != "数据报送" || audit.ObjectLabel("?") != "?" || audit.ObjectLabel("") != "" {
		t.Error("objects are not said as people do")
	}
	for _, flow := range []string{models.FilingFlow.Name, models.WaiverFlow.Name} {
		if audit.ObjectLabel(flow) == flow {
			t.Errorf("the workflow %s has no words", flow)
		}
	}
}
