package testkit

import (
	"bytes"
	"log/slog"
	"sync"
)

// Log keeps what a portal logs, down to debugging, so that a test can look for what must stand there and what must not.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes one line of the log.
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String returns everything that has been logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *Log) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
