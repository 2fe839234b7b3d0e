// Package served runs the portal's own binary as a process and visits it over HTTP as a browser does. It serves the
// commands and tests that must have the real thing: bench and torture.
package served

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

// Options say what to run.
type Options struct {
	Binary string
	Args   []string // of serve, besides the address
	Env    []string // beside that of this process, NAME=value
	Log    io.Writer
}

// Server is a portal that serves in a process of its own. Whoever starts it ends it by Stop or Kill.
type Server struct {
	Base string // http://127.0.0.1:40123
	cmd  *exec.Cmd
	gone chan struct{}
	err  error // of the process, once gone
}

// startTime is how long a server may take until it says where it listens; the demo is made in this time too.
const startTime = 3 * time.Minute

// started is what the server says when it answers, before its address.
const started = "平台已启动："

// Start runs the binary on a free port and returns once it has said where it listens. When ctx ends it is killed.
func Start(ctx context.Context, opt Options) (*Server, error) {
	s := &Server{cmd: exec.CommandContext(ctx, opt.Binary, append([]string{"serve", "--addr", "127.0.0.1:0"}, opt.Args...)...), gone: make(chan struct{})}
	s.cmd.Env, s.cmd.Stderr = append(os.Environ(), opt.Env...), opt.Log
	said, out := io.Pipe()
	s.cmd.Stdout = out
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start portal: %w", err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.gone)
		out.Close()
	}()
	address := make(chan string, 1)
	go listen(said, address)
	select {
	case s.Base = <-address:
		return s, nil
	case <-s.gone:
		return nil, fmt.Errorf("the portal ended before it served: %w", s.err)
	case <-time.After(startTime):
		return nil, errors.Join(fmt.Errorf("the portal did not serve within %s", startTime), s.Kill())
	}
}

// listen reads all that the server says and passes on the address.
func listen(said io.Reader, address chan<- string) {
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if base, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), started); ok {
			address <- strings.TrimSuffix(base, "/")
		}
	}
}

// Gone is closed when the process has ended, for whatever reason.
func (s *Server) Gone() <-chan struct{} { return s.gone }

// Kill ends the process at once, as a power cut or the out-of-memory killer does, and waits until it is gone.
func (s *Server) Kill() error {
	err := s.cmd.Process.Kill()
	<-s.gone
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Stop asks the process to end, waits until it has, and returns its error.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop portal: %w", err)
	}
	<-s.gone
	return s.err
}
