package directory

import (
	"fmt"

	"gorm.io/gorm"

	"taxportal/internal/models"
	"taxportal/seed"
)

// loadGroups writes the leading groups of areas that have none yet, by posts.
func loadGroups(tx *gorm.DB, list []seed.Group) error {
	for _, g := range list {
		var area models.Jurisdiction
		if err := tx.Where("code = ?", g.Area).Take(&area).Error; err != nil {
			return fmt.Errorf("find area %s: %w", g.Area, err)
		}
		known, err := groupOf(tx, area.ID)
		if err != nil {
			return err
		}
		if known != nil {
			continue
		}
		if err := loadGroup(tx, g, area); err != nil {
			return fmt.Errorf("write group of %s: %w", g.Area, err)
		}
	}
	return nil
}

func loadGroup(tx *gorm.DB, g seed.Group, area models.Jurisdiction) error {
	row := models.Group{JurisdictionID: area.ID, Name: g.Name, FormerName: g.FormerName, Basis: g.Basis, FromDay: g.From, Version: 1}
	if g.Host != "" {
		var host models.Unit
		if err := tx.Where("code = ?", g.Host).Take(&host).Error; err != nil {
			return fmt.Errorf("find host %s: %w", g.Host, err)
		}
		row.HostID = &host.ID
	}
	if err := tx.Omit("Jurisdiction", "Host").Create(&row).Error; err != nil {
		return err
	}
	seat := func(rank models.SeatRank, post models.Post) error {
		if err := tx.Omit("Unit", "Holders").Create(&post).Error; err != nil {
			return err
		}
		return tx.Omit("Post").Create(&models.Seat{GroupID: row.ID, PostID: post.ID, Rank: rank, Span: models.Span{FromDay: g.From}}).Error
	}
	if err := seat(models.SeatLeader, models.Post{Body: g.Leader.Body, Name: g.Leader.Post}); err != nil {
		return err
	}
	for _, p := range g.Deputies {
		if err := seat(models.SeatDeputy, models.Post{Body: p.Body, Name: p.Post}); err != nil {
			return err
		}
	}
	for _, code := range g.Members {
		var unit models.Unit
		if err := tx.Where("code = ?", code).Take(&unit).Error; err != nil {
			return fmt.Errorf("find member %s: %w", code, err)
		}
		if err := seat(models.SeatMember, models.Post{UnitID: &unit.ID, Name: HeadPost}); err != nil {
			return err
		}
	}
	return nil
}
