package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"

	"taxportal/internal/fault"
)

// trouble is a sort of failure that both engines know.
type trouble int

const (
	none trouble = iota
	duplicate
	foreignKey
	check
	busy
	timedOut
	lost
	full
	unwritten
	readOnly
	corrupt
)

// answers says what the user is told of each trouble.
var answers = map[trouble]struct {
	kind    fault.Kind
	message string
}{
	duplicate:  {fault.Conflict, "已有相同的记录，请刷新页面核对，不要重复提交。"},
	foreignKey: {fault.Conflict, "所引用的记录已不存在，或本记录仍被引用，请刷新页面后再试。"},
	check:      {fault.Invalid, "有内容不符合数据规则，没有保存，请检查后重新提交。"},
	busy:       {fault.Unavailable, "系统正忙，这一步没有保存，请稍后再试。"},
	timedOut:   {fault.Unavailable, "这一步用时过长，已经停止，请缩小范围或稍后再试。"},
	lost:       {fault.Unavailable, "数据库暂时连接不上，请稍后刷新页面核对再试；若一直如此，请联系系统管理员。"},
	full:       {fault.Unavailable, "服务器磁盘已满，这一步没有保存，请系统管理员清理空间；之后重做这一步即可。"},
	unwritten:  {fault.Unavailable, "服务器磁盘写不进数据，通常是磁盘已满，这一步没有保存，请系统管理员清理空间或检查磁盘；之后重做这一步即可。"},
	readOnly:   {fault.Unavailable, "数据库处于只读状态，这一步没有保存，请联系系统管理员。"},
	corrupt:    {fault.Unavailable, "数据库文件已损坏，请立即联系系统管理员用备份恢复。"},
}

// Fault turns an engine's error into a *fault.Error that tells the user what it means, and leaves every other
// error as it is: a *fault.Error, a request that was given up (context.Canceled), an unknown failure.
//
// A duplicate key and a broken reference are fault.Conflict, a broken check fault.Invalid; a busy, slow, full,
// read-only, damaged or absent database is fault.Unavailable. errors.Is still finds gorm.ErrDuplicatedKey,
// gorm.ErrForeignKeyViolated and gorm.ErrCheckConstraintViolated, and errors.As the engine's own error.
func Fault(err error) error {
	if err == nil || fault.Of(err) != 0 || errors.Is(err, context.Canceled) {
		return err
	}
	answer, ok := answers[classify(err)]
	if !ok {
		return err
	}
	return fault.Wrap(answer.kind, answer.message, translate(err))
}

// translate adds GORM's sentinel to an error, once.
func translate(err error) error {
	sentinels := map[trouble]error{
		duplicate:  gorm.ErrDuplicatedKey,
		foreignKey: gorm.ErrForeignKeyViolated,
		check:      gorm.ErrCheckConstraintViolated,
	}
	sentinel, ok := sentinels[classify(err)]
	if !ok || errors.Is(err, sentinel) {
		return err
	}
	return fmt.Errorf("%w: %w", sentinel, err)
}

// classify finds out what sort of trouble err is.
func classify(err error) trouble {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return classifyPostgres(pg.Code)
	}
	// Before SQLite's code: the driver reports a write that found no room as IOERR and keeps the system's error within, unless
	// a later call of the system has taken its place; for that see classifySQLite.
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return full
	case errors.Is(err, syscall.EROFS):
		return readOnly
	}
	var lite sqlite3.ExtendedErrorCode
	if errors.As(err, &lite) {
		return classifySQLite(lite)
	}
	return classifyConnection(err)
}

// classifyPostgres reads an SQLSTATE (PostgreSQL manual, appendix A).
func classifyPostgres(code string) trouble {
	switch code {
	case "23505", "23P01":
		return duplicate
	case "23503", "23001":
		return foreignKey
	case "23502", "23514":
		return check
	case "40001", "40P01", "55P03":
		return busy
	case "57014":
		return timedOut
	case "53100":
		return full
	case "25006":
		return readOnly
	case "57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "3D000":
		return lost
	case "XX001", "XX002":
		return corrupt
	}
	switch {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "28"):
		return lost
	case strings.HasPrefix(code, "53"): // out of connections or memory
		return busy
	}
	return none
}

// classifySQLite reads a result code (sqlite.org/rescode.html).
func classifySQLite(code sqlite3.ExtendedErrorCode) trouble {
	switch code {
	case sqlite3.CONSTRAINT_UNIQUE, sqlite3.CONSTRAINT_PRIMARYKEY, sqlite3.CONSTRAINT_ROWID:
		return duplicate
	case sqlite3.CONSTRAINT_FOREIGNKEY:
		return foreignKey
	case sqlite3.CONSTRAINT_CHECK, sqlite3.CONSTRAINT_NOTNULL, sqlite3.CONSTRAINT_DATATYPE,
		sqlite3.CONSTRAINT_TRIGGER:
		return check
	case sqlite3.IOERR_WRITE, sqlite3.IOERR_FSYNC, sqlite3.IOERR_TRUNCATE, sqlite3.IOERR_SHMSIZE, sqlite3.IOERR_SHMMAP, sqlite3.IOERR_GETTEMPPATH:
		return unwritten
	}
	switch code.Code() {
	case sqlite3.BUSY, sqlite3.LOCKED:
		return busy
	case sqlite3.INTERRUPT:
		return timedOut
	case sqlite3.FULL:
		return full
	case sqlite3.READONLY:
		return readOnly
	case sqlite3.CORRUPT, sqlite3.NOTADB:
		return corrupt
	case sqlite3.CANTOPEN, sqlite3.IOERR:
		return lost
	}
	return none
}

// classifyConnection reads the errors of a connection that never reached the server or was cut off, and of a
// deadline that has passed.
func classifyConnection(err error) trouble {
	var connect *pgconn.ConnectError
	var network *net.OpError // not net.Error, which every error of the operating system satisfies
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return timedOut
	case errors.As(err, &connect), errors.As(err, &network),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), isClosed(err):
		return lost
	}
	return none
}

// isClosed reports whether err comes of a pool that has been closed, as it is while the portal stops. Neither
// database/sql nor pgx exports the error that says so.
func isClosed(err error) bool {
	text := err.Error()
	return strings.Contains(text, "sql: database is closed") || strings.Contains(text, "closed pool")
}
