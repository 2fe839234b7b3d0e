package handlers

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/web/views/components"
	"taxportal/web/views/templateview"
	"taxportal/web/views/words"
)

// saying is what stands in the forms of the page of comments.
type saying struct {
	input    catalogue.CommentInput
	errors   map[string]string
	comment  int64 // whose answer was typed
	answer   string
	answered map[string]string // errors of the answer
}

// designComments shows what is said of a design.
func (a *App) designComments(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	return a.showComments(c, http.StatusOK, p, saying{input: catalogue.CommentInput{Field: form.Query(c, "field")}}, "")
}

func (a *App) showComments(c echo.Context, code int, p *catalogue.DesignPage, s saying, conflict string) error {
	view := templateview.CommentsPage{Frame: a.designFrame(c, p, templateview.PartComments)}
	view.Conflict = conflict
	answers := a.Guard.Can(actor(c), "template", "design") && (p.Design.State == models.DesignDraft || p.Design.State == models.DesignCommenting || p.Design.State == models.DesignReady)
	spoken := map[int64]bool{}
	for _, comment := range p.Comments {
		if comment.At >= p.Design.ShownAt {
			spoken[comment.UnitID] = true
		}
		line := templateview.CommentLine{Comment: comment, Field: comment.Field}
		if f, ok := p.Design.Definition.Field(comment.Field); ok {
			line.Field = f.Name
		}
		if answers && comment.Open() {
			line.Answer = &components.Input{Kind: components.InputTextarea, ID: "answer-" + strconv.FormatInt(comment.ID, 10), Name: "answer", Label: "答复", Rows: 2, Required: true,
				Hint: "采纳的写明怎样改，不采纳的写明理由；对方原样看到。"}
			if comment.ID == s.comment {
				line.Answer.Value, line.Answer.Error = s.answer, s.answered["answer"]
			}
		}
		view.Lines = append(view.Lines, line)
	}
	if p.Design.State == models.DesignCommenting {
		for _, item := range p.Items {
			if !spoken[item.UnitID] && !slices.Contains(view.Silent, item.Unit.Name) {
				view.Silent = append(view.Silent, item.Unit.Name)
			}
		}
	}
	if p.CanSay {
		view.Say = commentInputs(p, s)
	}
	return respond.Page(c, code, templateview.Comments(view), nil)
}

func commentInputs(p *catalogue.DesignPage, s saying) []components.Input {
	options := []components.Option{{Label: "整个模板"}}
	for _, f := range p.Design.Definition.Fields {
		options = append(options, components.Option{Value: f.Code, Label: f.Name})
	}
	stand := "differs"
	if s.input.Agrees {
		stand = "agrees"
	}
	return withErrors([]components.Input{
		{Kind: components.InputRadio, Name: "stand", Label: "意见", Value: stand, Required: true, Options: []components.Option{
			{Value: "differs", Label: "有修改意见"}, {Value: "agrees", Label: "没有不同意见"}}},
		{Kind: components.InputSelect, Name: "field", Label: "关于", Value: s.input.Field, Options: options},
		{Kind: components.InputTextarea, Name: "text", Label: "说明", Value: s.input.Text, Rows: 4, MaxLength: 2000, Hint: "写明哪里与实际台账不符、建议怎样改；办公室逐条答复。"},
	}, s.errors)
}

// comment notes what somebody says of a design.
func (a *App) comment(c echo.Context) error {
	id := form.ID(c, "design")
	s := saying{input: catalogue.CommentInput{Field: form.Text(c, "field"), Agrees: form.Text(c, "stand") == "agrees", Text: form.Text(c, "text")}}
	err := a.Designs.Say(c.Request().Context(), actor(c), id, s.input)
	if err == nil {
		return a.done(c, paths.ToDesign(paths.DesignComments, id), "意见已提交，办公室答复后在本页可以看到。")
	}
	return a.sayAgain(c, err, func(fields map[string]string) saying { s.errors = fields; return s })
}

// answer notes what the Office does with a comment.
func (a *App) answer(c echo.Context) error {
	id, comment := form.ID(c, "design"), form.ID(c, "comment")
	s := saying{comment: comment, answer: form.Text(c, "answer")}
	err := a.Designs.Answer(c.Request().Context(), actor(c), id, comment, s.answer)
	if err == nil {
		return a.done(c, paths.ToDesign(paths.DesignComments, id)+"#comment-"+strconv.FormatInt(comment, 10), "答复已保存。")
	}
	return a.sayAgain(c, err, func(fields map[string]string) saying { s.answered = fields; return s })
}

// sayAgain shows the page of comments with what was typed and could not be taken.
func (a *App) sayAgain(c echo.Context, err error, with func(fields map[string]string) saying) error {
	fields, conflict, ours := partTrouble(err)
	if !ours {
		return err
	}
	p, pageErr := a.designPage(c)
	if pageErr != nil {
		return err
	}
	return a.showComments(c, status(err), p, with(fields), conflict)
}

// designTrials shows the trial filings on a design.
func (a *App) designTrials(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, templateview.Trials(a.trialsPage(c, p, "")), nil)
}

func (a *App) trialsPage(c echo.Context, p *catalogue.DesignPage, problem string) templateview.TrialsPage {
	frame := a.designFrame(c, p, templateview.PartTrials)
	drop := components.Drop{ID: "trial", Action: components.URL(paths.ToDesign(paths.DesignTrials, p.Design.ID)), CSRF: frame.Shell.CSRF, Name: "file", Accept: ".xlsx,.csv,.txt",
		Limits: components.UploadLimits{Files: 1, FileBytes: catalogue.MaxTrialBytes, AllBytes: catalogue.MaxTrialBytes},
		Title:  "把文件拖到这里，或点此选择", Hint: fmt.Sprintf("xlsx、csv，最多 %d MB；只做校验，不保存文件和数据", catalogue.MaxTrialBytes>>20), Label: "开始试报", Problem: problem}
	if problem != "" {
		drop.State = components.DropFailed
	}
	return templateview.TrialsPage{Frame: frame, Rows: p.Trials, Drop: drop}
}

// tryFile checks a file against a design; the CSRF token stands in the first part.
func (a *App) tryFile(c echo.Context) error {
	ctx, who, id := c.Request().Context(), actor(c), form.ID(c, "design")
	if _, err := a.Designs.MayTry(ctx, who, id); err != nil {
		return err
	}
	var trial *models.DesignTrial
	_, err := form.Upload(c, func(name string, content io.Reader) error {
		if trial != nil {
			return fault.New(fault.Invalid, "试报一次只收一个文件，请逐个试。")
		}
		var err error
		trial, err = a.Designs.Try(ctx, who, id, name, content)
		return err
	})
	if err == nil && trial == nil {
		err = fault.New(fault.Invalid, "请选择要试报的文件。")
	}
	if err == nil {
		return respond.SeeOther(c, paths.ToDesignTrial(id, trial.ID))
	}
	message, told := fault.Message(err)
	if !told || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return err
	}
	p, pageErr := a.designPage(c)
	if pageErr != nil {
		return err
	}
	page := a.trialsPage(c, p, message)
	return respond.Page(c, status(err), templateview.Trials(page), components.FileDrop(page.Drop))
}

// designTrial shows the report of one trial filing.
func (a *App) designTrial(c echo.Context) error {
	p, trial, report, err := a.Designs.Trial(c.Request().Context(), actor(c), form.ID(c, "design"), form.ID(c, "trial"))
	if err != nil {
		return err
	}
	view := templateview.TrialPage{Frame: a.designFrame(c, p, templateview.PartTrials), Trial: *trial, Facts: trialFacts(trial, report.File)}
	view.Editing = false // the form stands on the list of trials
	for i, r := range report.Rules {
		group := components.Finding{Warning: r.Severity == models.SeverityWarning, Rule: r.Title, Advice: r.Advice, Count: r.Count, Open: i < 2}
		for _, f := range r.First {
			row := components.FindingRow{Sheet: dash(f.Sheet), Row: int(f.Row), Column: strings.TrimSpace(f.Column + "　" + f.Name), Value: components.MarkedChars(f.Value, f.Marks),
				Problem: f.Message, Mend: f.Advice}
			if f.Suggest != "" {
				row.Mend, row.Proposed = "核对后可改为", components.DifferingChars(f.Value, f.Suggest)
			}
			group.Rows = append(group.Rows, row)
		}
		view.Findings = append(view.Findings, group)
	}
	return respond.Page(c, http.StatusOK, templateview.Trial(view), nil)
}

// draftWords names the draft that was tried; a draft begins with revision 1.
func draftWords(revision int64) string {
	if revision <= 1 {
		return "初稿"
	}
	return fmt.Sprintf("第 %d 次修改后", revision-1)
}

func trialFacts(t *models.DesignTrial, f models.BatchFile) []components.Fact {
	facts := []components.Fact{{Term: "文件名", Text: t.FileName + "　" + words.Size(t.FileSize)}, {Term: "试报的草稿", Text: draftWords(t.Revision)}}
	for _, fact := range []components.Fact{{Term: "编码", Text: f.Encoding}, {Term: "工作表", Text: f.Sheet}, {Term: "与模板无关的列", Text: strings.Join(f.Extra, "、")},
		{Term: "没有的选填列", Text: strings.Join(f.Absent, "、")}, {Term: "注意", Text: strings.Join(f.Notes, " ")}} {
		if fact.Text != "" {
			facts = append(facts, fact)
		}
	}
	if f.HeaderRow > 0 {
		facts = append(facts, components.Fact{Term: "表头", Text: fmt.Sprintf("第 %d 行；%d 列对应模板字段", f.HeaderRow, f.Columns)})
	}
	if f.Skipped > 0 {
		facts = append(facts, components.Fact{Term: "未计入", Text: fmt.Sprintf("%d 行（标题、合计、说明、空行）", f.Skipped)})
	}
	return facts
}
