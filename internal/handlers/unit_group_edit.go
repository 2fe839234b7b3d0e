package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/web/views/components"
	"taxportal/web/views/filingview"
	"taxportal/web/views/unitview"
)

// groupForm is one form of a leading group: how it is shown, and what it does when it is sent. All of them are asked and
// taken in the same way.
type groupForm struct {
	app    *App
	title  string
	label  string // of the button
	next   string
	done   string
	takes  bool // it takes something away: a question
	inputs func(c echo.Context, p directory.GroupPage) ([]components.Input, error)
	save   func(c echo.Context, who models.Actor, area string, version int64) error
}

// groupForEdit returns the page of a leading group that can be edited.
func (a *App) groupForEdit(c echo.Context) (directory.GroupPage, error) {
	p, err := a.Directory.GroupPage(c.Request().Context(), actor(c), c.Param("area"))
	if err == nil && p.Group.ID == 0 {
		err = fault.New(fault.NotFound, "这个区划还没有登记领导小组。")
	}
	return p, err
}

// ask shows the form for the first time.
func (f groupForm) ask(c echo.Context) error {
	p, err := f.app.groupForEdit(c)
	if err != nil {
		return err
	}
	return f.show(c, http.StatusOK, p, answer{})
}

// take saves the form, or shows it again with what is wrong.
func (f groupForm) take(c echo.Context) error {
	version := versionOf(c)
	err := f.save(c, actor(c), c.Param("area"), version)
	if said, code, again := refused(err); again {
		p, readErr := f.app.groupForEdit(c)
		if readErr != nil {
			return readErr
		}
		p.Group.Version = said.version(version, p.Group.Version)
		return f.show(c, code, p, said)
	}
	if err != nil {
		return err
	}
	return f.app.done(c, paths.ToGroup(c.Param("area")), f.done)
}

func (f groupForm) show(c echo.Context, code int, p directory.GroupPage, said answer) error {
	inputs, err := f.inputs(c, p)
	if err != nil {
		return err
	}
	inputs = withErrors(inputs, said.fields)
	shell, back, action := f.app.groupShell(c, f.title, p.Area), paths.ToGroup(p.Area.Code), c.Request().URL.Path
	if f.takes {
		text := f.next
		if said.problem != "" {
			text = said.problem
		}
		return respond.Page(c, code, filingview.Confirm(filingview.ConfirmPage{Shell: shell, Title: f.title + "？", Icon: components.IconHelpCircle, Text: text,
			Post: action, Back: back, Label: f.label, Danger: true, Inputs: inputs, Hidden: versionPair(p.Group.Version)}), nil)
	}
	return respond.Page(c, code, unitview.Form(unitview.FormPage{Shell: shell, Title: f.title, Sub: p.Area.Label() + "　" + p.Group.Name,
		Next: components.Sentence{components.Plain(f.next)}, Problem: said.problem, Action: action, Back: back, Label: f.label, Inputs: inputs,
		Hidden: versionPair(p.Group.Version)}), nil)
}

// seatForm gives a post a seat in the group.
func (a *App) seatForm() groupForm {
	return groupForm{app: a, title: "登记席位", label: "登记席位", done: "席位已登记。", inputs: a.seatInputs,
		next: "席位属于职务：成员选单位和职务，组长、副组长填所在机构和职务；以后只是换人的，不必再登记席位。",
		save: func(c echo.Context, who models.Actor, area string, version int64) error {
			return a.Directory.AddSeat(c.Request().Context(), who, area, directory.SeatInput{Rank: models.SeatRank(form.Text(c, "rank")), Unit: form.Text(c, "unit"),
				Body: form.Text(c, "body"), Post: form.Text(c, "post"), From: form.Day(c, "from"), Holder: form.Text(c, "holder"), Title: form.Text(c, "title"), Version: version})
		}}
}

// holderForm names who holds the post of a seat.
func (a *App) holderForm() groupForm {
	return groupForm{app: a, title: "更换任职人员", label: "更换人员", done: "已更换，前任的起止留在名单中。", inputs: a.holderInputs,
		next: "请填写新任人员和起始日期；前任在起始日期的前一天止，席位不变。",
		save: func(c echo.Context, who models.Actor, area string, version int64) error {
			return a.Directory.SetHolder(c.Request().Context(), who, area, form.ID(c, "seat"), directory.HolderInput{Name: form.Text(c, "name"),
				Title: form.Text(c, "title"), From: form.Day(c, "from"), Version: version})
		}}
}

// seatEndForm ends a seat.
func (a *App) seatEndForm() groupForm {
	return groupForm{app: a, title: "退出领导小组", label: "退出领导小组", done: "已办理退出，记录留在“曾任”中。", takes: true, inputs: a.endInputs,
		next: "只是换人的，请用“更换人员”。退出后席位和历任人员留在“曾任”中。",
		save: func(c echo.Context, who models.Actor, area string, version int64) error {
			return a.Directory.EndSeat(c.Request().Context(), who, area, form.ID(c, "seat"), endInput(c, version))
		}}
}

// staffForm adds a person to the Office.
func (a *App) staffForm() groupForm {
	return groupForm{app: a, title: "登记办公室人员", label: "登记人员", done: "办公室人员已登记。", inputs: a.staffInputs,
		next: "原单位只作说明，不带来任何权限；权限只来自办公室账号，由系统管理员建立、安全管理员授权。",
		save: func(c echo.Context, who models.Actor, area string, version int64) error {
			return a.Directory.AddStaff(c.Request().Context(), who, area, directory.StaffInput{Username: form.Text(c, "account"), Name: form.Text(c, "name"),
				Home: form.Text(c, "home"), Duty: form.Text(c, "duty"), From: form.Day(c, "from"), Version: version})
		}}
}

// staffEndForm ends a person's time in the Office.
func (a *App) staffEndForm() groupForm {
	return groupForm{app: a, title: "离开办公室", label: "登记离开", takes: true, inputs: a.endInputs,
		done: "已登记离开；办公室账号的角色请安全管理员收回，原单位的账号不受影响。",
		next: "登记离开不影响本人在原单位的账号；办公室账号的角色由安全管理员收回。",
		save: func(c echo.Context, who models.Actor, area string, version int64) error {
			return a.Directory.EndStaff(c.Request().Context(), who, area, form.ID(c, "person"), endInput(c, version))
		}}
}

// groupAboutForm changes what stands beside the roster.
func (a *App) groupAboutForm() groupForm {
	return groupForm{app: a, title: "修改基本情况", label: "保存修改", done: "已保存，变更记录中可以查到原来的内容。", inputs: a.groupInputs,
		next: "更名的，原名称作为历史留在名单旁。",
		save: func(c echo.Context, who models.Actor, area string, version int64) error {
			return a.Directory.EditGroup(c.Request().Context(), who, area, directory.GroupInput{Name: form.Text(c, "name"), Basis: form.Text(c, "basis"),
				From: form.Day(c, "from"), Host: form.Text(c, "host"), Version: version})
		}}
}

// sharingForm settles how a county shares.
func (a *App) sharingForm() groupForm {
	return groupForm{app: a, title: "更改信息共享方式", label: "更改共享方式", done: "共享方式已更改，从所填月份起生效。", inputs: a.sharingInputs,
		next: "方案二（三）：各县（市、区）可依据各自情况确定信息共享方式。不使用市级平台的月份不再产生报送任务，已写入而没有提交的任务自动免报；已经报送的期次不受影响。",
		save: func(c echo.Context, who models.Actor, area string, version int64) error {
			return a.Directory.SetSharing(c.Request().Context(), who, area, directory.SharingInput{Mode: models.Sharing(form.Text(c, "mode")),
				From: form.Text(c, "from"), Why: form.Text(c, "why"), Version: version})
		}}
}

func endInput(c echo.Context, version int64) directory.EndInput {
	return directory.EndInput{To: form.Day(c, "to"), Why: form.Text(c, "why"), Version: version}
}
