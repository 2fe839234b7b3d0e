// Package form turns the values of a request into strings, days and lists. Field rules are not its work: they stand in
// the services, for pages, imports and the machine interface alike.
package form

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/models"
)

// Text returns a posted value without white space around it. Query parameters are never taken for posted ones.
func Text(c echo.Context, name string) string {
	return strings.TrimSpace(storable(c.Request().PostForm.Get(name)))
}

// Secret returns a posted value as it was typed: passwords.
func Secret(c echo.Context, name string) string { return c.Request().PostForm.Get(name) }

// List returns all posted values of a name.
func List(c echo.Context, name string) []string {
	var values []string
	for _, v := range c.Request().PostForm[name] {
		values = append(values, storable(v))
	}
	return values
}

// storable leaves out what no database takes in a text and no person types: bytes that are no UTF-8, and NUL.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}

// Day returns a posted calendar day; a form that people also use (2026.11.5, 2026/11/5) is taken.
func Day(c echo.Context, name string) models.Day { return day(Text(c, name)) }

// QueryDay is Day for a query parameter.
func QueryDay(c echo.Context, name string) models.Day { return day(Query(c, name)) }

func day(text string) models.Day {
	text = strings.NewReplacer(".", "-", "/", "-", "年", "-", "月", "-", "日", "").Replace(text)
	parts := strings.Split(text, "-")
	if len(parts) != 3 {
		return models.Day(text)
	}
	for i, part := range parts[1:] {
		if len(part) == 1 {
			parts[i+1] = "0" + part
		}
	}
	return models.Day(strings.Join(parts, "-"))
}

// Query returns a query parameter without white space around it.
func Query(c echo.Context, name string) string {
	return strings.TrimSpace(storable(c.QueryParam(name)))
}

// PageSize is how many rows a list shows.
const PageSize = 20

// Page returns the number of the wanted page of a list, from 1.
func Page(c echo.Context) int {
	n, err := strconv.Atoi(c.QueryParam("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// ID returns a numeric path parameter, 0 if it is none.
func ID(c echo.Context, name string) int64 {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
