package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"taxportal/internal/testdb"
)

// command runs one command line and returns what it prints and its exit code.
func command(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = execute(t.Context(), args, &stdout, &stderr)
	return stdout.String() + stderr.String(), code
}

// must is command for a command that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	out, code := command(t, args...)
	if code != 0 {
		t.Fatalf("portal %s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// wants fails the test unless text contains all words.
func wants(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("no %q in:\n%s", word, text)
		}
	}
}

// server is a running portal serve.
type server struct {
	url  string
	out  *bytes.Buffer
	stop func() error
}

var startedAt = regexp.MustCompile(`平台已启动：(\S+)/`)

// start runs serve until stop is called.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done, logs := make(chan int, 1), &bytes.Buffer{}
	go func() {
		done <- execute(ctx, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...), writer, logs)
		writer.Close()
	}()
	s := &server{out: &bytes.Buffer{}}
	s.stop = func() error {
		cancel()
		select {
		case code := <-done:
			done <- code
			if code != 0 {
				return exit(code)
			}
			return nil
		case <-time.After(time.Minute):
			return context.DeadlineExceeded
		}
	}
	t.Cleanup(func() { _ = s.stop() })
	buffer := make([]byte, 4096)
	for {
		n, err := reader.Read(buffer)
		s.out.Write(buffer[:n])
		if found := startedAt.FindStringSubmatch(s.out.String()); found != nil {
			s.url = found[1]
			return s
		}
		if err != nil {
			t.Fatalf("serve ended: %v\n%s\n%s", err, s.out, logs)
		}
	}
}

func (s *server) get(t *testing.T, path string) int {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func TestServe_FirstStartPrintsTheSetUpLinkAndTheKey(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			dsn, data := testdb.New(t, engine, nil), t.TempDir()
			s := start(t, "--db", dsn, "--data", data)
			wants(t, s.out.String(), "/setup/", "三名管理员", "密钥文件是新建的", filepath.Join(data, "keys", "portal.key"))
			if strings.Contains(s.out.String(), "Demo@2026") {
				t.Error("a default password without --demo")
			}
			link := regexp.MustCompile(`/setup/\S+`).FindString(s.out.String())
			for path, want := range map[string]int{link: 200, "/setup/wrong": 404, "/": 303, "/login": 200, "/healthz": 200, "/readyz": 200, "/metrics": 404} {
				if got := s.get(t, path); got != want {
					t.Errorf("GET %s: %d, want %d", path, got, want)
				}
			}
			if err := s.stop(); err != nil {
				t.Fatal(err)
			}
			again := start(t, "--db", dsn, "--data", data, "--metrics", "--url", "https://portal.example/")
			wants(t, again.out.String(), "https://portal.example/setup/")
			if strings.Contains(again.out.String(), "密钥文件是新建的") {
				t.Error("the key is new a second time")
			}
			if err := again.stop(); err != nil {
				t.Fatal(err)
			}
			wants(t, must(t, "audit", "verify", "--db", dsn, "--data", data), "审计日志完好")
		})
	}
}

func TestServe_DemoIsLoadedOnceAndKept(t *testing.T) {
	data := t.TempDir()
	s := start(t, "--demo", "--data", data, "--metrics")
	wants(t, s.out.String(), "Demo@2026", "liaison.zjj", "王静", "市住房城乡建设局 · 信息联络员")
	if s.get(t, "/metrics") != 200 || s.get(t, "/login") != 200 {
		t.Error("the demo does not answer")
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	entries := must(t, "audit", "verify", "--data", data)
	again := start(t, "--demo", "--data", data)
	if strings.Contains(again.out.String(), "正在装入") {
		t.Error("the demo is loaded a second time")
	}
	if err := again.stop(); err != nil {
		t.Fatal(err)
	}
	wants(t, entries, "审计日志完好")

	used := t.TempDir()
	must(t, "migrate", "--data", used)
	must(t, "seed", "--data", used)
	out, code := command(t, "serve", "--demo", "--data", used, "--addr", "127.0.0.1:0")
	if code != 1 {
		t.Error("the demo goes into a database in use")
	}
	wants(t, out, "空数据库")
}

func TestServe_OnATakenAddressLeavesTheRunningPortalAlone(t *testing.T) {
	data := t.TempDir()
	s := start(t, "--data", data)
	upload := filepath.Join(data, "tmp", "upload-under-way")
	if err := os.WriteFile(upload, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(s.url, "http://")
	out, code := command(t, "serve", "--data", data, "--addr", address)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	wants(t, out, address+" 已被占用", "--addr")
	if _, err := os.Stat(upload); err != nil {
		t.Errorf("the temporary files of the running portal: %v", err)
	}
	if out, code := command(t, "serve", "--data", data, "--addr", "nonsense"); code != 1 || !strings.Contains(out, "127.0.0.1:8080 的形式") {
		t.Errorf("no address: %d, %s", code, out)
	}
}

func TestServe_OnePortalServesADataFolder(t *testing.T) {
	data := t.TempDir()
	s := start(t, "--data", data)
	upload := filepath.Join(data, "files", "incoming", "put-under-way")
	if err := os.WriteFile(upload, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{nil, {"--db", "sqlite:" + filepath.Join(t.TempDir(), "other.db")}} { // it is the folder that counts
		out, code := command(t, append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0"}, more...)...)
		if code != 1 {
			t.Errorf("a second portal: exit code %d", code)
		}
		wants(t, out, "数据目录 "+data+" 已有平台在运行", "--data")
	}
	beside := [][]string{
		{"audit", "verify"}, {"user", "create", "li.si", "--name", "李四", "--unit", "zjj"}, {"user", "list"}, {"token", "list"}, {"seed"}, {"migrate"},
		{"backup", filepath.Join(t.TempDir(), "portal.tar.gz")},
	}
	for _, args := range beside {
		must(t, append(args, "--data", data)...)
	}
	if _, err := os.Stat(upload); err != nil {
		t.Errorf("the upload under way: %v", err)
	}
	if s.get(t, "/readyz") != 200 {
		t.Error("the running portal is ready no more")
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if err := start(t, "--data", data).stop(); err != nil {
		t.Errorf("after the first has stopped: %v", err)
	}
}

func TestMigrate_TellsOfTheKeyThatItMade(t *testing.T) {
	data := t.TempDir()
	wants(t, must(t, "migrate", "--data", data), "密钥文件是新建的", filepath.Join(data, "keys", "portal.key"))
	if strings.Contains(must(t, "migrate", "--data", data), "密钥文件") {
		t.Error("the key is new a second time")
	}
}

func TestPostgres_IsMigratedWhenToldTo(t *testing.T) {
	for _, engine := range testdb.Engines(t) {
		if engine != testdb.Postgres {
			continue
		}
		dsn, data := testdb.New(t, engine, nil), t.TempDir()
		out, code := command(t, "audit", "verify", "--db", dsn, "--data", data)
		if code != 1 {
			t.Error("a command works on an empty database")
		}
		wants(t, out, "portal migrate")
		wants(t, must(t, "migrate", "--db", dsn, "--data", data), "最新")
		wants(t, must(t, "migrate", "--db", dsn, "--data", data), "最新")
		wants(t, must(t, "seed", "--db", dsn, "--data", data, "--from", "2026-01"), "方案已装入")
	}
}

func TestUser_TheWholeLifeOfAnAccount(t *testing.T) {
	data := t.TempDir()
	must(t, "migrate", "--data", data)
	must(t, "seed", "--data", data)
	wants(t, must(t, "user", "list", "--data", data), "没有账号")
	user := func(args ...string) (string, int) {
		return command(t, append([]string{"user", "--data", data}, args...)...)
	}
	for _, step := range []struct {
		args string
		code int
		want string
	}{
		{"create li.si --name 李四 --unit zjj --role liaison --url https://portal.example", 0, "https://portal.example/link/"},
		{"create li.si --name 李四 --unit zjj", 1, "已被使用"},
		{"create x --name 李四 --unit zjj", 1, "用户名"},
		{"create wang.wu --name 王五 --unit nowhere", 1, "没有这个单位"},
		{"create wang.wu --name 王五 --unit zjj --role boss", 1, "没有角色 boss"},
		{"create wang.wu --name 王五 --unit zjj --role liaison --role office", 1, "“领导小组办公室”不能由“市住房城乡建设局”的账号担任"},
		{"create wang.wu --name 王五 --unit system --role sys --role aud", 1, "三员分立"},
		{"give wang.wu liaison", 1, "没有这个账号"}, // nothing is left of a refusal
		{"create wang.wu --name 王五 --unit zjj --role Liaison,chief", 0, "/link/"},
		{"list --search 王五", 0, "、"},
		{"list", 0, "李四\t市住房城乡建设局\t信息联络员\t未启用"},
		{"give li.si chief", 0, "分管负责人"},
		{"give li.si chief", 1, "已有这个角色"},
		{"give li.si sys", 1, "不能由"},
		{"take li.si chief", 0, "收回角色"},
		{"take li.si chief", 1, "没有这个角色"},
		{"reset li.si", 0, "/link/"},
		{"disable li.si", 1, "停用理由"},
		{"disable li.si --reason 调离", 0, "已停用"},
		{"list --search 李", 0, "已停用"},
		{"enable li.si", 0, "已启用"},
		{"enable li.si", 1, "没有停用"},
		{"unlock LI.SI", 0, "已解锁"},
		{"unlock li.si --addr 10.1.2.3", 0, "已解锁"},
		{"unlock nobody", 1, "没有这个账号"},
	} {
		out, code := user(strings.Fields(step.args)...)
		if code != step.code || !strings.Contains(out, step.want) {
			t.Errorf("user %s: exit code %d, want %d with %q:\n%s", step.args, code, step.code, step.want, out)
		}
	}
	wants(t, must(t, "audit", "verify", "--data", data), "审计日志完好")
}

func TestBackup_AndRestoreByCommand(t *testing.T) {
	data, other := t.TempDir(), t.TempDir()
	must(t, "migrate", "--data", data)
	must(t, "seed", "--data", data)
	must(t, "user", "create", "li.si", "--name", "李四", "--unit", "zjj", "--data", data)
	file := filepath.Join(t.TempDir(), "portal.tar.gz")
	wants(t, must(t, "backup", file, "--data", data), "不含密钥")
	if out, code := command(t, "backup", file, "--data", data); code != 1 || !strings.Contains(out, "已经存在") {
		t.Errorf("a backup over another: %d, %s", code, out)
	}
	if out, code := command(t, "backup", filepath.Join(data, "nowhere", "b.tar.gz"), "--data", data); code != 1 || !strings.Contains(out, "是否存在") {
		t.Errorf("a backup into a folder that is not there: %d, %s", code, out)
	}
	out, code := command(t, "restore", file, "--data", other)
	if code != 1 {
		t.Error("restored without a key")
	}
	wants(t, out, "密钥文件")
	key, err := os.ReadFile(filepath.Join(data, "keys", "portal.key"))
	if err == nil {
		err = os.MkdirAll(filepath.Join(other, "keys"), 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(other, "keys", "portal.key"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	wants(t, must(t, "restore", file, "--data", other), "已恢复")
	wants(t, must(t, "user", "list", "--data", other), "李四")
	wants(t, must(t, "audit", "verify", "--data", other), "审计日志完好")
	if _, code := command(t, "restore", file, "--data", other); code != 1 {
		t.Error("restored over what is there")
	}
}

func TestSettings_FlagsStandAboveTheEnvironment(t *testing.T) {
	data := t.TempDir()
	t.Setenv("PORTAL_DATA", data)
	must(t, "migrate")
	if _, err := os.Stat(filepath.Join(data, "portal.db")); err != nil {
		t.Errorf("PORTAL_DATA is not heeded: %v", err)
	}
	t.Setenv("PORTAL_DB", "mysql://nowhere")
	if out, code := command(t, "migrate"); code != 1 || !strings.Contains(out, "没有“mysql”这种数据库") || strings.Contains(out, "nowhere") {
		t.Errorf("an unknown database: %d, %s", code, out)
	}
	if out, code := command(t, "migrate", "--db", "sqlite:"+filepath.Join(data, "third.db"), "--workers", "0"); code != 1 || !strings.Contains(out, "参数不对") {
		t.Errorf("a flag of another command: %d, %s", code, out)
	}
	if out, code := command(t, "serve", "--db", "sqlite:"+filepath.Join(data, "third.db"), "--workers", "0"); code != 1 || !strings.Contains(out, "--workers") {
		t.Errorf("nobody works: %d, %s", code, out)
	}
	must(t, "migrate", "--db", "sqlite:"+filepath.Join(data, "second.db"))
	for _, hour := range []string{"0", "24", "-1"} {
		t.Setenv("PORTAL_DUE_HOUR", hour)
		if out, code := command(t, "migrate", "--db", "sqlite:"+filepath.Join(data, "second.db")); code != 1 || !strings.Contains(out, "PORTAL_DUE_HOUR") {
			t.Errorf("due at %s o'clock: %d, %s", hour, code, out)
		}
	}
	t.Setenv("PORTAL_DUE_HOUR", "16")
	must(t, "migrate", "--db", "sqlite:"+filepath.Join(data, "second.db"))
	t.Setenv("PORTAL_WORKERS", "many")
	if out, code := command(t, "version"); code != 1 || !strings.Contains(out, "PORTAL_") {
		t.Errorf("a broken variable: %d, %s", code, out)
	}
}

func TestVersion(t *testing.T) {
	wants(t, must(t, "version"), "portal "+version)
	wants(t, must(t, "--version"), "portal "+version)
}
