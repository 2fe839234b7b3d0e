package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// fact returns what a list of terms says of one.
func fact(s *goquery.Selection, term string) string {
	found := s.Find("dt").FilterFunction(func(_ int, dt *goquery.Selection) bool { return words(dt) == term })
	var parts []string
	dd := found.NextFiltered("dd")
	if lines := dd.Find("div"); lines.Length() > 0 {
		lines.Each(func(_ int, line *goquery.Selection) { parts = append(parts, words(line)) })
		return strings.Join(parts, " | ")
	}
	return words(dd)
}

// TestBatch_SaysWhatOfAFileWasNotRead: nothing of a file is left out in silence, be it a row or a column.
func TestBatch_SaysWhatOfAFileWasNotRead(t *testing.T) {
	w := newTown(t)
	rows := testkit.RowsOf(t, "zjj-02", "2026-10", 12)
	lines := strings.Split(strings.TrimSuffix(string(rows.CSV()), "\r\n"), "\r\n")
	for i := range lines {
		switch i {
		case 0:
			lines[i] = "序号," + lines[i] + ",<b>经办科室</b>"
		default:
			lines[i] = "1," + lines[i] + ",市场科"
		}
	}
	text := "聊城市商品房预售许可统计表\r\n单位：市住房城乡建设局\r\n" + strings.Join(lines, "\r\n") + "\r\n合计,12\r\n\r\n填表人：王静\r\n审核人：刘志远\r\n制表日期：2026-11-03\r\n"
	c := w.as("liaison.zjj")
	batch := c.Upload(paths.ToTaskUpload(zjjTask), "十月.csv", []byte(text)).WantStatus(303).Header.Get("Location")
	w.Work()
	for _, user := range []string{"liaison.zjj", "chief.zjj", "office"} {
		files := w.as(user).Get(batch).WantStatus(200).Doc().Find("#files")
		if got := fact(files, "未计入"); got != "第 1、2 行标题；第 16 行合计；第 18—20 行说明 | 与模板无关的 2 列：序号、<b>经办科室</b>" {
			t.Errorf("%s: not read %q in %q", user, got, words(files))
		}
		if files.Find("b").Length() != 0 {
			t.Error("a title of the file is taken for markup")
		}
	}
}

func TestBatch_TheReceiptIsOfferedOnceItIsSigned(t *testing.T) {
	w := newTown(t)
	c := w.as("liaison.zjj")
	code := w.upload(zjjTask, 20)
	offered := func() int {
		return c.Get(paths.ToBatch(code)).Doc().Find(`a[href="` + paths.ToBatchReceipt(code) + `"]`).Length()
	}
	if offered() != 0 {
		t.Error("a receipt of what nobody has signed is offered")
	}
	c.Get(paths.ToBatchReceipt(code)).WantStatus(409).Want("现在是“校验通过”", "还差提交审签、分管负责人审签")
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	c.Get(paths.ToBatchReceipt(code)).WantStatus(409).Want("现在是“待审签”", "还差分管负责人审签")
	w.move("chief.zjj", code, models.VerbSign, filing.MoveInput{})
	if offered() != 1 {
		t.Error("the receipt is not offered")
	}
	c.Get(paths.ToBatchReceipt(code)).WantStatus(200).Want("HZ-"+code, "SHA-256", "20 行", "刘志远")
	c.Get(paths.ToBatchReceipt("ZJJ-02-202610-9")).WantStatus(404)
}

func TestBatch_ANilReturnCanBeDiscardedWhileItIsClean(t *testing.T) {
	w := newTown(t)
	b, err := w.Filing.DeclareNil(t.Context(), w.As("liaison.zjj"), zjjTask, "本月没有核发")
	w.ok(err)
	discard := paths.ToBatchMove(b.Code, string(models.VerbDiscard))
	link := func(user string) string {
		return words(w.as(user).Get(paths.ToBatch(b.Code)).Doc().Find(`a[href="` + discard + `"]`))
	}
	if got := link("liaison.zjj"); got != "报错了？作废本次零报送" {
		t.Errorf("link %q", got)
	}
	if got := link("chief.zjj"); got != "" {
		t.Errorf("the unit leader is offered %q", got)
	}
	w.as("liaison.zjj").Get(discard).Want("作废批次？", "不能恢复")
	w.as("liaison.zjj").Post(discard, values("seen", w.seen(b.Code))).Follow().Want("批次已作废", "待报", "把文件拖到这里", "已作废").Not("报错了？")

	old := w.as("liaison.zjj").Get(paths.ToBatch(b.Code)).Want("仅供查阅").Doc()
	if got := words(old.Find(`#up a[href="` + paths.ToTask(zjjTask) + `"]`)); got != "回到任务页" {
		t.Errorf("a discarded batch leads back by %q", got)
	}
	if now := words(old.Find(`.gz-steps [aria-current="step"]`)); now != "" {
		t.Errorf("a discarded batch stands at %q", now)
	}
}

// TestTask_ShowsWhyTheUnitLeaderSentItBack: at the head of the page, not only in the history below.
func TestTask_ShowsWhyTheUnitLeaderSentItBack(t *testing.T) {
	w := newTown(t)
	code := w.upload(zjjTask, 20)
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief.zjj", code, models.VerbSendBack, filing.MoveInput{Reason: "请核对第 9 行<b>均价</b>"})
	notices := words(w.as("liaison.zjj").Get(paths.ToTask(zjjTask)).Doc().Find(".gz-flash"))
	if !strings.Contains(notices, "分管负责人刘志远") || !strings.Contains(notices, "退回的理由：请核对第 9 行<b>均价</b>") {
		t.Errorf("the page says %q", notices)
	}
	w.move("liaison.zjj", code, models.VerbSubmit, filing.MoveInput{})
	if notices := words(w.as("chief.zjj").Get(paths.ToTask(zjjTask)).Doc().Find(".gz-flash")); strings.Contains(notices, "退回") {
		t.Errorf("after it was submitted again: %q", notices)
	}
}

// TestTask_FoldsOlderTries: the newest come first, and whoever tries often does not scroll through all of them.
func TestTask_FoldsOlderTries(t *testing.T) {
	w := newTown(t)
	c := w.as("liaison.zjj")
	tries := func() (shown, folded []string) {
		c.Get(paths.ToTask(zjjTask)).Doc().Find("#about .gz-list a").Each(func(_ int, a *goquery.Selection) {
			if a.Closest("details").Length() > 0 {
				folded = append(folded, words(a))
			} else {
				shown = append(shown, words(a))
			}
		})
		return shown, folded
	}
	w.upload(zjjTask, 10)
	if shown, _ := tries(); len(shown) != 0 {
		t.Errorf("the only try, which the page shows, is listed: %v", shown)
	}
	for n := range 6 {
		w.upload(zjjTask, 11+n)
	}
	shown, folded := tries()
	if fmt.Sprint(shown, folded) != "[ZJJ-02-202610-7 ZJJ-02-202610-6 ZJJ-02-202610-5 ZJJ-02-202610-4 ZJJ-02-202610-3] [ZJJ-02-202610-2 ZJJ-02-202610-1]" {
		t.Errorf("shown %v, folded %v", shown, folded)
	}
}

// TestTask_ARequestThatIsNotDecidedTakesThePlaceOfAnother: nobody is led to a form that would be refused.
func TestTask_ARequestThatIsNotDecidedTakesThePlaceOfAnother(t *testing.T) {
	w := newTown(t)
	links := func() string {
		return words(w.as("liaison.zjj").Get(paths.ToTask(zjjTask)).Doc().Find("#up .gz-file-link"))
	}
	if got := links(); got != "申请免报" {
		t.Errorf("links %q", got)
	}
	asked, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zjj"), zjjTask, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "职能划转"})
	w.ok(err)
	if got := links(); got != "免报申请 "+asked.Code+" 正在办理（待办公室初审）" {
		t.Errorf("links %q", got)
	}
}

// TestTask_AMessageThatIsRefusedComesBackInSight: the form stands far below the head of the page.
func TestTask_AMessageThatIsRefusedComesBackInSight(t *testing.T) {
	w := newTown(t)
	doc := w.as("liaison.zjj").Get(paths.ToTask(zjjTask)).Doc()
	action, _ := doc.Find(".gz-reply").Attr("action")
	if _, place, _ := strings.Cut(action, "#"); place != "thread" || doc.Find("#thread").Length() != 1 {
		t.Errorf("it is sent to %s", action)
	}
}

// TestTask_AnUploadThatIsRefusedIsToldAtTheHeadOfThePage: without script the page comes back as a whole.
func TestTask_AnUploadThatIsRefusedIsToldAtTheHeadOfThePage(t *testing.T) {
	w := newTown(t)
	w.upload(zjjTask, 10)
	refused := w.as("liaison.zjj").Upload(paths.ToTaskUpload(zjjTask), "", nil).WantStatus(422).Doc()
	if got := words(refused.Find("#main .gz-flash[role=alert]").First()); got != "没有上传：请选择要上传的文件。" {
		t.Errorf("the head says %q", got)
	}
}

// doubts uploads a register with three warnings by two rules and returns the batch's address.
func doubts(t *testing.T, w *town) string {
	t.Helper()
	s := testkit.RowsOf(t, "zjj-02", "2026-10", 20).Set(3, "issue_date", "2025-12-30").Set(7, "issue_date", "2025-12-31").
		Set(11, "house_use", "商业").Set(11, "record_price", "")
	batch := w.as("liaison.zjj").Upload(paths.ToTaskUpload(zjjTask), "十月.csv", s.CSV()).WantStatus(303).Header.Get("Location")
	w.Work()
	return batch
}

// findings returns the summaries of the page's findings, those that are open marked with a star.
func findings(doc *goquery.Document) (list []string) {
	doc.Find(".gz-finding").Each(func(_ int, s *goquery.Selection) {
		text := words(s.Find("summary .gz-state")) + " " + words(s.Find("summary .rule b")) + " " + words(s.Find("summary .rule small"))
		if _, open := s.Attr("open"); open {
			text = "*" + text
		}
		list = append(list, text)
	})
	return list
}

func TestBatch_WarningsThatAreExplainedStandLastAndClosed(t *testing.T) {
	w := newTown(t)
	batch := doubts(t, w)
	c := w.as("liaison.zjj")
	links := func(doc *goquery.Document, i int) string {
		var list []string
		doc.Find(".gz-finding").Eq(i).Find("a").Each(func(_ int, a *goquery.Selection) { list = append(list, words(a)) })
		return strings.Join(list, " ")
	}
	explain := func(i int, label, text string) {
		t.Helper()
		href, _ := c.Get(batch).Doc().Find(".gz-finding").Eq(i).Find("a").FilterFunction(func(_ int, a *goquery.Selection) bool { return words(a) == label }).Last().Attr("href")
		form := c.Get(href).WantStatus(200).Doc().Find("form[method=post]").Last()
		rule, _ := form.Find("input[name=rule]").Attr("value")
		finding, _ := form.Find("input[name=finding]").Attr("value")
		c.Post(batch+"/explain", values("rule", rule, "finding", finding, "text", text)).WantStatus(303)
	}

	doc := c.Get(batch).Doc()
	if got := findings(doc); len(got) != 2 || got[0][0] != '*' || got[1][0] != '*' || !strings.Contains(got[0], "提醒") {
		t.Fatalf("before: %q", got)
	}
	if got := links(doc, 0); got != "说明 说明 导出这 2 行 一并说明" {
		t.Errorf("links %q", got)
	}
	explain(0, "说明", "跨年核发") // one of two
	if got := findings(c.Get(batch).Doc()); !strings.HasPrefix(got[0], "*提醒") || !strings.Contains(got[0], "已说明 1/2") {
		t.Errorf("one of two explained: %q", got)
	}
	explain(0, "一并说明", "跨年核发")
	doc = c.Get(batch).Doc()
	got := findings(doc)
	if !strings.HasPrefix(got[0], "*提醒 住宅、商业、办公应填备案均价") || !strings.HasPrefix(got[1], "已说明 证号年份与发证日期不一致 已说明 2/2：跨年核发") {
		t.Errorf("one rule explained: %q", got)
	}
	if got := links(doc, 1); got != "修改说明 修改说明 导出这 2 行 修改说明" {
		t.Errorf("links of what is explained: %q", got)
	}
	if got := links(doc, 0); got != "说明 导出这 1 行" {
		t.Errorf("links of a single warning: %q", got)
	}
	explain(0, "说明", "尚未备案") // the last one: the batch is clean, and can still be changed
	a := c.Get(batch).Want("校验通过", "提交审签")
	if got := findings(a.Doc()); strings.HasPrefix(got[0], "*") || strings.HasPrefix(got[1], "*") {
		t.Errorf("all explained: %q", got)
	}
	explain(1, "修改说明", "商业部分十二月备案")
	c.Get(batch).Want("已说明 1/1：商业部分十二月备案", "校验通过").Not("尚未备案")

	for _, user := range []string{"chief.zjj", "office"} {
		w.as(user).Get(batch).Want("已说明 1/1：商业部分十二月备案").Not("修改说明", "一并说明")
	}
	w.move("liaison.zjj", zjjTask+"-1", models.VerbSubmit, filing.MoveInput{})
	c.Get(batch).Not("修改说明")
}

func TestExplainForm_BringsBackWhatWasSaid(t *testing.T) {
	w := newTown(t)
	batch := doubts(t, w)
	c := w.as("liaison.zjj")
	page, err := w.Filing.Page(t.Context(), w.As("liaison.zjj"), zjjTask, "")
	w.ok(err)
	rule := page.Rules[0]
	form := func(finding int64) *testkit.Answer {
		return c.Get(paths.With(batch+"/explain", "rule", fmt.Sprint(rule.ID), "finding", fmt.Sprint(finding)))
	}
	form(0).Want("说明提醒", "共 2 处，一并说明")
	w.ok(w.Filing.Explain(t.Context(), w.As("liaison.zjj"), zjjTask+"-1", filing.ExplainInput{Rule: rule.ID, Finding: rule.Findings[0].ID, Text: "原件已核对"}))
	if got := words(form(rule.Findings[0].ID).Want("修改说明").Doc().Find("textarea")); got != "原件已核对" {
		t.Errorf("the row's form says %q", got)
	}
	if got := words(form(0).Want("还有 1 处，一并说明；已逐处说明的不变").Doc().Find("textarea")); got != "" {
		t.Errorf("the rule's form says %q", got)
	}
	w.ok(w.Filing.Explain(t.Context(), w.As("liaison.zjj"), zjjTask+"-1", filing.ExplainInput{Rule: rule.ID, Finding: rule.Findings[1].ID, Text: "原件已核对"}))
	if got := words(form(0).Want("修改说明", "都已说明；改后都用这一份说明").Doc().Find("textarea")); got != "原件已核对" {
		t.Errorf("the rule's form, all explained, says %q", got)
	}
	empty := c.Post(batch+"/explain", values("rule", fmt.Sprint(rule.ID), "finding", "0", "text", "")).WantStatus(422)
	if got := words(empty.Doc().Find("textarea")); got != "" {
		t.Errorf("a text that was taken out comes back: %q", got)
	}
}

func TestBatch_SmallAnswersTakeFewQueries(t *testing.T) {
	w := newTown(t)
	bad := w.as("liaison.zrzy").Upload(paths.ToTaskUpload("ZRZY-01-202610"), "十月.csv", testkit.RowsOf(t, "zrzy-01", "2026-10", 20).Set(2, "region", "999999").CSV()).Header.Get("Location")
	w.Work()
	signed := paths.ToBatch(w.filed(zjjTask, 20))
	running, err := w.Filing.Upload(t.Context(), w.As("liaison.fgw"), "FGW-05-202610", []filing.UploadedFile{w.File("十月.csv", []byte("a,b\r\n"))})
	w.ok(err)
	w.Work() // so that the job does not take the batch on from the state that it is put back to
	w.ok(w.DB.Write.Model(&models.Batch{}).Where("id = ?", running.ID).Update("state", models.BatchChecking).Error)
	for _, c := range []struct {
		name, user, path string
		most             int
	}{
		{"progress", "liaison.fgw", paths.ToBatchProgress(running.Code), 1},
		{"receipt", "liaison.zjj", signed + "/receipt", 2},
		{"findings", "liaison.zrzy", bad + "/findings", 7},
		{"confirm", "office", signed + "/do/accept", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := w.as(c.user)
			if c.name == "progress" {
				client = client.With("HX-Request", "true")
			}
			client.Get("/nowhere").WantStatus(404) // what any page asks: session, account, to-dos of the shell
			frame := w.Queries(func() { client.Get("/nowhere") })
			if n := w.Queries(func() { client.Get(c.path).WantStatus(200) }); n > frame+c.most {
				t.Errorf("%d queries beside the %d of any page, want %d", n-frame, frame, c.most)
			}
		})
	}
}

func TestReturnForm_ThePrefilledDayNeedsNoExample(t *testing.T) {
	w := newTown(t)
	code := w.filed(zjjTask, 20)
	w.as("office").Get(paths.ToBatchMove(code, string(models.VerbReturn))).Want("补正期限", "当日 17:00 截止").Not("形如")
}

// TestTask_ColumnsLeaveNoLargeGaps: what is short stands above what else there is in its column, not beside what is long.
func TestTask_ColumnsLeaveNoLargeGaps(t *testing.T) {
	w := newTown(t)
	doc := w.as("liaison.zjj").Get(paths.ToBatch(w.accepted(zjjTask, 20))).Doc()
	ids := func(column string) string {
		var list []string
		doc.Find(column + " > section").Each(func(_ int, s *goquery.Selection) { list = append(list, s.AttrOr("id", "?")) })
		return strings.Join(list, " ")
	}
	if left, right := ids(".row2 > .grow"), ids(".row2 > .side-lg"); left != "result handover up messages about" || right != "files history" {
		t.Errorf("left %q, right %q", left, right)
	}
	if doc.Find(".row2.is-even").Length() != 0 {
		t.Error("panels are stretched to the height of their neighbours")
	}
}
