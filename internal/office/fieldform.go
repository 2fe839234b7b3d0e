package office

import (
	"strings"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// Header returns a field's title as it stands over its column: 总投资（万元）*, the unit in brackets, * if it must be
// filled in.
func Header(f models.Field) string {
	title := f.Name
	if f.Unit != "" {
		title += "（" + f.Unit + "）"
	}
	if f.Required {
		title += "*"
	}
	return title
}

// numberFormat returns how Excel shows and keeps a field's values. Everything that only looks like a number or a date
// is text, so that no digit and no leading zero is lost.
func numberFormat(f models.Field) string {
	switch f.Type {
	case models.TypeInteger:
		return "#,##0"
	case models.TypeYear:
		return "0"
	case models.TypeDecimal:
		if f.Scale == 0 {
			return "#,##0"
		}
		return "#,##0." + strings.Repeat("0", f.Scale)
	case models.TypeMoney:
		return "#,##0.00"
	case models.TypeDate:
		return "yyyy-mm-dd"
	case models.TypeTime:
		return "yyyy-mm-dd hh:mm"
	}
	return textFormat
}

// columnWidth returns the width of a field's column.
func columnWidth(f models.Field) float64 {
	wide := map[models.FieldType]int{
		models.TypeText: 24, models.TypeAddress: 40, models.TypeUSCC: 24, models.TypeLegacy: 24, models.TypeIDCard: 24,
		models.TypeTaxpayer: 24, models.TypeAccount: 26, models.TypeEstate: 34, models.TypeMoney: 18, models.TypeTime: 20,
		models.TypeVIN: 22, models.TypePoint: 26, models.TypeCode: 18, models.TypeAttachment: 30,
	}[f.Type]
	return float64(min(48, max(12, wide, width(Header(f))+2)))
}

// comment is what stands behind the red corner of a column's title.
func comment(f models.Field) string {
	parts := []string{"口径：" + f.Caliber}
	if f.Standard != "" {
		parts = append(parts, "标准："+f.Standard)
	}
	parts = append(parts, "要求："+demands(f))
	if example := ingest.Example(f); example != "" {
		parts = append(parts, "示例："+example)
	}
	return strings.Join(parts, "\n")
}

// demands says in words what a value must satisfy, apart from the 口径 and the standard.
func demands(f models.Field) string {
	f.Caliber, f.Standard = "", ""
	return ingest.Describe(f)
}

// marks names what is special about a field.
func marks(f models.Field) string {
	var all []string
	for _, m := range []struct {
		on   bool
		word string
	}{{f.Key, "业务主键"}, {f.Subject, "纳税主体"}, {f.Sensitive, "敏感"}} {
		if m.on {
			all = append(all, m.word)
		}
	}
	return strings.Join(all, "、")
}
