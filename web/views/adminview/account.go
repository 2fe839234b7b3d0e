package adminview

import (
	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// NewPage is the form of a new account. What was typed comes back.
type NewPage struct {
	Shell                       layout.Shell
	Units                       []models.Unit
	Username, Name, Phone, Unit string
	Fields                      map[string]string // username, name, phone, unit
}

func (p NewPage) inputs() []components.Input {
	return []components.Input{
		{Name: "username", Label: "用户名", Value: p.Username, Error: p.Fields["username"], Required: true, MaxLength: 32, Autocomplete: "off",
			Hint: "2 至 32 位小写字母、数字、点、短横线或下划线，以字母开头，建立后不能改，如 liaison.zjj。"},
		{Name: "name", Label: "姓名", Value: p.Name, Error: p.Fields["name"], Required: true, MaxLength: 40, Autocomplete: "off"},
		{Kind: components.InputSelect, Name: "unit", Label: "所属单位", Value: p.Unit, Error: p.Fields["unit"], Required: true,
			Options: UnitOptions(p.Units, "请选择单位"), Hint: "账号只属于一个单位；在两个单位任职的，建两个账号。"},
		{Name: "phone", Label: "联系电话", Value: p.Phone, Error: p.Fields["phone"], MaxLength: 40, Autocomplete: "off", Hint: "手机，或带区号的固定电话，如 0635-8246110。"},
	}
}

// May says what the reader may do with the account; what is false is not shown.
type May struct {
	Disable, Unlock, Reset bool // the system administrator
	Roles, Sessions        bool // the security administrator
	Self                   bool // the account is the reader's own: nothing may be done
}

// Held is a role that the account holds.
type Held struct {
	Role  models.Role
	Since string
	By    string
	Alone bool // nobody else could act in it: it cannot be taken
}

// SessionRow is one log-in of the account.
type SessionRow struct {
	ID     string
	Device string // Chrome 126（Windows）
	Addr   string
	Began  string
	Used   string
}

// OneTimeLink is a link that was made just now and is shown this once.
type OneTimeLink struct {
	URL   string // absolute, to be copied
	Until string
}

// AccountPage is one account.
type AccountPage struct {
	Shell    layout.Shell
	ID       int64
	Username string
	Name     string
	Status   string
	Disabled bool
	Facts    []components.Fact
	Next     []workflow.Segment
	Waits    bool // somebody must act
	May      May
	Kept     string // why the account can be neither closed nor lose its role, "" if it can
	Held     []Held
	Sessions []SessionRow  // shown to those who may end them
	Give     []models.Role // roles that the account can still be given
	Role     string        // the role that was chosen
	Fields   map[string]string
	Locked   string // until when log-in is suspended, "" if it is not
	Link     *OneTimeLink
}

func (p AccountPage) post(label, path string, style components.Style, icon components.IconName) components.Action {
	return components.Action{Label: label, URL: templ.SafeURL(paths.ToAdminStep(path, p.ID)), Post: true, CSRF: p.Shell.CSRF, Style: style, Icon: icon}
}

// actions are the buttons of the page's head.
func (p AccountPage) actions() []components.Action {
	var list []components.Action
	if p.May.Disable && p.Disabled {
		list = append(list, p.post("启用账号", paths.AdminEnable, components.StylePrimary, components.IconUserCheck))
	}
	if p.May.Disable && !p.Disabled && p.Kept == "" {
		list = append(list, components.Action{Label: "停用账号", URL: templ.SafeURL(paths.ToAdminStep(paths.AdminDisable, p.ID)), Icon: components.IconUserOff})
	}
	if p.May.Reset && !p.Disabled {
		style := components.StyleDefault
		if p.Status == "unopened" && p.Link == nil {
			style = components.StylePrimary
		}
		list = append(list, p.post("生成一次性链接", paths.AdminReset, style, components.IconLink))
	}
	return list
}

func (p AccountPage) next() components.Next {
	n := components.Next{Tone: components.ToneCalm}
	if p.Waits {
		n.Tone = components.TonePlain
	}
	for _, s := range p.Next {
		n.Sentence = append(n.Sentence, components.Segment{Text: s.Text, Bold: s.Strong})
	}
	return n
}

func (p AccountPage) give() components.Input {
	in := components.Input{Kind: components.InputSelect, Name: "role", Label: "授予角色", Value: p.Role, Error: p.Fields["role"], Width: components.WidthMiddle,
		Hint:    "只列出此单位可以担任、尚未担任的角色；授予后从下一次打开页面起生效。",
		Options: []components.Option{{Label: "请选择角色"}}}
	for _, r := range p.Give {
		in.Options = append(in.Options, components.Option{Value: string(r), Label: r.Label()})
	}
	return in
}

func (p AccountPage) take(h Held) components.Action {
	a := p.post("收回", paths.AdminTake, components.StyleDefault, "")
	a.Small, a.Aria, a.Hidden = true, "收回角色："+h.Role.Label(), []components.Pair{{Name: "role", Value: string(h.Role)}}
	return a
}

func (p AccountPage) roleGrid() components.Grid {
	grid := components.Grid{Label: "担任的角色", Columns: []components.Column{{Label: "角色"}, {Label: "授予时间"}, {Label: "授予人"}}}
	if p.May.Roles {
		grid.Columns = append(grid.Columns, components.Column{Label: "操作", Actions: true})
	}
	if len(p.Held) == 0 {
		grid.Empty = &components.Nothing{Icon: components.IconUserOff, InPanel: true, Title: "还没有角色", Text: "没有角色的账号登录后不能办理业务，角色由安全管理员授予。"}
	}
	return grid
}

func (p AccountPage) sessionGrid() components.Grid {
	grid := components.Grid{Label: "登录清单", Columns: []components.Column{{Label: "浏览器"}, {Label: "网络地址"}, {Label: "登录时间"}, {Label: "最近使用"},
		{Label: "操作", Actions: true}}}
	if len(p.Sessions) == 0 {
		grid.Empty = &components.Nothing{Icon: components.IconUserOff, InPanel: true, Title: "目前没有登录", Text: "此账号没有在任何浏览器上登录，没有可以结束的。"}
	}
	return grid
}

func (p AccountPage) endSession(s SessionRow) components.Action {
	return components.Action{Label: "结束", Small: true, Aria: "结束登录：" + s.Device + "，" + s.Addr, URL: templ.SafeURL(paths.ToAdminSession(p.ID, s.ID))}
}

// EndSessionPage asks before a log-in of somebody else is ended.
type EndSessionPage struct {
	Shell   layout.Shell
	ID      int64
	Who     string // 王静（liaison.zjj，市住房城乡建设局）
	Session SessionRow
	Reason  string
	Fields  map[string]string // reason
}

func (p EndSessionPage) confirm() components.Confirm {
	s := p.Session
	return components.Confirm{
		ID: "end-session", Icon: components.IconUserOff, Title: "结束这个登录？", Label: "结束登录", Danger: true,
		Text: components.Sentence{components.Plain(p.Who + "在 " + s.Device + "、网络地址 " + s.Addr + " 上的登录（" + s.Began + " 登录，最近使用 " + s.Used +
			"）立即失效，尚未提交的填写内容会丢失；账号、角色和已办的事项不受影响，本人可以重新登录。")},
		Action: templ.SafeURL(paths.ToAdminStep(paths.AdminSession, p.ID)), CSRF: p.Shell.CSRF, BackURL: templ.SafeURL(paths.ToAdminAccount(p.ID)),
		Hidden: []components.Pair{{Name: "session", Value: s.ID}},
		Fields: []components.Input{{Kind: components.InputTextarea, Name: "reason", Label: "结束理由", Value: p.Reason, Error: p.Fields["reason"], Required: true,
			Rows: 3, MaxLength: 500, Hint: "如：电脑遗失、不是本人登录。记入审计日志。"}},
	}
}

func (p AccountPage) address() components.Input {
	return components.Input{Name: "addr", Label: "网络地址（可不填）", Autocomplete: "off", MaxLength: 45,
		Hint: "登录页提示“此电脑（网络地址 …）已暂停登录”的，填上该地址一并解除。"}
}

func (l OneTimeLink) input() components.Input {
	return components.Input{Name: "link", Label: "链接地址", Value: l.URL, ReadOnly: true,
		Hint: "全选后复制。" + l.Until + " 前有效，只能使用一次；此前的链接已失效。"}
}

// DisablePage asks before an account is disabled.
type DisablePage struct {
	Shell  layout.Shell
	ID     int64
	Who    string // 王静（liaison.zjj，市住房城乡建设局）
	Reason string
	Fields map[string]string // reason
}

func (p DisablePage) confirm() components.Confirm {
	return components.Confirm{
		ID: "disable", Icon: components.IconUserOff, Title: "停用这个账号？", Label: "停用账号", Danger: true,
		Text:   components.Sentence{components.Plain(p.Who + "将立即退出登录，不能再登录，未使用的一次性链接、由其负责的接口令牌同时失效；已办的事项和记录不受影响，以后可以启用。")},
		Action: templ.SafeURL(paths.ToAdminStep(paths.AdminDisable, p.ID)), CSRF: p.Shell.CSRF, BackURL: templ.SafeURL(paths.ToAdminAccount(p.ID)),
		Fields: []components.Input{{Kind: components.InputTextarea, Name: "reason", Label: "停用理由", Value: p.Reason, Error: p.Fields["reason"], Required: true,
			Rows: 3, MaxLength: 500, Hint: "如：调离、退休、更换联络员。记入审计日志。"}},
	}
}

// rules say who may do what among the three (GB/T 22239-2019, 三员分立).
var rules = []components.Fact{
	{Term: models.RoleSys.Label(), Text: "新建、停用、启用、解锁账号，生成一次性链接；不能授予角色。"},
	{Term: models.RoleSec.Label(), Text: "授予和收回角色，结束他人的登录；不能新建账号。"},
	{Term: models.RoleAud.Label(), Text: "查阅、导出、核验审计日志；不能改动账号和角色。"},
	{Term: "互不兼任", Text: "三种角色不能由同一账号担任，也不能与业务角色同时担任，都不接触业务数据。"},
	{Term: "不办自己", Text: "任何人不能停用、解锁自己的账号，也不能给自己增减角色。"},
	{Term: "不留空缺", Text: "三种角色各至少保留一个可用账号。"},
}
