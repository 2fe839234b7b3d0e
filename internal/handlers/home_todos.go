package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/authz"
	"taxportal/internal/cn"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/homeview"
	"taxportal/web/views/words"
)

// due groups of the workbench, most urgent first.
const (
	dueLate  = "late"
	dueToday = "today"
	dueWeek  = "week"
	dueLater = "later"
	dueNone  = "none"
)

var dueGroups = []string{dueLate, dueToday, dueWeek, dueLater, dueNone}

var dueLabels = map[string]string{dueLate: "已逾期", dueToday: "今天", dueWeek: "本周", dueLater: "以后", dueNone: "未设期限"}

// dueGroup returns the group of a to-do as of now. The week ends on Sunday.
func dueGroup(t filing.Todo, now time.Time) string {
	today := models.DayOf(now)
	sunday := today.AddDays((7 - int(now.In(models.Zone).Weekday())) % 7)
	switch {
	case t.Late:
		return dueLate
	case t.DueAt.IsZero():
		return dueNone
	case t.DueAt.Day() <= today:
		return dueToday
	case t.DueAt.Day() <= sunday:
		return dueWeek
	}
	return dueLater
}

// byUrgency returns the to-dos in the order of the groups and how many each group has. Within a group they stay by due,
// those without due begin with the longest waiting.
func byUrgency(todos []filing.Todo, now time.Time) ([]filing.Todo, map[string]int) {
	counts := map[string]int{}
	for _, t := range todos {
		counts[dueGroup(t, now)]++
	}
	sorted := slices.Clone(todos)
	slices.SortStableFunc(sorted, func(a, b filing.Todo) int {
		group := dueGroup(a, now)
		if order := slices.Index(dueGroups, group) - slices.Index(dueGroups, dueGroup(b, now)); order != 0 || group != dueNone {
			return order
		}
		return cmp.Compare(a.LastAt, b.LastAt)
	})
	return sorted, counts
}

// todoList is the workbench's list: one tab of it, one page of that, in groups. at is the workbench's address.
func todoList(todos []filing.Todo, at address, page int, done int64, cal *cn.Calendar, now time.Time) *homeview.Todos {
	tab := oneOf(at.value("tab"), dueGroups...)
	sorted, counts := byUrgency(todos, now)
	view := &homeview.Todos{Tabs: todoTabs(at, tab, len(todos), counts, done)}
	shown := slices.DeleteFunc(slices.Clone(sorted), func(t filing.Todo) bool { return tab != "" && dueGroup(t, now) != tab })
	rows, page := onPage(shown, page)
	for _, t := range rows {
		group := dueGroup(t, now)
		label := dueLabels[group]
		if group == dueToday {
			label += "　" + words.Day(models.At(now))
		}
		if n := len(view.Groups); n == 0 || view.Groups[n-1].Label != label {
			view.Groups = append(view.Groups, homeview.Group{Label: label, Count: counts[group]})
		}
		last := &view.Groups[len(view.Groups)-1]
		last.Rows = append(last.Rows, todoRow(t, cal, now))
	}
	if len(rows) > 0 && page == 1 && tab == "" {
		view.Groups[0].Rows[0].Action.Style = components.StylePrimary
	}
	view.Pages = at.pages(int64(len(shown)), page, "项")
	if len(todos) >= filing.TodoCap {
		view.More = fmt.Sprintf("待办较多，这里列出最先到期的 %d 项；办理后其余各项依次列出。", len(todos))
	}
	if len(shown) == 0 {
		view.Empty = noTodos(tab)
	}
	return view
}

func todoTabs(at address, tab string, all int, counts map[string]int, done int64) []components.Tab {
	link := func(value string) components.URL { return components.URL(at.with("tab", value)) }
	tabs := []components.Tab{{Label: fmt.Sprintf("全部 %d", all), URL: link(""), Current: tab == ""}}
	for _, group := range dueGroups {
		if group == dueNone && counts[group] == 0 && tab != group {
			continue
		}
		tabs = append(tabs, components.Tab{Label: fmt.Sprintf("%s %d", dueLabels[group], counts[group]), URL: link(group), Current: tab == group})
	}
	return append(tabs, components.Tab{Label: fmt.Sprintf("已办结 %s", components.Thousands(done)), End: true,
		URL: components.URL(paths.With(paths.Filings, "standing", standingDone))})
}

// noTodos says that a tab is empty.
func noTodos(tab string) *components.Nothing {
	if tab == "" {
		return &components.Nothing{Icon: components.IconCircleCheck, Title: "目前没有待办", Text: "有事等您办理时会列在这里，并按期限排好。",
			Actions: []components.Action{{Label: "查看报送任务", URL: components.URL(paths.Filings)}}}
	}
	return &components.Nothing{Icon: components.IconCircleCheck, Title: "“" + dueLabels[tab] + "”没有待办", Text: "其他期限的待办在“全部”中查看。",
		Actions: []components.Action{{Label: "查看全部待办", URL: components.URL(paths.Home)}}}
}

func todoRow(t filing.Todo, cal *cn.Calendar, now time.Time) homeview.Todo {
	state := words.Standing(t.Stand)
	switch {
	case t.Flow != nil:
		state = words.State(t.Flow, t.State)
	case t.Waiver:
		state = words.State(&models.WaiverFlow, t.State)
	case t.State != "":
		state = words.State(&models.FilingFlow, t.State)
	}
	return homeview.Todo{Clock: todoClock(t, cal, now), Title: t.Title, URL: todoURL(t), Unit: t.Unit, Note: t.Note, State: state, Last: t.Last,
		LastAt: words.When(t.LastAt, now), Action: components.Action{Label: t.Verb, URL: components.URL(todoURL(t)), Small: true, Aria: t.Verb + "　" + t.Title}}
}

// todoClock is the clock of a to-do; one without due tells how long it has waited.
func todoClock(t filing.Todo, cal *cn.Calendar, now time.Time) components.Due {
	if t.DueAt.IsZero() && t.LastAt.IsZero() {
		return components.Due{Family: components.FamilyOff, Text: "未设期限"}
	}
	if t.DueAt.IsZero() {
		return components.Due{Family: components.FamilyOff, Text: waited(cal, t.LastAt, now)}
	}
	return dueClock(cal, t.DueAt, now)
}

// waited says how long something has waited.
func waited(cal *cn.Calendar, since models.Instant, now time.Time) string {
	return "已等" + workdays(cal.WorkdaysBetween(since.Time(), now.In(models.Zone)))
}

// todoURL is where a to-do is done.
func todoURL(t filing.Todo) string {
	switch {
	case t.URL != "":
		return t.URL
	case t.Waiver:
		return paths.ToWaiver(t.Code)
	case t.Batch != "":
		return paths.ToBatch(t.Batch)
	}
	return paths.ToTask(t.Task)
}

// todoVerbs say a to-do's button within a sentence, before and after the thing, where it is not the button without 去.
var todoVerbs = map[string][2]string{"改错误": {"改正", "的错误"}, "去说明": {"说明", "的提醒"}, "去提交": {"把", "提交审签"}, "去申请": {"申请解锁补报", ""}}

// doing says what is to be done with a to-do's thing, which is a link.
func doing(t filing.Todo) components.Sentence {
	verb, ok := todoVerbs[t.Verb]
	if !ok {
		verb[0] = strings.TrimPrefix(t.Verb, "去")
	}
	return components.Sentence{components.Plain(verb[0]), components.Linked(t.Title, components.URL(todoURL(t))), components.Plain(verb[1])}
}

// nextTodo is the sentence 下一步 of the workbench and the lists: the most urgent to-do, and how many more there are.
func (a *App) nextTodo(c echo.Context, who models.Actor, todos []filing.Todo, cal *cn.Calendar) components.Next {
	if len(todos) == 0 {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain(calmWords(who))}}
	}
	return nextOf(todos, cal, a.Now())
}

func nextOf(todos []filing.Todo, cal *cn.Calendar, now time.Time) components.Next {
	sorted, counts := byUrgency(todos, now)
	first := sorted[0]
	due := words.Day(first.DueAt) + first.DueAt.Time().Format("15:04")
	switch dueGroup(first, now) {
	case dueNone:
		if first.Correction {
			return components.Next{Sentence: append(append(components.Sentence{components.Plain("请您")}, doing(first)...), components.Plain("。"))}
		}
		return waitingNext(sorted, cal, now)
	case dueLate:
		sentence := append(components.Sentence{components.Plain("请您"), components.Bold("今天"), components.Plain("先")}, doing(first)...)
		sentence = append(sentence, components.Plain("：应于 "+due+" 前办理，"), components.Late("已"+dueClock(cal, first.DueAt, now).Text), components.Plain(alsoLate(counts)))
		return components.Next{Tone: components.ToneLate, Sentence: sentence}
	case dueToday:
		due = "今天 " + first.DueAt.Time().Format("15:04")
	}
	rest := "。"
	if len(todos) > 1 {
		rest = fmt.Sprintf("；另有 %d 项待办。", len(todos)-1)
	}
	sentence := append(components.Sentence{components.Plain("请您在 "), components.Bold(due + " 前")}, doing(first)...)
	return components.Next{Clock: dueBox(cal, first.DueAt, now), Sentence: append(sentence, components.Plain(rest))}
}

// alsoLate says what else cannot wait beside the first late to-do.
func alsoLate(counts map[string]int) string {
	switch {
	case counts[dueLate] > 1 && counts[dueToday] > 0:
		return fmt.Sprintf("；另有 %d 项已逾期、%d 项今天到期。", counts[dueLate]-1, counts[dueToday])
	case counts[dueLate] > 1:
		return fmt.Sprintf("；另有 %d 项已逾期。", counts[dueLate]-1)
	case counts[dueToday] > 0:
		return fmt.Sprintf("；另有 %d 项今天到期。", counts[dueToday])
	}
	return "。"
}

// elsewhere are the workflows beside filing whose records can wait for somebody.
var elsewhere = []struct{ flow, verb, label, list string }{
	{models.ProposalFlow.Name, "答复", "目录变更申请", paths.Proposals}, {models.CallFlow.Name, "确认", "专项需求的答复", paths.Calls},
}

// waitingNext is the sentence for what has no due: batches to accept and requests to decide.
func waitingNext(todos []filing.Todo, cal *cn.Calendar, now time.Time) components.Next {
	batches, requests, others, oldest := 0, 0, map[string]int{}, models.Instant(0)
	for _, t := range todos {
		if t.Flow != nil {
			others[t.Flow.Name]++
		} else if t.Waiver {
			requests++
		} else {
			batches++
		}
		if oldest == 0 || t.LastAt < oldest {
			oldest = t.LastAt
		}
	}
	sentence := components.Sentence{components.Plain("请您")}
	add := func(n int, verb, unit, label, to string) {
		if n == 0 {
			return
		}
		if len(sentence) > 1 {
			sentence = append(sentence, components.Plain("，"))
		}
		sentence = append(sentence, components.Plain(verb+" "), components.Bold(fmt.Sprintf("%d %s", n, unit)), components.Linked(label, components.URL(to)))
	}
	add(batches, "受理或退回", "批", "待受理批次", paths.Inbox)
	add(requests, "办理", "件", "更正与补报申请", paths.Waivers)
	for _, e := range elsewhere {
		add(others[e.flow], e.verb, "件", e.label, e.list)
	}
	return components.Next{Sentence: append(sentence, components.Plain("；最早的"+waited(cal, oldest, now)+"。"))}
}

// calmWords say that nothing waits, and when something will.
func calmWords(who models.Actor) string {
	switch {
	case len(who.Roles) == 0:
		return authz.NoRole
	case who.Has(models.RoleOffice):
		return "目前没有等您办理的批次和申请；单位审签后的批次、联络员提出的申请会列在工作台。"
	case who.Has(models.RoleLiaison), who.Has(models.RoleHandler):
		return "目前没有等您办理的事；任务开放填报后会列在工作台。"
	case who.Has(models.RoleOutside):
		return "目前没有等您办理的事；税务机关发来协助请求时会列在这里。"
	case who.Has(models.RoleChief):
		return "目前没有等您审签的批次；联络员提交后会列在工作台。"
	}
	return "目前没有等您办理的事。"
}
