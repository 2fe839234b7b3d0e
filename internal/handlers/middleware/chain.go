package middleware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/session"
)

// csp allows nothing from elsewhere and nothing inline (DESIGN §7). Pictures in style sheets are data URIs.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// SecurityHeaders sets the headers that every answer carries. Pages are personal and never cached; static files say
// otherwise themselves.
func SecurityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// ReadablePaths answers a path that cannot name anything, with bytes that are no UTF-8 or with NUL, as one that does not
// exist: no database takes such a text.
func ReadablePaths(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if path := c.Request().URL.Path; !utf8.ValidString(path) || strings.ContainsRune(path, 0) {
			return echo.ErrNotFound
		}
		return next(c)
	}
}

// Events gives every request its event number, which error pages and the log share. A number that a client sends is not
// taken: it would stand in both as ours.
func Events(number func() string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Response().Header().Set(echo.HeaderXRequestID, number())
			return next(c)
		}
	}
}

// Log writes one line a request: method, route, status, time, event number, account. Never a value, never a query.
func Log(logger *slog.Logger, now func() time.Time) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start := now()
			err := next(c)
			if err != nil {
				c.Error(err)
			}
			actor, _ := Actor(c)
			logger.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
				slog.String("method", c.Request().Method), slog.String("route", c.Path()),
				slog.Int("status", c.Response().Status), slog.Duration("took", now().Sub(start)),
				slog.String("event", RequestID(c)), slog.Int64("account", actor.AccountID))
			return nil
		}
	}
}

// Sessions loads the request's session. A quiet request is one that a page makes by itself: it does not keep the session
// from ending as idle.
func Sessions(store *session.Store, quiet bool) echo.MiddlewareFunc {
	load := store.Load
	if quiet {
		load = store.Glance
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			current, err := load(c.Response(), c.Request(), c.RealIP())
			if err != nil {
				return err
			}
			c.Set(keySession, current)
			return next(c)
		}
	}
}

// loader finds the person behind an account.
type loader interface {
	Actor(ctx context.Context, accountID int64, addr, sessionID string) (models.Actor, error)
}

// Actors loads who acts, anew for each request, so that a role taken away or an account disabled is gone at once.
func Actors(accounts loader) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			current := Session(c)
			id, ok := current.AccountID()
			if !ok {
				return next(c)
			}
			actor, err := accounts.Actor(c.Request().Context(), id, c.RealIP(), current.ID())
			if fault.Is(err, fault.Unauthenticated) {
				if err := current.LogOut("账号已停用"); err != nil {
					return err
				}
				return next(c)
			}
			if err != nil {
				return err
			}
			c.Set(keyActor, actor)
			return next(c)
		}
	}
}

// Recognise finds out who is logged in for a request that was refused before it came to Sessions and Actors, so that its
// error page keeps the frame. For nobody, and if anything fails, it leaves the request as it is.
func Recognise(c echo.Context, store *session.Store, accounts loader) {
	if Session(c) != nil {
		return
	}
	current, err := store.Load(c.Response(), c.Request(), c.RealIP())
	if err != nil {
		return
	}
	id, ok := current.AccountID()
	if !ok {
		return
	}
	if actor, err := accounts.Actor(c.Request().Context(), id, c.RealIP(), current.ID()); err == nil {
		c.Set(keySession, current)
		c.Set(keyActor, actor)
	}
}

// ErrForged is the answer to a request that did not come from one of our own forms.
var ErrForged = fault.New(fault.Forbidden, "这次提交没有通过安全核对，没有保存。多因页面打开过久或已重新登录：请刷新页面后重新提交。")

// CSRF refuses changing requests that come from another site or lack the session's token. A multipart request carries
// the token in its first part, which the upload handler reads itself (see form.Multipart); all other changing requests
// are asked here.
func CSRF(multipart func(path string) bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.Method == http.MethodGet || r.Method == http.MethodHead {
				return next(c)
			}
			if CrossSite(r) {
				return ErrForged
			}
			if why := Session(c).Lost(); why != "" {
				return fault.Wrap(fault.Unauthenticated, why+"这一步没有保存，请重新登录后再办。", ErrForged)
			}
			if strings.HasPrefix(r.Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm) {
				if !multipart(c.Path()) {
					return fault.New(fault.Invalid, "这个页面不接收文件。")
				}
				return next(c)
			}
			if err := r.ParseForm(); err != nil {
				return tooLargeOr(err)
			}
			token := r.Header.Get("X-CSRF-Token")
			if token == "" {
				token = r.PostForm.Get("_csrf")
			}
			if !Session(c).Valid(token) {
				return ErrForged
			}
			return next(c)
		}
	}
}

// tooLargeOr tells a body beyond the limit from one that cannot be read.
func tooLargeOr(err error) error {
	var beyond *http.MaxBytesError
	if errors.As(err, &beyond) {
		return tooLarge(beyond.Limit, err)
	}
	return fault.Wrap(fault.Invalid, "提交的内容不完整，没有保存，请重新提交。", err)
}

func tooLarge(limit int64, cause error) error {
	return fault.Wrap(fault.TooLarge, fmt.Sprintf("提交的内容过大，没有保存：一次最多 %d MB。", limit>>20), cause)
}

// CrossSite reports whether the browser says that the request was made by another site.
func CrossSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" || origin == "null" {
		return origin == "null"
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host != r.Host
}

// Limit bounds the body of a request in bytes.
func Limit(bytes int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.ContentLength > bytes {
				return tooLarge(bytes, nil)
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, bytes)
			return next(c)
		}
	}
}
