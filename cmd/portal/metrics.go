package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"taxportal/internal/paths"
)

// metrics are what Prometheus is told: the process, and how long answers take. They carry no user, no unit, no path.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
	running  prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "portal_http_request_seconds", Help: "How long answers took.", Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}, []string{"method", "code"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "portal_http_requests_running", Help: "Requests being answered now."}),
	}
	m.registry.MustRegister(m.duration, m.running, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// handler answers with the figures.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// measure takes the time of every answer of next.
func (m *metrics) measure(next http.Handler) http.Handler {
	return promhttp.InstrumentHandlerInFlight(m.running, promhttp.InstrumentHandlerDuration(m.duration, next))
}

// serve answers with the figures on an address of their own, if one is given, until the returned function is called.
func (m *metrics) serve(addr string, logger *slog.Logger) (stop func(), err error) {
	if addr == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+paths.Metrics, m.handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			logger.Warn("metrics ended", "error", err)
		}
	}()
	return func() { _ = server.Close() }, nil
}
