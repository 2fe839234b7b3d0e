package ingest_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// jsonOf makes JSON lines of rows under the codes of permits; an empty value is left out.
func jsonOf(t *testing.T, rows ...[]string) []byte {
	t.Helper()
	var out []byte
	for _, row := range rows {
		object := map[string]any{}
		for i, f := range permits().Fields {
			switch {
			case row[i] == "":
			case f.Type == models.TypeInteger || f.Type == models.TypeDecimal || f.Type == models.TypeMoney:
				object[f.Code] = json.Number(row[i])
			default:
				object[f.Code] = row[i]
			}
		}
		line, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, line...), '\n')
	}
	return out
}

// TestJSONLines_AreCheckedAsATable holds that a file of JSON lines gives the same records as the same rows in CSV.
func TestJSONLines_AreCheckedAsATable(t *testing.T) {
	rows := goodRows(30)[1:]
	rows[3][5], rows[3][3] = "", "" // optional
	table := run(t, permits(), ingest.Options{}, csvOf(append([][]string{header(permits())}, rows...)))
	lines := run(t, permits(), ingest.Options{}, jsonOf(t, rows...))
	if lines.report.Verdict != ingest.VerdictClean || lines.report.Rows != 30 || len(lines.findings) != 0 {
		t.Fatalf("report %+v, findings %v", lines.report, lines.findings)
	}
	for i := range table.records {
		if got, want := lines.records[i], table.records[i]; got.RowNo != int64(i+1) || !reflect.DeepEqual(got.Values, want.Values) {
			t.Errorf("line %d: %+v, want %+v", i+1, got, want)
		}
	}
	file := lines.report.Files[0]
	if file.Format != "ndjson" || file.Encoding != "UTF-8" || file.Delimiter != "" || file.HeaderRow != 0 || file.Columns != len(permits().Fields) {
		t.Errorf("file %+v", file)
	}
}

func TestJSONLines_FindingsNameTheLine(t *testing.T) {
	rows := goodRows(5)[1:]
	rows[1][0] = ""           // required
	rows[3][4] = "2026-13-40" // no day
	rows[4][7] = "12.3456789" // more decimals than 万元 has fen
	out := run(t, permits(), ingest.Options{}, jsonOf(t, rows...))
	got := map[string]int64{}
	for _, f := range out.findings {
		got[f.Rule] = f.Row
	}
	want := map[string]int64{"required": 2, "type.date": 4, "scale": 5}
	for rule, row := range want {
		if got[rule] != row {
			t.Errorf("%s in line %d, want %d: %v", rule, got[rule], row, got)
		}
	}
	if out.report.Verdict != ingest.VerdictErrors {
		t.Errorf("verdict %s", out.report.Verdict)
	}
}

func TestJSONLines_NameWhatIsNoFieldOfTheTemplate(t *testing.T) {
	extra := strings.ReplaceAll(string(jsonOf(t, goodRow(1))), `{`, `{"internal_id":7,`)
	out := run(t, permits(), ingest.Options{}, []byte(extra))
	if file := out.report.Files[0]; len(file.Extra) != 1 || file.Extra[0] != "internal_id" || out.report.Verdict != ingest.VerdictClean {
		t.Errorf("file %+v, verdict %s", file, out.report.Verdict)
	}
	tests := []struct{ name, file, code, want string }{
		{"a required name is missing", strings.ReplaceAll(string(jsonOf(t, goodRow(1))), `"uscc"`, `"credit_code"`), ingest.MalformedColumns, "缺少必填列“统一社会信用代码”"},
		{"no name is known", `{"x":1,"y":2}`, ingest.MalformedNoHeader, "permit_no"},
		{"nothing but objects of nothing", "{}\n{}\n", ingest.MalformedEmpty, "没有"},
		{"names without a value", `{"permit_no":null,"company":"","uscc":null,"issued":null,"area":null,"amount":null,"units":null,"purpose":null}`, ingest.MalformedEmpty, "没有数据行"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := try(t, permits(), ingest.Options{}, []byte(tt.file))
			var malformed *ingest.Malformed
			if !errors.As(err, &malformed) || malformed.Code != tt.code || !strings.Contains(malformed.Message, tt.want) || strings.Contains(malformed.Message, "表头") {
				t.Errorf("got %v", err)
			}
		})
	}
}
