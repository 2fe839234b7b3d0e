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

// carryTries is how many earlier uploads with explanations are asked for what was said of an unchanged row.
const carryTries = 3

// answerKey identifies a warning across uploads: the same rule on the same row with the same content.
type answerKey struct{ rule, key, hash string }

// ExplainInput answers one warning (Finding), or all warnings of a rule (Finding 0).
type ExplainInput struct {
	Rule    int64 // id of the batch's finding rule
	Finding int64
	Text    string
}

// Explain answers warnings of a batch; when none is left open the batch is clean. Until it is submitted an explanation
// can be given anew: the chief may have sent the batch back because of it.
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if the batch has been submitted or is not checked, and
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
		if !explainable(b.State) {
			return fault.New(fault.Conflict, fmt.Sprintf("批次 %s 现在是“%s”，不能再说明。", b.Code, models.FilingFlow.Describe(b.State).Label))
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

// explainable reports whether explanations may be given or changed in a state.
func explainable(state workflow.State) bool {
	return state == models.BatchWarnings || state == models.BatchClean
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
	stale, err := staleAnswers(tx, b, rule, finding, row)
	if err != nil {
		return err
	}
	if err := stale.Delete(&models.Explanation{}).Error; err != nil {
		return err
	}
	row.Text = s.Keys.SealField(nil, answerPlace(b.ID, rule.Rule), []byte(text))
	return tx.Create(&row).Error
}

// staleAnswers are the explanations that a new one takes the place of: the one of the same row or rule; or all of a rule
// that has nothing open any more, because whoever explains it anew as a whole means all its rows.
func staleAnswers(tx *gorm.DB, b *models.Batch, rule models.FindingRule, finding *models.Finding, row models.Explanation) (*gorm.DB, error) {
	if finding == nil {
		open, err := openByRule(tx, b.ID)
		if err != nil {
			return nil, err
		}
		if open[rule.ID] == 0 {
			return tx.Where("id IN (SELECT e.id FROM explanations e JOIN finding_rules r ON "+speaksOfRule+" WHERE r.id = ?)", rule.ID), nil
		}
	}
	return tx.Where("batch_id = ? AND rule = ? AND row_key = ? AND row_hash = ?", b.ID, rule.Rule, row.RowKey, row.RowHash), nil
}

// answerRow identifies what an explanation of one finding speaks of: a field of a row, the row by its business key and
// its content, of a template without a key by its content alone. The content of a warning about the whole batch is its
// figures; what has no content is identified by its place.
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

// speaksOfRule joins explanations e with the rules r that they belong to, as answerRow identifies them.
const speaksOfRule = `e.batch_id = r.batch_id AND e.rule = r.rule AND (e.row_key = '' AND e.row_hash = r.field OR e.row_key <> '' AND
	(r.field = '' OR substr(e.row_hash, length(e.row_hash) - length(r.field)) = '@' || r.field))`

func answerPlace(batch int64, rule string) crypt.Field {
	return crypt.Field{Table: "explanations", Column: rule, Batch: batch}
}

// recount works out how many warnings are open, and moves the batch to clean when there are none.
func (s *Service) recount(tx *gorm.DB, b *models.Batch) error {
	rules, err := openByRule(tx, b.ID)
	if err != nil {
		return err
	}
	var open int64
	for _, n := range rules {
		open += n
	}
	if err := set(tx, b, map[string]any{"open_warnings": open}); err != nil || open > 0 || b.State == models.BatchClean {
		return err
	}
	return s.apply(tx, models.SystemActor, b, models.VerbExplain, workflow.Input{}, nil)
}

// openByRule returns how many warnings of each of a batch's rules are without an explanation. It counts in the database:
// an upload may carry tens of thousands of explanations over.
func openByRule(db *gorm.DB, batch int64) (map[int64]int64, error) {
	var rows []struct{ ID, Total, Own, Whole int64 }
	err := db.Raw(`SELECT r.id, r.count AS total, count(CASE WHEN e.row_key <> '' THEN 1 END) AS own, count(CASE WHEN e.row_key = '' THEN 1 END) AS whole
		FROM finding_rules r LEFT JOIN explanations e ON `+speaksOfRule+`
		WHERE r.batch_id = ? AND r.severity = ? GROUP BY r.id, r.count`, batch, models.SeverityWarning).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count open warnings: %w", err)
	}
	open := make(map[int64]int64, len(rows))
	for _, r := range rows {
		if r.Whole == 0 {
			open[r.ID] = max(0, r.Total-r.Own)
		} else {
			open[r.ID] = 0
		}
	}
	return open, nil
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

// earlierAnswers collects what the task's last tries with explanations had explained, row by row; of two explanations of
// the same row the newer one holds. More than one try is asked, because between two of them the wrong file may have been
// uploaded.
func (s *Service) earlierAnswers(ctx context.Context, b *models.Batch) (map[answerKey]models.Explanation, error) {
	var tries []models.Batch
	err := s.DB.Read.WithContext(ctx).Where("task_id = ? AND no < ? AND checked_at > 0", b.TaskID, b.No).
		Where("EXISTS (SELECT 1 FROM explanations e WHERE e.batch_id = batches.id)").Order("no DESC").Limit(carryTries).Find(&tries).Error
	if err != nil {
		return nil, database.Fault(err)
	}
	earlier := map[answerKey]models.Explanation{}
	for i := range tries {
		if err := s.answersOf(ctx, &tries[i], earlier); err != nil {
			return nil, database.Fault(err)
		}
	}
	return earlier, nil
}

// answersOf adds what a try had explained and no newer one: an explanation of a whole rule covers the rows that the rule
// had found then, and no others.
func (s *Service) answersOf(ctx context.Context, try *models.Batch, earlier map[answerKey]models.Explanation) error {
	given, err := s.answers(s.DB.Read.WithContext(ctx), try.ID, carryLimit)
	if err != nil {
		return err
	}
	said := map[answerKey]models.Explanation{}
	for _, e := range given {
		said[answerKey{e.Rule, e.RowKey, e.RowHash}] = e
	}
	return s.eachFinding(ctx, try.FindingsBlob, func(f ingest.Finding) error {
		if f.Severity != models.SeverityWarning || f.RowHash == "" || len(earlier) >= carryLimit {
			return nil
		}
		own := s.answerKey(f)
		if _, newer := earlier[own]; newer {
			return nil
		}
		for _, key := range []answerKey{own, {f.Rule, "", f.Field}, {f.Rule, "", ""}} {
			if answer, ok := said[key]; ok {
				earlier[own] = answer
				break
			}
		}
		return nil
	})
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
