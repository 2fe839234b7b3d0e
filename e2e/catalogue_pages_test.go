package e2e_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/internal/workflow"
	"taxportal/seed/demo"
)

// law is what calls in these tests rest on.
const law, article = "《中华人民共和国税收征收管理法》", "第六条第一款"

// effective files a register of the template for an item's period and brings it into force.
func (s *site) effective(t *testing.T, item, template string, period models.Period, spoil func(*demo.Sheet)) {
	t.Helper()
	unit, _, _ := strings.Cut(item, "-")
	sheet := testkit.RowsOf(t, template, period, rows)
	if spoil != nil {
		spoil(sheet)
	}
	file := s.File(item+".csv", sheet.CSV())
	b, err := s.Filing.Upload(t.Context(), s.App.As("liaison."+unit), models.TaskCode(item, period), []filing.UploadedFile{file})
	if err != nil {
		t.Fatalf("upload %s: %v", item, err)
	}
	s.settle(t)
	s.move(t, "liaison."+unit, b.Code, models.VerbSubmit)
	s.move(t, "chief."+unit, b.Code, models.VerbSign)
	s.move(t, "office", b.Code, models.VerbAccept)
}

// staff gives a unit that has none in the tests a liaison and a chief.
func (s *site) staff(t *testing.T, unit string) {
	t.Helper()
	for _, role := range []models.Role{models.RoleLiaison, models.RoleChief} {
		in := accounts.CreateInput{Username: string(role) + "." + unit, Name: role.Label(), UnitCode: unit}
		account, _, err := s.Accounts.Create(t.Context(), s.App.As("sysadmin"), in)
		if err == nil {
			err = s.Accounts.GiveRole(t.Context(), s.App.As("secadmin"), account.ID, role)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// differ lets a second unit file the permits of October that the first has filed, with one name written otherwise. In the
// plan both share one template; in the tests' plan only the first has it.
func (s *site) differ(t *testing.T) {
	t.Helper()
	const shared = "UPDATE catalogue_items SET template_id = (SELECT template_id FROM catalogue_items WHERE code = 'zjj-02') WHERE code = 'xzsp-05'"
	if err := s.DB.Write.Exec(shared).Error; err != nil {
		t.Fatal(err)
	}
	s.staff(t, "xzsp")
	if _, err := s.Filing.OpenPeriods(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.effective(t, "xzsp-05", "zjj-02", "2026-10", func(sheet *demo.Sheet) { sheet.Set(1, "developer_name", "另一处记载的企业名称") })
}

// desk puts proposals and calls before the Office through the services, and takes moves of them.
type desk struct {
	*site
	t *testing.T
}

func (d desk) propose(username string, in catalogue.ProposalInput, moves ...workflow.Verb) string {
	d.t.Helper()
	p, err := d.Desk.Propose(d.t.Context(), d.App.As(username), in)
	for _, verb := range moves {
		if err == nil {
			in := catalogue.MoveInput{}
			if verb == models.VerbDecline {
				in.Reason = "与方案所列内容不符。"
			}
			err = d.Desk.MoveProposal(d.t.Context(), d.App.As("office"), p.Code, verb, in)
		}
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return p.Code
}

// call calls on a unit. answer, if there is one, is given and, where signed, signed by its chief.
func (d desk) call(in catalogue.CallInput, answer *catalogue.ReplyInput, signed bool) string {
	d.t.Helper()
	ctx := d.t.Context()
	if in.Law == "" {
		in.Law, in.Article = law, article
	}
	c, err := d.Desk.Raise(ctx, d.App.As("office"), in)
	if err != nil {
		d.t.Fatal(err)
	}
	if answer == nil {
		return c.Code
	}
	verb := models.VerbSignReply
	if answer.Refuse {
		verb = models.VerbSignRefusal
	}
	err = d.Desk.Reply(ctx, d.App.As("liaison."+in.Unit), c.Code, *answer)
	if err == nil && signed {
		err = d.Desk.MoveCall(ctx, d.App.As("chief."+in.Unit), c.Code, verb, catalogue.MoveInput{})
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return c.Code
}

// file puts a file of an answer into the store.
func (d desk) file(name, content string) catalogue.KeptFile {
	d.t.Helper()
	file, err := d.Desk.Keep(d.t.Context(), name, strings.NewReader(content))
	if err != nil {
		d.t.Fatal(err)
	}
	return file
}

// added is an item of an open list that the Office adds.
func added() catalogue.AddInput {
	return catalogue.AddInput{Unit: "zjj", ListedOn: "2026-11-20", From: "2027-01", Reason: "清缴土地增值税需要掌握监管账户的收支。",
		ItemInput: catalogue.ItemInput{Name: "商品房预售资金监管信息", Cycle: models.CycleMonth, DueDays: 25, LockDays: 30,
			ItemAbout: models.ItemAbout{Shape: models.ShapeRecords, SubjectKind: models.SubjectOrganisation, Taxes: []models.Tax{models.TaxKinds[0].Code},
				Share: models.ShareFree, Sensitivity: models.SensitivityBusiness, Basis: "《城市商品房预售管理办法》第十一条"}}}
}

// cataloguePages are the pages of the catalogue for TestEveryPage, with an item in every standing, a proposal and a call in
// every state, and records in which two units disagree. It returns the catalogue's files apart.
func (g *gallery) cataloguePages(t *testing.T) (shown, sent []page) {
	t.Helper()
	ctx, office, d := t.Context(), g.App.As("office"), desk{g.site, t}
	item, err := g.Catalogue.Add(ctx, office, added())
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := g.Catalogue.Item(ctx, office, "zjj-09")
	if err != nil {
		t.Fatal(err)
	}
	edit := catalogue.EditInput{ItemInput: catalogue.InputOf(sheet.Item), From: "2027-04", Reason: "物业备案按季度办理。"}
	edit.DueDays = 20
	change, err := g.Catalogue.Edit(ctx, office, "zjj-09", edit)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Catalogue.Retire(ctx, office, "zjj-05", catalogue.RetireInput{From: "2027-01", Reason: "评估机构备案已由省级平台统一办理。"}); err != nil {
		t.Fatal(err)
	}
	now := g.Clock.Now()
	g.Clock.Set("2026-11-13", 9, 30) // the period of October is locked since
	g.differ(t)
	g.Clock.Set(models.DayOf(now), now.Hour(), now.Minute())

	ask := catalogue.ProposalInput{Kind: models.ItemEdited, Item: "zjj-06", Text: "更新周期由每年改为每半年。", Reason: "返还按半年核定。"}
	tabled, adopted, declined := d.propose("liaison.zjj", ask), d.propose("liaison.zjj", ask, models.VerbAdopt), d.propose("liaison.zjj", ask, models.VerbDecline)
	in := catalogue.CallInput{Unit: "zjj", Title: "保障性住房项目名录", What: "2026 年在建的保障性住房项目及其建设单位。", Why: "核对耕地占用税的减免。", Due: "2027-01-29"}
	open := d.call(in, nil, false)
	answered := &catalogue.ReplyInput{Text: "2026 年在建 12 个项目，名录见附件。", Files: []catalogue.KeptFile{d.file("在建项目.csv", "项目名称\n水城嘉园")}}
	replying := d.call(in, answered, false)
	replied := d.call(in, answered, true)
	refused := d.call(in, &catalogue.ReplyInput{Refuse: true, Law: "《中华人民共和国统计法》第九条", Text: "所需内容属于统计调查中获得的单个对象资料。"}, true)
	in.Template = "zjj-02"
	filed := d.call(in, nil, false)

	part := func(pattern, as, item string) page { return page{pattern, as, paths.ToItemPart(pattern, item)} }
	shown = []page{
		{paths.Catalogue, "office", paths.Catalogue}, {paths.Catalogue, "liaison.zjj", paths.With(paths.Catalogue, "unit", "zjj")}, {paths.Catalogue, "tax", paths.With(paths.Catalogue, "by", "subject")},
		{paths.Catalogue, "leader", paths.With(paths.Catalogue, "by", "tax")}, {paths.Catalogue, "office", paths.With(paths.Catalogue, "q", "没有这一项")}, {paths.Catalogue, "office", paths.With(paths.Catalogue, "unit", "fgw")},
		{paths.Item, "office", paths.ToItem("zjj-02")}, {paths.Item, "liaison.zjj", paths.ToItem("zjj-06")}, {paths.Item, "leader", paths.ToItem(item.Code)},
		{paths.Item, "office", paths.ToItem("zjj-09")}, {paths.Item, "tax", paths.ToItem("zjj-05")}, {paths.Item, "office", paths.ToItem("xzsp-01")},
		{paths.CatalogueNew, "office", paths.With(paths.CatalogueNew, "unit", "fgw")}, part(paths.ItemEdit, "office", "zjj-09"), part(paths.ItemEdit, "office", item.Code),
		part(paths.ItemRetire, "office", "zjj-04"), {paths.ItemWithdraw, "office", paths.ToItemWithdraw("zjj-09", change.ID)},
		part(paths.ItemPropose, "liaison.zjj", "zjj-02"), part(paths.ItemDifferences, "office", "zjj-02"), part(paths.ItemDifferences, "tax", "xzsp-05"),

		{paths.Proposals, "office", paths.Proposals}, {paths.Proposals, "liaison.zjj", paths.Proposals}, {paths.Proposals, "liaison.fgw", paths.Proposals},
		{paths.Proposals, "office", paths.With(paths.Proposals, "q", "没有这一项")}, {paths.ProposalNew, "liaison.zjj", paths.ProposalNew}, {paths.ProposalNew, "tax", paths.ProposalNew},
		{paths.Proposal, "office", paths.ToProposal(tabled)}, {paths.Proposal, "office", paths.ToProposal(adopted)}, {paths.Proposal, "liaison.zjj", paths.ToProposal(declined)},
		{paths.ProposalMove, "office", paths.ToProposalMove(tabled, string(models.VerbDecline))}, {paths.ProposalMove, "office", paths.ToProposalMove(tabled, string(models.VerbAdopt))},
		{paths.ProposalMove, "liaison.zjj", paths.ToProposalMove(tabled, string(models.VerbTakeBackProposal))},

		{paths.Calls, "office", paths.Calls}, {paths.Calls, "liaison.zjj", paths.Calls}, {paths.Calls, "chief.zjj", paths.Calls},
		{paths.Calls, "office", paths.With(paths.Calls, "q", "没有这一项")}, {paths.CallNew, "office", paths.CallNew},
		{paths.Call, "liaison.zjj", paths.ToCall(open)}, {paths.Call, "chief.zjj", paths.ToCall(replying)}, {paths.Call, "office", paths.ToCall(replied)},
		{paths.Call, "office", paths.ToCall(refused)}, {paths.Call, "liaison.zjj", paths.ToCall(filed)}, {paths.Call, "office", paths.ToCall(open)},
		{paths.CallReply, "liaison.zjj", paths.ToCallPart(paths.CallReply, open)}, {paths.CallRefuse, "liaison.zjj", paths.ToCallPart(paths.CallRefuse, open)},
		{paths.CallMove, "chief.zjj", paths.ToCallMove(replying, string(models.VerbSignReply))}, {paths.CallMove, "chief.zjj", paths.ToCallMove(replying, string(models.VerbSendBackReply))},
		{paths.CallMove, "office", paths.ToCallMove(replied, string(models.VerbAskAgain))}, {paths.CallMove, "office", paths.ToCallMove(open, string(models.VerbCallOff))},
	}
	sent = []page{
		{paths.CatalogueExport, "leader", paths.CatalogueExport}, {paths.ProposalsExport, "liaison.zjj", paths.ProposalsExport}, {paths.CallsExport, "office", paths.CallsExport},
		{paths.CallFile, "office", paths.ToCallFile(replied, "1", "0")},
	}
	return shown, sent
}
