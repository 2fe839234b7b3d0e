// Package handlers turns requests into one service call and one view each. It decides nothing: what may be done, and
// what comes of it, is the services' matter.
package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	echomw "github.com/labstack/echo/v4/middleware"

	"taxportal/internal/authz"
	"taxportal/internal/crypt"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/audit"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/exchange"
	"taxportal/internal/services/filing"
	"taxportal/internal/session"
	"taxportal/web/static"
)

// Deps is what the handlers work with.
type Deps struct {
	Accounts  *accounts.Service
	Audit     *audit.Service
	Catalogue *catalogue.Service
	Designs   *catalogue.Designs
	Desk      *catalogue.Desk
	Directory *directory.Service
	Calendar  *directory.CalendarDesk
	Exchange  *exchange.Service
	Filing    *filing.Service
	Guard     *authz.Guard
	Sessions  *session.Store
	Logger    *slog.Logger
	Now       func() time.Time
	Ready     func(context.Context) error // nil error: database reachable, migrations current, room on the disk
	Metrics   http.Handler                // nil: /metrics answers 404 on this listener
	Demo      bool
	Version   string
	Support   string
	URL       string         // how browsers reach the portal, for one-time links; empty: as the request did
	Proxies   []*net.IPNet   // gateways whose X-Forwarded-For is believed; nobody else's is
	DueHour   models.DueHour // until when a due day lasts
	TempDir   string         // for downloads that do not fit in memory
}

// App holds the handlers of all capabilities.
type App struct {
	Deps
	rates *middleware.Rates // of API tokens
}

// New returns the portal's web side: every route of the table behind the same chain of middleware.
func New(d Deps) *echo.Echo {
	app := &App{Deps: d, rates: middleware.NewRates(d.Now, apiPerMinute, apiBurst)}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = app.fail
	e.IPExtractor = addresses(d.Proxies)
	routes := app.Routes()
	multipart := map[string]bool{}
	for _, r := range routes {
		multipart[r.Path] = multipart[r.Path] || r.Multipart
	}
	e.Use(
		middleware.Events(eventNumber),
		middleware.Log(d.Logger, d.Now),
		echomw.RecoverWithConfig(echomw.RecoverConfig{DisableStackAll: true, LogErrorFunc: panicked}),
		middleware.SecurityHeaders,
		middleware.ReadablePaths,
	)
	e.Match([]string{get, http.MethodHead}, static.Prefix+"*", echo.WrapHandler(static.Handler()))
	for _, r := range routes {
		limit := r.Limit
		if limit == 0 {
			limit = defaultLimit
		}
		chain := append([]echo.MiddlewareFunc{middleware.Limit(limit)}, app.chain(r, func(path string) bool { return multipart[path] })...)
		e.Add(r.Method, r.Path, r.Handler, chain...)
		if r.Method == get {
			e.Add(http.MethodHead, r.Path, r.Handler, chain...) // net/http sends the head alone (RFC 9110 §9.3.2)
		}
	}
	return e
}

// defaultLimit bounds a request's body where its route says nothing (DESIGN §7).
const defaultLimit = 2 << 20

// eventNumber is what error pages and the log share.
func eventNumber() string {
	plain, _ := crypt.Token()
	return strings.ToUpper(crypt.TokenHash(plain)[:10])
}

// panicked turns a panic into an error that says for the log where it happened.
func panicked(_ echo.Context, err error, stack []byte) error {
	return fmt.Errorf("panic: %w\n%s", err, stack)
}

// addresses tells where a request comes from. Behind a gateway the connection is always the gateway's, and a lock of that
// address would shut everybody out; a header that a client sends by itself is never believed.
func addresses(proxies []*net.IPNet) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, network := range proxies {
		trust = append(trust, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}
