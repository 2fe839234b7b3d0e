package audit

import (
	"context"
	"strconv"
	"strings"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// checkupDays is how long a verification holds before the page asks for the next one.
const checkupDays = 30

// wholeWords begin the result of a verification that found nothing wrong.
const wholeWords = "完整"

// Checkup is the latest verification of the chain, as the chain itself tells of it. The zero value is none.
type Checkup struct {
	At     models.Instant
	Result string // what was found, in words
}

// LastCheckup returns the latest verification.
func (s *Service) LastCheckup(ctx context.Context, actor models.Actor) (Checkup, error) {
	if err := s.guard.Allow(actor, "audit", "view"); err != nil {
		return Checkup{}, err
	}
	var found models.AuditEntry // a verification is of no single thing: object_id lets the index find it
	err := s.db.Read.WithContext(ctx).Where("object = ? AND object_id = '' AND action = ?", object, actionVerify).
		Order("seq DESC").Limit(1).Find(&found).Error
	return Checkup{At: found.At, Result: found.Detail}, database.Fault(err)
}

// Whole reports whether nothing was found wrong.
func (c Checkup) Whole() bool { return strings.HasPrefix(c.Result, wholeWords) }

// Turn says how much the auditor's next step matters.
type Turn int

// The turns.
const (
	TurnCalm Turn = iota // nothing to do yet
	TurnDue              // the chain is to be verified
	TurnBad              // the chain has been changed
)

// Next says what the auditor has to do, in one sentence (look.md §4).
func (c Checkup) Next(now models.Instant) ([]workflow.Segment, Turn) {
	values := map[string]string{"when": day(c.At), "result": c.Result, "days": strconv.Itoa(checkupDays), "until": day(c.until())}
	switch {
	case c.At == 0:
		return workflow.Sentence("请审计管理员核验一次完整性：平台启用以来还没有核验过。", nil), TurnDue
	case !c.Whole():
		return workflow.Sentence("请立即报告领导小组办公室和网络安全负责人，保全数据库和备份：**{when}**核验发现{result}", values), TurnBad
	case now >= c.until():
		return workflow.Sentence("请审计管理员核验完整性：上次核验是 **{when}**，已满 {days} 天。", values), TurnDue
	}
	return workflow.Sentence("目前没有等您办理的事：{when}已核验，{result}；下次请在 **{until}前**核验。", values), TurnCalm
}

// until is when the next verification is due.
func (c Checkup) until() models.Instant { return models.At(c.At.Time().AddDate(0, 0, checkupDays)) }

// day writes a day as the sentence needs it; a trail is read across years.
func day(at models.Instant) string { return at.Time().Format("2006年1月2日") }
