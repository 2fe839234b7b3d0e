package filingview

import (
	"slices"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

func (p TaskPage) resultTitle() string {
	if p.Batch.Kind == models.BatchNil {
		return "零报送"
	}
	return "校验结果"
}

func (p TaskPage) uploadTitle() string {
	switch {
	case !p.CanFile && p.CanAsk:
		return "更正、解锁与免报"
	case p.Task.CorrectionOpen:
		return "上传更正文件"
	case p.Task.Effective() != nil:
		return "更正"
	case p.Batch != nil:
		return "重新上传"
	}
	return "上传文件"
}

// nilLink offers the nil return where one can be declared.
func (p TaskPage) nilLink() *components.TextLink {
	if !p.mayUpload() || !p.CanNil || (p.Batch != nil && p.Batch.Kind == models.BatchNil) {
		return nil
	}
	return &components.TextLink{Label: "本期确无数据？办理零报送", URL: templ.SafeURL(paths.ToTaskNil(p.Task.Code))}
}

func (p TaskPage) uploadRefusal() string {
	switch {
	case !p.Current:
		return "这是较早的一次报送，仅供查阅；要上传请回到任务页。"
	case !p.CanFile:
		return "由报送单位的信息联络员或经办人上传。"
	}
	return p.NoUpload
}

// hasUpload reports whether the page has the panel of the upload, which also leads to what may be asked of the Office.
func (p TaskPage) hasUpload() bool { return p.CanFile || p.mayAsk() }

// mayAsk reports whether an exemption, an unlocking or a correction can be asked for now: not while a batch is on its
// way, which must be decided first.
func (p TaskPage) mayAsk() bool {
	if !p.CanAsk || !p.Current || p.Task.ExemptedAt != 0 || p.Task.CorrectionOpen {
		return false
	}
	return p.Batch == nil || !(Busy(p.Batch) || p.Batch.State == models.BatchSigning || p.Batch.State == models.BatchFiled)
}

// askLabel says what may be asked of the Office, or raised by it, as the task stands.
func (p TaskPage) askLabel() string {
	verb := "申请"
	if !p.CanFile {
		verb = "提出"
	}
	return verb + p.askKind().Label()
}

// askKind is what is likeliest to be asked for as the task stands.
func (p TaskPage) askKind() models.WaiverKind {
	switch {
	case p.Task.Effective() != nil:
		return models.WaiverCorrection
	case p.Now.UnixMilli() >= int64(p.Task.LockAt):
		return models.WaiverUnlock
	}
	return models.WaiverExempt
}

func (p TaskPage) contactLine() string {
	if p.Contact == "" {
		return ""
	}
	line := "办公室对接人：" + p.Contact
	if p.Phone != "" {
		line += "　" + p.Phone
	}
	return line
}

// facts says what the task is about, in the plan's words.
func (p TaskPage) facts() []components.Fact {
	facts := []components.Fact{
		{Term: "报送单位", Text: p.Task.Unit.Name},
		{Term: "方案原文", Text: p.Task.Item.PlanWords},
		{Term: "任务号", Text: p.Task.Code},
		{Term: "期限", Text: words.Full(p.Task.DueAt) + p.unsure("　")},
		{Term: "锁定", Text: words.Full(p.Task.LockAt)},
		{Term: "模板", Body: templateLink(p)},
		{Term: "信息联络员", Text: orDash(p.Liaison)},
		{Term: "分管负责人", Text: orDash(p.Chief)},
	}
	if p.Task.OnTime != nil {
		onTime := "按时"
		if !*p.Task.OnTime {
			onTime = "逾期补报"
		}
		facts = append(facts, components.Fact{Term: "首次审签", Text: words.Full(p.Task.FirstFiledAt) + "　" + onTime})
	}
	return facts
}

func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// notices tells at the head of the page why the task came back: the Office's reason on every try until the mended batch
// is with the Office again, the unit leader's until a try is submitted again. An upload that was refused without script
// is told there too, because its form stands far below.
func (p TaskPage) notices() []components.Notice {
	var list []components.Notice
	if p.Problem != "" {
		list = append(list, components.Notice{Family: components.FamilyLate, Fixed: true, Text: components.Sentence{components.Plain("没有上传：" + p.Problem)}})
	}
	if moved := p.dueMoved(); moved != nil {
		list = append(list, *moved)
	}
	if p.Returned != nil {
		list = append(list, p.cameBack("办公室", p.Returned))
	}
	if p.SentBack != nil {
		list = append(list, p.cameBack("分管负责人", p.SentBack))
	}
	return list
}

func (p TaskPage) cameBack(post string, e *workflow.Event) components.Notice {
	return components.Notice{Family: components.FamilyDue, Fixed: true, Text: components.Sentence{
		components.Plain(post + e.ActorName + "　" + words.When(models.Instant(e.At), p.Now) + " 退回的理由："), components.Bold(e.Reason),
	}}
}

// asked is the request about the task that the Office has not decided yet, or nil.
func (p TaskPage) asked() *models.Waiver {
	for i := range p.Waivers {
		if w := &p.Waivers[i]; !models.WaiverFlow.Describe(w.State).Final {
			return w
		}
	}
	return nil
}

func askedLabel(w *models.Waiver) string {
	return w.Kind.Label() + "申请 " + w.Code + " 正在办理（" + models.WaiverFlow.Describe(w.State).Label + "）"
}

// shownTries is how many of a task's batches stand on its page; whoever tries often finds the older ones folded.
const shownTries = 5

// tries are the task's batches, newest first, if the page does not show all there is anyway.
func (p TaskPage) tries() (recent, older []models.Batch) {
	all := slices.Clone(p.Task.Batches)
	if len(all) == 0 || len(all) == 1 && p.Batch != nil {
		return nil, nil
	}
	slices.SortFunc(all, func(a, b models.Batch) int { return int(b.No - a.No) })
	n := min(len(all), shownTries)
	return all[:n], all[n:]
}

func olderLabel(older []models.Batch) string {
	return "再看更早的 " + components.Thousands(int64(len(older))) + " 次"
}
