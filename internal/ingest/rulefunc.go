package ingest

import (
	"errors"
	"math"
	"time"
)

// The functions of our own that row rules may call. They are pure and take constant time.

// near(a, b) tells whether two amounts are equal but for rounding, 0.005 unless a third argument says otherwise.
func near(args ...any) (any, error) {
	a, okA := numberOf(args[0])
	b, okB := numberOf(args[1])
	margin, okMargin := 0.005, true
	if len(args) > 2 {
		margin, okMargin = numberOf(args[2])
	}
	if !okA || !okB || !okMargin {
		return nil, errors.New("near wants numbers")
	}
	return math.Abs(a-b) <= margin+1e-9*math.Max(math.Abs(a), math.Abs(b)), nil
}

func numberOf(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	}
	return 0, false
}

// days(a, b) counts the days from a to b.
func days(args ...any) (any, error) {
	a, errA := dayOf(args[0])
	b, errB := dayOf(args[1])
	if err := errors.Join(errA, errB); err != nil {
		return nil, err
	}
	return b.Sub(a).Hours() / 24, nil
}

func dayOf(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok || len(s) < len(time.DateOnly) {
		return time.Time{}, errors.New("days wants two dates")
	}
	return time.Parse(time.DateOnly, s[:len(time.DateOnly)])
}

// partOf makes year(d) and month(d).
func partOf(from, to int) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		s, ok := args[0].(string)
		if !ok || len(s) < to {
			return nil, errors.New("year and month want a date")
		}
		n := 0.0
		for _, r := range s[from:to] {
			if r < '0' || r > '9' {
				return nil, errors.New("year and month want a date")
			}
			n = n*10 + float64(r-'0')
		}
		return n, nil
	}
}
