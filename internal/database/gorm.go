package database

import (
	"database/sql"
	"fmt"

	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// openGORM puts GORM over the two pools.
func (db *DB) openGORM() error {
	var err error
	if db.Write, err = db.gormOver(db.SQLWrite); err != nil {
		return fmt.Errorf("gorm writer: %w", err)
	}
	if db.Read, err = db.gormOver(db.SQLRead); err != nil {
		return fmt.Errorf("gorm readers: %w", err)
	}
	return nil
}

// gormOver returns GORM over one pool. PrepareStmt stays off: it can deadlock with a small pool.
func (db *DB) gormOver(pool *sql.DB) (*gorm.DB, error) {
	var d gorm.Dialector
	switch db.Engine {
	case SQLite:
		d = gormlite.OpenDB(pool)
	case Postgres:
		d = postgres.New(postgres.Config{Conn: pool})
	}
	return gorm.Open(dialector{d}, &gorm.Config{
		Logger:               newLogger(db.opt),
		NowFunc:              db.opt.Now,
		TranslateError:       true,
		DisableAutomaticPing: true,
	})
}

// dialector is an engine's GORM dialect with our own translation of errors, which keeps the engine's error
// beside GORM's, where the drivers' own would drop it.
type dialector struct{ gorm.Dialector }

// Translate adds GORM's sentinel error to an engine's error.
func (d dialector) Translate(err error) error { return translate(err) }

// SavePoint begins a nested transaction.
func (d dialector) SavePoint(tx *gorm.DB, name string) error {
	return tx.Exec("SAVEPOINT " + name).Error
}

// RollbackTo undoes a nested transaction.
func (d dialector) RollbackTo(tx *gorm.DB, name string) error {
	return tx.Exec("ROLLBACK TO SAVEPOINT " + name).Error
}
