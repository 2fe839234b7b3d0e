package handlers

import (
	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/models"
	"taxportal/internal/services/directory"
	"taxportal/web/views/components"
)

// typed returns what was posted for a field, or what stands there at first.
func typed(c echo.Context, name, first string) string {
	if c.Request().Method == post {
		return form.Text(c, name)
	}
	return first
}

func (a *App) today() string { return string(models.DayOf(a.Now())) }

func unitChoices(first string, units []models.Unit) []components.Option {
	options := []components.Option{{Label: first}}
	for _, u := range units {
		options = append(options, components.Option{Value: u.Code, Label: u.Name})
	}
	return options
}

func (a *App) seatInputs(c echo.Context, p directory.GroupPage) ([]components.Input, error) {
	_, units, err := a.Directory.StaffChoices(c.Request().Context(), actor(c), p.Area)
	if err != nil {
		return nil, err
	}
	ranks := []components.Option{{Label: "请选择"}}
	for _, r := range models.SeatRanks {
		ranks = append(ranks, components.Option{Value: string(r), Label: r.Label()})
	}
	return []components.Input{
		{Kind: components.InputSelect, Name: "rank", Label: "席位", Value: typed(c, "rank", string(models.SeatMember)), Required: true, Options: ranks, Hint: "组长同一时间只有一名。"},
		{Kind: components.InputDate, Name: "from", Label: "起始日期", Value: typed(c, "from", a.today()), Required: true},
		{Kind: components.InputSelect, Name: "unit", Label: "单位", Value: typed(c, "unit", ""), Options: unitChoices("不是名录中的单位", units), Hint: "成员必选。"},
		{Name: "body", Label: "所在机构", Value: typed(c, "body", ""), MaxLength: 40, Hint: "组长、副组长填写，如 市政府。"},
		{Name: "post", Label: "职务", Value: typed(c, "post", directory.HeadPost), Required: true, MaxLength: 40, Hint: "成员为 主要负责人；组长为 主要领导，副组长为 分管领导。"},
		{Name: "holder", Label: "任职人员姓名", Value: typed(c, "holder", ""), MaxLength: 40, Hint: "可以以后登记。"},
		{Name: "title", Label: "现任职务", Value: typed(c, "title", ""), MaxLength: 40, Hint: "如 局长；可不填。"},
	}, nil
}

// seatNamed returns the seat of the address.
func seatNamed(c echo.Context, p directory.GroupPage) (models.Seat, error) {
	id := form.ID(c, "seat")
	for _, s := range p.Seats {
		if s.ID == id {
			return s, nil
		}
	}
	for _, s := range p.Past {
		if s.ID == id {
			return s, fault.New(fault.Locked, s.Post.Label()+"已于 "+string(s.ToDay)+" 退出领导小组。")
		}
	}
	return models.Seat{}, fault.New(fault.NotFound, "没有这个席位。")
}

func (a *App) holderInputs(c echo.Context, p directory.GroupPage) ([]components.Input, error) {
	seat, err := seatNamed(c, p)
	if err != nil {
		return nil, err
	}
	now := seat.Rank.Label() + "，" + seat.Post.Label() + "："
	if h := seat.Post.Holder(models.DayOf(a.Now())); h != nil {
		now += "现任" + h.Name + "，自 " + string(h.FromDay) + " 起。"
	} else {
		now += "目前待登记。"
	}
	return []components.Input{
		{Name: "name", Label: "新任人员姓名", Value: typed(c, "name", ""), Required: true, MaxLength: 40, Hint: now},
		{Kind: components.InputDate, Name: "from", Label: "起始日期", Value: typed(c, "from", a.today()), Required: true},
		{Name: "title", Label: "现任职务", Value: typed(c, "title", ""), MaxLength: 40, Hint: "如 局长；可不填。"},
	}, nil
}

// endInputs are the last day and the reason, of a seat or of somebody of the Office.
func (a *App) endInputs(c echo.Context, p directory.GroupPage) ([]components.Input, error) {
	whose := ""
	if c.Param("seat") != "" {
		seat, err := seatNamed(c, p)
		if err != nil {
			return nil, err
		}
		whose = seat.Rank.Label() + "，" + seat.Post.Label() + "，自 " + dash(string(seat.FromDay)) + " 起。"
	} else {
		for _, s := range p.Staff {
			if s.ID == form.ID(c, "person") {
				whose = s.Name + "，自 " + string(s.FromDay) + " 起。"
			}
		}
		if whose == "" {
			return nil, fault.New(fault.NotFound, "没有这名办公室人员，或已经离开。")
		}
	}
	return []components.Input{
		{Kind: components.InputDate, Name: "to", Label: "止期（最后一天）", Value: typed(c, "to", a.today()), Required: true, Hint: whose},
		{Kind: components.InputTextarea, Name: "why", Label: "理由", Value: typed(c, "why", ""), Required: true, Rows: 3, Hint: "写明依据；记入变更记录和审计日志。"},
	}, nil
}

func (a *App) staffInputs(c echo.Context, p directory.GroupPage) ([]components.Input, error) {
	people, units, err := a.Directory.StaffChoices(c.Request().Context(), actor(c), p.Area)
	if err != nil {
		return nil, err
	}
	return []components.Input{
		{Kind: components.InputSelect, Name: "account", Label: "办公室账号", Value: typed(c, "account", ""), Options: personOptions("还没有账号", people), Hint: "有账号的，姓名以账号为准。"},
		{Name: "name", Label: "姓名", Value: typed(c, "name", ""), MaxLength: 40, Hint: "没有账号的填写。"},
		{Kind: components.InputSelect, Name: "home", Label: "原单位", Value: typed(c, "home", ""), Required: true, Options: unitChoices("请选择", units)},
		{Kind: components.InputDate, Name: "from", Label: "起始日期", Value: typed(c, "from", a.today()), Required: true},
		{Name: "duty", Label: "分工", Value: typed(c, "duty", ""), MaxLength: 120, Width: components.WidthFull},
	}, nil
}

func (a *App) groupInputs(c echo.Context, p directory.GroupPage) ([]components.Input, error) {
	_, units, err := a.Directory.StaffChoices(c.Request().Context(), actor(c), p.Area)
	if err != nil {
		return nil, err
	}
	host := ""
	if p.Group.Host != nil {
		host = p.Group.Host.Code
	}
	return []components.Input{
		{Name: "name", Label: "领导小组名称", Value: typed(c, "name", p.Group.Name), Required: true, MaxLength: 40},
		{Kind: components.InputDate, Name: "from", Label: "成立日期", Value: typed(c, "from", string(p.Group.FromDay))},
		{Kind: components.InputSelect, Name: "host", Label: "办公室设在", Value: typed(c, "host", host), Options: unitChoices("未登记", units)},
		{Kind: components.InputTextarea, Name: "basis", Label: "依据", Value: typed(c, "basis", p.Group.Basis), Rows: 2, Width: components.WidthFull, Hint: "成立或调整的文件。"},
	}, nil
}

func (a *App) sharingInputs(c echo.Context, p directory.GroupPage) ([]components.Input, error) {
	if p.Area.Kind == models.AreaCity {
		return nil, fault.New(fault.Locked, "市本级按方案二（三）通过平台报送，共享方式由各县（市、区）、开发区确定。")
	}
	now := models.SharingPortal
	if len(p.Sharing) > 0 {
		now = p.Sharing[0].Mode
	}
	hints := map[models.Sharing]string{models.SharingPortal: "本地单位在本平台报送，计入全市按时率。", models.SharingSummary: "本地归集后向市级报汇总，不计入全市按时率。",
		models.SharingOwn: "本地另有系统，市级只登记，不计入全市按时率。"}
	var options []components.Option
	for _, m := range models.Sharings {
		options = append(options, components.Option{Value: string(m), Label: m.Label(), Hint: hints[m]})
	}
	next := string(models.PeriodAt(models.CycleMonth, a.Now()).Next())
	return []components.Input{
		{Kind: components.InputRadio, Name: "mode", Label: "信息共享方式", Value: typed(c, "mode", string(now)), Required: true, Options: options, Width: components.WidthFull},
		{Name: "from", Label: "起始月份", Value: typed(c, "from", next), Required: true, MaxLength: 7, Placeholder: "如 2026-11", Hint: "不早于本月。"},
		{Kind: components.InputTextarea, Name: "why", Label: "依据", Value: typed(c, "why", ""), Required: true, Rows: 2, Width: components.WidthFull, Hint: "如本地领导小组的决定。"},
	}, nil
}
