package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
)

// healthz says that the process is up.
func (a *App) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz says whether the portal can work: the database answers, its schema is the one this program needs, the disk has
// room. Where there are words for people it says what is amiss; anybody may ask, so what lies behind is left to the log.
func (a *App) readyz(c echo.Context) error {
	if err := a.Ready(c.Request().Context()); err != nil {
		a.Logger.Warn("not ready", "error", err)
		why, _ := fault.Message(err)
		return c.String(http.StatusServiceUnavailable, strings.TrimSuffix("not ready: "+why, ": ")+"\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// metrics answers Prometheus where the operator allows it on this listener.
func (a *App) metrics(c echo.Context) error {
	if a.Metrics == nil {
		return echo.ErrNotFound
	}
	a.Metrics.ServeHTTP(c.Response(), c.Request())
	return nil
}
