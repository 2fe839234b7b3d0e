package e2e_test

import (
	"testing"

	"taxportal/internal/paths"
)

// TestErrorPages opens the pages that say no: they keep the rules of every page and lead back.
func TestErrorPages(t *testing.T) {
	s := newSite(t)
	liaison, guest := s.as(t, "liaison.zjj"), s.visitor(t)
	for _, c := range []struct {
		name, path, status string
		says               []string
	}{
		{"what the role does not allow", paths.Admin, "403", []string{"没有"}},
		{"no such page", "/nowhere", "404", []string{"没有"}},
		{"a task of another unit", paths.ToTask("FGW-05-202610"), "404", []string{"没有"}},
	} {
		liaison.expects(c.status)
		liaison.open(c.path)
		liaison.wait(c.says...)
		liaison.keepsTheRules()
		liaison.audit()
		liaison.shot("error-" + c.status)
		t.Log(c.name)
	}
	guest.expects("404")
	guest.open("/nowhere")
	guest.audit()
	if err := s.App.DB.Close(); err != nil {
		t.Fatal(err)
	}
	liaison.expects("503")
	liaison.open(paths.Filings)
	liaison.wait("系统暂时不能办理")
	liaison.audit()
	liaison.shot("error-503")
}
