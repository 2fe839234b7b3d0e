package handlers_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
)

const noticeText = "2027-01-01,休,元旦\n2027-01-25,休,元旦\n2027-02-05 至 2027-02-11,休,春节\n2027-02-14,班,春节\n2027-04-05,休,清明节\n" +
	"2027-05-01,休,劳动节\n2027-06-09,休,端午节\n2027-09-15,休,中秋节\n2027-10-01,休,国庆节\n"

func TestCalendar_AYearOnOneSheet(t *testing.T) {
	w := newTown(t)
	a := w.as("liaison.zjj").Get(paths.Calendar).WantStatus(200).Want("2026年工作日历", "通知已录入", "全年 248 个工作日", "国办发明电〔2025〕7号",
		"10月1日—7日", "9月20日（周日）、10月10日（周六）", "这一年还没有调整过").Not("调整一天", "录入年度通知")
	doc := a.Doc()
	if months := doc.Find(".gz-month"); months.Length() != 12 || words(months.Eq(9).Find("caption")) != "10月 18 个工作日" {
		t.Errorf("%d months, October is %q", months.Length(), words(months.Eq(9).Find("caption")))
	}
	for selector, want := range map[string]int{".gz-month .off": 33, ".gz-month .work": 6, ".gz-month .today": 1, ".gz-month td .gz-day": 365} {
		if got := doc.Find(selector).Length(); got != want {
			t.Errorf("%d of %s, want %d", got, selector, want)
		}
	}
	if today := doc.Find(".gz-month .today"); words(today) != "10" || today.AttrOr("aria-current", "") != "date" {
		t.Errorf("today is %q", words(today))
	}
	if worked := doc.Find(".gz-month").Eq(8).Find(".work"); words(worked) != "20 班 国庆节" {
		t.Errorf("the worked Sunday of September: %q", words(worked))
	}
	w.as("liaison.zjj").Get(paths.ToCalendar(2027)).Want("2027年工作日历", "暂定", "国务院办公厅还没有公布", "全国年节及纪念日放假办法")
	w.as("liaison.zjj").Get(paths.ToCalendar(2028)).Want("这一年还没有放假安排", "暂定")
	for _, year := range []string{"2019", "2029", "-1", "x"} {
		w.as("liaison.zjj").Get(paths.Calendar + "?year=" + year).WantStatus(404).Want("工作日历只有 2020年至2028年")
	}
	w.as("office").Get(paths.Calendar).Want("调整一天", "录入年度通知", "录入 2027年放假安排")
	w.as("office.dcf").Get(paths.Calendar).WantStatus(200).Not("调整一天", "录入年度通知")
}

func TestCalendarDay_FromTheFormToTheTask(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	form := office.Get(paths.CalendarDay).WantStatus(200).Want("已受理、免报和锁定的任务不变").Doc()
	revision := form.Find("input[name=revision]").AttrOr("value", "")
	post := func(pairs ...string) []string { return append([]string{"revision", revision}, pairs...) }
	a := office.Post(paths.CalendarDay, values(post("day", "2026.11.25", "mark", "off", "name", "暴雪停工", "reason", "", "source", "聊政办发电〔2026〕9号")...)).
		WantStatus(422).Want("请填写调整的理由", "聊政办发电〔2026〕9号")
	if a.Doc().Find("input[name=day]").AttrOr("value", "") != "2026-11-25" || a.Doc().Find("input[name=mark][checked]").AttrOr("value", "") != "off" {
		t.Error("what was typed is gone")
	}
	good := post("day", "2026-11-25", "mark", "off", "name", "暴雪停工", "reason", "<b>暴雪</b>红色预警", "source", "聊政办发电〔2026〕9号")
	change := office.Post(paths.CalendarDay, values(good...)).WantStatus(303)
	change.Follow().Want("已保存：2026年11月25日（周三）由工作日改为放假；3 项任务的期限随之调整", "聊政办发电〔2026〕9号", "ZJJ-02-202610", "3 项", "&lt;b&gt;暴雪")
	office.Post(paths.CalendarDay, values(good...)).WantStatus(409).Want("工作日历已由他人改动")

	w.as("liaison.zjj").Get(paths.ToTask("ZJJ-02-202610")).Want("因 2026年11月25日（周三）由工作日改为放假（<b>暴雪</b>红色预警），期限由 11月25日（周三）17:00 改为 11月26日（周四）17:00",
		"依据：聊政办发电〔2026〕9号", "2026年11月26日 17:00")
	own := w.as("liaison.zjj").Get(change.Header.Get("Location")).WantStatus(200).Want("1 项").Not("FGW-05-202610")
	if own.Doc().Find("#tasks tbody tr").Length() != 1 {
		t.Error("a unit sees the tasks of others")
	}
	if w.as("leader").Get(change.Header.Get("Location")).WantStatus(200).Doc().Find("#tasks").Length() != 0 {
		t.Error("a leader, who reads figures, sees tasks")
	}
	w.as("office").Get(paths.Calendar).Want("暴雪停工", "聊政办发电〔2026〕9号", "3 项任务的期限随之调整")
	w.as("office.dcf").Get(paths.CalendarDay).WantStatus(403).Want("全市一本")
	w.as("office.dcf").Post(paths.CalendarDay, values(good...)).WantStatus(403)
}

func TestTask_SaysThatItsDueDateIsProvisional(t *testing.T) {
	w := newTown(t)
	w.day("2026-12-01")
	liaison := w.as("liaison.zjj")
	liaison.Get(paths.ToTask("ZJJ-02-202612")).Want("2027年1月25日 17:00　暂定", "遇休息日顺延，暂定")
	liaison.Get(paths.Filings).Want("2027年1月25日（暂定）")
	liaison.Get(paths.ToTask("ZJJ-02-202610")).Not("暂定")
	office := w.as("office")
	revision := office.Get(paths.CalendarNotice).Doc().Find("input[name=revision]").AttrOr("value", "")
	office.Post(paths.CalendarNotice, values("year", "2027", "text", noticeText, "source", "国办发明电〔2026〕99号", "reason", "公布", "revision", revision, "step", "save")).WantStatus(303)
	liaison.Get(paths.ToTask("ZJJ-02-202612")).Want("因 2027年放假调休安排公布（公布），期限由 1月25日（周一）17:00 改为 1月26日（周二）17:00").Not("暂定")
}

func TestCalendarNotice_IsCheckedBeforeItIsSaved(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	form := office.Get(paths.CalendarNotice).WantStatus(200).Doc()
	if form.Find("input[name=year]").AttrOr("value", "") != "2027" {
		t.Error("the year that is wanted next is not proposed")
	}
	in := func(text, step string) []string {
		return []string{"revision", form.Find("input[name=revision]").AttrOr("value", ""), "year", "2027", "text", text, "source", "国办发明电〔2026〕99号", "reason", "公布", "step", step}
	}
	office.Post(paths.CalendarNotice, values(in("2027-01-01,休,元旦", "preview")...)).WantStatus(422).Want("没有写到春节、清明、劳动、端午、中秋、国庆的放假", "2027-01-01,休,元旦")
	a := office.Post(paths.CalendarNotice, values(in(noticeText, "preview")...)).WantStatus(200).Want("核对 2027年放假安排", "通知写了 15 天", "保存 2027年安排", "返回修改")
	if a.Doc().Find("textarea[name=text][readonly]").Length() != 1 || !strings.Contains(a.Doc().Find("textarea[name=text]").Text(), "2027-02-14,班,春节") {
		t.Error("what was checked is not what will be saved")
	}
	if rows := a.Doc().Find("#moves tbody tr"); rows.Length() == 0 || words(rows.First()) != "1月25日（周一）按星期休元旦" {
		t.Errorf("%d differences, the first %q", rows.Length(), words(rows.First()))
	}
	office.Get(paths.ToCalendar(2027)).Want("暂定")
	if n := office.Post(paths.CalendarNotice, values(in(noticeText, "edit")...)).WantStatus(200).Doc().Find("[readonly]").Length(); n != 0 {
		t.Error("nothing can be mended")
	}
	office.Post(paths.CalendarNotice, values(in(noticeText, "save")...)).WantStatus(303).Follow().Want("2027年放假调休安排公布", "没有任务的期限需要调整")
	office.Get(paths.ToCalendar(2027)).Want("通知已录入", "国办发明电〔2026〕99号", "赵敏").Not("暂定")
	w.as("office.dcf").Get(paths.CalendarNotice).WantStatus(403)
	for _, step := range []string{"preview", "edit", "save"} {
		w.as("office.gt").Post(paths.CalendarNotice, values(in(noticeText, step)...)).WantStatus(403)
	}
}

func TestCalendarChanges_ListSortsFiltersAndExports(t *testing.T) {
	w := newTown(t)
	w.as("office").Get(paths.CalendarChanges).Want("工作日历还没有调整过", "0 次").Not("导出 ")
	change := func(day models.Day, reason string, revision int64) *models.CalendarChange {
		c, err := w.Calendar.ChangeDay(t.Context(), w.As("office"), directory.DayInput{Day: day, Mark: models.DayOff, Name: "停工", Reason: reason, Source: "=文件", Revision: revision})
		w.ok(err)
		return c
	}
	first := change("2026-11-25", "=cmd|暴雪", 0)
	change("2027-03-01", "大风", 1)
	leader := w.as("leader")
	for query, want := range map[string]string{"": "时间 descending 2027年3月1日", "?sort=oldest": "时间 ascending 2026年11月25日", "?sort=moved": "随之调整的任务 descending 2026年11月25日",
		"?sort=evil": "时间 descending 2027年3月1日", "?year=2026": "时间 descending 2026年11月25日", "?q=大风": "时间 descending 2027年3月1日", "?kind=day": "时间 descending 2027年3月1日"} {
		doc := leader.Get(paths.CalendarChanges + query).WantStatus(200).Doc()
		sorted := doc.Find("#changes th[aria-sort]")
		what, _, _ := strings.Cut(words(doc.Find("#changes tbody tr").First().Find("a")), "（")
		if got := words(sorted) + " " + sorted.AttrOr("aria-sort", "") + " " + what; sorted.Length() != 1 || got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	leader.Get(paths.CalendarChanges+"?kind=notice&q=x").Want("没有含“x”、录入通知的调整记录", "清除条件")
	export := leader.Get(paths.CalendarChanges + "?year=2026").Doc().Find(".gz-toolbar .end a")
	if words(export) != "导出 1 次" || export.AttrOr("href", "") != paths.CalendarChangesExport+"?year=2026" {
		t.Errorf("button %q leads to %q", words(export), export.AttrOr("href", ""))
	}
	a := leader.Get(export.AttrOr("href", ""))
	noFormula(t, paths.CalendarChangesExport, a.Body)
	if rows := sheet(t, a); len(rows) != 4 || rows[3][4] != "=cmd|暴雪" || rows[3][9] != "3" {
		t.Errorf("rows %v", rows)
	}
	w.as("auditor").Get("/audit?q=导出日历调整记录").Want("1 次，年份 2026")
	path := paths.ToCalendarChange(first.ID)
	w.as("office").Get(path+"?q=预售&sort=unit").Want("1 项", "ZJJ-02-202610").Not("FGW-05")
	w.as("office").Get(path+"?q=没有").Want("没有含“没有”的任务", "清除条件")
	if rows := sheet(t, w.as("office").Get(paths.ToCalendarMovedExport(first.ID)+"?q=预售")); len(rows) != 4 || rows[3][0] != "ZJJ-02-202610" || rows[3][5] != "2026-11-26 17:00" {
		t.Errorf("tasks %v", rows)
	}
	if rows := sheet(t, w.as("liaison.fgw").Get(paths.ToCalendarMovedExport(first.ID))); len(rows) != 4 || rows[3][0] != "FGW-05-202610" {
		t.Errorf("a unit takes away %v", rows)
	}
	leader.Get(paths.ToCalendarMovedExport(first.ID)).WantStatus(403)
	for _, id := range []string{"4711", "0", "x", "-1", "1'--"} {
		w.as("office").Get("/calendar/changes/" + id).WantStatus(404)
		w.as("office").Get("/calendar/changes/" + id + "/export").WantStatus(404)
	}
	for _, user := range []string{"bank", "sysadmin", "secadmin", "auditor"} {
		w.as(user).Get(paths.Calendar).WantStatus(403)
	}
}

func TestCalendar_APageTakesTheSameQueriesWhateverItsLength(t *testing.T) {
	w := newTown(t)
	office := w.as("office")
	count := func(path string) int {
		office.Get(path)
		return w.Queries(func() { office.Get(path).WantStatus(200) })
	}
	c, err := w.Calendar.ChangeDay(t.Context(), w.As("office"), directory.DayInput{Day: "2026-12-25", Mark: models.DayOff, Name: "停工", Reason: "大风", Source: "文件"})
	w.ok(err)
	year, list, one := count(paths.Calendar), count(paths.CalendarChanges), count(paths.ToCalendarChange(c.ID)+"?q=预售")
	for i := range 7 {
		_, err := w.Calendar.ChangeDay(t.Context(), w.As("office"), directory.DayInput{Day: models.Day("2027-07-05").AddDays(i * 7), Mark: models.DayOff, Name: "停工",
			Reason: "大风", Source: "文件", Revision: int64(i + 1)})
		w.ok(err)
	}
	if y, l, o := count(paths.Calendar), count(paths.CalendarChanges), count(paths.ToCalendarChange(c.ID)); y != year || l != list || o != one || max(y, l, o) > 20 {
		t.Errorf("queries: %d and %d, %d and %d, %d and %d", year, y, list, l, one, o)
	}
}
