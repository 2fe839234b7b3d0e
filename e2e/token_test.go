package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

// TestTokenByTheBrowser walks what people do about a unit's own system: the system administrator makes its token, the
// system files with it, liaison and unit leader see by whom, and the token is revoked. The last step goes without script.
func TestTokenByTheBrowser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.work(t)
		admin, liaison, chief := s.as(t, "sysadmin"), s.as(t, "liaison.zjj"), s.as(t, "chief.zjj")
		admin.expects("422")
		admin.open(paths.Admin)
		admin.click("接口令牌")
		admin.wait("还没有接口令牌")
		admin.click("新建令牌")
		admin.click("新建令牌")
		admin.wait("请填写系统名称")
		admin.audit()
		admin.fill("系统名称", "商品房预售许可系统")
		admin.choose("责任人", "市住房城乡建设局 王静（liaison.zjj）")
		admin.click("新建令牌")
		admin.wait("令牌已建立", "只在此处显示这一次")
		admin.audit()
		admin.shot("token-made")
		secret := admin.value("令牌")
		admin.click("已保存，返回清单")
		admin.wait("商品房预售许可系统", "从未使用", "可用")
		admin.not(secret)

		location := s.files(t, secret)
		liaison.open(paths.OwnTokens)
		liaison.wait("商品房预售许可系统", "本单位接口令牌")
		liaison.audit()
		chief.open(paths.Home)
		chief.click("去审签")
		chief.wait("令牌“商品房预售许可系统”")
		chief.shot("token-batch")
		chief.click("审签")
		chief.wait("审签？")
		chief.click("审签")
		chief.wait("已审签")

		admin = s.withoutScript(t, "sysadmin")
		admin.open(paths.Tokens)
		admin.click("吊销")
		admin.wait("吊销这个令牌？")
		admin.fill("吊销理由", "系统改造，停用。")
		admin.click("吊销令牌")
		admin.wait("令牌已吊销，立即失效", "已吊销", "系统改造，停用。")
		admin.shot("token-revoked")
		if status, _ := s.asks(t, secret, http.MethodGet, location, nil); status != http.StatusUnauthorized {
			t.Errorf("a revoked token is answered: %d", status)
		}
	})
}

// files files the task as a unit's system does, and returns the batch's address.
func (s *site) files(t *testing.T, secret string) string {
	t.Helper()
	status, header := s.asks(t, secret, http.MethodPost, paths.ToAPIUpload(task), testkit.Rows(t, "zjj-02", 20).CSV())
	if status != http.StatusAccepted {
		t.Fatalf("upload: %d", status)
	}
	s.settle(t)
	if status, _ := s.asks(t, secret, http.MethodPost, header.Get("Location")+"/submit", nil); status != http.StatusOK {
		t.Fatalf("submit: %d", status)
	}
	return header.Get("Location")
}

// asks sends a program's request over the network.
func (s *site) asks(t *testing.T, secret, method, path string, body []byte) (int, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", "text/csv")
	r.Header.Set("Idempotency-Key", "e2e")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header
}

// value returns what stands in the field with the label.
func (p *person) value(label string) string {
	p.t.Helper()
	text, err := p.ask(fmt.Sprintf(`[...document.querySelectorAll("label")].find((l) => l.textContent.trim().startsWith(%q)).control.value`, label))
	if err != nil {
		p.t.Fatal(err)
	}
	var value string
	if err := json.Unmarshal(text, &value); err != nil {
		p.t.Fatal(err)
	}
	return value
}
