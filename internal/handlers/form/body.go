package form

import (
	"errors"
	"io"

	"github.com/labstack/echo/v4"
)

// Body hands the whole body of a request to store as it streams in. A body that breaks off is an error: net/http knows
// its length or its last chunk.
//
// Returns fault.TooLarge beyond the route's limit, fault.Invalid if the connection broke off; what store returns is
// passed on.
func Body(c echo.Context, store func(content io.Reader) error) error {
	body := &ended{Reader: c.Request().Body}
	err := store(body)
	if err != nil && body.failed != nil {
		return broken(body.failed)
	}
	return err
}

// ended remembers what ended a body too early, so that no error of store hides it.
type ended struct {
	io.Reader
	failed error
}

func (e *ended) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		e.failed = err
	}
	return n, err
}
