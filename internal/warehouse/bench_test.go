package warehouse_test

import (
	"slices"
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/models"
	"taxportal/internal/testdb"
	"taxportal/internal/warehouse"
)

// BenchmarkLoad loads batches of twelve columns, one of them the subject (every row another one, the worst case) and
// one a sealed ID card with its hash, on SQLite; on PostgreSQL too if a test server is named and
// PORTAL_TEST_ENGINES asks for it. It reports rows per second. Making the records is not measured.
func BenchmarkLoad(b *testing.B) {
	const rows = 100_000
	for _, engine := range testdb.Engines(b) {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, testdb.New(b, engine, &migrated))
			def := contracts()
			w.ensure(def)
			records := make([]models.Record, rows)
			for i := range records {
				records[i] = contract(i)
			}
			b.ResetTimer()
			for i := range b.N {
				b.StopTimer()
				batch := w.batch(def.Code, unitA, models.Period(cn.Date(1900+i/12, 1+i%12, 1).Format("2006-01")))
				b.StartTimer()
				ld, err := w.Begin(b.Context(), def, batch)
				check(b, err)
				for chunk := range slices.Chunk(records, 1000) {
					check(b, ld.Append(b.Context(), chunk))
				}
				_, err = ld.Finish(b.Context())
				check(b, err)
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkSubject finds the rows of one of many taxpayers.
func BenchmarkSubject(b *testing.B) {
	w := newWorld(b, testdb.New(b, testdb.SQLite, &migrated))
	def := permits()
	w.ensure(def)
	batch := w.batch(def.Code, unitA, "2026-10")
	w.load(def, batch, permitRecords(50_000))
	w.accept(batch)
	subject, _ := w.SubjectOf(models.TypeUSCC, cn.MakeUSCC("91", "371500", 1))
	b.ResetTimer()
	for range b.N {
		found, err := w.SubjectRows(b.Context(), []*models.Definition{def}, subject, warehouse.Look{Limit: 20})
		check(b, err)
		if len(found) != 1 || found[0].Total != 100 {
			b.Fatalf("found %+v", found)
		}
	}
}

// contracts is a template of twelve columns as `make bench` has them.
func contracts() *models.Definition {
	return &models.Definition{Code: "fgw-09", Coverage: models.CoverageIncrement, Fields: []models.Field{
		{Code: "uscc", Type: models.TypeUSCC, Subject: true}, {Code: "name", Type: models.TypeText},
		{Code: "owner", Type: models.TypeIDCard, Sensitive: true}, {Code: "signed", Type: models.TypeDate},
		{Code: "ends", Type: models.TypeDate}, {Code: "price", Type: models.TypeMoney}, {Code: "paid", Type: models.TypeMoney},
		{Code: "grade", Type: models.TypeCode}, {Code: "street", Type: models.TypeAddress}, {Code: "floors", Type: models.TypeInteger},
		{Code: "region", Type: models.TypeRegion}, {Code: "note", Type: models.TypeText},
	}}
}

func contract(i int) models.Record {
	return models.Record{RowNo: int64(i + 2), Values: []models.Value{
		text(cn.MakeUSCC("91", "371500", uint64(i))), text("聊城测试建设工程有限公司"), text(idCard(i)), text("2026-10-08"),
		text("2027-10-07"), num(int64(i) * 1001), num(int64(i) * 37), text("02"), text("东昌府区测试路1号"), num(int64(i % 33)),
		text("371502"), null(),
	}}
}
