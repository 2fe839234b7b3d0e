package seed

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taxportal/internal/models"
)

// about is what the file says of an item, of a unit's items or of all: what is not said comes from the next above.
type about struct {
	Shape       string     `yaml:"shape"`
	Subject     string     `yaml:"subject"`
	Taxes       []string   `yaml:"taxes"`
	Share       string     `yaml:"share"`
	ShareTerms  string     `yaml:"share_terms"`
	Basis       string     `yaml:"basis"`
	Sensitivity string     `yaml:"sensitivity"`
	Section     string     `yaml:"section"`
	Since       models.Day `yaml:"since"`
	EveryCounty bool       `yaml:"every_county"`
	Place       bool       `yaml:"place"`
	SameAs      string     `yaml:"same_as"`
}

// over returns a with what it leaves out taken from below.
func (a about) over(below about) about {
	for _, f := range []struct {
		to   *string
		from string
	}{{&a.Shape, below.Shape}, {&a.Subject, below.Subject}, {&a.Share, below.Share}, {&a.ShareTerms, below.ShareTerms}, {&a.Basis, below.Basis},
		{&a.Sensitivity, below.Sensitivity}, {&a.Section, below.Section}} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
	if a.Taxes == nil {
		a.Taxes = below.Taxes
	}
	return a
}

// resource is how resource codes begin: 类 and 项 of the national guide.
type resource struct {
	Class string `yaml:"class"`
	Group string `yaml:"group"`
}

func (r resource) sound() bool {
	class, err1 := strconv.Atoi(r.Class)
	_, err2 := strconv.Atoi(r.Group)
	return err1 == nil && err2 == nil && class > 0 && len(r.Class) == 1 && len(r.Group) == 2
}

// describe turns what the file says into the item's metadata, or names the key and the reason for which it cannot.
func (item *Item) describe(a about) (field, why string) {
	at := &item.About
	*at = models.ItemAbout{ShareTerms: a.ShareTerms, Basis: a.Basis, Section: a.Section, Since: a.Since, EveryCounty: a.EveryCounty, Place: a.Place,
		ResourceCode: at.ResourceCode}
	known := [4]bool{}
	at.Shape, known[0] = models.CodeOf(models.Shapes, a.Shape)
	at.SubjectKind, known[1] = models.CodeOf(models.SubjectKinds, a.Subject)
	at.Share, known[2] = models.CodeOf(models.Shares, a.Share)
	at.Sensitivity, known[3] = models.CodeOf(models.Sensitivities, a.Sensitivity)
	for i, key := range []string{"shape", "subject", "share", "sensitivity"} {
		if !known[i] {
			return "about." + key, key + " has no such value"
		}
	}
	for _, name := range a.Taxes {
		tax, ok := models.TaxNamed(name)
		if !ok || slices.Contains(at.Taxes, tax) {
			return "about.taxes", name + " is no tax or fee, or stands twice"
		}
		at.Taxes = append(at.Taxes, tax)
	}
	if at.Share == models.ShareFree {
		at.ShareTerms = ""
	}
	item.Matter = a.SameAs
	return aboutFault(*at)
}

// aboutFault returns the key and the reason for which the metadata do not agree with each other.
func aboutFault(a models.ItemAbout) (field, why string) {
	switch {
	case len(a.Taxes) == 0:
		return "about.taxes", "it serves no tax or fee"
	case a.Share == models.ShareNone && a.Basis == "":
		return "about.basis", "what is not shared needs a legal basis"
	case a.Share == models.ShareConditional && a.ShareTerms == "":
		return "about.share_terms", "conditional sharing needs its condition"
	case (a.Shape == models.ShapeTotals) != (a.SubjectKind == models.SubjectNone):
		return "about.subject", "totals, and only they, are about nobody"
	case a.SubjectKind == models.SubjectPerson && a.Sensitivity != models.SensitivityPersonal:
		return "about.sensitivity", "data of persons are sensitive"
	case a.Since != "" && !a.Since.Valid():
		return "about.since", "since must be a day such as 2019-02-01"
	}
	return "", ""
}

// resourceCode composes the code of an item by the place of its unit in the plan.
func (p *Plan) resourceCode(r resource, unitCode string, serial int) string {
	unit, _ := p.Unit(unitCode)
	parent, sub := unit, 0
	if unit.Parent != "" {
		parent, _ = p.Unit(unit.Parent)
		for _, u := range p.Units {
			if u.Parent == unit.Parent {
				sub++
			}
			if u.Code == unit.Code {
				break
			}
		}
	}
	return models.ResourceCode(r.Class, r.Group, parent.PlanNo, sub, serial)
}

// matters gives the first item of each shared matter the matter's name, and refuses one that names nothing, or whose items
// have different templates.
func (p *Plan) matters() error {
	place := map[string]int{}
	for i, item := range p.Items {
		place[item.Code] = i
	}
	for _, item := range p.Items {
		if item.Matter == "" {
			continue
		}
		at, ok := place[item.Matter]
		if !ok || item.Matter == item.Code || p.Items[at].Unit == item.Unit {
			return fmt.Errorf("catalogue.yaml: item %s is the same as %q, which is no item of another unit", item.Code, item.Matter)
		}
		if p.Items[at].Template != item.Template {
			return fmt.Errorf("catalogue.yaml: items %s and %s are the same matter with different templates", item.Code, item.Matter)
		}
		p.Items[at].Matter = item.Matter
	}
	return nil
}

// openLists marks the clauses of lists that end in 等 (or 等信息). A list is that of a number of the plan: a sub-unit's sentence and
// its unit's are one list.
func (p *Plan) openLists() {
	open := map[int]bool{}
	number := func(code string) int {
		unit, _ := p.Unit(code)
		if unit.Parent != "" {
			unit, _ = p.Unit(unit.Parent)
		}
		return unit.PlanNo
	}
	for _, s := range p.Sentences {
		open[number(s.Unit)] = open[number(s.Unit)] || strings.HasSuffix(s.Text, "等。") || strings.HasSuffix(s.Text, "等信息。")
	}
	for i := range p.Sentences {
		p.Sentences[i].Open = open[number(p.Sentences[i].Unit)]
	}
}
