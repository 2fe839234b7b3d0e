package seed_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/seed"
)

var update = flag.Bool("update", false, "write docs/catalogue.md anew")

// TestAbout_EveryItemIsDescribed holds that each item carries the core metadata, that nothing is made up where it is not
// known, and that what the plan itself limits is there.
func TestAbout_EveryItemIsDescribed(t *testing.T) {
	plan := load(t)
	codes := map[string]string{}
	for _, item := range plan.Items {
		a := item.About
		if a.Shape == "" || a.SubjectKind == "" || a.Share == "" || a.Sensitivity == "" || len(a.Taxes) == 0 {
			t.Errorf("%s is not described: %+v", item.Code, a)
		}
		if a.Section != "" {
			t.Errorf("%s: the plan names no section, but the file has %q", item.Code, a.Section)
		}
		if a.SubjectKind == models.SubjectPerson && a.Sensitivity != models.SensitivityPersonal {
			t.Errorf("%s is about persons and not sensitive", item.Code)
		}
		if a.Share == models.ShareNone && a.Basis == "" {
			t.Errorf("%s is not shared, without a basis", item.Code)
		}
		if other, twice := codes[a.ResourceCode]; twice {
			t.Errorf("%s and %s have the resource code %s", item.Code, other, a.ResourceCode)
		}
		codes[a.ResourceCode] = item.Code
	}
	for code, want := range map[string]string{"zjj-02": "20100800/002", "ga-02": "20100300/002", "ga-jj-02": "20100301/002", "xzsp-19": "20102000/019"} {
		if got := itemOf(plan, code).About.ResourceCode; got != want {
			t.Errorf("%s has the resource code %s, want %s", code, got, want)
		}
	}
	for code, want := range map[string]string{"xzsp-01": "2019年2月1日起登记的", "tj-07": "每个县（市、区）一个数", "yc-01": "含地理位置", "zjj-02": ""} {
		if got := itemOf(plan, code).About.Limits(); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%s is limited to %q, want %q", code, got, want)
		}
	}
	for code, want := range map[string]models.Shape{"ga-jj-02": models.ShapeTotals, "tj-06": models.ShapeTotals, "zjfy-01": models.ShapeDocuments,
		"sj-01": models.ShapeDocuments, "zjj-02": models.ShapeRecords} {
		if got := itemOf(plan, code).About.Shape; got != want {
			t.Errorf("%s comes as %s, want %s", code, got, want)
		}
	}
}

// TestAbout_FeesAreServedToo holds that the catalogue serves fees and not taxes alone (plan 二(二): 涉税（费）).
func TestAbout_FeesAreServedToo(t *testing.T) {
	plan := load(t)
	for code, fee := range map[string]string{"xzsp-03": "防空地下室易地建设费", "xzsp-04": "城市基础设施综合配套费", "cl-01": "残疾人就业保障金", "rs-04": "社会保险费"} {
		tax, ok := models.TaxNamed(fee)
		if kind, _ := tax.Kind(); !ok || !kind.Fee || !slices.Contains(itemOf(plan, code).About.Taxes, tax) {
			t.Errorf("%s does not serve the fee %s", code, fee)
		}
	}
	used := map[models.Tax]bool{}
	for _, item := range plan.Items {
		for _, tax := range item.About.Taxes {
			used[tax] = true
		}
	}
	for _, kind := range models.TaxKinds {
		if !used[kind.Code] && kind.Code != "resource" {
			t.Errorf("no item serves %s", kind.Label)
		}
	}
}

func TestMatters_TheSameMatterOfTwoUnitsHasOneTemplate(t *testing.T) {
	plan := load(t)
	for a, b := range map[string]string{"xzsp-05": "zjj-02", "xzsp-06": "zjj-07"} {
		one, other := itemOf(plan, a), itemOf(plan, b)
		if one.Matter != b || other.Matter != b || one.Template != other.Template || one.Template == "" || one.Name != other.Name {
			t.Errorf("%s %q in %s and %s %q in %s are not the same matter", a, one.Matter, one.Template, b, other.Matter, other.Template)
		}
	}
	if item := itemOf(plan, "zjj-01"); item.Matter != "" {
		t.Errorf("zjj-01 is the same as %s", item.Matter)
	}
}

func TestSentences_ListsOneAndThirtyThreeAreClosed(t *testing.T) {
	plan := load(t)
	var closed []string
	for _, s := range plan.Sentences {
		if !s.Open {
			closed = append(closed, s.Unit)
		}
	}
	if got := strings.Join(closed, " "); got != "fgw yc" {
		t.Errorf("closed lists: %s", got)
	}
}

func TestLoadFS_refusesMetadataThatDoNotAgree(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"a shape that there is not", "shape: 文书", "shape: 图片", "shape has no such value"},
		{"a tax that there is not", "taxes: [防空地下室易地建设费]", "taxes: [防空费]", "防空费 is no tax or fee"},
		{"not shared without basis", "{subject: 组织, share: 无条件}", "{subject: 组织, share: 不予}", "needs a legal basis"},
		{"totals about somebody", "defaults: {subject: 不指向主体", "defaults: {subject: 组织", "totals, and only they"},
		{"persons not sensitive", "defaults: {subject: 自然人, taxes: [个人所得税], sensitivity: 敏感}", "defaults: {subject: 自然人, taxes: [个人所得税]}", "data of persons are sensitive"},
		{"no such day", `since: "2019-02-01"`, `since: "2019-02-30"`, "since must be a day"},
		{"the same as nothing", "same_as: zjj-07", "same_as: zjj-77", "no item of another unit"},
		{"one matter, two templates", "same_as: zjj-07", "same_as: zjj-08", "the same matter with different templates"},
		{"resource codes", `resource: {class: "2"`, `resource: {class: "22"`, "a class of one digit"},
		{"no condition", "share_terms: 领导小组成员单位", "share_term: 领导小组成员单位", "catalogue.yaml: yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := files(t)
			text := string(broken["catalogue.yaml"].Data)
			if !strings.Contains(text, c.old) {
				t.Fatalf("catalogue.yaml no longer has %q", c.old)
			}
			broken["catalogue.yaml"].Data = []byte(strings.Replace(text, c.old, c.new, 1))
			if _, err := seed.LoadFS(broken); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestCatalogueDocument_IsCurrent holds that docs/catalogue.md says what the seed says.
func TestCatalogueDocument_IsCurrent(t *testing.T) {
	const path = "../docs/catalogue.md"
	text := document(load(t))
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	stored, err := os.ReadFile(path)
	if err != nil || string(stored) != text {
		t.Errorf("%s is not what the seed says (%v): run go test ./seed -update", path, err)
	}
}

// tally counts items of one group.
type tally struct{ items, templates, records, totals, documents, free, personal, taxes, fees int }

func (c *tally) add(item seed.Item) {
	c.items++
	c.templates += one(item.Template != "")
	c.records += one(item.About.Shape == models.ShapeRecords)
	c.totals += one(item.About.Shape == models.ShapeTotals)
	c.documents += one(item.About.Shape == models.ShapeDocuments)
	c.free += one(item.About.Share == models.ShareFree)
	c.personal += one(item.About.Sensitivity == models.SensitivityPersonal)
	isFee := func(tax models.Tax) bool { kind, _ := tax.Kind(); return kind.Fee }
	c.fees += one(slices.ContainsFunc(item.About.Taxes, isFee))
	c.taxes += one(slices.ContainsFunc(item.About.Taxes, func(tax models.Tax) bool { return !isFee(tax) }))
}

func (c tally) row(head string) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", head, c.items, c.templates, c.records, c.totals, c.documents, c.free, c.personal, c.taxes, c.fees)
}

// document is docs/catalogue.md.
func document(plan *seed.Plan) string {
	var b strings.Builder
	b.WriteString("# The catalogue\n\nMade from `seed/catalogue.yaml` by `go test ./seed -update`; do not edit.\n\n" +
		"Every word of the plan's 35 lists (二(二)1 to 35) stands in one of these items, once and in order (`TestCatalogue_usesThePlan`). " +
		"Lists without 等 at their end are closed: the Office is warned before it adds to them. Shape, tax or fee, share type and sensitivity are the portal's " +
		"first proposal, which the plan does not fix; the supplying units confirm them, and changes are kept in the portal.\n\n" +
		"| no | unit | list | items | with template | records | totals | documents | shared freely | personal | serve taxes | serve fees |\n" +
		"|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	var all tally
	for _, s := range plan.Sentences {
		unit, _ := plan.Unit(s.Unit)
		var c tally
		for _, item := range plan.Items {
			if item.Unit == s.Unit {
				c.add(item)
				all.add(item)
			}
		}
		no, list := fmt.Sprint(unit.PlanNo), "open"
		if unit.PlanNo == 0 {
			no = ""
		}
		if !s.Open {
			list = "closed"
		}
		b.WriteString(c.row(no + " | " + unit.Name + " | " + list))
	}
	b.WriteString(all.row(" | all | "))
	b.WriteString("\nThe same matter asked of two units, filed in one template and compared record by record:\n\n")
	for _, item := range plan.Items {
		if item.Matter != "" && item.Matter != item.Code {
			fmt.Fprintf(&b, "- %s: %s and %s\n", item.Name, strings.ToUpper(item.Matter), strings.ToUpper(item.Code))
		}
	}
	b.WriteString("\nItems with limits of their own:\n\n")
	for _, item := range plan.Items {
		if limits := item.About.Limits(); limits != "" {
			fmt.Fprintf(&b, "- %s %s: %s\n", strings.ToUpper(item.Code), item.Name, limits)
		}
	}
	return b.String()
}
