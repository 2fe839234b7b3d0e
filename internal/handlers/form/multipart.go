package form

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/middleware"
)

// maxValue bounds a value beside the files of an upload form.
const maxValue = 64 << 10

// Upload reads an upload form part by part. The first part must be _csrf: before it has been found right nothing else
// of the body is read. Each file is handed to store as it streams in; values before it stand in the result, also when a
// file is refused, so that they can come back in the form.
//
// Returns fault.Forbidden for a forged form, fault.TooLarge beyond the route's limit, fault.Invalid if the connection
// broke off; what store returns is passed on.
func Upload(c echo.Context, store func(name string, content io.Reader) error) (map[string]string, error) {
	c.Request().Body = unended{c.Request().Body}
	reader, err := c.Request().MultipartReader()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "没有收到文件，请重新选择后上传。", err)
	}
	part, err := checkToken(c, reader)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for {
		if part != nil {
			if err := take(part, values, store); err != nil {
				return values, err
			}
		}
		part, err = reader.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, broken(err)
		}
	}
}

// unended is a body whose end is always too early: a whole form ends with its last boundary, and nothing is read behind
// that. The multipart reader itself takes an end between two parts, or in the head of one, for the end of the form, and
// a batch would be begun with half of its files.
type unended struct{ io.ReadCloser }

func (u unended) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// checkToken reads the first part and holds the token in it, or that of the header, against the session. It returns that
// part if it is another one: a script sends the token in the header.
func checkToken(c echo.Context, reader *multipart.Reader) (*multipart.Part, error) {
	token := c.Request().Header.Get("X-CSRF-Token")
	part, err := reader.NextPart()
	if err != nil {
		return nil, broken(err)
	}
	if part.FormName() == "_csrf" {
		text, err := io.ReadAll(io.LimitReader(part, 256))
		if err != nil {
			return nil, broken(err)
		}
		token, part = string(text), nil
	}
	if !middleware.Session(c).Valid(token) {
		return nil, middleware.ErrForged
	}
	return part, nil
}

// take reads one part: a file goes to store, anything else becomes a value. A file field left empty is passed over.
func take(part *multipart.Part, values map[string]string, store func(string, io.Reader) error) error {
	if part.FileName() != "" {
		if err := store(storable(part.FileName()), part); err != nil {
			return broken(err)
		}
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(part, maxValue+1))
	if err != nil {
		return broken(err)
	}
	if len(text) > maxValue {
		return fault.New(fault.TooLarge, "填写的内容过长，没有保存。")
	}
	values[part.FormName()] = storable(string(text))
	return nil
}

// broken tells a body beyond the limit and a lost connection apart, and leaves every other error as it is.
func broken(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case fault.Of(err) != 0:
		return err
	case errors.As(err, &tooLarge):
		return fault.Wrap(fault.TooLarge, fmt.Sprintf("文件过大：一次上传合计最多 %d MB。请拆成几个文件分次上传，或另存为 .xlsx 压缩后再传。", tooLarge.Limit>>20), err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault.Wrap(fault.Invalid, "上传中断，文件没有收全，请重新上传。", err)
	}
	return err
}
