package filing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// MatrixFilter narrows the compliance matrix.
type MatrixFilter struct {
	Months   int             // how many columns, newest last; 0 = 12
	Year     string          // the months of that year instead, up to the running one
	Standing models.Standing // only units that have such a cell
	Text     string          // in the unit's name
	Tier     Tier            // the area with those below it, or its own units alone
	Sort     string          // plan (default), rate, overdue
}

// MatrixRow is one unit of the matrix.
type MatrixRow struct {
	Unit  models.Unit
	Cells []models.Tally // one a month
	Sum   models.Tally   // over the shown months, for the rate
	Items int            // matters with a template that the unit owes
}

// Matrix is the compliance matrix: units × months, each cell the worst of its tasks (DESIGN §5, look 04).
type Matrix struct {
	Months  []string
	Rows    []MatrixRow
	Columns []models.Tally
	Sum     models.Tally
	Overdue int // units with an overdue task
	Missing int // overdue tasks
}

// Matrix returns the compliance matrix of what the actor may see.
func (s *Service) Matrix(ctx context.Context, actor models.Actor, f MatrixFilter) (*Matrix, error) {
	if err := s.Guard.Allow(actor, "matrix", "view"); err != nil {
		return nil, err
	}
	if f.Months == 0 {
		f.Months = 12
	}
	m := &Matrix{Months: s.shownMonths(f)}
	tasks, err := s.matrixTasks(ctx, actor, m.Months, f.Tier)
	if err != nil {
		return nil, err
	}
	m.fill(tasks, s.now())
	m.narrow(f)
	m.total()
	m.sort(f.Sort)
	return m, nil
}

// Items counts the matters that the units of the matrix owe.
func (m *Matrix) Items() int {
	n := 0
	for _, row := range m.Rows {
		n += row.Items
	}
	return n
}

// shownMonths are the columns that the filter asks for. A year that has not begun shows the last months.
func (s *Service) shownMonths(f MatrixFilter) []string {
	running := string(models.PeriodAt(models.CycleMonth, s.Now()))
	var months []string
	if models.Period(f.Year).Valid() && len(f.Year) == len("2026") {
		for n := 1; n <= 12; n++ {
			if month := fmt.Sprintf("%s-%02d", f.Year, n); month <= running {
				months = append(months, month)
			}
		}
	}
	if len(months) == 0 {
		return s.lastMonths(f.Months)
	}
	return months
}

// lastMonths returns the n months up to the running one, oldest first.
func (s *Service) lastMonths(n int) []string {
	p := models.PeriodAt(models.CycleMonth, s.Now())
	months := make([]string, n)
	for i := n - 1; i >= 0; i-- {
		months[i] = string(p)
		p = p.Prev()
	}
	return months
}

func (s *Service) matrixTasks(ctx context.Context, actor models.Actor, months []string, tier Tier) ([]models.FilingTask, error) {
	var tasks []models.FilingTask
	err := s.DB.Read.WithContext(ctx).Scopes(database.Visible(actor, "filing_tasks.unit_id"), database.Shared(actor, "filing_tasks.unit_id", "filing_tasks.id")).Joins("Unit").
		Scopes(tier.scope(actor)).
		Preload("Batches", func(db *gorm.DB) *gorm.DB {
			return db.Select("id", "task_id", "no", "kind", "state", "signed_at", "mend_due_at")
		}).
		Where("filing_tasks.month >= ? AND filing_tasks.month <= ?", months[0], months[len(months)-1]).
		Order(database.PlanOrder(`"Unit"`) + ", filing_tasks.id").Find(&tasks).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("read matrix: %w", err))
	}
	return tasks, nil
}

func (m *Matrix) fill(tasks []models.FilingTask, now models.Instant) {
	for i := range tasks {
		t := &tasks[i]
		if len(m.Rows) == 0 || m.Rows[len(m.Rows)-1].Unit.ID != t.UnitID {
			m.Rows = append(m.Rows, MatrixRow{Unit: t.Unit, Cells: make([]models.Tally, len(m.Months))})
		}
		row := &m.Rows[len(m.Rows)-1]
		if column := slices.Index(m.Months, t.Month); column >= 0 {
			row.Cells[column].Add(t, now)
			row.Sum.Add(t, now)
		}
	}
	for i := range m.Rows {
		for _, cell := range m.Rows[i].Cells {
			m.Rows[i].Items = max(m.Rows[i].Items, cell.Total)
		}
	}
}

func (m *Matrix) narrow(f MatrixFilter) {
	m.Rows = slices.DeleteFunc(m.Rows, func(r MatrixRow) bool {
		if f.Text != "" && !strings.Contains(r.Unit.Name, strings.TrimSpace(f.Text)) {
			return true
		}
		return f.Standing != "" && !slices.ContainsFunc(r.Cells, func(c models.Tally) bool { return c.Total > 0 && c.Worst == f.Standing })
	})
}

func (m *Matrix) total() {
	m.Columns = make([]models.Tally, len(m.Months))
	for _, row := range m.Rows {
		overdue := false
		for i, cell := range row.Cells {
			m.Columns[i].Merge(cell)
			if cell.Total > 0 && cell.Worst == models.StandingOverdue {
				overdue = true
			}
		}
		if overdue {
			m.Overdue++
		}
		m.Missing += row.Sum.Overdue
		m.Sum.Merge(row.Sum)
	}
}

func (m *Matrix) sort(by string) {
	rate := func(r MatrixRow) int {
		if n, ok := r.Sum.Rate(); ok {
			return n
		}
		return 1001
	}
	switch by {
	case "rate":
		slices.SortStableFunc(m.Rows, func(a, b MatrixRow) int { return rate(a) - rate(b) })
	case "overdue":
		slices.SortStableFunc(m.Rows, func(a, b MatrixRow) int { return b.Sum.Overdue - a.Sum.Overdue })
	}
}

// Cell returns the tasks behind one cell of the matrix: unit by code, month as 2026-10.
func (s *Service) Cell(ctx context.Context, actor models.Actor, unit, month string) ([]TaskRow, error) {
	if err := s.Guard.Allow(actor, "matrix", "view"); err != nil {
		return nil, err
	}
	rows, err := s.taskRows(s.DB.Read.WithContext(ctx).Limit(listCap), actor, TaskFilter{Unit: unit, Month: month, Sort: "name"})
	if err == nil && len(rows) == 0 {
		return nil, errNoTask
	}
	return rows, err
}
