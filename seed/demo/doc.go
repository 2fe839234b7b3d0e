// Package demo makes the registers that demo data and tests file: permits, projects and registrations of one invented
// town, from one pool of companies and people, so that what units file can be joined as it will be in life.
//
// Everything is synthetic: names say so (示范), identifiers have valid check digits, and the same seed gives the same
// rows for ever.
package demo
