package components_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	. "taxportal/web/views/components"
)

func TestStateBadge_showsIconAndWordTogether(t *testing.T) {
	for _, b := range sampleBadges() {
		doc := parse(t, StateBadge(b))
		if got := text(doc, ".gz-state"); got != b.Word {
			t.Errorf("word %q, want %q", got, b.Word)
		}
		if doc.Find(".gz-state svg use").Length() != 1 || !doc.Find(".gz-state").HasClass("is-"+string(b.Family)) {
			t.Errorf("%s: icon or family is missing", b.Word)
		}
	}
	if got := render(t, StateBadge(Badge{Family: FamilyLate})); got != "" {
		t.Errorf("a badge without a word shows %q", got)
	}
	if doc := parse(t, StateBadge(Badge{Family: "seventh", Word: "未知"})); !doc.Find(".gz-state").HasClass("is-off") {
		t.Error("an unknown family is not shown as off")
	}
}

func TestWords_escapeAndKeepTheirMarks(t *testing.T) {
	got := render(t, Words(Sentence{Plain("请<b>"), Bold("谁"), Late("逾期"), Linked("查看", "/a?b=1&c=2"), Plain("。")}))
	want := `请&lt;b&gt;<strong>谁</strong><strong class="t-late">逾期</strong><a href="/a?b=1&amp;c=2">查看</a>。`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 12408: "12,408", 1234567: "1,234,567", -1234: "-1,234", -999: "-999"} {
		if got := Thousands(n); got != want {
			t.Errorf("Thousands(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPercent_neverHidesTheLastFaultyRow(t *testing.T) {
	tests := []struct {
		part, whole int64
		want        string
	}{
		{1223, 1246, "98.2%"}, {0, 5, "0.0%"}, {5, 5, "100.0%"}, {999_999, 1_000_000, "99.9%"}, {1, 1_000_000, "0.1%"}, {0, 0, "—"}, {1, 3, "33.3%"}, {2, 3, "66.7%"},
	}
	for _, tt := range tests {
		if got := Percent(tt.part, tt.whole); got != tt.want {
			t.Errorf("Percent(%d, %d) = %q, want %q", tt.part, tt.whole, got, tt.want)
		}
	}
}

func TestNextStep_isOneSentenceWithATone(t *testing.T) {
	doc := parse(t, sampleNext())
	for i, class := range []string{"gz-next", "is-late", "is-calm"} {
		box := doc.Find(".gz-next").Eq(i)
		if !box.HasClass(class) || attrOf(box, "aria-label") != "下一步" || box.Find("p").Length() != 1 {
			t.Errorf("step %d: not a named %s with one sentence", i, class)
		}
	}
	clock := doc.Find(".gz-clock.is-box").First()
	if attrOf(clock, "hx-get") != "/filings/1/clock" || attrOf(clock, "hx-trigger") != "every 60s" {
		t.Error("the clock does not refresh itself each minute")
	}
	if second := doc.Find(".gz-clock.is-box").Eq(1); attrOf(second, "hx-get") != "" {
		t.Error("a clock without an address refreshes itself")
	}
	action := parse(t, NextStep(Next{Sentence: Sentence{Plain("请签收。")}, Action: &Action{Label: "签收", URL: "/x", Post: true, CSRF: "c", Small: true}}))
	if action.Find("form[method=post] button").Length() != 1 {
		t.Error("the button of the step is missing")
	}
}

func TestStepper_marksTheCurrentStepAlsoInWords(t *testing.T) {
	doc := parse(t, Stepper([]Step{{Name: "开放", State: StepDone}, {Name: "校验", State: StepStop}, {Name: "审签"}}))
	if doc.Find(`li[aria-current="step"]`).Length() != 1 || !strings.Contains(text(doc, "li.is-stop"), "待改正") {
		t.Error("the stopped step is not the current one, or says so by colour only")
	}
	if !strings.Contains(text(doc, "li.is-done"), "已完成") || text(doc, "li:last-child .dot") != "3" {
		t.Error("a done step or the number of one ahead is missing")
	}
	now := parse(t, Stepper([]Step{{Name: "反馈", Note: "已反馈 1 家", State: StepNow}}))
	if attr(t, now, "li", "aria-current") != "step" || text(now, "small") != "已反馈 1 家" {
		t.Error("the step under way is not the current one")
	}
}

func TestClock_hasAnIconOfItsFamily(t *testing.T) {
	for family, icon := range map[Family]string{FamilyRun: "#clock", FamilyDue: "#clock-exclamation", FamilyLate: "#alert-octagon", FamilyHold: "#clock-pause", FamilyOff: "#clock"} {
		doc := parse(t, Clock(Due{Family: family, Text: "剩 2 个工作日", Note: "11月25日"}))
		if got := attr(t, doc, "use", "href"); !strings.HasSuffix(got, icon) {
			t.Errorf("%s: icon %q, want %q", family, got, icon)
		}
		if text(doc, ".gz-clock small") != "11月25日" {
			t.Errorf("%s: the note is missing", family)
		}
	}
}

func TestWhy_tellsEveryDay(t *testing.T) {
	doc := parse(t, Why(Reckoning{Summary: "怎么来的", Days: []Day{{Date: "11月20日", Note: "到期", Kind: DayEnd}, {Date: "11月21日", Note: "周末", Kind: DayOff}}, Note: "按工作日计算。"}))
	if doc.Find("details[open]").Length() != 0 || doc.Find("li.end").Length() != 1 || text(doc, "li.off") != "11月21日周末" || text(doc, ".gz-hint") != "按工作日计算。" {
		t.Error("days or the rule are missing")
	}
}

func TestButton_isTheElementThatFits(t *testing.T) {
	link := parse(t, Button(Action{Label: "审阅", URL: "/b/1", Small: true, Aria: "审阅 ZJJ-02", Style: StylePrimary}))
	if got := attr(t, link, "a", "class"); got != "btn btn-sm btn-primary" {
		t.Errorf("class %q", got)
	}
	if attr(t, link, "a", "aria-label") != "审阅 ZJJ-02" {
		t.Error("the full name is missing")
	}
	post := parse(t, Button(Action{Label: "签收", URL: "/r", Post: true, CSRF: "c0", Hidden: []Pair{{"version", "3"}}}))
	first := post.Find("form input").First()
	if attrOf(first, "name") != "_csrf" || attrOf(first, "value") != "c0" || post.Find("input[name=version][value='3']").Length() != 1 {
		t.Error("the token does not come first, or a hidden field is missing")
	}
	off := parse(t, Button(Action{Label: "发布", URL: "/p", Post: true, Disabled: "缺口径。"}))
	if off.Find("button[disabled]").Length() != 1 || text(off, ".gz-hint") != "缺口径。" || off.Find("form").Length() != 0 {
		t.Error("a disabled button acts or gives no reason")
	}
	if got := text(parse(t, Button(Export("/x.xlsx", 12408, "条"))), "a"); got != "导出 12,408 条" {
		t.Errorf("export says %q", got)
	}
}

func TestLinks_refuseScriptAddresses(t *testing.T) {
	// SafeURL is what callers vouch for; what comes from outside passes templ.URL first.
	doc := parse(t, ButtonLink(Action{Label: "看", URL: templ.URL("javascript:alert(1)")}))
	if got := attr(t, doc, "a", "href"); strings.HasPrefix(got, "javascript:") {
		t.Errorf("href %q", got)
	}
}

func TestCountMark_saysWhatItCounts(t *testing.T) {
	if got := render(t, CountMark("待办", 0, true)); got != "" {
		t.Errorf("nothing waits, but it shows %q", got)
	}
	doc := parse(t, CountMark("待办", 4, true))
	if got := strings.Join(strings.Fields(doc.Text()), ""); got != "待办4，含逾期" {
		t.Errorf("says %q", got)
	}
	if !doc.Find(".gz-count").HasClass("is-late") {
		t.Error("late is not red")
	}
}

func TestPanel_isNamedByItsHeading(t *testing.T) {
	for _, unseen := range []bool{false, true} {
		doc := parse(t, around(Panel(Box{ID: "p", Title: "文件", Unseen: unseen, Link: &TextLink{"全部", "/x"}, Aside: raw("<i>侧</i>")}), raw("<p>内容</p>")))
		id := attr(t, doc, "section", "aria-labelledby")
		if text(doc, "h2#"+id) != "文件" || !strings.Contains(doc.Text(), "内容") {
			t.Errorf("unseen %v: heading or content is missing", unseen)
		}
	}
	flush := parse(t, around(Panel(Box{ID: "p", Title: "表", Flush: true}), raw("<table></table>")))
	if flush.Find(".gz-panel-body").Length() != 0 {
		t.Error("a flush panel has a body with padding")
	}
}

func TestFacts_showStateCodeAndBody(t *testing.T) {
	doc := parse(t, Facts([]Fact{{Term: "文件名", Text: "a<b>.csv"}, {State: Badge{Family: FamilyOK, Word: "按时"}, Text: "6 项"}, {Term: "编号", Text: "E-1", Code: true}, {Term: "比例", Body: raw("<b>1</b>")}}, true))
	if doc.Find("dt").Length() != 4 || text(doc, "dd:nth-of-type(1)") != "a<b>.csv" || text(doc, ".gz-cell") != "E-1" || text(doc, "dd b") != "1" || text(doc, "dt .gz-state") != "按时" {
		html, _ := doc.Html()
		t.Error(html)
	}
}

func TestKPI_hasPeriodAndComparison(t *testing.T) {
	doc := parse(t, emptyPage())
	first := doc.Find(".gz-kpi").First()
	words := strings.Join(strings.Fields(first.Text()), " ")
	for _, want := range []string{"9月期按时率", "92.4 %", "较上期", "降 1.5", "个百分点", "未达 95%"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is missing in %q", want, words)
		}
	}
	if first.Find(".gz-delta.t-late use").Length() != 1 {
		t.Error("the bad trend has no arrow or is not red")
	}
}

func TestBar_widthsAreAttributesWithinBounds(t *testing.T) {
	tests := []struct {
		name  string
		parts []BarPart
		want  []string // x and width of each part
	}{
		{"one", []BarPart{{Percent: 98.2}}, []string{"0%", "98.2%"}},
		{"two", []BarPart{{Percent: 80}, {Percent: 10, Family: FamilyLate}}, []string{"0%", "80%", "80%", "10%"}},
		{"too much", []BarPart{{Percent: 140}}, []string{"0%", "100%"}},
		{"negative", []BarPart{{Percent: -3}, {Percent: 5}}, []string{"0%", "0%", "0%", "5%"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			parse(t, Bar("已报", tt.parts)).Find("rect").Each(func(_ int, s *goquery.Selection) {
				got = append(got, attrOf(s, "x"), attrOf(s, "width"))
			})
			if strings.Join(got, " ") != strings.Join(tt.want, " ") {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if doc := parse(t, Bar("已报 8 项", nil)); attr(t, doc, "svg", "role") != "img" || attr(t, doc, "svg", "aria-label") != "已报 8 项" {
		t.Error("a bar with words is not a named picture")
	}
	if doc := parse(t, Bar("", nil)); attr(t, doc, "svg", "aria-hidden") != "true" {
		t.Error("a bar beside a number is not decoration")
	}
}
