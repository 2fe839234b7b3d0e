package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/directory"
	"taxportal/web/views/components"
	"taxportal/web/views/unitview"
)

// answer is what comes of a form that was sent: errors by field, or that somebody was faster.
type answer struct {
	fields  map[string]string
	problem string
}

// refused tells whether a form is shown again, and with which status. What somebody else changed meanwhile is said above
// the form; what was typed stays and can be sent again over the newer version.
func refused(err error) (answer, int, bool) {
	if fields, ok := fault.Fields(err); ok {
		return answer{fields: fields}, http.StatusUnprocessableEntity, true
	}
	if message, ok := fault.Message(err); ok && fault.Is(err, fault.Conflict) {
		return answer{problem: message}, http.StatusConflict, true
	}
	return answer{}, 0, false
}

// version returns what a form that is shown again was made of: the newest once the reader has been told that somebody was
// faster, else what it was, so that errors of fields do not hide a change by somebody else.
func (said answer) version(typed, newest int64) int64 {
	if said.problem != "" {
		return newest
	}
	return typed
}

func versionOf(c echo.Context) int64 { return number(form.Text(c, "version")) }

func versionPair(version int64) []components.Pair {
	return []components.Pair{{Name: "version", Value: strconv.FormatInt(version, 10)}}
}

// unitNew shows the form of a new unit.
func (a *App) unitNew(c echo.Context) error {
	area := ""
	if own := actor(c).Unit.Jurisdiction; own != nil {
		area = own.Code
	}
	return a.showUnitNew(c, http.StatusOK, directory.UnitInput{Kind: models.UnitMember, Area: area}, answer{})
}

func (a *App) showUnitNew(c echo.Context, code int, in directory.UnitInput, said answer) error {
	ctx, who := c.Request().Context(), actor(c)
	areas, err := a.Directory.Areas(ctx, who)
	if err != nil {
		return err
	}
	parents, err := a.Directory.Parents(ctx, who)
	if err != nil {
		return err
	}
	above := []components.Option{{Label: "无（不是下属单位）"}}
	for _, u := range parents {
		above = append(above, components.Option{Value: u.Code, Label: u.Name})
	}
	inputs := []components.Input{
		{Kind: components.InputSelect, Name: "kind", Label: "单位类别", Value: string(in.Kind), Required: true, Options: unitKindOptions("请选择", directory.Creatable),
			Hint: "领导小组和办公室随区划预置，不在这里新建。"},
		{Name: "code", Label: "单位代码", Value: in.Code, Required: true, MaxLength: 20, Hint: "小写字母开头，如 zjj；下属单位加短横线，如 ga-jj。建立后不能更改。"},
		{Kind: components.InputSelect, Name: "area", Label: "所在区划", Value: in.Area, Required: true, Options: areaOptions("请选择", areas)},
		{Kind: components.InputSelect, Name: "parent", Label: "隶属单位", Value: in.Parent, Options: above, Hint: "只有内设或下属单位才选。"},
	}
	inputs = append(inputs, unitInputs(in)...)
	return respond.Page(c, code, unitview.Form(unitview.FormPage{
		Shell: a.Shell(c, "新建单位", crumb("成员单位", paths.Units)), Title: "新建单位", Action: paths.Units, Label: "新建单位", Back: paths.Units,
		Next:   components.Sentence{components.Plain("请填写单位信息；建立后接着指定办公室对接人，账号由系统管理员建立。")},
		Inputs: withErrors(inputs, said.fields), Problem: said.problem,
	}), nil)
}

// unitInputs are the fields that can be edited later, too.
func unitInputs(in directory.UnitInput) []components.Input {
	return []components.Input{
		{Name: "name", Label: "单位名称", Value: in.Name, Required: true, MaxLength: 40, Hint: "用方案的称谓，如 市住房城乡建设局。"},
		{Name: "full_name", Label: "单位全称", Value: in.FullName, MaxLength: 80, Hint: "与印章一致，如 聊城市住房和城乡建设局。"},
		{Kind: components.InputSelect, Name: "affiliation", Label: "单位性质", Value: string(in.Affiliation), Required: true, Options: affiliationOptions("请选择")},
		{Kind: components.InputDate, Name: "from", Label: "启用日期", Value: string(in.From), Hint: "可不填，即自始有效。"},
		{Name: "phone", Label: "值班电话", Value: in.Phone, MaxLength: 30},
		{Name: "address", Label: "地址", Value: in.Address, MaxLength: 120},
		{Kind: components.InputCheckbox, Name: "tax_authority", Label: "税务机关（税务局及其分支机构）", Checked: in.TaxAuthority, Width: components.WidthFull,
			Hint: "只有税务机关才能有税务执法、审核和局领导账号。"},
		{Kind: components.InputTextarea, Name: "why", Label: "依据", Value: in.Why, Rows: 2, Width: components.WidthFull, Hint: "如机构改革文件、单位来函；记入变更记录。"},
	}
}

func withErrors(inputs []components.Input, fields map[string]string) []components.Input {
	for i := range inputs {
		inputs[i].Error = fields[inputs[i].Name]
	}
	return inputs
}

func unitInput(c echo.Context) directory.UnitInput {
	return directory.UnitInput{
		Code: form.Text(c, "code"), Kind: models.UnitKind(form.Text(c, "kind")), Area: form.Text(c, "area"), Parent: form.Text(c, "parent"),
		Name: form.Text(c, "name"), FullName: form.Text(c, "full_name"), Affiliation: models.Affiliation(form.Text(c, "affiliation")),
		TaxAuthority: form.Text(c, "tax_authority") != "", Address: form.Text(c, "address"), Phone: form.Text(c, "phone"), From: form.Day(c, "from"),
		Why: form.Text(c, "why"), Version: versionOf(c),
	}
}

// unitCreate adds a unit and goes on to name its 对接人.
func (a *App) unitCreate(c echo.Context) error {
	in := unitInput(c)
	u, err := a.Directory.CreateUnit(c.Request().Context(), actor(c), in)
	if said, code, again := refused(err); again {
		return a.showUnitNew(c, code, in, said)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToUnitPart(paths.UnitContact, u.Code), "“"+u.Name+"”已建立，接着请指定办公室对接人。")
}

// unitForEdit returns the page of a unit that can be edited, or says why it cannot.
func (a *App) unitForEdit(c echo.Context) (directory.UnitPage, error) {
	p, err := a.Directory.UnitPage(c.Request().Context(), actor(c), c.Param("unit"))
	switch {
	case err != nil:
		return p, err
	case !p.CanEdit:
		return p, fault.New(fault.Locked, "“"+p.Name+"”不在这里修改。")
	case p.Closed():
		return p, fault.New(fault.Locked, "“"+p.Name+"”已撤并，不再修改；办错了的，先撤销撤并。")
	}
	return p, nil
}

// unitEditForm shows the form of a unit.
func (a *App) unitEditForm(c echo.Context) error {
	p, err := a.unitForEdit(c)
	if err != nil {
		return err
	}
	return a.showUnitEdit(c, http.StatusOK, p, directory.UnitInput{Name: p.Name, FullName: p.FullName, Affiliation: p.Affiliation, TaxAuthority: p.TaxAuthority,
		Address: p.Address, Phone: p.Phone, From: p.ValidFrom}, answer{})
}

func (a *App) showUnitEdit(c echo.Context, code int, p directory.UnitPage, in directory.UnitInput, said answer) error {
	return respond.Page(c, code, unitview.Form(unitview.FormPage{
		Shell: a.unitShell(c, "修改信息", p.Unit), Title: "修改单位信息", Sub: p.Name + "　" + strings.ToUpper(p.Code), Label: "保存修改",
		Action: paths.ToUnitPart(paths.UnitEdit, p.Code), Back: paths.ToUnit(p.Code), Hidden: versionPair(p.Version), Problem: said.problem,
		Inputs: withErrors(unitInputs(in), said.fields),
	}), nil)
}

// unitEdit saves a unit.
func (a *App) unitEdit(c echo.Context) error {
	in := unitInput(c)
	err := a.Directory.EditUnit(c.Request().Context(), actor(c), c.Param("unit"), in)
	if said, code, again := refused(err); again {
		p, readErr := a.unitForEdit(c)
		if readErr != nil {
			return readErr
		}
		p.Version = said.version(in.Version, p.Version)
		return a.showUnitEdit(c, code, p, in, said)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToUnit(c.Param("unit")), "已保存，变更记录中可以查到原来的内容。")
}

// contactForm shows the form by which a 对接人 is named.
func (a *App) contactForm(c echo.Context) error {
	p, err := a.unitForEdit(c)
	if err != nil {
		return err
	}
	return a.showContact(c, http.StatusOK, p, directory.ContactInput{From: models.DayOf(a.Now())}, answer{})
}

func (a *App) showContact(c echo.Context, code int, p directory.UnitPage, in directory.ContactInput, said answer) error {
	people, err := a.Directory.Candidates(c.Request().Context(), actor(c), p.Unit)
	if err != nil {
		return err
	}
	now := "目前没有对接人。"
	if p.Contact != nil {
		now = "现任对接人" + p.Contact.Account.Name + "（" + unitview.Days(p.Contact.Span) + "），新任起始的前一天止。"
	}
	inputs := []components.Input{
		{Kind: components.InputSelect, Name: "contact", Label: "办公室对接人", Value: in.Username, Required: true, Options: personOptions("请选择", people), Hint: now},
		{Kind: components.InputDate, Name: "from", Label: "起始日期", Value: string(in.From), Required: true, Hint: "不晚于今天。"},
	}
	return respond.Page(c, code, unitview.Form(unitview.FormPage{
		Shell: a.unitShell(c, "指定对接人", p.Unit), Title: "指定办公室对接人", Sub: p.Name, Label: "指定对接人", Problem: said.problem,
		Next:   components.Sentence{components.Plain("请选择办公室人员；对接人的姓名、电话会显示在本单位的工作台、任务页和单位页。")},
		Action: paths.ToUnitPart(paths.UnitContact, p.Code), Back: paths.ToUnit(p.Code), Hidden: versionPair(p.Version), Inputs: withErrors(inputs, said.fields),
	}), nil)
}

// setContact names the 对接人.
func (a *App) setContact(c echo.Context) error {
	in := directory.ContactInput{Username: form.Text(c, "contact"), From: form.Day(c, "from"), Version: versionOf(c)}
	err := a.Directory.SetContact(c.Request().Context(), actor(c), c.Param("unit"), in)
	if said, code, again := refused(err); again {
		p, readErr := a.unitForEdit(c)
		if readErr != nil {
			return readErr
		}
		p.Version = said.version(in.Version, p.Version)
		return a.showContact(c, code, p, in, said)
	}
	if err != nil {
		return err
	}
	return a.done(c, paths.ToUnit(c.Param("unit")), "已指定对接人，双方都能看到姓名和电话。")
}
