package office

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// The sheets of a definition table.
const (
	sheetAbout  = "基本信息"
	sheetFields = "字段"
	sheetRules  = "行内规则"
)

// property is one column of a definition table: a part of T as text, and back. put reports whether the text could be
// taken.
type property[T any] struct {
	title string
	width int
	get   func(t T) string
	put   func(t *T, text string) bool
}

func text[T any](title string, width int, at func(t *T) *string) property[T] {
	return property[T]{title, width, func(t T) string { return *at(&t) }, func(t *T, s string) bool { *at(t) = s; return true }}
}

func number[T any](title string, at func(t *T) *int) property[T] {
	return property[T]{title, 10, func(t T) string {
		if *at(&t) == 0 {
			return ""
		}
		return strconv.Itoa(*at(&t))
	}, func(t *T, s string) bool {
		if s == "" {
			return true
		}
		n, err := strconv.Atoi(strings.TrimSuffix(s, "%"))
		*at(t) = n
		return err == nil
	}}
}

func mark[T any](title string, at func(t *T) *bool) property[T] {
	return property[T]{title, 8, func(t T) string { return map[bool]string{true: "是"}[*at(&t)] }, func(t *T, s string) bool {
		switch s {
		case "", "否", "N", "n", "×":
		case "是", "Y", "y", "√", "1":
			*at(t) = true
		default:
			return false
		}
		return true
	}}
}

func several[T any](title string, width int, at func(t *T) *[]string) property[T] {
	return property[T]{title, width, func(t T) string { return Join(*at(&t)) }, func(t *T, s string) bool {
		*at(t) = Split(s)
		return true
	}}
}

// Split parts a text into a list: at semicolons and line ends where it has any, else at the commas and blanks that people
// use as well.
func Split(s string) []string {
	separators := "；;\n"
	if !strings.ContainsAny(s, separators) {
		separators = "、，, 　"
	}
	var list []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// Join writes a list so that Split gives it back.
func Join(list []string) string {
	if len(list) == 1 && len(Split(list[0])) > 1 {
		return list[0] + "；"
	}
	return strings.Join(list, "；")
}

// fieldProperties are the columns of the sheet 字段, in the order in which people read them.
func fieldProperties() []property[models.Field] {
	type F = models.Field
	return []property[F]{
		text("字段代码", 18, func(f *F) *string { return &f.Code }), text("字段名称", 22, func(f *F) *string { return &f.Name }),
		{"类型", 18, func(f F) string { return ingest.TypeTitle(f.Type) }, func(f *F, s string) bool { return putType(f, s) }},
		text("口径", 50, func(f *F) *string { return &f.Caliber }), text("标准", 24, func(f *F) *string { return &f.Standard }),
		text("示例", 22, func(f *F) *string { return &f.Example }),
		mark("必填", func(f *F) *bool { return &f.Required }), mark("业务主键", func(f *F) *bool { return &f.Key }),
		mark("纳税主体", func(f *F) *bool { return &f.Subject }), mark("敏感", func(f *F) *bool { return &f.Sensitive }),
		text("计量单位", 12, func(f *F) *string { return &f.Unit }), number("小数位数", func(f *F) *int { return &f.Scale }),
		number("最小长度", func(f *F) *int { return &f.MinLen }), number("最大长度", func(f *F) *int { return &f.MaxLen }),
		text("最小值", 14, func(f *F) *string { return &f.Min }), text("最大值", 14, func(f *F) *string { return &f.Max }),
		text("格式", 22, func(f *F) *string { return &f.Pattern }), text("改法提示", 30, func(f *F) *string { return &f.Hint }),
		text("字典", 14, func(f *F) *string { return &f.List }), several("别名", 30, func(f *F) *[]string { return &f.Aliases }),
		several("证件种类", 18, func(f *F) *[]string { return &f.Accept }), number("与上期比较", func(f *F) *int { return &f.Prior }),
	}
}

// otherTitles are what people call a column of a definition table besides.
var otherTitles = map[string]string{
	"代码": "字段代码", "字段编码": "字段代码", "英文名": "字段代码", "字段英文名": "字段代码", "名称": "字段名称", "字段": "字段名称", "数据项": "字段名称", "信息项": "字段名称",
	"信息项名称": "字段名称", "数据项名称": "字段名称", "中文名": "字段名称", "字段中文名": "字段名称", "数据类型": "类型", "字段类型": "类型", "说明": "口径", "口径说明": "口径",
	"描述": "口径", "是否必填": "必填", "必填项": "必填", "主键": "业务主键", "是否主键": "业务主键", "主体": "纳税主体", "是否敏感": "敏感", "单位": "计量单位", "长度": "最大长度",
	"数据长度": "最大长度", "字段长度": "最大长度", "样例": "示例", "举例": "示例", "正则": "格式", "提示": "改法提示", "代码表": "字典",
}

// putType takes a type by its title or by its code, and the words that other catalogues use.
func putType(f *models.Field, s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, t := range models.FieldTypes() {
		if s == string(t) || s == strings.ToLower(ingest.TypeTitle(t)) {
			f.Type = t
			return true
		}
	}
	kind, _, _ := strings.Cut(strings.NewReplacer("（", "(").Replace(s), "(")
	known, ok := otherTypes[kind]
	f.Type = known
	if !ok {
		f.Type = models.TypeText
	}
	if f.Type == models.TypeDecimal && f.Scale == 0 {
		f.Scale = 2
	}
	return ok
}

// otherTypes are the words of other catalogues and databases for types.
var otherTypes = map[string]models.FieldType{
	"": models.TypeText, "字符": models.TypeText, "字符型": models.TypeText, "字符串": models.TypeText, "文字": models.TypeText, "char": models.TypeText, "varchar": models.TypeText,
	"varchar2": models.TypeText, "string": models.TypeText, "c": models.TypeText, "数字": models.TypeDecimal, "数字型": models.TypeDecimal, "数值型": models.TypeDecimal,
	"number": models.TypeDecimal, "numeric": models.TypeDecimal, "double": models.TypeDecimal, "float": models.TypeDecimal, "整型": models.TypeInteger,
	"int": models.TypeInteger, "bigint": models.TypeInteger, "货币": models.TypeMoney, "日期型": models.TypeDate, "datetime": models.TypeTime, "timestamp": models.TypeTime,
	"日期时间": models.TypeTime, "布尔": models.TypeBool, "boolean": models.TypeBool, "信用代码": models.TypeUSCC, "身份证号": models.TypeIDCard, "身份证": models.TypeIDCard,
	"电话": models.TypePhone, "手机号": models.TypePhone, "字典": models.TypeCode, "代码": models.TypeCode, "枚举": models.TypeCode,
}

func ruleProperties() []property[models.RowRule] {
	type R = models.RowRule
	return []property[R]{
		text("规则代码", 10, func(r *R) *string { return &r.Code }), text("规则名称", 30, func(r *R) *string { return &r.Title }),
		{"级别", 8, func(r R) string {
			return map[models.Severity]string{models.SeverityError: "错误", models.SeverityWarning: "提醒"}[r.Severity]
		},
			func(r *R, s string) bool {
				r.Severity = map[string]models.Severity{"错误": models.SeverityError, "提醒": models.SeverityWarning}[s]
				return r.Severity != ""
			}},
		text("算式", 50, func(r *R) *string { return &r.Expr }), text("问题", 40, func(r *R) *string { return &r.Message }),
		text("怎样修改", 40, func(r *R) *string { return &r.Advice }), several("涉及字段", 30, func(r *R) *[]string { return &r.Fields }),
	}
}

// aboutProperties are the rows of the sheet 基本信息.
func aboutProperties() []property[models.Definition] {
	type D = models.Definition
	return []property[D]{
		text("模板名称", 0, func(d *D) *string { return &d.Name }), text("模板口径", 0, func(d *D) *string { return &d.Caliber }),
		text("期限", 0, func(d *D) *string { return &d.Deadline }), text("依据", 0, func(d *D) *string { return &d.Basis }),
		{"报送范围", 0, func(d D) string { return coverageWords[d.Coverage] }, func(d *D, s string) bool {
			d.Coverage = models.CoverageIncrement
			if s == coverageWords[models.CoverageSnapshot] {
				d.Coverage = models.CoverageSnapshot
			}
			return true
		}},
		{"填报说明", 0, func(d D) string { return strings.Join(d.Notes, "\n") }, func(d *D, s string) bool { d.Notes = Lines(s); return true }},
		number("行数变动提醒", func(d *D) *int { return &d.PriorRows }),
	}
}

var coverageWords = map[models.Coverage]string{models.CoverageIncrement: "本期新增变动", models.CoverageSnapshot: "期末存量"}

// Lines parts a text into its lines that are not blank.
func Lines(s string) []string {
	var list []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// DefinitionTable writes a template as the table by which people discuss it: a row a field with code, name, type, 口径
// and the rest, beside the lists, the row rules and what holds for the whole. ReadDefinition takes it back.
func DefinitionTable(w io.Writer, def models.Definition) error {
	f, err := newBook(sheetFields, "")
	if err != nil {
		return err
	}
	defer f.Close()
	s := newStyles(f)
	var lists [][]string
	for _, list := range def.Lists {
		for _, item := range list.Items {
			lists = append(lists, []string{list.Code, list.Name, item.Code, item.Name})
		}
	}
	about := [][]string{}
	for _, p := range aboutProperties() {
		about = append(about, []string{p.title, p.get(def)})
	}
	for _, sheet := range []struct {
		name   string
		titles []string
		widths []int
		rows   [][]string
	}{
		{sheetFields, titlesOf(fieldProperties()), widthsOf(fieldProperties()), rowsOf(def.Fields, fieldProperties())},
		{SheetLists, []string{"字典代码", "字典名称", "条目代码", "条目名称"}, []int{16, 24, 14, 30}, lists},
		{sheetRules, titlesOf(ruleProperties()), widthsOf(ruleProperties()), rowsOf(def.Rules, ruleProperties())},
		{sheetAbout, []string{"项目", "内容"}, []int{16, 90}, about},
	} {
		if err := textSheet(f, s, sheet.name, sheet.titles, sheet.widths, sheet.rows); err != nil {
			return fmt.Errorf("definition table of %s: %w", def.Code, err)
		}
	}
	f.SetActiveSheet(0)
	return writeBook(f, w)
}

func titlesOf[T any](list []property[T]) []string {
	titles := make([]string, len(list))
	for i, p := range list {
		titles[i] = p.title
	}
	return titles
}

func widthsOf[T any](list []property[T]) []int {
	widths := make([]int, len(list))
	for i, p := range list {
		widths[i] = p.width
	}
	return widths
}

func rowsOf[T any](things []T, list []property[T]) [][]string {
	rows := make([][]string, len(things))
	for i, t := range things {
		for _, p := range list {
			rows[i] = append(rows[i], p.get(t))
		}
	}
	return rows
}

// textSheet fills a sheet with texts under a header; cells stay text whatever they begin with.
func textSheet(f *excelize.File, s *styles, name string, titles []string, widths []int, rows [][]string) error {
	if i, err := f.GetSheetIndex(name); err != nil || i < 0 {
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
	}
	head, err := s.head()
	if err != nil {
		return err
	}
	body, err := s.body()
	if err != nil {
		return err
	}
	for i, w := range widths {
		if err := f.SetColWidth(name, columnName(i+1), columnName(i+1), float64(w)); err != nil {
			return err
		}
	}
	for r, row := range append([][]string{titles}, rows...) {
		style := body
		if r == 0 {
			style = head
		}
		for c, text := range row {
			if err := f.SetCellStr(name, cellName(c+1, r+1), text); err != nil {
				return err
			}
		}
		if err := f.SetCellStyle(name, cellName(1, r+1), cellName(len(titles), r+1), style); err != nil {
			return err
		}
	}
	return printing(f, name, 1)
}
