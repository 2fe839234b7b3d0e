package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// server is the portal's own binary, serving.
type server struct {
	base string // http://127.0.0.1:40123
	cmd  *exec.Cmd
}

// startTime is how long a server may take until it says where it listens; the demo is made in this time too.
const startTime = 3 * time.Minute

// started is what the server says when it answers, before its address.
const started = "平台已启动："

// serve starts the binary on a free port and returns once it has said where it listens. Its log goes to log.
func serve(ctx context.Context, binary string, log *os.File, args ...string) (*server, error) {
	args = append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)
	s := &server{cmd: exec.CommandContext(ctx, binary, args...)}
	s.cmd.Stderr = log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(os.Interrupt) }
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	address := make(chan string, 1)
	go func() {
		defer close(address)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if base, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), started); ok {
				address <- strings.TrimSuffix(base, "/")
			}
		}
		_, _ = io.Copy(io.Discard, out)
	}()
	select {
	case base, ok := <-address:
		if !ok {
			return nil, errors.Join(fmt.Errorf("%s did not start, see %s", binary, log.Name()), s.cmd.Wait())
		}
		s.base = base
		return s, nil
	case <-time.After(startTime):
		return nil, errors.Join(fmt.Errorf("%s did not start in %s", binary, startTime), s.stop())
	}
}

// stop asks the server to leave and waits until it has.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.cmd.Wait()
}
