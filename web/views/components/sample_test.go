package components_test

import (
	"flag"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/a-h/templ"

	"taxportal/web/static"
	. "taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// sampleDir receives the sample sheet and the static files, to be looked at in a browser:
//
//	go test ./web/views/components -run TestSample -sample-dir DIR && cd DIR && python3 -m http.server
var sampleDir = flag.String("sample-dir", "", "write the sample pages into this folder")

// sampleShell is the frame of the samples. All names and numbers are invented.
func sampleShell() layout.Shell {
	return layout.Shell{
		Title:  "组件样张",
		Crumbs: []layout.Crumb{{Label: "首页", URL: "/"}, {Label: "组件样张"}},
		Nav: []layout.NavItem{
			{Icon: IconHome, Label: "工作台", URL: "/", Count: 18},
			{Icon: IconFileUpload, Label: "数据报送", URL: "/filings", Open: true, Count: 11, Late: true, Children: []layout.NavItem{
				{Label: "报送任务", URL: "/filings", Current: true}, {Label: "履约矩阵", URL: "/filings/matrix"}, {Label: "更正与补报", URL: "/filings/corrections"},
			}},
			{Icon: IconFolders, Label: "共享目录", URL: "/catalogue", Count: 2},
			{Icon: IconGavel, Label: "执法协助", URL: "/assistance", Count: 3},
			{Icon: IconKey, Label: "调取授权", URL: "/requests", Count: 4},
			{Icon: IconShieldSearch, Label: "风险应对", URL: "/risks", Rule: true},
			{Icon: IconCertificate, Label: "信用应用", URL: "/credit", Count: 1},
			{Icon: IconSpeakerphone, Label: "督导考核", URL: "/supervision", Count: 3},
			{Icon: IconBuildingCommunity, Label: "成员单位", URL: "/units", Count: 2},
			{Icon: IconChartBar, Label: "统计看板", URL: "/dashboard"},
		},
		User:         layout.User{Name: "赵敏", UnitName: "领导小组办公室", Menu: []TextLink{{Label: "个人资料", URL: "/profile"}, {Label: "修改密码", URL: "/profile/password"}}},
		Jurisdiction: "聊城市本级", CSRF: "token-of-the-test", MessageCount: 12,
		Now: "2026年11月23日 15:20", Version: "1.4.0", Support: "0635-0000000（虚构）",
		HomeURL: "/", SearchURL: "/search", HelpURL: "/help", MessagesURL: "/messages", LogoutURL: "/logout",
	}
}

// samplePage shows every component in every state, as the mock of the look does.
func samplePage() templ.Component {
	return around(layout.Page(sampleShell()),
		PageHead(Head{Title: "组件样张", Sub: "开发时对照此页；每个组件列出全部状态", Actions: []Action{
			{Label: "次要操作", URL: "/a"}, {Label: "主要操作", URL: "/b", Style: StylePrimary},
		}}),
		sampleNext(), sampleStates(),
		raw(`<div class="row2 is-even">`), sampleFlashes(), sampleUploads(), raw(`</div>`),
		sampleTable(),
		raw(`<div class="row2"><div class="grow">`), sampleConfirm(true), raw(`</div><div class="side-lg">`), sampleButtons(), sampleCells(), raw(`</div></div>`),
	)
}

func sampleNext() templ.Component {
	return templ.Join(
		NextStep(Next{
			Sentence: Sentence{Plain("一般情形：请"), Bold("谁"), Plain("在"), Bold("何时前"), Plain("做"), Bold("什么"), Plain("。")},
			Clock:    Due{Family: FamilyRun, Text: "剩 5 个工作日", Note: "截止 11月30日 17:00", Refresh: "/filings/1/clock"},
		}),
		NextStep(Next{
			Tone:     ToneLate,
			Sentence: Sentence{Plain("有逾期：请"), Bold("谁"), Plain("立即做"), Bold("什么"), Plain("，"), Late("已逾期几个工作日"), Plain("。")},
			Clock:    Due{Family: FamilyLate, Text: "逾期 2 个工作日", Note: "应于 11月19日 17:00"},
		}),
		NextStep(Next{Tone: ToneCalm, Sentence: Sentence{Plain("无事可办：目前没有等您办理的事；写明下次何时会有。")}}),
	)
}

// sampleBadges are the states of the look, one of each icon.
func sampleBadges() []Badge {
	return []Badge{
		{Family: FamilyOK, Word: "按时"}, {Family: FamilyOK, Icon: IconCircleNumber0, Word: "零报送"}, {Family: FamilyOK, Word: "已办结"}, {Family: FamilyOK, Word: "生效中"},
		{Family: FamilyRun, Word: "办理中"}, {Family: FamilyRun, Icon: IconSignature, Word: "待审签"}, {Family: FamilyRun, Icon: IconSend, Word: "已报送"},
		{Family: FamilyDue, Word: "临期"}, {Family: FamilyDue, Icon: IconAlertTriangle, Word: "提醒"}, {Family: FamilyDue, Word: "将到期"},
		{Family: FamilyLate, Word: "逾期未报"}, {Family: FamilyLate, Icon: IconArrowBackUp, Word: "退回补正"}, {Family: FamilyLate, Icon: IconCircleX, Word: "有错误"},
		{Family: FamilyHold, Word: "停止计时"}, {Family: FamilyOff, Word: "未开放"}, {Family: FamilyOff, Icon: IconMinus, Word: "免报"},
	}
}

func sampleStates() templ.Component {
	var parts []templ.Component
	parts = append(parts, raw(`<div class="wrap">`))
	for _, b := range sampleBadges() {
		parts = append(parts, StateBadge(b))
	}
	parts = append(parts, raw(`</div><div class="wrap is-wide mt">`))
	for _, d := range []Due{
		{Family: FamilyRun, Text: "剩 5 个工作日", Note: "11月30日"}, {Family: FamilyDue, Text: "剩 1 小时 40 分", Note: "17:00"},
		{Family: FamilyLate, Text: "逾期 2 个工作日", Note: "11月19日"}, {Family: FamilyHold, Text: "已停 2 个工作日", Note: "还剩 2 个工作日"},
		{Family: FamilyOff, Text: "用时 1 个工作日"},
	} {
		parts = append(parts, Clock(d))
	}
	parts = append(parts, raw(`</div>`))
	return around(Panel(Box{ID: "p1", Title: "状态", Sub: "图标 + 词 + 颜色，三者同在"}), parts...)
}

func sampleFlashes() templ.Component {
	return around(Panel(Box{ID: "p2", Title: "即时消息", Sub: "办完即显；错误不自动消失", Class: "grow"}),
		Flash(Notice{Family: FamilyOK, Text: Sentence{Plain("已退回市城管局，补正期限 11月30日（周一）17:00。"), Linked("撤销", "/undo")}}),
		Flash(Notice{Family: FamilyRun, Text: Sentence{Plain("正在生成考核明细（3,412 行），完成后在“消息”中通知您，可离开本页。")}}),
		Flash(Notice{Family: FamilyDue, Text: Sentence{Plain("2027年节假日安排尚未公布，12月31日以后的期限为暂定。")}}),
		Flash(Notice{Family: FamilyLate, Text: Sentence{Plain("没有保存：您打开后，钱颖已修改此字段。请"), Linked("查看差异", "/diff"), Plain("后再存。")}}),
	)
}

func sampleDrop() Drop {
	return Drop{
		ID: "up", Action: "/filings/1/batches", CSRF: "token-of-the-test", Name: "file", Accept: ".xlsx,.xls,.csv", Auto: true,
		Hidden: []Pair{{Name: "try", Value: "2"}},
		Title:  "把改好的文件拖到这里，或点此选择", Hint: "支持 .xlsx、.csv，不超过 200 MB；上传后自动校验，前两次上传的文件仍可查", Label: "上传文件",
	}
}

func sampleWork() Work {
	return Work{ID: "work", Name: "校验", Icon: IconCheckupList, Text: "正在校验　第 84,000 行，共约 120,000 行", Right: "约剩 3 秒", Percent: 70, Poll: "/filings/1/progress"}
}

func sampleUploads() templ.Component {
	failed := sampleDrop()
	failed.ID, failed.State = "up2", DropFailed
	failed.Problem = "没有上传：文件有打开密码。请在 WPS 中取消密码，另存为 .xlsx 后再传。"
	checking := sampleDrop()
	checking.State, checking.Work = DropChecking, sampleWork()
	return around(Panel(Box{ID: "p3", Title: "上传", Sub: "待传、校验中、失败", Class: "grow"}),
		raw(`<div class="stack">`), FileDrop(sampleDrop()), FileDrop(checking), FileDrop(failed), raw(`</div>`))
}

func sampleTable() templ.Component {
	row := func(code, unit, rows, when string, ticked bool) templ.Component {
		class := ""
		if ticked {
			class = ` class="is-sel"`
		}
		return templ.Join(
			raw(`<tr`+class+`><td>`), RowCheck("bulk", "id", code, "选择 "+code, ticked),
			raw(`</td><td><a href="/batches/`+code+`">`+code+`</a></td><td>`+unit+`</td><td class="num">`+rows+`</td><td>`+when+`</td><td>`),
			StateBadge(Badge{Family: FamilyRun, Icon: IconSend, Word: "待受理"}),
			raw(`</td><td class="num act">`),
			Button(Action{Label: "审阅", URL: templ.SafeURL("/batches/" + code), Small: true, Aria: "审阅 " + code}), raw(`</td></tr>`))
	}
	return around(Panel(Box{ID: "p4", Title: "表格", Sub: "工具栏、批量栏、排序、分页", Flush: true}),
		Toolbar(FilterBar{ID: "t", Action: "/batches", Filters: []Filter{
			{Name: "state", Label: "状态", Value: "filed", Options: []Option{{Value: "filed", Label: "待受理"}, {Value: "", Label: "全部"}}},
			{Name: "period", Label: "期次", Value: "2026-10", Options: []Option{{Value: "2026-10", Label: "2026年10月期"}}},
			{Name: "unit", Label: "单位", Placeholder: "输入单位名称"},
		}, Actions: []Action{Export("/batches.xlsx", 41, "条")}}),
		around(Bulky(Bulk{ID: "bulk", CSRF: "token-of-the-test", Total: 41, Unit: "条", Count: 2, Buttons: []BulkButton{
			{Label: "受理", URL: "/batches/accept", Style: StylePrimary}, {Label: "退回", URL: "/batches/return"},
		}}),
			around(Table(Grid{Label: "待受理的批次", Columns: []Column{
				{Label: "选择本页全部", Check: true}, {Label: "批次"}, {Label: "单位"}, {Label: "行数", Num: true},
				{Label: "报送时间", URL: "/batches?sort=time", Sort: SortDescending}, {Label: "状态"}, {Label: "操作", Actions: true},
			}}),
				row("ZRZY-01-202610-1", "市自然资源和规划局", "18,204", "今天 11:02", true),
				row("FGW-04-202610-2", "市发展改革委", "312", "今天 10:40", true),
				row("GA-04-202610-1", "市公安局", "96,551", "今天 09:18", false))),
		Pager(NewPages(41, 1, 20, "条", func(page int) templ.SafeURL { return templ.SafeURL("/batches?page=" + string(rune('0'+page))) })),
	)
}

func sampleConfirm(inline bool) templ.Component {
	return ConfirmReason(Confirm{
		ID: "dg", Icon: IconArrowBackUp, Title: "退回这个批次？", Inline: inline, Action: "/batches/1/return", CSRF: "token-of-the-test",
		Text: Sentence{Plain("市城管局“渣土运输企业登记管理信息　9月期”将回到联络员手中，补正期限 "), Bold("11月30日（周一）17:00"), Plain("。退回计入考核。")},
		Fields: []Input{{
			Kind: InputTextarea, Name: "reason", Label: "退回理由", Required: true, Value: "“核定载质量”列有 6 行单位写成公斤，请改为吨。",
			Hint: "写明哪一列、哪些行、怎样改；对方原样看到，并记入审计日志。",
		}},
		Label: "退回批次", Danger: true, BackURL: "/batches/1",
	})
}

func sampleButtons() templ.Component {
	return around(Panel(Box{ID: "p5", Title: "按钮", Sub: "动词开头，说明结果"}),
		raw(`<div class="wrap">`),
		Button(Action{Label: "提交审签", URL: "/x", Style: StylePrimary, Post: true, CSRF: "token-of-the-test"}),
		Button(Action{Label: "保存草稿", URL: "/x"}), Button(Action{Label: "退回批次", URL: "/x", Style: StyleDanger}),
		Button(Action{Label: "放弃", URL: "/x", Style: StyleQuiet}),
		Button(Action{Label: "发布第 4 版", Disabled: "字段 L 缺口径，补齐后才能发布。"}),
		Button(Action{Label: "去补正", URL: "/x", Small: true}), Button(Action{Label: "打印", Icon: IconPrinter, Print: true}),
		raw(`</div>`))
}

func sampleKeys() []Key {
	return []Key{
		{Badge: Badge{FamilyOK, IconCheck, "按时"}, Text: "5/5"}, {Badge: Badge{FamilyOK, IconCircleNumber0, "零报送"}, Text: "零"},
		{Badge: Badge{FamilyDue, IconClockCheck, "逾期补报"}, Text: "5/5"}, {Badge: Badge{FamilyLate, IconAlertOctagon, "逾期未报"}, Text: "3/5"},
		{Badge: Badge{FamilyDue, IconArrowBackUp, "退回补正"}, Text: "4/5"}, {Badge: Badge{FamilyRun, IconProgress, "待报"}, Text: "2/5"},
		{Badge: Badge{FamilyOff, IconCircleDashed, "未开放"}}, {Badge: Badge{FamilyOff, IconMinus, "免报"}, Text: "免"},
	}
}

func sampleCells() templ.Component {
	return around(Panel(Box{ID: "p6", Title: "履约格", Sub: "图标 + 数"}), Legend("履约格", sampleKeys(), "", true))
}

// samplePages are the pages that are checked and can be looked at, named as the mocks of the look.
func samplePages() map[string]templ.Component {
	return map[string]templ.Component{
		"12-components.html": samplePage(), "03-filing-task.html": taskPage(), "11c-form-errors.html": formPage(),
		"11b-error.html": errorPage(), "11a-empty.html": emptyPage(), "01-login.html": loginPage(), "receipt.html": receiptPage(),
		"confirm.html": around(layout.Page(sampleShell()), sampleConfirm(false)), "04-matrix.html": matrixPage(),
	}
}

func TestSample(t *testing.T) {
	dir := *sampleDir
	if dir == "" {
		dir = t.TempDir()
	}
	for name, page := range samplePages() {
		t.Run(name, func(t *testing.T) {
			checkPage(t, page)
			if err := os.WriteFile(filepath.Join(dir, name), []byte(render(t, page)), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
	if *sampleDir != "" {
		writeAssets(t, dir)
	}
}

// writeAssets puts the static files where the sample pages look for them.
func writeAssets(t *testing.T, dir string) {
	t.Helper()
	for _, name := range static.Names() {
		url := static.URL(name)
		answer := httptest.NewRecorder()
		static.Handler().ServeHTTP(answer, httptest.NewRequest("GET", url, nil))
		file := filepath.Join(dir, filepath.FromSlash(url))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, answer.Body.Bytes(), fs.FileMode(0o644)); err != nil {
			t.Fatal(err)
		}
	}
}
