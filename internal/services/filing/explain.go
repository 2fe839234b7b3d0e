package filing

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// carryLimit bounds how many explained warnings are carried over from one upload to the next.
const carryLimit = 50_000

// answerKey identifies a warning across uploads: the same rule on the same row with the same content.
type answerKey struct{ rule, key, hash string }

// ExplainInput answers one warning (Finding), or all warnings of a rule (Finding 0).
type ExplainInput struct {
	Rule    int64 // id of the batch's finding rule
	Finding int64
	Text    string
}

// Explain answers warnings of a batch; when none is left open the batch is clean.
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if the batch no longer waits for explanations, and
// fault.Invalid with the field text.
func (s *Service) Explain(ctx context.Context, actor models.Actor, code string, in ExplainInput) error {
	if err := s.Guard.Allow(actor, "filing", "explain"); err != nil {
		return err
	}
	in.Text = strings.TrimSpace(in.Text)
	var form fault.Form
	form.Require("text", "说明", in.Text)
	if len([]rune(in.Text)) > 500 {
		form.Add("text", "说明最多 500 字。")
	}
	if err := form.Err(); err != nil {
		return err
	}
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		if err := lockTask(tx, taskOfCode(code)); err != nil { // or two last answers at once would each see the other open
			return err
		}
		b, err := s.batch(tx, actor, code)
		if err != nil {
			return err
		}
		if b.UnitID != actor.Unit.ID {
			return fault.New(fault.Forbidden, "提醒由报送单位说明。")
		}
		if b.State != models.BatchWarnings {
			return fault.New(fault.Conflict, fmt.Sprintf("批次 %s 现在是“%s”，不需要说明。", b.Code, models.FilingFlow.Describe(b.State).Label))
		}
		rule, finding, err := findWarning(tx, &b, in)
		if err != nil {
			return err
		}
		if err := s.writeAnswer(tx, actor, &b, rule, finding, in.Text); err != nil {
			return err
		}
		if err := s.recount(tx, &b); err != nil {
			return err
		}
		return s.record(tx, actor, b.Code, "explain", "", rule.Title)
	})
}

var errNoWarning = fault.New(fault.NotFound, "没有这条提醒。")

func findWarning(tx *gorm.DB, b *models.Batch, in ExplainInput) (models.FindingRule, *models.Finding, error) {
	var rule models.FindingRule
	err := tx.Where("id = ? AND batch_id = ? AND severity = ?", in.Rule, b.ID, models.SeverityWarning).Take(&rule).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rule, nil, errNoWarning
	}
	if err != nil || in.Finding == 0 {
		return rule, nil, err
	}
	var finding models.Finding
	err = tx.Where("id = ? AND rule_id = ?", in.Finding, rule.ID).Take(&finding).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return rule, nil, errNoWarning
	}
	return rule, &finding, err
}

func (s *Service) writeAnswer(tx *gorm.DB, actor models.Actor, b *models.Batch, rule models.FindingRule, finding *models.Finding, text string) error {
	row := models.Explanation{TaskID: b.TaskID, BatchID: b.ID, Rule: rule.Rule, By: actor.AccountID, ByName: actor.Name, At: s.now()}
	row.RowKey, row.RowHash = "", rule.Field
	if finding != nil {
		row.RowKey, row.RowHash = answerRow(finding)
	}
	stale := tx.Where("batch_id = ? AND rule = ? AND row_key = ? AND row_hash = ?", b.ID, rule.Rule, row.RowKey, row.RowHash)
	if err := stale.Delete(&models.Explanation{}).Error; err != nil {
		return err
	}
	row.Text = s.Keys.SealField(nil, answerPlace(b.ID, rule.Rule), []byte(text))
	return tx.Create(&row).Error
}

// answerRow identifies what an explanation of one finding speaks of: a field of a row, the row by its business key and
// its content. A warning about a whole file or batch is identified by its place; so is a row of a template without a key
// by its content alone.
//
// An explanation of a whole rule has no key, and instead of the hash the field if the rule looks at one: the same rule
// may warn of two fields, which are explained apart.
func answerRow(f *models.Finding) (key, hash string) {
	key, hash = f.RowKey, f.RowHash
	if hash == "" {
		hash = fmt.Sprintf("%d.%d.%s", f.File, f.Row, f.Column)
	}
	if key == "" {
		key = "-"
	}
	return key, hash + "@" + f.Field
}

// speaksOf reports whether an explanation belongs to a rule, as far as it looks at one field.
func speaksOf(e *models.Explanation, rule *models.FindingRule) bool {
	if e.Rule != rule.Rule {
		return false
	}
	if e.RowKey == "" {
		return e.RowHash == rule.Field
	}
	return rule.Field == "" || strings.HasSuffix(e.RowHash, "@"+rule.Field)
}

func answerPlace(batch int64, rule string) crypt.Field {
	return crypt.Field{Table: "explanations", Column: rule, Batch: batch}
}

// recount works out how many warnings are open, and moves the batch to clean when there are none.
func (s *Service) recount(tx *gorm.DB, b *models.Batch) error {
	var rules []models.FindingRule
	if err := tx.Where("batch_id = ? AND severity = ?", b.ID, models.SeverityWarning).Find(&rules).Error; err != nil {
		return err
	}
	var given []models.Explanation
	if err := tx.Select("rule", "row_key", "row_hash").Where("batch_id = ?", b.ID).Find(&given).Error; err != nil {
		return err
	}
	var open int64
	for i := range rules {
		open += openOf(&rules[i], given)
	}
	if err := set(tx, b, map[string]any{"open_warnings": open}); err != nil || open > 0 {
		return err
	}
	return s.apply(tx, models.SystemActor, b, models.VerbExplain, workflow.Input{}, nil)
}

// openOf returns how many warnings of a rule are without an explanation.
func openOf(rule *models.FindingRule, given []models.Explanation) int64 {
	open := rule.Count
	for i := range given {
		switch e := &given[i]; {
		case !speaksOf(e, rule):
		case e.RowKey == "":
			return 0
		default:
			open--
		}
	}
	return max(0, open)
}

// pageAnswers bounds how many explanations a page reads: more than it can show.
const pageAnswers = 1000

// answers returns the explanations of a batch, at most limit, in plain text.
func (s *Service) answers(db *gorm.DB, batch int64, limit int) ([]models.Explanation, error) {
	var rows []models.Explanation
	if err := db.Where("batch_id = ?", batch).Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read explanations: %w", err)
	}
	for i := range rows {
		plain, err := s.Keys.OpenField(nil, answerPlace(batch, rows[i].Rule), rows[i].Text)
		if err != nil {
			return nil, fmt.Errorf("open explanation: %w", err)
		}
		rows[i].Text = plain
	}
	return rows, nil
}

// AnswerTo returns the explanation that covers a finding of a rule, or nil: its own before that of the whole rule.
func AnswerTo(answers []models.Explanation, rule string, f *models.Finding) *models.Explanation {
	key, hash := answerRow(f)
	var whole *models.Explanation
	for i := range answers {
		switch a := &answers[i]; {
		case a.Rule != rule:
		case a.RowKey == key && a.RowHash == hash:
			return a
		case a.RowKey == "" && (a.RowHash == "" || a.RowHash == f.Field):
			whole = a
		}
	}
	return whole
}

// earlierAnswers collects what the task's batch before this one had explained, row by row: an explanation of a whole
// rule covers the rows that the rule had found then, and no others.
func (s *Service) earlierAnswers(ctx context.Context, b *models.Batch) (map[answerKey]models.Explanation, error) {
	db := s.DB.Read.WithContext(ctx)
	var before models.Batch
	err := db.Where("task_id = ? AND no < ? AND checked_at > 0", b.TaskID, b.No).Order("no DESC").Limit(1).Find(&before).Error
	if err != nil || before.ID == 0 {
		return nil, database.Fault(err)
	}
	given, err := s.answers(db, before.ID, carryLimit)
	if err != nil || len(given) == 0 {
		return nil, database.Fault(err)
	}
	said := map[answerKey]models.Explanation{}
	for _, e := range given {
		said[answerKey{e.Rule, e.RowKey, e.RowHash}] = e
	}
	earlier := map[answerKey]models.Explanation{}
	err = s.eachFinding(ctx, before.FindingsBlob, func(f ingest.Finding) error {
		if f.Severity != models.SeverityWarning || f.RowHash == "" || len(earlier) >= carryLimit {
			return nil
		}
		own := s.answerKey(f)
		for _, key := range []answerKey{own, {f.Rule, "", f.Field}, {f.Rule, "", ""}} {
			if answer, ok := said[key]; ok {
				earlier[own] = answer
				break
			}
		}
		return nil
	})
	return earlier, err
}

// answerKey identifies a warning as answerRow does.
func (s *Service) answerKey(f ingest.Finding) answerKey {
	key, hash := answerRow(&models.Finding{RowKey: s.keyHash(f.Key), RowHash: s.keyHash(f.RowHash), Field: f.Field})
	return answerKey{f.Rule, key, hash}
}

// carry counts a warning as open, or takes over the explanation that the unchanged row was given before.
func (s *Service) carry(out *outcome, b *models.Batch, earlier map[answerKey]models.Explanation, f ingest.Finding) {
	if f.Severity != models.SeverityWarning {
		return
	}
	var own answerKey
	var answer models.Explanation
	if f.RowHash != "" && len(earlier) > 0 {
		own = s.answerKey(f)
		answer = earlier[own]
	}
	if answer.ID == 0 {
		out.open[f.Rule]++
		return
	}
	out.carried = append(out.carried, models.Explanation{
		TaskID: b.TaskID, BatchID: b.ID, Rule: f.Rule, RowKey: own.key, RowHash: own.hash,
		Text: s.Keys.SealField(nil, answerPlace(b.ID, f.Rule), answer.Text), By: answer.By, ByName: answer.ByName, At: answer.At, CarriedOf: answer.ID,
	})
}
