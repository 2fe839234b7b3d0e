package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
	"taxportal/web/views/unitview"
	"taxportal/web/views/words"
)

// groupShell is the frame of a page below that of a leading group.
func (a *App) groupShell(c echo.Context, title string, j models.Jurisdiction) layout.Shell {
	return a.Shell(c, title, crumb("成员单位", paths.Units), crumb("领导小组", paths.ToGroup(j.Code)))
}

// group shows the leading group of an area; without one in the address it is the reader's own.
func (a *App) group(c echo.Context) error {
	p, err := a.Directory.GroupPage(c.Request().Context(), actor(c), c.Param("area"))
	if err != nil {
		return err
	}
	view := unitview.GroupPage{Shell: a.Shell(c, "领导小组", crumb("成员单位", paths.Units)), Today: models.DayOf(a.Now()), Area: p.Area, Group: p.Group,
		Actions: groupActions(p), Next: groupNext(p), Seats: p.Seats, Past: p.Past, Gone: p.Gone, Facts: groupFacts(p), Sharing: a.groupSharing(p),
		Changes: changeEvents(p.Changes, a.Now()), CanEdit: p.CanEdit && p.Group.ID != 0}
	for _, s := range p.Staff {
		view.Staff = append(view.Staff, unitview.Staff{OfficeStaff: s, Account: staffAccount(s)})
	}
	for _, b := range p.Below {
		view.Below = append(view.Below, unitview.Below{Area: b.Area, Group: b.Group, Leader: b.Leader, Seats: b.Seats, Sharing: b.Sharing})
	}
	return respond.Page(c, http.StatusOK, unitview.Group(view), nil)
}

func staffAccount(s models.OfficeStaff) string {
	switch {
	case s.Account == nil:
		return "没有账号"
	case s.Account.DisabledAt != 0:
		return "已停用"
	}
	return s.Account.Username
}

func groupActions(p directory.GroupPage) []components.Action {
	if p.Group.ID == 0 {
		return nil
	}
	to := func(pattern string) components.URL { return components.URL(paths.ToGroupPart(pattern, p.Area.Code)) }
	actions := []components.Action{{Label: "导出名单", URL: to(paths.GroupExport), Icon: components.IconTableExport}}
	if !p.CanEdit {
		return append(actions, components.Action{Label: "打印", Icon: components.IconPrinter, Print: true})
	}
	return append(actions, components.Action{Label: "登记办公室人员", URL: to(paths.GroupStaff), Icon: components.IconUserPlus},
		components.Action{Label: "登记席位", URL: to(paths.GroupSeat), Icon: components.IconPlus, Style: components.StylePrimary})
}

// groupNext says what is missing of the group as the plan wants it.
func groupNext(p directory.GroupPage) components.Next {
	calm := func(text string) components.Next {
		return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain(text)}}
	}
	if !p.CanEdit {
		return calm("名单由领导小组办公室维护，以职务为成员，人员变动时席位不变。")
	}
	vacant := p.Vacant()
	switch {
	case p.Leader() == nil:
		return components.Next{Sentence: components.Sentence{components.Plain("组长空缺，请登记组长席位（方案二（一）：政府主要领导任组长）。")}}
	case len(vacant) > 0:
		return components.Next{Sentence: components.Sentence{components.Plain("请登记 "), components.Bold(countText(len(vacant), "个席位")),
			components.Plain("的任职人员：" + vacant[0].Post.Label() + "等。")}}
	case len(p.Staff) == 0:
		return components.Next{Sentence: components.Sentence{components.Plain("请登记办公室人员（方案二（一）：由财政、税务、大数据等部门相关人员组成）。")}}
	}
	return calm("席位和人员都已登记；任职人员变动时点“更换人员”，前任的起止会留在名单中。")
}

func groupFacts(p directory.GroupPage) []components.Fact {
	facts := []components.Fact{{Term: "区划", Text: p.Area.Label()}, {Term: "区划代码", Text: p.Area.Code, Code: true}}
	add := func(term, text string) {
		if text != "" {
			facts = append(facts, components.Fact{Term: term, Text: text})
		}
	}
	add("代码启用", string(p.Area.ValidFrom))
	for _, former := range p.Codes {
		add("原代码", former.Code+"　"+former.Name+"（至 "+string(former.ValidTo)+"）")
	}
	add("名称", p.Group.Name)
	add("原名称", p.Group.FormerName)
	add("成立日期", string(p.Group.FromDay))
	add("依据", p.Group.Basis)
	if p.Group.Host != nil {
		add("办公室设在", p.Group.Host.Name)
	}
	if p.CanEdit && p.Group.ID != 0 {
		facts = append(facts, components.Fact{Term: "修改", Body: unitview.Link("修改基本情况", paths.ToGroupPart(paths.GroupEdit, p.Area.Code))})
	}
	return facts
}

// groupSharing says how an area shares now and when it did otherwise.
func (a *App) groupSharing(p directory.GroupPage) *unitview.Sharing {
	if p.Area.Kind == models.AreaCity {
		return nil
	}
	month, view := string(models.PeriodAt(models.CycleMonth, a.Now())), &unitview.Sharing{Now: models.SharingPortal.Label()}
	for _, m := range p.Sharing {
		span := words.Month(m.FromMonth) + "起"
		switch {
		case m.FromMonth <= month && (m.ToMonth == "" || month <= m.ToMonth):
			view.Now = m.Mode.Label()
		case m.ToMonth != "":
			span = words.Month(m.FromMonth) + "—" + words.Month(m.ToMonth)
		}
		view.Facts = append(view.Facts, components.Fact{Term: span, Text: m.Mode.Label() + "。" + m.Why})
	}
	if p.CanEdit && p.Group.ID != 0 {
		view.Edit = components.URL(paths.ToGroupPart(paths.GroupSharing, p.Area.Code))
	}
	return view
}

var rosterColumns = []office.Column{
	{Title: "类别"}, {Title: "职务或原单位", Width: 30}, {Title: "姓名"}, {Title: "现任职务或分工", Width: 26}, {Title: "任职起"}, {Title: "任职止"},
	{Title: "席位起"}, {Title: "席位止"}, {Title: "退出理由", Width: 36},
}

// groupExport sends the roster with everybody who held its posts as a workbook.
func (a *App) groupExport(c echo.Context) error {
	ctx, who := c.Request().Context(), actor(c)
	return a.sendTable(c, office.Table{Title: "领导小组名单", Mark: a.mark(who), Columns: rosterColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Directory.ExportGroup(ctx, who, c.Param("area"), func(seat *models.Seat, staff *models.OfficeStaff) error {
			if staff != nil {
				home := ""
				if staff.Home != nil {
					home = staff.Home.Name
				}
				return each("办公室人员", home, staff.Name, staff.Duty, "", "", string(staff.FromDay), string(staff.ToDay), staff.EndWhy)
			}
			holders := seat.Post.Holders
			if len(holders) == 0 {
				holders = []models.PostHolder{{}}
			}
			for _, h := range holders {
				err := each(seat.Rank.Label(), seat.Post.Label(), h.Name, h.Title, string(h.FromDay), string(h.ToDay), string(seat.FromDay), string(seat.ToDay), seat.EndWhy)
				if err != nil {
					return err
				}
			}
			return nil
		})
	})})
}
