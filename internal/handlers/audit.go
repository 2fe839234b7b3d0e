package handlers

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/audit"
	"taxportal/web/views/auditview"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// audit shows the trail.
func (a *App) audit(c echo.Context) error {
	filter := auditFilter(c)
	filter.Page, filter.Size = form.Page(c), audit.PageSize
	entries, total, err := a.Audit.Search(c.Request().Context(), actor(c), filter)
	if err != nil {
		return err
	}
	query := auditview.Query{Text: filter.Text, Object: filter.Object, From: string(filter.From), To: string(filter.To), Order: string(filter.Order)}
	if last := lastPage(total, filter.Size); filter.Page > last {
		return respond.SeeOther(c, string(query.Page(strconv.Itoa(last))))
	}
	checkup, err := a.Audit.LastCheckup(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	page := auditview.ListPage{
		Shell: a.Shell(c, "审计日志"), Next: auditNext(checkup, models.At(a.Now())), Query: query, Notices: wrongDays(filter),
		Pages: components.NewPages(int(total), filter.Page, filter.Size, "条", func(n int) components.URL { return query.Page(strconv.Itoa(n)) }),
	}
	for _, w := range audit.Objects {
		page.Objects = append(page.Objects, components.Option{Value: w.Code, Label: w.Label})
	}
	for _, e := range entries {
		page.Rows = append(page.Rows, auditRow(e))
	}
	return respond.Page(c, http.StatusOK, auditview.List(page), nil)
}

// auditNext says what the auditor has to do.
func auditNext(checkup audit.Checkup, now models.Instant) components.Next {
	sentence, turn := checkup.Next(now)
	tone := map[audit.Turn]components.Tone{audit.TurnDue: components.TonePlain, audit.TurnBad: components.ToneLate, audit.TurnCalm: components.ToneCalm}[turn]
	return components.Next{Tone: tone, Sentence: words.Sentence(sentence)}
}

func auditFilter(c echo.Context) audit.Filter {
	f := audit.Filter{Text: form.Query(c, "q"), Object: form.Query(c, "object"), From: form.QueryDay(c, "from"), To: form.QueryDay(c, "to")}
	if form.Query(c, "order") == string(audit.Oldest) {
		f.Order = audit.Oldest
	}
	return f
}

// wrongDays names the days of the filter that are none and were left out.
func wrongDays(f audit.Filter) []string {
	var notices []string
	for _, d := range []struct {
		label string
		day   models.Day
	}{{"自", f.From}, {"至", f.To}} {
		if d.day != "" && !d.day.Valid() {
			notices = append(notices, "“"+d.label+"”填的“"+string(d.day)+"”不是日期，查询时没有用它；请写成 2026-12-22 的形式。")
		}
	}
	if f.From.Valid() && f.To.Valid() && f.From > f.To {
		notices = append(notices, "“自”晚于“至”，没有记录会在其间，请核对。")
	}
	return notices
}

// auditRow says an entry in words.
func auditRow(e models.AuditEntry) auditview.Row {
	return auditview.Row{
		Seq: components.Thousands(e.Seq), When: e.At.Time().Format("2006-01-02 15:04:05"), Machine: words.Machine(e.At),
		Who: auditWho(e), Unit: e.UnitName, Addr: e.Addr, Action: audit.ActionLabel(e.Object, e.Action),
		Object: audit.ObjectLabel(e.Object), Code: e.ObjectID, Change: auditChange(e), Reason: e.Reason, Note: e.Detail,
		Bad: e.Action == "login_failed" || e.Action == "password_refused",
	}
}

// auditWho names who acted; a failed log-in with an unknown user name has nobody.
func auditWho(e models.AuditEntry) string {
	if e.ActorName == "" {
		return "未登录"
	}
	return e.ActorName
}

func auditChange(e models.AuditEntry) string {
	if e.FromState == e.ToState {
		return ""
	}
	return strings.TrimSpace(audit.StateLabel(e.Object, e.FromState) + " → " + audit.StateLabel(e.Object, e.ToState))
}

var auditColumns = []office.Column{
	{Title: "序号", Kind: office.Count}, {Title: "时间", Width: 20}, {Title: "人员"}, {Title: "单位", Width: 24}, {Title: "网络地址"}, {Title: "对象"},
	{Title: "编号", Width: 22}, {Title: "动作"}, {Title: "变化", Width: 22}, {Title: "理由", Width: 36}, {Title: "说明", Width: 36}, {Title: "校验值（SM3）", Width: 66},
}

// auditExport sends the filtered trail as a workbook, oldest first.
func (a *App) auditExport(c echo.Context) error {
	ctx, who, filter := c.Request().Context(), actor(c), auditFilter(c)
	return a.sendTable(c, office.Table{Title: "审计日志", Mark: a.mark(who), Columns: auditColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Audit.Export(ctx, who, filter, func(e models.AuditEntry) error {
			return each(e.Seq, e.At.Time().Format("2006-01-02 15:04:05"), auditWho(e), e.UnitName, e.Addr, audit.ObjectLabel(e.Object),
				e.ObjectID, audit.ActionLabel(e.Object, e.Action), auditChange(e), e.Reason, e.Detail, hex.EncodeToString(e.Hash))
		})
	})})
}

// auditVerify recomputes the chain and shows what it found.
func (a *App) auditVerify(c echo.Context) error {
	proof, err := a.Audit.Verify(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, auditview.Proof(auditview.ProofPage{
		Shell: a.Shell(c, "核验结果", crumb("审计日志", paths.Audit)),
		Whole: proof.Whole(), Entries: proof.Entries, Why: proof.Why, Head: hex.EncodeToString(proof.Head), When: words.Moment(a.Now()),
	}), nil)
}
