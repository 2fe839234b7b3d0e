package models

import "taxportal/internal/workflow"

// Handover is the delivery of one batch to the city's data platform (plan 二(三): 集中存储于聊城市大数据管理服务平台).
type Handover struct {
	ID          int64 `gorm:"primaryKey"`
	BatchID     int64
	Batch       *Batch
	UnitID      int64
	State       workflow.State
	CreatedAt   Instant // when the batch came into force
	Attempts    int64   // tries since it was last asked for
	TriedAt     Instant
	Trouble     string  // why the last try did not succeed, in the user's words
	DeliveredAt Instant // when the data were handed over; 0 = never
	Reference   string  // where they lie below the agreed folder
	Rows        int64
	Bytes       int64
	SHA256      string `gorm:"column:sha256"`
	SM3         string `gorm:"column:sm3"`
	Sensitive   string // how sensitive fields went: see services/exchange
}

// FlowID, FlowCode, FlowState and FlowTable let a hand-over take part in a workflow. Its code is the batch's.
func (h *Handover) FlowID() int64             { return h.ID }
func (h *Handover) FlowCode() string          { return h.Batch.Code }
func (h *Handover) FlowState() workflow.State { return h.State }
func (h *Handover) FlowTable() string         { return "handovers" }

// The states of a hand-over.
const (
	HandoverPending   workflow.State = "pending"
	HandoverDone      workflow.State = "done"
	HandoverFailed    workflow.State = "failed"
	HandoverWithdrawn workflow.State = "withdrawn"
	HandoverSkipped   workflow.State = "skipped"
)

// The moves of a hand-over.
const (
	VerbDeliver        workflow.Verb = "deliver"
	VerbWithdrawData   workflow.Verb = "mark_replaced"
	VerbSkipHandover   workflow.Verb = "skip_handover"
	VerbFailHandover   workflow.Verb = "fail_handover"
	VerbRetryHandover  workflow.Verb = "retry_handover"
	VerbReopenHandover workflow.Verb = "reopen_handover"
)

// HandoverFlow is the life of a hand-over. A job takes it through; people only start a failed one again.
var HandoverFlow = workflow.Flow{
	Name:  "handover",
	Label: "数据交接",
	States: []workflow.StateDef{
		{State: HandoverPending, Label: "待交接", Next: "由系统自动交给市大数据管理服务平台，不需要办理。"},
		{State: HandoverDone, Label: "已交接", Next: "已交给市大数据管理服务平台，不需要办理。"},
		{State: HandoverFailed, Label: "交接失败", Waits: workflow.Office, Next: "请办公室会同系统管理员排除故障后重新交接。"},
		{State: HandoverWithdrawn, Label: "已标记被替代", Final: true, Next: "本批已由新批次替代，交接清单已注明，不需要办理。"},
		{State: HandoverSkipped, Label: "无需交接", Final: true, Next: "本批在交接前已由新批次替代，不需要交接。"},
	},
	Moves: []workflow.Move{
		{Verb: VerbDeliver, Label: "完成交接", From: []workflow.State{HandoverPending}, To: HandoverDone, Party: workflow.System},
		{Verb: VerbFailHandover, Label: "记为交接失败", From: []workflow.State{HandoverPending}, To: HandoverFailed, Party: workflow.System},
		{Verb: VerbRetryHandover, Label: "重新交接", From: []workflow.State{HandoverFailed}, To: HandoverPending,
			Object: "handover", Action: "retry", Party: workflow.Office, Main: true,
			Ask: "系统随即再试；同一批次不会交接两份。", Done: "已重新安排交接，结果会显示在清单中。"},
		{Verb: VerbReopenHandover, Label: "因批次被替代重新办理", From: []workflow.State{HandoverDone, HandoverFailed}, To: HandoverPending,
			Party: workflow.System},
		{Verb: VerbWithdrawData, Label: "在交接清单中标记被替代", From: []workflow.State{HandoverPending}, To: HandoverWithdrawn, Party: workflow.System},
		{Verb: VerbSkipHandover, Label: "交接前已被替代", From: []workflow.State{HandoverPending}, To: HandoverSkipped, Party: workflow.System},
	},
}
