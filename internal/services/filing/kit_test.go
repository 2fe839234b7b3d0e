package filing_test

import (
	"context"
	"strings"
	"testing"

	"taxportal/internal/audit"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/internal/workflow"
	"taxportal/seed/demo"
)

// zjj is the task of most tests: presale permits of October 2026, due on 25 November at 17:00.
const zjj = "ZJJ-02-202610"

// desk is where a test's people work: it takes steps of the filing flow and fails the test if one is refused.
type desk struct {
	*testkit.App
	t   *testing.T
	ctx context.Context
}

// each runs a test on every engine and verifies the audit chain at its end.
func each(t *testing.T, fn func(t *testing.T, d *desk)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		d := &desk{App: app, t: t, ctx: t.Context()}
		fn(t, d)
		proof, err := audit.Verify(d.ctx, d.DB)
		if err != nil || proof.Broken != 0 || proof.Entries == 0 {
			t.Errorf("audit chain: %+v, %v", proof, err)
		}
	})
}

// unitOf returns the unit of a task or batch code: zjj of ZJJ-02-202610.
func unitOf(code string) string {
	unit, _, _ := strings.Cut(strings.ToLower(code), "-")
	return unit
}

func (d *desk) liaison(code string) models.Actor { return d.As("liaison." + unitOf(code)) }
func (d *desk) chief(code string) models.Actor   { return d.As("chief." + unitOf(code)) }

// rows returns a good register of a task's template and period.
func (d *desk) rows(task string, n int) *demo.Sheet {
	d.t.Helper()
	template, month, _ := cutLast(strings.ToLower(task))
	return testkit.RowsOf(d.t, template, models.Period(month[:4]+"-"+month[4:]), n)
}

func cutLast(text string) (before, after string, ok bool) {
	i := strings.LastIndexByte(text, '-')
	return text[:max(i, 0)], text[i+1:], i >= 0
}

// upload begins a batch of one file and works its check.
func (d *desk) upload(task string, content []byte) *models.Batch {
	d.t.Helper()
	b, err := d.Filing.Upload(d.ctx, d.liaison(task), task, []filing.UploadedFile{d.File("报送.csv", content)})
	d.ok(err)
	d.Work()
	return d.batch(b.Code)
}

// batch returns a batch as it stands now, as the Office sees it.
func (d *desk) batch(code string) *models.Batch {
	d.t.Helper()
	page, err := d.Filing.Page(d.ctx, d.As("office"), "", code)
	d.ok(err)
	return page.Batch
}

// page returns the page of a task as its liaison sees it.
func (d *desk) page(task string) *filing.TaskPage {
	d.t.Helper()
	page, err := d.Filing.Page(d.ctx, d.liaison(task), task, "")
	d.ok(err)
	return page
}

// clean files good rows and leaves the batch at 校验通过.
func (d *desk) clean(task string) *models.Batch {
	d.t.Helper()
	b := d.upload(task, d.rows(task, 20).CSV())
	d.is(b.Code, models.BatchClean)
	return b
}

// filed brings good rows to the Office's inbox.
func (d *desk) filed(task string) *models.Batch {
	d.t.Helper()
	b := d.clean(task)
	d.toOffice(b.Code)
	return d.batch(b.Code)
}

// toOffice submits and signs a clean batch.
func (d *desk) toOffice(code string) {
	d.t.Helper()
	d.move(d.liaison(code), code, models.VerbSubmit)
	d.move(d.chief(code), code, models.VerbSign)
}

// accepted brings good rows into force.
func (d *desk) accepted(task string) *models.Batch {
	d.t.Helper()
	b := d.filed(task)
	d.move(d.As("office"), b.Code, models.VerbAccept)
	return d.batch(b.Code)
}

// returned brings good rows to the Office, which returns them to be mended until the day.
func (d *desk) returned(task string, due models.Day) *models.Batch {
	d.t.Helper()
	b := d.filed(task)
	d.ok(d.Filing.Move(d.ctx, d.As("office"), b.Code, models.VerbReturn, filing.MoveInput{Reason: "缺少东阿县的许可证", Due: due}))
	return d.batch(b.Code)
}

// move takes a move that must succeed.
func (d *desk) move(actor models.Actor, code string, verb workflow.Verb) {
	d.t.Helper()
	d.ok(d.Filing.Move(d.ctx, actor, code, verb, filing.MoveInput{}))
}

func (d *desk) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// is fails the test unless the batch stands in the state.
func (d *desk) is(code string, state workflow.State) {
	d.t.Helper()
	if b := d.batch(code); b.State != state {
		d.t.Fatalf("%s is %s (%s), want %s", code, b.State, b.Trouble, state)
	}
}

// standing fails the test unless the task stands as wanted.
func (d *desk) standing(task string, want models.Standing) {
	d.t.Helper()
	if got := d.page(task).Standing; got != want {
		d.t.Fatalf("%s is %s, want %s", task, got, want)
	}
}

// refused fails the test unless err is of the kind and its message contains all words.
func refused(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	message, _ := fault.Message(err)
	fields, _ := fault.Fields(err)
	for _, text := range fields {
		message += " " + text
	}
	if !fault.Is(err, kind) {
		t.Errorf("error of kind %d, want %d: %v", fault.Of(err), kind, err)
	}
	for _, word := range words {
		if !strings.Contains(message, word) {
			t.Errorf("message %q does not say %q", message, word)
		}
	}
}

// waive takes a waiver from the liaison's or the Office's request through both people of the Office.
func (d *desk) waive(task string, in filing.WaiverInput) {
	d.t.Helper()
	w, err := d.Filing.RaiseWaiver(d.ctx, d.As("office"), task, in)
	d.ok(err)
	d.ok(d.Filing.MoveWaiver(d.ctx, d.As("office2"), w.Code, models.VerbConfirm, filing.MoveInput{}))
}
