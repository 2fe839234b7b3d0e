package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/cn"
	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/database/migrations"
	"taxportal/internal/models"
	"taxportal/internal/testdb"
	"taxportal/internal/warehouse"
	"taxportal/internal/workflow"
)

// fixedNow is the clock of all tests here; nothing in the warehouse depends on it.
func fixedNow() time.Time { return time.Date(2026, 10, 8, 9, 0, 0, 0, models.Zone) }

// migrated is an empty portal database.
var migrated = testdb.Template{
	Name: "warehouse-" + fingerprint(),
	Prepare: func(ctx context.Context, dsn string) error {
		db, err := database.Open(ctx, dsn, database.Options{Now: fixedNow})
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

// world is a portal database with two units, and the warehouse over it.
type world struct {
	*warehouse.Store
	tb   testing.TB
	db   *database.DB
	keys *crypt.Keys
}

// The units of every world.
const (
	unitA = 1
	unitB = 2
)

// each runs fn in a fresh world on each engine.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	testdb.EachFrom(t, &migrated, func(t *testing.T, dsn string) { fn(t, newWorld(t, dsn)) })
}

func newWorld(tb testing.TB, dsn string) *world {
	tb.Helper()
	db, err := database.Open(tb.Context(), dsn, database.Options{Now: fixedNow})
	check(tb, err)
	tb.Cleanup(func() { check(tb, db.Close()) })
	keys, err := crypt.Generate()
	check(tb, err)
	w := &world{Store: warehouse.New(db, keys), tb: tb, db: db, keys: keys}
	w.exec(`INSERT INTO jurisdictions (id, code, name, path) VALUES (1, '371500', '测试市', '/1/')`)
	for id, code := range map[int]string{unitA: "aaa", unitB: "bbb"} {
		w.exec(`INSERT INTO units (id, code, name, kind, path, jurisdiction_id, jurisdiction_path)
			VALUES (?, ?, '测试单位', 'member', '/', 1, '/1/')`, id, code)
	}
	return w
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func (w *world) exec(query string, args ...any) {
	w.tb.Helper()
	check(w.tb, w.db.Write.Exec(query, args...).Error)
}

// number returns the single number that a query finds.
func (w *world) number(query string, args ...any) int64 {
	w.tb.Helper()
	var n int64
	check(w.tb, w.db.Read.Raw(query, args...).Row().Scan(&n))
	return n
}

// texts returns the one column of text that a query finds.
func (w *world) texts(query string, args ...any) []string {
	w.tb.Helper()
	var out []string
	check(w.tb, w.db.Read.Raw(query, args...).Scan(&out).Error)
	return out
}

// batch writes a batch of a template, with its item, task and version, and returns it. Each unit has one task for a
// template and period, to which further batches belong.
func (w *world) batch(template string, unit int64, period models.Period) warehouse.Batch {
	w.tb.Helper()
	return w.batchOf(template, fmt.Sprintf("%s-%d", template, unit), models.OriginPlan, unit, period)
}

// batchOf writes a batch as batch does, for an item of a name and an origin of its own. A task without a period of its
// own stands in a month behind all others.
func (w *world) batchOf(template, item string, origin models.Origin, unit int64, period models.Period) warehouse.Batch {
	w.tb.Helper()
	month := models.At(time.Date(2027, 6, 1, 0, 0, 0, 0, models.Zone))
	var id int64
	check(w.tb, w.db.Tx(w.tb.Context(), func(tx *gorm.DB) error {
		templateID := upsert(tx, `templates (code, name, coverage, created_at)`, template, template, "increment", 0)
		version := upsert(tx, `template_versions (checksum, template_id, no, status, effective_from, definition)`,
			template, templateID, 1, "published", "2026-01", "{}")
		itemID := upsert(tx, `catalogue_items (code, unit_id, name, plan_words, cycle, due_days, lock_days, template_id, origin)`,
			item, unit, item, "", "month", 10, 10, templateID, string(origin))
		task := models.TaskCode(item, period)
		taskID := upsert(tx, `filing_tasks (code, item_id, unit_id, period, month, template_version_id, opens_at, due_at, lock_at)`,
			task, itemID, unit, string(period), period.Month(month), version, 0, 0, 0)
		var no int64
		if err := tx.Raw(`SELECT count(*) + 1 FROM batches WHERE task_id = ?`, taskID).Row().Scan(&no); err != nil {
			return err
		}
		id = upsert(tx, `batches (code, task_id, unit_id, no, kind, state, created_by, created_name, created_at)`,
			models.BatchCode(task, int(no)), taskID, unit, no, "files", string(models.BatchChecking), 1, "", 0)
		return nil
	}))
	return warehouse.Batch{ID: id, UnitID: unit, Period: period}
}

// upsert returns the id of the row whose first column has the first value, which it inserts if it is not there.
func upsert(tx *gorm.DB, into string, values ...any) (id int64) {
	table, rest, _ := strings.Cut(into, " (")
	first, _, _ := strings.Cut(rest, ",")
	find := func() error { return tx.Raw("SELECT id FROM "+table+" WHERE "+first+" = ?", values[0]).Row().Scan(&id) }
	if find() == nil {
		return id
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	if err := errors.Join(tx.Exec("INSERT INTO "+into+" VALUES ("+marks+")", values...).Error, find()); err != nil {
		_ = tx.AddError(err)
	}
	return id
}

// setState moves a batch as the filing flow would.
func (w *world) setState(b warehouse.Batch, state workflow.State) {
	w.tb.Helper()
	w.exec(`UPDATE batches SET state = ? WHERE id = ?`, string(state), b.ID)
}

// ensure builds the table of a definition.
func (w *world) ensure(def *models.Definition) {
	w.tb.Helper()
	check(w.tb, w.Ensure(w.tb.Context(), def))
}

// load loads the records as one batch.
func (w *world) load(def *models.Definition, b warehouse.Batch, records []models.Record) {
	w.tb.Helper()
	ld, err := w.Begin(w.tb.Context(), def, b)
	check(w.tb, err)
	for chunk := range slices.Chunk(records, 700) {
		check(w.tb, ld.Append(w.tb.Context(), chunk))
	}
	rows, err := ld.Finish(w.tb.Context())
	check(w.tb, err)
	if rows != int64(len(records)) {
		w.tb.Fatalf("loaded %d rows, want %d", rows, len(records))
	}
}

// effective returns the names of the effective rows, which the view must agree with.
func (w *world) effective(def *models.Definition, f warehouse.Filter) []string {
	w.tb.Helper()
	rows, err := w.EffectiveRows(w.tb.Context(), def, f)
	check(w.tb, err)
	n, err := w.Count(w.tb.Context(), def, f)
	check(w.tb, err)
	if f.Limit == 0 && f.Offset == 0 && n != int64(len(rows)) {
		w.tb.Errorf("Count says %d, EffectiveRows finds %d", n, len(rows))
	}
	names := namesOf(def, rows)
	if f == (warehouse.Filter{}) {
		view := w.texts(`SELECT name FROM ` + warehouse.ViewName(def.Code) + ` ORDER BY _batch_id, _row_no`)
		if !slices.Equal(view, names) {
			w.tb.Errorf("the view has %q, EffectiveRows %q", view, names)
		}
	}
	return names
}

// namesOf returns the values of the field name.
func namesOf(def *models.Definition, rows []warehouse.Row) []string {
	at := slices.IndexFunc(def.Fields, func(f models.Field) bool { return f.Code == "name" })
	names := []string{}
	for _, r := range rows {
		names = append(names, r.Values[at].Text)
	}
	return names
}

// permits is a template with a field of each storage: subject, text, decimal, money, sealed identifier, open
// identifier, sealed number.
func permits() *models.Definition {
	return &models.Definition{Code: "zjj-02", Name: "商品房预售许可信息", Version: 1, Coverage: models.CoverageIncrement, Fields: []models.Field{
		{Code: "taxpayer", Type: models.TypeTaxpayer, Subject: true},
		{Code: "name", Type: models.TypeText},
		{Code: "area", Type: models.TypeDecimal, Scale: 2},
		{Code: "amount", Type: models.TypeMoney, Unit: "万元"},
		{Code: "owner", Type: models.TypeIDCard, Sensitive: true},
		{Code: "lender", Type: models.TypeUSCC},
		{Code: "income", Type: models.TypeMoney, Sensitive: true},
		{Code: "issued", Type: models.TypeDate},
	}}
}

// text, num and null make values.
func text(s string) models.Value { return models.Value{Text: s} }
func num(n int64) models.Value   { return models.Value{Int: n} }
func null() models.Value         { return models.Value{Null: true} }

// permit is record number i of permits. All identifiers here are synthetic.
func permit(i int) models.Record {
	return models.Record{RowNo: int64(i + 2), Values: []models.Value{
		text(cn.MakeUSCC("91", "371500", uint64(i%500))), text(fmt.Sprintf("项目%d", i)), num(int64(i) * 25), num(int64(i) * 100),
		text(idCard(i)), text(cn.MakeUSCC("91", "371502", 7)), num(int64(i)), text("2026-10-08"),
	}}
}

func idCard(i int) string {
	return cn.MakeID("371502", cn.Date(1980, 1, 1).AddDate(0, 0, i%9000), i%1000)
}

// records returns the first n permits.
func permitRecords(n int) []models.Record {
	out := make([]models.Record, n)
	for i := range out {
		out[i] = permit(i)
	}
	return out
}

// row is a record of a template whose only fields are taxpayer and name.
func row(no int64, taxpayer, name string) models.Record {
	return models.Record{RowNo: no, Values: []models.Value{{Text: taxpayer, Null: taxpayer == ""}, text(name)}}
}

// register is a small template with a subject and a name.
func register(code string, coverage models.Coverage) *models.Definition {
	return &models.Definition{Code: code, Version: 1, Coverage: coverage, Fields: []models.Field{
		{Code: "taxpayer", Type: models.TypeTaxpayer, Subject: true},
		{Code: "name", Type: models.TypeText},
	}}
}
