package exchange_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taxportal/internal/crypt"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/exchange"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/internal/workflow"
)

const task = "ZJJ-02-202610"

// office is a portal whose batches in force are handed over to a folder.
type office struct {
	*testkit.App
	t   *testing.T
	dir string
}

func into(dir, sensitive string) testkit.Option {
	return func(cfg *portal.Config) { cfg.Handover, cfg.HandoverSensitive = dir, sensitive }
}

func each(t *testing.T, sensitive string, fn func(t *testing.T, o *office)) {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		if err := os.RemoveAll(filepath.Join(dir, "zjj-02")); err != nil { // of the engine before
			t.Fatal(err)
		}
		fn(t, &office{app, t, dir})
	}, into(dir, sensitive))
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) move(user, code string, verb workflow.Verb) {
	o.t.Helper()
	o.ok(o.Filing.Move(o.t.Context(), o.As(user), code, verb, filing.MoveInput{}))
}

// accept brings rows into force and works the jobs that follow.
func (o *office) accept(rows int) string {
	o.t.Helper()
	b, err := o.Filing.Upload(o.t.Context(), o.As("liaison.zjj"), task, []filing.UploadedFile{o.File("报送.csv", testkit.Rows(o.t, "zjj-02", rows).CSV())})
	o.ok(err)
	o.Work()
	o.move("liaison.zjj", b.Code, models.VerbSubmit)
	o.move("chief.zjj", b.Code, models.VerbSign)
	o.move("office", b.Code, models.VerbAccept)
	o.Work()
	return b.Code
}

// correct asks for a correction and accepts it.
func (o *office) correct(rows int) string {
	o.t.Helper()
	w, err := o.Filing.RaiseWaiver(o.t.Context(), o.As("office"), task, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "面积有误"})
	o.ok(err)
	o.ok(o.Filing.MoveWaiver(o.t.Context(), o.As("office2"), w.Code, models.VerbConfirm, filing.MoveInput{}))
	return o.accept(rows)
}

// of returns the hand-over of a batch.
func (o *office) of(code string) models.Handover {
	o.t.Helper()
	list, _, err := o.Exchange.Handovers(o.t.Context(), o.As("office"), exchange.HandoverFilter{Text: code, Size: 1})
	o.ok(err)
	if len(list) != 1 {
		o.t.Fatalf("no hand-over of %s", code)
	}
	return list[0]
}

func (o *office) path(code string, name ...string) string {
	return filepath.Join(append([]string{o.dir, "zjj-02", code}, name...)...)
}

func (o *office) manifest(code string) exchange.Manifest {
	o.t.Helper()
	return o.manifestIn(o.path(code))
}

// manifestIn reads the manifest in a folder.
func (o *office) manifestIn(folder string) exchange.Manifest {
	o.t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	o.ok(err)
	var m exchange.Manifest
	o.ok(json.Unmarshal(text, &m))
	return m
}

func TestHandover_WritesWhatIsInForce(t *testing.T) {
	each(t, "plain", func(t *testing.T, o *office) {
		code := o.accept(1203) // more than a page of rows
		h := o.of(code)
		if h.State != models.HandoverDone || h.Rows != 1203 || h.Attempts != 1 || h.Trouble != "" || h.Reference != "zjj-02/"+code || h.DeliveredAt != models.At(o.Clock.Now()) {
			t.Errorf("%+v", h)
		}
		data, err := os.ReadFile(o.path(code, "data.csv"))
		o.ok(err)
		sha := sha256.Sum256(data)
		sm3 := crypt.NewSM3()
		sm3.Write(data)
		if h.SHA256 != hex.EncodeToString(sha[:]) || h.SM3 != hex.EncodeToString(sm3.Sum(nil)) || h.Bytes != int64(len(data)) {
			t.Errorf("checksums %s, %s, %d bytes", h.SHA256, h.SM3, h.Bytes)
		}
		if !bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) || bytes.Count(data, []byte("\r\n")) != 1204 {
			t.Errorf("no BOM, or %d lines", bytes.Count(data, []byte("\r\n")))
		}
		rows, err := csv.NewReader(bytes.NewReader(data[3:])).ReadAll()
		o.ok(err)
		sheet := testkit.Rows(t, "zjj-02", 1203)
		if len(rows) != 1204 {
			t.Fatalf("%d lines", len(rows))
		}
		for _, field := range []string{"permit_no", "developer_uscc", "developer_name"} {
			column := -1
			for i, title := range rows[0] {
				if title == field {
					column = i
				}
			}
			for _, n := range []int{0, 999, 1000, 1202} {
				if column < 0 || rows[n+1][column] != sheet.Get(n, field) {
					t.Errorf("row %d, %s: %q, want %q", n, field, rows[n+1][column], sheet.Get(n, field))
				}
			}
		}
		m := o.manifest(code)
		if m.Format != "taxportal-handover-1" || m.Batch != code || m.Task != task || m.Status != "effective" || m.Period != "2026-10" || m.Unit.Code != "zjj" ||
			m.Area.Code != "371500" || m.Template.Code != "zjj-02" || m.Version != 1 || m.Rows != 1203 || m.Kind != "files" || m.Receipt != "HZ-"+code ||
			m.Sensitive.Mode != "plain" || len(m.Sensitive.Fields) != 3 || m.SignedAt != "2026-11-10T09:00:00+08:00" || len(m.Files) != 2 {
			t.Errorf("manifest %+v", m)
		}
		schema, err := os.ReadFile(o.path(code, "schema.json"))
		o.ok(err)
		sum := sha256.Sum256(schema)
		if !json.Valid(schema) || m.Files[1].Name != "schema.json" || m.Files[1].SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("schema %s", schema)
		}
	})
}

func TestHandover_MasksSensitiveFieldsUnlessToldOtherwise(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		code := o.accept(12)
		data, err := os.ReadFile(o.path(code, "data.csv"))
		o.ok(err)
		m := o.manifest(code)
		if m.Sensitive.Mode != "masked" || len(m.Sensitive.Fields) == 0 {
			t.Fatalf("%+v", m.Sensitive)
		}
		rows, err := csv.NewReader(bytes.NewReader(data[3:])).ReadAll()
		o.ok(err)
		sheet := testkit.Rows(t, "zjj-02", 12)
		for _, field := range m.Sensitive.Fields {
			for i, title := range rows[0] {
				for n := range 12 {
					if clear := sheet.Get(n, field); title == field && clear != "" && (rows[n+1][i] == clear || !strings.Contains(rows[n+1][i], "*")) {
						t.Errorf("%s of row %d goes as %q", field, n, rows[n+1][i])
					}
				}
			}
		}
		if h := o.of(code); h.Sensitive != "masked" {
			t.Errorf("noted as %q", h.Sensitive)
		}
	})
}

func TestHandover_LeavesSensitiveFieldsOut(t *testing.T) {
	each(t, "omit", func(t *testing.T, o *office) {
		code := o.accept(3)
		data, err := os.ReadFile(o.path(code, "data.csv"))
		o.ok(err)
		head, _, _ := strings.Cut(string(data), "\r\n")
		for _, field := range o.manifest(code).Sensitive.Fields {
			if strings.Contains(head, field) {
				t.Errorf("%s is in %s", field, head)
			}
		}
	})
}

func TestHandover_ANilReturnGoesWithoutRows(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		b, err := o.Filing.DeclareNil(t.Context(), o.As("liaison.zjj"), task, "本期没有")
		o.ok(err)
		o.move("liaison.zjj", b.Code, models.VerbSubmit)
		o.move("chief.zjj", b.Code, models.VerbSign)
		o.move("office", b.Code, models.VerbAccept)
		o.Work()
		data, err := os.ReadFile(o.path(b.Code, "data.csv"))
		if m := o.manifest(b.Code); err != nil || m.Kind != "nil" || m.Rows != 0 || bytes.Count(data, []byte("\r\n")) != 1 {
			t.Errorf("%v: %+v, %q", err, m, data)
		}
	})
}

func TestHandover_ASupersededBatchIsMarked(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		first := o.accept(5)
		second := o.correct(6)
		m := o.manifest(first)
		if m.Status != "superseded" || m.SupersededBy != second || m.SupersededAt == "" || m.Rows != 5 {
			t.Errorf("first %+v", m)
		}
		if h := o.of(first); h.State != models.HandoverWithdrawn || h.DeliveredAt == 0 {
			t.Errorf("first is %s", h.State)
		}
		if m := o.manifest(second); m.Status != "effective" || !m.Correction || m.Rows != 6 || o.of(second).State != models.HandoverDone {
			t.Errorf("second %+v", m)
		}
	})
}

func TestHandover_WhatThePlatformHasTakenAwayIsToldByAManifestAlone(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		first := o.accept(5)
		o.ok(os.RemoveAll(o.path(first)))
		second := o.correct(6)
		m := o.manifest(first)
		if m.Status != "superseded" || m.SupersededBy != second || len(m.Files) != 0 || o.of(first).State != models.HandoverWithdrawn {
			t.Errorf("%s: %+v", o.of(first).State, m)
		}
	})
}

func TestHandover_WaitsUntilThereIsAFolder(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		o := &office{App: app, t: t}
		first := o.accept(5)
		second := o.correct(6)
		o.ok(o.Exchange.Resume(t.Context()))
		o.Work()
		for _, code := range []string{first, second} {
			if h := o.of(code); h.State != models.HandoverPending || h.Attempts != 0 || h.Trouble != "" {
				t.Errorf("%s is %s after %d tries: %s", code, h.State, h.Attempts, h.Trouble)
			}
		}
		if _, err := o.Exchange.Retry(t.Context(), o.As("office"), nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("retry: %v", err)
		}
		// The operator sets a folder: what waited is made up for, and what was replaced meanwhile is not handed over.
		o.dir = t.TempDir()
		o.Exchange.Retarget(exchange.Target{Folder: o.dir, Sensitive: exchange.SensitiveMasked})
		o.ok(o.Exchange.Resume(t.Context()))
		o.Work()
		if h := o.of(first); h.State != models.HandoverSkipped {
			t.Errorf("first is %s", h.State)
		}
		if h := o.of(second); h.State != models.HandoverDone || h.Rows != 6 {
			t.Errorf("second is %s", h.State)
		}
		if _, err := os.Stat(o.path(first)); err == nil {
			t.Error("what was replaced before is handed over")
		}
	})
}

func TestHandover_AFailureIsShownAndCanBeRepeated(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		code := task + "-1"
		o.ok(os.MkdirAll(o.path(code), 0o750)) // somebody else's, without a manifest
		o.accept(5)
		h := o.of(code)
		if h.State != models.HandoverFailed || h.Attempts != 1 || !strings.Contains(h.Trouble, "没有清单，没有覆盖") {
			t.Fatalf("%s after %d tries: %s", h.State, h.Attempts, h.Trouble)
		}
		if n, err := o.Exchange.Failed(t.Context(), o.As("office")); n != 1 || err != nil {
			t.Errorf("%d failed, %v", n, err)
		}
		if n, err := o.Exchange.Failed(t.Context(), o.As("office.dcf")); n != 0 || err != nil {
			t.Errorf("another area sees %d failed, %v", n, err)
		}
		for user, kind := range map[string]fault.Kind{"liaison.zjj": fault.Forbidden, "leader": fault.Forbidden, "office.dcf": fault.NotFound} {
			if _, err := o.Exchange.Retry(t.Context(), o.As(user), []string{code}); !fault.Is(err, kind) {
				t.Errorf("%s: %v", user, err)
			}
		}
		o.ok(os.Remove(o.path(code)))
		n, err := o.Exchange.Retry(t.Context(), o.As("office"), nil)
		o.Work()
		if h := o.of(code); n != 1 || err != nil || h.State != models.HandoverDone || h.Attempts != 1 || h.Trouble != "" {
			t.Errorf("%d, %v: %s after %d tries, %s", n, err, h.State, h.Attempts, h.Trouble)
		}
		if _, err := o.Exchange.Retry(t.Context(), o.As("office"), []string{code}); !fault.Is(err, fault.Conflict) {
			t.Errorf("what is done: %v", err)
		}
		var entries []models.AuditEntry
		o.ok(o.DB.Read.Where("object = 'handover'").Order("seq").Find(&entries).Error)
		var said []string
		for _, e := range entries {
			said = append(said, e.ActorName+" "+e.Action)
		}
		if got := strings.Join(said, ", "); got != "系统 fail_handover, 赵敏 retry_handover, 系统 deliver" {
			t.Errorf("audit: %s", got)
		}
	})
}

func TestHandover_RunsAgainWithoutHarm(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		code := o.accept(5)
		before, err := os.Stat(o.path(code, "data.csv"))
		o.ok(err)
		// A portal that died after the rename, before it could say so.
		o.ok(o.DB.Write.Exec("UPDATE handovers SET state = 'pending', delivered_at = 0, reference = '', sm3 = ''").Error)
		o.ok(o.Exchange.Resume(t.Context()))
		o.Work()
		after, err := os.Stat(o.path(code, "data.csv"))
		o.ok(err)
		if h := o.of(code); h.State != models.HandoverDone || h.SM3 == "" || !before.ModTime().Equal(after.ModTime()) {
			t.Errorf("%s, written again: %t", h.State, !before.ModTime().Equal(after.ModTime()))
		}
	})
}

func TestHandover_RefusesABatchWhoseRowsDoNotAddUp(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		code := o.accept(5)
		o.ok(os.RemoveAll(o.path(code)))
		o.ok(o.DB.Write.Exec("UPDATE handovers SET state = 'pending'").Error)
		o.ok(o.DB.Write.Exec("DELETE FROM w_zjj_02 WHERE _row_no = (SELECT max(_row_no) FROM w_zjj_02)").Error)
		o.ok(o.Exchange.Resume(t.Context()))
		o.Work()
		if h := o.of(code); h.State != models.HandoverFailed || !strings.Contains(h.Trouble, "库中有 4 行，与批次的 5 行不符") {
			t.Errorf("%s: %s", h.State, h.Trouble)
		}
		if _, err := os.Stat(o.path(code)); err == nil {
			t.Error("handed over all the same")
		}
	})
}

func TestHandovers_OfACountyThatSharesItsOwnWayAreNotTheCitys(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		code := o.accept(3)
		o.ok(o.DB.Write.Exec("UPDATE units SET jurisdiction_id = (SELECT id FROM jurisdictions WHERE code = '371502'), jurisdiction_path = (SELECT path FROM jurisdictions WHERE code = '371502') WHERE code = 'zjj'").Error)
		o.ok(o.DB.Write.Exec("INSERT INTO sharing_modes (jurisdiction_id, mode, from_month, why, set_name, set_at) SELECT id, 'own', '2026-10', 'x', 'x', 1 FROM jurisdictions WHERE code = '371502'").Error)
		for user, want := range map[string]int64{"office": 0, "office.dcf": 1} {
			_, total, err := o.Exchange.Handovers(t.Context(), o.As(user), exchange.HandoverFilter{Text: code, Size: 20})
			if err != nil || total != want {
				t.Errorf("%s sees %d, %v", user, total, err)
			}
		}
	})
}

func TestOfBatch_IsSeenByTheUnitAndTheOffice(t *testing.T) {
	each(t, "", func(t *testing.T, o *office) {
		h := o.of(o.accept(3))
		for user, seen := range map[string]bool{"liaison.zjj": true, "chief.zjj": true, "office": true, "liaison.fgw": false, "office.dcf": false} {
			got, err := o.Exchange.OfBatch(t.Context(), o.As(user), h.BatchID)
			if err != nil || (got != nil) != seen {
				t.Errorf("%s: %v, %v", user, got, err)
			}
		}
		if _, err := o.Exchange.OfBatch(t.Context(), o.As("leader"), h.BatchID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("leader: %v", err)
		}
		if got, err := o.Exchange.OfBatch(t.Context(), o.As("office"), 4711); got != nil || err != nil {
			t.Errorf("a batch that was never in force: %v, %v", got, err)
		}
		for _, user := range []string{"liaison.zjj", "leader", "tax", "auditor"} {
			if _, _, err := o.Exchange.Handovers(t.Context(), o.As(user), exchange.HandoverFilter{}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s lists: %v", user, err)
			}
		}
	})
}
