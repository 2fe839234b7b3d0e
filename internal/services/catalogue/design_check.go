package catalogue

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// Reason is something that keeps a design from being published.
type Reason struct {
	Path  string // as models.Definition.Validate names places: fields.2.caliber, rules.0.expr; from, items
	Field string // code of the field, for places within fields
	Rule  string // code of the rule
	List  string // code of the list
	Text  string // a Chinese sentence
}

// reasons lists everything that keeps a design from being published, in the order of its pages. items are those that it
// serves, as they will be when it comes into force.
func (s *Designs) reasons(d *models.Design, versions []models.TemplateVersion, items []models.CatalogueItem) []Reason {
	found := map[string]string{}
	if fields, ok := fault.Fields(d.Definition.ValidateRelease(definitions(versions))); ok {
		found = fields
	}
	for _, f := range ingest.RuleFaults(&d.Definition) {
		add(found, fmt.Sprintf("rules.%d.expr", f.Rule), "规则 "+d.Definition.Rules[f.Rule].Code+"："+f.Message)
	}
	for path, text := range s.startFaults(d, versions) {
		add(found, path, text)
	}
	if text := models.DeadlineFault(d.Definition.Deadline, items, s.DueHour); text != "" {
		add(found, "deadline", strings.TrimSuffix(text, "。")+"；请改期限，或在目录项中修改报送周期和截止天数。")
	}
	if last := unchanged(d, versions, items); last > 0 {
		add(found, "version", fmt.Sprintf("没有改动：这一版与第 %d 版的内容相同，请先修改；不再需要的，请作废草稿。", last))
	}
	if len(items) == 0 {
		add(found, "items", "还没有指定用于哪些目录项，请在“基本信息”中填写。")
	}
	list := make([]Reason, 0, len(found))
	for path, text := range found {
		list = append(list, located(&d.Definition, path, text))
	}
	slices.SortFunc(list, func(a, b Reason) int { return byPlace(a.Path, b.Path) })
	return list
}

// unchanged returns the number of the version in use before a design that says the same for the same items; 0 if there is
// none such.
func unchanged(d *models.Design, versions []models.TemplateVersion, items []models.CatalogueItem) int {
	last := slices.IndexFunc(versions, func(v models.TemplateVersion) bool { return v.Status == models.TemplatePublished })
	further := slices.ContainsFunc(items, func(item models.CatalogueItem) bool { return item.TemplateID == nil })
	typeName := func(t models.FieldType) string { return string(t) }
	if last < 0 || further || !models.Compare(&versions[last].Definition, &d.Definition, typeName).Same() {
		return 0
	}
	return versions[last].No
}

func add(found map[string]string, path, text string) {
	if _, ok := found[path]; !ok {
		found[path] = text
	}
}

// startFaults say what is wrong with the period from which the version is to be in force.
func (s *Designs) startFaults(d *models.Design, versions []models.TemplateVersion) map[string]string {
	from, running := d.EffectiveFrom, models.PeriodAt(models.CycleMonth, s.Now())
	switch {
	case from == "":
		return map[string]string{"from": "还没有写明自哪一期起执行，请在“基本信息”中填写。"}
	case from.First() < running.First():
		return map[string]string{"from": fmt.Sprintf("启用期次 %s 已经过去，最早可从 %s起执行；已写入的任务不换版本。", from.Label(), running.Label())}
	}
	for _, v := range versions {
		if v.Status == models.TemplatePublished && v.EffectiveFrom != "" && from.First() < v.EffectiveFrom.First() {
			return map[string]string{"from": fmt.Sprintf("启用期次 %s 早于第 %d 版的 %s，请改为同期或以后。", from.Label(), v.No, v.EffectiveFrom.Label())}
		}
	}
	return nil
}

// located finds the field, rule or list that a place belongs to.
func located(def *models.Definition, path, text string) Reason {
	r := Reason{Path: path, Text: text}
	parts := strings.Split(path, ".")
	if len(parts) < 2 {
		return r
	}
	n, err := strconv.Atoi(parts[1])
	switch {
	case err != nil:
	case parts[0] == "fields" && n < len(def.Fields):
		r.Field = def.Fields[n].Code
	case parts[0] == "rules" && n < len(def.Rules):
		r.Rule = def.Rules[n].Code
	case parts[0] == "lists" && n < len(def.Lists):
		r.List = def.Lists[n].Code
	}
	return r
}

// placeOrder is the order of the designer's pages.
var placeOrder = []string{"items", "code", "name", "caliber", "deadline", "from", "coverage", "version", "prior_rows_percent", "subject", "fields", "lists", "rules"}

// byPlace compares two places by page and number.
func byPlace(a, b string) int {
	pa, pb := strings.Split(a, "."), strings.Split(b, ".")
	if pa[0] != pb[0] {
		return slices.Index(placeOrder, pa[0]) - slices.Index(placeOrder, pb[0])
	}
	for i := 1; i < min(len(pa), len(pb)); i++ {
		na, ea := strconv.Atoi(pa[i])
		nb, eb := strconv.Atoi(pb[i])
		if ea == nil && eb == nil && na != nb {
			return na - nb
		}
		if pa[i] != pb[i] {
			return strings.Compare(pa[i], pb[i])
		}
	}
	return cmp.Compare(len(pa), len(pb))
}

// refuseUnready says all reasons for which a design cannot go on, as one error.
func refuseUnready(reasons []Reason) error {
	if len(reasons) == 0 {
		return nil
	}
	texts := make([]string, 0, len(reasons))
	for i, r := range reasons {
		texts = append(texts, fmt.Sprintf("（%d）%s", i+1, strings.TrimSuffix(r.Text, "。")))
	}
	return fault.New(fault.Conflict, fmt.Sprintf("还有 %d 处没有补齐，不能办理：", len(reasons))+strings.Join(texts, "；")+"。")
}

// checkRule reports what is wrong with one row rule of a draft.
func checkRule(def *models.Definition, before []models.Definition, at int) error {
	var form fault.Form
	if n := len([]rune(def.Rules[at].Expr)); n > maxExpr {
		form.Add("expr", fmt.Sprintf("算式有 %d 个字符，最多 %d 个，请拆成几条规则。", n, maxExpr))
		return form.Err()
	}
	if fields, ok := fault.Fields(only(def.ValidateRelease(before), fmt.Sprintf("rules.%d.", at))); ok {
		for part, text := range fields {
			form.Add(part, text)
		}
	}
	for _, f := range ingest.RuleFaults(def) {
		if f.Rule == at {
			form.Add("expr", f.Message)
		}
	}
	return form.Err()
}

// maxExpr bounds the expression of a row rule.
const maxExpr = 2000

// checkList reports what is wrong with one code list of a draft; everything about its entries is told at items.
func checkList(def *models.Definition, before []models.Definition, at int) error {
	var form fault.Form
	if n := len(def.Lists[at].Items); n > maxListItems {
		form.Add("items", fmt.Sprintf("字典有 %d 条，最多 %d 条。", n, maxListItems))
		return form.Err()
	}
	fields, _ := fault.Fields(only(def.ValidateRelease(before), fmt.Sprintf("lists.%d.", at)))
	places := make([]string, 0, len(fields))
	for part := range fields {
		places = append(places, part)
	}
	slices.SortFunc(places, byPlace)
	for _, part := range places {
		if name, rest, below := strings.Cut(part, "."); below && name == "items" {
			no, _, _ := strings.Cut(rest, ".")
			n, _ := strconv.Atoi(no)
			form.Add("items", fmt.Sprintf("第 %d 条：%s", n+1, fields[part]))
			continue
		}
		form.Add(part, fields[part])
	}
	return form.Err()
}

// maxListItems bounds a code list.
const maxListItems = 2000
