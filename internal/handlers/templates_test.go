package handlers_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/testkit"
	"taxportal/seed"
)

func TestTemplates_List(t *testing.T) {
	w := newTown(t)
	a := w.as("liaison.zjj").Get(paths.Templates).WantStatus(200)
	a.Want("信息模板", "3 个", "商品房预售许可信息", "市发展改革委", "第 1 版", "每月", "下载工作簿")
	w.as("leader").Get(paths.Templates+"?q=预售").Want("1 个", "商品房预售许可信息").Not("固定资产投资")
	w.as("tax").Get(paths.Templates + "?q=ZRZY-01").Want("1 个")
	w.as("office").Get(paths.Templates+"?q=%3Cb%3E").Want("没有符合条件的模板", "没有含“<b>”的模板", "清除条件")
	for _, user := range []string{"bank", "sysadmin", "secadmin", "auditor"} {
		w.as(user).Get(paths.Templates).WantStatus(403)
		w.as(user).Get(paths.ToTemplateWorkbook("zjj-02")).WantStatus(403)
	}
}

func TestTemplates_FilterAndSort(t *testing.T) {
	w := newTown(t)
	leader := w.as("leader")
	leader.Get(paths.Templates+"?unit=zjj").Want("1 个", "商品房预售许可信息").Not("固定资产投资")
	leader.Get(paths.Templates + "?unit=nirgends&cycle=evil").Want("3 个")
	leader.Get(paths.Templates+"?unit=zjj&q=%3Cb%3E&cycle=month").Want("没有含“<b>”、市住房城乡建设局、每月的模板", "清除条件").Not("导出 ")
	var units []string
	leader.Get(paths.Templates).Doc().Find("select[name=unit] option").Each(func(_ int, o *goquery.Selection) { units = append(units, words(o)) })
	if got := strings.Join(units, " "); got != "全部单位 市发展改革委 市自然资源和规划局 市住房城乡建设局" {
		t.Errorf("units %s", got)
	}
	for query, want := range map[string]string{"": "用于 ascending FGW-05 ZRZY-01 ZJJ-02", "?sort=code": "模板 ascending FGW-05 ZJJ-02 ZRZY-01",
		"?sort=newest": "版本 descending FGW-05 ZRZY-01 ZJJ-02", "?sort=fields": "字段 descending FGW-05 ZRZY-01 ZJJ-02", "?sort=evil": "用于 ascending FGW-05 ZRZY-01 ZJJ-02"} {
		doc := leader.Get(paths.Templates + query).Doc()
		sorted := doc.Find("#templates th[aria-sort]")
		got := words(sorted) + " " + sorted.AttrOr("aria-sort", "")
		doc.Find("#templates tbody tr td:first-child .sub").Each(func(_ int, sub *goquery.Selection) {
			code, _, _ := strings.Cut(words(sub), " ")
			got += " " + code
		})
		if sorted.Length() != 1 || got != want {
			t.Errorf("%q: sorted by %q, want %q", query, got, want)
		}
		doc.Find("#templates th a").Each(func(_ int, link *goquery.Selection) { leader.Get(link.AttrOr("href", "")).WantStatus(200) })
	}
}

func TestTemplatesExport_HasTheFilteredTemplates(t *testing.T) {
	w := newTown(t)
	liaison := w.as("liaison.zjj")
	export := liaison.Get(paths.Templates + "?q=预售&sort=code").Doc().Find(".gz-toolbar .end a")
	if words(export) != "导出 1 个" {
		t.Errorf("button %q", words(export))
	}
	a := liaison.Get(export.AttrOr("href", ""))
	if name := a.Header.Get("Content-Disposition"); !strings.Contains(name, url.PathEscape("信息模板清单.xlsx")) {
		t.Errorf("file name %q", name)
	}
	noFormula(t, paths.TemplatesExport, a.Body)
	rows := sheet(t, a)
	if len(rows) != 3+1 || strings.Join(rows[2], "|") != "模板代码|模板名称|版本|启用期次|发布时间|报送范围|字段数|必填字段数|用于" || !strings.Contains(rows[1][0], "王静") {
		t.Fatalf("rows %v", rows)
	}
	if got := rows[3]; got[0] != "ZJJ-02" || got[1] != "商品房预售许可信息" || got[2] != "1" || got[8] != "市住房城乡建设局：商品房预售许可信息（ZJJ-02，每月）" {
		t.Errorf("row %q", got)
	}
	if rows := sheet(t, liaison.Get(paths.TemplatesExport+"?unit=nirgends&page=9")); len(rows) != 3+3 {
		t.Errorf("the export finds other templates than the page: %v", rows)
	}
	for _, user := range []string{"bank", "sysadmin", "auditor"} {
		w.as(user).Get(paths.TemplatesExport).WantStatus(403)
	}
	w.as("auditor").Get("/audit?q=导出模板清单").Want("王静", "1 个", "3 个")
}

func TestTemplate_ShowsEveryFieldListAndRule(t *testing.T) {
	w := newTown(t)
	plan, err := testkit.Plan()
	w.ok(err)
	for _, def := range plan.Templates {
		a := w.as("liaison.zjj").Get(paths.ToTemplate(def.Code)).WantStatus(200)
		a.Want(def.Name, def.Caliber, def.Deadline, "现行", "下载填报工作簿", "下载数据结构")
		a.Want(def.Notes...)
		doc := a.Doc()
		rows := doc.Find("#fields tbody tr")
		if rows.Length() != len(def.Fields) {
			t.Errorf("%s: %d of %d fields", def.Code, rows.Length(), len(def.Fields))
		}
		rows.Each(func(i int, row *goquery.Selection) {
			text, f := words(row), def.Fields[i]
			for _, want := range []string{f.Name, f.Code, strings.Join(strings.Fields(f.Caliber), " "), f.Standard, map[bool]string{true: "必填", false: "选填"}[f.Required]} {
				if !strings.Contains(text, want) {
					t.Errorf("%s %s: no %q in %q", def.Code, f.Code, want, text)
				}
			}
		})
		if doc.Find("#rules tbody tr").Length() != len(def.Rules) {
			t.Errorf("%s: %d of %d rules", def.Code, doc.Find("#rules tbody tr").Length(), len(def.Rules))
		}
		for _, list := range def.Lists {
			if doc.Find("#list-"+list.Code+" tbody tr").Length() != len(list.Items) {
				t.Errorf("%s: list %s is not whole", def.Code, list.Code)
			}
		}
	}
}

func TestTemplate_UpperCaseAndUnknownCodes(t *testing.T) {
	w := newTown(t)
	w.as("leader").Get("/templates/ZJJ-02").WantStatus(200).Want("没有等您办理的事")
	for _, path := range []string{"/templates/gibts-nicht", "/templates/zjj-02?version=9", "/templates/gibts-nicht/workbook.xlsx", "/templates/gibts-nicht/schema.json"} {
		w.as("leader").Get(path).WantStatus(404).Want("没有这个信息模板")
	}
}

func TestTemplate_VersionsStandSideBySide(t *testing.T) {
	w := newTown(t)
	plan, err := seed.Load()
	w.ok(err)
	def, _ := plan.Template("zjj-02")
	def.Fields = append(slices.Clone(def.Fields), models.Field{Code: "remark", Name: "备注", Type: models.TypeText, Caliber: "需要说明的情况", MaxLen: 200})
	_, err = w.Catalogue.Publish(t.Context(), models.SystemActor, def, "2027-01")
	w.ok(err)
	client := w.as("liaison.zjj")
	client.Get(paths.ToTemplate("zjj-02")).Want("第 1 版", "待生效", "现行").Not("remark")
	client.Get(paths.ToTemplate("zjj-02")+"?version=2").Want("remark", "待生效", "这一版不是现行版本", "现行版本", "自2027年1月期起")
	w.day("2027-01-04")
	client = w.as("liaison.zjj")
	client.Get(paths.ToTemplate("zjj-02")).Want("第 2 版", "remark", "旧版")
	if got := headers(t, client.Get(paths.With(paths.ToTemplateWorkbook("zjj-02"), "task", "ZJJ-02-202612"))); slices.Contains(got, "备注") {
		t.Error("a task's workbook is not of the version that the task is bound to")
	}
	if got := headers(t, client.Get(paths.ToTemplateWorkbook("zjj-02"))); !slices.Contains(got, "备注") {
		t.Errorf("the general workbook is not of the version in force: %v", got)
	}
}

// headers returns the column titles of a template's workbook.
func headers(t *testing.T, a *testkit.Answer) []string {
	t.Helper()
	return sheet(t, a)[2]
}

func TestWorkbook_ForATaskNamesUnitAndPeriod(t *testing.T) {
	w := newTown(t)
	a := w.as("liaison.zjj").Get(paths.With(paths.ToTemplateWorkbook("zjj-02"), "task", "zjj-02-202610"))
	rows := sheet(t, a)
	head := strings.Join(rows[0], "") + strings.Join(rows[1], "")
	for _, want := range []string{"商品房预售许可信息", "市住房城乡建设局", "2026年10月期"} {
		if !strings.Contains(head, want) {
			t.Errorf("no %s over the table: %s", want, head)
		}
	}
	if name := a.Header.Get("Content-Disposition"); !strings.Contains(name, "filename*=UTF-8''") {
		t.Errorf("name %q", name)
	}
	f, err := excelize.OpenReader(bytes.NewReader([]byte(a.Body)))
	w.ok(err)
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), " "); !strings.Contains(got, "填报说明") || !strings.Contains(got, "字典") {
		t.Errorf("sheets %s", got)
	}
	general := strings.Join(sheet(t, w.as("leader").Get(paths.ToTemplateWorkbook("zjj-02")))[1], "")
	if strings.Contains(general, "市住房城乡建设局") {
		t.Errorf("the general workbook names a unit: %s", general)
	}
}

func TestWorkbook_TellsNothingOfAnothersTask(t *testing.T) {
	w := newTown(t)
	w.as("liaison.fgw").Get(paths.With(paths.ToTemplateWorkbook("zjj-02"), "task", "ZJJ-02-202610")).WantStatus(404)
	rows := sheet(t, w.as("leader").Get(paths.With(paths.ToTemplateWorkbook("zjj-02"), "task", "ZJJ-02-202610")))
	if strings.Contains(strings.Join(rows[1], ""), "2026年10月期") {
		t.Error("a reader of figures gets a task's workbook")
	}
	rows = sheet(t, w.as("liaison.fgw").Get(paths.With(paths.ToTemplateWorkbook("zjj-02"), "task", "FGW-05-202610")))
	if strings.Contains(strings.Join(rows[1], ""), "市发展改革委") {
		t.Error("a workbook is made for a task of another template")
	}
}

func TestWorkbook_ComesBackAsItsTemplate(t *testing.T) {
	w := newTown(t)
	a := w.as("liaison.zjj").Get(paths.With(paths.ToTemplateWorkbook("zjj-02"), "task", "zjj-02-202610"))
	w.as("liaison.zjj").Upload(paths.ToTaskUpload("zjj-02-202610"), "预售.xlsx", []byte(a.Body)).WantStatus(303)
	w.Work()
	w.as("liaison.zjj").Get(paths.ToTask("zjj-02-202610")).Not("不是本任务的模板")
}

func TestSchema_IsAFrictionlessTableSchema(t *testing.T) {
	w := newTown(t)
	a := w.as("liaison.zjj").Get(paths.ToTemplateSchema("zjj-02")).WantStatus(200)
	if got := a.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("content type %s", got)
	}
	var schema struct {
		Name, Title string
		Fields      []struct{ Name, Type string }
		PrimaryKey  []string
	}
	w.ok(json.Unmarshal([]byte(a.Body), &schema))
	if schema.Name != "zjj-02" || len(schema.Fields) != 18 || len(schema.PrimaryKey) == 0 {
		t.Errorf("schema %+v", schema)
	}
}
