package database

import (
	"gorm.io/gorm"

	"taxportal/internal/models"
)

// Visible is the one scope that says whose rows an actor sees (DESIGN §4): the jurisdiction and those below it for the
// Office, leaders and the tax authority; the own unit and its sub-units for everybody else. column holds a unit id and
// is never a user's text.
func Visible(a models.Actor, column string) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		if a.SeesArea() {
			return db.Where(column+" IN (SELECT id FROM units WHERE jurisdiction_path LIKE ?)", a.Unit.JurisdictionPath+"%")
		}
		return db.Where(column+" IN (SELECT id FROM units WHERE path LIKE ?)", a.Unit.Path+"%")
	}
}
