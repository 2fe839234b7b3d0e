package office_test

import (
	"flag"
	"os"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/office"
)

var update = flag.Bool("update", false, "write testdata anew; read the difference before you keep it")

func TestSchema(t *testing.T) {
	def := register()
	def.Fields = append(def.Fields, models.Field{Code: "place", Name: "经纬度", Type: models.TypePoint, Caliber: "位置"},
		models.Field{Code: "code", Name: "项目代码", Type: models.TypeText, Pattern: "[0-9]{4}|x", Hint: "四位", MinLen: 1, MaxLen: 4, Caliber: "代码<&>", Aliases: []string{"代码"}})
	got, err := office.Schema(def)
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/schema.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("schema differs from %s:\n%s", golden, got)
	}
}
