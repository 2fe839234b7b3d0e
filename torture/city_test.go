package torture_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/served"
	"taxportal/internal/services/filing"
	"taxportal/internal/testdb"
	"taxportal/seed"
	rows "taxportal/seed/demo"
)

// template is what is filed: presale permits.
const template = "zjj-02"

// city is a portal's database and data folder. The binary that is killed and the test itself open them by turns.
type city struct {
	*testing.T
	ctx       context.Context
	dsn, data string
	task      string
	period    models.Period
	def       models.Definition
	pool      *rows.Pool
	log       *os.File
	env       []string // of the binary
}

// found makes a city on one engine: plan and accounts, and a batch of n rows in force for the task of last month.
func found(t *testing.T, engine string, n int, env ...string) *city {
	t.Helper()
	c := &city{T: t, ctx: t.Context(), dsn: testdb.New(t, engine, nil), data: t.TempDir(), pool: rows.NewPool(), env: env}
	c.period = models.PeriodAt(models.CycleMonth, time.Now()).Prev()
	c.task = models.TaskCode(template, c.period)
	plan, err := seed.Load()
	c.ok(err)
	c.def, _ = plan.Template(template)
	c.log, err = os.Create(filepath.Join(c.data, "server.log"))
	c.ok(err)
	t.Cleanup(c.showLog)
	c.open(true, func(p *portal.Portal) {
		c.ok(p.LoadPlan(c.ctx, plan.With(template), c.period))
		c.ok(demo.CreateAccounts(c.ctx, p))
		_, err := p.Filing.OpenPeriods(c.ctx)
		c.ok(err)
		c.acceptFirst(p, n)
	})
	return c
}

// acceptFirst brings the first batch into force, without a server.
func (c *city) acceptFirst(p *portal.Portal, n int) {
	c.Helper()
	kept, err := p.Filing.Keep(c.ctx, "报送.csv", strings.NewReader(c.register(n)))
	c.ok(err)
	b, err := p.Filing.Upload(c.ctx, c.as(p, "liaison.zjj"), c.task, []filing.UploadedFile{kept})
	c.ok(err)
	c.ok(p.Filing.RunCheck(c.ctx, b.Code))
	c.ok(p.Filing.Move(c.ctx, c.as(p, "liaison.zjj"), b.Code, models.VerbSubmit, filing.MoveInput{}))
	c.ok(p.Filing.Move(c.ctx, c.as(p, "chief.zjj"), b.Code, models.VerbSign, filing.MoveInput{}))
	c.ok(p.Filing.Move(c.ctx, c.as(p, "office"), b.Code, models.VerbAccept, filing.MoveInput{}))
}

// consent opens the task for a correction, by two people of the Office.
func (c *city) consent() {
	c.Helper()
	c.open(false, func(p *portal.Portal) {
		in := filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "演练：重新报送"}
		w, err := p.Filing.RaiseWaiver(c.ctx, c.as(p, "office"), c.task, in)
		c.ok(err)
		c.ok(p.Filing.MoveWaiver(c.ctx, c.as(p, "office2"), w.Code, models.VerbConfirm, filing.MoveInput{}))
	})
}

// register returns a good register of n rows.
func (c *city) register(n int) string {
	c.Helper()
	sheet, err := rows.Make(c.pool, c.def, c.period, n)
	c.ok(err)
	return string(sheet.CSV())
}

// open opens the portal's parts in this process for a moment, beside a server or without one. It works no jobs. At other
// times the test holds nothing open, so that the engine recovers from a kill as it would in earnest.
func (c *city) open(migrate bool, use func(p *portal.Portal)) {
	c.Helper()
	p, err := portal.Open(c.ctx, portal.Config{DSN: c.dsn, Data: c.data, Now: time.Now, Version: "torture", Attach: !migrate}, migrate)
	c.ok(err)
	defer p.Close()
	use(p)
}

// as returns the person behind a demo account.
func (c *city) as(p *portal.Portal, username string) models.Actor {
	c.Helper()
	id, err := p.Accounts.ByUsername(c.ctx, username)
	c.ok(err)
	actor, err := p.Accounts.Actor(c.ctx, id, "192.0.2.1", "")
	c.ok(err)
	return actor
}

// serve starts the binary over the city.
func (c *city) serve(env ...string) *served.Server {
	c.Helper()
	fmt.Fprintf(c.log, "--- start %v\n", env)
	s, err := served.Start(c.ctx, served.Options{
		Binary: binary, Args: []string{"--data", c.data, "--db", c.dsn}, Env: append(env, c.env...), Log: c.log,
	})
	c.ok(err)
	return s
}

// showLog prints what the servers said if the test has failed.
func (c *city) showLog() {
	defer c.log.Close()
	if !c.Failed() {
		return
	}
	if _, err := c.log.Seek(0, io.SeekStart); err == nil {
		text, _ := io.ReadAll(c.log)
		c.Logf("the servers said:\n%s", text)
	}
}

func (c *city) ok(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}
