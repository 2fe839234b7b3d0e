// Package cn knows the identifiers, codes, dates, numbers and the working calendar of Chinese administration.
//
// It is pure: no clock, no files, no database, standard library only. A check takes a value that [Normalise] has
// brought into its canonical form and returns what is wrong with it as a list of [Problem]; nil means that the value
// stands. Problems speak Chinese, name the wrong characters and, where the right value can be told, propose it. The
// proposal is shown as 核对后可改为 …; nothing is ever mended silently.
//
// Each file names the standard its rules come from. Where a rule is known from practice only, its comment says so and
// the finding is a warning.
package cn
