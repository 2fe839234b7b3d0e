package handlers_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
	"taxportal/web/views/adminview"
	"taxportal/web/views/components"
)

var secretPattern = regexp.MustCompile(`gz_[A-Za-z0-9_-]{43}`)

// made makes a token by its form and returns its secret and its id.
func (w *town) made(name, person string) (secret string, id int64) {
	w.t.Helper()
	page := w.as("sysadmin").Post(paths.TokenNew, values("name", name, "person", person, "days", "365")).WantStatus(201)
	secret = page.Doc().Find("input[name=secret]").AttrOr("value", "")
	var t models.APIToken
	w.ok(w.DB.Read.Where("name = ?", name).Order("id DESC").Take(&t).Error)
	return secret, t.ID
}

func TestTokens_areMadeAndShownOnce(t *testing.T) {
	w := newTown(t)
	w.as("sysadmin").Get(paths.Tokens).WantStatus(200).Want("还没有接口令牌", "新建令牌").Not("导出")
	form := w.as("sysadmin").Get(paths.TokenNew).WantStatus(200).Want("责任人", "有效期")
	options := words(form.Doc().Find("select[name=person]"))
	if !strings.Contains(options, "市住房城乡建设局 王静（liaison.zjj）") || strings.Contains(options, "chief.zjj") || strings.Contains(options, "office") {
		t.Errorf("people: %s", options)
	}
	secret, _ := w.made("预售许可系统", "liaison.zjj")
	if !secretPattern.MatchString(secret) {
		t.Fatalf("secret %q", secret)
	}
	list := w.as("sysadmin").Get(paths.Tokens).WantStatus(200).Want("预售许可系统", secret[:11]+"…", "市住房城乡建设局", "王静（liaison.zjj）", "从未使用", "可用", "导出")
	if secretPattern.MatchString(list.Body) {
		t.Error("the secret is shown again")
	}
	p := &program{t: t, app: w.App, doc: readDescription(t), token: secret, addr: "192.0.2.7:1"}
	p.get(paths.APITasks).want(200)
	w.Accounts.WriteUses(t.Context())
	w.as("sysadmin").Get(paths.Tokens).WantStatus(200).Want("192.0.2.7").Not("从未使用")
}

func TestTokens_whatWasTypedComesBackWithItsFaults(t *testing.T) {
	w := newTown(t)
	w.made("预售许可系统", "liaison.zjj")
	for _, tt := range []struct{ name, person, days, field, want string }{
		{"", "liaison.zjj", "30", "name", "请填写系统名称"},
		{"预售许可系统", "liaison.zjj", "30", "name", "已有名为"},
		{"新系统", "", "30", "person", "请填写责任人"},
		{"新系统", "chief.zjj", "30", "person", "信息联络员或经办人"},
		{"新系统", "liaison.zjj", "一年", "days", "1 至 1095 天"},
		{"新系统", "liaison.zjj", "99999999999999999999", "days", "1 至 1095 天"},
		{"新系统", "liaison.zjj", "", "days", "1 至 1095 天"},
	} {
		page := w.as("sysadmin").Post(paths.TokenNew, values("name", tt.name, "person", tt.person, "days", tt.days)).WantStatus(422).Want(tt.want)
		doc := page.Doc()
		readable(t, doc)
		if doc.Find("[name="+tt.field+"][aria-invalid=true]").Length() != 1 || doc.Find("[name=name]").AttrOr("value", "") != tt.name ||
			doc.Find("[name=days]").AttrOr("value", "") != tt.days {
			t.Errorf("%+v: the fault is not at its field, or what was typed is lost", tt)
		}
		if secretPattern.MatchString(page.Body) {
			t.Errorf("%+v: a secret", tt)
		}
	}
}

func TestTokens_areRevokedWithAReason(t *testing.T) {
	w := newTown(t)
	secret, id := w.made("预售许可系统", "liaison.zjj")
	w.as("sysadmin").Get(paths.ToTokenRevoke(id)).WantStatus(200).Want("吊销这个令牌", "市住房城乡建设局“预售许可系统”")
	w.as("sysadmin").Post(paths.ToTokenRevoke(id), values("reason", " ")).WantStatus(422).Want("请填写吊销理由")
	w.as("sysadmin").Post(paths.ToTokenRevoke(id), values("reason", "令牌外泄")).WantStatus(303)
	w.as("sysadmin").Get(paths.Tokens).WantStatus(200).Want("令牌已吊销，立即失效", "已吊销", "令牌外泄").Not("吊销令牌：")
	w.as("sysadmin").Post(paths.ToTokenRevoke(id), values("reason", "再来")).WantStatus(409)
	w.as("sysadmin").Get(paths.ToTokenRevoke(id)).WantStatus(409).Want("吊销")
	w.as("sysadmin").Get(paths.ToTokenRevoke(id + 9)).WantStatus(404)
	p := &program{t: t, app: w.App, doc: readDescription(t), token: secret, addr: "192.0.2.7:1"}
	p.get(paths.APITasks).problem(401, "unauthenticated", "吊销")
	w.as("auditor").Get(paths.Audit+"?object=token").WantStatus(200).Want("接口令牌", "建立令牌", "吊销令牌", "令牌被拒", "令牌外泄")
}

func TestTokens_aLiaisonSeesThoseOfTheOwnUnit(t *testing.T) {
	w := newTown(t)
	w.made("预售许可系统", "liaison.zjj")
	w.made("项目审批系统", "liaison.fgw")
	w.made("车管系统", "liaison.ga-jj")
	page := w.as("liaison.zjj").Get(paths.OwnTokens).WantStatus(200).Want("预售许可系统", "本单位接口令牌").Not("项目审批系统", "车管系统")
	readable(t, page.Doc())
	if page.Doc().Find("main a[href*=revoke], main a[href*=new], main form[method=post]").Length() != 0 {
		t.Error("a liaison can change tokens")
	}
	w.as("police").Get(paths.OwnTokens).WantStatus(200).Want("车管系统").Not("预售许可系统") // of the sub-unit
	w.as("liaison.zjj").Get(paths.OwnTokens+"?q=nichts").WantStatus(200).Want("没有符合条件的令牌", "清除条件")
	w.as("liaison.kj").Get(paths.OwnTokens).WantStatus(200).Want("本单位还没有接口令牌")
	w.as("liaison.zjj").Get(paths.Profile).WantStatus(200).Want("本单位接口令牌")
	w.as("chief.zjj").Get(paths.Profile).WantStatus(200).Not("本单位接口令牌")
}

func TestTokens_everyStatusHasItsBadge(t *testing.T) {
	for _, s := range accounts.TokenStatuses {
		if adminview.TokenBadge(string(s)).Word == "" || !slices.ContainsFunc(adminview.TokenStatusOptions(), func(o components.Option) bool { return o.Value == string(s) }) {
			t.Errorf("%s has no badge or cannot be chosen", s)
		}
	}
}

func TestTokens_areFoundSortedAndExported(t *testing.T) {
	w := newTown(t)
	w.made("预售许可系统", "liaison.zjj")
	_, gone := w.made("项目审批系统", "liaison.fgw")
	w.as("sysadmin").Post(paths.ToTokenRevoke(gone), values("reason", "停用")).WantStatus(303)
	w.as("sysadmin").Get(paths.Tokens).WantStatus(200)
	w.as("sysadmin").Get(paths.Tokens + "?unit=fgw").WantStatus(200).Want("项目审批系统").Not("预售许可系统")
	w.as("sysadmin").Get(paths.Tokens + "?status=active&sort=name").WantStatus(200).Want("预售许可系统").Not("项目审批系统")
	w.as("sysadmin").Get(paths.Tokens + "?q=liaison.fgw").WantStatus(200).Want("项目审批系统").Not("预售许可系统")
	w.as("sysadmin").Get(paths.Tokens + "?q=%25").WantStatus(200).Want("没有符合条件的令牌")
	w.as("sysadmin").Get(paths.Tokens + "?page=9").WantStatus(303)
	page := w.as("sysadmin").Get(paths.Tokens + "?sort=-used").WantStatus(200).Doc()
	readable(t, page)
	if got := words(page.Find("th[aria-sort=descending]")); got != "最近使用" {
		t.Errorf("ordered by %q", got)
	}
	book := w.as("sysadmin").Get(paths.TokensExport + "?status=revoked").WantStatus(200)
	file, err := excelize.OpenReader(bytes.NewReader([]byte(book.Body)))
	w.ok(err)
	defer file.Close()
	rows, err := file.GetRows(file.GetSheetName(0))
	w.ok(err)
	text := ""
	for _, row := range rows {
		text += strings.Join(row, "|") + "\n"
	}
	if !strings.Contains(text, "项目审批系统") || strings.Contains(text, "预售许可系统") || secretPattern.MatchString(text) {
		t.Errorf("exported:\n%s", text)
	}
	if n := len(trailOf(t, w.App, "token", "export")); n != 1 {
		t.Errorf("%d entries of the trail", n)
	}
	few := w.Queries(func() { w.as("sysadmin").Get(paths.Tokens + "?unit=fgw") })
	for _, name := range []string{"甲", "乙", "丙", "丁"} {
		w.made(name, "liaison.fgw")
	}
	if many := w.Queries(func() { w.as("sysadmin").Get(paths.Tokens + "?unit=fgw") }); many > few {
		t.Errorf("%d queries for one token, %d for five", few, many)
	}
}
