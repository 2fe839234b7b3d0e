package office

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// noteColumns are the columns of the 口径 table on the 填报说明.
var noteColumns = []struct {
	title string
	width float64
	text  func(def *models.Definition, i int) string
}{
	{"列", 6, func(_ *models.Definition, i int) string { return columnName(i + 1) }},
	{"字段名称", 22, func(d *models.Definition, i int) string { return d.Fields[i].Name }},
	{"类型", 14, func(d *models.Definition, i int) string { return ingest.TypeTitle(d.Fields[i].Type) }},
	{"必填", 6, func(d *models.Definition, i int) string { return yesNo(d.Fields[i].Required) }},
	{"字典", 14, func(d *models.Definition, i int) string { list, _ := d.List(d.Fields[i].List); return list.Name }},
	{"口径", 52, func(d *models.Definition, i int) string { return d.Fields[i].Caliber }},
	{"标准", 30, func(d *models.Definition, i int) string { return d.Fields[i].Standard }},
	{"填写要求", 40, func(d *models.Definition, i int) string { return demands(d.Fields[i]) }},
	{"示例", 28, func(d *models.Definition, i int) string { return ingest.Example(d.Fields[i]) }},
	{"标记", 14, func(d *models.Definition, i int) string { return marks(d.Fields[i]) }},
}

func yesNo(yes bool) string {
	if yes {
		return "是"
	}
	return "否"
}

// notes makes the 填报说明: what the register is, how to fill it in, every field, every rule.
func (b *templateBook) notes() error {
	if _, err := b.f.NewSheet(SheetNotes); err != nil {
		return err
	}
	for i, c := range noteColumns {
		if err := b.f.SetColWidth(SheetNotes, columnName(i+1), columnName(i+1), c.width); err != nil {
			return err
		}
	}
	row, err := b.noteLines(1)
	if err != nil {
		return err
	}
	if row, err = b.noteFields(row + 1); err != nil {
		return err
	}
	if err := b.noteRules(row + 1); err != nil {
		return err
	}
	return printing(b.f, SheetNotes, 0)
}

// noteLines writes the lines above the table and returns the row after them.
func (b *templateBook) noteLines(row int) (int, error) {
	coverage := map[models.Coverage]string{models.CoverageIncrement: "本期新增变动", models.CoverageSnapshot: "期末存量"}
	lines := []string{"填报说明"}
	for _, line := range [][2]string{
		{"信息模板", fmt.Sprintf("%s　%s　第 %d 版", models.ItemCode(b.def.Code), b.def.Name, b.def.Version)},
		{"报送单位", b.opt.UnitName}, {"报送范围", coverage[b.def.Coverage]}, {"口径", b.def.Caliber},
		{"期限", b.def.Deadline}, {"依据", b.def.Basis},
	} {
		if line[1] != "" {
			lines = append(lines, line[0]+"："+line[1])
		}
	}
	for i, note := range b.def.Notes {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, note))
	}
	title, err := b.styles.title()
	if err != nil {
		return 0, err
	}
	plain, err := b.styles.get("note", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 11}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}
	})
	if err != nil {
		return 0, err
	}
	total := 0
	for _, c := range noteColumns {
		total += int(c.width)
	}
	for i, line := range lines {
		style, height := plain, float64(18*(width(line)/total+1))
		if i == 0 {
			style, height = title, 30
		}
		if err := b.texts(SheetNotes, 1, row, style, line); err != nil {
			return 0, err
		}
		if err := b.f.MergeCell(SheetNotes, cellName(1, row), cellName(len(noteColumns), row)); err != nil {
			return 0, err
		}
		if err := b.f.SetRowHeight(SheetNotes, row, height); err != nil {
			return 0, err
		}
		row++
	}
	return row, nil
}

// noteFields writes the 口径 table and returns the row after it.
func (b *templateBook) noteFields(row int) (int, error) {
	head, err := b.styles.head()
	if err != nil {
		return 0, err
	}
	body, err := b.styles.body()
	if err != nil {
		return 0, err
	}
	texts := make([]string, len(noteColumns))
	for i, c := range noteColumns {
		texts[i] = c.title
	}
	if err := b.texts(SheetNotes, 1, row, head, texts...); err != nil {
		return 0, err
	}
	for i := range b.def.Fields {
		row++
		for k, c := range noteColumns {
			texts[k] = c.text(b.def, i)
		}
		if err := b.texts(SheetNotes, 1, row, body, texts...); err != nil {
			return 0, err
		}
	}
	return row + 1, nil
}

// noteRules lists what is checked across the fields of a row.
func (b *templateBook) noteRules(row int) error {
	if len(b.def.Rules) == 0 {
		return nil
	}
	head, err := b.styles.head()
	if err != nil {
		return err
	}
	body, err := b.styles.body()
	if err != nil {
		return err
	}
	if err := b.texts(SheetNotes, 1, row, head, "规则", "", "级别", "", "", "规则内容", "", "怎样修改", "", ""); err != nil {
		return err
	}
	for i := range b.def.Rules {
		r := b.def.Rules[i]
		level := map[models.Severity]string{models.SeverityError: "错误", models.SeverityWarning: "提醒"}[r.Severity]
		if err := b.texts(SheetNotes, 1, row+1+i, body, r.Code, "", level, "", "", r.Title, "", r.Advice, "", ""); err != nil {
			return err
		}
	}
	for i := 0; i <= len(b.def.Rules); i++ {
		for _, span := range [][2]int{{1, 2}, {3, 5}, {6, 7}, {8, 10}} {
			if err := b.f.MergeCell(SheetNotes, cellName(span[0], row+i), cellName(span[1], row+i)); err != nil {
				return err
			}
		}
	}
	return nil
}
