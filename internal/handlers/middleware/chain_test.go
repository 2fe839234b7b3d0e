package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/middleware"
)

func TestReadablePaths_refusesWhatNamesNothing(t *testing.T) {
	e := echo.New()
	e.Use(middleware.ReadablePaths)
	e.GET("/tasks/:task", func(c echo.Context) error { return c.String(http.StatusOK, c.Param("task")) })
	for path, want := range map[string]int{
		"/tasks/zjj-02": http.StatusOK, "/tasks/%E7%8E%8B": http.StatusOK, "/tasks/%00": http.StatusNotFound, "/tasks/a%00b": http.StatusNotFound,
		"/tasks/%ff": http.StatusNotFound, "/tasks/%c3%28": http.StatusNotFound,
	} {
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		if answer.Code != want {
			t.Errorf("%s: %d, want %d", path, answer.Code, want)
		}
	}
}

func TestCrossSite_believesTheBrowser(t *testing.T) {
	tests := []struct {
		name          string
		fetch, origin string
		want          bool
	}{
		{"an old browser", "", "", false},
		{"our own form", "same-origin", "https://portal.example", false},
		{"typed or from a bookmark", "none", "", false},
		{"another site", "cross-site", "", true},
		{"another name of the same domain", "same-site", "", true},
		{"another origin", "", "https://evil.example", true},
		{"our name on another port", "", "https://portal.example:8443", true},
		{"no origin at all", "", "null", true},
		{"nonsense", "", "://", true},
		{"both disagree", "same-origin", "https://evil.example", true},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(http.MethodPost, "https://portal.example/login", nil)
		if tt.fetch != "" {
			r.Header.Set("Sec-Fetch-Site", tt.fetch)
		}
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		if got := middleware.CrossSite(r); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestSecurityHeaders_standOnEveryAnswer(t *testing.T) {
	e := echo.New()
	e.Use(middleware.SecurityHeaders)
	e.GET("/", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	for _, path := range []string{"/", "/nowhere"} {
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
			if got := answer.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}
