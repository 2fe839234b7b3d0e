package database

import "strings"

// PlanOrder returns what a statement is ordered by for its rows to stand in the plan's order of their units (plan 二(二)): by
// the number of the unit, a sub-unit behind the unit above it, and behind all of these the units that the plan does not
// number, area by area. No two units share a place. unit is the units table's name or alias in the statement, never a
// user's text.
func PlanOrder(unit string) string {
	return strings.ReplaceAll(`COALESCE(NULLIF(U.plan_no, 0), (SELECT NULLIF(above.plan_no, 0) FROM units above WHERE above.id = U.parent_id), 1000),
		U.jurisdiction_id, COALESCE(U.parent_id, U.id), CASE WHEN U.parent_id IS NULL THEN 0 ELSE 1 END, U.id`, "U.", unit+".")
}
