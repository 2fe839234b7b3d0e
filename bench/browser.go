package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/paths"
)

// browser is one person's session with a server.
type browser struct {
	base   string
	client *http.Client
}

// logIn opens a session by the real form.
func logIn(ctx context.Context, base, username string) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &browser{base: base, client: &http.Client{Jar: jar, Timeout: 10 * time.Minute}}
	token, err := b.token(ctx, paths.Login)
	if err != nil {
		return nil, err
	}
	form := url.Values{"_csrf": {token}, "username": {username}, "password": {demo.Password}}
	_, at, err := b.send(ctx, http.MethodPost, paths.Login, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
	if err == nil && at == paths.Login {
		err = fmt.Errorf("%s is not let in", username)
	}
	return b, err
}

// get returns a page and how long it took to the last byte.
func (b *browser) get(ctx context.Context, path string) (body string, took time.Duration, err error) {
	begun := time.Now()
	body, _, err = b.send(ctx, http.MethodGet, path, nil, "")
	return body, time.Since(begun), err
}

var csrfField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// token returns the CSRF token of a page.
func (b *browser) token(ctx context.Context, path string) (string, error) {
	body, _, err := b.get(ctx, path)
	if err != nil {
		return "", err
	}
	found := csrfField.FindStringSubmatch(body)
	if found == nil {
		return "", fmt.Errorf("%s has no _csrf", path)
	}
	return found[1], nil
}

// upload sends the file in the task's form and returns the path of the batch that it began.
func (b *browser) upload(ctx context.Context, task, file string) (batch string, err error) {
	token, err := b.token(ctx, paths.ToTask(task))
	if err != nil {
		return "", err
	}
	content, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer content.Close()
	reader, writer := io.Pipe()
	form := multipart.NewWriter(writer)
	go func() { writer.CloseWithError(fillForm(form, token, filepath.Base(file), content)) }()
	_, batch, err = b.send(ctx, http.MethodPost, paths.ToTaskUpload(task), reader, form.FormDataContentType())
	return batch, err
}

func fillForm(form *multipart.Writer, token, name string, content io.Reader) error {
	if err := form.WriteField("_csrf", token); err != nil {
		return err
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	_, err = io.Copy(part, content)
	return errors.Join(err, form.Close())
}

// send makes a request and returns what came back and from which path, after redirects. Any answer but 200 is an error.
func (b *browser) send(ctx context.Context, method, path string, body io.Reader, kind string) (answer, at string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, b.base+path, body)
	if err != nil {
		return "", "", err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := b.client.Do(req)
	if err != nil {
		return "", "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return "", "", fmt.Errorf("read %s: %w", path, err)
	}
	if res.StatusCode != http.StatusOK {
		return "", "", fmt.Errorf("%s %s: %s", method, path, res.Status)
	}
	return string(text), res.Request.URL.Path, nil
}
