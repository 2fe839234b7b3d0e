// Package unitview holds the pages of units and leading groups: the list and the page of a unit, which is 本单位 to its own
// people, the roster of a leading group, the forms by which the Office keeps them, and their histories.
package unitview

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// ListPage is the list of units.
type ListPage struct {
	Shell   layout.Shell
	Next    components.Next
	Actions []components.Action
	Bar     components.FilterBar
	Order   components.Order
	Pages   components.Pages
	Rows    []Row
	Names   bool   // the reader sees names only
	Filter  string // in words
}

// Row is one unit of the list.
type Row struct {
	Unit      models.Unit
	Head      string
	Liaisons  []Person
	Contact   Person
	Items     int
	Templates int
}

// Person is a name with a telephone number.
type Person struct {
	Name  string
	Phone string
}

// Code returns a unit's code as people read it.
func Code(u models.Unit) string { return strings.ToUpper(u.Code) }

// group names the part of the list in which a row stands, as long as the list is in the plan's order.
func (p ListPage) group(i int) string {
	if p.Order.Now != "" {
		return ""
	}
	label := func(r Row) string {
		kind := r.Unit.Kind
		switch kind {
		case models.UnitSub:
			kind = models.UnitMember
		case models.UnitLeaders, models.UnitOffice:
			return r.Unit.Jurisdiction.Label() + "　领导小组及其办公室"
		}
		return r.Unit.Jurisdiction.Label() + "　" + kind.Label()
	}
	now := label(p.Rows[i])
	if i > 0 && label(p.Rows[i-1]) == now {
		return ""
	}
	return now
}

func (p ListPage) columns() []components.Column {
	columns := []components.Column{p.Order.Column("单位", "name", components.SortAscending), {Label: "类别和性质"}, {Label: "区划"}}
	if p.Names {
		return columns
	}
	return append(columns, components.Column{Label: "主要负责人"}, components.Column{Label: "信息联络员"}, components.Column{Label: "办公室对接人"}, p.items())
}

func (p ListPage) items() components.Column {
	c := p.Order.Column("共享事项（项）", "items", components.SortDescending)
	c.Num = true
	return c
}

func (p ListPage) nothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconBuilding, Title: "没有符合条件的单位", Text: "没有" + p.Filter + "的单位。请放宽条件后再查。",
		Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(paths.Units)}}}
}

// about is the grey line under a unit's name.
func (r Row) about() string {
	parts := []string{Code(r.Unit)}
	if r.Unit.PlanNo > 0 {
		parts = append(parts, "方案二（二）"+strconv.Itoa(r.Unit.PlanNo))
	}
	if r.Unit.FullName != "" && r.Unit.FullName != r.Unit.Name {
		parts = append(parts, r.Unit.FullName)
	}
	return strings.Join(parts, "　")
}

// kind says what a unit is, and where it stands in the order of the state.
func kind(u models.Unit) string {
	if u.Affiliation == "" || u.Kind == models.UnitLeaders || u.Kind == models.UnitOffice {
		return u.Kind.Label()
	}
	text := u.Kind.Label() + "，" + u.Affiliation.Label()
	if u.TaxAuthority {
		text += "，税务机关"
	}
	return text
}

// hasPeople reports whether the unit's own accounts hold business roles of which a liaison is one.
func hasLiaison(u models.Unit) bool { return u.Kind == models.UnitMember || u.Kind == models.UnitSub }

// wantsContact reports whether somebody of the Office looks after the unit.
func wantsContact(u models.Unit) bool {
	return u.Kind == models.UnitMember || u.Kind == models.UnitSub || u.Kind == models.UnitOutside
}

// Closed is the badge of a unit that is no more.
var Closed = components.Badge{Family: components.FamilyOff, Icon: components.IconArchive, Word: "已撤并"}

func (r Row) templates() string {
	if r.Templates == r.Items {
		return "都有模板"
	}
	return strconv.Itoa(r.Templates) + " 项有模板"
}
