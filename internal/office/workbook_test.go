package office_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
)

// register is a small template with a field of every kind of column, and titles that try to be formulas. All of it is
// synthetic.
func register() models.Definition {
	return models.Definition{
		Code: "zjj-02", Name: "商品房预售许可信息", Version: 3, Caliber: "本期核发的许可证", Deadline: "次月 25 日前",
		Basis: "税收征收管理法", Coverage: models.CoverageIncrement, Notes: []string{"一证一行。", "=不是公式"},
		Fields: []models.Field{
			{Code: "permit_no", Name: "预售许可证号", Type: models.TypeText, Caliber: "证上的编号", Standard: "机关代字〔年份〕序号", Example: "聊房预售字〔2026〕118号", Required: true, Key: true, MaxLen: 40},
			{Code: "uscc", Name: "统一社会信用代码", Type: models.TypeUSCC, Caliber: "开发企业的代码", Required: true, Subject: true},
			{Code: "account", Name: "监管账号", Type: models.TypeAccount, Caliber: "专用账户", Sensitive: true},
			{Code: "use", Name: "房屋用途", Type: models.TypeCode, List: "use", Caliber: "规划用途", Required: true},
			{Code: "area", Name: "预售面积", Type: models.TypeDecimal, Scale: 2, Unit: "平方米", Min: "0.01", Max: "2000000", Caliber: "建筑面积"},
			{Code: "units", Name: "预售套数", Type: models.TypeInteger, Unit: "套", Min: "1", Caliber: "套数"},
			{Code: "price", Name: "备案均价", Type: models.TypeMoney, Unit: "元", Caliber: "均价"},
			{Code: "issued", Name: "发证日期", Type: models.TypeDate, Min: "2000-01-01", Max: "today", Caliber: "落款日期", Required: true},
			{Code: "booked", Name: "登记时间", Type: models.TypeTime, Max: "today", Caliber: "登记时间"},
			{Code: "month", Name: "所属月份", Type: models.TypeMonth, Caliber: "月份"},
			{Code: "sold", Name: "是否售罄", Type: models.TypeBool, Caliber: "售罄"},
			{Code: "built", Name: "建成年份", Type: models.TypeYear, Caliber: "年份"},
			{Code: "evil", Name: `=HYPERLINK("http://x","y")`, Type: models.TypeText, Caliber: "+1+1", Example: "@SUM(A1)"},
		},
		Lists: []models.CodeList{{Code: "use", Name: "房屋用途", Items: []models.CodeItem{{Code: "1", Name: "住宅"}, {Code: "2", Name: "=商业"}}}},
		Rules: []models.RowRule{{Code: "R1", Expr: "area > 0", Severity: models.SeverityWarning, Title: "面积为正", Message: "面积不为正", Advice: "核对面积", Fields: []string{"area"}}},
	}
}

func templateBook(t *testing.T, def models.Definition, opt office.WorkbookOptions) ([]byte, *excelize.File) {
	t.Helper()
	var out bytes.Buffer
	if err := office.TemplateWorkbook(&out, def, opt); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), reopen(t, out.Bytes())
}

func reopen(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func cell(t *testing.T, f *excelize.File, sheet, ref string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, ref)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTemplateWorkbook_dataSheet(t *testing.T) {
	_, f := templateBook(t, register(), office.WorkbookOptions{UnitName: "市住房城乡建设局", Period: "2026-10", Due: "2026年11月25日", Checksum: "abc"})
	sheet := "商品房预售许可信息"
	if got := f.GetSheetList(); !slices.Equal(got, []string{sheet, "填报说明", "字典", "_meta"}) {
		t.Fatalf("sheets %v", got)
	}
	for ref, want := range map[string]string{
		"A1": "商品房预售许可信息（2026年10月期）", "A3": "预售许可证号*", "B3": "统一社会信用代码*", "E3": "预售面积（平方米）", "C3": "监管账号",
		"M3": `=HYPERLINK("http://x","y")`, "A4": "",
	} {
		if got := cell(t, f, sheet, ref); got != want {
			t.Errorf("%s is %q, want %q", ref, got, want)
		}
	}
	unit := cell(t, f, sheet, "A2")
	for _, want := range []string{"报送单位：市住房城乡建设局", "期限：2026年11月25日", "带 * 的列必填"} {
		if !strings.Contains(unit, want) {
			t.Errorf("%q lacks %q", unit, want)
		}
	}
	panes, err := f.GetPanes(sheet)
	if err != nil || !panes.Freeze || panes.YSplit != 3 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if f.GetActiveSheetIndex() != 0 {
		t.Error("the data sheet does not open first")
	}
	layout, err := f.GetPageLayout(sheet)
	if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 {
		t.Errorf("page layout %+v, %v", layout, err)
	}
}

func TestTemplateWorkbook_neverWritesFormulas(t *testing.T) {
	data, _ := templateBook(t, register(), office.WorkbookOptions{UnitName: "=cmd|' /C calc'!A0"})
	for name, text := range parts(t, data) {
		if strings.HasPrefix(name, "xl/worksheets/sheet") && strings.Contains(text, "<f>") {
			t.Errorf("%s holds a formula", name)
		}
	}
}

// TestTemplateWorkbook_formats holds that what must not lose digits is text down to rows that nobody has filled in.
func TestTemplateWorkbook_formats(t *testing.T) {
	_, f := templateBook(t, register(), office.WorkbookOptions{})
	for column, want := range map[string]string{"A": "@", "B": "@", "C": "@", "D": "@", "E": "#,##0.00", "F": "#,##0", "G": "#,##0.00",
		"H": "yyyy-mm-dd", "I": "yyyy-mm-dd hh:mm", "J": "@", "L": "0", "M": "@"} {
		id, err := f.GetColStyle("商品房预售许可信息", column)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if style.CustomNumFmt != nil {
			got = *style.CustomNumFmt
		} else {
			got = map[int]string{49: "@", 3: "#,##0", 4: "#,##0.00", 1: "0"}[style.NumFmt]
		}
		if got != want {
			t.Errorf("column %s has format %q, want %q", column, got, want)
		}
		if width, _ := f.GetColWidth("商品房预售许可信息", column); width < 10 {
			t.Errorf("column %s is %v wide", column, width)
		}
	}
}

func TestTemplateWorkbook_validations(t *testing.T) {
	_, f := templateBook(t, register(), office.WorkbookOptions{})
	all, err := f.GetDataValidations("商品房预售许可信息")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]*excelize.DataValidation{}
	for _, v := range all {
		got[strings.TrimRight(strings.Split(v.Sqref, ":")[0], "0123456789")] = v
		if !strings.HasSuffix(v.Sqref, "1048576") {
			t.Errorf("validation ends at %s", v.Sqref)
		}
	}
	for column, want := range map[string][3]string{
		"D": {"list", "list_use", ""}, "E": {"decimal", "0.01", "2000000"}, "F": {"whole", "1", "1000000000000000"},
		"H": {"date", "DATE(2000,1,1)", "TODAY()"}, "I": {"date", "DATE(1900,1,1)", "TODAY()+1"}, "B": {"textLength", "18", "18"},
		"K": {"list", `"是,否"`, ""},
	} {
		v := got[column]
		if v == nil {
			t.Errorf("column %s has no validation", column)
			continue
		}
		low := strings.TrimPrefix(v.Formula1, "0.01000") // 0.01 may be written with all its binary digits
		if v.Type != want[0] || (v.Formula1 != want[1] && low == v.Formula1) || v.Formula2 != want[2] {
			t.Errorf("column %s: %s %s %s, want %v", column, v.Type, v.Formula1, v.Formula2, want)
		}
	}
	if got["A"] != nil || len(all) != 8 {
		t.Errorf("%d validations", len(all))
	}
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Name] = n.RefersTo
	}
	if names["list_use"] != "'字典'!$B$3:$B$4" || names["_xlnm.Print_Titles"] == "" {
		t.Errorf("defined names %v", names)
	}
	if cell(t, f, "字典", "A1") != "房屋用途" || cell(t, f, "字典", "A3") != "1" || cell(t, f, "字典", "B4") != "=商业" {
		t.Error("the 字典 lacks its entries")
	}
}

func TestTemplateWorkbook_comments(t *testing.T) {
	def := register()
	_, f := templateBook(t, def, office.WorkbookOptions{})
	comments, err := f.GetComments("商品房预售许可信息")
	if err != nil {
		t.Fatal(err)
	}
	if len(comments) != len(def.Fields) {
		t.Errorf("%d comments", len(comments))
	}
	for _, want := range []string{"口径：证上的编号", "标准：机关代字〔年份〕序号", "示例：聊房预售字〔2026〕118号", "必填"} {
		if comments[0].Cell != "A3" || !strings.Contains(comments[0].Text, want) {
			t.Errorf("comment on %s: %q lacks %q", comments[0].Cell, comments[0].Text, want)
		}
	}
}

func TestTemplateWorkbook_notes(t *testing.T) {
	_, f := templateBook(t, register(), office.WorkbookOptions{UnitName: "市住房城乡建设局"})
	rows, err := f.GetRows("填报说明")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, r := range rows {
		all.WriteString(strings.Join(r, "|") + "\n")
	}
	for _, want := range []string{"填报说明", "ZJJ-02　商品房预售许可信息　第 3 版", "报送范围：本期新增变动", "口径：本期核发的许可证", "期限：次月 25 日前",
		"1. 一证一行。", "2. =不是公式", "|口径|", "A|预售许可证号|文本|是||证上的编号", "最多 2 位小数，单位平方米；不小于 0.01；不大于 2000000", "|房屋用途|规划用途",
		"业务主键", "纳税主体", "敏感", "面积为正", "提醒"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the 填报说明 lacks %q:\n%s", want, all.String())
		}
	}
}

func TestTemplateWorkbook_meta(t *testing.T) {
	data, f := templateBook(t, register(), office.WorkbookOptions{Period: "2026-10", Checksum: "abc"})
	rows, err := f.GetRows(ingest.MetaSheet)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{ingest.MetaTemplate, "zjj-02"}, {ingest.MetaVersion, "3"}, {office.MetaChecksum, "abc"}, {office.MetaPeriod, "2026-10"}}
	if len(rows) != len(want) {
		t.Fatalf("meta %v", rows)
	}
	for i := range want {
		if !slices.Equal(rows[i], want[i]) {
			t.Errorf("meta row %v, want %v", rows[i], want[i])
		}
	}
	if !strings.Contains(parts(t, data)["xl/workbook.xml"], `state="veryHidden"`) {
		t.Error("the hidden sheet can be shown by hand")
	}
}

func TestTemplateWorkbook_withoutLists(t *testing.T) {
	def := register()
	def.Lists, def.Fields = nil, slices.DeleteFunc(def.Fields, func(f models.Field) bool { return f.Type == models.TypeCode })
	def.Name = "=1:2/[x]*?"
	_, f := templateBook(t, def, office.WorkbookOptions{})
	if got := f.GetSheetList(); !slices.Equal(got, []string{"=12x", "填报说明", "_meta"}) {
		t.Errorf("sheets %v", got)
	}
}

func TestSheetName(t *testing.T) {
	for title, want := range map[string]string{
		"预售许可": "预售许可", "": "数据表", "'引号'": "引号", "a/b:c": "abc", "填报说明": "数据表", "_meta": "数据表", "\t": "数据表",
		strings.Repeat("字", 40): strings.Repeat("字", 31), "𠮷野": "野",
	} {
		if got := office.SheetName(title); got != want {
			t.Errorf("%q gives %q, want %q", title, got, want)
		}
	}
}

// TestWorkbooks_followTheSchema holds the order of the elements of each worksheet against CT_Worksheet (ISO/IEC 29500-1
// 18.3.1.99): Excel repairs or refuses what stands in another order, and excelize would not notice.
func TestWorkbooks_followTheSchema(t *testing.T) {
	template, _ := templateBook(t, register(), office.WorkbookOptions{})
	annotated, _ := annotate(t, csvBook(t, "证号,面积\r\nA1,x\r\n"), []ingest.Finding{wrong(2, "B", "不是数字")}, office.AnnotateOptions{HeaderRow: 1})
	var exported bytes.Buffer
	if err := list().WriteXLSX(t.Context(), &exported, ""); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"template": template, "annotated": annotated, "export": exported.Bytes()} {
		for part, text := range parts(t, data) {
			if strings.HasPrefix(part, "xl/worksheets/sheet") {
				inOrder(t, name+" "+part, text)
			}
			if strings.HasSuffix(part, ".xml") || strings.HasSuffix(part, ".rels") || strings.HasSuffix(part, ".vml") {
				wellFormed(t, name+" "+part, text)
			}
		}
	}
}

// worksheetOrder is the sequence of CT_Worksheet.
var worksheetOrder = strings.Fields("sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection " +
	"protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr " +
	"conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks " +
	"customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects " +
	"controls webPublishItems tableParts extLst")

func inOrder(t *testing.T, name, text string) {
	t.Helper()
	decoder, depth, last := xml.NewDecoder(strings.NewReader(text)), 0, -1
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth != 2 {
				continue
			}
			at := slices.Index(worksheetOrder, e.Name.Local)
			if at <= last {
				t.Errorf("%s: %s stands behind %s", name, e.Name.Local, worksheetOrder[max(last, 0)])
			}
			last = at
		case xml.EndElement:
			depth--
		}
	}
}

func wellFormed(t *testing.T, name, text string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s is no XML: %v", name, err)
			return
		}
	}
}

// parts returns the files inside a workbook.
func parts(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		_ = r.Close()
		if err != nil {
			t.Fatal(err)
		}
		all[file.Name] = string(text)
	}
	return all
}
