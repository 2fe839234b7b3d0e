package handlers_test

import (
	"testing"

	"taxportal/internal/paths"
)

// TestItemEdit_SaysWhichFieldTheItemsDayIsHeldAgainst tells the Office what the day from which an item asks for rows does.
func TestItemEdit_SaysWhichFieldTheItemsDayIsHeldAgainst(t *testing.T) {
	w := newTown(t)
	hint := func(path string) string {
		t.Helper()
		return words(w.as("office").Get(path).WantStatus(200).Doc().Find("p[id$=since-h]"))
	}
	for path, want := range map[string]string{
		paths.ToItemPart(paths.ItemEdit, "zjj-02"):  "没有起始日的留空。上传时按模板的“发证日期”核对，早于这一天的行不予通过。",
		paths.ToItemPart(paths.ItemEdit, "zrzy-01"): "没有起始日的留空。上传时按模板的“登簿时间”核对，早于这一天的行不予通过。",
		paths.ToItemPart(paths.ItemEdit, "zjj-06"):  "没有起始日的留空；有了信息模板后，上传时按模板的日期字段核对。",
		paths.CatalogueNew:                          "没有起始日的留空；有了信息模板后，上传时按模板的日期字段核对。",
	} {
		if got := hint(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	w.ok(w.DB.Write.Exec(`UPDATE template_versions SET definition = REPLACE(REPLACE(definition, '"type":"date"', '"type":"text"'), '"type":"time"', '"type":"text"')`).Error)
	if got := hint(paths.ToItemPart(paths.ItemEdit, "zjj-02")); got != "没有起始日的留空。现行模板没有必填的日期字段，上传时无法按起始日核对。" {
		t.Errorf("no field fits: %q", got)
	}
}
