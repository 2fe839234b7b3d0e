package adminview

import (
	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// tokenStatuses are the ways in which a token can stand, in the order of the filter.
var tokenStatuses = []struct {
	code  string
	badge components.Badge
}{
	{"active", components.Badge{Family: components.FamilyOK, Word: "可用"}},
	{"expiring", components.Badge{Family: components.FamilyDue, Word: "即将到期"}},
	{"expired", components.Badge{Family: components.FamilyOff, Icon: components.IconHourglass, Word: "已到期"}},
	{"orphaned", components.Badge{Family: components.FamilyLate, Icon: components.IconUserOff, Word: "责任人失效"}},
	{"revoked", components.Badge{Family: components.FamilyOff, Icon: components.IconBan, Word: "已吊销"}},
}

// TokenBadge returns the badge of a token's status.
func TokenBadge(status string) components.Badge {
	for _, s := range tokenStatuses {
		if s.code == status {
			return s.badge
		}
	}
	return components.Badge{}
}

// TokenStatusOptions are the statuses as choices of the filter.
func TokenStatusOptions() []components.Option {
	options := []components.Option{{Label: "全部状态"}}
	for _, s := range tokenStatuses {
		options = append(options, components.Option{Value: s.code, Label: s.badge.Word})
	}
	return options
}

// TokensPage is the list of API tokens: all for the system administrator, those of the own unit for its liaison.
type TokensPage struct {
	Shell  layout.Shell
	Own    bool // the reader only looks at those of the own unit
	Bar    components.FilterBar
	Order  components.Order
	Rows   []TokenRow
	Pages  components.Pages
	Filter string // the filter in words; empty: nothing is filtered
	Clear  string // where the list stands without filter
}

// TokenRow is one token of the list.
type TokenRow struct {
	ID           int64
	Name, Prefix string
	Unit, Person string
	Expires      string
	Used, From   string // 最近使用, and the address it came from
	Status       string
	Note         string // why it was revoked
}

// revocable reports whether there is still something to revoke.
func (r TokenRow) revocable() bool { return r.Status != "revoked" }

func (p TokensPage) title() string {
	if p.Own {
		return "本单位接口令牌"
	}
	return "接口令牌"
}

func (p TokensPage) head() components.Head {
	head := components.Head{Title: p.title()}
	if !p.Own {
		head.Actions = []components.Action{{Label: "新建令牌", URL: templ.SafeURL(paths.TokenNew), Icon: components.IconKey, Style: components.StylePrimary}}
	}
	return head
}

func (p TokensPage) next() components.Next {
	sentence := "业务系统凭令牌以本单位信息联络员的身份报送；审签和受理仍由人办理。令牌丢失、外泄或责任人变动的，请立即吊销。"
	if p.Own {
		sentence = "本单位的业务系统凭这些令牌报送，所报批次仍由分管负责人审签。需要新建、续期或吊销的，请联系系统管理员。"
	}
	return components.Next{Tone: components.ToneCalm, Sentence: components.Sentence{components.Plain(sentence)}}
}

func (p TokensPage) grid() components.Grid {
	grid := components.Grid{Label: "令牌清单", Columns: []components.Column{
		p.Order.Column("系统名称", "name", components.SortAscending), {Label: "令牌开头"}, p.Order.Column("单位", "unit", components.SortAscending),
		{Label: "责任人"}, p.Order.Column("有效至", "expires", components.SortAscending), p.Order.Column("最近使用", "-used", components.SortDescending), {Label: "状态"},
	}}
	if !p.Own {
		grid.Columns = append(grid.Columns, components.Column{Label: "操作", Actions: true})
	}
	if len(p.Rows) == 0 {
		grid.Empty = p.nothing()
	}
	return grid
}

func (p TokensPage) nothing() *components.Nothing {
	switch {
	case p.Filter != "":
		return &components.Nothing{Icon: components.IconKey, Title: "没有符合条件的令牌", Text: "没有" + p.Filter + "的令牌。可放宽条件或清除条件再查。",
			Actions: []components.Action{{Label: "清除条件", URL: templ.SafeURL(p.Clear)}}}
	case p.Own:
		return &components.Nothing{Icon: components.IconKey, Title: "本单位还没有接口令牌", Text: "本单位有业务系统可以自动报送的，请联系系统管理员建立令牌；人工上传不需要令牌。"}
	}
	return &components.Nothing{Icon: components.IconKey, Title: "还没有接口令牌", Text: "单位的业务系统需要自动报送的，为它建立一个令牌，交给责任人配置。"}
}

func (r TokenRow) revoke() components.Action {
	return components.Action{Label: "吊销", URL: templ.SafeURL(paths.ToTokenRevoke(r.ID)), Small: true, Aria: "吊销令牌：" + r.Name}
}

// NewTokenPage is the form of a new token. What was typed comes back.
type NewTokenPage struct {
	Shell              layout.Shell
	People             []models.Account
	Name, Person, Days string
	Fields             map[string]string // name, person, days, unit
}

func (p NewTokenPage) inputs() []components.Input {
	people := []components.Option{{Label: "请选择责任人"}}
	for _, a := range p.People {
		people = append(people, components.Option{Value: a.Username, Label: a.Unit.Name + "　" + a.Name + "（" + a.Username + "）"})
	}
	return []components.Input{
		{Name: "name", Label: "系统名称", Value: p.Name, Error: p.Fields["name"], Required: true, MaxLength: 40, Autocomplete: "off",
			Hint: "用令牌报送的业务系统，如“商品房预售许可系统”。报送记录和审计日志会写明它。"},
		{Kind: components.InputSelect, Name: "person", Label: "责任人", Value: p.Person, Error: p.Fields["person"], Required: true, Options: people,
			Hint: "令牌属于责任人所在的单位。责任人须是该单位的信息联络员或经办人；离任或停用后，令牌随即失效。"},
		{Name: "days", Label: "有效期（天）", Value: p.Days, Error: p.Fields["days"], Required: true, Numeric: true, Width: components.WidthShort,
			Hint: "1 至 1095 天，一般为 365 天；到期后须换新令牌。"},
	}
}

// MadeTokenPage shows a token that was made just now, this once.
type MadeTokenPage struct {
	Shell  layout.Shell
	Secret string
	Facts  []components.Fact
}

func (p MadeTokenPage) input() components.Input {
	return components.Input{Name: "secret", Label: "令牌", Value: p.Secret, ReadOnly: true,
		Hint: "全选后复制，配置到业务系统中。平台只保存校验值，遗失的不能找回，只能吊销后新建。"}
}

// RevokePage asks before a token is revoked.
type RevokePage struct {
	Shell  layout.Shell
	ID     int64
	What   string // 市住房城乡建设局“预售许可系统”（gz_Ab12Cd34）
	Reason string
	Fields map[string]string // reason
}

func (p RevokePage) confirm() components.Confirm {
	return components.Confirm{
		ID: "revoke", Icon: components.IconBan, Title: "吊销这个令牌？", Label: "吊销令牌", Danger: true,
		Text:   components.Sentence{components.Plain(p.What + "将立即不能再报送或查询，吊销后不能恢复；已报送的批次不受影响。")},
		Action: templ.SafeURL(paths.ToTokenRevoke(p.ID)), CSRF: p.Shell.CSRF, BackURL: templ.SafeURL(paths.Tokens),
		Fields: []components.Input{{Kind: components.InputTextarea, Name: "reason", Label: "吊销理由", Value: p.Reason, Error: p.Fields["reason"], Required: true,
			Rows: 3, MaxLength: 500, Hint: "如：令牌外泄、责任人调离、系统停用。记入审计日志。"}},
	}
}
