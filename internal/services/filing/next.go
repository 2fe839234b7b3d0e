package filing

import (
	"fmt"
	"strconv"
	"strings"

	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// Next returns the sentence 下一步 of a task's page: who does what until when (look.md §4). It comes from the workflow's
// table where there is a batch, else from the task's standing.
func (s *Service) Next(p *TaskPage) []workflow.Segment {
	next := s.nextFor(p)
	if p.mayActUnnamed() {
		next = append(next, workflow.YouMay)
	}
	return next
}

// mayActUnnamed reports whether the page waits for the reader although its sentence names another person of the same post.
func (p *TaskPage) mayActUnnamed() bool {
	switch p.reader {
	case p.People.Liaison, p.People.Chief, p.People.Contact:
		return false
	}
	waits := p.Batch == nil || p.correcting() || models.FilingFlow.Describe(p.Batch.State).Waits == workflow.OwnUnit
	return workflow.HasMain(p.Moves) || p.mayStep && waits
}

func (s *Service) nextFor(p *TaskPage) []workflow.Segment {
	values := map[string]string{
		"liaison": named("联络员", p.People.Liaison), "chief": named("分管负责人", p.People.Chief), "contact": p.People.Contact,
		"due": cnDue(p.DueNow),
	}
	if p.Batch != nil {
		b := p.Batch
		if p.correcting() {
			return workflow.Sentence("办公室已同意更正，请{liaison}上传更正文件；更正批次受理前，原批次继续有效。", values)
		}
		values["errors"], values["warnings"] = thousands(b.ErrorRows), thousands(b.OpenWarnings)
		values["rows"], values["mend"] = thousands(b.Progress), cnDue(b.MendDueAt)
		pattern := models.FilingFlow.Describe(b.State).Next
		if p.Task.Effective() != nil { // a correction: nobody has set a due for it
			pattern = strings.Replace(pattern, dueWords, "", 1)
		}
		return workflow.Sentence(pattern, values)
	}
	if p.Standing == models.StandingOverdue {
		values["until"] = cnDue(p.Task.UnlockedUntil)
		return workflow.Sentence(s.overdueNext(p), values)
	}
	return workflow.Sentence(standingNext[p.Standing], values)
}

// overdueNext says what to do with a task that is late: file it at once, or, once it is locked, ask for that first.
func (s *Service) overdueNext(p *TaskPage) string {
	now := s.now()
	if now < p.Task.LockAt {
		return standingNext[models.StandingOverdue]
	}
	if now < p.Task.UnlockedUntil {
		return "办公室已同意解锁，请{liaison}在 **{until} 前**上传补报文件；到期重新锁定。"
	}
	if w := p.unlockAsked(); w != nil {
		return "解锁补报申请 " + w.Code + " 正在办理，请等办公室两人先后同意；同意后由{liaison}上传补报文件。"
	}
	return "本期已锁定，请{liaison}先申请解锁补报：应于 **{due} 前**报送，已经逾期；办公室两人先后同意后可以上传。"
}

// unlockAsked is the request for an unlock that the Office has not decided yet, or nil.
func (p *TaskPage) unlockAsked() *models.Waiver {
	for i := range p.Waivers {
		if w := &p.Waivers[i]; w.Kind == models.WaiverUnlock && !models.WaiverFlow.Describe(w.State).Final {
			return w
		}
	}
	return nil
}

// dueWords are the words of FilingFlow's sentences that name the task's due.
const dueWords = "在 **{due} 前**"

// standingNext says what to do with a task that has no batch.
var standingNext = map[models.Standing]string{
	models.StandingExempt:   "本期已批准免报，目前没有等您办理的事。",
	models.StandingUnopened: "本期尚未开放填报；开放后请{liaison}在 **{due} 前**报送。",
	models.StandingOpen:     "请{liaison}在 **{due} 前**下载模板、填好后上传；本期确无数据的，办理零报送。",
	models.StandingOverdue:  "请{liaison}立即补报：应于 **{due} 前**报送，已经逾期。",
}

func named(post, name string) string {
	if name == "" {
		return post
	}
	return post + name
}

// thousands writes a number with separators: 1,246.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Late reports whether something of this task is late now, so that 下一步 turns red.
func (s *Service) Late(p *TaskPage) bool {
	switch p.Standing {
	case models.StandingOverdue:
		return true
	case models.StandingReturned:
		return s.now() > p.DueNow
	}
	return false
}

// correcting reports whether the page's batch is in force and the Office has consented to its correction.
func (p *TaskPage) correcting() bool {
	return p.Task.CorrectionOpen && p.Batch != nil && p.Batch.State == models.BatchEffective
}

// Calm reports whether nobody of the actor's side has anything to do.
func (p *TaskPage) Calm() bool {
	switch p.Standing {
	case models.StandingExempt, models.StandingUnopened:
		return true
	}
	return p.Batch != nil && !p.correcting() && models.FilingFlow.Describe(p.Batch.State).Waits == ""
}

// describe gives a batch in few words for a to-do or a list.
func describe(b *models.Batch) string {
	switch b.State {
	case models.BatchErrors:
		return fmt.Sprintf("第 %d 次上传：%s 行中 %s 行有错误", b.No, thousands(b.RowsRead), thousands(b.ErrorRows))
	case models.BatchWarnings:
		return fmt.Sprintf("第 %d 次上传：%s 处提醒待说明", b.No, thousands(b.OpenWarnings))
	case models.BatchMalformed:
		return b.Trouble
	}
	if b.Kind == models.BatchNil {
		return "零报送"
	}
	return fmt.Sprintf("%s 行", thousands(b.RowsRead))
}
