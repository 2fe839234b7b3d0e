package handlers_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/cn"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// TestFindings_NoWayOutTellsACitizensNumber files titles with a repeated key, a broken row rule and a number that cannot be,
// and looks for the numbers on the unit's page, the Office's page, in the exported list and in the interface's answers.
func TestFindings_NoWayOutTellsACitizensNumber(t *testing.T) {
	w := newTown(t)
	holder, late := cn.MakeID("371502", cn.Date(1990, 3, 14), 17), cn.MakeID("371502", cn.Date(2030, 1, 1), 7)
	rows := testkit.RowsOf(t, "zrzy-01", "2026-10", 10)
	for _, n := range []int{2, 3} {
		rows.Set(n, "business_no", "202610080099").Set(n, "estate_no", rows.Get(2, "estate_no")).Set(n, "holder_id", holder)
	}
	rows.Set(5, "reg_kind", "200").Set(5, "tax_proof", "1").Set(5, "holder_id", holder).Set(5, "prior_holder_id", holder).Set(7, "holder_id", late)
	b, err := w.Filing.Upload(t.Context(), w.As("liaison.zrzy"), "ZRZY-01-202610", []filing.UploadedFile{w.File("登记.csv", rows.CSV())})
	w.ok(err)
	w.Work()

	list := "/filings/batches/" + strings.ToLower(b.Code) + "/findings"
	p := newProgram(t, w.App, "liaison.zrzy")
	ways := map[string]string{
		"the unit's page":   whole(w.as("liaison.zrzy").Get(paths.ToBatch(b.Code))),
		"the Office's page": whole(w.as("office").Get(paths.ToBatch(b.Code))),
		"the list":          cells(t, w.as("office").Get(list).WantStatus(200).Body),
		"the interface":     string(p.get("/api/v1/batches/" + strings.ToLower(b.Code) + "/findings").want(200).body),
		"its lines":         string(p.send("GET", "/api/v1/batches/"+strings.ToLower(b.Code)+"/findings", nil, "Accept", "application/x-ndjson").want(200).body),
	}
	masked := holder[:4] + strings.Repeat("*", 12) + holder[16:]
	for way, text := range ways {
		for _, want := range []string{"202610080099", masked, "第 7—14 位出生日期晚于今天"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not tell %s", way, want)
			}
		}
		for _, secret := range []string{holder, holder[:16], holder[6:14], late, late[6:14]} {
			if strings.Contains(text, secret) {
				t.Errorf("%s tells %s", way, secret)
			}
		}
	}
	if own := cells(t, w.as("liaison.zrzy").Get(paths.ToBatchAnnotated(b.Code, 0)).WantStatus(200).Body); !strings.Contains(own, holder) || !strings.Contains(own, late) {
		t.Error("the unit's own file lost its values")
	}
}

// whole is a page as it came and as it reads: marked characters are elements of their own.
func whole(a *testkit.Answer) string { return a.WantStatus(200).Body + a.Doc().Text() }

// cells returns what stands in the cells of a workbook.
func cells(t *testing.T, content string) string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	text := ""
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintln(rows)
	}
	return text
}
