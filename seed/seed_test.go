package seed_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"taxportal/internal/models"
	"taxportal/seed"
)

func load(t *testing.T) *seed.Plan {
	t.Helper()
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// members are the unit codes of the design in the plan's order, in which 35 members of the leading group stand.
const members = "fgw zjfy ga sf cz swj zrzy zjj sthj cg jt sj rs jyty swtz kj mz wj yb xzsp scjg whly gzw dfjr tj ybjg gx " +
	"sl nync cl gl gjj yc yz tyjr"

func TestLoad_units(t *testing.T) {
	plan := load(t)
	want := strings.Fields(members)
	var got []string
	for _, u := range plan.Units {
		if u.PlanNo > 0 {
			got = append(got, u.Code)
			if u.PlanNo != len(got) || u.Kind != models.UnitMember || u.Jurisdiction != "371500" {
				t.Errorf("unit %+v", u)
			}
		}
	}
	if strings.Join(got, " ") != members || len(want) != 35 {
		t.Errorf("members\n got %v\nwant %v", got, want)
	}
	for code, kind := range map[string]models.UnitKind{"office": models.UnitOffice, "leaders": models.UnitLeaders,
		"system": models.UnitSystem, "bank": models.UnitOutside, "bank2": models.UnitOutside, "ga-jj": models.UnitSub,
		"office-dcf": models.UnitOffice, "dcf": models.UnitMember, "office-gt": models.UnitOffice} {
		u, ok := plan.Unit(code)
		if !ok || u.Kind != kind {
			t.Errorf("unit %s: %+v", code, u)
		}
	}
	if u, _ := plan.Unit("ga-jj"); u.Parent != "ga" {
		t.Errorf("交警 stands under %q", u.Parent)
	}
	if u, _ := plan.Unit("office-gt"); u.Jurisdiction != "371526" {
		t.Errorf("高唐县 office in %s", u.Jurisdiction)
	}
	if _, ok := plan.Unit("nobody"); ok {
		t.Error("a unit that is not there was found")
	}
}

func TestLoad_jurisdictions(t *testing.T) {
	plan := load(t)
	kinds := map[string]int{}
	for _, j := range plan.Jurisdictions {
		kinds[j.Kind]++
	}
	if kinds["city"] != 1 || kinds["county"] != 8 || kinds["zone"] != 3 {
		t.Errorf("areas by kind: %v", kinds)
	}
}

func TestLoad_catalogue(t *testing.T) {
	plan := load(t)
	counts, filed, templates := map[string]int{}, map[string]int{}, 0
	for _, item := range plan.Items {
		counts[item.Unit]++
		if item.DueDays < 1 || item.LockDays < 1 || item.Name == "" {
			t.Errorf("incomplete: %+v", item)
		}
		if item.NilNormal != (item.Cycle == models.CycleEvent) {
			t.Errorf("%s: cycle %s, nil normal %v", item.Code, item.Cycle, item.NilNormal)
		}
		if item.Template != "" {
			templates++
			filed[item.Unit]++
			if def, ok := plan.Template(item.Template); !ok || def.Name != item.Name {
				t.Errorf("%s %q is filed in the form of %q", item.Code, item.Name, def.Name)
			}
		}
	}
	for _, code := range append(strings.Fields(members), "ga-jj") {
		if counts[code] == 0 {
			t.Errorf("unit %s has no duty", code)
		}
		if counts[code] > counts["xzsp"] {
			t.Errorf("unit %s has %d items, more than 市行政审批局", code, counts[code])
		}
	}
	if n := len(plan.Items); n < 140 || n > 160 {
		t.Errorf("%d items, want 140 to 160", n)
	}
	if len(plan.Templates) < 60 || templates < len(plan.Templates) {
		t.Errorf("%d items with a template, %d templates", templates, len(plan.Templates))
	}
	for _, code := range strings.Fields(members) {
		if filed[code] == 0 {
			t.Errorf("unit %s has no template", code)
		}
	}
	for _, code := range strings.Fields("fgw zjfy cz swj zrzy zjj xzsp scjg kj jt") { // those that taxation needs most
		if filed[code] != counts[code] {
			t.Errorf("unit %s: %d of %d items have a template", code, filed[code], counts[code])
		}
	}
	for code, name := range map[string]string{"zjj-02": "商品房预售许可信息", "fgw-05": "固定资产投资项目信息",
		"zrzy-01": "不动产（土地、房屋）登记信息", "ga-jj-03": "机动车转移登记汇总信息", "zrzy-04": "国有建设用地使用权收回信息"} {
		if item := itemOf(plan, code); item.Name != name {
			t.Errorf("%s is %q, want %q", code, item.Name, name)
		}
	}
}

func itemOf(plan *seed.Plan, code string) seed.Item {
	for _, item := range plan.Items {
		if item.Code == code {
			return item
		}
	}
	return seed.Item{}
}

// TestCatalogue_usesThePlan holds that every word of the plan's 35 lists stands in an item, once and in order: what
// lies between the items is nothing but the unit's name, joining words and punctuation.
func TestCatalogue_usesThePlan(t *testing.T) {
	text, err := os.ReadFile("../docs/plan/liaocheng-tax-co-governance-plan.txt")
	if err != nil {
		t.Fatal(err)
	}
	lists := string(text)[strings.Index(string(text), "具体内容如下："):strings.Index(string(text), "36.其他有关单位")]
	plan := load(t)
	joining := []string{"相关信息", "等信息", "信息", "提供", "以及", "及", "和", "等", "，", "、", ",", "。"}
	at := 0
	for _, sentence := range plan.Sentences {
		unit, _ := plan.Unit(sentence.Unit)
		start := strings.Index(lists[at:], sentence.Text)
		if start < 0 {
			t.Fatalf("%s: the plan does not say %q here", sentence.Unit, sentence.Text)
		}
		if gap := strings.TrimPrefix(strings.TrimSpace(lists[at:at+start]), "具体内容如下："); strings.TrimSpace(gap) != "" {
			t.Errorf("no unit has %q", gap)
		}
		at += start + len(sentence.Text)
		rest := sentence.Text
		var between strings.Builder
		for _, item := range plan.Items {
			if item.Unit == sentence.Unit {
				before, after, found := strings.Cut(rest, item.PlanWords)
				if !found {
					t.Fatalf("%s: %q does not follow in %q", item.Code, item.PlanWords, rest)
				}
				between.WriteString(before)
				rest = after
			}
		}
		left := strings.TrimLeft(between.String()+rest, "0123456789.")
		parent, _ := plan.Unit(unit.Parent)
		left = strings.Replace(left, strings.TrimPrefix(unit.Name, parent.Name), "", 1)
		for _, word := range joining {
			left = strings.ReplaceAll(left, word, "")
		}
		if left != "" {
			t.Errorf("%s: these words of the plan are in no item: %q", sentence.Unit, left)
		}
	}
	if tail := strings.TrimSpace(lists[at:]); tail != "" {
		t.Errorf("no unit has %q", tail)
	}
	if len(plan.Sentences) != 36 { // 35 units, and 交警 apart
		t.Errorf("%d sentences", len(plan.Sentences))
	}
}

// files is the seed as it stands on disk, to be broken by each case.
func files(t *testing.T) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	disk := os.DirFS(".")
	for _, pattern := range []string{"*.yaml", "templates/*.yaml"} {
		names, err := fs.Glob(disk, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(disk, name)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = &fstest.MapFile{Data: data}
		}
	}
	return all
}

func TestLoadFS_namesFileAndLine(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"unknown key", "units.yaml", "plan_no: 8}", "plan_nr: 8}", "units.yaml: yaml"},
		{"unit twice", "units.yaml", "code: sf,", "code: cz,", "units.yaml:"},
		{"unit kind", "units.yaml", "code: office, name: 领导小组办公室, kind: office", "code: office, name: 领导小组办公室, kind: bureau", "units.yaml:10: unit office: the kind"},
		{"plan number left out", "units.yaml", "plan_no: 8}", "plan_no: 9}", "the plan's next number is 8"},
		{"unit in no area", "units.yaml", `jurisdiction: "371526"`, `jurisdiction: "371527"`, "the jurisdiction is not known"},
		{"sub-unit without parent", "units.yaml", "kind: sub, parent: ga", "kind: sub", "have a parent"},
		{"area code", "jurisdictions.yaml", `"371581"`, `"3715"`, "jurisdictions.yaml:13: jurisdiction 3715: a national code has six digits"},
		{"area twice", "jurisdictions.yaml", `"371581"`, `"371502"`, "the code stands twice"},
		{"zone code", "jurisdictions.yaml", "371500kf", "371502kf", "a zone's code"},
		{"no day", "jurisdictions.yaml", "2019-08-02", "2019-02-30", "from must be a day"},
		{"item out of order", "catalogue.yaml", "code: zjj-02", "code: zjj-03", "the plan's order asks for zjj-02"},
		{"words not in the sentence", "catalogue.yaml", "plan_words: 商品房预售许可信息", "plan_words: 商品房预售信息", "item zjj-02: these words do not follow"},
		{"name that adds words", "catalogue.yaml", "name: 财政返还信息", "name: 财政返还明细信息", "completed by those in joint alone"},
		{"cycle", "catalogue.yaml", "cycle: half", "cycle: daily", "the cycle is not known"},
		{"limits", "catalogue.yaml", "month: {due_days: 25,", "month: {due_days: 0,", "cycle month"},
		{"unit of the catalogue", "catalogue.yaml", "- unit: yc", "- unit: yx", "unit yx: not in units.yaml"},
		{"template of an item", "catalogue.yaml", "template: zjj-02", "template: zjj-99", "there is no such template"},
		{"template key", "templates/zjj-02.yaml", "caliber: 预售许可证载明的商品房项目名称", "calibre: 预售许可证载明的商品房项目名称", "templates/zjj-02.yaml: yaml"},
		{"template without caliber", "templates/zjj-02.yaml", "caliber: 预售许可证载明的商品房项目名称，含期数，不写推广名。", `caliber: ""`, "templates/zjj-02.yaml:23: fields.0.caliber"},
		{"template under another name", "templates/zjj-02.yaml", "code: zjj-02", "code: zjj-12", "templates/zjj-02.yaml:2: template zjj-12 must stand in"},
		{"two documents", "units.yaml", "\n  # 成员单位", "\n---\nunits: []", "only one document"},
		{"key twice", "units.yaml", "kind: outside}", "kind: outside, kind: member}", "units.yaml: yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := files(t)
			text := string(broken[c.file].Data)
			if !strings.Contains(text, c.old) {
				t.Fatalf("%s no longer has %q", c.file, c.old)
			}
			broken[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
			_, err := seed.LoadFS(broken)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("got %v\nwant %s … %s", err, c.file, c.want)
			}
		})
	}
}

func TestLoadFS_missingFile(t *testing.T) {
	broken := files(t)
	delete(broken, "units.yaml")
	if _, err := seed.LoadFS(broken); err == nil || !strings.Contains(err.Error(), "units.yaml") {
		t.Errorf("got %v", err)
	}
}
