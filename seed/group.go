package seed

import (
	"io/fs"

	"taxportal/internal/models"
)

// Group is the leading group of one area, by posts: who holds them is no part of the plan.
type Group struct {
	Area       string     `yaml:"area"`
	Name       string     `yaml:"name"`
	FormerName string     `yaml:"former_name"` // under which it stood before, for history
	Basis      string     `yaml:"basis"`
	From       models.Day `yaml:"from"` // empty: as the area's own document says
	Leader     Post       `yaml:"leader"`
	Deputies   []Post     `yaml:"deputies"`
	Members    []string   `yaml:"members"`    // units whose heads are members
	Host       string     `yaml:"host"`       // the unit in which the Office is seated
	StaffFrom  []string   `yaml:"staff_from"` // units from which the Office's people come
}

// Post is a post of a body that is no unit of the directory.
type Post struct {
	Body string `yaml:"body"` // 市政府
	Post string `yaml:"post"` // 主要领导
}

func (p *Plan) loadGroups(fsys fs.FS) error {
	var file struct {
		Groups []Group `yaml:"groups"`
	}
	doc, err := read(fsys, "group.yaml", &file)
	if err != nil {
		return err
	}
	for i, g := range file.Groups {
		if field, why := p.groupFault(g); why != "" {
			return doc.errorf("group of %s: %s", g.Area, why).at("groups.%d.%s", i, field)
		}
		p.Groups = append(p.Groups, g)
	}
	if len(p.Groups) != len(p.Jurisdictions) {
		return doc.errorf("%d groups for %d jurisdictions: every area has one", len(p.Groups), len(p.Jurisdictions)).at("groups")
	}
	return nil
}

// groupFault returns the key and the reason for which g cannot follow those already read.
func (p *Plan) groupFault(g Group) (field, why string) {
	switch {
	case !p.jurisdiction(g.Area):
		return "area", "the area is not known"
	case p.hasGroup(g.Area):
		return "area", "an area has one group"
	case g.Name == "":
		return "name", "the name is missing"
	case g.From != "" && !g.From.Valid():
		return "from", "from must be a day such as 2020-06-29"
	case g.Leader.Body == "" || g.Leader.Post == "":
		return "leader", "a group has one leader, by body and post"
	case len(g.Deputies) == 0:
		return "deputies", "a group has one or more deputies"
	case g.Host != "" && !p.inArea(g.Area, g.Host):
		return "host", "the Office is seated in a unit of the area"
	}
	for _, list := range []struct {
		field string
		codes []string
	}{{"members", g.Members}, {"staff_from", g.StaffFrom}} {
		seen := map[string]bool{}
		for _, code := range list.codes {
			if seen[code] || !p.inArea(g.Area, code) {
				return list.field, "unit " + code + " stands twice or is no unit of the area"
			}
			seen[code] = true
		}
	}
	return "", ""
}

func (p *Plan) hasGroup(area string) bool {
	for _, g := range p.Groups {
		if g.Area == area {
			return true
		}
	}
	return false
}

func (p *Plan) inArea(area, unit string) bool {
	u, ok := p.Unit(unit)
	return ok && u.Jurisdiction == area
}
