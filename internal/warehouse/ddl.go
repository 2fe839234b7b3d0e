package warehouse

import (
	"fmt"
	"slices"
	"strings"

	"taxportal/internal/database"
	"taxportal/internal/models"
)

// typeNames are the engines' types of the three storages and of a hash.
var typeNames = map[database.Engine]struct{ integer, text, binary string }{
	database.SQLite:   {"INTEGER", "TEXT", "BLOB"},
	database.Postgres: {"bigint", "text", "bytea"},
}

// createTable returns the statements that make a template's table with the columns of l and what finds its rows by
// subject.
//
// SQLite's tables have no rowid: the primary key's b-tree then is the table, which saves an index (measured: 15%
// faster to load), and STRICT, so that no column ever holds another type.
func createTable(engine database.Engine, l *layout) []string {
	names := typeNames[engine]
	var defs []string
	for _, c := range []struct{ name, kind string }{
		{colBatch, names.integer}, {colRow, names.integer}, {colSubject, names.binary},
		{colPeriod, names.text}, {colUnit, names.integer},
	} {
		defs = append(defs, quote(c.name)+" "+c.kind+" NOT NULL")
	}
	defs = append(defs, columnDefs(engine, l.columns)...)
	key := "PRIMARY KEY (" + quoteAll("", []string{colBatch, colRow, colSubject}) + ")"
	if engine == database.Postgres {
		return []string{
			fmt.Sprintf("CREATE TABLE %s (%s, CONSTRAINT %s %s)", quote(l.table), strings.Join(defs, ", "), quote(l.primaryKey()), key),
			fmt.Sprintf("CREATE INDEX %s ON %s (%s)", quote(l.subjectIndex()), quote(l.table), quote(colSubject)),
		}
	}
	finder := quoteAll("", []string{colKey, colBatch, colRow})
	return []string{
		fmt.Sprintf("CREATE TABLE %s (%s, %s) STRICT, WITHOUT ROWID", quote(l.table), strings.Join(defs, ", "), key),
		fmt.Sprintf("CREATE TABLE %s (%s INTEGER NOT NULL, %s INTEGER NOT NULL, %s INTEGER NOT NULL, PRIMARY KEY (%s)) STRICT, WITHOUT ROWID",
			quote(l.subjects()), quote(colKey), quote(colBatch), quote(colRow), finder),
	}
}

// addColumns returns the statements that widen a table.
func addColumns(engine database.Engine, l *layout, added []column) []string {
	var statements []string
	for _, def := range columnDefs(engine, added) {
		statements = append(statements, "ALTER TABLE "+quote(l.table)+" ADD COLUMN "+def)
	}
	return statements
}

// columnDefs returns the definitions of fields' columns and of the hash columns beside them. All may be null, since
// old rows lack what a later version brings.
func columnDefs(engine database.Engine, columns []column) []string {
	names := typeNames[engine]
	var defs []string
	for _, c := range columns {
		kind := map[storage]string{storeInteger: names.integer, storeText: names.text, storeSealed: names.binary}[c.storage()]
		defs = append(defs, quote(c.name)+" "+kind)
		if c.hashed {
			defs = append(defs, quote(c.hash())+" "+names.binary)
		}
	}
	return defs
}

// viewForm is raised whenever createView changes what it makes, so that the views of existing tables are renewed.
const viewForm = 2

// createView returns the statements that make or renew the view of a table's effective rows. l holds all columns of
// the table in the order in which they were added, which PostgreSQL needs for replacing the view.
//
// SQLite has no statistics and would look at every row of the table and then at its batch; CROSS JOIN makes it go from
// the few batches to their rows. PostgreSQL finds that out by itself and, spread by Citus, keeps the join on each
// node, since the batches are there in copy.
func createView(engine database.Engine, l *layout) []string {
	system := []string{colBatch, colRow, colSubject, colPeriod, colUnit}
	columns := quoteAll("w.", slices.Concat(system, l.stored()))
	if engine == database.Postgres {
		return []string{fmt.Sprintf("CREATE OR REPLACE VIEW %s AS SELECT %s FROM batches b%s JOIN %s w ON w.%s = b.id WHERE %s",
			quote(l.view()), columns, owed, quote(l.table), quote(colBatch), standing(l))}
	}
	return []string{
		"DROP VIEW IF EXISTS " + quote(l.view()),
		fmt.Sprintf("CREATE VIEW %s AS SELECT %s FROM warehouse_loads l CROSS JOIN batches b ON b.id = l.batch_id%s CROSS JOIN %s w ON w.%s = b.id WHERE l.table_name = '%s' AND %s",
			quote(l.view()), columns, owed, quote(l.table), quote(colBatch), l.table, standing(l)),
	}
}

// owed joins the task t of batch b and the item i for which it was filed, where standing asks for them.
const owed = " JOIN filing_tasks t ON t.id = b.task_id JOIN catalogue_items i ON i.id = t.item_id"

// standing is the condition under which batch b of the template counts: it is effective, it was filed for an item of the
// catalogue and, where the template shows the stock at a period's end, that item has no such batch of a later period. The
// stock is the item's and not the unit's: when a unit is merged into another, the next batch of the heir takes the place
// of what the merged unit filed. The answer to an ad-hoc call, which has an item of its own, is no part of the register
// whose template it borrows. A nil return is a batch like any other: after it there is no stock. Periods are compared by
// the month in which they end.
//
// The order of the joins is for SQLite, which keeps to it: from the few tasks of the item in later months to their
// batches, and not through all batches that the unit ever filed.
func standing(l *layout) string {
	const (
		effective = "state = '" + string(models.BatchEffective) + "'"
		register  = "origin <> '" + string(models.OriginCall) + "'"
	)
	if l.coverage == models.CoverageIncrement {
		return "b." + effective + " AND i." + register
	}
	return "b." + effective + " AND i." + register + ` AND NOT EXISTS (SELECT 1
		FROM filing_tasks t2 CROSS JOIN template_versions v2 CROSS JOIN templates p2 CROSS JOIN batches b2
		WHERE t2.item_id = t.item_id AND t2.month > t.month AND v2.id = t2.template_version_id
		AND p2.id = v2.template_id AND p2.code = '` + l.template + `'
		AND b2.task_id = t2.id AND b2.` + effective + `)`
}
