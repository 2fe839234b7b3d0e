package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/seed"
)

// shutdownTime is how long requests that are under way may take to end once the portal is asked to stop.
const shutdownTime = 20 * time.Second

// run is the life of a server: open, fill, start the background work, serve until ctx ends, and leave in order.
func run(ctx context.Context, s settings, out, errOut io.Writer) error {
	logger, err := s.logger(errOut)
	if err != nil {
		return err
	}
	clock := demo.NewClock(time.Now)
	m := newMetrics()
	cfg := s.config(logger, clock.Now)
	if cfg.Proxies, err = s.proxies(); err != nil {
		return err
	}
	if s.Metrics {
		cfg.Metrics = m.handler()
	}
	listener, err := listen(s.Addr) // before anything is opened: whoever opens a portal empties its temporary files
	if err != nil {
		return err
	}
	defer listener.Close()
	migrate, err := s.mayMigrate(ctx, logger)
	if err != nil {
		return err
	}
	p, err := portal.Open(ctx, cfg, migrate)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := fill(ctx, p, clock, s.Demo, out); err != nil {
		return err
	}
	if err := p.Ready(ctx); err != nil {
		return err
	}
	if err := p.Start(ctx); err != nil {
		return err
	}
	if err := announce(ctx, p, s.base(listener.Addr()), out); err != nil {
		return err
	}
	stopMetrics, err := m.serve(s.MetricsAddr, logger)
	if err != nil {
		return err
	}
	defer stopMetrics()
	return serve(ctx, listener, handler(p, m), logger)
}

// listen takes the address at which browsers reach the portal.
func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fault.Wrap(fault.Conflict, "地址 "+address+" 已被占用，可能平台已在运行；请先停下它，或用 --addr 另选端口。", err)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "不能在地址 "+address+" 上监听；请用 --addr 写成 127.0.0.1:8080 的形式，并核对是否为本机的地址。", err)
	}
	return listener, nil
}

// fill brings plan and tasks into the database, and the demo where it is asked for and not yet there.
func fill(ctx context.Context, p *portal.Portal, clock *demo.Clock, wanted bool, out io.Writer) error {
	plan, err := seed.Load()
	if err != nil {
		return err
	}
	if wanted {
		loaded, err := demo.Loaded(ctx, p)
		if err != nil {
			return err
		}
		if !loaded {
			fmt.Fprintln(out, "正在装入演示数据（三十五个单位六个月的报送），约需十几秒到半分钟……")
			return demo.Load(ctx, p, clock, plan)
		}
	}
	if err := p.LoadPlan(ctx, plan, models.PeriodAt(models.CycleMonth, clock.Now())); err != nil {
		return err
	}
	_, err = p.Filing.OpenPeriods(ctx)
	return err
}

// serve answers requests until ctx ends, then lets those under way finish.
func serve(ctx context.Context, listener net.Listener, h http.Handler, logger *slog.Logger) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	logger.Info("stopping", "cause", context.Cause(ctx))
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		logger.Warn("some requests were cut off", "error", err)
		err = server.Close()
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
