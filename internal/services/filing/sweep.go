package filing

import (
	"context"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/filestore"
	"taxportal/internal/models"
)

// keepReturned is how long the rows of returned batches stay (DESIGN §4); superseded ones stay for good.
const keepReturned = 30 * 24 * time.Hour

// PurgeOld removes the rows of batches that were returned a month ago, and of others whose purge was lost.
func (s *Service) PurgeOld(ctx context.Context) error {
	var ids []int64
	err := s.DB.Read.WithContext(ctx).Model(&models.Batch{}).
		Where("rows_purged_at = 0 AND kind = ? AND ((state = ? AND decided_at < ?) OR (state IN ? AND created_at < ?))",
			models.BatchFiles, models.BatchReturned, s.now().Add(-keepReturned),
			[]string{string(models.BatchErrors), string(models.BatchMalformed), string(models.BatchDiscarded)}, s.now().Add(-24*time.Hour)).
		Limit(1000).Pluck("id", &ids).Error
	if err != nil {
		return database.Fault(err)
	}
	for _, id := range ids {
		if err := s.purge(ctx, PurgeArgs{BatchID: id}); err != nil {
			return err
		}
	}
	return nil
}

// youngFile is how old a file must be before a sweep may think that nobody names it.
const youngFile = 24 * time.Hour

// SweepFiles removes files that no batch and no answer to a call names: what an upload left that broke off before its transaction.
func (s *Service) SweepFiles(ctx context.Context) error {
	return s.Files.Walk(ctx, func(e filestore.Entry) error {
		if s.Now().Sub(e.Stored) < youngFile {
			return nil
		}
		named, err := s.fileNamed(s.DB.Read.WithContext(ctx), e.Hash)
		if err != nil || named {
			return err
		}
		_, err = s.Files.DeleteUnchanged(ctx, e)
		return err
	})
}

func (s *Service) fileNamed(db *gorm.DB, hash string) (bool, error) {
	for _, query := range []*gorm.DB{
		db.Model(&models.BatchFile{}).Where("blob = ?", hash), db.Model(&models.Batch{}).Where("findings_blob = ?", hash),
		db.Model(&models.CallFile{}).Where("blob = ?", hash),
	} {
		var n int64
		if err := query.Count(&n).Error; err != nil {
			return false, database.Fault(err)
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}
