package filingview

import (
	"fmt"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/words"
)

// TaskPage is the page of one task, as it stands or as one of its batches (mock 03).
type TaskPage struct {
	Shell    layout.Shell
	Now      time.Time
	Task     models.FilingTask
	Standing models.Standing
	Batch    *models.Batch   // nil: nothing has been filed yet
	Previous *models.Batch   // the try before, to compare with
	Returned *workflow.Event // why the Office returned it, while it is to be mended
	SentBack *workflow.Event // why the unit leader sent it back, until it is submitted again
	Current  bool            // Batch is the one that the task speaks of, not an older one
	Next     []workflow.Segment
	Late     bool
	Calm     bool
	Clock    components.Due
	Why      *components.Reckoning // how the due date came about
	Rules    []Rule
	Show     string // findings shown: "", error, warning
	History  []workflow.Event
	Moves    []workflow.Move
	Messages []models.TaskMessage
	Waivers  []models.Waiver
	Dues     []models.DueChange // how the due date followed the working calendar
	Unsure   bool               // the due date may still move: the notice of its year is not out
	Handover *Handover          // of the batch, once it has been in force
	Liaison  string
	Chief    string
	Contact  string
	Phone    string

	NoUpload  string // why nothing can be uploaded now
	CanFile   bool
	CanNil    bool
	CanAsk    bool
	CanSay    bool
	CanMend   bool   // may explain warnings
	MyID      int64  // of the reader, for 'mine' in the messages
	Said      string // a message that was refused comes back
	SaidError string
	Problem   string // an upload that was refused, without script
	Limits    components.UploadLimits
}

// Rule is what one rule found, with the explanations given.
type Rule struct {
	models.FindingRule
	Open    int64            // warnings without an explanation
	Answers map[int64]string // finding id → explanation
}

func (p TaskPage) title() string { return p.Task.Item.Name + "　" + p.Task.Period.Label() }

func (p TaskPage) badge() components.Badge {
	if p.Batch == nil {
		return words.Standing(p.Standing)
	}
	badge := words.State(&models.FilingFlow, p.Batch.State)
	if p.Batch.State == models.BatchErrors {
		badge.Word += "，不能提交"
	}
	return badge
}

func (p TaskPage) sub() string {
	sub := "任务号 " + p.Task.Code
	if p.Batch != nil {
		sub = "批次号 " + p.Batch.Code
		if p.Batch.Correction {
			sub += "（更正）"
		}
	}
	return sub + "　模板第 " + strconv.Itoa(p.Task.TemplateVersion.No) + " 版"
}

// actions are the buttons of the head: at most three, the last is the one primary.
func (p TaskPage) actions() []components.Action {
	var list []components.Action
	if p.Batch == nil || p.Batch.State == models.BatchMalformed {
		list = append(list, components.Action{Label: "下载模板", Icon: components.IconDownload,
			URL: templ.SafeURL(paths.With(paths.ToTemplateWorkbook(p.Task.TemplateVersion.Definition.Code), "task", p.Task.Code))})
	}
	if p.Batch != nil {
		list = append(list, p.batchActions()...)
	}
	if p.mayUpload() {
		label, style := "上传文件", components.StylePrimary
		if p.Batch != nil {
			label = "重新上传"
		}
		if p.hasMain() || (p.Batch != nil && p.Batch.State == models.BatchWarnings) { // explaining comes first
			style = components.StyleDefault
		}
		upload := components.Action{Label: label, Icon: components.IconUpload, URL: "#up", Style: style}
		if style == components.StylePrimary {
			list = append(list, upload)
		} else {
			list = append([]components.Action{upload}, list...)
		}
	}
	return list
}

// batchActions are the moves that the reader may take, and what can be taken away.
func (p TaskPage) batchActions() []components.Action {
	b := p.Batch
	var list []components.Action
	if p.hasAnnotated() {
		list = append(list, components.Action{Label: "下载批注工作簿", Icon: components.IconDownload, URL: p.annotatedURL()})
	}
	if b.ReceiptNo != "" {
		list = append(list, components.Action{Label: "查看回执", Icon: components.IconFileCertificate, URL: templ.SafeURL(paths.ToBatchReceipt(b.Code))})
	}
	var last []components.Action
	for _, m := range p.Moves {
		if m.Verb == models.VerbDiscard {
			continue // stands with the result of the check
		}
		action := components.Action{Label: m.Label, URL: p.moveURL(m.Verb)}
		if m.Main {
			action.Style = components.StylePrimary
			last = append(last, action)
			continue
		}
		list = append(list, action)
	}
	return append(list, last...)
}

// moveURL leads to a move and says which step of the batch this page shows: what has changed since must be read anew.
func (p TaskPage) moveURL(verb workflow.Verb) templ.SafeURL {
	last := int64(0)
	if n := len(p.History); n > 0 {
		last = p.History[n-1].ID
	}
	return templ.SafeURL(paths.With(paths.ToBatchMove(p.Batch.Code, string(verb)), "seen", strconv.FormatInt(last, 10)))
}

func (p TaskPage) hasMain() bool { return workflow.HasMain(p.Moves) }

func (p TaskPage) mayUpload() bool { return p.CanFile && p.NoUpload == "" && p.Current }

// settled reports whether there is a batch whose check is over.
func (p TaskPage) settled() bool { return p.Batch != nil && !Busy(p.Batch) }

func (p TaskPage) mayDiscard() bool {
	for _, m := range p.Moves {
		if m.Verb == models.VerbDiscard {
			return true
		}
	}
	return false
}

func (p TaskPage) next() components.Next {
	tone := components.TonePlain
	switch {
	case p.Late:
		tone = components.ToneLate
	case p.Calm:
		tone = components.ToneCalm
	}
	next := components.Next{Sentence: words.Sentence(p.Next), Tone: tone}
	if !p.Calm {
		next.Clock = p.Clock
	}
	return next
}

// steps is the stepper of the plan's words (look.md §4).
func (p TaskPage) steps() []components.Step {
	done, now, stop, ahead := components.StepDone, components.StepNow, components.StepStop, components.StepAhead
	steps := []components.Step{
		{Name: "开放填报", Note: words.ShortDay(p.Task.OpensAt, p.Now), State: done},
		{Name: "上传文件", State: now},
		{Name: "自动校验"},
		{Name: "待审签", Note: named(p.Chief, "分管负责人")},
		{Name: "办公室受理", Note: p.Contact},
		{Name: "完成", Note: "数据生效"},
	}
	if p.Standing == models.StandingUnopened {
		steps[0].State, steps[1].State = now, ahead
	}
	if p.Batch == nil {
		return steps
	}
	b := p.Batch
	steps[1].State, steps[1].Note = done, b.CreatedName+" "+words.When(b.CreatedAt, p.Now)
	if b.Kind == models.BatchNil {
		steps[1].Name, steps[2].Note = "申报零报送", "不需校验"
	}
	p.stepsOf(b, steps, done, now, stop)
	return steps
}

func (p TaskPage) stepsOf(b *models.Batch, steps []components.Step, done, now, stop components.StepState) {
	switch b.State {
	case models.BatchUploaded, models.BatchChecking:
		steps[2].State, steps[2].Note = now, "进行中"
		return
	case models.BatchMalformed, models.BatchFailed, models.BatchErrors:
		steps[2].State, steps[2].Note = stop, words.When(b.CheckedAt, p.Now)
		if b.State == models.BatchErrors {
			steps[2].Note += "　" + components.Thousands(b.ErrorRows) + " 行有错误"
		}
		return
	case models.BatchWarnings:
		steps[2].State, steps[2].Note = now, components.Thousands(b.OpenWarnings)+" 处提醒待说明"
		return
	}
	if b.CheckedAt != 0 {
		steps[2].Note = words.When(b.CheckedAt, p.Now)
	}
	if b.State == models.BatchDiscarded { // went no further, and nobody has anything to do with it
		return
	}
	if b.State == models.BatchClean { // the signature is asked for only once the batch is submitted
		steps[2].State, steps[2].Note = now, passedNote(b)
		return
	}
	steps[2].State = done
	if b.State == models.BatchSigning {
		steps[3].State = now
		return
	}
	steps[3].State, steps[3].Note = done, b.SignedName+" "+words.When(b.SignedAt, p.Now)
	switch b.State {
	case models.BatchFiled:
		steps[4].State = now
	case models.BatchReturned:
		steps[4].State, steps[4].Note = stop, words.When(b.DecidedAt, p.Now)+" 退回"
	default:
		steps[4].State, steps[4].Note = done, b.DecidedName+" "+words.When(b.DecidedAt, p.Now)
		steps[5].State = done
	}
}

// passedNote says under 自动校验 that the batch is through and still with the liaison.
func passedNote(b *models.Batch) string {
	if b.Kind == models.BatchNil {
		return "不需校验，待提交"
	}
	return "通过，待提交"
}

func named(name, post string) string {
	if name == "" {
		return post
	}
	return name + "（" + post + "）"
}

// checkNote compares the check with the try before, in words.
func (p TaskPage) checkNote() components.Sentence {
	b := p.Batch
	text := "合格率 " + components.Percent(b.RowsValid, b.RowsRead) + "。"
	if b.WarningCount > 0 {
		text += fmt.Sprintf("另有 %s 处提醒，%s。", components.Thousands(b.WarningCount), p.warningsLeft())
	}
	if p.Previous != nil && p.Previous.ErrorRows > 0 {
		text += fmt.Sprintf("上一次上传有 %s 行错误。", components.Thousands(p.Previous.ErrorRows))
	}
	return components.Sentence{components.Plain(text)}
}

// warningsLeft says how far the explanations of the batch's warnings have come.
func (p TaskPage) warningsLeft() string {
	open, all := p.Batch.OpenWarnings, p.Batch.WarningCount
	switch {
	case open == 0:
		return "均已说明"
	case open < all:
		return fmt.Sprintf("还有 %s 处审签前须说明", components.Thousands(open))
	}
	return "审签前须说明"
}

func (p TaskPage) checkSub() string {
	b := p.Batch
	what := "上传"
	if b.Kind == models.BatchNil {
		what = "报送"
	}
	sub := fmt.Sprintf("第 %d 次%s　%s", b.No, what, words.When(b.CreatedAt, p.Now))
	if b.CheckedAt != 0 {
		sub += "　校验用时 " + took(b.CheckMillis)
	}
	return sub
}

func took(millis int64) string {
	if millis < 1000 {
		return "不到 1 秒"
	}
	if millis < 90_000 {
		return fmt.Sprintf("%d 秒", (millis+500)/1000)
	}
	return fmt.Sprintf("%d 分钟", (millis+30_000)/60_000)
}

// events is the history of batch and task, newest first.
func (p TaskPage) events() []components.Event {
	var list []components.Event
	for i := len(p.History) - 1; i >= 0; i-- {
		e := p.History[i]
		move, _ := models.FilingFlow.Move(e.Verb)
		who := e.ActorName
		if e.ActorPost != "" && e.ActorID != 0 {
			who = e.ActorName + "（" + e.ActorPost + "）"
		}
		sentence := components.Sentence{components.Plain(who + " " + move.Label)}
		if e.Detail != "" {
			sentence = append(sentence, components.Plain("："), components.Bold(e.Detail))
		}
		if e.DueAt != 0 {
			sentence = append(sentence, components.Plain("，补正期限 "+words.Due(models.Instant(e.DueAt))))
		}
		list = append(list, components.Event{When: words.When(models.Instant(e.At), p.Now), DateTime: words.Machine(models.Instant(e.At)),
			What: sentence, Quote: e.Reason, Bad: bad[e.Verb]})
	}
	if p.Batch != nil {
		what := p.Batch.CreatedName + " 上传"
		if p.Batch.Kind == models.BatchNil {
			what = p.Batch.CreatedName + " 申报零报送"
		}
		list = append(list, components.Event{When: words.When(p.Batch.CreatedAt, p.Now), DateTime: words.Machine(p.Batch.CreatedAt),
			What: components.Sentence{components.Plain(what)}, Quote: p.Batch.NilReason})
	}
	list = append(list, components.Event{When: words.When(p.Task.OpensAt, p.Now), DateTime: words.Machine(p.Task.OpensAt),
		What: components.Sentence{components.Plain("任务开放，期限 " + words.Due(p.Task.DueAt) + "（遇休息日顺延" + p.unsure("，") + "），" +
			words.ShortDay(p.Task.LockAt, p.Now) + "锁定")}})
	return p.withDues(list)
}

var bad = map[workflow.Verb]bool{
	models.VerbErrors: true, models.VerbMalformed: true, models.VerbMisfit: true, models.VerbFail: true, models.VerbReturn: true, models.VerbSendBack: true,
	models.VerbDiscard: true,
}

func (p TaskPage) thread() components.Thread {
	t := components.Thread{ID: "thread", CSRF: p.Shell.CSRF, Text: p.Said, Error: p.SaidError,
		Hint: "本单位联络员与办公室对接人可见，最多 1,000 字"}
	if p.CanSay {
		// The answer to a message that is refused shows the form, far down the page, not the head.
		t.Action = templ.SafeURL(paths.ToTaskMessage(p.Task.Code) + "#" + t.ID)
	}
	for _, m := range p.Messages {
		t.Messages = append(t.Messages, components.Message{Author: m.Author + "（" + m.Post + "）", When: words.When(m.At, p.Now),
			DateTime: words.Machine(m.At), Text: m.Text, Mine: m.AuthorID == p.MyID})
	}
	return t
}

func (p TaskPage) drop() components.Drop {
	return components.Drop{
		ID: "upload", Action: templ.SafeURL(paths.ToTaskUpload(p.Task.Code)), CSRF: p.Shell.CSRF, Name: "file", Accept: p.accept(),
		Multiple: true, Auto: true, Tall: p.Batch == nil, Title: "把文件拖到这里，或点此选择",
		Hint: p.dropHint(), Label: "上传文件", Problem: p.Problem,
		Limits: p.Limits,
	}
}
