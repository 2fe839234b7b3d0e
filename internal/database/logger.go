package database

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// gormLogger hands GORM's slow statements to slog. A statement's values never reach it: they may be an ID
// card or an account. Failed statements are not logged here, since their error is returned and logged once,
// where the request ends.
type gormLogger struct {
	log     *slog.Logger
	slow    time.Duration
	onQuery func(sql string)
}

func newLogger(o Options) logger.Interface {
	return &gormLogger{log: o.Logger, slow: o.SlowQuery, onQuery: o.OnQuery}
}

// LogMode changes nothing: the level is slog's business.
func (l *gormLogger) LogMode(logger.LogLevel) logger.Interface { return l }

// Info passes a message of GORM on.
func (l *gormLogger) Info(ctx context.Context, msg string, args ...any) {
	l.log.InfoContext(ctx, fmt.Sprintf("gorm: "+msg, args...))
}

// Warn passes a warning of GORM on.
func (l *gormLogger) Warn(ctx context.Context, msg string, args ...any) {
	l.log.WarnContext(ctx, fmt.Sprintf("gorm: "+msg, args...))
}

// Error passes an error of GORM on.
func (l *gormLogger) Error(ctx context.Context, msg string, args ...any) {
	l.log.ErrorContext(ctx, fmt.Sprintf("gorm: "+msg, args...))
}

// ParamsFilter drops the values of a statement before it is put into words.
func (l *gormLogger) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

// Trace sees each statement of GORM when it has ended.
func (l *gormLogger) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), _ error) {
	elapsed := time.Since(begin)
	slow := l.slow > 0 && elapsed >= l.slow
	if l.onQuery == nil && !slow {
		return
	}
	sql, rows := fc()
	if l.onQuery != nil {
		l.onQuery(sql)
	}
	if slow {
		l.log.WarnContext(ctx, "slow statement", "sql", sql, "rows", rows, "elapsed", elapsed)
	}
}
