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

// FieldInput is one field of a draft as a form gives it back.
type FieldInput struct {
	Was    string // code of the field that is edited; "" = a new one
	Field  models.Field
	Repeat string // why it is asked for although another unit supplies it
	Seen   string // fingerprint of the field as the page showed it
}

// SaveField adds a field to a draft, as the last one, or changes one. An empty 口径 or 标准 is taken: it keeps the draft
// from being published, not from being saved.
//
// Returns fault.Conflict if somebody else has changed the field since, and fault.Invalid with the fields' names in
// models.Field's JSON form: code, name, type, min …
func (s *Designs) SaveField(ctx context.Context, actor models.Actor, id int64, in FieldInput) error {
	return s.edit(ctx, actor, id, "字段 "+in.Field.Code, func(_ *gorm.DB, d *models.Design, before []models.Definition) error {
		def := &d.Definition
		at := slices.IndexFunc(def.Fields, func(f models.Field) bool { return f.Code == in.Was && in.Was != "" })
		var old models.Field
		if at >= 0 {
			old = def.Fields[at]
		}
		if err := unseen(d, in.Seen, old, at >= 0); err != nil {
			return err
		}
		if at < 0 {
			def.Fields = append(def.Fields, in.Field)
			at = len(def.Fields) - 1
		} else {
			def.Fields[at] = in.Field
			renameField(def, in.Was, in.Field.Code)
		}
		if err := checkField(d, before, at, in.Was); err != nil {
			return err
		}
		if d.Repeats == nil {
			d.Repeats = map[string]string{}
		}
		delete(d.Repeats, in.Was)
		if in.Repeat != "" {
			d.Repeats[in.Field.Code] = in.Repeat
		}
		return nil
	})
}

// renameField lets row rules point at a field by its new code. Their expressions are left to people: they are told that
// the old code is none any more.
func renameField(def *models.Definition, was, now string) {
	for i := range def.Rules {
		for j, code := range def.Rules[i].Fields {
			if code == was {
				def.Rules[i].Fields[j] = now
			}
		}
	}
}

// checkField reports what is wrong with one field, apart from what may still be filled in later.
func checkField(d *models.Design, before []models.Definition, at int, was string) error {
	def := &d.Definition
	var form fault.Form
	if len(def.Fields) > models.MaxFields {
		form.Add("code", fmt.Sprintf("一个模板最多 %d 个字段，请先去掉不需要的。", models.MaxFields))
	}
	if was != "" && was != def.Fields[at].Code && published(before, was) {
		form.Add("code", fmt.Sprintf("字段代码 %s 已随以前的版本发布，不能更改；需要不同代码的，请另建字段。", was))
	}
	if fields, ok := fault.Fields(only(def.ValidateRelease(before), fmt.Sprintf("fields.%d.", at), "caliber", "standard")); ok {
		for part, text := range fields {
			form.Add(part, text)
		}
	}
	return form.Err()
}

// published reports whether an earlier version has a field with the code.
func published(before []models.Definition, code string) bool {
	return slices.ContainsFunc(before, func(def models.Definition) bool {
		_, ok := def.Field(code)
		return ok
	})
}

// MoveField moves a field of a draft one place up (by −1) or down (by 1); at the end it stays.
func (s *Designs) MoveField(ctx context.Context, actor models.Actor, id int64, code string, by int) error {
	return s.edit(ctx, actor, id, "字段次序", func(_ *gorm.DB, d *models.Design, _ []models.Definition) error {
		fields := d.Definition.Fields
		at := slices.IndexFunc(fields, func(f models.Field) bool { return f.Code == code })
		if at < 0 {
			return errNoField
		}
		if to := at + by; to >= 0 && to < len(fields) {
			fields[at], fields[to] = fields[to], fields[at]
		}
		return nil
	})
}

var errNoField = fault.New(fault.NotFound, "草稿中没有这个字段，可能已由他人删除。")

// RemovedNeedsReason reports whether taking the field out of the draft asks for a reason: units have filled it in.
func RemovedNeedsReason(p *DesignPage, code string) bool {
	return published(definitions(p.Earlier), code)
}

// RemoveField takes a field out of a draft. Rows of earlier versions keep it. Of a field that units have filled in, a
// reason is asked. Returns fault.Invalid with the field reason.
func (s *Designs) RemoveField(ctx context.Context, actor models.Actor, id int64, code, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.edit(ctx, actor, id, strings.TrimSpace("删除字段 "+code+" "+reason), func(_ *gorm.DB, d *models.Design, before []models.Definition) error {
		at := slices.IndexFunc(d.Definition.Fields, func(f models.Field) bool { return f.Code == code })
		if at < 0 {
			return errNoField
		}
		var form fault.Form
		if published(before, code) {
			form.Require("reason", "理由", reason)
		}
		if len([]rune(reason)) > 2000 {
			form.Add("reason", "理由最多 2000 字。")
		}
		if err := form.Err(); err != nil {
			return err
		}
		d.Definition.Fields = slices.Delete(d.Definition.Fields, at, at+1)
		delete(d.Repeats, code)
		return nil
	})
}

// RuleInput is one row rule of a draft as a form gives it back.
type RuleInput struct {
	Was  string
	Rule models.RowRule
	Seen string
}

// SaveRule adds a row rule to a draft or changes one. Returns fault.Conflict if somebody else has changed it since, and
// fault.Invalid with the fields code, title, expr, severity, message, advice, fields; a rule that does not compile is
// told at expr, with the place.
func (s *Designs) SaveRule(ctx context.Context, actor models.Actor, id int64, in RuleInput) error {
	return s.edit(ctx, actor, id, "规则 "+in.Rule.Code, func(_ *gorm.DB, d *models.Design, before []models.Definition) error {
		def := &d.Definition
		at := slices.IndexFunc(def.Rules, func(r models.RowRule) bool { return r.Code == in.Was && in.Was != "" })
		var old models.RowRule
		if at >= 0 {
			old = def.Rules[at]
		}
		if err := unseen(d, in.Seen, old, at >= 0); err != nil {
			return err
		}
		if at < 0 {
			def.Rules = append(def.Rules, in.Rule)
			at = len(def.Rules) - 1
		} else {
			def.Rules[at] = in.Rule
		}
		return checkRule(def, before, at)
	})
}

// RemoveRule takes a row rule out of a draft.
func (s *Designs) RemoveRule(ctx context.Context, actor models.Actor, id int64, code string) error {
	return s.edit(ctx, actor, id, "删除规则 "+code, func(_ *gorm.DB, d *models.Design, _ []models.Definition) error {
		at := slices.IndexFunc(d.Definition.Rules, func(r models.RowRule) bool { return r.Code == code })
		if at < 0 {
			return fault.New(fault.NotFound, "草稿中没有这条规则，可能已由他人删除。")
		}
		d.Definition.Rules = slices.Delete(d.Definition.Rules, at, at+1)
		return nil
	})
}

// ListInput is one code list of a draft as a form gives it back.
type ListInput struct {
	Was  string
	List models.CodeList
	Seen string
}

// SaveList adds a code list to a draft or changes one; fields follow a new code of the list. Returns fault.Conflict if
// somebody else has changed it since, and fault.Invalid with the fields code, name, items.
func (s *Designs) SaveList(ctx context.Context, actor models.Actor, id int64, in ListInput) error {
	return s.edit(ctx, actor, id, "字典 "+in.List.Code, func(_ *gorm.DB, d *models.Design, before []models.Definition) error {
		def := &d.Definition
		at := slices.IndexFunc(def.Lists, func(l models.CodeList) bool { return l.Code == in.Was && in.Was != "" })
		var old models.CodeList
		if at >= 0 {
			old = def.Lists[at]
		}
		if err := unseen(d, in.Seen, old, at >= 0); err != nil {
			return err
		}
		if at < 0 {
			def.Lists = append(def.Lists, in.List)
			return checkList(def, before, len(def.Lists)-1)
		}
		def.Lists[at] = in.List
		for i := range def.Fields {
			if def.Fields[i].List == in.Was {
				def.Fields[i].List = in.List.Code
			}
		}
		return checkList(def, before, at)
	})
}

// RemoveList takes a code list out of a draft that no field uses any more.
func (s *Designs) RemoveList(ctx context.Context, actor models.Actor, id int64, code string) error {
	return s.edit(ctx, actor, id, "删除字典 "+code, func(_ *gorm.DB, d *models.Design, _ []models.Definition) error {
		at := slices.IndexFunc(d.Definition.Lists, func(l models.CodeList) bool { return l.Code == code })
		if at < 0 {
			return fault.New(fault.NotFound, "草稿中没有这个字典，可能已由他人删除。")
		}
		for _, f := range d.Definition.Fields {
			if f.List == code {
				return fault.New(fault.Conflict, fmt.Sprintf("没有删除：字段“%s”还在用这个字典，请先改该字段。", f.Name))
			}
		}
		d.Definition.Lists = slices.Delete(d.Definition.Lists, at, at+1)
		return nil
	})
}
