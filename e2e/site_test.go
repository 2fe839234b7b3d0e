package e2e_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"taxportal/internal/testkit"
)

// site is a portal that answers on a port of its own. Its background jobs rest until work is called.
type site struct {
	*testkit.App
	url     string
	engine  string
	working bool
}

// opening lets one portal be opened at a time: the test kit prepares its database once for all.
var opening sync.Mutex

// onEach runs a journey on every engine, each time on a fresh portal, beside the other tests.
func onEach(t *testing.T, journey func(t *testing.T, s *site)) {
	t.Helper()
	t.Parallel()
	opening.Lock()
	defer opening.Unlock()
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		t.Parallel()
		journey(t, serve(t, app))
	})
}

// newSite returns a fresh portal on one engine, for what does not depend on the database, beside the other tests.
func newSite(t *testing.T, options ...testkit.Option) *site {
	t.Helper()
	t.Parallel()
	opening.Lock()
	defer opening.Unlock()
	return serve(t, testkit.New(t, options...))
}

// serve lets a portal answer on a free port until the test ends.
func serve(t *testing.T, app *testkit.App) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var troubles bytes.Buffer
	server := &http.Server{Handler: app.Web, ErrorLog: slog.NewLogLogger(slog.NewTextHandler(&troubles, nil), slog.LevelError)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // always ErrServerClosed
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			server.Close() // the browser keeps a connection open that it has not used yet
		}
		<-done
		if troubles.Len() > 0 {
			t.Errorf("the server says: %s", &troubles)
		}
	})
	return &site{App: app, url: "http://" + listener.Addr().String(), engine: string(app.DB.Engine)}
}

// work starts the background jobs.
func (s *site) work(t *testing.T) {
	t.Helper()
	if s.working {
		return
	}
	s.working = true
	if err := s.Start(t.Context()); err != nil {
		t.Fatalf("start background work: %v", err)
	}
}

// settle works the background jobs until none is left.
func (s *site) settle(t *testing.T) {
	t.Helper()
	s.work(t)
	if err := s.Jobs.Wait(t.Context()); err != nil {
		t.Fatalf("work jobs: %v", err)
	}
}
