package demo

import (
	"context"
	"strings"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/directory"
	"taxportal/internal/workflow"
)

// taxLaw is what lets the Office call for information: the sharing of information with other authorities.
const taxLaw, taxArticle = "《中华人民共和国税收征收管理法》", "第六条"

// calls plans the Office's calls for information (plan 二(二)36): one answered, signed and closed, one refused by law, and
// an open one to a unit that is not on the plan's lists.
func (s *story) calls(periods []models.Period, now time.Time) {
	answered := s.raise(in(periods[2], 6, 9, 40), catalogue.CallInput{Unit: "zjj", Title: "已竣工未办理首次登记的商业用房清单", Due: periods[2].First().AddDays(19),
		What: "本市城区 2024 年以来竣工备案、尚未办理不动产首次登记的商业用房：项目名称、开发企业、楼号、建筑面积、竣工备案日期。",
		Why:  "核对房产税和城镇土地使用税的纳税义务发生时间。", Law: "《中华人民共和国房产税暂行条例》及" + taxLaw, Article: taxArticle})
	s.as("liaison.zjj", in(periods[2], 14, 10, 20), "reply "+answered.name, func(ctx context.Context, who models.Actor) error {
		file, err := s.Desk.Keep(ctx, "竣工未登记商业用房清单.csv", strings.NewReader("项目名称,开发企业,楼号,建筑面积（平方米）,竣工备案日期\r\n"+
			"徒骇示范商业广场,水城示范置业有限公司,1号楼,18652.40,2024-08-16\r\n凤凰示范中心,凤凰示范置业有限公司,3号楼,9210.75,2025-03-28\r\n"))
		if err != nil {
			return err
		}
		return s.Desk.Reply(ctx, who, answered.code, catalogue.ReplyInput{Text: "经核对竣工备案系统，共 2 个项目，清单附后。", Files: []catalogue.KeptFile{file}})
	})
	s.callMove("chief.zjj", in(periods[2], 14, 15, 40), answered, models.VerbSignReply)
	s.callMove("office", in(periods[2], 16, 9, 30), answered, models.VerbSettle)

	refused := s.raise(in(periods[3], 5, 10, 0), catalogue.CallInput{Unit: "ga", Title: "办税人员居民身份证人像和指纹信息", Due: periods[3].First().AddDays(20),
		What: "本市登记为办税人员的自然人在居民身份证制证时采集的人像、指纹信息。", Why: "核验办税人员实名信息。", Law: taxLaw, Article: taxArticle})
	s.as("police", in(periods[3], 11, 9, 50), "refuse "+refused.name, func(ctx context.Context, who models.Actor) error {
		return s.Desk.Reply(ctx, who, refused.code, catalogue.ReplyInput{Refuse: true,
			Law:  "《中华人民共和国居民身份证法》第六条第三款；《中华人民共和国个人信息保护法》第二十八条",
			Text: "人像、指纹为制证采集的敏感个人信息，依法应当保密，也超出核验所必需的范围。核验身份可使用公安部门的比对服务，只返回是否一致。"})
	})
	s.callMove("chief.ga", in(periods[3], 12, 14, 30), refused, models.VerbSignRefusal)

	s.as("office", in(periods[4], 8, 9, 20), "join hg", func(ctx context.Context, who models.Actor) error {
		return s.join(ctx, who, directory.UnitInput{Code: "hg", Kind: models.UnitMember, Area: "371500", Name: "聊城海关", FullName: "聊城海关",
			Affiliation: models.AffiliationVertical, Address: "聊城市示范路 208 号", From: models.DayOf(s.Config.Now()),
			Why: "方案二（二）36：办公室根据工作需要，可向方案所列单位以外的单位提出信息需求。"},
			[]Account{{"liaison.hg", "向晴", "hg", []models.Role{models.RoleLiaison}}, {"chief.hg", "耿立新", "hg", []models.Role{models.RoleChief}}})
	})
	s.raise(s.hours.back(now, 20*time.Hour), catalogue.CallInput{Unit: "hg", Title: "进出口货物收发货人备案及注销信息", Due: models.DayOf(now).AddDays(2),
		What: "本市企业当年新办、注销的进出口货物收发货人备案：企业名称、统一社会信用代码、备案日期、注销日期。",
		Why:  "核对出口退（免）税备案，防范骗取出口退税。", Law: taxLaw, Article: taxArticle})
}

// call is a call on its way: name tells it apart in the plan of events, code is known once it is raised.
type call struct{ name, code string }

func (s *story) raise(at time.Time, input catalogue.CallInput) *call {
	c := &call{name: "call-to-" + input.Unit}
	s.as("office", at, "raise "+c.name, func(ctx context.Context, who models.Actor) error {
		raised, err := s.Desk.Raise(ctx, who, input)
		if err == nil {
			c.code = raised.Code
		}
		return err
	})
	return c
}

func (s *story) callMove(username string, at time.Time, c *call, verb workflow.Verb) {
	s.as(username, at, string(verb)+" "+c.name, func(ctx context.Context, who models.Actor) error {
		return s.Desk.MoveCall(ctx, who, c.code, verb, catalogue.MoveInput{})
	})
}
