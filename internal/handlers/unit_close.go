package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
)

// closeForm asks before a unit is closed or merged into another.
func (a *App) closeForm(c echo.Context) error {
	p, err := a.unitForEdit(c)
	if err != nil {
		return err
	}
	return a.showClose(c, http.StatusOK, p, directory.CloseInput{Day: models.DayOf(a.Now())}, answer{})
}

func (a *App) showClose(c echo.Context, code int, p directory.UnitPage, in directory.CloseInput, said answer) error {
	if !p.CanClose {
		return fault.New(fault.Locked, p.Kind.Label()+"随区划设立，不能撤并。")
	}
	ctx, who := c.Request().Context(), actor(c)
	heirs, err := a.Directory.Heirs(ctx, who, p.Unit)
	if err != nil {
		return err
	}
	options := []components.Option{{Label: "没有承接单位"}}
	for _, u := range heirs {
		options = append(options, components.Option{Value: u.Code, Label: u.Name})
	}
	open, err := a.Filing.Unsettled(ctx, who, p.Unit)
	if err != nil {
		return err
	}
	inputs := []components.Input{
		{Kind: components.InputDate, Name: "day", Label: "撤并日期", Value: string(in.Day), Required: true, Hint: "从这一天起不再存在，不晚于今天。"},
		{Kind: components.InputSelect, Name: "into", Label: "并入（承接单位）", Value: in.Into, Options: options},
		{Kind: components.InputTextarea, Name: "why", Label: "撤并理由", Value: in.Why, Required: true, Rows: 3, Hint: "写明依据的文件；记入变更记录和审计日志。"},
	}
	text := "撤并后不再产生新的报送任务；以前的数据、批次和记录都保留，未办结的专项需求列在本单位页上，由办公室逐件处理。"
	if len(open) > 0 {
		text += "现有 " + countText(len(open), "项") + "未了结的任务会留在本单位页上，由办公室逐项处理。"
	}
	if said.problem != "" {
		text = said.problem
	}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.unitShell(c, "撤并", p.Unit), Title: "撤并" + p.Name + "？", Icon: components.IconArchive, Text: text, Danger: true, Label: "撤并单位",
		Post: paths.ToUnitPart(paths.UnitClose, p.Code), Back: paths.ToUnit(p.Code), Inputs: withErrors(inputs, said.fields), Hidden: versionPair(p.Version),
	}), nil)
}

// closeUnit closes a unit.
func (a *App) closeUnit(c echo.Context) error {
	in := directory.CloseInput{Day: form.Day(c, "day"), Into: form.Text(c, "into"), Why: form.Text(c, "why"), Version: versionOf(c)}
	err := a.Directory.CloseUnit(c.Request().Context(), actor(c), c.Param("unit"), in)
	if said, code, again := refused(err); again {
		p, readErr := a.unitForEdit(c)
		if readErr != nil {
			return readErr
		}
		p.Version = said.version(in.Version, p.Version)
		return a.showClose(c, code, p, in, said)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToUnit(c.Param("unit")), "已撤并；未了结的任务、专项需求、共享事项和账号列在本页，请逐项处理。")
}

// closedUnit returns the page of a closed unit for those who may act on it.
func (a *App) closedUnit(c echo.Context) (directory.UnitPage, error) {
	p, err := a.Directory.UnitPage(c.Request().Context(), actor(c), c.Param("unit"))
	if err == nil && !p.Closed() {
		err = fault.New(fault.Locked, "“"+p.Name+"”没有撤并。")
	}
	return p, err
}

// reopenForm asks before the closing of a unit is taken back.
func (a *App) reopenForm(c echo.Context) error {
	p, err := a.closedUnit(c)
	if err != nil {
		return err
	}
	return a.showReopen(c, http.StatusOK, p, "", answer{})
}

func (a *App) showReopen(c echo.Context, code int, p directory.UnitPage, why string, said answer) error {
	text := "撤销后本单位恢复在用，继续产生报送任务；已转由承接单位的任务和共享事项不会自动转回。"
	if said.problem != "" {
		text = said.problem
	}
	inputs := []components.Input{{Kind: components.InputTextarea, Name: "why", Label: "撤销撤并的理由", Value: why, Required: true, Rows: 3, Hint: "记入变更记录和审计日志。"}}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.unitShell(c, "撤销撤并", p.Unit), Title: "撤销" + p.Name + "的撤并？", Icon: components.IconArrowBackUp, Text: text, Label: "撤销撤并",
		Post: paths.ToUnitPart(paths.UnitReopen, p.Code), Back: paths.ToUnit(p.Code), Inputs: withErrors(inputs, said.fields), Hidden: versionPair(p.Version),
	}), nil)
}

// reopenUnit takes the closing back.
func (a *App) reopenUnit(c echo.Context) error {
	why, version := form.Text(c, "why"), versionOf(c)
	err := a.Directory.ReopenUnit(c.Request().Context(), actor(c), c.Param("unit"), why, version)
	if said, code, again := refused(err); again {
		p, readErr := a.closedUnit(c)
		if readErr != nil {
			return readErr
		}
		p.Version = said.version(version, p.Version)
		return a.showReopen(c, code, p, why, said)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToUnit(c.Param("unit")), "已恢复在用。")
}

// handOver is what goes over from a closed unit to the one that took over its work: a task, a call, or all its matters.
type handOver struct {
	task, call, why string
}

// transferForm asks before something of a closed unit goes over to the unit that took over its work. ?task= names an open
// task and ?call= an ad-hoc call; without either it is the matters of the catalogue.
func (a *App) transferForm(c echo.Context) error {
	return a.showTransfer(c, http.StatusOK, handOver{task: form.Query(c, "task"), call: form.Query(c, "call")}, nil)
}

func (a *App) showTransfer(c echo.Context, code int, what handOver, fields map[string]string) error {
	p, err := a.closedUnit(c)
	if err != nil {
		return err
	}
	if p.MergedInto == nil {
		return fault.New(fault.Locked, "“"+p.Name+"”没有并入其他单位，没有承接单位可转。")
	}
	title, text, err := a.transferWords(c, p, what)
	if err != nil {
		return err
	}
	inputs := []components.Input{{Kind: components.InputTextarea, Name: "why", Label: "理由", Value: what.why, Error: fields["why"], Required: true, Rows: 3, Hint: "记入历史和审计日志。"}}
	return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{
		Shell: a.unitShell(c, "转由承接单位", p.Unit), Title: title, Icon: components.IconReplace, Text: text, Label: "转由承接单位", Inputs: inputs,
		Post: paths.ToUnitPart(paths.UnitTransfer, p.Code), Back: paths.ToUnit(p.Code), Hidden: []components.Pair{{Name: "task", Value: what.task}, {Name: "call", Value: what.call}},
	}), nil)
}

// transferWords say what goes over, and what does not.
func (a *App) transferWords(c echo.Context, p directory.UnitPage, what handOver) (title, text string, err error) {
	heir := p.MergedInto.Name
	switch {
	case what.task != "":
		page, err := a.Filing.Page(c.Request().Context(), actor(c), what.task, "")
		if err != nil {
			return "", "", err
		}
		return "把任务转由" + heir + "报送？", "“" + page.Task.Item.Name + "　" + page.Task.Period.Label() + "”转由" + heir + "报送，期限不变；双方都能在任务的审计记录中查到。", nil
	case what.call != "":
		page, err := a.Desk.Call(c.Request().Context(), actor(c), what.call)
		if err != nil {
			return "", "", err
		}
		return "把专项需求转由" + heir + "答复？", "“" + page.Call.Title + "”转由" + heir + "答复，期限不变；附有报送任务的，任务一并转出。", nil
	}
	return "把共享事项转由" + heir + "报送？", "共 " + countText(len(p.Rest.Items), "项") + "；以后各期的报送任务由" + heir + "办理。已写入的任务（含本期）不随之转出，请在本单位页上逐项转出、提出免报或由原单位办完。", nil
}

// transfer hands a task, a call or the matters of a closed unit over.
func (a *App) transfer(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	what := handOver{task: form.Text(c, "task"), call: form.Text(c, "call"), why: form.Text(c, "why")}
	p, err := a.closedUnit(c)
	if err != nil {
		return err
	}
	said := "任务已转由承接单位报送。"
	switch {
	case what.task != "":
		err = a.Filing.Transfer(ctx, who, what.task, what.why)
	case what.call != "":
		err = a.Desk.PassOn(ctx, who, what.call, what.why)
		said = "专项需求已转由承接单位答复。"
	default:
		var moved int64
		moved, err = a.Catalogue.Transfer(ctx, who, p.Unit, what.why)
		said = strconv.FormatInt(moved, 10) + " 项共享事项已转由承接单位报送。"
	}
	if fields, ok := fault.Fields(err); ok {
		return a.showTransfer(c, http.StatusUnprocessableEntity, what, fields)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToUnit(p.Code), said)
}
