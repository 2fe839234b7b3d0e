package seed

import (
	"fmt"
	"io/fs"
	"strings"

	"taxportal/internal/models"
)

// limits are the days of a cycle, for items that do not say their own.
type limits struct {
	DueDays  int `yaml:"due_days"`
	LockDays int `yaml:"lock_days"`
}

var cycles = []models.Cycle{models.CycleMonth, models.CycleQuarter, models.CycleHalf, models.CycleYear, models.CycleOnce,
	models.CycleEvent}

func (p *Plan) loadCatalogue(fsys fs.FS) error {
	var file struct {
		Limits    map[models.Cycle]limits `yaml:"limits"`
		Defaults  about                   `yaml:"defaults"`
		Resource  resource                `yaml:"resource"`
		Catalogue []struct {
			Unit     string `yaml:"unit"`
			Sentence string `yaml:"sentence"`
			Defaults about  `yaml:"defaults"`
			Items    []Item `yaml:"items"`
		} `yaml:"catalogue"`
	}
	doc, err := read(fsys, "catalogue.yaml", &file)
	if err != nil {
		return err
	}
	for _, c := range cycles {
		if file.Limits[c].DueDays < 1 || file.Limits[c].LockDays < 1 {
			return doc.errorf("cycle %s: due_days and lock_days must be 1 or more", c).at("limits.%s", c)
		}
	}
	if len(file.Limits) != len(cycles) {
		return doc.errorf("limits name a cycle that is not known").at("limits")
	}
	if !file.Resource.sound() {
		return doc.errorf("a resource code begins with a class of one digit and a group of two").at("resource")
	}
	seen := map[string]bool{}
	for i, group := range file.Catalogue {
		if _, ok := p.Unit(group.Unit); !ok || seen[group.Unit] {
			return doc.errorf("unit %s: not in units.yaml, or listed twice", group.Unit).at("catalogue.%d.unit", i)
		}
		seen[group.Unit] = true
		p.Sentences = append(p.Sentences, Sentence{Unit: group.Unit, Text: group.Sentence})
		from := 0 // where the sentence's words are not yet used
		for k, item := range group.Items {
			item.Unit = group.Unit
			item.complete(file.Limits[item.Cycle])
			item.About.ResourceCode = p.resourceCode(file.Resource, group.Unit, k+1)
			field, why := p.itemFault(item, k+1)
			if why == "" {
				field, why = item.describe(item.Says.over(group.Defaults).over(file.Defaults))
			}
			if at := strings.Index(group.Sentence[from:], item.PlanWords); why == "" && at < 0 {
				field, why = "plan_words", "these words do not follow in the sentence"
			} else {
				from += max(at, 0) + len(item.PlanWords)
			}
			if why != "" {
				return doc.errorf("item %s: %s", item.Code, why).at("catalogue.%d.items.%d.%s", i, k, field)
			}
			p.Items = append(p.Items, item)
		}
	}
	p.openLists()
	return p.matters()
}

// complete fills in what the file leaves to the plan's words and to the cycle.
func (item *Item) complete(l limits) {
	if item.Name == "" {
		item.Name = item.PlanWords
	}
	if item.DueDays == 0 {
		item.DueDays = l.DueDays
	}
	if item.LockDays == 0 {
		item.LockDays = l.LockDays
	}
	if item.Cycle == models.CycleEvent {
		item.NilNormal = true
	}
}

// itemFault returns the key and the reason for which the item cannot be the n-th of its unit.
func (p *Plan) itemFault(item Item, n int) (field, why string) {
	_, template := p.Template(item.Template)
	want := fmt.Sprintf("%s-%02d", item.Unit, n)
	switch {
	case item.Code != want:
		return "code", "the plan's order asks for " + want
	case item.PlanWords == "":
		return "plan_words", "the plan's words are missing"
	case !completes(item):
		return "name", "the name must be the plan's words, completed by those in joint alone"
	case item.DueDays < 1 || item.LockDays < 1:
		return "cycle", "the cycle is not known, or its days are not positive"
	case item.Template != "" && !template:
		return "template", "there is no such template"
	}
	return "", ""
}

// completes reports whether the name is the plan's words with the joint words, in their order, around them.
func completes(item Item) bool {
	before, after, found := strings.Cut(item.Name, item.PlanWords)
	return found && before+after == strings.Join(item.Joint, "")
}
