// Package layout holds the frame of every page: header, navigation, way back, foot, and the print frame.
//
// A page is layout.Page(shell) around its own content; pages without a session use layout.Bare, receipts and other
// papers layout.Document. Shell is filled by the handlers' render function; the views of a page never look
// anything up. Nothing here knows a role or an address: entries appear only as they are given.
package layout

import (
	"encoding/json"
	"strconv"

	"github.com/a-h/templ"

	"taxportal/web/views/components"
)

// Product is the name of the portal.
const Product = "聊城市税收共治平台"

// Notice of the law that stands on every page, on the screen and on paper.
const unclassified = "非涉密系统，严禁处理国家秘密"

// Shell is everything around the content of a page, as plain data.
type Shell struct {
	Title        string // of the browser window: the thing and its period
	Crumbs       []Crumb
	Nav          []NavItem
	User         User
	Jurisdiction string // 聊城市本级
	CSRF         string
	MessageCount int // unread
	Flash        []components.Notice
	Search       string // what was searched for
	Now          string // when the page was made, in words: 2026年11月23日 15:20
	Across       bool   // printed across the sheet
	Version      string
	Support      string // whom to call: 0635-0000000
	Organiser    string // on pages without a session: 聊城市税收共治工作领导小组办公室（市财政局）
	DemoBanner   bool   // all data is invented, and every page says so

	HomeURL     templ.SafeURL
	SearchURL   templ.SafeURL // empty: no search
	HelpURL     templ.SafeURL // empty: no help
	MessagesURL templ.SafeURL // empty: no messages
	LogoutURL   templ.SafeURL // receives a POST; empty: no user menu

	// RefreshSeconds reloads the page for readers without script, on pages that show work under way; 0: never.
	RefreshSeconds int
	// RefreshURL is the page's own address without a fragment: with one, which the browser keeps after a form was sent, a
	// refresh without an address would only scroll. Empty: the address that the browser shows.
	RefreshURL string
}

// Crumb is one step of the way back; the last one is the page itself and has no address.
type Crumb struct {
	Label string
	URL   templ.SafeURL
}

// NavItem is one capability in the navigation, or one of its pages.
type NavItem struct {
	Icon     components.IconName // not for children
	Label    string
	URL      templ.SafeURL
	Current  bool // the page itself
	Open     bool // the page is one of the children, which are shown
	Count    int  // things that wait; 0 shows nothing
	Late     bool // one of them is late
	Rule     bool // a rule above: the everyday entries come first, the rest below
	Children []NavItem
}

// User is who is logged in.
type User struct {
	Name     string
	UnitName string
	Post     string                // 信息联络员; may be empty
	Menu     []components.TextLink // 个人资料, 修改密码
}

// place returns unit and post in one line.
func (u User) place() string {
	if u.UnitName == "" || u.Post == "" {
		return u.UnitName + u.Post
	}
	return u.UnitName + " · " + u.Post
}

// title returns what the browser shows above the page.
func (s Shell) title() string {
	if s.Title == "" {
		return Product
	}
	return s.Title + " - " + Product
}

// headers returns the header that htmx sends with every request, so that the token need not stand in each form.
func (s Shell) headers() string {
	text, err := json.Marshal(map[string]string{"X-CSRF-Token": s.CSRF})
	if err != nil {
		return "{}" // a map of strings is always encodable
	}
	return string(text)
}

// where returns product and jurisdiction, as they stand on paper.
func (s Shell) where() string {
	if s.Jurisdiction == "" {
		return Product
	}
	return Product + " · " + s.Jurisdiction
}

// printed returns who printed the page and when.
func (s Shell) printed() string {
	line := "打印：" + s.User.Name + "　" + s.Now + "　内部资料，注意保管"
	if s.DemoBanner {
		line += "　" + demoWords
	}
	return line
}

const demoWords = "演示数据，均为虚构"

// about returns the technical line of the foot.
func (s Shell) about() string {
	line := ""
	for _, part := range []struct{ label, value string }{
		{"技术支持：", s.Support}, {"版本 ", s.Version}, {"数据截至 ", s.Now},
	} {
		if part.value == "" {
			continue
		}
		if line != "" {
			line += "　"
		}
		line += part.label + part.value
	}
	return line
}

func (s Shell) refresh() string {
	seconds := strconv.Itoa(s.RefreshSeconds)
	if s.RefreshURL == "" {
		return seconds
	}
	return seconds + "; url=" + s.RefreshURL
}

// htmxConfig keeps htmx within the content security policy and lets answers with a meaning be shown:
// 422 is the form with its errors and goes where the form was; other refusals are a short notice and go to
// the notices above the page, so that no error page lands in a table.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,` +
	`"historyCacheSize":0,"selfRequestsOnly":true,"responseHandling":[` +
	`{"code":"204","swap":false},` +
	`{"code":"[23]..","swap":true},` +
	`{"code":"422","swap":true},` +
	`{"code":"[45]..","swap":true,"error":true,"target":"#flash","swapOverride":"innerHTML"}]}`
