package handlers_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/seed"
)

// TestAreas_EachOfficeWorksInItsOwn goes through all counties and zones: the Office has its account, its group's seats and its
// finance and tax bureaus, looks after them, and sees nobody else's.
func TestAreas_EachOfficeWorksInItsOwn(t *testing.T) {
	w := newTown(t)
	plan, err := seed.Load()
	w.ok(err)
	for _, g := range plan.Groups[1:] {
		office := ""
		for _, u := range plan.Units {
			if u.Jurisdiction == g.Area && u.Kind == models.UnitOffice {
				office = u.Code
			}
		}
		user := strings.Replace(office, "-", ".", 1)
		var names, others []string
		for _, u := range plan.Units {
			switch {
			case u.Jurisdiction == g.Area && u.Kind == models.UnitMember:
				names = append(names, u.Name)
			case u.TaxAuthority:
				others = append(others, u.FullName)
			}
		}
		if len(names) != 2 {
			t.Errorf("%s has the members %v", g.Area, names)
		}
		who := w.As(user)
		w.as(user).Get(paths.Units).WantStatus(200).Want(append(names, "4 个单位", who.Name)...).Not(others...)
		host, _ := plan.Unit(g.Host)
		w.as(user).Get(paths.ToGroup(g.Area)).WantStatus(200).Want(g.Name, g.Leader.Body, "主要领导", "分管领导", host.Name, names[1])
		w.as(user).Get(paths.Matrix).WantStatus(200).Not("市发展改革委")
	}
}
