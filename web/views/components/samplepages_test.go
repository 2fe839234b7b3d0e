package components_test

import (
	"github.com/a-h/templ"

	. "taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// taskPage puts together the page of a filing task after a check. Names and codes are invented; the codes carry
// the faults that the findings name.
func taskPage() templ.Component {
	shell := sampleShell()
	shell.Title, shell.DemoBanner = "商品房预售许可信息 2026年10月期", true
	shell.User = layout.User{Name: "王静", UnitName: "市住房城乡建设局", Post: "信息联络员"}
	drop := sampleDrop()
	drop.Tall = true
	return around(layout.Page(shell),
		PageHead(Head{
			Title: "商品房预售许可信息　2026年10月期", State: Badge{Family: FamilyLate, Icon: IconCircleX, Word: "有错误，不能提交"}, Sub: "任务号 ZJJ-02-202610　模板第 3 版",
			Actions: []Action{{Label: "下载批注工作簿", URL: "/x", Icon: IconDownload}, {Label: "重新上传", URL: "#up", Icon: IconUpload, Style: StylePrimary}},
		}),
		NextStep(Next{
			Sentence: Sentence{Plain("请您（王静）在 "), Bold("11月25日（周三）17:00 前"), Plain("改好 "), Bold("23 行错误"), Plain("并重新上传；无错误后由分管负责人刘志远审签。")},
			Clock:    Due{Family: FamilyDue, Text: "剩 2 个工作日", Note: "截止 11月25日 17:00"},
		}),
		around(Panel(Box{ID: "steps", Title: "办理进度", Unseen: true, Flush: true}), Stepper([]Step{
			{Name: "开放填报", Note: "11月1日", State: StepDone}, {Name: "上传文件", Note: "王静 今天 14:53", State: StepDone},
			{Name: "自动校验", Note: "14:56　23 行有错误", State: StepStop}, {Name: "待审签", Note: "刘志远（分管负责人）"},
			{Name: "办公室受理", Note: "受理后 3 个工作日内"}, {Name: "完成", Note: "数据生效"},
		})),
		raw(`<div class="row2 is-even">`),
		around(Panel(Box{ID: "result", Title: "校验结果", Sub: "第 2 次上传　今天 14:53　校验用时 4 秒", Class: "grow"}),
			around(FileSummary(FileCheck{Valid: 1223, Rejected: 23, Note: Sentence{Plain("合格率 98.2%。合格行中另有 4 行提醒，审签前须说明。首次上传有 57 行错误，已改好 34 行。")}}),
				raw(`<p class="mt">`), Words(Sentence{Linked("批注工作簿.xlsx", "/x"), Plain("：错误单元格已标色并加批注，可直接在其中修改后上传。")}), raw(`</p>`))),
		around(Panel(Box{ID: "file", Title: "文件", Link: &TextLink{Label: "下载原文件", URL: "/x"}, Class: "side-lg"}), Facts([]Fact{
			{Term: "文件名", Text: "商品房预售许可10月（改）.csv　218 KB"}, {Term: "编码", Text: "GB18030（自动识别，逗号分隔）"},
			{Term: "工作表", Text: "预售许可（CSV 只有一张表）"}, {Term: "表头", Text: "第 3 行；12 列全部对应模板字段"}, {Term: "未计入", Text: "第 1、2 行标题，第 1,250 行“合计”"},
		}, true)),
		raw(`</div>`),
		around(Panel(Box{ID: "findings", Title: "问题清单", Sub: "错误 4 类 23 行，须改正；提醒 1 类 4 行，改正或说明均可", Flush: true}), sampleFindings()...),
		raw(`<div class="row2 is-even">`),
		around(Panel(Box{ID: "again", Title: "重新上传", Link: &TextLink{Label: "本期确无数据？办理零报送", URL: "/x"}, Class: "grow"}), FileDrop(drop)),
		around(Panel(Box{ID: "history", Title: "办理记录", Class: "side-lg"}), Timeline([]Event{
			{When: "今天 14:56", DateTime: "2026-11-23T14:56", What: Sentence{Plain("系统完成校验（第 2 次上传）："), Bold("23 行有错误，4 行提醒")}, Bad: true},
			{When: "今天 14:53", What: Sentence{Plain("王静 上传 商品房预售许可10月（改）.csv")}, Quote: "按办公室意见改了 34 行。"},
			{When: "11月18日 10:07", What: Sentence{Plain("系统完成校验（第 1 次上传）：57 行有错误")}, Bad: true},
		})),
		raw(`</div>`),
		raw(`<div class="row2">`),
		around(Panel(Box{ID: "why", Title: "期限", Class: "grow"}), Why(Reckoning{
			Summary: "这个期限怎么来的：应于 11月25日（周三）17:00 前报送", Open: true, Note: "次月 25 日前，遇休息日顺延。",
			Days: []Day{
				{Date: "11月20日 周五", Note: "第 1 个工作日"}, {Date: "11月21、22日", Note: "周末，不计", Kind: DayOff}, {Date: "11月23日 周一", Note: "停止计时", Kind: DayHold},
				{Date: "11月25日 周三", Note: "17:00 到期", Kind: DayEnd}, {Date: "11月26日 周四", Note: "逾期第 1 个工作日", Kind: DayLate},
			},
		})),
		around(Panel(Box{ID: "talk", Title: "与对接人的消息", Class: "side-lg"}), Messages(sampleThread())),
		raw(`</div>`),
	)
}

func sampleThread() Thread {
	return Thread{
		ID: "thread", Action: "/x", CSRF: "token-of-the-test", Hint: "本单位和领导小组办公室的对接人可见。",
		Messages: []Message{
			{Author: "市住房城乡建设局 王静", When: "今天 10:02", Text: "监管账号一列是否可以只填后四位？", Mine: true},
			{Author: "领导小组办公室 赵敏", When: "今天 10:15", Text: "不可以，请填完整账号；\n平台会加密保存。"},
		},
	}
}

func sampleFindings() []templ.Component {
	return []templ.Component{
		FindingGroup(Finding{
			Rule: "统一社会信用代码校验位不符", Advice: "对照营业执照重新录入；多为看错字母或两位颠倒", Count: 9, Open: true,
			Rows: []FindingRow{
				{Sheet: "预售许可", Row: 18, Column: "D　企业代码", Value: []Char{{Text: "91371500MA3C2X7K2"}, {Text: "6", Marked: true}}, Problem: "末位应为 2，可能录错一位", Mend: "核对后可改为", Proposed: []Char{{Text: "91371500MA3C2X7K2"}, {Text: "2", Marked: true}}},
				{Sheet: "预售许可", Row: 213, Column: "D　企业代码", Value: []Char{{Text: "91371522MA3H5R9E0"}}, Problem: "只有 17 位，应为 18 位", Mend: "漏录一位，请对照营业执照补全"},
			},
			Links: []TextLink{{Label: "再看 7 行", URL: "/x"}, {Label: "导出这 9 行", URL: "/x"}},
		}),
		FindingGroup(Finding{Rule: "日期无法识别", Advice: "改为 2026-10-08 的形式", Count: 14, Links: []TextLink{{Label: "导出这 14 行", URL: "/x"}}}),
		FindingGroup(Finding{
			Warning: true, Rule: "预售面积较上期变动超过 50%", Advice: "确认无误的，点“说明”写明原因，可按规则一并说明", Count: 4, Open: true,
			Rows: []FindingRow{{
				Sheet: "预售许可", Row: 30, Column: "H　预售面积", Value: []Char{{Text: "48200"}}, Problem: "上期 12,100，本期 48,200", Mend: "核对后改正或说明",
				Note: "本期新增二期 6 栋。", Action: &Action{Label: "改说明", URL: "/x", Small: true},
			}},
			Links: []TextLink{{Label: "一并说明", URL: "/x"}},
		}),
	}
}

// sampleInputs are fields of every kind; faulty ones carry an error.
func sampleInputs(faulty bool) []Input {
	inputs := []Input{
		{Name: "name", Label: "纳税人名称", Required: true, Value: "鲁西恒达建材有限公司（虚构）", Hint: "与营业执照一致。"},
		{Name: "uscc", Label: "统一社会信用代码", Required: true, Value: "91371500MA3K8Y2D68", MaxLength: 18, Hint: "18 位，不使用字母 I、O、S、V、Z。"},
		{Name: "amount", Label: "冻结限额（元）", Required: true, Numeric: true, Placeholder: "如 1860000.00"},
		{Kind: InputDate, Name: "until", Label: "措施到期日", Required: true, Value: "2027-01-15", Hint: "格式如 2026-12-22。"},
		{Kind: InputSelect, Name: "law", Label: "法律依据", Required: true, Value: "38", Options: []Option{{Value: "38", Label: "税收征收管理法第三十八条第一款"}, {Value: "55", Label: "税收征收管理法第五十五条"}}},
		{Kind: InputPassword, Name: "password", Label: "密码", Autocomplete: "current-password", Value: "never shown"},
		{Kind: InputRadio, Name: "scope", Label: "范围", Required: true, Value: "own", Options: []Option{{Value: "own", Label: "本单位"}, {Value: "area", Label: "本区划", Hint: "含下级"}}},
		{Kind: InputCheckboxes, Name: "roles", Label: "角色", Options: []Option{{Value: "liaison", Label: "信息联络员", Checked: true}, {Value: "chief", Label: "分管负责人"}}},
		{Kind: InputFile, Name: "document", Label: "文书", Required: true, Accept: ".pdf,.ofd", Width: WidthFull, Hint: "PDF 或 OFD，每份不超过 20 MB。"},
		{Kind: InputTextarea, Name: "case", Label: "案情说明", Width: WidthFull, Value: "纳税人有转移、隐匿应纳税商品迹象。", Hint: "不写国家秘密。", MaxLength: 500},
		{Kind: InputCheckbox, Name: "agree", Label: "已核对附件", Required: true, Checked: true, Width: WidthFull},
	}
	if faulty {
		for i := range inputs {
			inputs[i].Error = inputs[i].Label + "需要改正：请对照原件重新填写。"
		}
	}
	return inputs
}

func formPage() templ.Component {
	inputs := sampleInputs(true)
	parts := []templ.Component{
		PageHead(Head{Title: "发起协助请求", Sub: "冻结存款"}),
		ErrorSummary(Summary{Errors: ErrorsOf(inputs...)}),
		raw(`<form class="gz-panel" method="post" action="/x" novalidate aria-label="协助请求">`), CSRF("token-of-the-test"),
		raw(`<div class="gz-panel-body"><div class="gz-form">`),
	}
	for _, in := range inputs {
		parts = append(parts, Field(in))
	}
	parts = append(parts, raw(`</div></div><div class="gz-panel-foot"><button class="btn btn-primary" type="submit">提交法制审核</button>`),
		Button(Action{Label: "放弃", URL: "/x", Style: StyleQuiet}), raw(`</div></form>`))
	return around(layout.Page(sampleShell()), parts...)
}

func errorPage() templ.Component {
	return around(layout.Page(sampleShell()), ErrorPage(Trouble{
		Title: "提交审签没有办成", Heading: "系统暂时忙，没有完成这一步",
		Next:    Sentence{Plain("请"), Bold("稍等 1 分钟"), Plain("后再点“重新提交”；仍不成功的，请把下面的事件编号告诉平台管理员（0635-0000000）。")},
		Text:    Sentence{Plain("校验结果和您写的 4 条说明"), Bold("都已保存"), Plain("，不需要重新上传；任务状态没有改变。")},
		Facts:   []Fact{{Term: "时间", Text: "2026年11月23日 15:20:41"}, {Term: "事件编号", Text: "E-20261123-7K2M", Code: true}},
		Actions: []Action{{Label: "重新提交", URL: "/x", Icon: IconRefresh, Style: StylePrimary, Post: true, CSRF: "token-of-the-test"}, {Label: "返回任务", URL: "/x"}},
	}))
}

func emptyPage() templ.Component {
	return around(layout.Page(sampleShell()),
		PageHead(Head{Title: "完税核验", Sub: "不动产登记前核验依法纳税或减免税证明"}),
		KPIs([]Figure{
			{Question: "单位在报送吗？　9月期按时率", Value: "92.4", Unit: "%", Trend: &Trend{Against: "较上期", Text: "降 1.5", Unit: "个百分点", Bad: true}, Verdict: Badge{Family: FamilyDue, Word: "未达 95%"}},
			{Question: "协助管用吗？　按期办结率", Value: "88.2", Unit: "%", Trend: &Trend{Against: "较上月", Text: "升 1.5", Unit: "个百分点", Up: true}, Verdict: Badge{Family: FamilyOK, Word: "连升 2 月"}},
			{Question: "什么逾期了？　逾期未办", Value: "15", Unit: "项", Note: "报送 11 项，协助 4 项", Verdict: Badge{Family: FamilyLate, Word: "最长 59 天"}},
		}),
		around(Panel(Box{ID: "list", Title: "完税核验清单", Unseen: true, Flush: true}),
			Tabs("核验分类", []Tab{{Label: "全部 0", URL: "/x", Current: true}, {Label: "已答复 3", URL: "/y", End: true}}),
			Toolbar(FilterBar{ID: "e", Action: "/x", ClearURL: "/x", Filters: []Filter{
				{Name: "q", Label: "申请人或产权证号", Value: "鲁（2026）"}, {Name: "sort", Label: "排序", Value: "", End: true, Options: []Option{{Value: "", Label: "方案顺序"}}},
			}}),
			Table(Grid{Label: "核验", Empty: &Nothing{
				Icon: IconReceipt, Title: "没有符合条件的核验记录", Text: "近 30 天待答复的核验中，没有产权证号含“鲁（2026）”的记录。可放宽日期或清除条件再查。",
				Actions: []Action{{Label: "清除条件", URL: "/x"}, {Label: "登记核验", URL: "/x", Style: StylePrimary}},
			}}),
			Pager(NewPages(0, 1, 20, "条", nil))),
		around(Panel(Box{ID: "side", Title: "10月期报送", Sub: "11月25日截止"}),
			Quantity("8", "/ 应报 10 项，11月25日截止"), Bar("已报 8 项，待报 2 项", []BarPart{{Percent: 80}, {Percent: 10, Family: FamilyLate}}),
			Facts([]Fact{{State: Badge{Family: FamilyOK, Word: "按时"}, Text: "6 项"}, {State: Badge{Family: FamilyRun, Icon: IconSignature, Word: "待审签"}, Body: raw("<strong>1 项</strong>")}}, false)),
	)
}

func loginPage() templ.Component {
	return around(layout.Bare(layout.Shell{Title: "登录", Organiser: "聊城市税收共治工作领导小组办公室（市财政局）"}),
		raw(`<div class="gz-intro"><h1>各单位报数据、办协助，<br>一处办、有期限、可追溯</h1><p>依据《聊城市税收共治工作实施方案》，供领导小组成员单位报送共享信息、履行税收执法协助使用。</p><ul><li>`),
		Icon(IconFileUpload), raw(`<span>按统一模板上传工作簿，逐行指出错在哪里、怎样修改</span></li></ul></div>`),
		raw(`<form class="gz-panel gz-login-form" action="/login" method="post"><h2>登录</h2>`),
		Flash(Notice{Family: FamilyOff, Icon: IconClock, Fixed: true, Text: Sentence{Plain("您已 20 分钟未操作，为保护数据已自动退出。未提交的内容已存为草稿。")}}),
		Field(Input{Name: "username", Label: "用户名", Autocomplete: "username", Value: "liaison.zjj"}),
		Field(Input{Kind: InputPassword, Name: "password", Label: "密码", Autocomplete: "current-password", Hint: "连续输错 5 次，账号锁定。"}),
		Field(Input{Name: "otp", Label: "动态口令", Autocomplete: "one-time-code", Numeric: true, MaxLength: 6, Width: WidthShort}),
		raw(`<button class="btn btn-primary" type="submit">登录</button><p class="gz-hint">忘记密码或更换人员，请联系本单位信息联络员。</p></form>`),
	)
}

func receiptPage() templ.Component {
	return around(layout.Document(sampleShell(), layout.Paper{Title: "数据报送回执", Number: "ZJJ-02-202610-1", Back: TextLink{Label: "返回任务", URL: "/x"}}),
		Facts([]Fact{{Term: "单位", Text: "市住房城乡建设局"}, {Term: "行数", Text: "1,246 行"}, {Term: "校验值", Text: "SM3 0f3c…", Code: true}}, false))
}

func matrixPage() templ.Component {
	row := func(unit string, cells []Cell, rate Rate) templ.Component {
		parts := []templ.Component{raw(`<tr><th scope="row">` + unit + `</th>`)}
		for _, c := range cells {
			parts = append(parts, MatrixCell(c))
		}
		return templ.Join(append(parts, raw(`<td class="num">`), RateBar(rate), raw(`</td></tr>`))...)
	}
	return around(layout.Page(sampleShell()),
		PageHead(Head{Title: "履约矩阵", Sub: "2 个成员单位"}),
		around(Panel(Box{ID: "m", Title: "履约矩阵", Unseen: true, Flush: true}),
			raw(`<div class="gz-toolbar is-low">`), Legend("图例", sampleKeys(), "格内为 已报／应报 项数，点开看明细", false), raw(`</div>`),
			raw(`<div class="gz-scroll" tabindex="0" role="region" aria-label="单位按期履约矩阵"><table class="gz-matrix"><thead><tr><th scope="col">成员单位</th><th scope="col">9月</th><th scope="col">10月</th><th scope="col">11月</th><th scope="col" class="num">按时率</th></tr></thead><tbody>`),
			row("市城管局", []Cell{
				{Family: FamilyLate, Icon: IconAlertOctagon, Text: "3/4", Label: "市城管局 9月期 逾期未报 3/4", URL: "/x"},
				{Family: FamilyDue, Icon: IconClockCheck, Text: "4/4", Label: "市城管局 10月期 逾期补报 4/4", URL: "/x"},
				{Family: FamilyOff, Label: "市城管局 11月期 未开放"},
			}, Rate{Percent: 70, Text: "70.0%", Low: true}),
			row("市发展改革委", []Cell{
				{Family: FamilyOK, Icon: IconCheck, Text: "5/5", Label: "市发展改革委 9月期 按时 5/5", URL: "/x"},
				{Family: FamilyRun, Text: "2/5", Label: "市发展改革委 10月期 待报 2/5", URL: "/x"},
				{Family: FamilyOff, Icon: IconMinus, Text: "免", Label: "市发展改革委 11月期 免报"},
			}, Rate{Percent: 98, Text: "98.0%"}),
			raw(`</tbody></table></div>`)))
}
