package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// ItemInput is what the Office says of an item.
type ItemInput struct {
	Name      string // of an added item; those of the plan keep the plan's words
	Cycle     models.Cycle
	DueDays   int // −1: not a number
	LockDays  int
	NilNormal bool
	models.ItemAbout
}

// InputOf returns an item as a form shows it.
func InputOf(item models.CatalogueItem) ItemInput {
	return ItemInput{Name: item.Name, Cycle: item.Cycle, DueDays: item.DueDays, LockDays: item.LockDays, NilNormal: item.NilNormal, ItemAbout: item.ItemAbout}
}

// onto gives an item what the input says.
func (in ItemInput) onto(item *models.CatalogueItem) {
	if item.Origin != models.OriginPlan {
		item.Name = in.Name
	}
	item.Cycle, item.DueDays, item.LockDays, item.NilNormal = in.Cycle, in.DueDays, in.LockDays, in.NilNormal || in.Cycle == models.CycleEvent
	item.ItemAbout = in.ItemAbout
	if item.Share == models.ShareFree {
		item.ShareTerms = ""
	}
	if item.Since != "" && !item.Since.Valid() {
		item.Since = ""
	}
}

// Limits of what people type.
const (
	maxName = 120
	maxText = 500
	maxWhy  = 2000
)

// check notes what keeps the input from being taken.
func (in ItemInput) check(form *fault.Form) {
	text := func(field, label, value string, most int) {
		if len([]rune(value)) > most {
			form.Add(field, fmt.Sprintf("%s最多 %d 字。", label, most))
		}
	}
	form.Require("name", "名称", strings.TrimSpace(in.Name))
	text("name", "名称", in.Name, maxName)
	if !models.KnowsCode(models.Cycles, in.Cycle) {
		form.Add("cycle", "请选择更新周期。")
	}
	days := func(field string, n int) {
		if n < 1 || n > 366 {
			form.Add(field, "请填 1 至 366 的整数。")
		}
	}
	days("due_days", in.DueDays)
	days("lock_days", in.LockDays)
	text("share_terms", "共享条件", in.ShareTerms, maxText)
	text("basis", "依据", in.Basis, maxText)
	text("section", "负责科室", in.Section, 60)
	text("resource_code", "信息资源代码", in.ResourceCode, 40)
	in.checkAbout(form)
}

func (in ItemInput) checkAbout(form *fault.Form) {
	pick := func(ok bool, field, label string) {
		if !ok {
			form.Add(field, "请选择"+label+"。")
		}
	}
	pick(models.KnowsCode(models.Shapes, in.Shape), "shape", "数据形态")
	pick(models.KnowsCode(models.SubjectKinds, in.SubjectKind), "subject_kind", "主体类别")
	pick(models.KnowsCode(models.Shares, in.Share), "share", "共享类型")
	pick(models.KnowsCode(models.Sensitivities, in.Sensitivity), "sensitivity", "敏感级别")
	pick(len(in.Taxes) > 0, "taxes", "服务的税费，至少一种")
	if slices.ContainsFunc(in.Taxes, func(t models.Tax) bool { _, known := t.Kind(); return !known }) {
		form.Add("taxes", "税费名称不在清单内，请重新选择。")
	}
	switch {
	case in.Share == models.ShareNone && in.Basis == "":
		form.Add("basis", "不予共享须写明法律、行政法规或国务院规定的名称和条款。")
	case in.Share == models.ShareConditional && in.ShareTerms == "":
		form.Add("share_terms", "有条件共享须写明条件。")
	}
	if in.Shape != "" && in.SubjectKind != "" && (in.Shape == models.ShapeTotals) != (in.SubjectKind == models.SubjectNone) {
		form.Add("subject_kind", "汇总数不指向主体，明细和文书须有主体，请改主体类别或数据形态。")
	}
	if in.SubjectKind == models.SubjectPerson && in.Sensitivity != models.SensitivityPersonal {
		form.Add("sensitivity", "以自然人为主体的含个人信息，敏感级别应为“敏感”。")
	}
	if in.Since != "" && !in.Since.Valid() {
		form.Add("since", "请填真实的日期，如 2019-02-01；没有起始日的留空。")
	}
}

// running is the month that runs now: what takes effect at once takes effect with it.
func (s *Service) running() models.Period { return models.PeriodAt(models.CycleMonth, s.now()) }

// ComingMonths returns the months from which a change may take effect: the running one and the next twelve.
func (s *Service) ComingMonths() []models.Period {
	months := []models.Period{s.running()}
	for range 12 {
		months = append(months, months[len(months)-1].Next())
	}
	return months
}

// coming reports whether a month has not begun.
func (s *Service) coming(p models.Period) bool { return p.First() > models.DayOf(s.now()) }

// checkFrom notes a month from which nothing can take effect.
func (s *Service) checkFrom(form *fault.Form, from models.Period) {
	if !slices.Contains(s.ComingMonths(), from) {
		form.Add("from", "请选择生效期次：本月起，或今后十二个月中的一个月。")
	}
}

// EditInput changes an item.
type EditInput struct {
	ItemInput
	From     models.Period // a month
	Reason   string
	Proposal string // code of the proposal that the change follows
	Seen     int64  // the newest change that the page showed: a newer one is somebody else's
}

// Edit changes an item from a period on. What only describes may take effect at once; what decides on tasks waits for a
// period that has not begun, because tasks of begun ones are written (practice.md §2: never backwards).
//
// Only the Office of the area may. Returns fault.NotFound, fault.Forbidden, fault.Conflict if somebody was faster, nothing
// changes or a change of the same field waits, and fault.Invalid with field messages.
func (s *Service) Edit(ctx context.Context, actor models.Actor, code string, in EditInput) (models.ItemChange, error) {
	if err := s.guard.Allow(actor, "catalogue", "edit"); err != nil {
		return models.ItemChange{}, err
	}
	var change models.ItemChange
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		item, err := s.itemForChange(tx, actor, code)
		if err != nil {
			return err
		}
		if item.RetiredAt != 0 {
			return fault.New(fault.Conflict, "目录项已停用，不能再修改。")
		}
		if item.Origin == models.OriginPlan {
			in.Name = item.Name
		}
		after := item
		in.onto(&after)
		diffs := models.DiffItems(&item, &after)
		if err := s.checkEdit(in, item, after, diffs); err != nil {
			return err
		}
		if err := s.free(tx, item, diffs, in.Seen); err != nil {
			return err
		}
		change = s.newChange(actor, item, models.ItemEdited, in.From, in.Reason)
		change.Diffs, change.ProposalCode = diffs, strings.ToUpper(in.Proposal)
		return s.writeChange(tx, actor, &change, &item)
	})
	return change, err
}

func (s *Service) checkEdit(in EditInput, item, after models.CatalogueItem, diffs []models.ItemDiff) error {
	var form fault.Form
	in.check(&form)
	checkReason(&form, in.Reason)
	s.checkFrom(&form, in.From)
	if item.Origin == models.OriginAdded {
		form.Require("basis", "法律、法规或文件依据", strings.TrimSpace(in.Basis))
	}
	if models.Rules(diffs) && in.From.Valid() && !s.coming(in.From) {
		form.Add("from", "周期、截止、锁定、零报送和限制的修改不追溯，请选择尚未开始的月份。")
	}
	if err := form.Err(); err != nil {
		return err
	}
	if len(diffs) == 0 {
		return fault.New(fault.Conflict, "没有改动：各项内容与现在相同。")
	}
	return aligned(item.Cycle, after.Cycle, in.From)
}

// aligned refuses a new cycle in the midst of a period of the old or the new one: the month would be owed twice.
func aligned(old, cycle models.Cycle, from models.Period) error {
	if old == cycle {
		return nil
	}
	var form fault.Form
	if old == models.CycleOnce || cycle == models.CycleOnce {
		form.Add("cycle", "一次性的与定期的不能互改，请停用本项、另行补充。")
		return form.Err()
	}
	first := from.First()
	for _, c := range []models.Cycle{old, cycle} {
		if p := models.PeriodAt(c, first.Time()); p.First() != first {
			form.Add("from", "改变周期须从"+p.Next().Label()+"的第一个月起，否则同一个月要报两次。")
		}
	}
	return form.Err()
}

func checkReason(form *fault.Form, reason string) {
	form.Require("reason", "理由", strings.TrimSpace(reason))
	if len([]rune(reason)) > maxWhy {
		form.Add("reason", fmt.Sprintf("理由最多 %d 字。", maxWhy))
	}
}

// free refuses a change that somebody has overtaken, and one of a field that waits for another change.
func (s *Service) free(tx *gorm.DB, item models.CatalogueItem, diffs []models.ItemDiff, seen int64) error {
	var changes []models.ItemChange
	if err := tx.Where("item_id = ?", item.ID).Order("id").Find(&changes).Error; err != nil {
		return fmt.Errorf("read changes: %w", err)
	}
	for _, c := range changes {
		if c.ID > seen {
			return fault.New(fault.Conflict, fmt.Sprintf("您打开页面后，%s 已%s本项。请核对后再办。", c.ActorName, c.Kind.Label()))
		}
		if !c.Pending() {
			continue
		}
		if c.Kind == models.ItemRetired {
			return fault.New(fault.Conflict, "本项已定于"+c.EffectiveFrom.Label()+"起停用；要修改的，请先撤回停用。")
		}
		for _, d := range c.Diffs {
			if slices.ContainsFunc(diffs, func(n models.ItemDiff) bool { return n.Field == d.Field }) {
				field, _ := models.ItemFieldOf(d.Field)
				return fault.New(fault.Conflict, "“"+field.Label+"”已有一项修改自"+c.EffectiveFrom.Label()+"起生效；要改的，请先在历史中撤回。")
			}
		}
	}
	return nil
}

func (s *Service) newChange(actor models.Actor, item models.CatalogueItem, kind models.ItemChangeKind, from models.Period, reason string) models.ItemChange {
	return models.ItemChange{ItemID: item.ID, Kind: kind, EffectiveFrom: from, Diffs: []models.ItemDiff{}, Reason: strings.TrimSpace(reason),
		ActorID: actor.AccountID, ActorName: actor.Name, ActorPost: actor.Post(), At: models.At(s.now())}
}

// writeChange writes a change and applies it if its period has begun.
func (s *Service) writeChange(tx *gorm.DB, actor models.Actor, c *models.ItemChange, item *models.CatalogueItem) error {
	if !s.coming(c.EffectiveFrom) {
		c.AppliedAt = models.At(s.now())
	}
	if err := tx.Omit("Item").Create(c).Error; err != nil {
		return fmt.Errorf("write change of %s: %w", item.Code, err)
	}
	if c.AppliedAt != 0 {
		if err := take(tx, *c, item); err != nil {
			return err
		}
	}
	return s.note(tx, actor, item.Code, string(c.Kind), c.Reason, "自"+c.EffectiveFrom.Label()+"起；"+Told(c.Diffs))
}

// Told says differences in words: 更新周期：每月 → 每季度.
func Told(diffs []models.ItemDiff) string {
	var parts []string
	for _, d := range diffs {
		f, _ := models.ItemFieldOf(d.Field)
		parts = append(parts, f.Label+"："+f.Show(d.Old)+" → "+f.Show(d.New))
	}
	return strings.Join(parts, "；")
}

// take gives an item a change whose period has begun.
func take(tx *gorm.DB, c models.ItemChange, item *models.CatalogueItem) error {
	if c.Kind == models.ItemRetired {
		return tx.Model(&models.CatalogueItem{}).Where("id = ?", item.ID).
			Updates(map[string]any{"retired_at": c.AppliedAt, "retired_why": c.Reason}).Error
	}
	before := item.Cycle
	item.Apply(c.Diffs)
	columns := append([]string{"name", "cycle", "due_days", "lock_days", "nil_normal"}, aboutColumns...)
	if item.Cycle != before { // the new cycle owes nothing before it began
		item.StartsOn = c.EffectiveFrom
		columns = append(columns, "starts_on")
	}
	if err := tx.Model(item).Omit("Unit", "Template").Select(columns).Updates(item).Error; err != nil {
		return fmt.Errorf("change %s: %w", item.Code, err)
	}
	return nil
}

// ApplyChanges gives the items the changes whose period has begun. It runs before the tasks of new periods are written,
// as often as one likes. It returns how many were applied.
func (s *Service) ApplyChanges(ctx context.Context) (int, error) {
	var waiting []models.ItemChange
	err := s.db.Read.WithContext(ctx).Where("applied_at = 0 AND withdrawn_at = 0 AND effective_from <= ?", s.running()).
		Order("effective_from, id").Find(&waiting).Error
	if err != nil {
		return 0, fmt.Errorf("read changes: %w", err)
	}
	for i, c := range waiting {
		if err := s.applyOne(ctx, c.ID); err != nil {
			return i, err
		}
	}
	return len(waiting), nil
}

func (s *Service) applyOne(ctx context.Context, id int64) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		at := models.At(s.now())
		res := tx.Model(&models.ItemChange{}).Where("id = ? AND applied_at = 0 AND withdrawn_at = 0", id).Update("applied_at", at)
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		var c models.ItemChange
		if err := tx.Where("id = ?", id).Take(&c).Error; err != nil {
			return err
		}
		var item models.CatalogueItem
		if err := tx.Where("id = ?", c.ItemID).Take(&item).Error; err != nil {
			return err
		}
		if err := take(tx, c, &item); err != nil {
			return err
		}
		return s.note(tx, models.SystemActor, item.Code, "apply", c.Reason, c.Kind.Label()+"自"+c.EffectiveFrom.Label()+"起生效；"+Told(c.Diffs))
	})
}

// WithdrawChange takes back a change that still waits for its period. Only the Office of the area may.
func (s *Service) WithdrawChange(ctx context.Context, actor models.Actor, code string, id int64, reason string) error {
	if err := s.guard.Allow(actor, "catalogue", "edit"); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	var form fault.Form
	checkReason(&form, reason)
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		item, err := s.itemForChange(tx, actor, code)
		if err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		res := tx.Model(&models.ItemChange{}).Where("id = ? AND item_id = ? AND applied_at = 0 AND withdrawn_at = 0", id, item.ID).
			Updates(map[string]any{"withdrawn_at": models.At(s.now()), "withdrawn_name": actor.Name, "withdrawn_why": reason})
		if res.Error != nil {
			return fmt.Errorf("withdraw change: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			return fault.New(fault.Conflict, "这项修改已经生效或已撤回，不能再撤回；请另行修改。")
		}
		return s.note(tx, actor, item.Code, "withdraw", reason, "")
	})
}

// RetireInput ends an item.
type RetireInput struct {
	From   models.Period
	Reason string
	Seen   int64
}

// Retire ends an item from a month on: no task is written any more; those written stay owed. Only the Office may.
func (s *Service) Retire(ctx context.Context, actor models.Actor, code string, in RetireInput) (models.ItemChange, error) {
	if err := s.guard.Allow(actor, "catalogue", "edit"); err != nil {
		return models.ItemChange{}, err
	}
	var change models.ItemChange
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		item, err := s.itemForChange(tx, actor, code)
		if err != nil {
			return err
		}
		var form fault.Form
		checkReason(&form, in.Reason)
		s.checkFrom(&form, in.From)
		if err := form.Err(); err != nil {
			return err
		}
		if item.RetiredAt != 0 {
			return fault.New(fault.Conflict, "目录项已经停用。")
		}
		if err := s.free(tx, item, nil, in.Seen); err != nil {
			return err
		}
		change = s.newChange(actor, item, models.ItemRetired, in.From, in.Reason)
		return s.writeChange(tx, actor, &change, &item)
	})
	return change, err
}
