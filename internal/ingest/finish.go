package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// Finish runs the rules over the whole batch (repeated keys, the comparison with the unit's last period) and returns
// the report. In it Rows = Valid + Rejected, always. It may be called once.
func (c *Checker) Finish(ctx context.Context) (report Report, err error) {
	defer func() {
		if closing := c.Close(); err == nil {
			err = closing
		}
	}()
	if err := ctx.Err(); err != nil {
		return Report{}, err
	}
	if err := c.findTwins(); err != nil {
		return Report{}, err
	}
	if err := c.nameSurplus(); err != nil {
		return Report{}, err
	}
	c.report.Documents = c.documents.named
	c.report.Stats = c.sums.stats(c.report.Valid)
	if c.report.Rejected == 0 {
		if err := c.nameMissing(); err != nil {
			return Report{}, err
		}
		if err := c.comparePrior(); err != nil {
			return Report{}, err
		}
	}
	c.report.Rules, c.report.Warnings = c.tally.rules(), c.tally.warnings
	switch {
	case c.tally.errors > 0:
		c.report.Verdict = VerdictErrors
	case c.tally.warnings > 0:
		c.report.Verdict = VerdictWarnings
	default:
		c.report.Verdict = VerdictClean
	}
	return c.report, nil
}

// sums adds up the figures of the good rows: field code → sum in stored form. A sum beyond 64 bits stays at the end
// of the range instead of turning over.
type sums struct {
	fields []int
	codes  []string
	total  []int64
}

func newSums(columns []*column) sums {
	var s sums
	for i, c := range columns {
		switch c.field.Type {
		case models.TypeInteger, models.TypeDecimal, models.TypeMoney:
			s.fields, s.codes, s.total = append(s.fields, i), append(s.codes, c.field.Code), append(s.total, 0)
		}
	}
	return s
}

func (s *sums) add(values []models.Value) {
	for n, i := range s.fields {
		if !values[i].Null {
			s.total[n] = saturatingAdd(s.total[n], values[i].Int)
		}
	}
}

func saturatingAdd(a, b int64) int64 {
	sum, _ := bits.Add64(uint64(a), uint64(b), 0)
	switch n := int64(sum); {
	case a > 0 && b > 0 && n < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && n >= 0:
		return math.MinInt64
	default:
		return n
	}
}

func (s *sums) stats(rows int64) models.Stats {
	stats := models.Stats{Rows: rows}
	for n, code := range s.codes {
		if stats.Sums == nil {
			stats.Sums = map[string]int64{}
		}
		stats.Sums[code] = s.total[n]
	}
	return stats
}

// comparePrior warns where the batch departs from the unit's last effective period by more than the template allows.
// A last period of nothing gives no percentage and is not compared.
func (c *Checker) comparePrior() error {
	prior := c.opt.Prior
	if prior == nil {
		return nil
	}
	if limit := c.def.PriorRows; limit > 0 && prior.Rows > 0 {
		if change, far := departs(c.report.Stats.Rows, prior.Rows, limit); far {
			i := wrong("prior.rows", fmt.Sprintf("行数较上期变动超过 %d%%", limit), "核对是否漏报或重复；确认无误的，说明原因即可",
				fmt.Sprintf("本期 %s 行，上期 %s 行，%s", grouped(strconv.FormatInt(c.report.Stats.Rows, 10)), grouped(strconv.FormatInt(prior.Rows, 10)), change))
			if err := c.warnBatch(located{-1, i}); err != nil {
				return err
			}
		}
	}
	for n, code := range c.sums.codes {
		field := c.columns[c.sums.fields[n]].field
		before, known := prior.Sums[code]
		if field.Prior <= 0 || !known || before == 0 {
			continue
		}
		now := c.sums.total[n]
		change, far := departs(now, before, field.Prior)
		if !far {
			continue
		}
		i := wrong("prior.sum", fmt.Sprintf("“%s”合计较上期变动超过 %d%%", field.Name, field.Prior), "核对单位和口径；确认无误的，说明原因即可",
			fmt.Sprintf("本期合计 %s，上期 %s，%s", withUnit(field, now), withUnit(field, before), change))
		i.veiled = "本期合计较上期" + change // of a batch of one row the sum is that row's value
		if err := c.warnBatch(located{c.sums.fields[n], i}); err != nil {
			return err
		}
	}
	return nil
}

// withUnit writes a sum in the field's unit: 82,832.05 平方米.
func withUnit(f models.Field, n int64) string {
	return strings.TrimSpace(Display(f, models.Value{Int: n}) + " " + f.Unit)
}

// warnBatch tells of something that concerns the batch as a whole: row 0. Its figures stand for the content of a row, so
// that an explanation carries over while they are the same.
func (c *Checker) warnBatch(found located) error {
	found.severity = models.SeverityWarning
	f := c.finding(0, found)
	f.File, f.Sheet = 0, ""
	sum := sha256.Sum256([]byte(f.Message))
	f.RowHash = hashText(binary.BigEndian.Uint64(sum[:8]))
	if found.field >= 0 && c.columns[found.field].field.Sensitive && found.veiled != "" {
		f.Veil = &Veil{Message: found.veiled, Advice: f.Advice}
	}
	return c.tally.add(f, found.title, found.general, f.Field)
}

// departs reports whether now differs from before by more than limit percent, and by how much in words.
func departs(now, before int64, limit int) (words string, far bool) {
	change := (float64(now) - float64(before)) / math.Abs(float64(before)) * 100
	word := "增加 "
	if change < 0 {
		word = "减少 "
	}
	return word + strconv.FormatFloat(math.Abs(change), 'f', 1, 64) + "%", math.Abs(change) > float64(limit)
}

// decimalOf gives a stored number back in the field's own unit.
func decimalOf(f models.Field, n int64) cn.Decimal {
	switch f.Type {
	case models.TypeDecimal:
		return cn.Decimal{Unscaled: n, Scale: f.Scale}
	case models.TypeMoney:
		scale, ok := moneyScale(f.Unit)
		if !ok {
			scale = 2
		}
		return cn.Decimal{Unscaled: n, Scale: scale}
	}
	return cn.Decimal{Unscaled: n}
}
