package handlers_test

import (
	"os"
	"testing"
	"strings"

	"taxportal/internal/services/filing"
	"taxportal/internal/models"
)

func TestShots(t *testing.T) {
	w := newTown(t)
	code := w.accepted("ZJJ-02-202610", 300)
	_ = code
	w.accepted("FGW-05-202610", 40)
	w.filed("ZRZY-01-202610", 200)
	w.day("2026-12-10")
	w.filed("ZJJ-02-202611", 300)
	w.upload("FGW-05-202611", 33)
	w.day("2027-01-11")
	ret := w.filed("FGW-05-202612", 40)
	w.move("office", ret, models.VerbReturn, filing.MoveInput{Reason: "“核定载质量”列有 6 行单位写成公斤，请改为吨。", Due: "2027-01-20"})
	wv, err := w.Filing.RaiseWaiver(t.Context(), w.As("liaison.zjj"), "ZJJ-02-202610", filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "发现 3 行面积有误，需要更正。"})
	w.ok(err)
	wv2, err := w.Filing.RaiseWaiver(t.Context(), w.As("office2"), "ZRZY-01-202612", filing.WaiverInput{Kind: models.WaiverExempt, Reason: "系统切换，本期数据并入下期报送。"})
	w.ok(err)
	os.RemoveAll("/tmp/site"); os.MkdirAll("/tmp/site", 0o755)
	w1, w2 := strings.ToLower(wv.Code), strings.ToLower(wv2.Code)
	pages := map[string][]string{
		"liaison.fgw": {"/", "/?tab=week"}, "liaison.zrzy": {"/"},
		"liaison.zjj": {"/", "/filings", "/filings?q=nichts", "/filings/matrix", "/filings/matrix/zjj/2026-10", "/filings/waivers", "/filings/tasks/zjj-02-202612/waiver", "/templates", "/templates/zjj-02", "/filings/waivers/"+w1},
		"chief.zjj": {"/"}, "police": {"/"},
		"office": {"/", "/filings", "/filings/inbox", "/filings/matrix", "/filings/waivers", "/filings/inbox/return?code=ZJJ-02-202611-1&code=ZRZY-01-202610-1&code=X", "/filings/waivers/"+w2, "/filings/waivers/"+w2+"/confirm", "/filings/waivers/"+w1+"/refuse"},
		"leader": {"/", "/filings/matrix", "/filings/matrix/zrzy/2026-11"},
		"sysadmin": {"/"}, "auditor": {"/"}, "bank": {"/"}, "office.dcf": {"/", "/filings/matrix"},
	}
	var list strings.Builder
	for user, pp := range pages {
		c := w.as(user)
		for _, p := range pp {
			a := c.Get(p)
			if a.Status != 200 { t.Error(user, p, a.Status) }
			name := user + strings.NewReplacer("/", "_", "?", "_", "=", "_", "&", "_").Replace(p)
			os.WriteFile("/tmp/site/"+name+".html", []byte(a.Body), 0o644)
			list.WriteString(name + "\n")
		}
	}
	os.WriteFile("/tmp/site/list", []byte(list.String()), 0o644)
	a := w.as("office").Get("/")
	for _, line := range strings.Split(a.Body, "\"") {
		if strings.HasPrefix(line, "/static/") { p := strings.Split(line, "#")[0]; s := w.as("office").Get(p); d := "/tmp/site" + p; os.MkdirAll(d[:strings.LastIndexByte(d, '/')], 0o755); os.WriteFile(d, []byte(s.Body), 0o644) }
	}
}
