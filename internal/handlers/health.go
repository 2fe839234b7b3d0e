package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// healthz says that the process is up.
func (a *App) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz says whether the database answers and its schema is the one this program needs.
func (a *App) readyz(c echo.Context) error {
	if err := a.Ready(c.Request().Context()); err != nil {
		a.Logger.Warn("not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "not ready\n")
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
