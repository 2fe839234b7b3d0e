package ingest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"taxportal/internal/fault"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// proposeRows is how many rows of a workbook a proposal looks at.
const proposeRows = 200

// Propose makes the fields of a draft from a workbook that a unit keeps today: its titles become fields, and the rows
// below them say of which type. known returns the field by which other templates ask for the same title, whose code,
// type and standard are then taken over. The proposal is for people to go over: 口径 stays empty.
//
// Returns fault.Invalid for a file that cannot be read, without titles, or with more columns than a template may have.
func Propose(book *sheet.Book, today models.Day, known func(title string) (models.Field, bool)) ([]models.Field, error) {
	titles, rows, err := register(book)
	if err != nil {
		return nil, err
	}
	if len(titles) > models.MaxFields {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("表头有 %d 列，一个模板最多 %d 列。请只留共享需要的列，或按事项拆成几个模板后再导入。", len(titles), models.MaxFields))
	}
	fields := make([]models.Field, 0, len(titles))
	for _, t := range titles {
		f := proposeField(t, columnOf(rows, t.column), today)
		if like, ok := known(f.Name); ok && like.Type != models.TypeCode {
			f.Code, f.Type, f.Scale, f.Standard, f.Sensitive = like.Code, like.Type, like.Scale, like.Standard, like.Sensitive
			if f.Unit == "" {
				f.Unit = like.Unit
			}
		}
		fields = append(fields, f)
	}
	number(fields)
	return fields, nil
}

// columnTitle is the title of a column in a workbook that is not a template's yet.
type columnTitle struct {
	column int
	text   string
}

// register finds the sheet and the row of titles: the first row with the most texts of which none stands twice.
func register(book *sheet.Book) ([]columnTitle, []sheet.Row, error) {
	var titles []columnTitle
	var below []sheet.Row
	for _, info := range book.Sheets {
		if info.Hidden || len(book.Sheets) > 1 && auxiliary(info.Name) {
			continue
		}
		rows, err := book.Small(info.Index, proposeRows)
		if err != nil {
			return nil, nil, Refusal(err)
		}
		for i, row := range rows[:min(len(rows), 10)] {
			if found := titlesOf(row); len(found) > len(titles) {
				titles, below = found, rows[i+1:]
			}
		}
	}
	if len(titles) < 2 {
		return nil, nil, fault.New(fault.Invalid, "没有找到表头：请在前 10 行内用一行写明各列的名称（至少两列，不重复），再导入。")
	}
	return titles, below, nil
}

// titlesOf returns the texts of a row if it can be the row of titles: distinct, short, and not numbers.
func titlesOf(row sheet.Row) []columnTitle {
	var found []columnTitle
	seen := map[string]bool{}
	for i, cell := range row.Cells {
		text := oneLine(trimText(cell.Text), 60)
		if text == "" {
			continue
		}
		key := TitleKey(text)
		if cell.Kind != sheet.Text || key == "" || seen[key] || strings.IndexFunc(key, unicode.IsLetter) < 0 {
			return nil
		}
		seen[key] = true
		found = append(found, columnTitle{i, text})
	}
	return found
}

// columnOf returns the cells with content of a column.
func columnOf(rows []sheet.Row, column int) []sheet.Cell {
	var cells []sheet.Cell
	for _, row := range rows {
		if column < len(row.Cells) && trimText(row.Cells[column].Text) != "" {
			cells = append(cells, row.Cells[column])
		}
	}
	return cells
}

// proposeField makes a field of a title and what stands below it.
func proposeField(t columnTitle, cells []sheet.Cell, today models.Day) models.Field {
	f := models.Field{Name: t.text, Required: strings.Contains(t.text, "*")}
	name, unit, hasUnit := strings.Cut(strings.NewReplacer("（", "(", "）", ")", "*", "").Replace(t.text), "(")
	if unit = strings.TrimSuffix(unit, ")"); hasUnit && measures[unit] {
		f.Name, f.Unit = name, unit
	} else {
		f.Name = strings.ReplaceAll(t.text, "*", "")
	}
	f.Name = strings.TrimSpace(f.Name)
	f.Type, f.Scale = proposeType(f, cells, today)
	switch f.Type {
	case models.TypeMoney:
		if f.Unit != "万元" {
			f.Unit = "元"
		}
	case models.TypeIDCard, models.TypePhone, models.TypeAccount:
		f.Sensitive = true
	}
	if len(cells) > 0 && !f.Sensitive && f.Type != models.TypePerson && !f.Identifier() {
		f.Example = oneLine(trimText(cells[0].Text), 60)
	}
	return f
}

// measures are the units that are told apart from other words in brackets.
var measures = map[string]bool{"元": true, "万元": true, "平方米": true, "㎡": true, "亩": true, "公顷": true, "吨": true, "千克": true, "公斤": true,
	"立方米": true, "人": true, "户": true, "套": true, "辆": true, "个": true, "件": true, "次": true, "%": true, "年": true, "月": true, "天": true, "千瓦时": true}

// typesByTitle are words in a title that speak for a type, the telling ones first. Where rows stand below, they have to
// agree.
var typesByTitle = []struct {
	words string
	kind  models.FieldType
}{
	{"社会信用代码 信用代码 税号", models.TypeUSCC}, {"身份证 公民身份", models.TypeIDCard}, {"纳税人识别号 证件号码", models.TypeTaxpayer}, {"护照", models.TypePassport},
	{"不动产单元号", models.TypeEstate}, {"车辆识别 车架号", models.TypeVIN}, {"号牌 车牌", models.TypePlate}, {"行政区划", models.TypeRegion},
	{"账号 账户", models.TypeAccount}, {"电话 手机", models.TypePhone}, {"经纬度", models.TypePoint}, {"地址 坐落 住所", models.TypeAddress},
	{"姓名 联系人 法定代表人 负责人", models.TypePerson}, {"日期", models.TypeDate}, {"时间", models.TypeDate}, {"金额 价款 总价 单价 投资 收入 税额 费用", models.TypeMoney},
	{"面积", models.TypeDecimal}, {"数量 套数 人数 户数", models.TypeInteger}, {"年度 年份", models.TypeYear}, {"是否", models.TypeBool},
}

// typesByRows are the types that a column's rows can speak for by themselves, the narrowest first.
var typesByRows = []models.FieldType{models.TypeUSCC, models.TypeIDCard, models.TypeEstate, models.TypeVIN, models.TypePlate, models.TypeBool, models.TypeDate,
	models.TypeTime, models.TypeMonth, models.TypeInteger, models.TypeDecimal}

// proposeType returns the type that title and rows speak for, and the decimals of a number.
func proposeType(f models.Field, cells []sheet.Cell, today models.Day) (models.FieldType, int) {
	scale := decimals(cells)
	fits := func(kind models.FieldType) bool { return len(cells) == 0 || agree(kind, scale, cells, today) }
	for _, t := range typesByTitle {
		hit := slices.ContainsFunc(strings.Fields(t.words), func(word string) bool { return strings.Contains(f.Name, word) })
		if hit && fits(t.kind) {
			return t.kind, scaleOf(t.kind, scale)
		}
	}
	if f.Unit == "元" || f.Unit == "万元" {
		if fits(models.TypeMoney) {
			return models.TypeMoney, 0
		}
	}
	if len(cells) > 0 {
		for _, kind := range typesByRows {
			if fits(kind) {
				return kind, scaleOf(kind, scale)
			}
		}
	}
	return models.TypeText, 0
}

func scaleOf(kind models.FieldType, scale int) int {
	if kind != models.TypeDecimal {
		return 0
	}
	return max(scale, 2)
}

// agree reports whether every cell is a good value of the type, by the code that checks filings.
func agree(kind models.FieldType, scale int, cells []sheet.Cell, today models.Day) bool {
	f := models.Field{Code: "x", Name: "x", Type: kind, Scale: scaleOf(kind, scale)}
	c, err := compileColumn(&models.Definition{}, f, today)
	if err != nil {
		return false
	}
	for i := range cells {
		if counts := kind == models.TypeInteger || kind == models.TypeDecimal; counts && numbersOnly(trimText(cells[i].Text)) {
			return false
		}
		if _, issues := c.check(&cells[i]); len(issues) > 0 {
			return false
		}
	}
	return true
}

// numbersOnly reports whether a text is an identifier made of digits rather than a quantity: very long, or with a zero
// in front.
func numbersOnly(text string) bool {
	whole, _, _ := strings.Cut(strings.TrimLeft(text, "-"), ".")
	return len(whole) > 10 || len(whole) > 1 && whole[0] == '0'
}

// decimals returns the most decimals that a number of the column has, at most 8.
func decimals(cells []sheet.Cell) int {
	most := 0
	for _, cell := range cells {
		if _, fraction, ok := strings.Cut(trimText(cell.Text), "."); ok {
			most = max(most, len(strings.TrimRight(fraction, " ")))
		}
	}
	return min(most, 8)
}

// number gives fields without a code, or with one that stands twice, a code of their own by their place.
func number(fields []models.Field) {
	seen := map[string]bool{}
	for i := range fields {
		if fields[i].Code == "" || seen[fields[i].Code] {
			fields[i].Code = fmt.Sprintf("col_%02d", i+1)
		}
		seen[fields[i].Code] = true
	}
}
