package handlers

import (
	_ "embed"
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/respond"
)

// openAPI describes /api/v1 (OpenAPI 3.1). It is written by hand; a test holds it against the routes, and every answer that
// the tests of the interface get against its schemas.
//
//go:embed openapi.json
var openAPI []byte

// apiDocument answers with the description of the interface, which is no secret.
func (a *App) apiDocument(c echo.Context) error {
	return c.Blob(http.StatusOK, respond.TypeJSON, openAPI)
}
