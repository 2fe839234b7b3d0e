package filing

import (
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/models"
)

// Tier is of which units figures of an area are: the plan lets the leading group look after the whole city and after the
// city's own units (plan 一, 全市和市级税收共治工作). Any other value is the code of one area below.
type Tier string

// The tiers.
const (
	TierWhole Tier = ""     // 全市: the area and those below it
	TierCity  Tier = "city" // 市级: the units of the area itself
)

// Tiered reports whether an actor sees an area with others below it, so that its tiers differ: the city is the only one.
func Tiered(actor models.Actor) bool {
	path := strings.Trim(actor.Unit.JurisdictionPath, "/")
	return actor.SeesArea() && path != "" && !strings.Contains(path, "/")
}

// Label returns the tier in the plan's words.
func (t Tier) Label() string {
	if t == TierCity {
		return "市级"
	}
	return "全市"
}

// narrowed names the tier if it leaves out a part of what the actor sees, "" if it does not.
func (t Tier) narrowed(actor models.Actor) string {
	switch {
	case t == TierWhole || !Tiered(actor):
		return ""
	case t == TierCity:
		return t.Label()
	}
	return "区划 " + string(t)
}

// scope keeps the tasks of the tier; the query joins Unit.
func (t Tier) scope(actor models.Actor) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		switch {
		case t.narrowed(actor) == "":
			return db
		case t == TierCity:
			return db.Where(`"Unit".jurisdiction_id = ?`, actor.Unit.JurisdictionID)
		}
		return db.Where(`"Unit".jurisdiction_id IN (SELECT id FROM jurisdictions WHERE code = ?)`, string(t))
	}
}
