package handlers

import (
	"github.com/labstack/echo/v4"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/unitview"
	"taxportal/web/views/words"
)

// unitNext is the sentence of a unit's page: what the Office has to settle, or what the unit has to file.
func (a *App) unitNext(who models.Actor, p directory.UnitPage, view unitview.UnitPage, rows []filing.TaskRow) components.Next {
	calm := func(text string) components.Next {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain(text)}}
	}
	switch {
	case p.Closed() && view.Rest != nil && len(view.Rest.Tasks)+len(view.Rest.Items)+len(view.Rest.Calls) > 0:
		return components.Next{Tone: components.ToneLate, Sentence: restSentence(*view.Rest)}
	case p.Closed():
		return calm("本单位已撤并，内容仅供查阅。")
	case p.CanEdit && view.Contact != nil && view.Contact.Name == "":
		return components.Next{Sentence: components.Sentence{components.Plain("请为本单位指定办公室对接人。")},
			Action: &components.Action{Label: "指定对接人", URL: view.Contact.Edit, Small: true}}
	}
	if next, ok := unitDue(who, p, rows); ok {
		return next
	}
	if view.Contact != nil && view.Contact.Name != "" {
		return calm("目前没有等本单位办理的事；有问题请找办公室对接人" + view.Contact.Name + "。")
	}
	return calm("目前没有等您办理的事；名录由领导小组办公室维护。")
}

// restSentence counts what is left of a closed unit.
func restSentence(r unitview.Rest) components.Sentence {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{len(r.Calls), "件专项需求"}, {len(r.Tasks), "项报送任务"}, {len(r.Items), "个共享事项"}} {
		if part.n > 0 {
			parts = append(parts, countText(part.n, part.what))
		}
	}
	said := components.Sentence{components.Plain("本单位已撤并，请您逐项处理 ")}
	for i, part := range parts {
		switch {
		case i > 0 && i == len(parts)-1:
			said = append(said, components.Plain("和 "))
		case i > 0:
			said = append(said, components.Plain("、"))
		}
		said = append(said, components.Bold(part))
	}
	return append(said, components.Plain("。"))
}

// unitDue says what the unit owes now: what is late first, else what is due next.
func unitDue(who models.Actor, p directory.UnitPage, rows []filing.TaskRow) (components.Next, bool) {
	u, late, open, due := p.Unit, 0, 0, models.Instant(0)
	for _, r := range rows {
		switch {
		case r.Standing == models.StandingOverdue:
			late++
		case r.Standing == models.StandingOpen && (r.Current == nil || r.Task.Underway() != nil && r.Current.State != models.BatchFiled),
			r.Standing == models.StandingReturned:
			open++
			if due == 0 || r.DueNow < due {
				due = r.DueNow
			}
		}
	}
	whom := components.Plain("请" + u.Name + "信息联络员")
	if who.Unit.ID == u.ID && who.Has(models.RoleLiaison) {
		whom = components.Plain("请您")
	}
	switch {
	case late == 0 || !who.Has(models.RoleOffice) || p.Contact == nil:
	case p.Contact.AccountID == who.AccountID:
		whom = components.Plain("请您今天催报，由" + u.Name)
	default:
		whom = components.Plain("请办公室对接人" + p.Contact.Account.Name + "今天催报，由" + u.Name)
	}
	link := func(text string) components.Segment { return components.Bold(text) }
	if who.Unit.ID == u.ID {
		link = func(text string) components.Segment {
			return components.Linked(text, components.URL(paths.With(paths.Filings, "standing", string(models.StandingOverdue))))
		}
	}
	switch {
	case late > 0:
		return components.Next{Tone: components.ToneLate, Sentence: components.Sentence{whom, components.Plain("立即补报 "),
			link(countText(late, "项逾期未报")), components.Plain("。")}}, true
	case open > 0:
		return components.Next{Sentence: components.Sentence{whom, components.Plain("在 "), components.Bold(words.Day(due) + due.Time().Format("15:04") + " 前"),
			components.Plain("报送 "), components.Bold(countText(open, "项")), components.Plain("。")}}, true
	}
	return components.Next{}, false
}

// unitRest lists what is left of a closed unit.
func (a *App) unitRest(c echo.Context, who models.Actor, p directory.UnitPage) (*unitview.Rest, error) {
	rows, err := a.Filing.Unsettled(c.Request().Context(), who, p.Unit)
	if err != nil {
		return nil, err
	}
	rest := &unitview.Rest{Items: p.Rest.Items}
	transfer := paths.ToUnitPart(paths.UnitTransfer, p.Code)
	if p.MergedInto != nil {
		rest.Heir = p.MergedInto.Name
		rest.Transfer = components.URL(transfer)
	}
	for _, r := range rows {
		task := unitview.RestTask{Task: r.Task, State: words.Task(r.Standing, r.Task.Underway()), Due: words.Day(r.DueNow)}
		switch {
		case p.MergedInto == nil:
			task.Stays = "没有承接单位"
		case len(r.Task.Batches) > 0:
			task.Stays = "已有上传，由原单位办完"
		default:
			task.Transfer = paths.With(transfer, "task", r.Task.Code)
		}
		rest.Tasks = append(rest.Tasks, task)
	}
	for _, x := range p.Rest.Calls {
		rest.Calls = append(rest.Calls, restCall(p, x, transfer))
	}
	if p.Rest.Accounts > 0 {
		rest.Notes = append(rest.Notes, countText(int(p.Rest.Accounts), "个账号")+"仍可登录，以便办完未了结的任务；不再需要时，请系统管理员停用。")
	}
	for _, seat := range p.Rest.Seats {
		rest.Notes = append(rest.Notes, seat.Post.Label()+"仍是领导小组"+seat.Rank.Label()+"，请在领导小组名单中办理退出。")
	}
	return rest, nil
}

// restCall is a call that a closed unit has not settled: the heir may answer it, or the Office ends it with a reason.
func restCall(p directory.UnitPage, x models.Call, transfer string) unitview.RestCall {
	call := unitview.RestCall{Call: x, State: words.State(&models.CallFlow, x.State), Due: words.Day(x.DueAt)}
	switch {
	case x.State == models.CallReplied:
		call.Stays = "已答复，请打开核对"
		return call
	case p.MergedInto == nil:
		call.Stays = "没有承接单位"
	case x.Task != nil && len(x.Task.Batches) > 0:
		call.Stays = "已有上传，由原单位办完"
	default:
		call.Transfer = paths.With(transfer, "call", x.Code)
	}
	call.Off = paths.ToCallMove(x.Code, string(models.VerbCallOff))
	return call
}
