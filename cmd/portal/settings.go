package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
)

// settings are what an operator may choose; flags stand above the environment.
type settings struct {
	DB          string        `env:"DB"`
	Data        string        `env:"DATA" envDefault:"./data"`
	KeyFile     string        `env:"KEY_FILE"`
	Addr        string        `env:"ADDR" envDefault:"127.0.0.1:8080"`
	URL         string        `env:"URL"` // how browsers reach the portal, where that is not Addr
	Support     string        `env:"SUPPORT"`
	Secure      bool          `env:"SECURE_COOKIES"`
	Proxies     []string      `env:"TRUSTED_PROXIES"` // addresses or CIDR of the gateways before the portal
	Metrics     bool          `env:"METRICS"`         // on the public listener
	MetricsAddr string        `env:"METRICS_ADDR"`    // on a listener of its own
	LogFormat   string        `env:"LOG_FORMAT" envDefault:"text"`
	Workers     int           `env:"WORKERS" envDefault:"2"`
	Lease       time.Duration `env:"LEASE"`                    // after this the jobs of a portal that was killed go on; 0: 30 s
	Handover    string        `env:"HANDOVER"`                 // folder for the city's data platform
	Sensitive   string        `env:"HANDOVER_SENSITIVE"`       // masked, plain or omit
	DueHour     int           `env:"DUE_HOUR" envDefault:"17"` // until when a due day lasts
	Demo        bool          `env:"-"`
	Migrate     bool          `env:"-"`
}

// fromEnvironment reads the settings from variables such as PORTAL_DB.
func fromEnvironment() (*settings, error) {
	s := &settings{}
	if err := env.ParseWithOptions(s, env.Options{Prefix: "PORTAL_"}); err != nil {
		return nil, fault.Wrap(fault.Invalid, "环境变量 PORTAL_… 中有值写得不对，请更正后再运行。", err)
	}
	return s, nil
}

// check refuses settings that no command can work with.
func (s *settings) check() error {
	if dsn := s.dsn(); !s.embedded() && !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		kind, _, _ := strings.Cut(dsn, ":") // the rest may hold a password
		return fault.New(fault.Invalid, "没有“"+kind+"”这种数据库，--db 应写成 sqlite:路径 或 postgres://… 的形式。")
	}
	if s.Workers < 1 {
		return fault.New(fault.Invalid, "后台任务数 --workers 至少为 1。")
	}
	if !models.DueHour(s.DueHour).Valid() {
		return fault.New(fault.Invalid, "期限日的截止钟点 PORTAL_DUE_HOUR 应是 1 至 23 的整数，如 17。")
	}
	return nil
}

// dsn returns the database that is meant.
func (s *settings) dsn() string {
	if s.DB != "" {
		return s.DB
	}
	return "sqlite:" + filepath.Join(s.Data, "portal.db")
}

// embedded reports whether the database is the SQLite file, which the portal keeps by itself.
func (s *settings) embedded() bool { return strings.HasPrefix(s.dsn(), "sqlite:") }

// logger writes to w as text for people or as JSON for machines.
func (s *settings) logger(w io.Writer) (*slog.Logger, error) {
	switch s.LogFormat {
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, nil)), nil
	}
	return nil, fault.New(fault.Invalid, "日志格式只能是 text 或 json。")
}

// config is what the wiring needs of the settings.
func (s *settings) config(logger *slog.Logger, now func() time.Time) portal.Config {
	return portal.Config{
		DSN: s.dsn(), Data: s.Data, KeyFile: s.KeyFile, Demo: s.Demo, Secure: s.Secure, Version: version, Support: s.Support, URL: s.URL,
		Now: now, Logger: logger, Workers: s.Workers, Lease: s.Lease, Handover: s.Handover, HandoverSensitive: s.Sensitive, DueHour: models.DueHour(s.DueHour),
	}
}

// proxies reads the gateways before the portal: addresses or networks in CIDR form.
func (s *settings) proxies() ([]*net.IPNet, error) {
	var networks []*net.IPNet
	for _, text := range s.Proxies {
		if !strings.Contains(text, "/") {
			text += map[bool]string{true: "/128", false: "/32"}[strings.Contains(text, ":")]
		}
		_, network, err := net.ParseCIDR(strings.TrimSpace(text))
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "网关地址“"+text+"”不对，请写成 10.1.2.3 或 10.1.2.0/24。", err)
		}
		networks = append(networks, network)
	}
	return networks, nil
}

// attach opens the portal for a command that may run beside a server. The caller closes it.
func (s *settings) attach(ctx context.Context, errOut io.Writer) (*portal.Portal, error) {
	logger, err := s.logger(errOut)
	if err != nil {
		return nil, err
	}
	cfg := s.config(logger, time.Now)
	cfg.Attach = true
	return portal.Open(ctx, cfg, false)
}

// mayMigrate reports whether the schema is to be brought up to date: always where the portal keeps its own file, of which
// it makes a copy first; on PostgreSQL when told to, or when the database is still empty.
func (s *settings) mayMigrate(ctx context.Context, logger *slog.Logger) (bool, error) {
	if s.embedded() || s.Migrate {
		return true, nil
	}
	db, err := database.Open(ctx, s.dsn(), database.Options{Now: time.Now, Logger: logger})
	if err != nil {
		return false, err
	}
	defer db.Close()
	at, err := db.Version(ctx)
	return at == 0, err
}
