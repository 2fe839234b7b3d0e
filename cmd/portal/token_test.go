package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/testdb"
	"taxportal/internal/testkit"
)

func TestToken_TheWholeLifeOfAToken(t *testing.T) {
	data := t.TempDir()
	must(t, "migrate", "--data", data)
	must(t, "seed", "--data", data)
	must(t, "user", "create", "li.si", "--name", "李四", "--unit", "zjj", "--role", "liaison", "--data", data)
	wants(t, must(t, "token", "list", "--data", data), "")
	for _, step := range []struct {
		args string
		code int
		want string
	}{
		{"create --name 系统", 1, "--unit zjj"},
		{"create --unit zjj", 1, "请填写系统名称"},
		{"create --unit nowhere --name 系统", 1, "没有在任的信息联络员"},
		{"create --unit fgw --name 系统", 1, "没有在任的信息联络员"},
		{"create --unit fgw --name 系统 --person li.si", 1, "信息联络员或经办人"},
		{"create --unit zjj --name 系统 --days 0", 1, "1 至 1095 天"},
		{"create --unit ZJJ --name 预售系统 --person LI.SI --days 30", 0, "责任人 李四（li.si）"},
		{"create --unit zjj --name 预售系统", 1, "已有名为“预售系统”的令牌"},
		{"list", 0, "zjj\t预售系统\tli.si"},
		{"list --search 李", 0, "即将到期"},
		{"revoke one --reason 试", 1, "数字"},
		{"revoke 99 --reason 试", 1, "没有这个令牌"},
		{"revoke 1", 1, "吊销理由"},
		{"revoke 1 --reason 停用", 0, "已吊销"},
		{"revoke 1 --reason 停用", 1, "已经吊销"},
		{"list", 0, "已吊销"},
	} {
		out, code := command(t, append([]string{"token", "--data", data}, strings.Fields(step.args)...)...)
		if code != step.code || !strings.Contains(out, step.want) {
			t.Errorf("token %s: exit code %d, want %d with %q:\n%s", step.args, code, step.code, step.want, out)
		}
	}
	wants(t, must(t, "audit", "verify", "--data", data), "审计日志完好")
}

// TestToken_TheSecretStandsAloneOnStandardOutput holds that a script can take it.
func TestToken_TheSecretStandsAloneOnStandardOutput(t *testing.T) {
	data := t.TempDir()
	must(t, "migrate", "--data", data)
	must(t, "seed", "--data", data)
	must(t, "user", "create", "li.si", "--name", "李四", "--unit", "zjj", "--role", "liaison", "--data", data)
	if secret := newToken(t, "--data", data); !regexp.MustCompile(`^gz_[A-Za-z0-9_-]{43}$`).MatchString(secret) {
		t.Errorf("printed %q", secret)
	}
}

// newToken makes a token of 市住房城乡建设局 by command and returns what a script would take.
func newToken(t *testing.T, args ...string) string {
	t.Helper()
	var out, told bytes.Buffer
	if code := execute(t.Context(), append([]string{"token", "create", "--unit", "zjj", "--name", "商品房预售许可系统"}, args...), &out, &told); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, &out, &told)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// journey is the guide's script.
var journey = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestAPI_TheGuidesScriptDrivesThePortal runs the script of docs/api.zh-CN.md as it stands, with the real curl, against the
// real server: token, tasks, batch, findings, submit.
func TestAPI_TheGuidesScriptDrivesThePortal(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.zh-CN.md"))
	if err != nil {
		t.Fatal(err)
	}
	script := journey.FindSubmatch(guide)
	if script == nil {
		t.Fatal("the guide has no script")
	}
	last := models.Period(time.Now().In(models.Zone).AddDate(0, -1, 1-time.Now().In(models.Zone).Day()).Format("2006-01"))
	for _, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			dsn, data := testdb.New(t, engine, nil), t.TempDir()
			at := []string{"--db", dsn, "--data", data}
			must(t, append([]string{"migrate"}, at...)...)
			must(t, append([]string{"seed", "--from", string(last)}, at...)...)
			must(t, append([]string{"user", "create", "li.si", "--name", "李四", "--unit", "zjj", "--role", "liaison"}, at...)...)
			secret := newToken(t, at...)
			s := start(t, at...)
			for _, tt := range []struct {
				name string
				rows []byte
				want []string
			}{
				{"faults", testkit.RowsOf(t, "zjj-02", last, 20).Set(3, "developer_uscc", "91371500MA3DEM0007").CSV(), []string{"状态 errors", `"rule":"`, `"row":5`}},
				{"clean", testkit.RowsOf(t, "zjj-02", last, 20).CSV(), []string{"状态 clean", `"state":"signing"`}},
			} {
				file := filepath.Join(t.TempDir(), tt.name+".csv")
				if err := os.WriteFile(file, tt.rows, 0o600); err != nil {
					t.Fatal(err)
				}
				run := exec.CommandContext(t.Context(), "sh", "-eu", "-c", string(script[1]))
				run.Env = append(os.Environ(), "PORTAL="+s.url, "TOKEN="+secret, "TASK="+models.TaskCode("zjj-02", last), "FILE="+file)
				out, err := run.CombinedOutput()
				if err != nil {
					t.Fatalf("%s: %v\n%s", tt.name, err, out)
				}
				wants(t, string(out), append(tt.want, `"items":[`, `"fields":`, "批次 /api/v1/batches/zjj-02-")...)
			}
			if err := s.stop(); err != nil {
				t.Fatal(err)
			}
			wants(t, must(t, append([]string{"token", "list"}, at...)...), "商品房预售许可系统", "可用")
			wants(t, must(t, append([]string{"audit", "verify"}, at...)...), "审计日志完好")
		})
	}
}
