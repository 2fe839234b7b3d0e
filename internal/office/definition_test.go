package office_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/seed"
)

// asJSON writes a definition for comparison; nil and empty lists are the same.
func asJSON(t *testing.T, def models.Definition) string {
	t.Helper()
	text, err := json.MarshalIndent(def, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func opened(t *testing.T, name string, content []byte) *sheet.Book {
	t.Helper()
	book, err := sheet.Open(bytes.NewReader(content), int64(len(content)), sheet.Options{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

// TestTemplates_ComeBackWhole holds that no template of the plan loses anything as a definition table or as a schema.
func TestTemplates_ComeBackWhole(t *testing.T) {
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, def := range plan.Templates {
		schema, err := office.Schema(def)
		if err != nil {
			t.Fatal(err)
		}
		back, err := office.ParseSchema(schema)
		if err != nil || asJSON(t, back) != asJSON(t, def) {
			t.Errorf("%s as a schema (%v): %s", def.Code, err, difference(asJSON(t, back), asJSON(t, def)))
		}
		var table bytes.Buffer
		if err := office.DefinitionTable(&table, def); err != nil {
			t.Fatal(err)
		}
		back, err = office.ReadDefinition(opened(t, "定义表.xlsx", table.Bytes()))
		back.Code, back.Version = def.Code, def.Version
		if err != nil || asJSON(t, back) != asJSON(t, def) {
			t.Errorf("%s as a table (%v): %s", def.Code, err, difference(asJSON(t, back), asJSON(t, def)))
		}
	}
}

// difference shows the first lines that differ.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "\n got " + a[i] + "\nwant " + b[i]
		}
	}
	return "one is longer"
}

func TestReadDefinition_TakesATableAsUnitsKeepIt(t *testing.T) {
	def, err := office.ReadDefinition(opened(t, "字段表.csv", []byte("某局共享数据项说明,,,,,\n序号,数据项名称,英文名,数据类型,长度,说明,是否必填\n"+
		"1,企业名称,ENT-NAME,字符型(100),100,营业执照全称,是\n2,信用代码,uniscid,统一社会信用代码,,,√\n3,注册资本,注册资本,数值型,,单位万元,否\n,,,,,,\n")))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range def.Fields {
		got = append(got, strings.Join([]string{f.Code, f.Name, string(f.Type), f.Caliber}, " "))
	}
	if want := "ent_name 企业名称 text 营业执照全称|uniscid 信用代码 uscc |col_03 注册资本 decimal 单位万元"; strings.Join(got, "|") != want {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, "|"), want)
	}
	if !def.Fields[0].Required || def.Fields[0].MaxLen != 100 || !def.Fields[1].Required || def.Fields[2].Required || def.Fields[2].Scale != 2 {
		t.Errorf("%+v", def.Fields)
	}
}

func TestReadDefinition_SaysWhereItCannot(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"type":     {"字段名称,类型\n名称,文本\n金额,魔法\n", "第 3 行 B 列：“魔法”不能作“类型”"},
		"mark":     {"字段名称,必填\n名称,或许\n", "第 2 行 B 列：“或许”不能作“必填”"},
		"number":   {"字段名称,最大长度\n名称,很长\n", "“很长”不能作“最大长度”"},
		"register": {"企业名称,信用代码\n甲,1\n", "没有找到字段定义"},
		"wide":     {"字段名称,类型\n" + strings.Repeat("名称,文本\n", 300), "文件中有 300 个字段，一个模板最多 200 个"},
	} {
		_, err := office.ReadDefinition(opened(t, "表.csv", []byte(c.content)))
		if message, _ := fault.Message(err); !fault.Is(err, fault.Invalid) || !strings.Contains(message, c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestParseSchema_TakesSchemasFromElsewhere(t *testing.T) {
	def, err := office.ParseSchema([]byte(`{"name":"shops","title":"零售户","fields":[
		{"name":"licence-no","title":"许可证号","type":"string","constraints":{"required":true,"pattern":"[0-9]+","maxLength":12}},
		{"name":"区划","type":"string","constraints":{"enum":["371502","371503"]}},
		{"name":"sales","type":"number","constraints":{"minimum":0}},
		{"name":"grade","type":"integer","categories":[{"value":"1","label":"一档"},{"value":"2"}]},
		{"name":"opened","type":"date","example":20261008}],"primaryKey":"licence-no"}`))
	if err != nil {
		t.Fatal(err)
	}
	f := def.Fields
	if f[0].Code != "licence_no" || !f[0].Key || !f[0].Required || f[0].Pattern != "[0-9]+" || f[0].MaxLen != 12 {
		t.Errorf("%+v", f[0])
	}
	if f[1].Code != "col_02" || f[1].Name != "区划" || f[1].Type != models.TypeCode || f[2].Type != models.TypeDecimal || f[2].Min != "0" || f[3].Type != models.TypeCode {
		t.Errorf("%+v", f[1:4])
	}
	if list, _ := def.List("grade"); len(list.Items) != 2 || list.Items[0].Name != "一档" || list.Items[1].Name != "2" {
		t.Errorf("%+v", def.Lists)
	}
	for content, want := range map[string]string{"x": "不是正确的 JSON", `{"a":1}`: "没有 fields", `{"fields":[` + strings.TrimSuffix(strings.Repeat(`{"name":"a"},`, 300), ",") + `]}`: "有 300 个字段"} {
		if _, err := office.ParseSchema([]byte(content)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: %v", content, err)
		}
	}
}
