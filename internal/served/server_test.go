package served_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"taxportal/internal/served"
)

// script writes a program that stands in for the portal. What the real one does is tested by packages bench, torture.
func script(t *testing.T, lines string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "portal")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+lines), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStart_ReturnsTheAddressThatTheServerSays(t *testing.T) {
	binary := script(t, `echo "$@ $PORTAL_X" >&2; echo "密钥文件是新建的"; echo "平台已启动：http://127.0.0.1:4711/"; exec sleep 60`)
	var log strings.Builder
	s, err := served.Start(t.Context(), served.Options{Binary: binary, Args: []string{"--data", "d"}, Env: []string{"PORTAL_X=y"}, Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	if s.Base != "http://127.0.0.1:4711" {
		t.Errorf("base %q", s.Base)
	}
	if err := s.Kill(); err != nil {
		t.Error(err)
	}
	<-s.Gone()
	if err := s.Kill(); err != nil {
		t.Errorf("kill a dead one: %v", err)
	}
	if got := strings.TrimSpace(log.String()); got != "serve --addr 127.0.0.1:0 --data d y" {
		t.Errorf("run with %q", got)
	}
}

func TestStart_TellsOfAServerThatDoesNotServe(t *testing.T) {
	if _, err := served.Start(t.Context(), served.Options{Binary: script(t, "exit 3")}); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Error(err)
	}
	if _, err := served.Start(t.Context(), served.Options{Binary: filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a missing binary is no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := served.Start(ctx, served.Options{Binary: script(t, "exec sleep 60")}); err == nil {
		t.Error("a cancelled start is no error")
	}
}

func TestStop_WaitsUntilTheServerHasLeft(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Fatal(err)
	}
	binary := script(t, `trap 'exit 0' INT; echo "平台已启动：http://127.0.0.1:4711/"; while :; do sleep 0.01; done`)
	s, err := served.Start(t.Context(), served.Options{Binary: binary})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stop again: %v", err)
	}
}
