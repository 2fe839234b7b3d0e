package office

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/models"
)

// dataSheet makes the sheet to fill in.
func (b *templateBook) dataSheet() error {
	for _, step := range []func() error{b.columns, b.headRows, b.comments, b.dropDowns} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := b.f.SetPanes(b.data, &excelize.Panes{Freeze: true, YSplit: headerRow, TopLeftCell: cellName(1, firstRow),
		ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return printing(b.f, b.data, headerRow)
}

// columns gives every column its width and its format down to the last row, so that what is typed or pasted anywhere
// is kept as it should be.
func (b *templateBook) columns() error {
	for i, f := range b.def.Fields {
		col := columnName(i + 1)
		if err := b.f.SetColWidth(b.data, col, col, columnWidth(f)); err != nil {
			return err
		}
		format := numberFormat(f)
		style, err := b.styles.format(format, format == textFormat)
		if err != nil {
			return err
		}
		if err := b.f.SetColStyle(b.data, col, style); err != nil {
			return err
		}
	}
	return nil
}

// headRows writes title, unit line and column titles.
func (b *templateBook) headRows() error {
	title, err := b.styles.title()
	if err != nil {
		return err
	}
	sub, err := b.styles.sub()
	if err != nil {
		return err
	}
	head, err := b.styles.head()
	if err != nil {
		return err
	}
	last := len(b.def.Fields)
	for _, line := range []struct {
		row, style int
		text       string
		height     float64
	}{{titleRow, title, b.title(), 30}, {unitRow, sub, b.unitLine(), 20}} {
		if err := b.f.SetCellStr(b.data, cellName(1, line.row), line.text); err != nil {
			return err
		}
		// the whole line, so that the grey of text columns does not show through
		if err := b.f.SetCellStyle(b.data, cellName(1, line.row), cellName(last, line.row), line.style); err != nil {
			return err
		}
		if err := b.f.SetRowHeight(b.data, line.row, line.height); err != nil {
			return err
		}
	}
	titles := make([]string, last)
	for i, f := range b.def.Fields {
		titles[i] = Header(f)
	}
	if err := b.texts(b.data, 1, headerRow, head, titles...); err != nil {
		return err
	}
	return b.f.SetRowHeight(b.data, headerRow, 36)
}

func (b *templateBook) title() string {
	if b.opt.Period == "" {
		return b.def.Name
	}
	return b.def.Name + "（" + b.opt.Period.Label() + "）"
}

func (b *templateBook) unitLine() string {
	due := b.opt.Due
	if due == "" {
		due = b.def.Deadline
	}
	return fmt.Sprintf("报送单位：%s　　期限：%s　　带 * 的列必填；灰色列为文本格式，请勿改动表头", b.opt.UnitName, due)
}

// comments puts 口径, standard and example behind each title.
func (b *templateBook) comments() error {
	for i, f := range b.def.Fields {
		if err := addComment(b.f, b.data, cellName(i+1, headerRow), comment(f)); err != nil {
			return err
		}
	}
	return nil
}

func addComment(f *excelize.File, sheet, cell, text string) error {
	if runes := []rune(text); len(runes) > commentText {
		text = string(runes[:commentText])
	}
	lines := uint(width(text)/40 + 3)
	return f.AddComment(sheet, excelize.Comment{Cell: cell, Author: creator, Text: text, Width: 300, Height: min(300, 18*lines)})
}

// dropDowns adds what Excel can check while people type. It only warns, except where a list offers the choice: the
// portal's own check says more, and a pasted block passes here anyway.
func (b *templateBook) dropDowns() error {
	for i, f := range b.def.Fields {
		col := columnName(i + 1)
		v := excelize.NewDataValidation(!f.Required)
		v.Sqref = fmt.Sprintf("%s%d:%s%d", col, firstRow, col, sheetRows)
		if !b.rule(v, f) {
			continue
		}
		if err := b.f.AddDataValidation(b.data, v); err != nil {
			return err
		}
	}
	return nil
}

// rule fills in the validation of a field; false if Excel has none for its type.
func (b *templateBook) rule(v *excelize.DataValidation, f models.Field) bool {
	const between = excelize.DataValidationOperatorBetween
	warn := func(message string) {
		if runes := []rune(message); len(runes) > alertText {
			message = string(runes[:alertText])
		}
		v.SetError(excelize.DataValidationErrorStyleWarning, "请核对", message)
	}
	switch f.Type {
	case models.TypeCode:
		v.SetSqrefDropList(listName(f.List))
		v.SetError(excelize.DataValidationErrorStyleStop, "不在字典中", "请从下拉框中选择，条目见“字典”工作表。")
	case models.TypeBool:
		if v.SetDropList([]string{"是", "否"}) != nil {
			return false
		}
		v.SetError(excelize.DataValidationErrorStyleStop, "请选择是或否", "本列只填“是”或“否”。")
	case models.TypeDate, models.TypeTime:
		return validDay(v, f, warn)
	case models.TypeInteger, models.TypeDecimal, models.TypeMoney:
		kind := excelize.DataValidationTypeDecimal
		if f.Type == models.TypeInteger {
			kind = excelize.DataValidationTypeWhole
		}
		warn(demands(f))
		return v.SetRange(numberOr(f.Min, -1e15), numberOr(f.Max, 1e15), kind, between) == nil
	case models.TypeUSCC, models.TypeVIN, models.TypeEstate:
		length := map[models.FieldType]int{models.TypeUSCC: 18, models.TypeVIN: 17, models.TypeEstate: 28}[f.Type]
		warn(demands(f))
		return v.SetRange(length, length, excelize.DataValidationTypeTextLength, between) == nil
	default:
		return false
	}
	return true
}

// validDay checks that a date is one, and within its bounds.
func validDay(v *excelize.DataValidation, f models.Field, warn func(string)) bool {
	warn(demands(f))
	last := dayFormula(f.Max, "DATE(9999,12,31)")
	if f.Type == models.TypeTime && f.Max != "" {
		last += "+1" // the whole of the last day is within
	}
	return v.SetRange(dayFormula(f.Min, "DATE(1900,1,1)"), last,
		excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween) == nil
}

// dayFormula writes a bound as a formula.
func dayFormula(bound, otherwise string) string {
	day := models.Day(bound)
	switch {
	case bound == "today":
		return "TODAY()"
	case !day.Valid():
		return otherwise
	}
	t := day.Time()
	return fmt.Sprintf("DATE(%d,%d,%d)", t.Year(), t.Month(), t.Day())
}

func numberOr(text string, otherwise float64) float64 {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return otherwise
}

func orEmpty(lead, text string) string {
	if text == "" {
		return ""
	}
	return lead + text
}
