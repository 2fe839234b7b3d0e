package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
)

// address is what the address of a list says: its path, and names and values of its filters and order by turns. The
// number of the page is not among them: another filter begins at the first page.
type address struct {
	path  string
	pairs []string
}

// listAddress reads the named parameters of a list's address.
func listAddress(c echo.Context, path string, names ...string) address {
	l := address{path: path}
	for _, name := range names {
		l.pairs = append(l.pairs, name, form.Query(c, name))
	}
	return l
}

// value returns a parameter of the address.
func (l address) value(name string) string {
	if kept := l.keep(name); len(kept) > 0 {
		return kept[0].Value
	}
	return ""
}

// with returns the address with one parameter changed; an empty value takes it out.
func (l address) with(name, value string) string {
	pairs := slices.Clone(l.pairs)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == name {
			pairs[i+1] = value
			return paths.With(l.path, pairs...)
		}
	}
	return paths.With(l.path, append(pairs, name, value)...)
}

// sortBy returns the address in another order.
func (l address) sortBy(order string) string { return l.with("sort", order) }

// to returns the address of another page with the same filters: an export.
func (l address) to(path string) string { return paths.With(path, l.pairs...) }

// export is the button that takes all that the list finds away as a workbook; there is none where it finds nothing.
func (l address) export(path string, total int64, unit string) []components.Action {
	if total == 0 {
		return nil
	}
	return []components.Action{components.Export(components.URL(l.to(path)), int(total), unit)}
}

// order is how the list stands, by the order now of its address.
func (l address) order(now string) components.Order { return components.Order{Now: now, To: l.sortBy} }

// keep returns the named parameters that have a value, for a form that sends them along.
func (l address) keep(names ...string) []components.Pair {
	var kept []components.Pair
	for i := 0; i < len(l.pairs); i += 2 {
		if l.pairs[i+1] != "" && slices.Contains(names, l.pairs[i]) {
			kept = append(kept, components.Pair{Name: l.pairs[i], Value: l.pairs[i+1]})
		}
	}
	return kept
}

// clear returns where all filters are taken off, or "" while there is none. The order stays what it is.
func (l address) clear() components.URL {
	for i := 0; i < len(l.pairs); i += 2 {
		if l.pairs[i] != "sort" && l.pairs[i+1] != "" {
			return components.URL(l.path)
		}
	}
	return ""
}

// pages lays out the foot of a list.
func (l address) pages(total int64, page int, unit string) components.Pages {
	return components.NewPages(int(total), page, form.PageSize, unit, func(n int) components.URL {
		return components.URL(l.with("page", fmt.Sprint(n)))
	})
}

// withinEnd returns the page of a list that the filter asks for and how many rows there are in all. A page behind the end
// becomes the last one: what stood on it may have been dealt with meanwhile.
func withinEnd[F, T any](ctx context.Context, who models.Actor, f *F, page *int, find func(context.Context, models.Actor, F) ([]T, int64, error)) ([]T, int64, error) {
	rows, total, err := find(ctx, who, *f)
	if err == nil && len(rows) == 0 && total > 0 {
		*page = lastPage(total, form.PageSize)
		return find(ctx, who, *f)
	}
	return rows, total, err
}

// onPage returns the part of a whole list that page shows, and the number of that page within the list's ends.
func onPage[T any](list []T, page int) ([]T, int) {
	page = min(page, lastPage(int64(len(list)), form.PageSize))
	from := (page - 1) * form.PageSize
	return list[from:min(from+form.PageSize, len(list))], page
}

// inWords joins what a list is filtered by, for the sentence that says that nothing was found.
func inWords(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "、")
}

// quoted puts what was typed into quotation marks.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	return "含“" + text + "”"
}

// choice returns value if it is one of the options, else "".
func choice(value string, options []components.Option) string {
	for _, o := range options {
		if o.Value == value {
			return value
		}
	}
	return ""
}

// oneOf returns value if it is one of the known ones, else "".
func oneOf(value string, known ...string) string {
	if slices.Contains(known, value) {
		return value
	}
	return ""
}

// label returns what an option is called.
func label(value string, options []components.Option) string {
	for _, o := range options {
		if o.Value == value && value != "" {
			return o.Label
		}
	}
	return ""
}

// rowsOf yields the rows of a list that is in memory.
func rowsOf[T any](list []T, row func(T) []any) func(yield func([]any, error) bool) {
	return func(yield func([]any, error) bool) {
		for _, one := range list {
			if !yield(row(one), nil) {
				return
			}
		}
	}
}

// unitOptions are the units that somebody who sees an area chooses among; nil for everybody else.
func (a *App) unitOptions(c echo.Context, who models.Actor) ([]components.Option, error) {
	if !who.SeesArea() {
		return nil, nil
	}
	units, err := a.Directory.Units(c.Request().Context())
	if err != nil {
		return nil, err
	}
	options := []components.Option{{Label: "全部单位"}}
	for _, u := range units {
		files := u.Kind == models.UnitMember || u.Kind == models.UnitSub
		if files && strings.HasPrefix(u.JurisdictionPath, who.Unit.JurisdictionPath) {
			options = append(options, components.Option{Value: u.Code, Label: u.Name})
		}
	}
	return options, nil
}

// cycles are the names of the cycles.
var cycles = map[models.Cycle]string{
	models.CycleMonth: "每月", models.CycleQuarter: "每季度", models.CycleHalf: "每半年", models.CycleYear: "每年", models.CycleOnce: "一次性",
	models.CycleEvent: "随发生，按月报送",
}
