package ingest

import (
	"fmt"
	"slices"
	"strings"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// regions remembers the areas of which the batch has a row: some registers must hold one value for every county (plan
// 二(二)25, 各县（市、区）生产总值), and the unit is told which one is lacking.
type regions struct {
	field int // the first region field, −1 for none
	want  []cn.Region
	seen  map[string]bool
}

func newRegions(columns []*column, want []cn.Region) regions {
	r := regions{field: -1, want: want, seen: map[string]bool{}}
	if len(want) > 0 {
		r.field = slices.IndexFunc(columns, func(c *column) bool { return c.field.Type == models.TypeRegion })
	}
	return r
}

// add takes the area of a good row; a code out of use stands for the one that took its place.
func (r *regions) add(values []models.Value) {
	if r.field < 0 || values[r.field].Null {
		return
	}
	code := values[r.field].Text
	if known, ok := cn.LookupRegion(code); ok && known.Next != "" {
		code = known.Next
	}
	r.seen[code] = true
}

// nameMissing warns of the areas of which the batch has no row.
func (c *Checker) nameMissing() error {
	if c.regions.field < 0 {
		return nil
	}
	var missing []string
	for _, region := range c.regions.want {
		if !c.regions.seen[region.Code] {
			missing = append(missing, region.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	i := wrong("region.missing", "县（市、区）不全", "补上缺少的县（市、区）；确无数据的，说明原因即可",
		fmt.Sprintf("应每个县（市、区）一个数，缺 %d 个：%s", len(missing), strings.Join(missing, "、")))
	return c.warnBatch(located{c.regions.field, i})
}
