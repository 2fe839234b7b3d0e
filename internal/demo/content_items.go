package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
)

// sections are those in charge of an item, as units have named them.
var sections = []struct{ item, name string }{
	{"zjj-02", "房地产市场监管科"}, {"zjj-01", "房地产交易服务中心"}, {"zrzy-01", "不动产登记中心"}, {"fgw-05", "固定资产投资科"}, {"ga-jj-03", "车辆管理所"},
}

// items plans what the catalogue has seen: sections named, an item added to an open list, one retired, and proposals that
// were adopted, refused and left open.
func (s *story) items(periods []models.Period, now time.Time) {
	for i, section := range sections {
		s.as("office2", in(periods[0], 14, 9, 5+7*i), "section of "+section.item, func(ctx context.Context, who models.Actor) error {
			return s.edit(ctx, who, section.item, catalogue.EditInput{From: periods[0], Reason: "单位回函明确负责科室。"},
				func(in *catalogue.ItemInput) { in.Section = section.name })
		})
	}
	s.as("office2", in(periods[1], 10, 10, 30), "retire zjj-06", func(ctx context.Context, who models.Actor) error {
		seen, _, err := s.newestChange(ctx, who, "zjj-06")
		if err != nil {
			return err
		}
		_, err = s.Catalogue.Retire(ctx, who, "zjj-06", catalogue.RetireInput{From: periods[1], Seen: seen,
			Reason: "新型墙体材料专项基金已依财税〔2017〕18号取消，不再征收，也没有返还；历史返还数据已一次性归集。"})
		return err
	})
	if s.serves("zjj-06") { // its year is written already and stays owed, unless two people of the Office say otherwise
		s.on(in(periods[1], 10, 15, 20), "exempt zjj-06", func() error {
			year := models.PeriodAt(models.CycleYear, periods[1].First().Time())
			return s.waive(models.TaskCode("zjj-06", year), filing.WaiverInput{Kind: models.WaiverExempt, Reason: "本项已停用，当年不再报送。"}, true)
		})
	}
	s.as("office2", in(periods[2], 15, 14, 40), "add to sj", func(ctx context.Context, who models.Actor) error { return s.addItem(ctx, who, periods[3]) })
	s.adopted(periods)
	s.refused(periods)
	s.as("liaison.kj", s.lately(now, 12)(5), "propose kj-03", func(ctx context.Context, who models.Actor) error {
		_, err := s.Desk.Propose(ctx, who, catalogue.ProposalInput{Kind: models.ItemEdited, Item: "kj-03", Text: "报送期限由期后 25 日延至 28 日。",
			Reason: "技术合同的登记审核由省平台每月 26 日结转，25 日前取不到当月审核结果。"})
		return err
	})
	for _, month := range periods { // as the portal does every hour, before it writes the tasks of a new period
		s.bySystem(month.Next().First().At(0, 5).Time(), "apply changes", func() error {
			_, err := s.Catalogue.ApplyChanges(s.ctx)
			return err
		})
	}
}

// addItem adds what the audit office's open list (等) did not name.
func (s *story) addItem(ctx context.Context, who models.Actor, from models.Period) error {
	lists, err := s.Catalogue.Addable(ctx, who)
	if err != nil {
		return err
	}
	closed := slices.ContainsFunc(lists, func(l catalogue.List) bool { return l.Unit.Code == "sj" && l.Closed })
	_, err = s.Catalogue.Add(ctx, who, catalogue.AddInput{Unit: "sj", From: from, ListedOn: models.DayOf(s.Config.Now()), Closed: closed,
		Reason: "审计核减的工程价款关系建筑业增值税和所得税的税基，税务部门提出后经办公室会议研究，列入市审计局“等”字范围。",
		ItemInput: catalogue.ItemInput{Name: "政府投资项目竣工决算审计核减信息", Cycle: models.CycleQuarter, DueDays: 25, LockDays: 45, NilNormal: true,
			ItemAbout: models.ItemAbout{Shape: models.ShapeRecords, SubjectKind: models.SubjectProject, Taxes: []models.Tax{"vat", "cit"},
				Share: models.ShareConditional, ShareTerms: "限税收征管使用，审计结论公布前不得对外提供。", Sensitivity: models.SensitivityBusiness,
				Basis: "《中华人民共和国税收征收管理法》第六条；《聊城市税收共治工作实施方案》二（二）"}}})
	return err
}

// adopted is a proposal of the tax authority about the registration of vehicles, which the Office followed.
func (s *story) adopted(periods []models.Period) {
	const item = "ga-jj-02"
	code := ""
	s.as("tax", in(periods[2], 17, 9, 30), "propose "+item, func(ctx context.Context, who models.Actor) error {
		p, err := s.Desk.Propose(ctx, who, catalogue.ProposalInput{Kind: models.ItemEdited, Item: item, Text: "报送期限由期后 25 日提前到 15 日。",
			Reason: "车船税和车辆购置税按月比对，25 日才到的数据赶不上当月申报期。"})
		if err == nil {
			code = p.Code
		}
		return err
	})
	s.as("office2", in(periods[2], 22, 10, 0), "adopt "+item, func(ctx context.Context, who models.Actor) error {
		if err := s.Desk.MoveProposal(ctx, who, code, models.VerbAdopt, catalogue.MoveInput{}); err != nil {
			return err
		}
		return s.edit(ctx, who, item, catalogue.EditInput{From: periods[4], Proposal: code, Reason: "采纳税务部门的变更申请；已与市公安局交警支队商定。"},
			func(in *catalogue.ItemInput) { in.DueDays = 15 })
	})
}

// refused is a proposal that the plan's words did not allow.
func (s *story) refused(periods []models.Period) {
	code := ""
	s.as("liaison.fgw", in(periods[3], 8, 9, 20), "propose fgw-03", func(ctx context.Context, who models.Actor) error {
		p, err := s.Desk.Propose(ctx, who, catalogue.ProposalInput{Kind: models.ItemRetired, Item: "fgw-03", Text: "停用本项，今后不再报送。",
			Reason: "近三年没有办理国外贷款项目及进口设备免税审核转报。"})
		if err == nil {
			code = p.Code
		}
		return err
	})
	s.as("office", in(periods[3], 11, 15, 0), "decline fgw-03", func(ctx context.Context, who models.Actor) error {
		return s.Desk.MoveProposal(ctx, who, code, models.VerbDecline, catalogue.MoveInput{
			Reason: "本项由方案二（二）1 列明，不能因为暂时没有发生而停用。本项按发生报送，没有发生的零报送即可。"})
	})
}

// edit changes an item as it stands.
func (s *story) edit(ctx context.Context, who models.Actor, code string, e catalogue.EditInput, change func(*catalogue.ItemInput)) error {
	seen, item, err := s.newestChange(ctx, who, code)
	if err != nil {
		return err
	}
	e.ItemInput, e.Seen = catalogue.InputOf(item), seen
	change(&e.ItemInput)
	if _, err := s.Catalogue.Edit(ctx, who, code, e); err != nil {
		return errors.Join(fmt.Errorf("edit %s", code), err)
	}
	return nil
}

// newestChange returns an item and its newest change, 0 for none.
func (s *story) newestChange(ctx context.Context, who models.Actor, code string) (int64, models.CatalogueItem, error) {
	page, err := s.Catalogue.Item(ctx, who, code)
	if err != nil || len(page.Changes) == 0 {
		return 0, page.Item, err
	}
	return page.Changes[0].ID, page.Item, nil
}
