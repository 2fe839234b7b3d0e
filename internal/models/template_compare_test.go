package models_test

import (
	"testing"

	"taxportal/internal/models"
)

func typeName(t models.FieldType) string { return "<" + string(t) + ">" }

func TestCompare_SaysWhatIsNewGoneAndChanged(t *testing.T) {
	old := &models.Definition{Name: "甲", Coverage: models.CoverageIncrement, Fields: []models.Field{
		{Code: "a", Name: "一", Type: models.TypeText, Caliber: "旧"}, {Code: "b", Name: "二", Type: models.TypeInteger, Required: true}, {Code: "c", Name: "三", Type: models.TypeText}}}
	now := &models.Definition{Name: "乙", Coverage: models.CoverageIncrement, Fields: []models.Field{
		{Code: "c", Name: "三", Type: models.TypeText}, {Code: "a", Name: "一", Type: models.TypeText, Caliber: "新"}, {Code: "d", Name: "四", Type: models.TypeMoney, Unit: "元", Sensitive: true}}}
	c := models.Compare(old, now, typeName)
	if got := c.Summary(); got != "加 1 个字段，改 1 个字段，减 1 个字段，改 1 处说明，调整字段次序" {
		t.Errorf("summary %s", got)
	}
	want := map[string][]models.PartChange{
		"a": {{Label: "口径", Old: "旧", New: "新"}},
		"b": {{Label: "类型", Old: "<integer>"}, {Label: "必填", Old: "是"}},
		"d": {{Label: "类型", New: "<money>"}, {Label: "敏感", New: "是"}, {Label: "计量单位", New: "元"}},
	}
	for _, change := range c.Fields {
		parts := want[change.Code]
		if len(parts) != len(change.Parts) {
			t.Errorf("%s: %+v, want %+v", change.Code, change.Parts, parts)
			continue
		}
		for i := range parts {
			if change.Parts[i] != parts[i] {
				t.Errorf("%s: %+v, want %+v", change.Code, change.Parts[i], parts[i])
			}
		}
	}
	if same := models.Compare(old, old, typeName); !same.Same() || same.Summary() != "没有改动" {
		t.Errorf("a version differs from itself: %+v", same)
	}
}
