package catalogueview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// ItemPage is one item of the catalogue.
type ItemPage struct {
	Shell     layout.Shell
	Now       time.Time
	DueHour   models.DueHour // until when a due day lasts
	Next      components.Next
	Row       Row
	Clause    *Clause
	Changes   []models.ItemChange   // newest first
	Proposals []models.Proposal     // newest first
	Deadlines []components.Sentence // where the template's 期限 says something else than the item
	Tasks     []Task                // newest first; nil where the reader sees none
	SeesTasks bool
	CanEdit   bool
	CanAsk    bool
	CanMatch  bool
	Guide     Guide
}

// Guide is the core metadata of the national guide that follows from other metadata.
type Guide struct {
	Format  string // 信息资源格式
	Way     string // 共享方式
	Public  string // 是否向社会开放
	Related string // 关联资源代码
}

// Task is one filing of the item.
type Task struct {
	Code   string
	Period string
	State  components.Badge
	Due    string
}

func (p ItemPage) state() components.Badge {
	switch {
	case p.Row.Item.RetiredAt != 0:
		return components.Badge{Family: components.FamilyOff, Icon: components.IconMinus, Word: "已停用"}
	case p.Row.Item.Origin == models.OriginAdded:
		return components.Badge{Family: components.FamilyRun, Icon: components.IconCirclePlus, Word: "补充"}
	}
	return components.Badge{Family: components.FamilyOK, Icon: components.IconCircleCheck, Word: "使用中"}
}

func (p ItemPage) actions() []components.Action {
	code := p.Row.Item.Code
	var list []components.Action
	if p.CanMatch {
		list = append(list, components.Action{Label: "逐条比对", URL: templ.SafeURL(paths.ToItemPart(paths.ItemDifferences, code)), Icon: components.IconCopy})
	}
	if p.CanAsk {
		list = append(list, components.Action{Label: "提出变更", URL: templ.SafeURL(paths.ToItemPart(paths.ItemPropose, code)), Icon: components.IconSend, Style: components.StylePrimary})
	}
	if p.CanEdit && p.Row.Item.RetiredAt == 0 {
		list = append(list, components.Action{Label: "停用", URL: templ.SafeURL(paths.ToItemPart(paths.ItemRetire, code)), Icon: components.IconBan},
			components.Action{Label: "修改目录项", URL: templ.SafeURL(paths.ToItemPart(paths.ItemEdit, code)), Icon: components.IconPencil, Style: components.StylePrimary})
	}
	return list
}

// facts are the item's metadata, every value shown; what is not known says so.
func (p ItemPage) facts() []components.Fact {
	i := p.Row.Item
	or := func(text, none string) string {
		if text == "" {
			return none
		}
		return text
	}
	sensitive := i.Sensitivity.Label()
	if i.Sensitivity == models.SensitivityPersonal {
		sensitive += "（含个人信息，默认遮盖，不批量下载）"
	}
	facts := []components.Fact{
		{Term: "代码", Text: models.ItemCode(i.Code)}, {Term: "信息资源代码", Text: or(i.ResourceCode, "待编")},
		{Term: "来源", Text: source(i)}, {Term: "提供单位", Body: unitLink(i.Unit)}, {Term: "负责科室", Text: or(i.Section, "待补：由提供单位告知办公室")},
		{Term: "数据形态", Text: i.Shape.Label() + "（" + p.Guide.Format + "）"}, {Term: "主体类别", Text: i.SubjectKind.Label()}, {Term: "服务税费", Text: models.TaxLabels(i.Taxes)},
		{Term: "共享类型", Text: i.Share.Label()}, {Term: "共享条件", Text: or(i.ShareTerms, "无")},
		{Term: "共享方式", Text: p.Guide.Way}, {Term: "向社会开放", Text: p.Guide.Public}, {Term: "依据", Text: or(i.Basis, "方案二（二）")}, {Term: "关联资源", Text: or(p.Guide.Related, "无")},
		{Term: "敏感级别", Text: sensitive}, {Term: "更新周期", Text: p.Row.Cycle}, {Term: "期限", Text: deadline(i, p.DueHour)},
		{Term: "零报送", Text: map[bool]string{true: "为常态，不必写原因", false: "须写明原因"}[i.NilNormal]},
		{Term: "本项限制", Text: or(i.Limits(), "无")}, {Term: "列入日期", Text: or(string(i.ListedOn), "—")},
		{Term: "信息模板", Body: templateLink(p.Row)},
	}
	if p.Row.Moved != "" {
		facts = slices.Insert(facts, 4, components.Fact{Term: "提供单位变更", Text: p.Row.listed()})
	}
	if i.RetiredAt != 0 {
		facts = append(facts, components.Fact{Term: "停用", Text: words.Full(i.RetiredAt) + "，" + i.RetiredWhy})
	}
	return facts
}

// proposed says that the plan does not fix what the portal says of its items; what the Office adds is decided.
func (p ItemPage) proposed() string {
	if p.Row.Item.Origin == models.OriginAdded {
		return ""
	}
	return "共享类型、敏感级别等为拟定值的，由提供单位核定"
}

// source says where the item comes from: the plan's words, or the Office's decision. Words by which the name completes the
// plan's, because the plan writes them once for several items, are told.
func source(i models.CatalogueItem) string {
	if i.Origin == models.OriginAdded {
		return "办公室 " + string(i.ListedOn) + " 决定补充，不在方案原文中"
	}
	text := "方案原文“" + i.PlanWords + "”"
	before, after, _ := strings.Cut(i.Name, i.PlanWords)
	var joint []string
	for _, words := range []string{before, after} {
		if words != "" {
			joint = append(joint, "“"+words+"”")
		}
	}
	if len(joint) > 0 {
		text += "，" + strings.Join(joint, "和") + "由原文共用的前后文字补全"
	}
	return text
}

// deadline says in words when an item is due.
func deadline(i models.CatalogueItem, until models.DueHour) string {
	return fmt.Sprintf("期满后第 %d 天 %s，遇休息日顺延；此后第 %d 天锁定", i.DueDays, until, i.LockDays)
}

// history is what was done to the item, newest first, down to the plan.
func (p ItemPage) history() []components.Event {
	var list []components.Event
	for _, c := range p.Changes {
		list = append(list, p.event(c))
	}
	if p.Row.Item.Origin == models.OriginPlan {
		list = append(list, components.Event{When: "2020年6月29日", DateTime: "2020-06-29", What: components.Sentence{components.Plain("方案印发，列入共享目录；元数据的初始值由平台拟定")}})
	}
	return list
}

func (p ItemPage) event(c models.ItemChange) components.Event {
	what := components.Sentence{components.Plain(c.ActorName + "（" + c.ActorPost + "）" + c.Kind.Label() + "，自" + c.EffectiveFrom.Label() + "起")}
	if told := told(c.Diffs); told != "" {
		what = append(what, components.Plain("："+told))
	}
	if c.Basis != "" {
		what = append(what, components.Plain("；依据："+c.Basis))
	}
	if c.ProposalCode != "" {
		what = append(what, components.Plain("；据变更申请 "), components.Linked(c.ProposalCode, templ.SafeURL(paths.ToProposal(c.ProposalCode))))
	}
	switch {
	case c.WithdrawnAt != 0:
		what = append(what, components.Plain("；"+c.WithdrawnName+" 于 "+words.When(c.WithdrawnAt, p.Now)+" 撤回："+c.WithdrawnWhy))
	case c.Pending():
		what = append(what, components.Bold("（待生效）"))
		if p.CanEdit {
			what = append(what, components.Linked("撤回这项修改", templ.SafeURL(paths.ToItemWithdraw(p.Row.Item.Code, c.ID))))
		}
	}
	return components.Event{When: words.When(c.At, p.Now), DateTime: words.Machine(c.At), What: what, Quote: c.Reason, Bad: c.Kind == models.ItemRetired}
}

// told says differences in words.
func told(diffs []models.ItemDiff) string {
	var parts []string
	for _, d := range diffs {
		f, _ := models.ItemFieldOf(d.Field)
		parts = append(parts, f.Label+" "+f.Show(d.Old)+" → "+f.Show(d.New))
	}
	return strings.Join(parts, "；")
}
