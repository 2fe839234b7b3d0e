package handlers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
)

// todo is a to-do of 市住房城乡建设局; an empty due is none.
func todo(t *testing.T, task, due, now string) filing.Todo {
	t.Helper()
	item := filing.Todo{Task: task, Title: task, Verb: "去报送", Stand: models.StandingOpen, LastAt: models.At(at(t, "2026-11-02 09:00:00"))}
	if due != "" {
		item.DueAt = models.At(at(t, due))
		item.Late = models.At(at(t, now)) > item.DueAt
	}
	return item
}

// homeTab is the workbench's address at a tab.
func homeTab(tab string) address {
	return address{path: paths.Home, pairs: []string{"tab", tab, "tier", ""}}
}

func TestDueGroup(t *testing.T) {
	cases := []struct{ name, due, now, want string }{
		{"just overdue", "2026-11-25 17:00:00", "2026-11-25 17:00:01", dueLate},
		{"late today until the moment", "2026-11-25 17:00:00", "2026-11-25 17:00:00", dueToday},
		{"this morning", "2026-11-25 17:00:00", "2026-11-25 00:00:00", dueToday},
		{"tomorrow of the same week", "2026-11-26 17:00:00", "2026-11-25 23:59:00", dueWeek},
		{"Sunday ends the week", "2026-11-29 17:00:00", "2026-11-25 09:00:00", dueWeek},
		{"Monday is the next week", "2026-11-30 17:00:00", "2026-11-25 09:00:00", dueLater},
		{"on Sunday the next day is the next week", "2026-11-30 17:00:00", "2026-11-29 09:00:00", dueLater},
		{"on Monday the coming Sunday is this week", "2026-11-29 17:00:00", "2026-11-23 09:00:00", dueWeek},
		{"no due", "", "2026-11-23 09:00:00", dueNone},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := dueGroup(todo(t, "A", c.due, c.now), at(t, c.now)); got != c.want {
				t.Errorf("group = %s, want %s", got, c.want)
			}
		})
	}
}

const wednesday = "2026-11-25 09:00:00"

func sample(t *testing.T) []filing.Todo {
	t.Helper()
	dues := []string{"2026-11-20 17:00:00", "2026-11-24 17:00:00", "2026-11-25 17:00:00", "2026-11-27 17:00:00", "2026-12-25 17:00:00", "2027-01-25 17:00:00"}
	var list []filing.Todo
	for i, due := range dues {
		list = append(list, todo(t, fmt.Sprintf("T%d", i), due, wednesday))
	}
	return list
}

func TestTodoList_TabsAndGroupsAddUp(t *testing.T) {
	view := todoList(sample(t), homeTab(""), 1, 46, testCalendar(t), at(t, wednesday))
	var labels []string
	for _, tab := range view.Tabs {
		labels = append(labels, tab.Label)
	}
	if got := strings.Join(labels, " / "); got != "全部 6 / 已逾期 2 / 今天 1 / 本周 1 / 以后 2 / 已办结 46" {
		t.Errorf("tabs %s", got)
	}
	rows, counted := 0, 0
	var groups []string
	for _, g := range view.Groups {
		rows += len(g.Rows)
		counted += g.Count
		groups = append(groups, g.Label)
	}
	if rows != 6 || counted != 6 || strings.Join(groups, "/") != "已逾期/今天　11月25日（周三）/本周/以后" {
		t.Errorf("%d rows, %d counted, groups %v", rows, counted, groups)
	}
	if view.Groups[0].Rows[0].Action.Style != components.StylePrimary || view.Groups[0].Rows[1].Action.Style != components.StyleDefault {
		t.Error("the most urgent row alone has the primary button")
	}
}

func TestTodoList_OneTab(t *testing.T) {
	view := todoList(sample(t), homeTab(dueLater), 1, 0, testCalendar(t), at(t, wednesday))
	if len(view.Groups) != 1 || len(view.Groups[0].Rows) != 2 || view.Pages.Total != 2 || view.Empty != nil {
		t.Errorf("groups %+v", view.Groups)
	}
	for _, tab := range view.Tabs {
		if tab.Current != (tab.Label == "以后 2") {
			t.Errorf("tab %s current %t", tab.Label, tab.Current)
		}
	}
}

func TestTodoList_Empty(t *testing.T) {
	now := at(t, wednesday)
	if view := todoList(nil, homeTab(""), 1, 0, testCalendar(t), now); view.Empty == nil || view.Empty.Title != "目前没有待办" {
		t.Errorf("empty state %+v", view.Empty)
	}
	if view := todoList(sample(t), homeTab(dueNone), 1, 0, testCalendar(t), now); view.Empty == nil || !strings.Contains(view.Empty.Title, "未设期限") {
		t.Errorf("empty tab %+v", view.Empty)
	}
	if view := todoList(sample(t), homeTab("'><script>"), 1, 0, testCalendar(t), now); len(view.Groups) != 4 {
		t.Error("an unknown tab is not the whole list")
	}
}

func TestTodoList_PagesKeepTheGroups(t *testing.T) {
	var many []filing.Todo
	for i := range 45 {
		many = append(many, todo(t, fmt.Sprintf("T%02d", i), "2026-12-25 17:00:00", wednesday))
	}
	seen := map[string]bool{}
	for page := 1; page <= 4; page++ { // the fourth is beyond the end and shows the third
		view := todoList(many, homeTab(""), page, 0, testCalendar(t), at(t, wednesday))
		if view.Groups[0].Count != 45 || view.Pages.Total != 45 {
			t.Errorf("page %d counts %d of %d", page, view.Groups[0].Count, view.Pages.Total)
		}
		for _, r := range view.Groups[0].Rows {
			if page < 4 && seen[r.Title] {
				t.Errorf("%s stands on two pages", r.Title)
			}
			seen[r.Title] = true
		}
	}
	if len(seen) != 45 {
		t.Errorf("%d to-dos on all pages, want 45", len(seen))
	}
}

func TestTodoList_SaysWhenItIsCutOff(t *testing.T) {
	many := make([]filing.Todo, filing.TodoCap)
	for i := range many {
		many[i] = todo(t, "T", "2026-12-25 17:00:00", wednesday)
	}
	if view := todoList(many, homeTab(""), 1, 0, testCalendar(t), at(t, wednesday)); !strings.Contains(view.More, fmt.Sprint(filing.TodoCap)) {
		t.Errorf("more = %q", view.More)
	}
}

func TestNextOf(t *testing.T) {
	now := at(t, wednesday)
	late := sample(t)
	today := late[2:]
	later := late[4:5]
	cases := []struct {
		name  string
		todos []filing.Todo
		want  string
		tone  components.Tone
		clock string
	}{
		{"late first", late, "请您今天先报送T0：应于 11月20日（周五）17:00 前办理，已逾期 3 个工作日；另有 1 项已逾期、1 项今天到期。", components.ToneLate, ""},
		{"today", today, "请您在 今天 17:00 前报送T2；另有 3 项待办。", components.TonePlain, "剩 8 小时"},
		{"later, alone", later, "请您在 12月25日（周五）17:00 前报送T4。", components.TonePlain, "剩 22 个工作日"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := nextOf(c.todos, testCalendar(t), now)
			if got.Sentence.String() != c.want || got.Tone != c.tone || got.Clock.Text != c.clock {
				t.Errorf("next = %q %q %q", got.Sentence.String(), got.Tone, got.Clock.Text)
			}
		})
	}
}

func TestNextOf_VerbsReadAsASentence(t *testing.T) {
	for verb, want := range map[string]string{"去提交": "把T提交审签", "改错误": "改正T的错误", "去说明": "说明T的提醒", "去补正": "补正T", "重新校验": "重新校验T"} {
		one := todo(t, "T", "2026-12-25 17:00:00", wednesday)
		one.Verb = verb
		if got := nextOf([]filing.Todo{one}, testCalendar(t), at(t, wednesday)).Sentence.String(); !strings.Contains(got, "前"+want+"。") {
			t.Errorf("%s: %q", verb, got)
		}
	}
}

func TestNextOf_TheOfficeHasNoDue(t *testing.T) {
	batch, request := todo(t, "B", "", wednesday), todo(t, "R", "", wednesday)
	request.Waiver, request.LastAt = true, models.At(at(t, "2026-11-20 09:00:00"))
	now := at(t, wednesday)
	got := nextOf([]filing.Todo{request, batch, batch}, testCalendar(t), now).Sentence.String()
	if got != "请您受理或退回 2 批待受理批次，办理 1 件更正与补报申请；最早的已等 17 个工作日。" {
		t.Errorf("next = %q", got)
	}
	sorted, _ := byUrgency([]filing.Todo{request, batch}, now)
	if sorted[0].Task != "B" {
		t.Error("the longest waiting does not come first")
	}
	if row := todoRow(batch, testCalendar(t), now); row.Clock.Text != "已等 17 个工作日" {
		t.Errorf("clock %q", row.Clock.Text)
	}
}

func TestMonthOf(t *testing.T) {
	onTime := true
	task := func(month string, state models.Batch) filing.TaskRow {
		row := filing.TaskRow{Task: models.FilingTask{Month: month, DueAt: models.At(at(t, "2026-11-25 17:00:00")), Batches: []models.Batch{state}, OnTime: &onTime}}
		row.Standing = row.Task.Standing(models.At(at(t, wednesday)))
		return row
	}
	rows := []filing.TaskRow{
		task("2026-09", models.Batch{State: models.BatchEffective}),
		task("2026-10", models.Batch{State: models.BatchEffective}), task("2026-10", models.Batch{State: models.BatchEffective, Kind: models.BatchNil}),
		task("2026-10", models.Batch{State: models.BatchErrors}), task("2026-11", models.Batch{State: models.BatchDiscarded}),
	}
	m := monthOf(rows, at(t, wednesday))
	if m == nil || m.Title != "2026年10月期报送" || m.Filed != 2 || m.Owed != 3 || m.Due != "11月25日截止" {
		t.Fatalf("month %+v", m)
	}
	sum := 0
	for _, c := range m.Counts {
		sum += c.Count
	}
	if sum != m.Owed {
		t.Errorf("the standings add up to %d, not to %d", sum, m.Owed)
	}
	if monthOf(rows[4:], at(t, wednesday)) != nil {
		t.Error("the running month is shown as one to be filed")
	}
}

func TestTrend(t *testing.T) {
	for diff, want := range map[int]string{-15: "降 1.5", 15: "升 1.5", 1000: "升 100.0"} {
		if got := trend(diff); got == nil || got.Text != want || got.Up != (diff > 0) || got.Bad != (diff < 0) {
			t.Errorf("trend(%d) = %+v", diff, got)
		}
	}
	if trend(0) != nil {
		t.Error("no difference is shown as one")
	}
}

func TestWaited_CountsWorkingDays(t *testing.T) {
	friday := models.At(time.Date(2026, 11, 27, 16, 0, 0, 0, models.Zone))
	if got := waited(testCalendar(t), friday, at(t, "2026-11-29 10:00:00")); got != "已等不足 1 个工作日" {
		t.Errorf("over a weekend: %q", got)
	}
}
