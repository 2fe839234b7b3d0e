package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/web/views/components"
	"taxportal/web/views/templateview"
)

// tryRows is how many sample rows the try-out takes, tryFields how many columns stand beside each other.
const (
	tryRows   = 4
	tryFields = 8
)

// ruleEdit is what stands in the editor of a row rule.
type ruleEdit struct {
	input  catalogue.RuleInput
	fields string // the codes as they were typed
	errors map[string]string
}

// designRules shows the row rules of a design, one of them in the editor, and the try-out.
func (a *App) designRules(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	edit := ruleOf(p, form.Query(c, "rule"), form.Query(c, "new") != "" && p.CanEdit)
	return a.showRules(c, http.StatusOK, p, edit, tryOf(p, edit, nil), "")
}

// ruleOf puts the rule with the code into the editor, or a new one; nil for neither.
func ruleOf(p *catalogue.DesignPage, code string, fresh bool) *ruleEdit {
	for _, r := range p.Design.Definition.Rules {
		if r.Code == code {
			return &ruleEdit{input: catalogue.RuleInput{Was: r.Code, Rule: r, Seen: catalogue.Fingerprint(r)}, fields: strings.Join(r.Fields, "、")}
		}
	}
	if !fresh {
		return nil
	}
	edit := &ruleEdit{}
	edit.input.Rule = models.RowRule{Code: "R" + strconv.Itoa(len(p.Design.Definition.Rules)+1), Severity: models.SeverityError}
	return edit
}

// tryOf lays out the sample rows: the columns are the fields that the rule in the editor looks at, or those of all rules.
func tryOf(p *catalogue.DesignPage, edit *ruleEdit, posted func(name string) string) *templateview.Try {
	def := &p.Design.Definition
	looks := map[string]bool{}
	for _, r := range def.Rules {
		if edit == nil || edit.input.Was == "" || r.Code == edit.input.Was {
			for _, code := range ingest.RuleLooks(def, r) {
				looks[code] = true
			}
		}
	}
	t := &templateview.Try{Save: paths.ToDesign(paths.DesignTry, p.Design.ID)}
	for _, f := range def.Fields {
		if looks[f.Code] && len(t.Fields) < tryFields {
			t.Fields = append(t.Fields, f)
		}
	}
	if len(t.Fields) == 0 {
		return nil
	}
	for i := range tryRows {
		row := templateview.TryRow{Values: map[string]string{}, Wrong: map[string]string{}}
		for _, f := range t.Fields {
			if posted != nil {
				row.Values[f.Code] = posted("v" + strconv.Itoa(i) + "." + f.Code)
			} else if i == 0 {
				row.Values[f.Code] = ingest.Example(f)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (a *App) showRules(c echo.Context, code int, p *catalogue.DesignPage, edit *ruleEdit, try *templateview.Try, conflict string) error {
	view := templateview.RulesPage{DesignForm: templateview.DesignForm{Frame: a.designFrame(c, p, templateview.PartRules), Label: "保存规则",
		Save: paths.ToDesign(paths.DesignRules, p.Design.ID)}, Functions: ingest.RuleFunctions(), Try: try}
	view.Conflict, view.Editing = conflict, edit != nil && p.CanEdit
	if edit != nil {
		view.Back = view.Save
		r := edit.input.Rule
		view.Title, view.Was, view.Seen, view.Selected = "添加规则", edit.input.Was, edit.input.Seen, edit.input.Was
		if view.Was != "" {
			view.Title = "编辑规则　" + r.Title
			view.Remove = paths.With(paths.ToDesign(paths.DesignRemove, p.Design.ID), "rule", view.Was)
		}
		view.Inputs = withErrors(ruleInputs(p, r, edit.fields), edit.errors)
		if !p.CanEdit {
			view.Title, view.Facts = r.Title, []components.Fact{{Term: "算式", Text: r.Expr, Code: true}, {Term: "问题", Text: r.Message}, {Term: "怎样修改", Text: r.Advice}, {Term: "涉及字段", Text: edit.fields}}
		}
	}
	return respond.Page(c, code, templateview.Rules(view), nil)
}

func ruleInputs(p *catalogue.DesignPage, r models.RowRule, fields string) []components.Input {
	full := components.WidthFull
	var codes []string
	for _, f := range p.Design.Definition.Fields {
		codes = append(codes, f.Code+" "+f.Name)
	}
	return []components.Input{
		{Name: "title", Label: "规则名称", Value: r.Title, Required: true, MaxLength: 60, Hint: "用平常的话说，如 总价等于面积乘单价。"},
		{Name: "code", Label: "规则代码", Value: r.Code, Required: true, MaxLength: 16},
		{Kind: components.InputTextarea, Name: "expr", Label: "算式", Value: r.Expr, Required: true, Rows: 3, Width: full, MaxLength: 2000, Hint: "对合格的行成立，如 near(area * price, total, 1)。字段：" + strings.Join(codes, "、")},
		{Kind: components.InputRadio, Name: "severity", Label: "不符时", Value: string(r.Severity), Required: true, Options: []components.Option{
			{Value: string(models.SeverityError), Label: "错误，须改正才能提交"}, {Value: string(models.SeverityWarning), Label: "提醒，改正或说明均可"}}},
		{Name: "fields", Label: "涉及字段", Value: fields, Required: true, MaxLength: 400, Hint: "写字段代码，用分号或顿号隔开；问题标在第一个字段的列上。"},
		{Name: "message", Label: "问题", Value: r.Message, Required: true, Width: full, MaxLength: 200, Hint: "对不符的行说什么不对。"},
		{Name: "advice", Label: "怎样修改", Value: r.Advice, Required: true, Width: full, MaxLength: 200},
	}
}

// saveRule saves the row rule in the editor.
func (a *App) saveRule(c echo.Context) error {
	id := form.ID(c, "design")
	edit := ruleEdit{fields: form.Text(c, "fields"), input: catalogue.RuleInput{Was: form.Text(c, "was"), Seen: form.Text(c, "seen"), Rule: models.RowRule{
		Code: strings.ToUpper(form.Text(c, "code")), Title: form.Text(c, "title"), Expr: form.Text(c, "expr"), Severity: models.Severity(form.Text(c, "severity")),
		Message: form.Text(c, "message"), Advice: form.Text(c, "advice"), Fields: office.Split(form.Text(c, "fields"))}}}
	err := a.Designs.SaveRule(c.Request().Context(), actor(c), id, edit.input)
	if err == nil {
		return a.done(c, paths.With(paths.ToDesign(paths.DesignRules, id), "rule", edit.input.Rule.Code)+"#try", "规则“"+edit.input.Rule.Title+"”已保存，可以试算。")
	}
	fields, conflict, ours := partTrouble(err)
	p, pageErr := a.designPage(c)
	if !ours || pageErr != nil {
		return err
	}
	edit.errors = fields
	if conflict != "" {
		now := ruleOf(p, edit.input.Was, true)
		edit.input.Was, edit.input.Seen = now.input.Was, now.input.Seen
	}
	return a.showRules(c, status(err), p, &edit, tryOf(p, &edit, nil), conflict)
}

// tryRules tries the row rules on sample rows. It changes nothing; the rows come back as they were typed.
func (a *App) tryRules(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	edit := ruleOf(p, form.Text(c, "rule"), false)
	try := tryOf(p, edit, func(name string) string { return form.Text(c, name) })
	if try == nil {
		return fault.New(fault.Conflict, "草稿还没有行内规则，没有可以试算的。")
	}
	var rows []map[string]string
	var at []int
	for i, row := range try.Rows {
		for _, text := range row.Values {
			if text != "" {
				rows, at = append(rows, row.Values), append(at, i)
				break
			}
		}
	}
	if len(rows) == 0 {
		try.Error = "请至少填一行样例。"
		return a.showRules(c, http.StatusUnprocessableEntity, p, edit, try, "")
	}
	tried, err := ingest.TryRules(c.Request().Context(), &p.Design.Definition, models.DayOf(a.Now()), rows)
	if err != nil {
		if message, told := fault.Message(err); told {
			try.Error = message
			return a.showRules(c, status(err), p, edit, try, "")
		}
		return err
	}
	try.Result = true
	for n, row := range tried {
		target := &try.Rows[at[n]]
		target.Wrong = row.Cells
		for i, r := range row.Rules {
			if edit == nil || r.Code == edit.input.Was {
				target.Results = append(target.Results, templateview.TryResult{Code: r.Code, Title: p.Design.Definition.Rules[i].Title, State: outcomeBadge(r.Outcome), Message: dash(r.Message)})
			}
		}
	}
	return a.showRules(c, http.StatusOK, p, edit, try, "")
}

func outcomeBadge(o ingest.TryOutcome) components.Badge {
	switch o {
	case ingest.TryGood:
		return components.Badge{Family: components.FamilyOK, Icon: components.IconCheck, Word: "符合"}
	case ingest.TryBroken:
		return components.Badge{Family: components.FamilyLate, Icon: components.IconCircleX, Word: "不符"}
	case ingest.TrySkipped:
		return components.Badge{Family: components.FamilyOff, Icon: components.IconMinus, Word: "未核对"}
	}
	return components.Badge{Family: components.FamilyDue, Icon: components.IconAlertTriangle, Word: "无法计算"}
}
