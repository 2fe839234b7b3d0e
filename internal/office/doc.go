// Package office writes the documents that people take away: a template's workbook to fill in, a unit's own file with
// what is wrong marked in it, any list of the portal as a workbook or CSV, and a template as Frictionless Table Schema.
//
// It only writes. Whatever users typed is written as text, never as a formula. Long sheets are streamed: memory stays
// bounded however many rows there are, and what does not fit waits in a temporary file in the folder that the caller
// names, which holds the unit's data and is the caller's to keep closed.
package office
