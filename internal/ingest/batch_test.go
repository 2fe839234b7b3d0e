package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// keyed is a template of two plain fields, of which the first must be unique.
func keyed() *models.Definition {
	return &models.Definition{Code: "k-01", Name: "钥匙", Version: 1, Fields: []models.Field{
		{Code: "no", Name: "编号", Type: models.TypeText, Required: true, Key: true},
		{Code: "part", Name: "分号", Type: models.TypeInteger, Key: true},
		{Code: "what", Name: "内容", Type: models.TypeText},
	}}
}

func TestBatch_RepeatedKeysNameBothRows(t *testing.T) {
	first := csvOf([][]string{{"编号", "分号", "内容"}, {"甲", "1", "x"}, {"乙", "1", "x"}, {"甲", "２", "y"}, {" 甲 ", "1.0", "z"}})
	second := csvOf([][]string{{"标题"}, {"内容", "编号", "分号"}, {"x", "乙", "1"}, {"q", "丙", ""}, {"q", "丙", ""}})
	out := run(t, keyed(), ingest.Options{}, first, second)
	balanced(t, out)
	if out.report.Verdict != ingest.VerdictErrors || out.report.Valid != 4 || out.report.Rejected != 3 {
		t.Fatalf("%+v", out.report)
	}
	want := []struct {
		file           int
		row            int64
		column, key, m string
	}{
		{0, 5, "A", "甲\x1f1", "与第 2 行重复"},
		{1, 3, "B", "乙\x1f1", "整行与第 1 个文件的第 3 行完全相同"},
		{1, 5, "B", "丙\x1f", "整行与第 4 行完全相同"},
	}
	for i, f := range out.findings {
		w := want[i]
		if f.Rule != "key.duplicate" || f.File != w.file || f.Row != w.row || f.Column != w.column || f.Key != w.key || f.Message != w.m || f.Field != "no" || f.RowHash == "" {
			t.Errorf("got %+v, want %+v", f, w)
		}
	}
	if r := out.report.Rules[0]; r.Title != "“编号”“分号”重复" || r.Count != 3 {
		t.Errorf("rule %+v", r)
	}
}

func TestBatch_RepeatedKeyShowsNamesOfTheList(t *testing.T) {
	def := keyed()
	def.Fields[1] = models.Field{Code: "part", Name: "类别", Type: models.TypeCode, List: "kind", Key: true}
	def.Lists = []models.CodeList{{Code: "kind", Name: "类别", Items: []models.CodeItem{{Code: "1", Name: "住宅"}, {Code: "2", Name: "商业"}}}}
	out := run(t, def, ingest.Options{}, csvOf([][]string{{"编号", "类别", "内容"}, {"甲", "住宅", "x"}, {"甲", "2", "x"}, {"甲", "1", "y"}}))
	if len(out.findings) != 1 || out.findings[0].Value != "甲，住宅" || out.findings[0].Key != "甲\x1f1" {
		t.Errorf("got %+v", out.findings)
	}
}

func TestBatch_WithoutKeyIdenticalRowsAreWarnings(t *testing.T) {
	def := keyed()
	def.Fields[0].Key, def.Fields[1].Key = false, false
	out := run(t, def, ingest.Options{}, csvOf([][]string{{"编号", "分号", "内容"}, {"甲", "1", "x"}, {"甲", "1", "y"}, {"甲", "1.0", " x"}}))
	balanced(t, out)
	if out.report.Verdict != ingest.VerdictWarnings || out.report.Valid != 3 || len(out.findings) != 1 {
		t.Fatalf("%+v", out.findings)
	}
	if f := out.findings[0]; f.Rule != "row.identical" || f.Row != 4 || f.Message != "整行与第 2 行完全相同" {
		t.Errorf("%+v", f)
	}
}

// TestBatch_DuplicatesAgainstMap holds the search in bounded memory against a plain map, over several files and with
// so little memory that nearly everything is spilled.
func TestBatch_DuplicatesAgainstMap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var files [][]byte
	first := map[string]string{} // key → place of its first row
	want := map[string]string{}  // place → first place
	for file := range 4 {
		rows := [][]string{{"编号", "分号", "内容"}}
		for row := 2; row < 1200; row++ {
			no, part := fmt.Sprint("k", random.IntN(900)), fmt.Sprint(random.IntN(3))
			rows = append(rows, []string{no, part, fmt.Sprint(random.IntN(4))})
			place := fmt.Sprintf("%d/%d", file, row)
			if at, seen := first[no+"/"+part]; seen {
				want[place] = at
			} else {
				first[no+"/"+part] = place
			}
		}
		files = append(files, csvOf(rows))
	}
	out := run(t, keyed(), ingest.Options{Memory: 4000}, files...)
	balanced(t, out)
	got, last := map[string]string{}, int64(0)
	for _, f := range out.findings {
		where := int64(f.File)*models.RowsPerFile + f.Row
		if where <= last {
			t.Fatalf("findings out of order at %d/%d", f.File, f.Row)
		}
		last = where
		place, other, row := fmt.Sprintf("%d/%d", f.File, f.Row), f.File, 0
		message := strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(f.Message, "重复"), "完全相同"), "整行")
		if _, err := fmt.Sscanf(message, "与第 %d 个文件的第 %d 行", &other, &row); err == nil {
			other--
		} else if _, err := fmt.Sscanf(message, "与第 %d 行", &row); err != nil {
			t.Fatalf("message %q", f.Message)
		} else {
			other = f.File
		}
		got[place] = fmt.Sprintf("%d/%d", other, row)
	}
	if !maps.Equal(got, want) {
		t.Errorf("%d duplicates found, %d expected", len(got), len(want))
	}
}

func TestBatch_LeavesNoTemporaryFile(t *testing.T) {
	dir := t.TempDir()
	c, err := ingest.New(keyed(), ingest.Options{Today: today, TempDir: dir, Memory: 1000})
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{{"编号", "分号"}}
	for i := range 500 {
		rows = append(rows, []string{fmt.Sprint("k", i), "1"})
	}
	if err := c.File(context.Background(), open(t, csvOf(rows)), nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestBatch_TheBookBalances breaks random cells of random batches: whatever happens, every row is valid or rejected,
// and the rejected ones are those with an error.
func TestBatch_TheBookBalances(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	junk := []string{"", "/", "无", "#N/A", "=1+1", "2026-02-30", "-5", "1e10", "91371500MA3C2X7K26", "长长的文字", "99999999999999999999",
		"300000", "合计", "备注：", "2020-01-01", "１２３", "\u00a0", "是"}
	for range 25 {
		var files [][]byte
		for range 1 + random.IntN(3) {
			rows := [][]string{header(permits())}
			for range 1 + random.IntN(60) {
				row := goodRow(random.IntN(200))
				for range random.IntN(4) * random.IntN(2) {
					row[random.IntN(len(row))] = junk[random.IntN(len(junk))]
				}
				rows = append(rows, row)
			}
			files = append(files, csvOf(rows))
		}
		balanced(t, run(t, permits(), ingest.Options{}, files...))
	}
}

func TestBatch_TenFiles(t *testing.T) {
	var files [][]byte
	for file := range 10 {
		rows := [][]string{{"第", fmt.Sprint(file)}, header(permits())}
		for i := range 300 {
			rows = append(rows, goodRow(file*1000+i))
		}
		files = append(files, csvOf(append(rows, []string{"合计", "", "", "", "", "", "1"})))
	}
	out := run(t, permits(), ingest.Options{}, files...)
	balanced(t, out)
	if out.report.Verdict != ingest.VerdictClean || out.report.Valid != 3000 || len(out.records) != 3000 || len(out.report.Files) != 10 {
		t.Fatalf("%s %d %d", out.report.Verdict, out.report.Valid, len(out.records))
	}
	if !slices.IsSortedFunc(out.records, func(a, b models.Record) int { return int(a.RowNo - b.RowNo) }) {
		t.Error("records out of order")
	}
	if last := out.records[2999]; last.RowNo != 9*models.RowsPerFile+302 || last.Values[0].Text != goodRow(9299)[0] {
		t.Errorf("last record %+v", last)
	}
}

func TestBatch_RecordsEndWithTheFirstError(t *testing.T) {
	rows := goodRows(1000)
	rows[700][2] = "9137"
	out := run(t, permits(), ingest.Options{}, csvOf(rows), csvOf(goodRows(3)))
	balanced(t, out)
	if len(out.records) != 512 || out.report.Rejected < 1 {
		t.Errorf("%d records passed on, %d rejected", len(out.records), out.report.Rejected)
	}
}

func TestBatch_FindingsAreLocated(t *testing.T) {
	rows := append([][]string{{"预售许可一览表"}}, goodRows(3)...)
	rows[3][2], rows[3][6], rows[4][4] = "91371500MA3C2X7K2", "很大", "6/7/2020"
	out := run(t, permits(), ingest.Options{}, csvOf(rows))
	balanced(t, out)
	want := []ingest.Finding{
		{Row: 4, Column: "C", Field: "uscc", Name: "统一社会信用代码", Rule: "uscc.length", Value: "91371500MA3C2X7K2"},
		{Row: 4, Column: "G", Field: "area", Name: "预售面积", Rule: "type.decimal", Value: "很大"},
		{Row: 5, Column: "E", Field: "issued", Name: "发证日期", Rule: "date.ambiguous", Value: "6/7/2020"},
	}
	if len(out.findings) != len(want) {
		t.Fatalf("%+v", out.findings)
	}
	for i, f := range out.findings {
		w := want[i]
		if f.Row != w.Row || f.Column != w.Column || f.Field != w.Field || f.Name != w.Name || f.Rule != w.Rule || f.Value != w.Value {
			t.Errorf("got %+v, want %+v", f, w)
		}
		if f.Key != rows[f.Row-1][0] || f.RowHash == "" || f.Advice == "" || f.Severity != models.SeverityError {
			t.Errorf("incomplete: %+v", f)
		}
	}
	if out.report.Rejected != 2 || out.findings[0].RowHash != out.findings[1].RowHash || out.findings[0].RowHash == out.findings[2].RowHash {
		t.Errorf("%d rejected", out.report.Rejected)
	}
}

func TestBatch_RowHashFollowsTheContentAlone(t *testing.T) {
	def := permits()
	row := goodRow(1)
	row[6] = "300000" // a warning
	hash := func(titles, row []string) string {
		out := run(t, def, ingest.Options{}, csvOf([][]string{titles, row}))
		if len(out.findings) != 1 {
			t.Fatalf("%+v", out.findings)
		}
		return out.findings[0].RowHash
	}
	plain := hash(header(def), row)
	turned, other := slices.Clone(header(def)), slices.Clone(row)
	slices.Reverse(turned)
	slices.Reverse(other)
	if got := hash(turned, other); got != plain {
		t.Errorf("order of columns changed the hash: %s, %s", got, plain)
	}
	row[6], row[4] = " 300,000.00", "2026年2月2日"
	if got := hash(header(def), row); got != plain {
		t.Errorf("way of writing changed the hash: %s, %s", got, plain)
	}
	row[6] = "300001"
	if got := hash(header(def), row); got == plain {
		t.Error("another value has the same hash")
	}
}

func TestBatch_RulesAreGroupedAndCapped(t *testing.T) {
	rows := goodRows(90)
	for i := 1; i <= 90; i++ {
		rows[i][4] = "上月"
		if i <= 3 {
			rows[i][2] = "9137"
		}
		rows[i][6] = "250000"
	}
	out := run(t, permits(), ingest.Options{Keep: 20}, csvOf(rows))
	balanced(t, out)
	var got []string
	for _, r := range out.report.Rules {
		got = append(got, fmt.Sprintf("%s %s %s %d/%d", r.Severity, r.Rule, r.Field, len(r.First), r.Count))
	}
	want := []string{"error type.date issued 20/90", "error uscc.length uscc 3/3", "warning row.R2  20/90"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestBatch_LastPeriodIsCompared(t *testing.T) {
	data := csvOf([][]string{header(permits()), goodRow(1), goodRow(2)})
	plain := run(t, permits(), ingest.Options{}, data)
	stats := plain.report.Stats
	if stats.Rows != 2 || stats.Sums["area"] != 100101+100202 || stats.Sums["amount"] == 0 {
		t.Fatalf("stats %+v", stats)
	}
	tests := []struct {
		name  string
		prior models.Stats
		rules []string
	}{
		{"same", stats, nil},
		{"nothing before", models.Stats{}, nil},
		{"within the limit", models.Stats{Rows: 3, Sums: map[string]int64{"area": 300000}}, nil},
		{"fewer rows", models.Stats{Rows: 5, Sums: map[string]int64{"area": 200303}}, []string{"prior.rows"}},
		{"larger sum", models.Stats{Rows: 2, Sums: map[string]int64{"area": 100000, "amount": 1}}, []string{"prior.sum"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := run(t, permits(), ingest.Options{Prior: &test.prior}, data)
			balanced(t, out)
			var rules []string
			for _, f := range out.findings {
				rules = append(rules, f.Rule)
				if f.Row != 0 || f.Severity != models.SeverityWarning || !strings.Contains(f.Message, "%") {
					t.Errorf("%+v", f)
				}
			}
			if !slices.Equal(rules, test.rules) || out.report.Valid != 2 {
				t.Errorf("got %v", rules)
			}
		})
	}
}

func TestBatch_ASumStandsApartFromItsUnit(t *testing.T) {
	data := csvOf([][]string{header(permits()), goodRow(1), goodRow(2)})
	out := run(t, permits(), ingest.Options{Prior: &models.Stats{Rows: 1_246, Sums: map[string]int64{"area": 1_200_000}}}, data)
	for rule, want := range map[string]string{"prior.rows": "本期 2 行，上期 1,246 行，减少 99.8%", "prior.sum": "本期合计 2,003.03 平方米，上期 12,000.00 平方米，减少 83.3%"} {
		i := slices.IndexFunc(out.findings, func(f ingest.Finding) bool { return f.Rule == rule })
		if i < 0 || out.findings[i].Message != want {
			t.Errorf("%s: %+v, want %q", rule, out.findings, want)
		}
	}
}

func TestBatch_ErrorsOfTheCallerComeBack(t *testing.T) {
	sentinel := errors.New("disk full")
	tests := map[string]func(c *ingest.Checker) error{
		"sink": func(c *ingest.Checker) error {
			return c.File(context.Background(), open(t, csvOf(goodRows(300))), func([]models.Record) error { return sentinel }, nil)
		},
		"all": func(c *ingest.Checker) error {
			return c.File(context.Background(), open(t, csvOf([][]string{header(permits()), {"x"}})), nil, func(ingest.Finding) error { return sentinel })
		},
		"context": func(c *ingest.Checker) error {
			ctx, cancel := context.WithCancelCause(context.Background())
			cancel(sentinel)
			if err := c.File(ctx, open(t, csvOf(goodRows(3))), nil, nil); !errors.Is(err, context.Canceled) {
				return err
			}
			return sentinel
		},
	}
	for name, check := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := ingest.New(permits(), ingest.Options{Today: today, TempDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := check(c); !errors.Is(err, sentinel) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestBatch_ProgressIsTold(t *testing.T) {
	var seen [][2]int64
	run(t, keyed(), ingest.Options{Progress: func(rows, estimated int64) { seen = append(seen, [2]int64{rows, estimated}) }},
		csvOf(append([][]string{{"编号", "分号"}}, slices.Repeat([][]string{{"a", ""}}, 9000)...)))
	if len(seen) < 4 || seen[len(seen)-1] != [2]int64{9000, 9000} {
		t.Errorf("progress %v", seen)
	}
}
