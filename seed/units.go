package seed

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"

	"taxportal/internal/models"
)

var (
	nationalArea = regexp.MustCompile(`^[0-9]{6}$`)
	localArea    = regexp.MustCompile(`^[0-9]{6}[a-z]{2}$`)
	unitCode     = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

var unitKinds = map[models.UnitKind]bool{models.UnitMember: true, models.UnitSub: true, models.UnitOffice: true,
	models.UnitLeaders: true, models.UnitOutside: true, models.UnitSystem: true}

func (p *Plan) loadJurisdictions(fsys fs.FS) error {
	var file struct {
		Jurisdictions []Jurisdiction `yaml:"jurisdictions"`
	}
	doc, err := read(fsys, "jurisdictions.yaml", &file)
	if err != nil {
		return err
	}
	for i, j := range file.Jurisdictions {
		if field, why := p.jurisdictionFault(j); why != "" {
			return doc.errorf("jurisdiction %s: %s", j.Code, why).at("jurisdictions.%d.%s", i, field)
		}
		p.Jurisdictions = append(p.Jurisdictions, j)
	}
	if len(p.Jurisdictions) == 0 {
		return doc.errorf("no jurisdictions").at("jurisdictions")
	}
	return nil
}

// jurisdictionFault returns the key and the reason for which j cannot follow those already read.
func (p *Plan) jurisdictionFault(j Jurisdiction) (field, why string) {
	national := j.Kind == "city" || j.Kind == "county"
	switch {
	case !national && j.Kind != "zone":
		return "kind", "kind must be city, county or zone"
	case national && !nationalArea.MatchString(j.Code):
		return "code", "a national code has six digits"
	case j.Kind == "zone" && (!localArea.MatchString(j.Code) || j.Code[:6] != j.Parent):
		return "code", "a zone's code is its parent's code and two letters"
	case p.jurisdiction(j.Code):
		return "code", "the code stands twice"
	case j.Name == "":
		return "name", "the name is missing"
	case (j.Kind == "city") != (len(p.Jurisdictions) == 0):
		return "kind", "the city comes first, and there is one"
	case j.Kind != "city" && !p.jurisdiction(j.Parent):
		return "parent", "the parent must stand above"
	case j.From != "" && !j.From.Valid():
		return "from", "from must be a day such as 2019-08-02"
	case j.To != "" && (!j.To.Valid() || j.To < j.From):
		return "to", "to must be a day such as 2019-08-01, not before from"
	}
	for i, f := range j.Former {
		if !nationalArea.MatchString(f.Code) && !localArea.MatchString(f.Code) || f.Name == "" || !f.To.Valid() || j.From != "" && f.To >= j.From {
			return fmt.Sprintf("former.%d.code", i), "a former code has a name and a last day before the code that followed it"
		}
	}
	return "", ""
}

func (p *Plan) loadUnits(fsys fs.FS) error {
	var file struct {
		Units []Unit `yaml:"units"`
	}
	doc, err := read(fsys, "units.yaml", &file)
	if err != nil {
		return err
	}
	next := 1 // the plan's number of the next member
	for i, u := range file.Units {
		if u.Jurisdiction == "" {
			u.Jurisdiction = p.Jurisdictions[0].Code
		}
		if field, why := p.unitFault(u); why != "" {
			return doc.errorf("unit %s: %s", u.Code, why).at("units.%d.%s", i, field)
		}
		if u.PlanNo != 0 {
			if u.PlanNo != next {
				return doc.errorf("unit %s: the plan's next number is %d", u.Code, next).at("units.%d.plan_no", i)
			}
			next++
		}
		p.Units = append(p.Units, u)
	}
	return nil
}

// unitFault returns the key and the reason for which u cannot follow those already read.
func (p *Plan) unitFault(u Unit) (field, why string) {
	_, twice := p.Unit(u.Code)
	_, parent := p.Unit(u.Parent)
	switch {
	case !unitCode.MatchString(u.Code):
		return "code", "a code has lower-case letters, digits and hyphens"
	case twice:
		return "code", "the code stands twice"
	case u.Name == "":
		return "name", "the name is missing"
	case !unitKinds[u.Kind]:
		return "kind", "the kind is not known"
	case !u.Affiliation.Known() && u.Kind != models.UnitSystem:
		return "affiliation", "the affiliation is not known"
	case u.TaxAuthority && u.Kind != models.UnitMember && u.Kind != models.UnitSub:
		return "tax_authority", "only members and sub-units are tax authorities"
	case (u.Kind == models.UnitSub) != (u.Parent != ""):
		return "parent", "sub-units, and only they, have a parent"
	case u.Parent != "" && !parent:
		return "parent", "the parent must stand above"
	case u.PlanNo != 0 && u.Kind != models.UnitMember:
		return "plan_no", "only members have a number in the plan"
	case !p.jurisdiction(u.Jurisdiction):
		return "jurisdiction", "the jurisdiction is not known"
	}
	return "", ""
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
