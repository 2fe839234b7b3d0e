package portal

import (
	"context"
	"fmt"

	"taxportal/internal/database"
)

// How far the demo of DESIGN §6 is in this database, as the row demo of the table meta says.
const (
	DemoNone    = ""
	DemoLoading = "loading" // begun and not finished: of no use
	DemoReady   = "ready"
)

// DemoMark returns how far the demo is in this database.
func (p *Portal) DemoMark(ctx context.Context) (string, error) {
	var found []string
	err := p.DB.Read.WithContext(ctx).Table("meta").Where("key = ?", "demo").Pluck("value", &found).Error
	if err != nil || len(found) == 0 {
		return DemoNone, database.Fault(err)
	}
	return found[0], nil
}

// MarkDemo marks the database as one that holds demo data; it is never taken back.
func (p *Portal) MarkDemo(ctx context.Context, mark string) error {
	const set = `INSERT INTO meta (key, value) VALUES ('demo', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`
	if err := p.DB.Write.WithContext(ctx).Exec(set, mark).Error; err != nil {
		return database.Fault(fmt.Errorf("mark demo: %w", err))
	}
	return nil
}

// Empty reports whether nobody has been here yet: neither units nor accounts.
func (p *Portal) Empty(ctx context.Context) (bool, error) {
	var n int64
	const count = `SELECT (SELECT count(*) FROM units) + (SELECT count(*) FROM accounts)`
	err := p.DB.Read.WithContext(ctx).Raw(count).Scan(&n).Error
	return n == 0, database.Fault(err)
}
