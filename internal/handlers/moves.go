package handlers

import (
	"net/http"
	"strings"

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

// mendDays is how many working days the Office gives by default for mending a returned batch; the form can be changed.
const mendDays = 5

// moveForm asks before a move is taken: what follows from it, and what it needs. Without script it is the only way.
func (a *App) moveForm(m workflow.Move) echo.HandlerFunc {
	return func(c echo.Context) error {
		in := filing.MoveInput{}
		if text := form.Query(c, "seen"); text != "" { // of the page on which the reader chose the move
			in.Seen = seen(text)
		}
		return a.showMove(c, http.StatusOK, m, in, nil)
	}
}

func (a *App) showMove(c echo.Context, code int, m workflow.Move, in filing.MoveInput, fields map[string]string) error {
	ctx := c.Request().Context()
	b, last, err := a.Filing.BatchToMove(ctx, actor(c), c.Param("batch"), m.Verb, in.Seen)
	if err != nil {
		return err
	}
	if m.Requires(workflow.NeedDue) && in.Due == "" {
		if in.Due, err = a.Directory.WorkdaysFrom(ctx, a.Now(), mendDays); err != nil {
			return err
		}
	}
	t := b.Task
	title := t.Item.Name + " " + t.Period.Label()
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, m.Label, crumb("数据报送", paths.Filings), crumb(title, paths.ToBatch(b.Code))),
		Title: m.Label + "？", Icon: components.IconHelpCircle,
		Text: t.Unit.Name + "“" + t.Item.Name + "　" + t.Period.Label() + "”批次 " + b.Code + "（" + words.State(&models.FilingFlow, b.State).Word + "）。" + m.Ask,
		Post: paths.ToBatchMove(b.Code, string(m.Verb)), Back: paths.ToBatch(b.Code), Label: m.Label, Danger: m.Takes,
		Inputs: moveInputs(m, in, fields, a.DueHour), Hidden: []components.Pair{{Name: "seen", Value: decimal(last)}},
	}), nil)
}

// moveInputs are the fields that a move needs.
func moveInputs(m workflow.Move, in filing.MoveInput, fields map[string]string, until models.DueHour) []components.Input {
	var inputs []components.Input
	if m.Requires(workflow.NeedReason) {
		inputs = append(inputs, components.Input{Kind: components.InputTextarea, Name: "reason", Label: m.Label + "的理由", Value: in.Reason, Error: fields["reason"],
			Required: true, Rows: 4, Hint: "写明哪一列、哪些行、怎样改；对方原样看到，并记入审计日志。"})
	}
	if m.Requires(workflow.NeedDue) {
		inputs = append(inputs, components.Input{Kind: components.InputDate, Name: "due", Label: "补正期限", Value: string(in.Due), Error: fields["due"],
			Required: true, Width: components.WidthShort, Hint: "当日 " + until.String() + " 截止。"})
	}
	return inputs
}

// seen reads the last event of a batch that a form or address says it showed. What is missing or no number is −1, which no
// batch has: a form must say it.
func seen(text string) *int64 {
	event := int64(-1)
	if text != "" {
		event = number(text)
	}
	return &event
}

// move takes a move of a batch.
func (a *App) move(m workflow.Move) echo.HandlerFunc {
	return func(c echo.Context) error {
		in := filing.MoveInput{Reason: form.Text(c, "reason"), Due: form.Day(c, "due"), Seen: seen(form.Text(c, "seen"))}
		err := a.Filing.Move(c.Request().Context(), actor(c), c.Param("batch"), m.Verb, in)
		if fields, ok := fault.Fields(err); ok {
			return a.showMove(c, http.StatusUnprocessableEntity, m, in, fields)
		}
		if err != nil {
			return err
		}
		if m.Verb == models.VerbDiscard { // nothing more can be done with it: the task is where the next try begins
			return a.done(c, paths.ToTask(taskOf(c.Param("batch"))), m.Done)
		}
		return a.done(c, paths.ToBatch(c.Param("batch")), m.Done)
	}
}

// taskOf returns the code of a batch's task: ZJJ-02-202610 of ZJJ-02-202610-1.
func taskOf(batch string) string { return batch[:max(strings.LastIndexByte(batch, '-'), 0)] }

// explainForm asks for the explanation of one warning or of all warnings of a rule.
func (a *App) explainForm(c echo.Context) error {
	return a.showExplain(c, http.StatusOK, explainInput(c, form.Query), nil)
}

func explainInput(c echo.Context, value func(echo.Context, string) string) filing.ExplainInput {
	return filing.ExplainInput{Rule: number(value(c, "rule")), Finding: number(value(c, "finding")), Text: value(c, "text")}
}

func (a *App) showExplain(c echo.Context, code int, in filing.ExplainInput, fields map[string]string) error {
	p, err := a.Filing.Page(c.Request().Context(), actor(c), "", c.Param("batch"))
	if err != nil {
		return err
	}
	rule, finding := findWarning(rules(p), in.Rule, in.Finding)
	if rule == nil || (in.Finding != 0 && finding == nil) {
		return fault.New(fault.NotFound, "没有这条提醒。")
	}
	title, label, before := "说明提醒", "提交说明", rule.CommonAnswer()
	if finding != nil {
		before = rule.Answers[finding.ID]
	}
	if before != "" || (finding == nil && rule.Open == 0) {
		title, label = "修改说明", "修改说明"
	}
	if code == http.StatusOK { // not a form that comes back
		in.Text = before
	}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.Shell(c, title, crumb("数据报送", paths.Filings), crumb(p.Batch.Code, paths.ToBatch(p.Batch.Code))),
		Title: title, Icon: components.IconAlertTriangle, Text: explained(rule, finding) + carries(rule, finding),
		Post: paths.ToBatchExplain(p.Batch.Code), Back: paths.ToBatch(p.Batch.Code), Label: label,
		Hidden: []components.Pair{{Name: "rule", Value: decimal(in.Rule)}, {Name: "finding", Value: decimal(in.Finding)}},
		Inputs: []components.Input{{Kind: components.InputTextarea, Name: "text", Label: "说明", Value: in.Text, Error: fields["text"], Required: true, Rows: 3,
			Hint: "写明数据属实的原因，最多 500 字；分管负责人和办公室会看到。"}},
	}), nil)
}

// explained says what an explanation will speak of.
func explained(rule *filingview.Rule, finding *models.Finding) string {
	switch {
	case finding == nil && rule.Open == 0:
		return "“" + rule.Title + "”共 " + components.Thousands(rule.Count) + " 处，都已说明；改后都用这一份说明。"
	case finding == nil && rule.Open < rule.Count:
		return "“" + rule.Title + "”还有 " + components.Thousands(rule.Open) + " 处，一并说明；已逐处说明的不变。"
	case finding == nil:
		return "“" + rule.Title + "”共 " + components.Thousands(rule.Count) + " 处，一并说明。"
	case finding.Row > 0:
		return "第 " + components.Thousands(finding.Row) + " 行，“" + rule.Title + "”：" + stop(finding.Message)
	}
	return "“" + rule.Title + "”：" + stop(finding.Message)
}

// carries says when an explanation need not be given again.
func carries(rule *filingview.Rule, finding *models.Finding) string {
	if finding == nil && len(rule.Findings) > 0 {
		finding = &rule.Findings[0]
	}
	if finding != nil && finding.Row == 0 {
		return "数字不变时，说明随重新上传自动沿用。"
	}
	return "该行不变时，说明随重新上传自动沿用。"
}

// stop ends a message as a sentence.
func stop(message string) string { return strings.TrimSuffix(message, "。") + "。" }

// findWarning finds a rule that warns, and one of its findings if one is asked for.
func findWarning(rules []filingview.Rule, ruleID, findingID int64) (*filingview.Rule, *models.Finding) {
	for i := range rules {
		if rules[i].ID != ruleID || rules[i].Severity != models.SeverityWarning {
			continue
		}
		for j := range rules[i].Findings {
			if rules[i].Findings[j].ID == findingID {
				return &rules[i], &rules[i].Findings[j]
			}
		}
		return &rules[i], nil
	}
	return nil, nil
}

// explain answers warnings.
func (a *App) explain(c echo.Context) error {
	in := explainInput(c, form.Text)
	err := a.Filing.Explain(c.Request().Context(), actor(c), c.Param("batch"), in)
	if fields, ok := fault.Fields(err); ok {
		return a.showExplain(c, http.StatusUnprocessableEntity, in, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToBatch(c.Param("batch")), "说明已记下。提醒全部说明完毕的批次，可以提交审签；提交前可以修改说明。")
}
