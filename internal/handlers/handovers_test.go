package handlers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taxportal/internal/paths"
	"taxportal/internal/portal"
	"taxportal/internal/testkit"
)

// handedOver is a town that hands its batches over to a folder, in which somebody else's stands in the way of the second.
func handedOver(t *testing.T) (w *town, dir, done, failed string) {
	t.Helper()
	dir = t.TempDir()
	w = &town{App: testkit.New(t, func(cfg *portal.Config) { cfg.Handover = dir }), t: t, clients: map[string]*testkit.Client{}}
	w.ok(os.MkdirAll(filepath.Join(dir, "fgw-05", "FGW-05-202610-1"), 0o750))
	done, failed = w.accepted("ZJJ-02-202610", 20), w.accepted("FGW-05-202610", 12)
	w.Work()
	return w, dir, done, failed
}

func TestHandovers_StateOnTheBatchAndRetryFromTheList(t *testing.T) {
	w, dir, done, failed := handedOver(t)
	w.as("liaison.zjj").Get(paths.ToBatch(done)).Want("入库与交接", "已入库", "已交接", "2026年11月10日 09:00", "zjj-02/"+done, "20 行，敏感字段已脱敏", "SM3").Not("重新交接")
	w.as("liaison.fgw").Get(paths.ToBatch(failed)).Want("交接失败", "第 1 次尝试未成（今天 09:00）：交接目录中已有 fgw-05/"+failed+"，但没有清单").Not("重新交接</button>", dir)
	office := w.as("office")
	office.Get(paths.ToBatch(failed)).Want("交接失败", "重新交接")
	office.Get(paths.Home).Want("交接失败的批次", "1 批")
	list := office.Get(paths.Handovers).WantStatus(200).Want("2 批", "请您会同系统管理员排除故障，重新交接失败的 1 批", "重新交接失败的 1 批", "已交接", "交接失败").Not(dir)
	if n := list.Doc().Find("#handovers tbody form").Length(); n != 1 {
		t.Errorf("%d rows can be tried again", n)
	}
	office.Post(paths.HandoversRetry, values("code", done)).WantStatus(409).Want("没有重新交接")
	office.Post(paths.HandoversRetry, values("code", "NO-SUCH-1")).WantStatus(404)
	w.as("office.dcf").Post(paths.HandoversRetry, values("code", failed)).WantStatus(404)
	w.as("liaison.fgw").Post(paths.HandoversRetry, values("code", failed)).WantStatus(403)
	w.ok(os.Remove(filepath.Join(dir, "fgw-05", failed)))
	office.Post(paths.HandoversRetry, nil).WantStatus(303).Follow().Want("已重新安排 1 批的交接")
	w.Work()
	office.Get(paths.Handovers).Want("目前没有等您办理的事").Not("重新交接", "交接失败的")
	office.Get(paths.Home).Not("交接失败的批次")
	office.Post(paths.HandoversRetry, nil).WantStatus(303).Follow().Want("目前没有交接失败的批次")
	w.as("auditor").Get("/audit?object=handover").Want("完成交接", "重新交接", "记为交接失败", "赵敏", "敏感字段已脱敏")
}

func TestHandovers_WithoutAFolder(t *testing.T) {
	w := newTown(t)
	code := w.accepted("ZJJ-02-202610", 5)
	w.Work()
	w.as("liaison.zjj").Get(paths.ToBatch(code)).Want("已入库", "未配置", "平台还没有配置与市大数据管理服务平台的交接目录")
	w.as("office").Get(paths.Handovers).Want("未配置", "平台还没有配置交接目录，1 批在本平台集中存储").Not("重新交接")
	w.as("office").Post(paths.HandoversRetry, nil).WantStatus(409).Want("还没有配置交接目录")
	other := w.upload("FGW-05-202610", 5)
	w.as("liaison.fgw").Get(paths.ToBatch(other)).Not("入库与交接")
}

func TestHandovers_ListSortsFiltersAndExports(t *testing.T) {
	w, _, _, _ := handedOver(t)
	office := w.as("office")
	for query, want := range map[string]string{"": "批次 descending FGW", "?sort=oldest": "批次 ascending ZJJ", "?sort=unit": "单位 ascending FGW", "?sort=rows": "行数 descending ZJJ",
		"?sort=evil": "批次 descending FGW", "?state=done": "批次 descending ZJJ", "?unit=fgw": "批次 descending FGW", "?q=预售": "批次 descending ZJJ"} {
		doc := office.Get(paths.Handovers + query).WantStatus(200).Doc()
		sorted := doc.Find("#handovers th[aria-sort]")
		code, _, _ := strings.Cut(words(doc.Find("#handovers tbody tr").First().Find("a")), "-")
		if got := words(sorted) + " " + sorted.AttrOr("aria-sort", "") + " " + code; sorted.Length() != 1 || got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	office.Get(paths.Handovers+"?state=withdrawn&unit=zjj").Want("没有市住房城乡建设局、已标记被替代的交接记录", "清除条件").Not("导出 ")
	export := office.Get(paths.Handovers + "?state=failed").Doc().Find(".gz-toolbar .end a")
	if words(export) != "导出 1 批" || export.AttrOr("href", "") != paths.HandoversExport+"?state=failed" {
		t.Errorf("button %q leads to %q", words(export), export.AttrOr("href", ""))
	}
	rows := sheet(t, office.Get(paths.HandoversExport+"?sort=oldest"))
	if len(rows) != 5 || rows[3][0] != "ZJJ-02-202610-1" || rows[3][5] != "已交接" || rows[3][8] != "20" || rows[3][9] != "敏感字段已脱敏" || len(rows[3][11]) != 64 || rows[4][5] != "交接失败" {
		t.Errorf("rows %v", rows)
	}
	if rows := sheet(t, w.as("office.dcf").Get(paths.HandoversExport)); len(rows) != 3 {
		t.Errorf("another area's Office takes away %v", rows)
	}
	w.as("office.dcf").Get(paths.Handovers).Want("还没有交接记录")
	w.as("auditor").Get("/audit?object=handover&q=导出交接清单").Want("2 批")
	few := w.Queries(func() { office.Get(paths.Handovers + "?unit=fgw").Want("1 批") })
	if many := w.Queries(func() { office.Get(paths.Handovers).Want("2 批") }); few != many || many > 20 {
		t.Errorf("%d queries for one row, %d for two", few, many)
	}
}
