package exchange

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/office"
)

func people() models.Definition {
	return models.Definition{Code: "ga-01", Name: "人员", Coverage: models.CoverageIncrement, Fields: []models.Field{
		{Code: "id", Name: "证件号码", Type: models.TypeIDCard, Key: true, Subject: true, Sensitive: true, Required: true, Pattern: ".{18}", Caliber: "口径。"},
		{Code: "name", Name: "姓名", Type: models.TypePerson, Sensitive: true},
		{Code: "pay", Name: "工资", Type: models.TypeMoney, Unit: "元", Sensitive: true},
		{Code: "town", Name: "乡镇", Type: models.TypeText, Key: true},
		{Code: "area", Name: "面积", Type: models.TypeDecimal, Scale: 2},
	}}
}

func row() []models.Value {
	return []models.Value{{Text: "11010519491231002X"}, {Text: "张三丰"}, {Int: 1286400}, {Text: "=沙镇,\"东\""}, {Null: true}}
}

func TestShape_OfSensitiveFields(t *testing.T) {
	for how, want := range map[Sensitive]string{
		SensitivePlain:  `11010519491231002X|张三丰|12864.00|=沙镇,"东"|`,
		SensitiveMasked: `1101************2X|张**|***|=沙镇,"东"|`,
		SensitiveOmit:   `=沙镇,"东"|`,
	} {
		s := shapeOf(people(), how)
		if got := strings.Join(s.line(row()), "|"); got != want {
			t.Errorf("%s: %s, want %s", how, got, want)
		}
		if len(s.header()) != len(s.line(row())) || len(s.header()) != len(s.def.Fields) {
			t.Errorf("%s: %d titles, %d cells, %d fields", how, len(s.header()), len(s.line(row())), len(s.def.Fields))
		}
		if !slices.Equal(s.sensitive, []string{"id", "name", "pay"}) {
			t.Errorf("%s: sensitive %v", how, s.sensitive)
		}
	}
}

func TestShape_TheSchemaFitsWhatIsHandedOver(t *testing.T) {
	type schema struct {
		Fields []struct {
			Name, Type, Description string
			Constraints             map[string]any
		}
		PrimaryKey []string
	}
	for how, want := range map[Sensitive]struct {
		types, key string
	}{
		SensitivePlain: {"string string number string number", "id town"}, SensitiveMasked: {"string string string string number", ""},
		SensitiveOmit: {"string number", ""},
	} {
		text, err := office.Schema(shapeOf(people(), how).def)
		if err != nil {
			t.Fatal(err)
		}
		var got schema
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, f := range got.Fields {
			types = append(types, f.Type)
			if _, patterned := f.Constraints["pattern"]; patterned != (f.Name == "id" && how == SensitivePlain) {
				t.Errorf("%s: %s has constraints %v", how, f.Name, f.Constraints)
			}
			if masked := strings.Contains(f.Description, "已脱敏"); masked != (how == SensitiveMasked && slices.Contains([]string{"id", "name", "pay"}, f.Name)) {
				t.Errorf("%s: %s is described as %q", how, f.Name, f.Description)
			}
		}
		if strings.Join(types, " ") != want.types || strings.Join(got.PrimaryKey, " ") != want.key {
			t.Errorf("%s: %v, key %v", how, types, got.PrimaryKey)
		}
	}
	if def := people(); !def.Fields[3].Key {
		t.Error("the template itself was changed")
	}
}
