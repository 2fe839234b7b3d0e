// Package accountview holds the pages of one's own way in: log-in, first set-up, one-time link, profile, password.
package accountview

import (
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// LoginPage is the log-in page. The user name comes back, the password never.
type LoginPage struct {
	Shell    layout.Shell
	Username string
	Next     string            // where to go afterwards
	Lost     string            // why an earlier log-in is over, in one sentence
	Problem  string            // why this log-in failed, in one sentence
	Fields   map[string]string // what is missing: username, password
}

func (p LoginPage) inputs() []components.Input {
	return []components.Input{
		{Name: "username", Label: "用户名", Value: p.Username, Error: p.Fields["username"], Autocomplete: "username", MaxLength: 64},
		{Kind: components.InputPassword, Name: "password", Label: "密码", Error: p.Fields["password"], Autocomplete: "current-password",
			Hint: "连续输错 5 次暂停登录 1 分钟，再错依次延长至 5、15、30 分钟。"},
	}
}

// help says whom to ask.
func (p LoginPage) help() string {
	line := "忘记密码或更换人员，请联系系统管理员重新生成一次性链接"
	if p.Shell.Support != "" {
		line += "，或致电技术支持 " + p.Shell.Support
	}
	return line + "。"
}

// SetupPage creates the three administrators in one sitting.
type SetupPage struct {
	Shell  layout.Shell
	Token  string
	People []SetupPerson
}

// SetupPerson is one of the three, with the fields of the form.
type SetupPerson struct {
	Role   string // 系统管理员
	Duty   string // what the role does, in one sentence
	Inputs []components.Input
}

// errors lists the errors of all three; the role stands before the name of the field, unless the sentence names it.
func (p SetupPage) errors() []components.FieldError {
	var all []components.FieldError
	for _, person := range p.People {
		for _, e := range components.ErrorsOf(person.Inputs...) {
			if !strings.Contains(e.Message, person.Role) {
				e.Label = person.Role + "的" + e.Label
			}
			all = append(all, e)
		}
	}
	return all
}

// LinkPage sets a password by a one-time link.
type LinkPage struct {
	Shell                layout.Shell
	Token                string
	Username, Name, Unit string
	Fields               map[string]string // new, again
}

func (p LinkPage) inputs() []components.Input { return newPassword(p.Fields) }

// newPassword are the two fields of a new password.
func newPassword(errors map[string]string) []components.Input {
	return []components.Input{
		{Kind: components.InputPassword, Name: "new", Label: "新密码", Error: errors["new"], Required: true, Autocomplete: "new-password",
			Hint: "8 至 128 位，含大写字母、小写字母、数字、符号中的三类，不能包含用户名。"},
		{Kind: components.InputPassword, Name: "again", Label: "再次输入新密码", Error: errors["again"], Required: true, Autocomplete: "new-password"},
	}
}

// PasswordPage changes the own password.
type PasswordPage struct {
	Shell   layout.Shell
	Must    bool              // nothing else can be done before
	Problem string            // why it cannot be changed now
	Fields  map[string]string // old, new, again
}

func (p PasswordPage) inputs() []components.Input {
	old := components.Input{Kind: components.InputPassword, Name: "old", Label: "原密码", Error: p.Fields["old"], Required: true, Autocomplete: "current-password"}
	return append([]components.Input{old}, newPassword(p.Fields)...)
}

// ProfilePage shows who is logged in, where, and what is written down of him.
type ProfilePage struct {
	Shell    layout.Shell
	Facts    []components.Fact
	Sessions []SessionRow
	Trail    []TrailRow
}

// SessionRow is one log-in.
type SessionRow struct {
	ID      string
	Device  string // Chrome 126（Windows）
	Addr    string
	Began   string
	Used    string
	Current bool
}

// TrailRow is one entry of the audit trail.
type TrailRow struct {
	When    string
	Machine string
	What    string // 修改密码
	Object  string // 账号　liaison.zjj
	Note    string // reason and detail
	Addr    string
}

// notePart is a piece of a trail entry's note; one with Full is the beginning of a checksum, which Full has whole.
type notePart struct{ Text, Full string }

// checksum is how a file's checksum is written: 64 hexadecimal digits.
var checksum = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// shownDigits is how much of a checksum is enough to compare at a glance. The receipt has it whole.
const shownDigits = 12

// note splits the entry's note at its checksums.
func (r TrailRow) note() []notePart {
	var parts []notePart
	rest := 0
	for _, at := range checksum.FindAllStringIndex(r.Note, -1) {
		full := r.Note[at[0]:at[1]]
		parts = append(parts, notePart{Text: r.Note[rest:at[0]]}, notePart{Text: full[:shownDigits] + "…", Full: full})
		rest = at[1]
	}
	return append(parts, notePart{Text: r.Note[rest:]})
}

func (r SessionRow) end(csrf string) components.Action {
	return components.Action{Label: "结束", URL: templ.SafeURL(paths.ProfileEnd), Small: true, Post: true, CSRF: csrf,
		Aria: "结束登录：" + r.Device + "，" + r.Began, Hidden: []components.Pair{{Name: "session", Value: r.ID}}}
}

var (
	sessionColumns = []components.Column{{Label: "浏览器"}, {Label: "网络地址"}, {Label: "登录时间"}, {Label: "最近使用"}, {Label: "操作", Actions: true}}
	trailColumns   = []components.Column{{Label: "时间"}, {Label: "动作"}, {Label: "对象"}, {Label: "理由和说明"}, {Label: "网络地址"}}
)
