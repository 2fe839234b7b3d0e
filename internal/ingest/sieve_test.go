package ingest_test

import (
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

func TestSieve_RowsThatAreNoDataAreCountedAndNamed(t *testing.T) {
	n := header(small())
	second := append([]string{"聊土2026-2"}, land[1:]...)
	tests := []struct {
		name string
		row  []string
		kind string
	}{
		{"total", []string{"合计", "", "", "", "2401", "720"}, ingest.IgnoredTotal},
		{"total with blanks", []string{"合　计：", "", "", "", "2,401.00", "720"}, ingest.IgnoredTotal},
		{"total of the page", []string{"本页小计", "", "", "", "2401", "720"}, ingest.IgnoredTotal},
		{"total beside", []string{"", "总计", "", "", "2401", "720"}, ingest.IgnoredTotal},
		{"total with a count", []string{"合计：", "2 户", "", "", "2401", "720"}, ingest.IgnoredTotal},
		{"total in words", []string{"共计：2 宗"}, ingest.IgnoredTotal},
		{"note", []string{"备注：面积按合同填写"}, ingest.IgnoredNote},
		{"note with number", []string{"注1. 价款含契税"}, ingest.IgnoredNote},
		{"signatures", []string{"填表人：张示例", "", "审核人：李示例", "", "制表日期：2026-11-01"}, ingest.IgnoredNote},
		{"signatures apart", []string{"单位负责人：", "张示例", "", "", "填报日期：", ""}, ingest.IgnoredNote},
		{"page", []string{"第 1 页，共 3 页"}, ingest.IgnoredNote},
		{"blanks", []string{" ", "\u00a0", "　", "", "\t"}, ingest.IgnoredBlank},
		{"header again", n, ingest.IgnoredHeader},
		{"title again", []string{"土地出让信息"}, ingest.IgnoredHeader},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := run(t, small(), ingest.Options{}, csvOf([][]string{{"土地出让信息"}, n, land, test.row, second}))
			file := out.report.Files[0]
			if out.report.Valid != 2 || out.report.Verdict != ingest.VerdictClean {
				t.Fatalf("%d valid, %+v", out.report.Valid, out.report.Rules)
			}
			if test.kind == ingest.IgnoredBlank && file.Skipped == 1 {
				return // the reader does not deliver every blank row
			}
			if len(file.Ignored) != 2 || file.Skipped != 2 {
				t.Fatalf("ignored %+v", file.Ignored)
			}
			if got := file.Ignored[1]; got.Row != 4 || got.Kind != test.kind || got.Kind != ingest.IgnoredBlank && got.Text == "" {
				t.Errorf("got %+v, want %s in row 4", got, test.kind)
			}
			if got := file.Ignored[0]; got != (models.IgnoredRow{Row: 1, Kind: ingest.IgnoredTitle, Text: "土地出让信息"}) {
				t.Errorf("title is %+v", got)
			}
		})
	}
}

func TestSieve_DataIsNeverTakenForSomethingElse(t *testing.T) {
	n := header(small())
	rows := map[string][]string{
		"a firm named 合计":        {"合计", "聊城市自然资源和规划局", "合计商贸有限公司", "", "1", "1"},
		"a firm that begins 合计":  {"聊土2026-9", "合计商贸有限公司", "小计餐饮店", "", "1", "1"},
		"合计 with a buyer":        {"合计", "", "聊城示例公司", "", "1", "1"},
		"a number like a total":  {"总计", "甲", "乙", "", "1", "1"},
		"备注 in the key":          {"备注", "聊城示例公司", "聊城示例公司", "", "1", "1"},
		"a firm named 说明":        {"说明书出版社", "聊城示例公司", "乙", "", "1", "1"},
		"a place that begins 注":  {"注城路1号", "甲", "乙", "", "1", "1"},
		"missing cells":          {"聊土2026-9", "", "", "", "", ""},
		"only figures":           {"", "", "", "", "12", "13"},
		"a repeated title alone": {"合同编号", "甲", "乙", "", "1", "1"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			out := run(t, small(), ingest.Options{}, csvOf([][]string{n, land, row}))
			if out.report.Rows != 2 {
				t.Errorf("row is lost: %+v", out.report.Files[0].Ignored)
			}
			balanced(t, out)
		})
	}
}

func TestSieve_NotesGoOn(t *testing.T) {
	out := run(t, small(), ingest.Options{}, csvOf([][]string{header(small()), land,
		{"备注：", "1. 面积按合同填写；"}, {"2. 价款含契税；"}, {"", "3. 其他。"}, {"4. 单位：万元"}}))
	if out.report.Rows != 1 || out.report.Files[0].Skipped != 4 {
		t.Errorf("%d rows, ignored %+v", out.report.Rows, out.report.Files[0].Ignored)
	}
}

func TestSieve_SampleRowOfOurWorkbook(t *testing.T) {
	def := permits()
	for i := range def.Fields {
		def.Fields[i].Example = goodRow(3)[i]
	}
	marked := append([]string{"示例"}, goodRow(4)...)
	tests := map[string][][]string{
		"made of the examples": {header(def), goodRow(3), goodRow(1)},
		"marked":               {append([]string{""}, header(def)...), marked, append([]string{""}, goodRow(1)...)},
	}
	for name, rows := range tests {
		t.Run(name, func(t *testing.T) {
			out := run(t, def, ingest.Options{}, csvOf(rows))
			file := out.report.Files[0]
			if out.report.Rows != 1 || len(file.Ignored) != 1 || file.Ignored[0].Kind != ingest.IgnoredSample {
				t.Errorf("%d rows, ignored %+v", out.report.Rows, file.Ignored)
			}
		})
	}
}

func TestSieve_RunningNumbersOfEmptyRows(t *testing.T) {
	rows := [][]string{append([]string{"序号"}, header(small())...), append([]string{"1"}, land...)}
	for range 200 {
		rows = append(rows, []string{"2"})
	}
	out := run(t, small(), ingest.Options{}, csvOf(append(rows, []string{"", "合计", "", "", "", "1200.5", "360"})))
	file := out.report.Files[0]
	if out.report.Rows != 1 || file.Skipped != 201 {
		t.Fatalf("%d rows, %d skipped", out.report.Rows, file.Skipped)
	}
	last := file.Ignored[len(file.Ignored)-1]
	if len(file.Ignored) != 51 || last.Kind != ingest.IgnoredTotal || !strings.HasPrefix(last.Text, "合计") {
		t.Errorf("%d named, the last %+v", len(file.Ignored), last)
	}
}
