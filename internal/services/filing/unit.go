package filing

import (
	"context"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// recentMonths is how far back the workbench looks for a unit's tasks: the columns of the matrix.
const recentMonths = 12

// Recent returns the tasks of the actor's unit and its sub-units from the last twelve months and those already written
// for later, soonest due first.
func (s *Service) Recent(ctx context.Context, actor models.Actor) ([]TaskRow, error) {
	if err := s.Guard.Allow(actor, "filing", "view"); err != nil {
		return nil, err
	}
	first := s.lastMonths(recentMonths)[0]
	db := s.DB.Read.WithContext(ctx).Where("filing_tasks.month >= ?", first).Limit(listCap)
	return s.taskRows(db, actor, TaskFilter{Sort: "due"})
}

// PeopleOf returns who stands for a unit: its liaison, its chief and its contact in the Office with telephone.
func (s *Service) PeopleOf(ctx context.Context, unit models.Unit) (People, error) {
	p, err := people(s.DB.Read.WithContext(ctx), unit)
	return p, database.Fault(err)
}
