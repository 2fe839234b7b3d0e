package handlers

import (
	"errors"
	"iter"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/respond"
	"taxportal/internal/office"
)

// sendTable answers with a table as a workbook, named after its title. Nothing is on its way before the last row has
// been read, so that a failure is an error page and not half a file.
func (a *App) sendTable(c echo.Context, t office.Table) error {
	respond.Attach(c, t.Title+".xlsx", respond.TypeXLSX)
	err := t.WriteXLSX(c.Request().Context(), c.Response(), a.TempDir)
	if err != nil && !c.Response().Committed {
		c.Response().Header().Del(echo.HeaderContentDisposition)
	}
	return err
}

// tableRows turns a service that calls back with each record into the rows of a table. It stops the service when nobody
// wants more.
func tableRows(run func(each func(values ...any) error) error) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		enough := errors.New("enough rows")
		err := run(func(values ...any) error {
			if !yield(values, nil) {
				return enough
			}
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			yield(nil, err)
		}
	}
}
