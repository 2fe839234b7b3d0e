package database

import (
	"gorm.io/gorm"

	"taxportal/internal/models"
)

// Shared goes with Visible where filings are read: people of an area above see the filings of one below for the months
// in which it filed through the portal, and only those count in their rate (permissions.md, last paragraph; plan 二(三)).
// unit and task are the columns with the unit's and the task's id and are never a user's text.
//
// Most units never go another way: they are told first and cheaply, before the month of a task is looked up.
func Shared(a models.Actor, unit, task string) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		if !a.SeesArea() {
			return db
		}
		return db.Where("("+unit+` NOT IN (SELECT u.id FROM units u JOIN sharing_modes m ON m.jurisdiction_id = u.jurisdiction_id
				WHERE m.mode <> 'portal' AND u.jurisdiction_id <> ?)
			OR NOT EXISTS (SELECT 1 FROM filing_tasks t JOIN units u ON u.id = t.unit_id
				JOIN sharing_modes m ON m.jurisdiction_id = u.jurisdiction_id
				WHERE t.id = `+task+` AND m.mode <> 'portal' AND m.from_month <= t.month AND (m.to_month = '' OR m.to_month >= t.month)))`,
			a.Unit.JurisdictionID)
	}
}
