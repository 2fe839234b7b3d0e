package demo

import (
	"fmt"
	"math/rand/v2"

	"taxportal/internal/models"
)

// branches are the town's eight, each with its yearly gross product in 万元 by branch: invented.
var branches = []struct {
	code                               string
	primary, industry, building, third int
}{
	{"371502", 304_700, 1_404_600, 331_800, 3_108_800}, {"371503", 256_900, 1_302_400, 146_200, 1_266_900}, {"371521", 427_100, 804_300, 122_100, 1_123_400},
	{"371522", 597_500, 536_900, 100_400, 976_900}, {"371524", 192_900, 575_300, 68_500, 730_500}, {"371525", 375_300, 857_500, 87_100, 1_007_900},
	{"371526", 269_600, 793_100, 84_400, 908_200}, {"371581", 285_500, 1_102_500, 102_400, 1_194_600},
}

// grossProducts makes the gross product of each county from the year's beginning (tj-07), growing by some six percent a
// year. There are as many rows as counties, whatever n.
func grossProducts(_ *Pool, rng *rand.Rand, period models.Period, _ int) []row {
	end := period.Last().Time().In(models.Zone)
	months := int(end.Month())
	list := make([]row, len(branches))
	for i, c := range branches {
		growth := 47 + rng.IntN(22) // per mille
		part := func(yearly int) int {
			return yearly * months / 12 * (1000 + growth*(end.Year()-2025)) / 1000
		}
		wan := func(v int) string { return fmt.Sprintf("%d.00", v) }
		primary, industry, building, third := part(c.primary), part(c.industry), part(c.building), part(c.third)
		list[i] = row{
			"gdp_region": c.code, "gdp_until": end.Format("2006-01"), "gdp_value": wan(primary + industry + building + third),
			"gdp_growth": fmt.Sprintf("%d.%d", growth/10, growth%10), "primary_value": wan(primary), "secondary_value": wan(industry + building),
			"industry_value": wan(industry), "building_value": wan(building), "tertiary_value": wan(third), "trade_value": wan(third / 5),
			"finance_value": wan(third / 9), "estate_value": wan(third / 8), "gdp_kind": "初步核算数",
		}
	}
	return list
}
