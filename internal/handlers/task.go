package handlers

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/cn"
	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/words"
)

// actor returns who acts; routes that need nobody do not ask.
func actor(c echo.Context) models.Actor {
	a, _ := middleware.Actor(c)
	return a
}

// task shows a task and its current batch.
func (a *App) task(c echo.Context) error {
	page, err := a.taskPage(c, c.Param("task"), "")
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, filingview.Task(page), nil)
}

// batch shows a task as one of its batches.
func (a *App) batch(c echo.Context) error {
	page, err := a.taskPage(c, "", c.Param("batch"))
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, filingview.Task(page), nil)
}

// taskPage asks the service for the page and puts it into the view's words.
func (a *App) taskPage(c echo.Context, task, batch string) (filingview.TaskPage, error) {
	ctx, who := c.Request().Context(), actor(c)
	p, err := a.Filing.Page(ctx, who, task, batch)
	if err != nil {
		return filingview.TaskPage{}, err
	}
	calendar, err := a.Directory.Calendar(ctx)
	if err != nil {
		return filingview.TaskPage{}, err
	}
	current := p.Task.Current()
	view := filingview.TaskPage{
		Shell: a.Shell(c, p.Task.Item.Name+" "+p.Task.Period.Label(), crumb("数据报送", paths.Filings), crumb("报送任务", paths.Filings)),
		Now:   a.Now(), Task: p.Task, Standing: p.Standing, Batch: p.Batch, Previous: p.Previous, Returned: p.Returned, SentBack: p.SentBack,
		Current: p.Batch == nil || (current != nil && current.ID == p.Batch.ID), Next: a.Filing.Next(p), Late: a.Filing.Late(p), Calm: p.Calm(),
		Clock: pageClock(calendar, p, a.Now()), Why: reckoning(calendar, p, a.Now()), Rules: rules(p), Show: form.Query(c, "show"), History: p.History, Moves: p.Moves,
		Messages: p.Messages, Waivers: p.Waivers, Dues: p.Dues, Unsure: calendar.Provisional(p.Task.DueAt.Time()), Liaison: p.People.Liaison, Chief: p.People.Chief, Contact: p.People.Contact, Phone: p.People.Phone,
		NoUpload: p.NoUpload, CanFile: p.CanFile, CanNil: p.CanNil, CanAsk: p.CanAsk, CanSay: p.CanSay, CanMend: p.CanFile, MyID: who.AccountID,
		Limits: components.UploadLimits{Files: filing.MostFiles(&p.Task.TemplateVersion.Definition), FileBytes: filing.MaxFileBytes, AllBytes: filing.MaxBatchBytes},
	}
	if view.Handover, err = a.handoverOf(c, who, p.Batch, view.Shell.CSRF); err != nil {
		return filingview.TaskPage{}, err
	}
	if filingview.Busy(p.Batch) {
		view.Shell.RefreshSeconds, view.Shell.RefreshURL = refreshSeconds(p.Batch), paths.ToBatch(p.Batch.Code)
	}
	return view, nil
}

// refreshSeconds is when a page without script asks how far a check is: soon at first, because most files are small.
func refreshSeconds(b *models.Batch) int {
	if b.Progress == 0 {
		return 2
	}
	return 5
}

// pageClock is the clock of a task's page. It runs against the unit until the unit leader has signed; from then on it
// tells how long the batch has waited for the Office. A correction has no due.
func pageClock(cal *cn.Calendar, p *filing.TaskPage, now time.Time) components.Due {
	if p.Batch != nil && p.Batch.State == models.BatchFiled {
		return components.Due{Family: components.FamilyRun, Text: waited(cal, p.Batch.SignedAt, now), Note: "审签 " + words.When(p.Batch.SignedAt, now)}
	}
	if p.Task.Effective() != nil { // a correction: nobody set a due
		return components.Due{}
	}
	return dueBox(cal, p.DueNow, now)
}

// rules puts the explanations that were given beside the findings they answer.
func rules(p *filing.TaskPage) []filingview.Rule {
	list := make([]filingview.Rule, len(p.Rules))
	for i, r := range p.Rules {
		list[i] = filingview.Rule{FindingRule: r, Open: p.Open[r.ID], Answers: map[int64]string{}}
		for j := range r.Findings {
			if answer := filing.AnswerTo(p.Answers, r.Rule, &r.Findings[j]); answer != nil {
				list[i].Answers[r.Findings[j].ID] = string(answer.Text)
			}
		}
	}
	return list
}

// upload takes the files of a new batch as they stream in. The CSRF token stands in the first part.
func (a *App) upload(c echo.Context) error {
	ctx, who, task := c.Request().Context(), actor(c), c.Param("task")
	most, err := a.Filing.UploadMost(ctx, who, task)
	if err != nil {
		return a.uploadRefused(c, task, err)
	}
	var files []filing.UploadedFile
	_, err = form.Upload(c, func(name string, content io.Reader) error {
		if len(files) >= most {
			return fault.New(fault.Invalid, filing.TooMany(most))
		}
		file, err := a.Filing.Keep(ctx, name, content)
		if err == nil {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		return a.uploadRefused(c, task, err)
	}
	b, err := a.Filing.Upload(ctx, who, task, files)
	if err != nil {
		return a.uploadRefused(c, task, err)
	}
	return respond.SeeOther(c, paths.ToBatch(b.Code))
}

// uploadRefused shows the upload form again with what is wrong: alone for the script, on its page without. What is no
// matter of the form, such as a full disk, is left to the one error page, which logs it.
func (a *App) uploadRefused(c echo.Context, task string, cause error) error {
	message, told := fault.Message(cause)
	if fields, ok := fault.Fields(cause); ok && fields["file"] != "" {
		message = fields["file"]
	}
	if !told || fault.Is(cause, fault.NotFound) || fault.Is(cause, fault.Unavailable) || errors.Is(cause, middleware.ErrForged) {
		return cause
	}
	page, err := a.taskPage(c, task, "")
	if err != nil {
		return cause
	}
	page.Problem = message
	return respond.Page(c, status(cause), filingview.Task(page), filingview.UploadForm(page))
}

// batchProgress answers the page's question how far a check is; when it is over the page is told to load anew.
func (a *App) batchProgress(c echo.Context) error {
	b, err := a.Filing.Progress(c.Request().Context(), actor(c), c.Param("batch"))
	if err != nil {
		return err
	}
	if !filingview.Busy(b) {
		if !respond.IsHTMX(c.Request()) {
			return respond.SeeOther(c, paths.ToBatch(b.Code))
		}
		c.Response().Header().Set("HX-Redirect", paths.ToBatch(b.Code))
		return c.NoContent(http.StatusNoContent)
	}
	return respond.Page(c, http.StatusOK, filingview.CheckProgress(b), nil)
}

// message adds to a task's thread.
func (a *App) message(c echo.Context) error {
	task, text := c.Param("task"), form.Text(c, "text")
	err := a.Filing.Say(c.Request().Context(), actor(c), task, text)
	if fields, ok := fault.Fields(err); ok {
		page, pageErr := a.taskPage(c, task, "")
		if pageErr != nil {
			return pageErr
		}
		page.Said, page.SaidError = text, fields["text"]
		return respond.Page(c, http.StatusUnprocessableEntity, filingview.Task(page), nil)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToTask(task)+"#messages", "留言已发出，对方在任务页可以看到。")
}

// nilForm asks before a nil return is declared.
func (a *App) nilForm(c echo.Context) error {
	return a.showNil(c, http.StatusOK, "", nil)
}

func (a *App) showNil(c echo.Context, code int, reason string, fields map[string]string) error {
	page, err := a.taskPage(c, c.Param("task"), "")
	if err != nil {
		return err
	}
	if page.NoUpload != "" {
		return fault.New(fault.Conflict, page.NoUpload)
	}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, "办理零报送", crumb("数据报送", paths.Filings), crumb(page.Task.Item.Name+" "+page.Task.Period.Label(), paths.ToTask(page.Task.Code))),
		Title: "办理零报送？", Icon: components.IconCircleNumber0,
		Text: "声明“" + page.Task.Item.Name + "”" + page.Task.Period.Label() + "没有数据。零报送同样由分管负责人审签、办公室受理，受理后计为按时完成。",
		Post: paths.ToTaskNil(page.Task.Code), Back: paths.ToTask(page.Task.Code), Label: "办理零报送",
		Inputs: []components.Input{{Kind: components.InputTextarea, Name: "reason", Label: "本期确无数据的原因", Value: reason, Error: fields["reason"],
			Required: !page.Task.Item.NilNormal, Rows: 3, Hint: "分管负责人和办公室会看到，并记入审计日志。"}},
	}), nil)
}

// declareNil begins a nil return.
func (a *App) declareNil(c echo.Context) error {
	reason := form.Text(c, "reason")
	b, err := a.Filing.DeclareNil(c.Request().Context(), actor(c), c.Param("task"), reason)
	if fields, ok := fault.Fields(err); ok {
		return a.showNil(c, http.StatusUnprocessableEntity, reason, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToBatch(b.Code), "已记为零报送，请提交分管负责人审签。")
}
