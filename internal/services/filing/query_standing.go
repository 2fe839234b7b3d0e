package filing

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"taxportal/internal/models"
)

// What SQL can say of a task's standing. models.FilingTask.Standing decides; these only spare reading ten years of tasks
// for a list of a few.
const (
	isEffective = "EXISTS (SELECT 1 FROM batches b WHERE b.task_id = filing_tasks.id AND b.state = 'effective')"
	isEmpty     = "EXISTS (SELECT 1 FROM batches b WHERE b.task_id = filing_tasks.id AND b.state = 'effective' AND b.kind = 'nil')"
	isFiled     = "EXISTS (SELECT 1 FROM batches b WHERE b.task_id = filing_tasks.id AND b.state = 'filed')"
	wasReturned = "EXISTS (SELECT 1 FROM batches b WHERE b.task_id = filing_tasks.id AND b.state = 'returned')"
	notLate     = "COALESCE(filing_tasks.on_time, TRUE)"
	owed        = "filing_tasks.exempted_at = 0"
)

// standingFacts returns the condition under which a task may have the standing, and whether such a task has it for
// certain. No standing is no condition.
func (s *Service) standingFacts(standing models.Standing) (facts clause.Expression, exact bool) {
	now := s.now()
	switch standing {
	case "":
		return nil, true
	case models.StandingExempt:
		return gorm.Expr("filing_tasks.exempted_at <> 0"), true
	case models.StandingOnTime:
		return gorm.Expr(owed + " AND " + notLate + " AND " + isEffective + " AND NOT " + isEmpty), true
	case models.StandingNil:
		return gorm.Expr(owed + " AND " + notLate + " AND " + isEmpty), true
	case models.StandingLate:
		return gorm.Expr(owed + " AND (NOT " + notLate + " AND " + isEffective + " OR " + isFiled + ")"), false
	case models.StandingUnopened:
		return gorm.Expr(owed+" AND filing_tasks.opens_at > ? AND NOT "+isEffective, now), false
	case models.StandingReturned:
		return gorm.Expr(owed + " AND " + wasReturned + " AND NOT " + isEffective), false
	case models.StandingOverdue:
		return gorm.Expr(owed+" AND filing_tasks.due_at < ? AND NOT "+isEffective, now), false
	}
	return gorm.Expr(owed + " AND NOT " + isEffective), false
}
