package ingest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

func propose(t *testing.T, content string, known func(string) (models.Field, bool)) ([]models.Field, error) {
	t.Helper()
	if known == nil {
		known = func(string) (models.Field, bool) { return models.Field{}, false }
	}
	book, err := sheet.Open(bytes.NewReader([]byte(content)), int64(len(content)), sheet.Options{Name: "台账.csv"})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	return ingest.Propose(book, "2026-11-10", known)
}

func TestPropose_ReadsTypesFromTitlesAndRows(t *testing.T) {
	uscc, id := cn.MakeUSCC("91", "371502", 7), cn.MakeID("371502", cn.Date(1990, 1, 1), 7)
	content := "2026年商品房台账,,,,,,,,\n" +
		"项目名称*,企业代码,身份证号,发证日期,面积（平方米）,总价（万元）,套数,是否备案,编号\n" +
		"示范雅苑," + uscc + "," + id + ",2026-10-08,120.345,300,2,是,003715020001234\n" +
		"示范新城," + cn.MakeUSCC("91", "371502", 8) + "," + id + ",2026/10/9,80.5,128.5,1,否,003715020001235\n"
	fields, err := propose(t, content, func(title string) (models.Field, bool) {
		if title == "发证日期" {
			return models.Field{Code: "issue_date", Type: models.TypeDate, Standard: "GB/T 7408"}, true
		}
		return models.Field{}, false
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fields {
		got = append(got, fmt.Sprintf("%s %s %s %s %d", f.Code, f.Name, f.Type, f.Unit, f.Scale))
	}
	want := "col_01 项目名称 text  0|col_02 企业代码 uscc  0|col_03 身份证号 idcard  0|issue_date 发证日期 date  0|col_05 面积 decimal 平方米 3|" +
		"col_06 总价 money 万元 0|col_07 套数 integer  0|col_08 是否备案 bool  0|col_09 编号 text  0"
	if strings.Join(got, "|") != want {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, "|"), want)
	}
	if !fields[0].Required || fields[1].Required || !fields[2].Sensitive || fields[2].Example != "" || fields[0].Example != "示范雅苑" || fields[3].Standard != "GB/T 7408" {
		t.Errorf("marks: %+v", fields[:4])
	}
}

func TestPropose_WithoutRowsGoesByTheTitles(t *testing.T) {
	fields, err := propose(t, "单位名称,统一社会信用代码,联系电话,登记日期,合同金额（元）\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fields {
		got = append(got, string(f.Type))
	}
	if strings.Join(got, " ") != "text uscc phone date money" {
		t.Error(got)
	}
}

func TestPropose_RefusesWithTheReason(t *testing.T) {
	var wide []string
	for i := range 300 {
		wide = append(wide, fmt.Sprintf("第%d项指标", i+1))
	}
	for name, c := range map[string]struct{ content, want string }{
		"300 columns": {strings.Join(wide, ",") + "\n", "表头有 300 列，一个模板最多 200 列"},
		"numbers":     {"1,2,3\n4,5,6\n", "没有找到表头"},
		"one column":  {"名称\n甲\n", "没有找到表头"},
	} {
		_, err := propose(t, c.content, nil)
		if message, _ := fault.Message(err); !fault.Is(err, fault.Invalid) || !strings.Contains(message, c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
