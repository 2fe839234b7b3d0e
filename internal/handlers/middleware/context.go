// Package middleware is what every request passes: identification, limits, security headers, session, actor, CSRF and
// the one question whether the actor may do this at all.
package middleware

import (
	"github.com/labstack/echo/v4"

	"taxportal/internal/models"
	"taxportal/internal/session"
)

const (
	keySession = "portal.session"
	keyActor   = "portal.actor"
)

// Session returns the request's session.
func Session(c echo.Context) *session.Current {
	current, _ := c.Get(keySession).(*session.Current)
	return current
}

// Actor returns who acts, and false if nobody is logged in.
func Actor(c echo.Context) (models.Actor, bool) {
	actor, ok := c.Get(keyActor).(models.Actor)
	return actor, ok
}

// SetActor says who acts in a request that comes without a session.
func SetActor(c echo.Context, actor models.Actor) { c.Set(keyActor, actor) }

// RequestID returns the request's event number, which error pages and the log share.
func RequestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }
