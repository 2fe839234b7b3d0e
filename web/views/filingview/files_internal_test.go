package filingview

import (
	"strings"
	"testing"

	"taxportal/internal/models"
)

func TestIgnored_NamesEveryRowByNumberAndKind(t *testing.T) {
	many := models.BatchFile{Skipped: 1_250}
	for i := range 50 {
		many.Ignored = append(many.Ignored, models.IgnoredRow{Row: 2_000 + i, Kind: "blank"})
	}
	for name, test := range map[string]struct {
		file models.BatchFile
		want string
	}{
		"nothing": {models.BatchFile{}, ""},
		"mixed": {models.BatchFile{Skipped: 6, Ignored: []models.IgnoredRow{{Row: 1, Kind: "title"}, {Row: 2, Kind: "title"}, {Row: 1250, Kind: "total"},
			{Row: 1251, Kind: "note"}, {Row: 1252, Kind: "note"}, {Row: 1253, Kind: "note"}}}, "第 1、2 行标题；第 1,250 行合计；第 1,251—1,253 行说明"},
		"kinds by turns": {models.BatchFile{Skipped: 4, Ignored: []models.IgnoredRow{{Row: 5, Kind: "blank"}, {Row: 9, Kind: "total"}, {Row: 10, Kind: "blank"},
			{Row: 12, Kind: "sample"}}}, "第 5、10 行空行；第 9 行合计；第 12 行示例"},
		"a kind of later days":           {models.BatchFile{Skipped: 1, Ignored: []models.IgnoredRow{{Row: 3, Kind: "stamp"}}}, "第 3 行不是数据"},
		"more than are named":            {many, "第 2,000—2,049 行空行；另有 1,200 行不再逐一列出，共 1,250 行"},
		"checked before there was a sum": {models.BatchFile{Ignored: []models.IgnoredRow{{Row: 1, Kind: "title"}}}, "第 1 行标题"},
	} {
		if got := ignored(test.file); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestRanges(t *testing.T) {
	for want, rows := range map[string][]int{
		"": nil, "7": {7}, "7、8": {7, 8}, "7—9": {7, 8, 9}, "1、2、4—6、8": {1, 2, 4, 5, 6, 8}, "999—1,001": {999, 1000, 1001}, "3、3": {3, 3},
	} {
		if got := ranges(rows); got != want {
			t.Errorf("%v: %q, want %q", rows, got, want)
		}
	}
}

func TestFileFacts_SayAllThatTheCheckKnows(t *testing.T) {
	file := models.BatchFile{Name: "十月.csv", Size: 1234, Blob: "ab12", Format: "csv", Encoding: "GB18030", Delimiter: "逗号", HeaderRow: 3, Columns: 16,
		Skipped: 2, Ignored: []models.IgnoredRow{{Row: 1, Kind: "title"}, {Row: 2, Kind: "title"}}, Extra: []string{"序号", "备注"},
		Absent: []string{"备案均价"}, Hidden: 1_200, Notes: []string{"文件用的是模板第 1 版的工作簿。"}, Duplicate: "ZJJ-02-202609-1"}
	var terms, texts []string
	for _, f := range fileFacts(file) {
		terms = append(terms, f.Term)
		texts = append(texts, f.Text)
	}
	if got := strings.Join(terms, "/"); got != "文件名/编码/表头/未计入/未提供/隐藏行/注意/重复/SHA-256" {
		t.Errorf("terms %s", got)
	}
	if got := strings.Join(texts, "/"); got != "十月.csv　1 KB/GB18030（自动识别，逗号分隔）/第 3 行；16 列对应模板字段//1 个选填列：备案均价/1,200 行数据在表中被隐藏或筛去，已照常读入/"+
		"文件用的是模板第 1 版的工作簿。/与批次 ZJJ-02-202609-1 中的文件内容完全相同，请核对是否传错/ab12" {
		t.Errorf("texts %s", got)
	}
	if got := strings.Join(leftOut(file), "/"); got != "第 1、2 行标题/与模板无关的 2 列：序号、备注" {
		t.Errorf("not counted %s", got)
	}
	if facts := fileFacts(models.BatchFile{Name: "空.csv", Blob: "ab12"}); len(facts) != 2 {
		t.Errorf("a file that was not read has %d facts", len(facts))
	}
}

// A rule that two columns break stands twice on the page: folded, the two must be told apart.
func TestRuleTitle_NamesTheColumnWhereSeveralBreakTheRule(t *testing.T) {
	rule := func(title, column string) Rule {
		return Rule{FindingRule: models.FindingRule{Title: title, Findings: []models.Finding{{Name: column}}}}
	}
	p := TaskPage{Rules: []Rule{rule("长数字被 Excel 截断", "权利人证件号"), rule("长数字被 Excel 截断", "原权利人证件号"), rule("日期无法识别", "登记日期"), rule("行数变动", "")}}
	for i, want := range []string{"长数字被 Excel 截断（权利人证件号）", "长数字被 Excel 截断（原权利人证件号）", "日期无法识别", "行数变动"} {
		if got := p.ruleTitle(p.Rules[i]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
