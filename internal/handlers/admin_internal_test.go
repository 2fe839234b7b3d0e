package handlers

import (
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestLinkAddress_IsHowBrowsersReachThePortal(t *testing.T) {
	for told, want := range map[string]string{
		"":                        "http://10.1.2.3:8080/link/abc",
		"https://portal.example":  "https://portal.example/link/abc",
		"https://portal.example/": "https://portal.example/link/abc",
	} {
		request := httptest.NewRequest("POST", "http://10.1.2.3:8080/admin/accounts", nil)
		app := &App{Deps: Deps{URL: told}}
		if got := app.linkAddress(echo.New().NewContext(request, httptest.NewRecorder()), "abc"); got != want {
			t.Errorf("told %q: %s, want %s", told, got, want)
		}
	}
}
