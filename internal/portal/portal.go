// Package portal is the wiring: it opens what the portal stands on, builds the services in order and hands them to the
// web side. cmd/portal runs it for people, testkit for tests; there is no other place where parts are put together.
package portal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/authz"
	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/filestore"
	"taxportal/internal/handlers"
	"taxportal/internal/jobs"
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/audit"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/exchange"
	"taxportal/internal/services/filing"
	"taxportal/internal/session"
	"taxportal/internal/warehouse"
	"taxportal/seed"
)

// Config says what to open and how. Only DSN, Data and Now are required.
type Config struct {
	DSN               string       // sqlite:PATH or postgres://…
	Data              string       // folder of keys, files and temporary files
	KeyFile           string       // empty: DATA/keys/portal.key
	Demo              bool         // the database holds demo data; pages say so
	Secure            bool         // cookies only over TLS
	Proxies           []*net.IPNet // gateways whose X-Forwarded-For is believed
	Version           string
	Support           string
	URL               string // how browsers reach the portal, for one-time links; empty: as the request did
	Now               func() time.Time
	Logger            *slog.Logger
	Metrics           http.Handler
	Workers           int              // background jobs at once; 0 = 2
	Lease             time.Duration    // see jobs.Options
	Handover          string           // folder to which batches in force are handed over; empty: they wait
	HandoverSensitive string           // masked, plain or omit; empty: masked
	OnQuery           func(sql string) // for tests
	Attach            bool             // beside a running portal: leaves its temporary files alone
	DueHour           models.DueHour   // until when a due day lasts; 0 = 17
	LeastFree         int64            // bytes of disk below which the portal is not ready; 0 = 256 MB
}

// Portal is an opened portal: its parts, and its web side.
type Portal struct {
	Config    Config
	DB        *database.DB
	Keys      *crypt.Keys
	Files     *filestore.Local
	Jobs      *jobs.Runner
	Guard     *authz.Guard
	Warehouse *warehouse.Store
	Sessions  *session.Store
	Accounts  *accounts.Service
	Audit     *audit.Service
	Catalogue *catalogue.Service
	Designs   *catalogue.Designs
	Desk      *catalogue.Desk
	Directory *directory.Service
	Calendar  *directory.CalendarDesk
	Exchange  *exchange.Service
	Filing    *filing.Service
	Web       *echo.Echo
	NewKey    bool // the key file was made just now and must be backed up

	held         *os.File // keeps other portals off the data folder; nil beside a running one
	stopSessions func()   // ends the writing of last-seen times, of sessions and tokens, and waits for the last of it
}

// The limits of a session (practice.md §5: at most 30 minutes idle).
const (
	sessionIdle     = 30 * time.Minute
	sessionAbsolute = 12 * time.Hour
	sessionGuest    = 12 * time.Hour
)

// Open takes the data folder, unless cfg.Attach is set, opens the database, brings it to the current schema if migrate is
// set, checks the keys against it and builds all services. Close must be called.
//
// Returns fault.Conflict while another portal serves from the folder.
func Open(ctx context.Context, cfg Config, migrate bool) (*Portal, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.DueHour = cmp.Or(cfg.DueHour, models.DefaultDueHour)
	p := &Portal{Config: cfg}
	if err := p.open(ctx, migrate); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Portal) open(ctx context.Context, migrate bool) error {
	cfg := p.Config
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	var err error
	if !cfg.Attach {
		if p.held, err = lock(cfg.Data); err != nil {
			return err
		}
	}
	p.DB, err = database.Open(ctx, cfg.DSN, database.Options{Now: cfg.Now, Logger: cfg.Logger, OnQuery: cfg.OnQuery})
	if err != nil {
		return err
	}
	if migrate {
		if err := p.DB.Migrate(ctx); err != nil {
			return err
		}
		if err := jobs.Migrate(ctx, p.DB); err != nil {
			return err
		}
	} else if err := p.refuseOld(ctx); err != nil {
		return err
	}
	if err := p.openKeys(ctx); err != nil {
		return err
	}
	mark, err := p.DemoMark(ctx)
	if err != nil {
		return err
	}
	p.Config.Demo = p.Config.Demo || mark != DemoNone
	if err := p.build(); err != nil {
		return err
	}
	if migrate {
		return p.ensureTables(ctx)
	}
	return nil
}

// refuseOld refuses a database whose schema is not that of this program.
func (p *Portal) refuseOld(ctx context.Context) error {
	current, err := p.DB.Current(ctx)
	if err == nil && !current {
		err = fault.New(fault.Conflict, "数据库还没有建好，或者比本程序旧。请先运行 portal migrate（PostgreSQL 请先备份）。")
	}
	return err
}

// openKeys loads the keys and holds them against the check value in the database: a wrong or missing key refuses to
// start, and only a database in which nothing is sealed yet gets a new one.
func (p *Portal) openKeys(ctx context.Context) error {
	path := p.KeyPath()
	var check []string
	err := p.DB.Read.WithContext(ctx).Table("meta").Where("key = ?", "key_check").Pluck("value", &check).Error
	if err != nil {
		return database.Fault(fmt.Errorf("read key check: %w", err))
	}
	if len(check) > 0 {
		if p.Keys, err = crypt.Load(path); errors.Is(err, fs.ErrNotExist) {
			return fault.Wrap(fault.Unavailable, "密钥文件不在："+path+"。数据库中的内容由它加密，没有它不能启动；请从备份恢复密钥文件。", err)
		}
		if err != nil {
			return err
		}
		return p.Keys.Verify(check[0])
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make key folder: %w", err)
	}
	if p.Keys, p.NewKey, err = crypt.LoadOrCreate(path); err != nil {
		return err
	}
	return database.Fault(p.DB.Write.WithContext(ctx).Exec("INSERT INTO meta (key, value) VALUES ('key_check', ?)", p.Keys.CheckValue()).Error)
}

// build puts the services together, lower ones first.
func (p *Portal) build() error {
	cfg := p.Config
	var err error
	openFiles := filestore.New
	if cfg.Attach {
		openFiles = filestore.Attach
	}
	if p.Files, err = openFiles(cfg.Data, p.Keys); err != nil {
		return err
	}
	if p.Guard, err = authz.New(); err != nil {
		return err
	}
	if p.Jobs, err = jobs.New(p.DB, jobs.Options{Now: cfg.Now, Logger: cfg.Logger, Workers: cfg.Workers, Lease: cfg.Lease}); err != nil {
		return err
	}
	p.Warehouse = warehouse.New(p.DB, p.Keys)
	p.Sessions = session.New(p.DB, session.Options{Idle: sessionIdle, Absolute: sessionAbsolute, Guest: sessionGuest, Secure: cfg.Secure, Now: cfg.Now})
	p.Accounts = accounts.New(p.DB, p.Guard, crypt.NewPasswords(2), cfg.Now)
	p.Audit = audit.New(p.DB, p.Guard, cfg.Now)
	p.Directory = directory.New(p.DB, p.Guard, cfg.Now)
	p.Catalogue = catalogue.New(p.DB, p.Guard, p.Warehouse, cfg.Now)
	if p.Designs, err = catalogue.NewDesigns(catalogue.DesignDeps{DB: p.DB, Guard: p.Guard, Tables: p.Warehouse, Keys: p.Keys, DueHour: cfg.DueHour, Now: cfg.Now, TempDir: p.Files.TempDir()}); err != nil {
		return err
	}
	if p.Desk, err = catalogue.NewDesk(catalogue.DeskDeps{DB: p.DB, Guard: p.Guard, Items: p.Catalogue, Files: p.Files, DueHour: cfg.DueHour, Now: cfg.Now}); err != nil {
		return err
	}
	target, err := p.handoverTarget()
	if err != nil {
		return err
	}
	p.Exchange, err = exchange.New(exchange.Deps{DB: p.DB, Guard: p.Guard, Jobs: p.Jobs, Warehouse: p.Warehouse, Target: target, Now: cfg.Now})
	if err != nil {
		return err
	}
	p.Filing, err = filing.New(filing.Deps{
		DB: p.DB, Guard: p.Guard, Files: p.Files, Keys: p.Keys, Warehouse: p.Warehouse, Jobs: p.Jobs, Calendars: p.Directory,
		Handovers: p.Exchange, Calls: p.Desk, DueHour: cfg.DueHour, Now: cfg.Now, TempDir: p.Files.TempDir(),
	})
	if err != nil {
		return err
	}
	p.Directory.OnSharing(p.Filing.FollowSharing)
	p.Calendar, err = directory.NewCalendarDesk(directory.CalendarDeps{DB: p.DB, Guard: p.Guard, Jobs: p.Jobs, Directory: p.Directory,
		Dues: p.Filing, Now: cfg.Now})
	if err != nil {
		return err
	}
	if err := p.schedule(); err != nil {
		return err
	}
	p.Web = handlers.New(handlers.Deps{
		Accounts: p.Accounts, Audit: p.Audit, Catalogue: p.Catalogue, Designs: p.Designs, Desk: p.Desk, Directory: p.Directory, Calendar: p.Calendar, Exchange: p.Exchange,
		Filing: p.Filing, Guard: p.Guard,
		Sessions: p.Sessions, Logger: cfg.Logger, Now: cfg.Now, Ready: p.Serving, Metrics: cfg.Metrics, Demo: cfg.Demo,
		Version: cfg.Version, Support: cfg.Support, URL: cfg.URL, DueHour: cfg.DueHour, TempDir: p.Files.TempDir(), Proxies: cfg.Proxies,
	})
	return nil
}

// schedule names what runs by the clock, on one portal of several.
func (p *Portal) schedule() error {
	every := func(name string, interval time.Duration, fn func(ctx context.Context) error) error {
		return p.Jobs.Every(name, interval, fn)
	}
	return errors.Join(
		every("open_periods", time.Hour, func(ctx context.Context) error {
			if _, err := p.Catalogue.ApplyChanges(ctx); err != nil { // before tasks are written by the old rules
				return err
			}
			_, err := p.Filing.OpenPeriods(ctx)
			return err
		}),
		every("hand_over", 10*time.Minute, p.Exchange.Resume),
		every("follow_calendar", time.Hour, p.Calendar.Resume),
		every("purge_rows", 24*time.Hour, p.Filing.PurgeOld),
		every("sweep_files", 24*time.Hour, p.Filing.SweepFiles),
		every("sweep_sessions", time.Hour, func(ctx context.Context) error {
			return p.Sessions.Sweep(ctx, models.At(p.Config.Now().Add(-24*time.Hour)))
		}),
	)
}

// ensureTables builds or widens the warehouse's table of each published template.
func (p *Portal) ensureTables(ctx context.Context) error {
	defs, err := p.Catalogue.Definitions(ctx)
	if err != nil {
		return err
	}
	for i := range defs {
		if err := p.Warehouse.Ensure(ctx, &defs[i]); err != nil {
			return err
		}
	}
	return nil
}

// LoadPlan brings a plan, usually the embedded one, into the database: units, calendar, templates, catalogue. from is the
// first period of what is new.
func (p *Portal) LoadPlan(ctx context.Context, plan *seed.Plan, from models.Period) error {
	calendar, err := seed.Calendar()
	if err != nil {
		return err
	}
	if err := p.Directory.Load(ctx, plan, calendar); err != nil {
		return err
	}
	return p.Catalogue.Load(ctx, plan, from)
}

// Ready returns nil if the database answers and its schema, the job tables and the warehouse's tables are current.
func (p *Portal) Ready(ctx context.Context) error {
	if err := p.DB.Ping(ctx); err != nil {
		return err
	}
	for _, current := range []func(context.Context) (bool, error){
		p.DB.Current, func(ctx context.Context) (bool, error) { return jobs.Current(ctx, p.DB) },
	} {
		ok, err := current(ctx)
		if err != nil {
			return err
		}
		if !ok {
			return errors.New("database schema is not current: run portal migrate")
		}
	}
	defs, err := p.Catalogue.Definitions(ctx)
	if err != nil {
		return err
	}
	pointers := make([]*models.Definition, len(defs))
	for i := range defs {
		pointers[i] = &defs[i]
	}
	return p.Warehouse.Current(ctx, pointers)
}

// leastFree is room for the largest upload and its log.
const leastFree = 256 << 20

// Serving returns nil if the portal is Ready and can keep what people send: the disks of its files and of a SQLite database
// have room, and take a file. Otherwise the *fault.Error says in Chinese what the operator has to mend.
func (p *Portal) Serving(ctx context.Context) error {
	if err := p.Ready(ctx); err != nil {
		return err
	}
	least := cmp.Or(p.Config.LeastFree, leastFree)
	err := filestore.Room(p.Config.Data, least)
	if path := p.DB.Path(); err == nil && path != "" {
		err = filestore.Room(filepath.Dir(path), least)
	}
	if err != nil {
		return err
	}
	return p.Files.Probe()
}

// Start begins background work: jobs, schedules and the writing of last-seen times. It returns at once; Close ends it.
func (p *Portal) Start(ctx context.Context) error {
	if err := p.Jobs.Start(ctx); err != nil {
		return err
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	var seen sync.WaitGroup
	seen.Go(func() { p.Sessions.Run(life, time.Minute) })
	seen.Go(func() { p.Accounts.Run(life, time.Minute) })
	p.stopSessions = func() { stop(); seen.Wait() }
	return nil
}

// Close ends background work, writes what is still to be written, closes the database and gives the data folder free.
func (p *Portal) Close() {
	if p.Jobs != nil {
		stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := p.Jobs.Stop(stop); err != nil {
			p.Config.Logger.Warn("stop jobs", "error", err)
		}
	}
	if p.stopSessions != nil {
		p.stopSessions()
	}
	if p.DB != nil {
		if err := p.DB.Close(); err != nil {
			p.Config.Logger.Warn("close database", "error", err)
		}
	}
	if p.held != nil {
		if err := p.held.Close(); err != nil {
			p.Config.Logger.Warn("give data folder free", "error", err)
		}
	}
}

// KeyPath returns where the key file stands.
func (p *Portal) KeyPath() string {
	if p.Config.KeyFile != "" {
		return p.Config.KeyFile
	}
	return filepath.Join(p.Config.Data, "keys", "portal.key")
}
