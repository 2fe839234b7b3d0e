// Package seed holds the plan as data: areas, units, the catalogue of what each unit shares, and the information
// templates, in YAML that a civil servant can read and correct. It turns the files into plain values and checks that
// they agree; storing them is the services' work.
package seed

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"taxportal/internal/models"
)

//go:embed jurisdictions.yaml units.yaml group.yaml catalogue.yaml templates/*.yaml samples/*.yaml
var files embed.FS

// Plan is the whole seed.
type Plan struct {
	Jurisdictions []Jurisdiction // parents before children
	Units         []Unit         // parents before children, members in the plan's order
	Groups        []Group        // leading groups, the city's first
	Items         []Item         // in the plan's order
	Sentences     []Sentence     // in the plan's order
	Templates     []models.Definition
}

// Jurisdiction is an area: the city, a county, or a development zone with a local code.
type Jurisdiction struct {
	Code   string     `yaml:"code"` // GB/T 2260, or the parent's code with two letters for zones
	Name   string     `yaml:"name"`
	Kind   string     `yaml:"kind"`   // city, county or zone
	Parent string     `yaml:"parent"` // code of the area above, empty for the city
	From   models.Day `yaml:"from"`   // first day of the code, empty if it was always valid
	To     models.Day `yaml:"to"`     // last day of the code, empty if it is valid
	Former []Former   `yaml:"former"` // what the area was before
}

// Former is a code that an area had before, which old data still bear.
type Former struct {
	Code string     `yaml:"code"`
	Name string     `yaml:"name"`
	To   models.Day `yaml:"to"` // the code's last day
}

// Unit is a body that takes part.
type Unit struct {
	Code         string             `yaml:"code"`
	Name         string             `yaml:"name"`      // as the plan calls it
	FullName     string             `yaml:"full_name"` // as its seal has it; empty if that is the same
	Kind         models.UnitKind    `yaml:"kind"`
	Affiliation  models.Affiliation `yaml:"affiliation"`
	TaxAuthority bool               `yaml:"tax_authority"`
	PlanNo       int                `yaml:"plan_no"`      // number in the plan's list, 0 if it is not listed
	Parent       string             `yaml:"parent"`       // code of the unit above, for sub-units
	Jurisdiction string             `yaml:"jurisdiction"` // code of the area; Load fills in the city
}

// Sentence is what the plan says of one unit, word by word.
type Sentence struct {
	Unit string
	Text string
	Open bool // the list ends in 等: the Office may add to it
}

// Item is one matter that the plan obliges a unit to share. Load fills in Name, DueDays, LockDays and NilNormal where
// the file leaves them to the plan's words and to the cycle.
type Item struct {
	Code      string       `yaml:"code"` // unit code and number in the plan's order, zjj-02
	Unit      string       `yaml:"-"`
	Name      string       `yaml:"name"`
	PlanWords string       `yaml:"plan_words"` // the plan's own words, unchanged
	Joint     []string     `yaml:"joint"`      // words of a joint head or tail by which Name completes PlanWords
	Cycle     models.Cycle `yaml:"cycle"`
	DueDays   int          `yaml:"due_days"`   // the due day: this many days after the period's end
	LockDays  int          `yaml:"lock_days"`  // locked this many days after the due day
	NilNormal bool         `yaml:"nil_normal"` // nothing to file is normal; always so for event items
	Template  string       `yaml:"template"`   // code of the template, empty for 无模板
	Says      about        `yaml:"about" json:"-"`

	About  models.ItemAbout `yaml:"-"`
	Matter string           `yaml:"-"` // what it shares with items of other units: the code of the first of them
}

// Load returns the embedded seed. Its error is never the user's fault: the files are part of the program.
func Load() (*Plan, error) { return LoadFS(files) }

// LoadFS reads a seed laid out as this folder and checks it: every error names file and line.
func LoadFS(fsys fs.FS) (*Plan, error) {
	plan := &Plan{}
	for _, load := range []func(fs.FS) error{plan.loadJurisdictions, plan.loadUnits, plan.loadGroups, plan.loadTemplates, plan.loadCatalogue} {
		if err := load(fsys); err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
	}
	return plan, nil
}

// Unit returns the unit with the code, and false if there is none.
func (p *Plan) Unit(code string) (Unit, bool) {
	for _, u := range p.Units {
		if u.Code == code {
			return u, true
		}
	}
	return Unit{}, false
}

// Template returns the template with the code, and false if there is none.
func (p *Plan) Template(code string) (models.Definition, bool) {
	for _, d := range p.Templates {
		if d.Code == code {
			return d, true
		}
	}
	return models.Definition{}, false
}

// With returns the plan in which only these items have a template, and with no other templates. Tests that need no more
// start faster with it.
func (p *Plan) With(items ...string) *Plan {
	small := *p
	small.Templates, small.Items = nil, slices.Clone(p.Items)
	used := map[string]bool{}
	for i := range small.Items {
		if item := &small.Items[i]; slices.Contains(items, item.Code) {
			used[item.Template] = true
		} else {
			item.Template = ""
		}
	}
	for _, d := range p.Templates {
		if used[d.Code] {
			small.Templates = append(small.Templates, d)
		}
	}
	return &small
}

func (p *Plan) jurisdiction(code string) bool {
	for _, j := range p.Jurisdictions {
		if j.Code == code {
			return true
		}
	}
	return false
}

func (p *Plan) loadTemplates(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "templates/*.yaml")
	if err != nil {
		return fmt.Errorf("list templates: %w", err)
	}
	for _, name := range names {
		var def models.Definition
		doc, err := read(fsys, name, &def)
		if err != nil {
			return err
		}
		if err := definitionError(doc, def); err != nil {
			return err
		}
		if path.Base(name) != def.Code+".yaml" {
			return doc.errorf("template %s must stand in templates/%s.yaml", def.Code, def.Code).at("code")
		}
		p.Templates = append(p.Templates, def)
	}
	return nil
}
