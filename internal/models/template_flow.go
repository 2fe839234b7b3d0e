package models

import "taxportal/internal/workflow"

// The states of a design: one version of a template from its first draft until it is out of use (practice.md §4.7).
const (
	DesignDraft      workflow.State = "draft"
	DesignCommenting workflow.State = "comment"
	DesignReady      workflow.State = "ready"
	DesignPublished  workflow.State = "published"
	DesignRetired    workflow.State = "retired"
	DesignDiscarded  workflow.State = "dropped"
)

// The moves of a design.
const (
	VerbAskComment    workflow.Verb = "ask_comment"
	VerbHandOver      workflow.Verb = "hand_over"
	VerbRevise        workflow.Verb = "revise"
	VerbPublish       workflow.Verb = "publish"
	VerbRetire        workflow.Verb = "retire"
	VerbDiscardDesign workflow.Verb = "drop"
)

// TemplateFlow is the life of a design: the Office drafts, the supplying units and the tax authority comment, a second
// person of the Office publishes. What has been published never changes again.
var TemplateFlow = workflow.Flow{
	Name:  "template",
	Label: "信息模板",
	States: []workflow.StateDef{
		{State: DesignDraft, Label: "草稿", Waits: workflow.Office, Next: "请办公室{editor}补齐字段、口径和规则，送{units}征求意见。"},
		{State: DesignCommenting, Label: "征求意见", Waits: workflow.Office, Next: "请{units}和税务部门在 **{due}** 前提出意见；办公室逐条答复后提交发布。"},
		{State: DesignReady, Label: "待发布", Waits: workflow.Office, Next: "请办公室另一人发布（提交人：{submitter}）；发布后自 **{from}** 起执行。"},
		{State: DesignPublished, Label: "已发布", Next: "这一版已发布，自 **{from}** 起执行，内容不再改动；要修改的，请新建下一版。"},
		{State: DesignRetired, Label: "停用", Final: true, Next: "这一版已停用，理由见办理记录；按这一版报送的数据仍可查阅。"},
		{State: DesignDiscarded, Label: "作废", Final: true, Next: "这份草稿已作废，理由见办理记录。"},
	},
	Moves: []workflow.Move{
		{Verb: VerbAskComment, Label: "征求意见", From: []workflow.State{DesignDraft}, To: DesignCommenting,
			Object: "template", Action: "design", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedDue}, Clock: workflow.ClockStart, Main: true,
			Ask: "送出后提供单位和税务部门可以提意见、用真实数据试填；期间不能修改，需要修改的先退回。", Done: "已送出征求意见。"},
		{Verb: VerbHandOver, Label: "提交发布", From: []workflow.State{DesignCommenting}, To: DesignReady,
			Object: "template", Action: "design", Party: workflow.Office, Clock: workflow.ClockStop, Main: true,
			Ask: "提交后由办公室另一人发布。", Done: "已提交，等办公室另一人发布。"},
		{Verb: VerbPublish, Label: "发布", From: []workflow.State{DesignReady}, To: DesignPublished,
			Object: "template", Action: "publish", Party: workflow.Office, NotBy: []workflow.Verb{VerbHandOver}, Main: true,
			Ask: "发布后这一版不能再改；已写入的任务仍用原来的版本。", Done: "已发布。"},
		{Verb: VerbRevise, Label: "退回修改", From: []workflow.State{DesignCommenting, DesignReady}, To: DesignDraft,
			Object: "template", Action: "design", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedReason}, Clock: workflow.ClockStop, Takes: true,
			Ask: "退回草稿后可以修改；改好后须重新征求意见。", Done: "已退回草稿。"},
		{Verb: VerbRetire, Label: "停用", From: []workflow.State{DesignPublished}, To: DesignRetired,
			Object: "template", Action: "retire", Party: workflow.Office, NotBy: []workflow.Verb{VerbPublish}, Needs: []workflow.Need{workflow.NeedReason}, Takes: true,
			Ask: "停用后不再按这一版写入新任务；已写入的任务和已报的数据不受影响。", Done: "已停用。"},
		{Verb: VerbDiscardDesign, Label: "作废草稿", From: []workflow.State{DesignDraft}, To: DesignDiscarded,
			Object: "template", Action: "design", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedReason}, Takes: true,
			Ask: "作废后不能恢复，可以另起一份草稿。", Done: "草稿已作废。"},
	},
}
