package components

import "github.com/a-h/templ"

// Order is how a list stands, and where it stands otherwise.
type Order struct {
	Now string                  // the order that the address asks for; empty: the list's own
	To  func(key string) string // the address of the list in another order
}

// Column heads a column by which the list can be ordered: key asks for it, way is how the column then runs. Pressed a
// second time it gives the list its own order back.
func (o Order) Column(label, key string, way Sort) Column {
	c := Column{Label: label, URL: templ.SafeURL(o.To(key))}
	if o.Now == key {
		c.URL, c.Sort = templ.SafeURL(o.To("")), way
	}
	return c
}

// Own heads the column by which the list stands of itself: it then runs way, and key turns it round.
func (o Order) Own(label, key string, way Sort) Column {
	round := SortAscending
	if way == SortAscending {
		round = SortDescending
	}
	c := o.Column(label, key, round)
	if o.Now == "" {
		c.Sort = way
	}
	return c
}
