package demo

import (
	"context"
	"strings"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/workflow"
)

// design is a template's draft on its way: name tells it apart in the plan of events, id is known once it is begun.
type design struct {
	name string
	id   int64
}

// designs plans a second version that went the whole way, one that is out for comment, and a draft that somebody has just
// begun from the head of a workbook.
func (s *story) designs(periods []models.Period, now time.Time) {
	if s.serves("jt-06") {
		s.secondVersion(periods[1])
	}
	at := s.lately(now, 12)
	s.commented(at)
	s.as("office2", at(3), "import swtz-04", func(ctx context.Context, who models.Actor) error {
		content := strings.NewReader("项目名称,投资方名称,投资方统一社会信用代码,签约日期,协议投资额（万元）,已到位资金（万元）,落地县（市、区）\r\n" +
			"徒骇示范新能源装备项目,徒骇示范新能源有限公司,,2026-03-18,52000.00,8600.00,东昌府区\r\n")
		def, origin, err := s.Designs.Import(ctx, who, catalogue.FromHeader, "重大招商项目台账.csv", content)
		if err != nil {
			return err
		}
		_, err = s.Designs.Begin(ctx, who, "swtz-04", def, origin)
		return err
	})
}

// secondVersion is the second version of 营运车辆年审: the unit asked for another 口径, the draft went back and out again,
// the unit tried a file, and the second person of the Office published it for the months after.
func (s *story) secondVersion(month models.Period) {
	d := &design{name: "jt-06-v2"}
	field := models.Field{Code: "odometer_km", Name: "年审时行驶里程", Type: models.TypeInteger, Unit: "公里", Min: "0", Max: "3000000",
		Caliber: "年度审验当日仪表所示的累计行驶里程。", Standard: "以公里为单位的整数，与检验报告一致", Example: "186520"}
	s.begins("office", in(month, 8, 9, 40), d, "jt-06", field)
	s.sends(in(month, 8, 10, 30), d)
	s.says("liaison.jt", in(month, 11, 10, 0), d, catalogue.CommentInput{Field: field.Code,
		Text: "换过仪表的车辆，仪表里程不是累计里程。建议口径改为以检验检测报告载明的里程为准。"})
	s.says("tax", in(month, 12, 9, 20), d, catalogue.CommentInput{Agrees: true, Text: "里程用于核对货运经营收入，没有其他意见。"})
	s.as("office", in(month, 15, 9, 30), "answer "+d.name, func(ctx context.Context, who models.Actor) error {
		page, err := s.Designs.Page(ctx, who, d.id)
		if err != nil {
			return err
		}
		for _, c := range page.Comments {
			if c.Open() {
				if err := s.Designs.Answer(ctx, who, d.id, c.ID, "采纳，口径改为以检验检测报告载明的里程为准。"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.designMove("office", in(month, 15, 10, 10), d, models.VerbRevise, catalogue.MoveInput{Reason: "按市交通运输局意见修改“年审时行驶里程”的口径。"})
	s.as("office", in(month, 15, 10, 40), "mend "+d.name, func(ctx context.Context, who models.Actor) error {
		was, err := s.Designs.Page(ctx, who, d.id)
		if err != nil {
			return err
		}
		old, _ := was.Design.Definition.Field(field.Code)
		mended := old
		mended.Caliber = "年度审验的检验检测报告载明的行驶里程；换过仪表的，以报告更正后的里程为准。"
		return s.Designs.SaveField(ctx, who, d.id, catalogue.FieldInput{Was: old.Code, Seen: catalogue.Fingerprint(old), Field: mended})
	})
	s.sends(in(month, 15, 11, 20), d)
	s.tries("liaison.jt", in(month, 16, 10, 0), d, "jt-06", month)
	s.says("liaison.jt", in(month, 16, 10, 30), d, catalogue.CommentInput{Agrees: true, Text: "已用上月数据试填，没有不同意见。"})
	s.designMove("office", in(month, 17, 9, 30), d, models.VerbHandOver, catalogue.MoveInput{})
	s.designMove("office2", in(month, 17, 15, 0), d, models.VerbPublish, catalogue.MoveInput{})
}

// commented is the second version of 固定资产投资项目, on which the unit waits for an answer.
func (s *story) commented(at func(n int) time.Time) {
	d := &design{name: "fgw-05-v2"}
	field := models.Field{Code: "site_area", Name: "项目用地面积", Type: models.TypeDecimal, Scale: 2, Unit: "亩", Min: "0", Required: true,
		Caliber: "项目备案、核准或审批文件载明的用地面积。", Standard: "亩，保留两位小数", Example: "86.50"}
	s.begins("office", at(1), d, "fgw-05", field)
	s.sends(at(2), d)
	s.says("liaison.fgw", at(4), d, catalogue.CommentInput{Field: field.Code,
		Text: "技术改造项目多数不新增用地，备案文件不写面积。建议改为选填，或写明没有新增用地的填 0。"})
	s.says("tax", at(6), d, catalogue.CommentInput{Agrees: true})
}

// begins plans the draft of a template's next version with one more field.
func (s *story) begins(username string, at time.Time, d *design, template string, field models.Field) {
	s.as(username, at, "begin "+d.name, func(ctx context.Context, who models.Actor) error {
		begun, err := s.Designs.BeginNext(ctx, who, template)
		if err != nil {
			return err
		}
		d.id = begun.ID
		return s.Designs.SaveField(ctx, who, d.id, catalogue.FieldInput{Field: field})
	})
}

// sends plans that a draft goes out for comment, for two weeks.
func (s *story) sends(at time.Time, d *design) {
	s.as("office", at, "send "+d.name, func(ctx context.Context, who models.Actor) error {
		return s.Designs.Move(ctx, who, d.id, models.VerbAskComment, catalogue.MoveInput{Due: models.DayOf(s.Config.Now()).AddDays(14)})
	})
}

func (s *story) says(username string, at time.Time, d *design, in catalogue.CommentInput) {
	s.as(username, at, "comment "+d.name, func(ctx context.Context, who models.Actor) error { return s.Designs.Say(ctx, who, d.id, in) })
}

func (s *story) designMove(username string, at time.Time, d *design, verb workflow.Verb, in catalogue.MoveInput) {
	s.as(username, at, string(verb)+" "+d.name, func(ctx context.Context, who models.Actor) error {
		return s.Designs.Move(ctx, who, d.id, verb, in)
	})
}

// tries plans a trial filing on a draft with a register of the month before.
func (s *story) tries(username string, at time.Time, d *design, template string, month models.Period) {
	s.as(username, at, "try "+d.name, func(ctx context.Context, who models.Actor) error {
		r := register{item: template, template: template, period: month.Prev(), rows: 12, format: "csv", name: "营运车辆年审试报"}
		sheet, err := s.sheet(r)
		if err != nil {
			return err
		}
		name, content, err := r.file(sheet)
		if err != nil {
			return err
		}
		_, err = s.Designs.Try(ctx, who, d.id, name, strings.NewReader(string(content)))
		return err
	})
}
