package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/words"
)

// waiver shows one request.
func (a *App) waiver(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	p, err := a.Filing.Waiver(ctx, who, c.Param("waiver"))
	if err != nil {
		return err
	}
	next, err := a.waiverNext(c, p)
	if err != nil {
		return err
	}
	w := p.Waiver
	return respond.Page(c, http.StatusOK, filingview.Waiver(filingview.WaiverPage{
		Shell: a.Shell(c, w.Kind.Label()+"申请 "+w.Code, crumb("数据报送", paths.Filings), crumb("更正与补报", paths.Waivers)), Now: a.Now(),
		Waiver: w, Next: next, History: p.History, Moves: p.Moves,
	}), nil)
}

// waiverNext fills the sentence of the request's state from the workflow's table.
func (a *App) waiverNext(c echo.Context, p filing.WaiverPage) ([]workflow.Segment, error) {
	people, err := a.Filing.PeopleOf(c.Request().Context(), p.Waiver.Task.Unit)
	if err != nil {
		return nil, err
	}
	proposer := ""
	for _, e := range p.History {
		if e.Verb == models.VerbPropose {
			proposer = e.ActorName
		}
	}
	next := workflow.Sentence(models.WaiverFlow.Describe(p.Waiver.State).Next, map[string]string{
		"contact": people.Contact, "proposer": proposer, "kind": p.Waiver.Kind.Label(), "then": waiverThen(p.Waiver),
	})
	if p.MayAct() && people.Contact != actor(c).Name {
		next = append(next, workflow.YouMay)
	}
	return next, nil
}

// waiverThen says what follows once a request has been agreed to.
func waiverThen(w models.Waiver) string {
	switch w.Kind {
	case models.WaiverCorrection:
		return "请信息联络员到任务页上传更正文件。"
	case models.WaiverUnlock:
		return "请信息联络员在 " + words.Day(w.Until) + w.Until.Time().Format("15:04") + " 前到任务页上传补报文件。"
	}
	return "本期不再需要报送。"
}

// waiverMoveForm asks before a move of a request is taken.
func (a *App) waiverMoveForm(c echo.Context) error {
	return a.showWaiverMove(c, http.StatusOK, filing.MoveInput{}, nil)
}

func (a *App) showWaiverMove(c echo.Context, code int, in filing.MoveInput, fields map[string]string) error {
	p, err := a.Filing.Waiver(c.Request().Context(), actor(c), c.Param("waiver"))
	if err != nil {
		return err
	}
	m, err := a.offered(c, p, workflow.Verb(c.Param("verb")))
	if err != nil {
		return err
	}
	w := p.Waiver
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, m.Label, crumb("数据报送", paths.Filings), crumb("更正与补报", paths.Waivers), crumb(w.Code, paths.ToWaiver(w.Code))),
		Title: m.Label + "？", Icon: components.IconHelpCircle,
		Text: w.Task.Unit.Name + "“" + w.Task.Item.Name + "　" + w.Task.Period.Label() + "”" + w.Kind.Label() + "申请（" +
			words.State(&models.WaiverFlow, w.State).Word + "）。" + m.Ask,
		Post: paths.ToWaiverMove(w.Code, string(m.Verb)), Back: paths.ToWaiver(w.Code), Label: m.Label, Danger: m.Takes,
		Inputs: waiverInputs(m, in, fields), Hidden: []components.Pair{{Name: "from", Value: string(w.State)}},
	}), nil)
}

// offered returns the move that verb names if the reader may take it now, else says why not.
func (a *App) offered(c echo.Context, p filing.WaiverPage, verb workflow.Verb) (workflow.Move, error) {
	who := actor(c)
	asked, known := models.WaiverFlow.Move(verb)
	if !known {
		return workflow.Move{}, fault.New(fault.NotFound, "没有这个步骤。")
	}
	for _, m := range p.Moves {
		if m.Verb == verb {
			return m, nil
		}
	}
	if a.Guard.Can(who, asked.Object, asked.Action) { // to anybody else it does not matter how the request stands
		if err := a.Filing.WaiverLate(c.Request().Context(), who, &p.Waiver, verb); err != nil {
			return workflow.Move{}, err
		}
	}
	return workflow.Move{}, fault.New(fault.Forbidden, "这一步不由您办理：初审和复核须由办公室两人分别办理，撤回由申请单位的信息联络员办理。")
}

func waiverInputs(m workflow.Move, in filing.MoveInput, fields map[string]string) []components.Input {
	if !m.Requires(workflow.NeedReason) {
		return nil
	}
	return []components.Input{{Kind: components.InputTextarea, Name: "reason", Label: m.Label + "的理由", Value: in.Reason, Error: fields["reason"],
		Required: true, Rows: 3, Hint: "报送单位和办公室会看到，并记入审计日志。"}}
}

// waiverMove takes a move of a request.
func (a *App) waiverMove(c echo.Context) error {
	verb := workflow.Verb(c.Param("verb"))
	m, known := models.WaiverFlow.Move(verb)
	if !known || m.Party == workflow.System {
		return fault.New(fault.NotFound, "没有这个步骤。")
	}
	in := filing.MoveInput{Reason: form.Text(c, "reason"), From: workflow.State(form.Text(c, "from"))}
	err := a.Filing.MoveWaiver(c.Request().Context(), actor(c), c.Param("waiver"), verb, in)
	if fields, ok := fault.Fields(err); ok {
		return a.showWaiverMove(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToWaiver(c.Param("waiver")), m.Done)
}

// waiverForm asks what is to be set aside for a task, and why. ?kind= chooses beforehand.
func (a *App) waiverForm(c echo.Context) error {
	return a.showWaiverForm(c, http.StatusOK, filing.WaiverInput{Kind: models.WaiverKind(form.Query(c, "kind"))}, nil)
}

func (a *App) showWaiverForm(c echo.Context, code int, in filing.WaiverInput, fields map[string]string) error {
	who := actor(c)
	p, err := a.Filing.Page(c.Request().Context(), who, c.Param("task"), "")
	if err != nil {
		return err
	}
	if !p.CanAsk {
		return fault.New(fault.Forbidden, "免报、解锁和更正由本单位信息联络员申请，或由领导小组办公室提出。")
	}
	kinds := a.Filing.WaiverKinds(&p.Task)
	if len(kinds) == 0 {
		return fault.New(fault.Conflict, "本期没有可以申请的事项：已批准免报，或已同意更正、可以直接上传更正文件。")
	}
	chosen := in.Kind
	if !slices.Contains(kinds, chosen) {
		chosen = ""
	}
	if len(kinds) == 1 {
		chosen = kinds[0]
	}
	if in.Kind == "" {
		in.Kind = kinds[0]
	}
	title := p.Task.Item.Name + " " + p.Task.Period.Label()
	view := filingview.WaiverFormPage{
		Shell: a.Shell(c, filingview.WaiverFormTitle(who.Has(models.RoleOffice), chosen), crumb("数据报送", paths.Filings), crumb(title, paths.ToTask(p.Task.Code))), Task: p.Task,
		Office: who.Has(models.RoleOffice), Chosen: chosen,
		Kind: components.Input{Kind: components.InputRadio, Name: "kind", Label: "申请事项", Value: string(in.Kind), Error: fields["kind"], Required: true,
			Options: filingview.WaiverKinds(kinds...)},
		Reason: components.Input{Kind: components.InputTextarea, Name: "reason", Label: "理由", Value: in.Reason, Error: fields["reason"], Required: true, Rows: 4,
			Hint: "写明为什么不能按原要求报送；更正的写明哪些行、哪些列有误。"},
	}
	if slices.Contains(kinds, models.WaiverUnlock) {
		view.Until = &components.Input{Kind: components.InputDate, Name: "until", Label: "解锁到", Value: string(in.Until), Error: fields["until"],
			Width: components.WidthShort, Hint: "只在解锁补报时填写；当日 " + a.DueHour.String() + " 重新锁定，形如 2026-11-30。"}
	}
	return respond.Page(c, code, filingview.WaiverForm(view), nil)
}

// raiseWaiver files a request.
func (a *App) raiseWaiver(c echo.Context) error {
	in := filing.WaiverInput{Kind: models.WaiverKind(form.Text(c, "kind")), Reason: form.Text(c, "reason"), Until: form.Day(c, "until")}
	w, err := a.Filing.RaiseWaiver(c.Request().Context(), actor(c), c.Param("task"), in)
	if fields, ok := fault.Fields(err); ok {
		return a.showWaiverForm(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	said := "申请已提交，由办公室两人先后办理；结果会出现在这里和任务页。"
	if actor(c).Has(models.RoleOffice) {
		said = "已提出并初审同意，等办公室另一人复核。"
	}
	return a.done(c, paths.ToWaiver(w.Code), said)
}
