package models

import "taxportal/internal/workflow"

// WaiverKind says which rule of a task the Office sets aside.
type WaiverKind string

// The kinds of waivers, each with a reason and a second person (permissions.md: exempt, unlock, allow correction ②).
const (
	WaiverExempt     WaiverKind = "exempt"     // 免报
	WaiverUnlock     WaiverKind = "unlock"     // 解锁补报
	WaiverCorrection WaiverKind = "correction" // 更正
)

// Label returns the kind in the plan's words.
func (k WaiverKind) Label() string {
	return map[WaiverKind]string{WaiverExempt: "免报", WaiverUnlock: "解锁补报", WaiverCorrection: "更正"}[k]
}

// Waiver is a request to exempt a task, to unlock it after its lock day, or to correct what is effective: asked by the
// liaison or raised by the Office, decided by two people of the Office.
type Waiver struct {
	ID        int64 `gorm:"primaryKey"`
	Code      string
	TaskID    int64
	Task      *FilingTask
	UnitID    int64
	Kind      WaiverKind
	State     workflow.State
	Reason    string
	Until     Instant // unlock: free until then
	CreatedBy int64
	CreatedAt Instant
}

// FlowID, FlowCode, FlowState and FlowTable let a waiver take part in a workflow.
func (w *Waiver) FlowID() int64             { return w.ID }
func (w *Waiver) FlowCode() string          { return w.Code }
func (w *Waiver) FlowState() workflow.State { return w.State }
func (w *Waiver) FlowTable() string         { return "waivers" }

// The states of a waiver.
const (
	WaiverAsked     workflow.State = "asked"
	WaiverProposed  workflow.State = "proposed"
	WaiverGranted   workflow.State = "granted"
	WaiverRefused   workflow.State = "refused"
	WaiverWithdrawn workflow.State = "withdrawn"
)

// The moves of a waiver.
const (
	VerbPropose        workflow.Verb = "propose"
	VerbConfirm        workflow.Verb = "confirm"
	VerbRefuse         workflow.Verb = "refuse"
	VerbWithdrawWaiver workflow.Verb = "take_back"
	VerbFollowSharing  workflow.Verb = "follow_sharing"
)

// WaiverFlow is the life of a waiver: two different people of the Office agree before a rule is set aside.
var WaiverFlow = workflow.Flow{
	Name:  "waiver",
	Label: "更正、解锁与免报",
	States: []workflow.StateDef{
		{State: WaiverAsked, Label: "待办公室初审", Waits: workflow.Office, Next: "请办公室{contact}初审；同意后由办公室另一人复核。"},
		{State: WaiverProposed, Label: "待复核", Waits: workflow.Office, Next: "请办公室另一人复核（初审人：{proposer}）；复核同意后即行生效。"},
		{State: WaiverGranted, Label: "已同意", Final: true, Next: "办公室已同意{kind}，即行生效；{then}"},
		{State: WaiverRefused, Label: "不同意", Final: true, Next: "办公室不同意{kind}，理由见办理记录；任务按原要求报送。"},
		{State: WaiverWithdrawn, Label: "已撤回", Final: true, Next: "申请已撤回，任务按原要求报送。"},
	},
	Moves: []workflow.Move{
		{Verb: VerbPropose, Label: "初审同意", From: []workflow.State{WaiverAsked}, To: WaiverProposed,
			Object: "filing", Action: "waive", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedReason}, Main: true,
			Ask: "初审同意后，由办公室另一人复核才生效。", Done: "已初审同意，等办公室另一人复核。"},
		{Verb: VerbConfirm, Label: "复核同意", From: []workflow.State{WaiverProposed}, To: WaiverGranted,
			Object: "filing", Action: "waive", Party: workflow.Office, NotBy: []workflow.Verb{VerbPropose}, Main: true,
			Ask: "复核同意后即行生效，并告知报送单位。", Done: "已复核同意，即行生效。"},
		{Verb: VerbRefuse, Label: "不同意", From: []workflow.State{WaiverAsked, WaiverProposed}, To: WaiverRefused,
			Object: "filing", Action: "waive", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedReason}, Takes: true,
			Ask: "不同意须写明理由，报送单位会看到。", Done: "已记为不同意，理由已告知报送单位。"},
		{Verb: VerbWithdrawWaiver, Label: "撤回申请", From: []workflow.State{WaiverAsked}, To: WaiverWithdrawn,
			Object: "filing", Action: "ask", Party: workflow.OwnUnit, Ask: "撤回后任务按原要求报送。", Done: "申请已撤回。"},
		{Verb: VerbFollowSharing, Label: "按本县共享方式免报", From: []workflow.State{WaiverAsked, WaiverProposed}, To: WaiverGranted, Party: workflow.System},
	},
}
