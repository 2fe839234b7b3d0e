package models

import "taxportal/internal/workflow"

// Call is an ad-hoc call of the Office for information (专项需求, plan 二(二)36): to any unit, within the law that it states.
type Call struct {
	ID          int64 `gorm:"primaryKey"`
	Code        string
	UnitID      int64
	Unit        Unit
	Title       string // 需求事项
	What        string // which information, of whom, of which time
	Why         string // 用途
	Law         string // the law that allows it
	Article     string
	TemplateID  *int64 // filed in this form; nil = answered in words and files
	Template    *Template
	TaskID      *int64 // the filing of its own, if it has a template
	Task        *FilingTask
	DueAt       Instant
	State       workflow.State
	CreatedBy   int64
	CreatedName string
	CreatedAt   Instant
	SettledAt   Instant     // answered, refused or called off for good
	Replies     []CallReply `gorm:"foreignKey:CallID"`
}

// TableName names the table of calls.
func (Call) TableName() string { return "info_calls" }

// FlowID, FlowCode, FlowState and FlowTable let a call take part in a workflow.
func (c *Call) FlowID() int64             { return c.ID }
func (c *Call) FlowCode() string          { return c.Code }
func (c *Call) FlowState() workflow.State { return c.State }
func (c *Call) FlowTable() string         { return "info_calls" }

// Late reports whether the unit has not answered in time.
func (c *Call) Late(now Instant) bool {
	switch c.State {
	case CallOpen, CallReplying, CallRefusing:
		return now > c.DueAt
	}
	return false
}

// CallReply is one answer to a call, or one refusal on legal grounds.
type CallReply struct {
	ID         int64 `gorm:"primaryKey"`
	CallID     int64
	No         int
	Refusal    bool
	Law        string // law and article on which it is refused
	Text       string
	ByID       int64
	ByName     string
	At         Instant
	SignedName string
	SignedAt   Instant
	Files      []CallFile `gorm:"foreignKey:ReplyID"`
}

// CallFile is a file of an answer. Blob names the sealed content in the file store.
type CallFile struct {
	ID      int64 `gorm:"primaryKey"`
	ReplyID int64
	Seq     int    // from 0
	Name    string // as the user called it; shown, never trusted
	Size    int64
	Blob    string
}

// The states of a call.
const (
	CallOpen     workflow.State = "called"
	CallReplying workflow.State = "replying"
	CallRefusing workflow.State = "refusing"
	CallReplied  workflow.State = "replied"
	CallRefused  workflow.State = "refused_by_law"
	CallSettled  workflow.State = "settled"
	CallOff      workflow.State = "called_off"
)

// The moves of a call.
const (
	VerbReply         workflow.Verb = "reply"
	VerbRefuseByLaw   workflow.Verb = "refuse_by_law"
	VerbSignReply     workflow.Verb = "sign_reply"
	VerbSignRefusal   workflow.Verb = "sign_refusal"
	VerbSendBackReply workflow.Verb = "send_back_reply"
	VerbTakeBackReply workflow.Verb = "take_back_reply"
	VerbSettle        workflow.Verb = "settle"
	VerbAskAgain      workflow.Verb = "ask_again"
	VerbCallOff       workflow.Verb = "call_off"
	VerbDelivered     workflow.Verb = "delivered"
	VerbPassOn        workflow.Verb = "pass_on"
)

// CallFlow is the life of a call. One with a template is answered by a filing of its own, whose acceptance settles it.
var CallFlow = workflow.Flow{
	Name:  "call",
	Label: "专项需求",
	States: []workflow.StateDef{
		{State: CallOpen, Label: "待答复", Waits: workflow.OwnUnit, Next: "请{liaison}在 **{due} 前**{how}；依法不能提供的，写明法律依据。"},
		{State: CallReplying, Label: "答复待审签", Waits: workflow.OwnUnit, Next: "请{chief}在 **{due} 前**审签答复。"},
		{State: CallRefusing, Label: "不予提供待审签", Waits: workflow.OwnUnit, Next: "请{chief}在 **{due} 前**核对法律依据并审签。"},
		{State: CallReplied, Label: "已答复待确认", Waits: workflow.Office, Next: "请办公室{contact}核对答复：齐全的办结，不齐的写明缺什么、请单位补充。"},
		{State: CallRefused, Label: "依法不予提供", Final: true, Next: "单位依法不予提供，依据见答复；仍需要的，由办公室另行协商或改变范围后重新提出。"},
		{State: CallSettled, Label: "已办结", Final: true, Next: "单位已提供，本件办结。"},
		{State: CallOff, Label: "已撤销", Final: true, Next: "办公室已撤销，单位不需要再答复。"},
	},
	Moves: []workflow.Move{
		{Verb: VerbReply, Label: "提交答复", From: []workflow.State{CallOpen}, To: CallReplying,
			Object: "call", Action: "answer", Party: workflow.OwnUnit, Main: true, Done: "答复已提交，等分管负责人审签。"},
		{Verb: VerbRefuseByLaw, Label: "依法不予提供", From: []workflow.State{CallOpen}, To: CallRefusing,
			Object: "call", Action: "answer", Party: workflow.OwnUnit, Takes: true,
			Ask: "须写明法律、法规的名称和条款，经分管负责人审签后送达办公室。", Done: "已提交，等分管负责人审签。"},
		{Verb: VerbSignReply, Label: "审签答复", From: []workflow.State{CallReplying}, To: CallReplied,
			Object: "call", Action: "sign", Party: workflow.OwnUnit, NotBy: []workflow.Verb{VerbReply}, Main: true, Clock: workflow.ClockStop,
			Ask: "审签即确认答复属实、可以提供。", Done: "已审签，送办公室确认。"},
		{Verb: VerbSignRefusal, Label: "审签不予提供", From: []workflow.State{CallRefusing}, To: CallRefused,
			Object: "call", Action: "sign", Party: workflow.OwnUnit, NotBy: []workflow.Verb{VerbRefuseByLaw}, Main: true, Clock: workflow.ClockStop,
			Ask: "审签即确认所引法律依据准确、确实不能提供。", Done: "已审签，依据和理由已送达办公室。"},
		{Verb: VerbSendBackReply, Label: "退回修改", From: []workflow.State{CallReplying, CallRefusing}, To: CallOpen,
			Object: "call", Action: "sign", Party: workflow.OwnUnit, Needs: []workflow.Need{workflow.NeedReason}, Takes: true,
			Ask: "退回后由信息联络员修改，再提交审签。", Done: "已退回信息联络员修改。"},
		{Verb: VerbTakeBackReply, Label: "撤回答复", From: []workflow.State{CallReplying, CallRefusing}, To: CallOpen,
			Object: "call", Action: "answer", Party: workflow.OwnUnit, Ask: "撤回后可以修改，再提交审签。", Done: "已撤回，可以修改后再提交。"},
		{Verb: VerbSettle, Label: "确认办结", From: []workflow.State{CallReplied}, To: CallSettled,
			Object: "call", Action: "raise", Party: workflow.Office, Main: true, Ask: "确认单位已按要求提供，本件办结。", Done: "本件已办结。"},
		{Verb: VerbAskAgain, Label: "请单位补充", From: []workflow.State{CallReplied}, To: CallOpen,
			Object: "call", Action: "raise", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedReason, workflow.NeedDue}, Clock: workflow.ClockStart, Takes: true,
			Ask: "写明还缺什么；单位在新的期限前补充。", Done: "已请单位补充。"},
		{Verb: VerbCallOff, Label: "撤销需求", From: []workflow.State{CallOpen, CallReplying, CallRefusing}, To: CallOff,
			Object: "call", Action: "raise", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedReason}, Takes: true, Clock: workflow.ClockStop,
			Ask: "撤销后单位不需要再答复；附有报送任务的，任务同时免报。", Done: "已撤销，理由已告知单位。"},
		{Verb: VerbDelivered, Label: "按模板报送已受理", From: []workflow.State{CallOpen, CallRefusing}, To: CallSettled, Party: workflow.System, Clock: workflow.ClockStop},
		{Verb: VerbPassOn, Label: "转由承接单位答复", From: []workflow.State{CallOpen, CallReplying, CallRefusing}, To: CallOpen, Party: workflow.System},
	},
}
