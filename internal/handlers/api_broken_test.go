package handlers_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taxportal/internal/filestore"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

// TestAPI_anUploadThatBreaksOffLeavesNothing cuts connections in the middle of a body, and ends bodies too early.
func TestAPI_anUploadThatBreaksOffLeavesNothing(t *testing.T) {
	app := testkit.New(t)
	p := newProgram(t, app, "liaison.zjj")
	server := httptest.NewServer(app.Web)
	defer server.Close()
	content := string(testkit.Rows(t, "zjj-02", 50).CSV())
	for name, body := range map[string]string{
		"by its length":       fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(content), content[:len(content)/2]),
		"before its length":   fmt.Sprintf("Content-Length: %d\r\n\r\n", len(content)),
		"within a chunk":      fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s", len(content), content[:len(content)/2]),
		"between two chunks":  fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(content), content),
		"in the chunk's head": fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\nff", len(content), content),
	} {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		ok(t, err)
		ok(t, connection.SetDeadline(time.Now().Add(20*time.Second)))
		_, err = fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: portal\r\nAuthorization: Bearer %s\r\nIdempotency-Key: broken\r\nContent-Type: text/csv\r\n%s",
			paths.ToAPIUpload("zjj-02-202610"), p.token, body)
		ok(t, err)
		ok(t, connection.(*net.TCPConn).CloseWrite())
		answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
		ok(t, err)
		if answer.StatusCode != http.StatusUnprocessableEntity || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.Header.Get("Content-Type"))
		}
		ok(t, connection.Close())
	}
	var batches, keys int64
	ok(t, app.DB.Read.Model(&models.Batch{}).Count(&batches).Error)
	ok(t, app.DB.Read.Model(&models.APIUpload{}).Count(&keys).Error)
	files := 0
	ok(t, app.Files.Walk(t.Context(), func(filestore.Entry) error { files++; return nil }))
	if batches+keys != 0 || files != 0 {
		t.Errorf("%d batches, %d keys and %d files stay", batches, keys, files)
	}
	p.upload("zjj-02-202610", "broken", []byte(content)).want(202) // the same key, now whole
}

// TestAPI_findingsThatBreakOffDoNotLookWhole holds that a program sees when the end of a stream is missing.
func TestAPI_findingsThatBreakOffDoNotLookWhole(t *testing.T) {
	app := testkit.New(t)
	p := newProgram(t, app, "liaison.zjj")
	sheet := testkit.Rows(t, "zjj-02", 2000)
	for i := range sheet.Rows {
		sheet.Set(i, "developer_name", "").Set(i, "developer_uscc", "91371500MA3DEM0007")
	}
	batch := p.uploaded("zjj-02-202610", sheet.CSV())
	var blob string
	ok(t, app.DB.Read.Model(&models.Batch{}).Where("code = ?", "ZJJ-02-202610-1").Pluck("findings_blob", &blob).Error)
	damage(t, app, blob)
	server := httptest.NewServer(app.Web)
	defer server.Close()
	r, err := http.NewRequest(http.MethodGet, server.URL+batch+"/findings", nil)
	ok(t, err)
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Accept", "application/x-ndjson")
	answer, err := server.Client().Do(r)
	if err != nil {
		return // cut before the head: as good
	}
	defer answer.Body.Close()
	lines := 0
	scanner := bufio.NewScanner(answer.Body)
	for scanner.Scan() {
		lines++
	}
	if answer.StatusCode == http.StatusOK && (scanner.Err() == nil || errors.Is(scanner.Err(), bufio.ErrTooLong)) {
		t.Errorf("%d lines of a damaged list end as if they were all: %v", lines, scanner.Err())
	}
	if strings.Contains(answer.Header.Get("Content-Type"), "html") {
		t.Error("a page for a program")
	}
}

// damage changes a byte near the end of a stored file.
func damage(t *testing.T, app *testkit.App, blob string) {
	t.Helper()
	path := filepath.Join(app.Config.Data, "files", blob[:2], blob[2:4], blob)
	content, err := os.ReadFile(path)
	ok(t, err)
	content[len(content)*9/10] ^= 1
	ok(t, os.WriteFile(path, content, 0o600))
}
