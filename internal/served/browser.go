package served

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"taxportal/internal/paths"
)

// Browser is one person's session with a server: it keeps cookies, follows redirects and knows no script.
type Browser struct {
	base   string
	client *http.Client
}

// Page is what came back.
type Page struct {
	Path string // where redirects have led
	Body string
}

// Visit returns a browser in which nobody is logged in.
func Visit(base string) (*Browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("make cookie jar: %w", err)
	}
	return &Browser{base: base, client: &http.Client{Jar: jar}}, nil
}

// LogIn opens a session by the real form.
func LogIn(ctx context.Context, base, username, password string) (*Browser, error) {
	b, err := Visit(base)
	if err != nil {
		return nil, err
	}
	page, err := b.Post(ctx, paths.Login, paths.Login, url.Values{"username": {username}, "password": {password}})
	if err == nil && page.Path == paths.Login {
		err = errors.New("not let in")
	}
	if err != nil {
		return nil, fmt.Errorf("log in %s: %w", username, err)
	}
	return b, nil
}

// Get returns a page. Any answer but 200 is an error.
func (b *Browser) Get(ctx context.Context, path string) (Page, error) {
	return b.send(ctx, http.MethodGet, path, http.NoBody, "")
}

// Post sends a form with the CSRF token of the page on which it stands.
func (b *Browser) Post(ctx context.Context, from, path string, form url.Values) (Page, error) {
	token, err := b.token(ctx, from)
	if err != nil {
		return Page{}, err
	}
	form.Set("_csrf", token)
	return b.send(ctx, http.MethodPost, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// Confirm opens the page that asks for a step and sends it as it stands, with all its hidden fields.
func (b *Browser) Confirm(ctx context.Context, path string) (Page, error) {
	page, err := b.Get(ctx, path)
	if err != nil {
		return page, err
	}
	form := url.Values{}
	for _, field := range hiddenField.FindAllStringSubmatch(page.Body, -1) {
		form.Add(field[1], html.UnescapeString(field[2]))
	}
	return b.send(ctx, http.MethodPost, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// Upload sends a file in the task's form and returns the page of the batch that it began.
func (b *Browser) Upload(ctx context.Context, task, name string, content io.Reader) (Page, error) {
	token, err := b.token(ctx, paths.ToTask(task))
	if err != nil {
		return Page{}, err
	}
	reader, writer := io.Pipe()
	defer reader.Close() // ends the writing if the server is gone
	form := multipart.NewWriter(writer)
	go func() { writer.CloseWithError(fillForm(form, token, name, content)) }()
	return b.send(ctx, http.MethodPost, paths.ToTaskUpload(task), reader, form.FormDataContentType())
}

// fillForm writes the token first and the file last (DESIGN §7).
func fillForm(form *multipart.Writer, token, name string, content io.Reader) error {
	if err := form.WriteField("_csrf", token); err != nil {
		return err
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, content); err != nil {
		return err
	}
	return form.Close()
}

// Busy reports whether the batch is still being checked.
func (b *Browser) Busy(ctx context.Context, batch string) (bool, error) {
	progress := paths.ToBatchProgress(batch)
	page, err := b.Get(ctx, progress)
	return page.Path == progress, err // a verdict leads back to the batch
}

var csrfField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// token returns the CSRF token of a page.
func (b *Browser) token(ctx context.Context, path string) (string, error) {
	page, err := b.Get(ctx, path)
	if err != nil {
		return "", err
	}
	found := csrfField.FindStringSubmatch(page.Body)
	if found == nil {
		return "", fmt.Errorf("%s has no _csrf", path)
	}
	return found[1], nil
}

func (b *Browser) send(ctx context.Context, method, path string, body io.Reader, kind string) (Page, error) {
	req, err := http.NewRequestWithContext(ctx, method, b.base+path, body)
	if err != nil {
		return Page{}, fmt.Errorf("make request: %w", err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := b.client.Do(req)
	if err != nil {
		return Page{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return Page{}, fmt.Errorf("read %s: %w", path, err)
	}
	page := Page{Path: res.Request.URL.Path, Body: string(text)}
	if res.StatusCode != http.StatusOK {
		return page, fmt.Errorf("%s %s: %s", method, path, res.Status)
	}
	return page, nil
}
