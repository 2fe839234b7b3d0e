package portal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"taxportal/internal/database"
	"taxportal/internal/services/exchange"
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

// demoHandover is the folder below the data folder to which the demo's batches are handed over.
const demoHandover = "handover"

// handoverTarget returns where batches are handed over to: what the operator has set, or for a demo a folder of its own.
// That one may lie within the data folder, where no other may: its data are invented, and no platform takes them.
func (p *Portal) handoverTarget() (exchange.Target, error) {
	target, err := exchange.ParseTarget(p.Config.Handover, p.Config.HandoverSensitive, p.Config.Data)
	if err != nil || target.Configured() || !p.Config.Demo {
		return target, err
	}
	target.Demo = true
	if target.Folder, err = filepath.Abs(filepath.Join(p.Config.Data, demoHandover)); err != nil {
		return target, fmt.Errorf("place of the demo's hand-overs: %w", err)
	}
	if err := os.MkdirAll(target.Folder, 0o700); err != nil {
		return target, fmt.Errorf("make folder of the demo's hand-overs: %w", err)
	}
	return target, nil
}
