package models

import "taxportal/internal/workflow"

// The states of a batch (DESIGN §5, the filing flow).
const (
	BatchUploaded   workflow.State = "uploaded"
	BatchChecking   workflow.State = "checking"
	BatchMalformed  workflow.State = "malformed"
	BatchFailed     workflow.State = "failed"
	BatchErrors     workflow.State = "errors"
	BatchWarnings   workflow.State = "warnings"
	BatchClean      workflow.State = "clean"
	BatchSigning    workflow.State = "signing"
	BatchFiled      workflow.State = "filed"
	BatchReturned   workflow.State = "returned"
	BatchEffective  workflow.State = "effective"
	BatchSuperseded workflow.State = "superseded"
	BatchDiscarded  workflow.State = "discarded"
)

// The moves of a batch.
const (
	VerbCheck     workflow.Verb = "check"
	VerbMalformed workflow.Verb = "malformed"
	VerbMisfit    workflow.Verb = "misfit"
	VerbFail      workflow.Verb = "fail"
	VerbErrors    workflow.Verb = "found_errors"
	VerbWarnings  workflow.Verb = "found_warnings"
	VerbClean     workflow.Verb = "found_clean"
	VerbRecheck   workflow.Verb = "recheck"
	VerbExplain   workflow.Verb = "explain"
	VerbSubmit    workflow.Verb = "submit"
	VerbWithdraw  workflow.Verb = "withdraw"
	VerbSendBack  workflow.Verb = "send_back"
	VerbSign      workflow.Verb = "sign"
	VerbAccept    workflow.Verb = "accept"
	VerbReturn    workflow.Verb = "return"
	VerbSupersede workflow.Verb = "supersede"
	VerbDiscard   workflow.Verb = "discard"
	VerbReplace   workflow.Verb = "replace"
)

// FilingFlow is the whole life of a batch. A nil return begins at clean. 'discarded' is beside DESIGN §5: the trace of a
// wrong upload that was deleted or replaced before anybody signed it, so that batch numbers are never used twice.
var FilingFlow = workflow.Flow{
	Name:  "filing",
	Label: "报送批次",
	States: []workflow.StateDef{
		{State: BatchUploaded, Label: "已上传", Waits: workflow.System, Next: "文件已收到，正在排队校验；本页可以离开，校验结果会出现在工作台。"},
		{State: BatchChecking, Label: "校验中", Waits: workflow.System, Next: "系统正在校验，已读 **{rows} 行**；本页可以离开，校验结果会出现在工作台。"},
		{State: BatchMalformed, Label: "文件不合格", Waits: workflow.OwnUnit, Next: "请{liaison}在 **{due} 前**按校验结果中的提示处理文件后重新上传。"},
		{State: BatchFailed, Label: "系统故障", Waits: workflow.OwnUnit, Next: "校验因系统故障中断，文件仍在；请{liaison}点“重新校验”，仍不成功时联系技术支持。"},
		{State: BatchErrors, Label: "有错误", Waits: workflow.OwnUnit, Next: "请{liaison}在 **{due} 前**改好 **{errors} 行错误**并重新上传；无错误后由{chief}审签。"},
		{State: BatchWarnings, Label: "有提醒", Waits: workflow.OwnUnit, Next: "请{liaison}在 **{due} 前**说明 **{warnings} 处提醒**（或改正后重新上传），说明完毕即可提交审签。"},
		{State: BatchClean, Label: "校验通过", Waits: workflow.OwnUnit, Next: "请{liaison}在 **{due} 前**提交审签；提交后由{chief}审签。"},
		{State: BatchSigning, Label: "待审签", Waits: workflow.OwnUnit, Next: "请{chief}在 **{due} 前**审签；审签后自动送办公室受理。"},
		{State: BatchFiled, Label: "待受理", Waits: workflow.Office, Next: "请办公室{contact}受理或退回；受理后数据生效。"},
		{State: BatchReturned, Label: "退回补正", Waits: workflow.OwnUnit, Final: true, Next: "请{liaison}在 **{mend} 前**按退回理由改好并重新上传；由{chief}审签后再送办公室。"},
		{State: BatchEffective, Label: "已生效", Next: "本期报送已完成，数据已生效，目前没有等您办理的事。"},
		{State: BatchSuperseded, Label: "被替代", Final: true, Next: "本批次已由更正后的批次替代，仅供查阅。"},
		{State: BatchDiscarded, Label: "已作废", Final: true, Next: "本批次已作废，仅供查阅。"},
	},
	Moves: []workflow.Move{
		{Verb: VerbCheck, Label: "开始校验", From: []workflow.State{BatchUploaded}, To: BatchChecking, Party: workflow.System},
		{Verb: VerbMalformed, Label: "文件不合格", From: []workflow.State{BatchChecking}, To: BatchMalformed, Party: workflow.System},
		{Verb: VerbMisfit, Label: "表头不符", From: []workflow.State{BatchChecking}, To: BatchMalformed, Party: workflow.System},
		{Verb: VerbFail, Label: "校验中断", From: []workflow.State{BatchUploaded, BatchChecking}, To: BatchFailed, Party: workflow.System},
		{Verb: VerbErrors, Label: "校验完成，有错误", From: []workflow.State{BatchChecking}, To: BatchErrors, Party: workflow.System},
		{Verb: VerbWarnings, Label: "校验完成，有提醒", From: []workflow.State{BatchChecking}, To: BatchWarnings, Party: workflow.System},
		{Verb: VerbClean, Label: "校验通过", From: []workflow.State{BatchChecking}, To: BatchClean, Party: workflow.System},
		{Verb: VerbRecheck, Label: "重新校验", From: []workflow.State{BatchFailed}, To: BatchUploaded,
			Object: "filing", Action: "upload", Party: workflow.OwnUnit, Main: true, Done: "已重新排队校验。"},
		{Verb: VerbExplain, Label: "提醒已全部说明", From: []workflow.State{BatchWarnings}, To: BatchClean, Party: workflow.System},
		{Verb: VerbSubmit, Label: "提交审签", From: []workflow.State{BatchClean}, To: BatchSigning,
			Object: "filing", Action: "submit", Party: workflow.OwnUnit, Main: true,
			Ask: "提交后由分管负责人审签；审签前可以撤回。", Done: "已提交审签，等分管负责人审签。"},
		{Verb: VerbWithdraw, Label: "撤回", From: []workflow.State{BatchSigning}, To: BatchClean,
			Object: "filing", Action: "withdraw", Party: workflow.OwnUnit,
			Ask: "撤回后可以作废重传，也可以再次提交审签。", Done: "已撤回，批次回到“校验通过”。"},
		{Verb: VerbSendBack, Label: "退回联络员", From: []workflow.State{BatchSigning}, To: BatchClean,
			Object: "filing", Action: "send_back", Party: workflow.OwnUnit, Needs: []workflow.Need{workflow.NeedReason}, Takes: true,
			Ask: "批次退回本单位联络员，报送期限不变。", Done: "已退回联络员，理由已告知。"},
		{Verb: VerbSign, Label: "审签", From: []workflow.State{BatchSigning}, To: BatchFiled,
			Object: "filing", Action: "sign", Party: workflow.OwnUnit, NotBy: []workflow.Verb{VerbSubmit}, Main: true, Clock: workflow.ClockStart,
			Ask: "审签即确认本批数据属实、完整，随后送领导小组办公室受理；是否按时以审签时间为准。", Done: "已审签，送办公室受理。"},
		{Verb: VerbAccept, Label: "受理", From: []workflow.State{BatchFiled}, To: BatchEffective,
			Object: "filing", Action: "accept", Party: workflow.Office, Main: true, Clock: workflow.ClockStop,
			Ask: "受理后本批数据立即生效，供有权使用的单位查用；本任务此前有生效批次的，由本批替代。", Done: "已受理，数据已生效。"},
		{Verb: VerbReturn, Label: "退回批次", From: []workflow.State{BatchFiled}, To: BatchReturned,
			Object: "filing", Action: "return", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedReason, workflow.NeedDue},
			Takes: true, Clock: workflow.ClockStop,
			Ask: "批次退回报送单位补正；在补正期限内重报并审签的，按时与否仍以首次审签时间为准。", Done: "已退回，理由和补正期限已告知报送单位。"},
		{Verb: VerbSupersede, Label: "由新批次替代", From: []workflow.State{BatchEffective}, To: BatchSuperseded, Party: workflow.System},
		{Verb: VerbDiscard, Label: "作废批次", From: []workflow.State{BatchMalformed, BatchFailed, BatchErrors, BatchWarnings, BatchClean},
			To: BatchDiscarded, Object: "filing", Action: "discard", Party: workflow.OwnUnit, Takes: true,
			Ask: "作废后本批次不能恢复，其中的数据行即行清除；原文件和校验结果仍可查。", Done: "批次已作废。"},
		{Verb: VerbReplace, Label: "由重新上传替代", From: []workflow.State{BatchMalformed, BatchFailed, BatchErrors, BatchWarnings, BatchClean},
			To: BatchDiscarded, Party: workflow.System},
	},
}
