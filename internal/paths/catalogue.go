package paths

// Patterns of the pages of the catalogue. :item is a catalogue item's code, :proposal that of a proposal to change it,
// :call that of an ad-hoc call for information.
const (
	Catalogue       = "/catalogue"
	CatalogueExport = "/catalogue/export"
	CatalogueNew    = "/catalogue/new"

	Proposals       = "/catalogue/proposals"
	ProposalsExport = "/catalogue/proposals/export"
	ProposalNew     = "/catalogue/proposals/new"
	Proposal        = "/catalogue/proposals/:proposal"
	ProposalMove    = "/catalogue/proposals/:proposal/:verb"

	Calls       = "/catalogue/calls"
	CallsExport = "/catalogue/calls/export"
	CallNew     = "/catalogue/calls/new"
	Call        = "/catalogue/calls/:call"
	CallReply   = "/catalogue/calls/:call/reply"
	CallRefuse  = "/catalogue/calls/:call/refuse"
	CallFile    = "/catalogue/calls/:call/files/:no/:seq"
	CallMove    = "/catalogue/calls/:call/do/:verb"

	Item            = "/catalogue/:item"
	ItemEdit        = "/catalogue/:item/edit"
	ItemRetire      = "/catalogue/:item/retire"
	ItemWithdraw    = "/catalogue/:item/changes/:change/withdraw"
	ItemPropose     = "/catalogue/:item/propose"
	ItemDifferences = "/catalogue/:item/differences"
)

// ToItem leads to a catalogue item, ToItemPart to one of its pages: ItemEdit, ItemRetire, ItemPropose, ItemDifferences.
func ToItem(item string) string              { return Fill(Item, code(item)) }
func ToItemPart(pattern, item string) string { return Fill(pattern, code(item)) }

// ToItemWithdraw leads to where a change that waits for its period is taken back.
func ToItemWithdraw(item string, change int64) string {
	return Fill(ItemWithdraw, code(item), id(change))
}

// ToProposal leads to a proposal, ToProposalMove to a move of it.
func ToProposal(proposal string) string           { return Fill(Proposal, code(proposal)) }
func ToProposalMove(proposal, verb string) string { return Fill(ProposalMove, code(proposal), verb) }

// ToCall leads to a call, ToCallPart to one of its pages: CallReply, CallRefuse.
func ToCall(call string) string              { return Fill(Call, code(call)) }
func ToCallPart(pattern, call string) string { return Fill(pattern, code(call)) }

// ToCallMove leads to a move of a call, ToCallFile to a file of its n-th answer.
func ToCallMove(call, verb string) string { return Fill(CallMove, code(call), verb) }
func ToCallFile(call, no, seq string) string {
	return Fill(CallFile, code(call), no, seq)
}
