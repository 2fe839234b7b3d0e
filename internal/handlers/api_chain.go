package handlers

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/authz"
	"taxportal/internal/fault"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/filing"
)

// How often one token may ask. A program that waits for a check by asking every two seconds uses a tenth of it.
const (
	apiPerMinute = 300
	apiBurst     = 60
)

// apiRoutes are the routes of /api/v1 (DESIGN §6): what a unit's own systems may do as its liaison. Signing and accepting
// are for people and have no route here.
func (a *App) apiRoutes() []Route {
	return []Route{
		{get, paths.APIOpen, authz.Public, "", a.apiDocument, 0, false, true},
		{get, paths.APITasks, "filing", "view", a.apiTasks, 0, false, true},
		{post, paths.APIUpload, "filing", "upload", a.apiUpload, filing.MaxFileBytes, false, true},
		{get, paths.APIBatch, "filing", "view", a.apiBatch, 0, false, true},
		{get, paths.APIFindings, "filing", "view", a.apiFindings, 0, false, true},
		{post, paths.APISubmit, "filing", "submit", a.apiSubmit, 0, false, true},
	}
}

// machine reports whether the route is one of /api/v1: bearer tokens alone, no session, problem details for errors.
func (r Route) machine() bool { return strings.HasPrefix(r.Path, paths.API+"/") }

// forMachine reports whether a request is a program's: whatever it asks for under /api, and what it asks for with a token
// where tokens are taken.
func forMachine(c echo.Context) bool {
	_, token := bearerOf(c.Request())
	return strings.HasPrefix(c.Request().URL.Path, "/api/") || token && c.Path() == paths.TemplateSchema
}

// chain is what a request of the route passes behind the limit of its body, in this order.
func (a *App) chain(r Route, multipart func(path string) bool) []echo.MiddlewareFunc {
	pages := []echo.MiddlewareFunc{middleware.Sessions(a.Sessions, quiet(r.Path)), middleware.Actors(a.Accounts), middleware.CSRF(multipart), a.require(r)}
	switch {
	case r.machine() && r.Object == authz.Public, r.Plain && !r.machine():
		return nil
	case r.machine():
		return []echo.MiddlewareFunc{a.bearer, a.require(r)}
	case r.Path == paths.TemplateSchema:
		return []echo.MiddlewareFunc{either(forMachine, []echo.MiddlewareFunc{a.bearer, a.require(r)}, pages)}
	}
	return pages
}

// either sends a request through one chain or the other.
func either(first func(echo.Context) bool, one, other []echo.MiddlewareFunc) echo.MiddlewareFunc {
	through := func(chain []echo.MiddlewareFunc, h echo.HandlerFunc) echo.HandlerFunc {
		for _, m := range slices.Backward(chain) {
			h = m(h)
		}
		return h
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		a, b := through(one, next), through(other, next)
		return func(c echo.Context) error {
			if first(c) {
				return a(c)
			}
			return b(c)
		}
	}
}

// bearerOf returns the token of a request's Authorization header (RFC 6750 §2.1), and false if it has none of that kind.
func bearerOf(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

var errNoBearer = fault.New(fault.Unauthenticated, "缺少令牌。请加上请求头 Authorization: Bearer 令牌；令牌由系统管理员建立。")

// bearer finds out which system asks, by its token alone: neither cookie nor session is looked at, so nothing that a
// browser does by itself comes through here.
func (a *App) bearer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		secret, ok := bearerOf(c.Request())
		if !ok || secret == "" {
			header.Set(echo.HeaderWWWAuthenticate, `Bearer realm="taxportal"`)
			return errNoBearer
		}
		who, err := a.Accounts.Bearer(c.Request().Context(), secret, c.RealIP())
		var wait *accounts.Wait
		switch {
		case errors.As(err, &wait):
			return a.slowDown(c, wait.Until.Time().Sub(a.Now()), err)
		case fault.Is(err, fault.Unauthenticated):
			header.Set(echo.HeaderWWWAuthenticate, `Bearer realm="taxportal", error="invalid_token"`)
			return err
		case err != nil:
			return err
		}
		if wait := a.rates.Take(who.TokenID); wait > 0 {
			return a.slowDown(c, wait, fault.New(fault.Locked, "请求过于频繁：每个令牌每分钟最多 "+strconv.Itoa(apiPerMinute)+" 次。请按 Retry-After 等待后再试。"))
		}
		middleware.SetActor(c, who)
		return next(c)
	}
}

// slowDown refuses a request and says after how many seconds the next one may come.
func (a *App) slowDown(c echo.Context, wait time.Duration, cause error) error {
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	return &problem{Status: http.StatusTooManyRequests, Code: "too-many-requests", cause: cause}
}

// later tells a program after how many seconds it may ask again for what a background job is still at.
func later(c echo.Context) { c.Response().Header().Set(echo.HeaderRetryAfter, "2") }

// knownStanding reads the state of a task, by which a program may narrow its list.
func knownStanding(text string) (models.Standing, bool) {
	return models.Standing(text), slices.Contains(models.Standings, models.Standing(text))
}
