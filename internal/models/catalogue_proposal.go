package models

import "taxportal/internal/workflow"

// Proposal asks the Office to change the catalogue: a unit speaks of its own items, the tax authority of anybody's.
type Proposal struct {
	ID          int64 `gorm:"primaryKey"`
	Code        string
	Kind        ItemChangeKind
	UnitID      int64 // who proposes
	Unit        Unit
	AboutID     int64 // whose item it is
	About       Unit
	ItemID      *int64 // nil for an item that is to be added
	Item        *CatalogueItem
	Text        string // what is to be changed, and to what
	Reason      string
	State       workflow.State
	CreatedBy   int64
	CreatedName string
	CreatedAt   Instant
}

// TableName names the table of proposals.
func (Proposal) TableName() string { return "catalogue_proposals" }

// FlowID, FlowCode, FlowState and FlowTable let a proposal take part in a workflow.
func (p *Proposal) FlowID() int64             { return p.ID }
func (p *Proposal) FlowCode() string          { return p.Code }
func (p *Proposal) FlowState() workflow.State { return p.State }
func (p *Proposal) FlowTable() string         { return "catalogue_proposals" }

// Subject names what the proposal is about: the item, or whose list is to be added to.
func (p *Proposal) Subject() string {
	if p.Item != nil {
		return p.Item.Name
	}
	return p.About.Name + "的补充项"
}

// The states of a proposal.
const (
	ProposalTabled    workflow.State = "tabled"
	ProposalAdopted   workflow.State = "adopted"
	ProposalDeclined  workflow.State = "declined"
	ProposalTakenBack workflow.State = "taken_back"
)

// The moves of a proposal.
const (
	VerbAdopt            workflow.Verb = "adopt"
	VerbDecline          workflow.Verb = "decline"
	VerbTakeBackProposal workflow.Verb = "take_back_proposal"
)

// ProposalFlow is the life of a proposal. Adopting it changes nothing by itself: the Office then changes the item, from a
// period on, and the change names the proposal.
var ProposalFlow = workflow.Flow{
	Name:  "proposal",
	Label: "目录变更申请",
	States: []workflow.StateDef{
		{State: ProposalTabled, Label: "待办公室答复", Waits: workflow.Office, Next: "请办公室{contact}答复；采纳后由办公室修改目录项，不采纳的写明理由。"},
		{State: ProposalAdopted, Label: "已采纳", Final: true, Next: "办公室已采纳，据此修改目录项；修改内容和生效期次见目录项的历史。"},
		{State: ProposalDeclined, Label: "未采纳", Final: true, Next: "办公室没有采纳，理由见办理记录；目录项不变。"},
		{State: ProposalTakenBack, Label: "已撤回", Final: true, Next: "申请已撤回，目录项不变。"},
	},
	Moves: []workflow.Move{
		{Verb: VerbAdopt, Label: "采纳", From: []workflow.State{ProposalTabled}, To: ProposalAdopted,
			Object: "catalogue", Action: "edit", Party: workflow.Office, Main: true,
			Ask: "采纳后请接着修改目录项；修改自所选期次起生效，不追溯。", Done: "已采纳，请接着修改目录项。"},
		{Verb: VerbDecline, Label: "不采纳", From: []workflow.State{ProposalTabled}, To: ProposalDeclined,
			Object: "catalogue", Action: "edit", Party: workflow.Office, Needs: []workflow.Need{workflow.NeedReason}, Takes: true,
			Ask: "不采纳须写明理由，申请单位会看到。", Done: "已记为未采纳，理由已告知申请单位。"},
		{Verb: VerbTakeBackProposal, Label: "撤回申请", From: []workflow.State{ProposalTabled}, To: ProposalTakenBack,
			Object: "catalogue", Action: "propose", Party: workflow.OwnUnit, Ask: "撤回后目录项不变，可以另行提出。", Done: "申请已撤回。"},
	},
}
