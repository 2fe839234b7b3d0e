package handlers

import (
	"context"
	"errors"
	"net/http"
	"path"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/workflow"
	"taxportal/web/views/errorview"
	"taxportal/web/views/words"
)

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Unauthenticated: http.StatusUnauthorized, fault.Forbidden: http.StatusForbidden,
	fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict, fault.TooLarge: http.StatusRequestEntityTooLarge,
	fault.Locked: http.StatusLocked, fault.Unavailable: http.StatusServiceUnavailable,
}

// status returns the HTTP status of an error.
func status(err error) int {
	if code, ok := statuses[fault.Of(err)]; ok {
		return code
	}
	var web *echo.HTTPError
	if errors.As(err, &web) {
		return web.Code
	}
	return http.StatusInternalServerError
}

// fail is the one error handler: it turns every error into its page, or for htmx into a notice, and logs what is
// internal once.
func (a *App) fail(err error, c echo.Context) {
	if errors.Is(err, context.Canceled) {
		return
	}
	if c.Response().Committed { // a download broke off, or its reader went away
		a.Logger.Warn("answer broken off", "event", middleware.RequestID(c), "route", c.Path(), "error", err)
		return
	}
	// What was to be a download is now a page.
	c.Response().Header().Del(echo.HeaderContentDisposition)
	c.Response().Header().Del(echo.HeaderContentLength)
	if errors.Is(err, middleware.ErrForged) && c.Path() == paths.Login && a.staleLogin(c) == nil {
		return
	}
	if forMachine(c) {
		a.failMachine(err, c)
		return
	}
	code := status(err)
	if code >= http.StatusInternalServerError {
		a.Logger.Error("request failed", "event", middleware.RequestID(c), "route", c.Path(), "error", err)
	}
	message, told := fault.Message(err)
	if !told {
		message = errorview.Sentence(code)
	}
	page := errorview.Page{
		Shell: a.errorShell(c), Status: code, Message: message, Event: middleware.RequestID(c), When: words.Moment(a.Now()),
		What: whatOf(c), Back: backOf(c), Record: recordOf(c),
	}
	var rendered error
	if respond.IsHTMX(c.Request()) {
		rendered = respond.Page(c, code, errorview.Notice(page), nil)
	} else {
		rendered = respond.Page(c, code, errorview.Show(page), nil)
	}
	if rendered != nil {
		a.Logger.Error("error page failed", "event", middleware.RequestID(c), "error", rendered)
		_ = c.NoContent(code)
	}
}

// whatOf says in the heading of an error page what did not happen.
func whatOf(c echo.Context) string {
	verb := workflow.Verb(path.Base(c.Path()))
	switch move, ok := models.FilingFlow.Move(verb); {
	case ok && c.Path() == paths.ToBatchMovePattern(string(verb)):
		return move.Label + "没有办成"
	case c.Request().Method == http.MethodGet:
		return "打不开这个页面"
	}
	return "这一步没有办成"
}

// recordOf returns the page of the batch, task or waiver that the request was about, or "".
func recordOf(c echo.Context) string {
	switch {
	case c.Param("batch") != "":
		return paths.ToBatch(c.Param("batch"))
	case c.Param("task") != "":
		return paths.ToTask(c.Param("task"))
	case c.Param("waiver") != "":
		return paths.ToWaiver(c.Param("waiver"))
	}
	return ""
}

// backOf returns where the reader came from, if it was a page of this portal.
func backOf(c echo.Context) string {
	referer := c.Request().Header.Get("Referer")
	if u, err := c.Request().URL.Parse(referer); err == nil && u.Host == c.Request().Host && referer != "" {
		return u.RequestURI()
	}
	return paths.Home
}
