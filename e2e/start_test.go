package e2e_test

import (
	"testing"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/portal"
	"taxportal/internal/testdb"
	"taxportal/internal/testkit"
)

// emptySite returns a portal as it is at its very first start: the plan is there, nobody has an account.
func emptySite(t *testing.T) *site {
	t.Helper()
	t.Parallel()
	app := &testkit.App{Clock: &testkit.Clock{}}
	app.Clock.Set(testkit.Today, 9, 0)
	cfg := portal.Config{DSN: testdb.New(t, testdb.Engines(t)[0], nil), Data: t.TempDir(), Now: app.Clock.Now, Version: "test"}
	p, err := portal.Open(t.Context(), cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	plan, err := testkit.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.LoadPlan(t.Context(), plan, testkit.FirstMonth); err != nil {
		t.Fatal(err)
	}
	app.Portal = p
	return serve(t, app)
}

// TestFirstStart creates the three administrators in one sitting by the one-time link. What was typed comes back when
// something is wrong, but for passwords; afterwards the link is worth nothing and each of the three can log in.
func TestFirstStart(t *testing.T) {
	s := emptySite(t)
	token, err := s.Accounts.SetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := s.visitor(t)
	p.expects("422", "404")
	p.open(paths.ToSetup(token))
	p.wait("系统管理员", "安全管理员", "审计管理员")
	p.keepsTheRules()
	p.audit()
	p.shot("30-setup")

	people := demo.Accounts[:3]
	p.setUp(people, "")
	p.wait("三人的密码都须重新输入")
	p.see(`document.activeElement.className === "gz-errsum"`)
	p.see(`document.querySelectorAll("fieldset")[1].querySelector("input").value === "secadmin"`)
	p.see(`Array.from(document.querySelectorAll("input[type=password]")).every((field) => field.value === "")`)
	p.audit()
	p.shot("31-setup-refused")

	p.setUp(people, demo.Password)
	p.arrive(paths.Login)
	p.wait("三名管理员已建立")
	for _, person := range people {
		s.as(t, person.Username).wait("工作台", person.Name)
	}
	p.open(paths.ToSetup(token))
	p.wait("设置链接已使用过或已过期")
}

// setUp fills in the form of the first start and sends it.
func (p *person) setUp(people []demo.Account, password string) {
	p.t.Helper()
	legend := map[models.Role]string{models.RoleSys: "系统管理员", models.RoleSec: "安全管理员", models.RoleAud: "审计管理员"}
	for _, who := range people {
		p.within = legend[who.Roles[0]]
		p.fill("用户名", who.Username)
		p.fill("姓名", who.Name)
		p.fill("密码", password)
		p.fill("再次输入密码", password)
	}
	p.within = ""
	p.click("建立三名管理员")
}
