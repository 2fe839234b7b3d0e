package components

import (
	"strconv"

	"github.com/a-h/templ"
)

// Pages is the foot of a list: how many there are, which of them are shown, and the way to the others.
type Pages struct {
	Label    string // names the navigation: 分页
	Total    int
	From, To int // the rows shown, counted from 1; both 0 when there are none
	Unit     string
	Prev     templ.SafeURL // empty on the first page
	Next     templ.SafeURL // empty on the last page
	Links    []PageLink
}

// PageLink is one page number; a gap has neither number nor address.
type PageLink struct {
	Number  int
	URL     templ.SafeURL
	Current bool
}

// around is how many pages are named on each side of the current one.
const around = 2

// NewPages lays out the foot of a list of total rows in pages of size, of which page (from 1) is shown.
// A page beyond the ends counts as the nearest one. url gives the address of a page.
func NewPages(total, page, size int, unit string, url func(page int) templ.SafeURL) Pages {
	size = max(size, 1)
	last := max((total+size-1)/size, 1)
	page = min(max(page, 1), last)
	p := Pages{Label: "分页", Total: total, Unit: unit, To: min(page*size, total)}
	if total > 0 {
		p.From = (page-1)*size + 1
	}
	if last == 1 {
		return p
	}
	if page > 1 {
		p.Prev = url(page - 1)
	}
	if page < last {
		p.Next = url(page + 1)
	}
	for n := 1; n <= last; n++ {
		near := n >= page-around && n <= page+around
		switch {
		case n == 1 || n == last || near:
			p.Links = append(p.Links, PageLink{Number: n, URL: url(n), Current: n == page})
		case p.Links[len(p.Links)-1].Number != 0:
			p.Links = append(p.Links, PageLink{})
		}
	}
	return p
}

// summary returns the total and the range in words.
func (p Pages) summary() string {
	all := "共 " + Thousands(int64(p.Total)) + " " + p.Unit
	if p.Total == 0 {
		return all
	}
	return all + "，本页第 " + strconv.Itoa(p.From) + "—" + strconv.Itoa(p.To) + " " + p.Unit
}
