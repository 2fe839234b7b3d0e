package ingest_test

import (
	"strings"
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

func TestDisplay_GivesTheFieldsOwnUnitBack(t *testing.T) {
	yuan := models.Field{Type: models.TypeMoney, Unit: "元"}
	wan := models.Field{Type: models.TypeMoney, Unit: "万元"}
	tests := []struct {
		name           string
		field          models.Field
		value          models.Value
		plain, display string
	}{
		{"yuan", yuan, models.Value{Int: 128640000}, "1286400.00", "1,286,400.00"},
		{"yuan negative", yuan, models.Value{Int: -5}, "-0.05", "-0.05"},
		{"wan", wan, models.Value{Int: 1_286_400_000}, "1286.40", "1,286.40"},
		{"wan to the fen", wan, models.Value{Int: 1}, "0.000001", "0.000001"},
		{"decimal", models.Field{Type: models.TypeDecimal, Scale: 3}, models.Value{Int: 1234567}, "1234.567", "1,234.567"},
		{"integer", models.Field{Type: models.TypeInteger}, models.Value{Int: -1000}, "-1000", "-1,000"},
		{"year", models.Field{Type: models.TypeYear}, models.Value{Int: 2026}, "2026", "2026"},
		{"yes", models.Field{Type: models.TypeBool}, models.Value{Int: 1}, "是", "是"},
		{"no", models.Field{Type: models.TypeBool}, models.Value{}, "否", "否"},
		{"empty", yuan, models.Value{Null: true}, "", "—"},
		{"identifier", models.Field{Type: models.TypeAccount}, models.Value{Text: "6228480000000000018"}, "6228480000000000018", "6228480000000000018"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if plain, display := ingest.Plain(test.field, test.value), ingest.Display(test.field, test.value); plain != test.plain || display != test.display {
				t.Errorf("plain %q, display %q", plain, display)
			}
		})
	}
	def := permits()
	if got := ingest.DisplayCode(def, def.Fields[10], models.Value{Text: "02"}); got != "商业" {
		t.Errorf("code list shows %q", got)
	}
}

func TestMask_HidesWhatIdentifies(t *testing.T) {
	id := goodRow(1)[3]
	for _, test := range []struct {
		typ          models.FieldType
		value, hides string
	}{
		{models.TypeIDCard, id, id[6:14]}, {models.TypePerson, "张示例", "示例"}, {models.TypePhone, "15400000001", "0000000"},
		{models.TypeAccount, "6228480000000000018", "0000000000"}, {models.TypeDate, "1990-01-02", "01-02"}, {models.TypeMoney, "1286400", "86"},
		{models.TypeText, "聊城示例置业有限公司", "示例置业"}, {models.TypeTaxpayer, id, id[6:14]}, {"unknown", "secret", "secret"},
	} {
		if got := ingest.Mask(test.typ, test.value); strings.Contains(got, test.hides) || got == "" {
			t.Errorf("%s %s shows as %s", test.typ, test.value, got)
		}
	}
	if ingest.Mask(models.TypeIDCard, "") != "" {
		t.Error("an empty value got a mask")
	}
}

func TestDescribe_SaysTheRulesInWords(t *testing.T) {
	def := permits()
	for code, wants := range map[string][]string{
		"permit_no": {"必填", "文本", "最多 40 个字", "不得重复"},
		"uscc":      {"必填", "18 位统一社会信用代码"},
		"issued":    {"2026-10-08", "不晚于今天"},
		"area":      {"最多 2 位小数，单位平方米", "不小于 0"},
		"amount":    {"单位万元"},
		"account":   {"选填", "文本"},
	} {
		f, _ := def.Field(code)
		for _, want := range wants {
			if got := ingest.Describe(f); !strings.Contains(got, want) {
				t.Errorf("%s: %q lacks %q", code, got, want)
			}
		}
	}
}
