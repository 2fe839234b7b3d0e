package components_test

import (
	"testing"

	. "taxportal/web/views/components"
)

func TestOrder_ASecondPressGoesBackToTheListsOwn(t *testing.T) {
	to := func(key string) string { return "/l?sort=" + key }
	for _, tt := range []struct {
		now, column, own    string
		columnSort, ownSort Sort
	}{
		{"", "/l?sort=unit", "/l?sort=oldest", SortNone, SortDescending},
		{"unit", "/l?sort=", "/l?sort=oldest", SortAscending, SortNone},
		{"oldest", "/l?sort=unit", "/l?sort=", SortNone, SortAscending},
	} {
		o := Order{Now: tt.now, To: to}
		if c := o.Column("单位", "unit", SortAscending); c.Label != "单位" || string(c.URL) != tt.column || c.Sort != tt.columnSort {
			t.Errorf("ordered by %q the column is %+v", tt.now, c)
		}
		if c := o.Own("时间", "oldest", SortDescending); string(c.URL) != tt.own || c.Sort != tt.ownSort {
			t.Errorf("ordered by %q the list's own column is %+v", tt.now, c)
		}
	}
	if c := (Order{Now: "newest", To: to}).Own("时间", "newest", SortAscending); c.Sort != SortDescending {
		t.Errorf("turned round it is %+v", c)
	}
}
