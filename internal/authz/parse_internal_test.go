package authz

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/policies"
)

func TestParse_refusesWhatCannotBeMeant(t *testing.T) {
	for name, tt := range map[string]struct{ model, policy string }{
		"no model":               {"", "p, office, filing, view"},
		"unknown role":           {policies.Model, "p, offfice, filing, view"},
		"unknown role in a rule": {policies.Model, "p, any, filing, view\ng, offfice, any"},
		"unknown base":           {policies.Model, "p, any, filing, view\ng, office, everybody"},
		"half a line":            {policies.Model, "p, office, filing"},
	} {
		if _, err := parse(tt.model, tt.policy); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestParse_passesOverCommentsAndBlankLines(t *testing.T) {
	g, err := parse(policies.Model, "# p, aud, filing, view\n\n  p, office, filing, view  \n")
	if err != nil {
		t.Fatal(err)
	}
	if !g.Can(models.Actor{Roles: []models.Role{models.RoleOffice}}, "filing", "view") || g.Can(models.Actor{Roles: []models.Role{models.RoleAud}}, "filing", "view") {
		t.Error("a comment counts, or a line does not")
	}
}
