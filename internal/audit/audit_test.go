package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/database/migrations"
	"taxportal/internal/models"
	"taxportal/internal/testdb"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, models.Zone)

var migrated = testdb.Template{
	Name: "audit-" + fingerprint(),
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

// each runs fn with an empty chain on every engine.
func each(t *testing.T, fn func(t *testing.T, db *database.DB)) {
	t.Helper()
	testdb.EachFrom(t, &migrated, func(t *testing.T, dsn string) {
		db, err := database.Open(t.Context(), dsn, database.Options{Now: func() time.Time { return start }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		fn(t, db)
	})
}

var wang = models.Actor{AccountID: 7, Name: "王静", Unit: models.Unit{ID: 3, Name: "市住房城乡建设局"}, Addr: "10.1.2.3"}

// record appends n entries to the chain.
func record(t *testing.T, db *database.DB, n int) {
	t.Helper()
	err := db.Tx(t.Context(), func(tx *gorm.DB) error {
		for i := range n {
			entry := audit.Entry{Object: "filing", ObjectID: fmt.Sprintf("ZJJ-02-202610-%d", i), Action: "return", From: "filed", To: "returned", Reason: "单位写成公斤", Detail: "第 3 列"}
			if err := audit.Record(tx, models.At(start).Add(time.Duration(i)*time.Second), wang, entry); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, db *database.DB) audit.Proof {
	t.Helper()
	proof, err := audit.Verify(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

func TestRecord_keepsWhoWhatWhenAndWhy(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		record(t, db, 2)
		var e models.AuditEntry
		if err := db.Read.Where("seq = 2").Take(&e).Error; err != nil {
			t.Fatal(err)
		}
		e.Hash = nil
		want := models.AuditEntry{Seq: 2, At: models.At(start) + 1000, ActorID: 7, ActorName: "王静", UnitID: 3, UnitName: "市住房城乡建设局", Addr: "10.1.2.3",
			Object: "filing", ObjectID: "ZJJ-02-202610-1", Action: "return", FromState: "filed", ToState: "returned", Reason: "单位写成公斤", Detail: "第 3 列"}
		if fmt.Sprint(e) != fmt.Sprint(want) {
			t.Errorf("kept %+v", e)
		}
	})
}

func TestRecord_aStepThatFailsLeavesNoEntry(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		record(t, db, 1)
		stop := errors.New("stop")
		err := db.Tx(t.Context(), func(tx *gorm.DB) error {
			if err := audit.Record(tx, 1, wang, audit.Entry{Object: "filing"}); err != nil {
				return err
			}
			return stop
		})
		if proof := verify(t, db); !errors.Is(err, stop) || proof.Entries != 1 || !proof.Whole() {
			t.Errorf("after a failed step: %+v, %v", proof, err)
		}
		record(t, db, 1)
		if proof := verify(t, db); proof.Entries != 2 || !proof.Whole() {
			t.Errorf("the chain does not go on: %+v", proof)
		}
	})
}

func TestRecord_manyAtOnceMakeOneChain(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		errs := make([]error, 12)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() {
				errs[i] = db.Tx(t.Context(), func(tx *gorm.DB) error {
					return audit.Record(tx, models.At(start), wang, audit.Entry{Object: "filing", ObjectID: fmt.Sprint(i)})
				})
			})
		}
		group.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if proof := verify(t, db); proof.Entries != 12 || !proof.Whole() {
			t.Errorf("%+v", proof)
		}
	})
}

func TestVerify_anEmptyChainIsWhole(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		if proof := verify(t, db); proof.Entries != 0 || !proof.Whole() || len(proof.Head) != 0 {
			t.Errorf("%+v", proof)
		}
	})
}

// TestVerify_goesBeyondOnePage: entries are read in portions, and a fault in the second one is found.
func TestVerify_goesBeyondOnePage(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		record(t, db, 1003)
		before := verify(t, db)
		if before.Entries != 1003 || !before.Whole() || len(before.Head) != 32 {
			t.Fatalf("%+v", before)
		}
		change(t, db, "UPDATE audit_entries SET reason = 'x' WHERE seq = 1002")
		if proof := verify(t, db); proof.Broken != 1002 || proof.Entries != 1001 {
			t.Errorf("%+v", proof)
		}
	})
}

func change(t *testing.T, db *database.DB, statement string) {
	t.Helper()
	if err := db.Write.Exec(statement).Error; err != nil {
		t.Fatal(err)
	}
}

func TestVerify_findsEveryKindOfChange(t *testing.T) {
	tests := []struct {
		name, statement string
		broken          int64
		says            string
	}{
		{"time", "UPDATE audit_entries SET at = at + 1 WHERE seq = 3", 3, "第 3 条"},
		{"actor", "UPDATE audit_entries SET actor_id = 8 WHERE seq = 3", 3, "第 3 条"},
		{"name", "UPDATE audit_entries SET actor_name = '李安' WHERE seq = 3", 3, "第 3 条"},
		{"unit", "UPDATE audit_entries SET unit_id = 1 WHERE seq = 3", 3, "第 3 条"},
		{"unit's name", "UPDATE audit_entries SET unit_name = '' WHERE seq = 3", 3, "第 3 条"},
		{"address", "UPDATE audit_entries SET addr = '' WHERE seq = 3", 3, "第 3 条"},
		{"object", "UPDATE audit_entries SET object = 'role' WHERE seq = 3", 3, "第 3 条"},
		{"id", "UPDATE audit_entries SET object_id = 'x' WHERE seq = 3", 3, "第 3 条"},
		{"action", "UPDATE audit_entries SET action = 'accept' WHERE seq = 3", 3, "第 3 条"},
		{"states", "UPDATE audit_entries SET from_state = to_state WHERE seq = 3", 3, "第 3 条"},
		{"text moved to the next field", "UPDATE audit_entries SET reason = reason || detail, detail = '' WHERE seq = 3", 3, "第 3 条"},
		{"hash", "UPDATE audit_entries SET hash = (SELECT e.hash FROM audit_entries e WHERE e.seq = 2) WHERE seq = 3", 3, "第 3 条"},
		{"one removed", "DELETE FROM audit_entries WHERE seq = 3", 3, "第 3 条缺失"},
		{"the first removed", "DELETE FROM audit_entries WHERE seq = 1", 1, "第 1 条缺失"},
		{"the last removed", "DELETE FROM audit_entries WHERE seq = 5", 5, "第 5 条缺失"},
		{"all removed", "DELETE FROM audit_entries", 1, "第 1 条缺失"},
		{"head set back", "UPDATE audit_head SET seq = 4", 4, "链尾"},
		{"head's hash", "UPDATE audit_head SET hash = (SELECT e.hash FROM audit_entries e WHERE e.seq = 2)", 5, "链尾"},
		{"head removed", "DELETE FROM audit_head", 1, "链尾"},
		{"chain emptied but for the head's hash", "UPDATE audit_head SET seq = 0", 1, "链尾"},
		{"one put behind", "INSERT INTO audit_entries SELECT seq + 1, at, actor_id, actor_name, unit_id, unit_name, addr, object, object_id, action, from_state, to_state, reason, detail, hash FROM audit_entries WHERE seq = 5", 6, "第 6 条不在链上"},
		{"one put before", "INSERT INTO audit_entries SELECT 0, at, actor_id, actor_name, unit_id, unit_name, addr, object, object_id, action, from_state, to_state, reason, detail, hash FROM audit_entries WHERE seq = 5", 1, "不在链上"},
	}
	each(t, func(t *testing.T, db *database.DB) {
		for _, tt := range tests {
			for _, begin := range []string{"DELETE FROM audit_entries", "DELETE FROM audit_head", "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '')"} {
				change(t, db, begin)
			}
			record(t, db, 5)
			change(t, db, tt.statement)
			if proof := verify(t, db); proof.Whole() || proof.Broken != tt.broken || !strings.Contains(proof.Why, tt.says) {
				t.Errorf("%s: %+v, want it broken at %d", tt.name, proof, tt.broken)
			}
		}
	})
}

// TestVerify_exchangedEntries: two entries that trade places keep their hashes and still do not fit.
func TestVerify_exchangedEntries(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		record(t, db, 5)
		change(t, db, "UPDATE audit_entries SET seq = 99 WHERE seq = 2")
		change(t, db, "UPDATE audit_entries SET seq = 2 WHERE seq = 3")
		change(t, db, "UPDATE audit_entries SET seq = 3 WHERE seq = 99")
		if proof := verify(t, db); proof.Broken != 2 {
			t.Errorf("%+v", proof)
		}
	})
}

// TestChain_staysAsItIs holds the encoding: a chain that was written must verify in any later version.
func TestChain_staysAsItIs(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		record(t, db, 2)
		const want = "204b53425769f38c41096bbf4e590349245ba050fa4d7b731bf4da0a4ebcc98e" // computed by another program with OpenSSL's SM3
		if got := fmt.Sprintf("%x", verify(t, db).Head); got != want {
			t.Errorf("the chain of the fixed entries ends in %s, want %s", got, want)
		}
	})
}
