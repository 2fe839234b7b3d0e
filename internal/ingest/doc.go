// Package ingest checks uploaded files against a template: sheet reads them, cn knows the identifiers, and here every
// row becomes either a record for the warehouse or findings that say where, what and how to mend it. It has no
// database and no clock, and its memory does not grow with the rows.
//
// The check goes in stages, and a stage that fails ends it with one clear answer:
//
//	file     recognised by its bytes; the template's own workbook by its hidden sheet     (sheet, meta.go)
//	header   the right sheet, the header below titles and merged cells, the columns       (pick.go, header.go, title.go)
//	rows     totals, notes, repeated headers and blank rows told apart and named          (sieve.go, notes.go)
//	cells    types, bounds, patterns, lists                                               (types.go, cell.go, type_*.go)
//	row      the template's rules across fields                                           (rowrule.go)
//	batch    repeated keys, comparison with the unit's last period, the figures           (twins.go, finish.go)
//
// Trouble with a file as a whole is a *Malformed error; trouble with its content is data, a Finding. In a Report
// Rows = Valid + Rejected, always.
package ingest
