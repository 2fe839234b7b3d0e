package handlers_test

import (
	"testing"
	"os"

	"taxportal/internal/testkit"
)

func TestExplore(t *testing.T) {
	app := testkit.New(t)
	os.MkdirAll("/tmp/pages", 0o755)
	for user, pages := range map[string][]string{
		"liaison.zjj": {"/", "/filings", "/filings?q=nichts", "/filings/matrix", "/filings/matrix/zjj/2026-10", "/filings/waivers", "/filings/tasks/zjj-02-202610/waiver", "/templates", "/templates/zjj-02"},
		"chief.zjj": {"/"}, "court": {"/"}, "police": {"/"},
		"office": {"/", "/filings", "/filings/inbox", "/filings/matrix", "/filings/waivers"},
		"leader": {"/", "/filings/matrix", "/filings/matrix/zjj/2026-10", "/templates"},
		"tax": {"/"}, "sysadmin": {"/"}, "secadmin": {"/"}, "auditor": {"/"}, "bank": {"/"}, "office.dcf": {"/", "/filings/matrix"},
	} {
		c := app.LoginAs(user)
		for _, p := range pages {
			a := c.Get(p)
			t.Log(user, p, a.Status, len(a.Body))
			name := user
			for _, r := range p { if r == '/' || r=='?' || r=='=' { r = '_' }; name += string(r) }
			os.WriteFile("/tmp/pages/"+name+".html", []byte(a.Body), 0o644)
		}
	}
}
