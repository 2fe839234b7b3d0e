package warehouse_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/crypt"
	"taxportal/internal/models"
	"taxportal/internal/warehouse"
)

func TestSensitiveValues_AreNowhereInTheFile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		records := permitRecords(50)
		for i := range records {
			records[i].Values[6] = num(770_177_017_701_770 + int64(i))
		}
		b := w.batch(def.Code, unitA, "2026-10")
		w.load(def, b, clone(records))
		stored := w.everything()
		for i, r := range records {
			for _, secret := range []string{r.Values[4].Text, "7701770177017"} {
				if bytes.Contains(stored, []byte(secret)) {
					t.Fatalf("the database holds %s, a sensitive value of row %d, in the open", secret, i)
				}
			}
			if !bytes.Contains(stored, []byte(r.Values[1].Text)) {
				t.Fatal("the search finds not even what is stored in the open")
			}
		}
	})
}

// everything returns all bytes that hold rows: the files of SQLite, PostgreSQL's table in its own words.
func (w *world) everything() []byte {
	w.tb.Helper()
	if w.db.Engine == "postgres" {
		var out []byte
		for _, line := range w.texts(`SELECT w::text || encode(owner, 'escape') || encode(income, 'escape') FROM w_zjj_02 w`) {
			out = append(out, line...)
		}
		return out
	}
	files, err := filepath.Glob(w.db.Path() + "*")
	check(w.tb, err)
	var out []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		check(w.tb, err)
		out = append(out, content...)
	}
	return out
}

func TestSensitiveValues_AreMaskedUntilAskedFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		b := w.batch(def.Code, unitA, "2026-10")
		empty := permit(1)
		empty.Values[4], empty.Values[6] = null(), null()
		w.load(def, b, []models.Record{permit(0), empty})
		w.setState(b, models.BatchEffective)
		for _, reveal := range []bool{false, true} {
			rows, err := w.EffectiveRows(t.Context(), def, warehouse.Filter{Reveal: reveal})
			check(t, err)
			page, err := w.BatchRows(t.Context(), def, b.ID, warehouse.Page{Reveal: reveal})
			check(t, err)
			owner, income := text(warehouse.Masked), text(warehouse.Masked)
			if reveal {
				owner, income = permit(0).Values[4], permit(0).Values[6]
			}
			for _, rows := range [][]warehouse.Row{rows, page} {
				if v := rows[0].Values; v[4] != owner || v[6] != income {
					t.Errorf("reveal %v: %+v and %+v", reveal, v[4], v[6])
				}
				if v := rows[1].Values; v[4] != null() || v[6] != null() {
					t.Errorf("reveal %v: empty cells read as %+v and %+v", reveal, v[4], v[6])
				}
			}
		}
	})
}

func TestSensitiveValues_DoNotOpenElsewhere(t *testing.T) {
	moves := map[string]string{
		"to another row":    `UPDATE w_zjj_02 SET owner = (SELECT owner FROM w_zjj_02 WHERE _row_no = 3) WHERE _row_no = 2`,
		"to another column": `UPDATE w_zjj_02 SET owner = income WHERE _row_no = 2`,
		"to another batch":  `UPDATE w_zjj_02 SET _row_no = 100 WHERE _row_no = 2`,
	}
	each(t, func(t *testing.T, w *world) {
		def := permits()
		w.ensure(def)
		for name, move := range moves {
			b := w.batch(def.Code, unitA, "2026-10")
			w.load(def, b, permitRecords(2))
			w.exec(move)
			if _, err := w.BatchRows(t.Context(), def, b.ID, warehouse.Page{Reveal: true}); !errors.Is(err, crypt.ErrOpen) {
				t.Errorf("moved %s: %v", name, err)
			}
			_, err := w.BatchRows(t.Context(), def, b.ID, warehouse.Page{})
			check(t, err)
			_, err = w.Purge(t.Context(), def.Code, b.ID)
			check(t, err)
		}
	})
}

func TestSubject_IsTheSameHoweverATaxpayerWasWrittenDown(t *testing.T) {
	uscc := cn.MakeUSCC("91", "371500", 12)
	body := uscc[8:17]
	card := cn.MakeID("371502", cn.Date(1970, 5, 6), 12)
	old := card[:6] + card[8:17]
	ways := []struct {
		of    string
		kind  models.FieldType
		value string
	}{
		{"the body", models.TypeTaxpayer, uscc},
		{"the body", models.TypeTaxpayer, body},
		{"the body", models.TypeTaxpayer, "371502" + body},
		{"the body", models.TypeUSCC, " " + uscc[:4] + "-" + uscc[4:]},
		{"the body", models.TypeLegacy, body[:8] + "-" + body[8:]},
		{"the person", models.TypeTaxpayer, card},
		{"the person", models.TypeIDCard, card},
		{"another body", models.TypeTaxpayer, cn.MakeUSCC("91", "371500", 13)},
		{"a car", models.TypePlate, "鲁P12345"},
		{"an account", models.TypeAccount, "6222020000000000000"},
		{"a phone", models.TypePhone, "13800000000"},
	}
	if _, ok := cn.UpgradeID(old); ok {
		ways = append(ways, struct {
			of    string
			kind  models.FieldType
			value string
		}{"the person", models.TypeIDCard, old})
	}
	keys, err := crypt.Generate()
	check(t, err)
	store := warehouse.New(nil, keys)
	first := map[string]warehouse.Subject{}
	for _, way := range ways {
		got, ok := store.SubjectOf(way.kind, way.value)
		want, known := first[way.of]
		if !ok || known && got != want {
			t.Errorf("%s %s is not %s", way.kind, way.value, way.of)
		}
		for of, other := range first {
			if of != way.of && other == got {
				t.Errorf("%s and %s are one", of, way.of)
			}
		}
		first[way.of] = got
	}
	if _, ok := store.SubjectOf(models.TypeTaxpayer, " -"); ok {
		t.Error("nothing has a subject")
	}
}

func TestSubject_JoinsWithHashColumnsAndIsNeverNull(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bodies, deals := register("aaa-01", models.CoverageIncrement), permits()
		w.ensure(bodies)
		w.ensure(deals)
		uscc := cn.MakeUSCC("91", "371502", 7) // the lender of every permit
		for i, taxpayer := range []string{uscc, uscc[8:17], "", ""} {
			b := w.batch(bodies.Code, unitA, models.Period([]string{"2026-01", "2026-02", "2026-03", "2026-04"}[i]))
			w.load(bodies, b, []models.Record{row(2, taxpayer, "甲")})
			w.accept(b)
		}
		b := w.batch(deals.Code, unitB, "2026-10")
		w.load(deals, b, permitRecords(3))
		w.accept(b)
		if n := w.number(`SELECT count(*) FROM e_aaa_01 a JOIN e_zjj_02 z ON z.lender_h = a._subject`); n != 6 {
			t.Errorf("the lender joins %d times, want 6", n)
		}
		if n := w.number(`SELECT count(DISTINCT _subject) FROM w_aaa_01 WHERE length(_subject) = 16`); n != 3 {
			t.Errorf("%d different subjects, want 3: one body and two rows without", n)
		}
	})
}

func TestSubjectRows_FindsEverythingAboutATaxpayer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		codes := []string{"aaa-01", "aaa-02", "aaa-03", "aaa-04"}
		var defs []*models.Definition
		for _, code := range codes {
			defs = append(defs, register(code, models.CoverageIncrement))
			w.ensure(defs[len(defs)-1])
		}
		defs = append(defs, register("aaa-99", models.CoverageIncrement)) // no table yet
		uscc := cn.MakeUSCC("91", "371500", 5)
		for i, names := range [][]string{{"甲", "乙", "丙"}, {}, {"丁"}, {"not accepted"}} {
			b := w.batch(codes[i], unitA, "2026-10")
			records := []models.Record{row(2, cn.MakeUSCC("91", "371500", 6), "another")}
			for j, name := range names {
				records = append(records, row(int64(j+3), uscc, name))
			}
			w.load(defs[i], b, records)
			if i != 3 {
				w.accept(b)
			}
		}
		subject, _ := w.SubjectOf(models.TypeTaxpayer, uscc)
		found, err := w.SubjectRows(t.Context(), defs, subject, warehouse.Look{Limit: 2})
		check(t, err)
		var got []string
		for _, f := range found {
			got = append(got, f.Template)
			got = append(got, namesOf(defs[0], f.Rows)...)
		}
		if want := []string{"aaa-01", "甲", "乙", "aaa-03", "丁"}; !slices.Equal(got, want) {
			t.Errorf("found %q, want %q", got, want)
		}
		if found[0].Total != 3 || found[1].Total != 1 {
			t.Errorf("totals are %d and %d, want 3 and 1", found[0].Total, found[1].Total)
		}
		found, err = w.SubjectRows(t.Context(), nil, subject, warehouse.Look{})
		check(t, err)
		if len(found) != 0 {
			t.Error("found something in no template")
		}
	})
}
