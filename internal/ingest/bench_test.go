package ingest_test

import (
	"context"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// BenchmarkCheck checks 100,000 rows of twelve typed columns from memory; what it takes beyond BenchmarkRead is the
// check itself.
func BenchmarkCheck(b *testing.B) {
	data := csvOf(goodRows(100_000))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		c, err := ingest.New(permits(), ingest.Options{Today: today, TempDir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		sink := func(r []models.Record) error { n += len(r); return nil }
		if err := c.File(context.Background(), open(b, data), sink, nil); err != nil {
			b.Fatal(err)
		}
		report, err := c.Finish(context.Background())
		if err != nil || report.Valid != 100_000 || n != 100_000 {
			b.Fatalf("%d valid, %d passed on, %v %+v", report.Valid, n, err, report.Rules)
		}
	}
}

// BenchmarkRead only reads the same rows.
func BenchmarkRead(b *testing.B) {
	data := csvOf(goodRows(100_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		rows, err := open(b, data).Rows(0)
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
		}
		if err := rows.Err(); err != nil {
			b.Fatal(err)
		}
	}
}
