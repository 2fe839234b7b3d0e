package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/filestore"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// Limits of one answer.
const (
	MaxReplyFiles     = 10
	MaxReplyFileBytes = 50 << 20
)

// KeptFile is a file that already lies in the file store.
type KeptFile struct {
	Name string
	Blob string
	Size int64
}

// Keep stores a file of an answer as it streams in. It becomes part of the answer with Reply; what never does is swept.
// Returns fault.TooLarge beyond MaxReplyFileBytes, and fault.Invalid for a file that holds nothing.
func (s *Desk) Keep(ctx context.Context, name string, content io.Reader) (KeptFile, error) {
	ref, err := s.Files.Put(ctx, content, filestore.PutOptions{MaxBytes: MaxReplyFileBytes})
	if err != nil {
		return KeptFile{}, err
	}
	file := KeptFile{Name: plainName(name), Blob: ref.Hash, Size: ref.Size}
	if file.Size == 0 {
		return KeptFile{}, fault.New(fault.Invalid, "文件“"+file.Name+"”是空的，请核对后重新选择。")
	}
	return file, nil
}

// plainName keeps the last part of a file name, without control characters, at most 120 characters.
func plainName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x200b && r <= 0x202e) {
			return -1
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:60]) + "…" + string(runes[len(runes)-59:])
	}
	if name == "" {
		return "未命名文件"
	}
	return name
}

// ReplyInput answers a call, or refuses it on legal grounds.
type ReplyInput struct {
	Refuse bool
	Law    string // law and article on which it is refused
	Text   string
	Files  []KeptFile
}

// CheckReply asks, before any byte is stored, whether the actor may answer the call now.
func (s *Desk) CheckReply(ctx context.Context, actor models.Actor, code string, refuse bool) error {
	p, err := s.Call(ctx, actor, code)
	if err != nil {
		return err
	}
	if refuse && p.Refuse || !refuse && p.Reply {
		return nil
	}
	if err := s.Guard.Allow(actor, "call", "answer"); err != nil {
		return err
	}
	if p.Call.UnitID != actor.Unit.ID {
		return fault.New(fault.Forbidden, "这件需求由“"+p.Call.Unit.Name+"”答复，您所在的单位只能查看。")
	}
	verb := models.VerbReply
	if refuse {
		verb = models.VerbRefuseByLaw
	}
	if _, err := models.CallFlow.Next(p.Call.State, verb); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "这件需求按模板报送，请在它的报送任务中上传数据；受理后自动办结。")
}

// Reply hands an answer or a refusal to the chief, who must be another person. A refusal names law and article.
//
// Returns the errors of CheckReply, and fault.Invalid with the fields text, law, file.
func (s *Desk) Reply(ctx context.Context, actor models.Actor, code string, in ReplyInput) error {
	if err := s.CheckReply(ctx, actor, code, in.Refuse); err != nil {
		return err
	}
	in.Text, in.Law = strings.TrimSpace(in.Text), strings.TrimSpace(in.Law)
	if err := checkReply(in); err != nil {
		return err
	}
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		c, err := findCall(tx, actor, code)
		if err != nil {
			return err
		}
		verb, detail := models.VerbReply, fmt.Sprintf("%d 个文件", len(in.Files))
		if in.Refuse {
			verb, detail = models.VerbRefuseByLaw, in.Law
		}
		return s.moveCall(tx, actor, &c, verb, workflow.Input{Reason: in.Text, Detail: detail}, func(tx *gorm.DB) error {
			return s.writeReply(tx, actor, &c, in)
		})
	})
}

func checkReply(in ReplyInput) error {
	var form fault.Form
	if in.Refuse {
		form.Require("law", "不予提供所依据的法律、法规名称和条款", in.Law)
		form.Require("text", "理由", in.Text)
	} else if in.Text == "" && len(in.Files) == 0 {
		form.Add("text", "请填写答复，或附上文件。")
	}
	if len([]rune(in.Law)) > maxText {
		form.Add("law", fmt.Sprintf("最多 %d 字。", maxText))
	}
	if len([]rune(in.Text)) > maxWhy {
		form.Add("text", fmt.Sprintf("最多 %d 字；更长的请作为文件附上。", maxWhy))
	}
	if len(in.Files) > MaxReplyFiles {
		form.Add("file", fmt.Sprintf("一次最多附 %d 个文件。", MaxReplyFiles))
	}
	return form.Err()
}

func (s *Desk) writeReply(tx *gorm.DB, actor models.Actor, c *models.Call, in ReplyInput) error {
	reply := models.CallReply{CallID: c.ID, No: len(c.Replies) + 1, Refusal: in.Refuse, Law: in.Law, Text: in.Text, ByID: actor.AccountID, ByName: actor.Name,
		At: s.now()}
	for i, f := range in.Files {
		reply.Files = append(reply.Files, models.CallFile{Seq: i, Name: f.Name, Size: f.Size, Blob: f.Blob})
	}
	if err := tx.Create(&reply).Error; err != nil {
		return fmt.Errorf("write reply: %w", err)
	}
	return nil
}

// moveCall takes one move of a call.
func (s *Desk) moveCall(tx *gorm.DB, actor models.Actor, c *models.Call, verb workflow.Verb, in workflow.Input, also func(*gorm.DB) error) error {
	_, err := s.engine.Apply(tx, workflow.Step{Flow: &models.CallFlow, Subject: c, Verb: verb, Actor: actor.Workflow(),
		Allowed: s.Guard.Asker(actor), Parties: sides(actor, c.UnitID), Input: in, Also: also})
	return err
}

// MoveCall takes one move of CallFlow other than an answer or a refusal.
//
// Returns fault.NotFound, fault.Forbidden, fault.Conflict if it has moved on, and fault.Invalid with the fields reason, due.
func (s *Desk) MoveCall(ctx context.Context, actor models.Actor, code string, verb workflow.Verb, in MoveInput) error {
	if verb == models.VerbReply || verb == models.VerbRefuseByLaw {
		return fault.New(fault.NotFound, "没有这个步骤。")
	}
	return s.tx(ctx, actor, func(tx *gorm.DB) error {
		c, err := findCall(tx, actor, code)
		if err != nil {
			return err
		}
		if err := in.moved(&models.CallFlow, c.Code, c.State); err != nil {
			return err
		}
		return s.moveCall(tx, actor, &c, verb, s.inputOf(in), func(tx *gorm.DB) error { return s.moved(tx, actor, &c, verb, in) })
	})
}

// moved writes what follows from a move.
func (s *Desk) moved(tx *gorm.DB, actor models.Actor, c *models.Call, verb workflow.Verb, in MoveInput) error {
	switch verb {
	case models.VerbSignReply, models.VerbSignRefusal:
		err := tx.Model(&models.CallReply{}).Where("call_id = ? AND no = ?", c.ID, len(c.Replies)).
			Updates(map[string]any{"signed_name": actor.Name, "signed_at": s.now()}).Error
		if err != nil || verb == models.VerbSignReply {
			return err
		}
		return s.end(tx, c)
	case models.VerbCallOff:
		return s.end(tx, c)
	case models.VerbSettle:
		return tx.Model(c).UpdateColumn("settled_at", s.now()).Error
	case models.VerbAskAgain:
		return tx.Model(c).UpdateColumn("due_at", s.DueHour.On(in.Due)).Error
	}
	return nil
}

// end closes a call that is not answered: its filing is no longer owed. What is on its way to the Office comes first.
func (s *Desk) end(tx *gorm.DB, c *models.Call) error {
	if err := tx.Model(c).UpdateColumn("settled_at", s.now()).Error; err != nil {
		return err
	}
	if c.TaskID == nil {
		return nil
	}
	var busy int64
	err := tx.Model(&models.Batch{}).Where("task_id = ? AND state IN ?", *c.TaskID,
		[]workflow.State{models.BatchSigning, models.BatchFiled, models.BatchEffective}).Count(&busy).Error
	if err != nil {
		return fmt.Errorf("look at the call's filing: %w", err)
	}
	if busy > 0 {
		return fault.New(fault.Conflict, "这件需求的报送任务有批次正在审签、待受理或已生效，请先办完那一批。")
	}
	return tx.Model(&models.FilingTask{}).Where("id = ?", *c.TaskID).UpdateColumn("exempted_at", s.now()).Error
}

// TaskFiled settles the call, if there is one, whose filing has come into force. It is called within the transaction of the
// acceptance.
func (s *Desk) TaskFiled(tx *gorm.DB, taskID int64) error {
	var calls []models.Call
	err := tx.Where("task_id = ? AND state IN ?", taskID, []workflow.State{models.CallOpen, models.CallRefusing}).Find(&calls).Error
	if err != nil || len(calls) == 0 {
		return err
	}
	c := &calls[0]
	return s.moveCall(tx, models.SystemActor, c, models.VerbDelivered, workflow.Input{}, func(tx *gorm.DB) error {
		return tx.Model(c).UpdateColumn("settled_at", s.now()).Error
	})
}

// CallFile opens a file of an answer for the unit itself and, once it is signed, for the Office, and writes down that it
// was taken. The caller closes it.
func (s *Desk) CallFile(ctx context.Context, actor models.Actor, code string, no, seq int) (filestore.File, models.CallFile, error) {
	if err := s.Guard.Allow(actor, "call", "view"); err != nil {
		return nil, models.CallFile{}, err
	}
	c, err := findCall(s.DB.Read.WithContext(ctx), actor, code)
	if err != nil {
		return nil, models.CallFile{}, database.Fault(err)
	}
	for _, r := range ShownReplies(actor, c) {
		if r.No != no || seq < 0 || seq >= len(r.Files) {
			continue
		}
		file := r.Files[seq]
		err := s.tx(ctx, actor, func(tx *gorm.DB) error {
			return s.record(tx, actor, &models.CallFlow, c.Code, "download", "", file.Name)
		})
		if err != nil {
			return nil, file, err
		}
		content, err := s.Files.Open(ctx, file.Blob)
		return content, file, err
	}
	return nil, models.CallFile{}, fault.New(fault.NotFound, "没有这个文件。")
}

// ShownReplies are the answers that the actor may read: the own unit's all, and what a chief has signed.
func ShownReplies(actor models.Actor, c models.Call) []models.CallReply {
	var shown []models.CallReply
	for _, r := range c.Replies {
		if r.SignedAt != 0 || actor.Unit.ID == c.UnitID {
			shown = append(shown, r)
		}
	}
	return shown
}

// CallUnits are the units that the actor's Office can call on.
func (s *Desk) CallUnits(ctx context.Context, actor models.Actor) ([]models.Unit, error) {
	var units []models.Unit
	err := callees(s.DB.Read.WithContext(ctx), actor).Order(database.PlanOrder("units")).Find(&units).Error
	return units, database.Fault(err)
}

// Choice is a template that a call can name.
type Choice struct{ Code, Name string }

// CallTemplates are the templates that a call can name.
func (s *Desk) CallTemplates(ctx context.Context, actor models.Actor) ([]Choice, error) {
	if err := s.Guard.Allow(actor, "call", "raise"); err != nil {
		return nil, err
	}
	var choices []Choice
	err := s.DB.Read.WithContext(ctx).Table("templates t").Select("t.code, t.name").
		Where("EXISTS (SELECT 1 FROM template_versions v WHERE v.template_id = t.id AND v.status = ?)", models.TemplatePublished).Order("t.code").Scan(&choices).Error
	if err != nil && !errors.Is(err, context.Canceled) {
		err = fmt.Errorf("list templates: %w", err)
	}
	return choices, database.Fault(err)
}
