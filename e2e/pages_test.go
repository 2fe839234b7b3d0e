package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"taxportal/internal/handlers"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/internal/workflow"
	"taxportal/seed/demo"
)

// page is one visit of TestEveryPage: a route, somebody who may open it, and an address.
type page struct {
	route string
	as    string // nobody if empty
	path  string
}

// The tasks of the gallery, named after what stands there.
const (
	taskEffective = "zjj-02-202610"
	taskWarnings  = "zjj-02-202611"
	taskErrors    = "zjj-02-202612"
	taskClean     = "fgw-05-202610"
	taskSigning   = "fgw-05-202611"
	taskFailed    = "fgw-05-202612"
	taskFiled     = "zrzy-01-202610"
	taskReturned  = "zrzy-01-202611"
	taskEmpty     = "zrzy-01-202612"
)

// first is the code of a task's first batch.
func first(task string) string { return task + "-1" }

// gallery is a portal in which every page has something to show.
type gallery struct {
	*site
	waiver  string
	link    string
	account int64
	token   int64
	change  int64 // of the working calendar
}

// newGallery fills a portal of January 2027, three months after the first period, with a batch in every state.
func newGallery(t *testing.T) *gallery {
	t.Helper()
	g := &gallery{site: newSite(t)}
	g.work(t)
	g.file(t, taskEffective, nil, models.VerbSubmit, models.VerbSign, models.VerbAccept)
	g.file(t, taskClean, nil)
	g.file(t, taskFiled, nil, models.VerbSubmit, models.VerbSign)
	g.file(t, taskWarnings, func(s *demo.Sheet) { s.Set(0, "record_price", "520.00").Set(2, "record_price", "530.00") })
	g.file(t, taskSigning, nil, models.VerbSubmit)
	g.file(t, taskReturned, nil, models.VerbSubmit, models.VerbSign, models.VerbReturn)
	g.file(t, taskErrors, func(s *demo.Sheet) {
		s.Set(3, "developer_uscc", s.Get(3, "developer_uscc")[:17]+"O").Set(7, "developer_name", "").Set(0, "record_price", "520.00")
	})
	g.file(t, taskFailed, nil)
	g.breakDown(t, first(taskFailed))
	g.people(t)
	return g
}

// file files a register for a task and takes moves, each by whom it falls to.
func (g *gallery) file(t *testing.T, task string, spoil func(*demo.Sheet), moves ...workflow.Verb) {
	t.Helper()
	unit := strings.Split(task, "-")[0]
	period := models.Period(task[len(task)-6:len(task)-2] + "-" + task[len(task)-2:])
	sheet := testkit.RowsOf(t, task[:len(task)-7], period, rows)
	if spoil != nil {
		spoil(sheet)
	}
	g.Clock.Set(period.Next().Last().AddDays(-18), 9, 30)
	if _, err := g.Filing.OpenPeriods(t.Context()); err != nil {
		t.Fatal(err)
	}
	file := g.File(task+".csv", sheet.CSV())
	if _, err := g.Filing.Upload(t.Context(), g.App.As("liaison."+unit), task, []filing.UploadedFile{file}); err != nil {
		t.Fatalf("upload %s: %v", task, err)
	}
	g.settle(t)
	by := map[workflow.Verb]string{models.VerbSubmit: "liaison." + unit, models.VerbSign: "chief." + unit, models.VerbAccept: "office", models.VerbReturn: "office"}
	for _, verb := range moves {
		in := filing.MoveInput{}
		if verb == models.VerbReturn {
			in = filing.MoveInput{Reason: "第 5 行、第 9 行的权利人名称与证件不符，请核对。", Due: "2027-01-15"}
		}
		if err := g.Filing.Move(t.Context(), g.App.As(by[verb]), first(task), verb, in); err != nil {
			t.Fatalf("%s %s: %v", verb, task, err)
		}
	}
}

// breakDown marks a batch as a check would that the system could not finish.
func (g *gallery) breakDown(t *testing.T, batch string) {
	t.Helper()
	err := g.DB.Write.Exec("UPDATE batches SET state = ?, trouble = ? WHERE code = ?", models.BatchFailed,
		"校验没有完成：系统出了故障，文件已保存。请点“重新校验”。", strings.ToUpper(batch)).Error
	if err != nil {
		t.Fatal(err)
	}
}

// openSession is a log-in of gallery.account, as the security administrator sees it.
const openSession = "open-session-of-the-gallery"

// people adds a request to correct, messages, and an account whose one-time link is still unused.
func (g *gallery) people(t *testing.T) {
	t.Helper()
	liaison, ctx := g.App.As("liaison.zjj"), t.Context()
	w, err := g.Filing.RaiseWaiver(ctx, liaison, taskEffective, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "三件的面积按预测绘成果修正。"})
	if err != nil {
		t.Fatal(err)
	}
	g.waiver = w.Code
	if err := g.Filing.Say(ctx, liaison, taskErrors, "第 5 行的代码正在向企业核对，明天重报。"); err != nil {
		t.Fatal(err)
	}
	g.account = g.App.As("handler.zjj").AccountID
	if g.link, err = g.Accounts.Reset(ctx, g.App.As("sysadmin"), g.account); err != nil {
		t.Fatal(err)
	}
	token, _, err := g.Accounts.CreateToken(ctx, g.App.As("sysadmin"), accounts.TokenInput{Name: "商品房预售许可系统", Person: "liaison.zjj", Days: 365})
	if err != nil {
		t.Fatal(err)
	}
	g.token = token.ID
	now := models.At(g.Clock.Now())
	err = g.DB.Write.Create(&models.Session{ID: openSession, AccountID: &g.account, CSRF: "x", CreatedAt: now, LastSeen: now, ExpiresAt: now.Add(time.Hour),
		Addr: "10.20.30.40", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"}).Error
	if err != nil {
		t.Fatal(err)
	}
	g.calendar(t)
}

// calendar takes a day out of the calendar, which moves due dates, and lets a hand-over fail.
func (g *gallery) calendar(t *testing.T) {
	t.Helper()
	change, err := g.Calendar.ChangeDay(t.Context(), g.App.As("office"), directory.DayInput{Day: "2027-01-25", Mark: models.DayOff, Name: "暴雪停工",
		Reason: "暴雪红色预警，全市停工。", Source: "聊政办发电〔2027〕2号"})
	if err != nil {
		t.Fatal(err)
	}
	g.change = change.ID
	err = g.DB.Write.Exec("UPDATE handovers SET state = ?, attempts = 8, tried_at = ?, trouble = ?", models.HandoverFailed, models.At(g.Clock.Now()),
		"交接目录不存在，可能没有挂载。请系统管理员检查。").Error
	if err != nil {
		t.Fatal(err)
	}
}

// pages are the pages of the route table; everyRouteIsVisited holds that none is missing.
func (g *gallery) pages() []page {
	move := func(task, verb, as string) page {
		return page{paths.ToBatchMovePattern(verb), as, paths.ToBatchMove(first(task), verb)}
	}
	return []page{
		{paths.Login, "", paths.Login}, {paths.Link, "", paths.ToLink(g.link)},
		{paths.Home, "liaison.zjj", paths.Home}, {paths.Home, "chief.fgw", paths.Home}, {paths.Home, "office", paths.Home},
		{paths.Home, "leader", paths.Home}, {paths.Home, "tax", paths.Home}, {paths.Home, "bank", paths.Home},
		{paths.Home, "sysadmin", paths.Home}, {paths.Home, "secadmin", paths.Home}, {paths.Home, "auditor", paths.Home},
		{paths.Profile, "liaison.zjj", paths.Profile}, {paths.ProfilePassword, "liaison.zjj", paths.ProfilePassword},

		{paths.Templates, "liaison.zjj", paths.Templates}, {paths.Template, "liaison.zjj", paths.ToTemplate("zjj-02")},

		{paths.Filings, "liaison.zjj", paths.Filings}, {paths.Filings, "office", paths.Filings},
		{paths.Filings, "office", paths.With(paths.Filings, "q", "没有这一项")},
		{paths.Inbox, "office", paths.Inbox}, {paths.InboxReturn, "office", paths.With(paths.InboxReturn, "code", strings.ToUpper(first(taskFiled)))},
		{paths.InboxAccept, "office", paths.With(paths.InboxAccept, "all", "1")},
		{paths.Matrix, "office", paths.Matrix}, {paths.Matrix, "liaison.zjj", paths.Matrix}, {paths.Matrix, "leader", paths.Matrix},
		{paths.MatrixCell, "office", paths.ToMatrixCell("zjj", "2026-10")},
		{paths.Waivers, "office", paths.Waivers}, {paths.Waiver, "office", paths.ToWaiver(g.waiver)},
		{paths.WaiverMove, "office", paths.ToWaiverMove(g.waiver, "propose")}, {paths.WaiverMove, "liaison.zjj", paths.ToWaiverMove(g.waiver, "take_back")},
		{paths.Task, "liaison.zrzy", paths.ToTask(taskEmpty)}, {paths.Task, "liaison.zjj", paths.ToTask(taskErrors)},
		{paths.Task, "liaison.zrzy", paths.ToTask(taskReturned)}, {paths.Task, "liaison.fgw", paths.ToTask(taskFailed)},
		{paths.Batch, "liaison.zjj", paths.ToBatch(first(taskWarnings))}, {paths.Batch, "office", paths.ToBatch(first(taskFiled))},
		{paths.TaskNil, "liaison.zrzy", paths.ToTaskNil(taskEmpty)}, {paths.TaskWaiver, "liaison.zrzy", paths.ToTaskWaiver(taskEmpty)},
		{paths.TaskWaiver, "office", paths.ToTaskWaiver(taskEffective)},
		{paths.BatchExplain, "liaison.zjj", paths.With(paths.ToBatchExplain(first(taskWarnings)), "rule", g.rule(first(taskWarnings)))},
		{paths.BatchReceipt, "liaison.zjj", paths.ToBatchReceipt(first(taskEffective))},
		move(taskClean, "submit", "liaison.fgw"), move(taskSigning, "withdraw", "liaison.fgw"), move(taskSigning, "send_back", "chief.fgw"),
		move(taskSigning, "sign", "chief.fgw"), move(taskFiled, "accept", "office"), move(taskFiled, "return", "office"),
		move(taskErrors, "discard", "liaison.zjj"), move(taskFailed, "recheck", "liaison.fgw"),

		{paths.Admin, "sysadmin", paths.Admin}, {paths.Admin, "secadmin", paths.Admin}, {paths.AdminNew, "sysadmin", paths.AdminNew},
		{paths.AdminAccount, "sysadmin", paths.ToAdminAccount(g.account)}, {paths.AdminAccount, "secadmin", paths.ToAdminAccount(g.account)},
		{paths.AdminDisable, "sysadmin", paths.ToAdminStep(paths.AdminDisable, g.account)}, {paths.AdminSession, "secadmin", paths.ToAdminSession(g.account, openSession)},
		{paths.Tokens, "sysadmin", paths.Tokens}, {paths.Tokens, "sysadmin", paths.With(paths.Tokens, "q", "没有这一项")},
		{paths.TokenNew, "sysadmin", paths.TokenNew}, {paths.TokenRevoke, "sysadmin", paths.ToTokenRevoke(g.token)},
		{paths.OwnTokens, "liaison.zjj", paths.OwnTokens},
		{paths.Calendar, "office", paths.Calendar}, {paths.Calendar, "liaison.zjj", paths.ToCalendar(2026)}, {paths.CalendarDay, "office", paths.CalendarDay},
		{paths.CalendarNotice, "office", paths.CalendarNotice}, {paths.CalendarChanges, "office", paths.CalendarChanges},
		{paths.CalendarChanges, "leader", paths.With(paths.CalendarChanges, "q", "没有这一项")}, {paths.CalendarChange, "office", paths.ToCalendarChange(g.change)},
		{paths.Handovers, "office", paths.Handovers}, {paths.Batch, "office", paths.ToBatch(first(taskEffective))},
		{paths.Audit, "auditor", paths.Audit},
	}
}

// downloads are the routes that send a file, with somebody who may have it.
func (g *gallery) downloads() []page {
	return []page{
		{paths.TemplateWorkbook, "liaison.zjj", paths.ToTemplateWorkbook("zjj-02")}, {paths.TemplateSchema, "liaison.zjj", paths.ToTemplateSchema("zjj-02")},
		{paths.FilingsExport, "office", paths.FilingsExport}, {paths.MatrixExport, "office", paths.MatrixExport},
		{paths.InboxExport, "office", paths.InboxExport}, {paths.WaiversExport, "liaison.zjj", paths.WaiversExport}, {paths.TemplatesExport, "leader", paths.TemplatesExport},
		{paths.BatchFile, "liaison.zjj", paths.ToBatchFile(first(taskErrors), 0)}, {paths.BatchAnnotated, "liaison.zjj", paths.ToBatchAnnotated(first(taskErrors), 0)},
		{paths.BatchFindings, "liaison.zjj", paths.ToBatchFindings(first(taskErrors), 0)},
		{paths.BatchProgress, "liaison.zjj", paths.ToBatchProgress(first(taskErrors))}, // a piece of the page, or the way back to it
		{paths.Clock, "liaison.zjj", paths.ToClock(1)},
		{paths.AdminAccounts, "sysadmin", paths.AdminAccounts}, {paths.AdminReset, "sysadmin", paths.ToAdminStep(paths.AdminReset, g.account)},
		{paths.AdminExport, "sysadmin", paths.AdminExport}, {paths.TokensExport, "sysadmin", paths.TokensExport}, {paths.OwnTokensExport, "liaison.zjj", paths.OwnTokensExport}, {paths.AuditExport, "auditor", paths.AuditExport},
		{paths.CalendarChangesExport, "leader", paths.CalendarChangesExport}, {paths.CalendarMovedExport, "office", paths.ToCalendarMovedExport(g.change)},
		{paths.HandoversExport, "office", paths.HandoversExport},
	}
}

// rule returns the id of a batch's first rule, as the page's links name it.
func (g *gallery) rule(batch string) string {
	page, err := g.Filing.Page(context.Background(), g.App.As("liaison.zjj"), "", batch)
	if err != nil || len(page.Rules) == 0 {
		return "0"
	}
	return fmt.Sprint(page.Rules[0].ID)
}

// TestEveryPage opens every page of the route table as somebody who may, and holds it against axe-core and the rules
// that every page keeps. A page of the table that it does not know fails it.
func TestEveryPage(t *testing.T) {
	g := newGallery(t)
	pages, downloads := append(g.pages(), g.unitPages(t)...), append(g.downloads(), unitDownloads()...)
	shown, sent := g.cataloguePages(t)
	pages, downloads = append(pages, shown...), append(downloads, sent...)
	drafts, files := g.designPages(t)
	pages, downloads = append(pages, drafts...), append(downloads, files...)
	everyRouteIsVisited(t, append(slices.Clone(pages), downloads...))
	people := map[string]*person{"": g.visitor(t)}
	visit := func(i int, v page, steps func(p *person)) {
		if people[v.as] == nil {
			people[v.as] = g.as(t, v.as)
		}
		p := people[v.as]
		name := strings.ReplaceAll(strings.Trim(v.route, "/"), "/", " ")
		t.Run(fmt.Sprintf("%02d %s as %s", i, name, p.name), func(t *testing.T) { p.during(t, func() { steps(p) }) })
	}
	for i, v := range pages {
		visit(i, v, func(p *person) {
			p.open(v.path)
			p.keepsTheRules()
			p.audit()
			p.shot(fmt.Sprintf("page-%02d", i))
		})
	}
	for i, v := range downloads {
		visit(len(pages)+i, v, func(p *person) { p.fetches(v.path) })
	}
}

// everyRouteIsVisited fails the test for a page of the route table that is not among the visits. The page of the first
// start, which only a portal without accounts has, is visited by TestFirstStart.
func everyRouteIsVisited(t *testing.T, visits []page) {
	t.Helper()
	for _, r := range new(handlers.App).Routes() {
		known := slices.ContainsFunc(visits, func(v page) bool { return v.route == r.Path })
		if r.Method == http.MethodGet && !r.Plain && r.Path != paths.Setup && !known {
			t.Errorf("GET %s is a page that no test visits", r.Path)
		}
	}
}

// keepsTheRules fails the test for what no page may have: none or several main headings, no foot, something wider than
// the window.
func (p *person) keepsTheRules() {
	p.t.Helper()
	if !p.holds(`document.querySelectorAll("h1").length === 1 && document.title.length > 0`) {
		p.t.Errorf("%s has not exactly one main heading", p.path())
	}
	if !p.holds(`document.documentElement.scrollWidth <= window.innerWidth`) {
		p.t.Errorf("%s is wider than the window", p.path())
	}
	p.wait("非涉密系统，严禁处理国家秘密")
}

// fetches asks for a file as a link would and fails the test unless it comes.
func (p *person) fetches(path string) {
	p.t.Helper()
	p.call("fetch "+path, func(ctx context.Context) error {
		status, err := chromedp.Run(ctx, chromedp.Evaluate[int](fmt.Sprintf("fetch(%q).then((r) => r.status)", path), chromedp.EvalAwaitPromise))
		if err == nil && status != 200 {
			p.t.Errorf("%s: %d", path, status)
		}
		return err
	})
}
