package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/testkit"
)

func TestCheck_VerdictsAndExitCodes(t *testing.T) {
	good := testkit.Rows(t, "zjj-02", 20)
	bad := testkit.Rows(t, "zjj-02", 20).Set(3, "developer_uscc", "91371500MA3DEM0007").Set(5, "escrow_account", "6228480000000000A19")
	warned := testkit.Rows(t, "zjj-02", 20).Set(3, "issue_date", "2025-12-30")
	for name, test := range map[string]struct {
		content []byte
		verdict string
		code    int
		words   []string
	}{
		"good.csv":   {good.GB18030(), "clean", 0, []string{"GB18030", "校验通过", "合格 20 行"}},
		"bad.csv":    {bad.CSV(), "errors", 1, []string{"第 5 行 D 列", "91371500MA3DEM0007", "有错误 2 行"}},
		"warned.csv": {warned.CSV(), "warnings", 1, []string{"证号年份与发证日期不一致", "提醒 1 处"}},
		"page.csv":   {[]byte("<html><table></table></html>"), "refused", 2, []string{"文件不能校验"}},
		"head.csv":   {[]byte("甲,乙,丙\r\n1,2,3\r\n"), "refused", 2, []string{"文件不能校验"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, test.content, 0o600); err != nil {
				t.Fatal(err)
			}
			out, code := command(t, "check", path, "--template", "ZJJ-02")
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			wants(t, out, test.words...)
			if strings.Contains(out, "6228480000000000A19") {
				t.Error("a sensitive value in clear")
			}
			out, code = command(t, "check", path, "--template", "zjj-02", "--json")
			isResult(t, out, test.verdict, code == test.code)
		})
	}
	if out, code := command(t, "check", "nowhere.csv", "--template", "zjj-02"); code != 2 || !strings.Contains(out, "没有文件") {
		t.Errorf("a missing file: %d, %s", code, out)
	}
	if out, code := command(t, "check", "nowhere.csv", "--template", "zjj-99"); code != 2 || !strings.Contains(out, "没有信息模板") {
		t.Errorf("a missing template: %d, %s", code, out)
	}
	if out, code := command(t, "check", "nowhere.csv"); code != 2 || !strings.Contains(out, "--template zjj-02") {
		t.Errorf("no template named: %d, %s", code, out)
	}
}

// isResult holds the JSON against its promised form.
func isResult(t *testing.T, text, verdict string, codeFits bool) {
	t.Helper()
	var result map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for _, key := range []string{"verdict", "format", "encoding", "sheet", "header_row", "rows", "valid", "rejected", "findings"} {
		if _, ok := result[key]; !ok {
			t.Errorf("no %s in %s", key, text)
		}
	}
	if len(result) != 9 || string(result["verdict"]) != `"`+verdict+`"` || !codeFits {
		t.Errorf("want verdict %s: %s", verdict, text)
	}
	var findings []map[string]any
	if err := json.Unmarshal(result["findings"], &findings); err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		for _, key := range []string{"row", "column", "field", "rule", "severity", "value", "message"} {
			if _, ok := f[key]; !ok || len(f) != 7 {
				t.Errorf("finding %v", f)
			}
		}
	}
	if (verdict == "clean") != (len(findings) == 0) {
		t.Errorf("%d findings with verdict %s", len(findings), verdict)
	}
}

func TestCheck_TakesTheTemplateFromADatabase(t *testing.T) {
	data := t.TempDir()
	must(t, "migrate", "--data", data)
	must(t, "seed", "--data", data)
	path := filepath.Join(data, "good.csv")
	if err := os.WriteFile(path, testkit.Rows(t, "fgw-05", 10).CSV(), 0o600); err != nil {
		t.Fatal(err)
	}
	wants(t, must(t, "check", path, "--template", "fgw-05", "--db", "sqlite:"+filepath.Join(data, "portal.db")), "校验通过")
	missing := filepath.Join(data, "other.db")
	if out, code := command(t, "check", path, "--template", "fgw-05", "--db", "sqlite:"+missing); code != 2 || !strings.Contains(out, "没有数据库文件") {
		t.Errorf("a missing database: %d, %s", code, out)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("check made a database")
	}
}

// TestCheck_WritesNothingBesideTheDatabase reads the template from a database in a folder that cannot be written.
func TestCheck_WritesNothingBesideTheDatabase(t *testing.T) {
	data := t.TempDir()
	must(t, "migrate", "--data", data)
	must(t, "seed", "--data", data)
	db, file := filepath.Join(data, "portal.db"), filepath.Join(t.TempDir(), "good.csv")
	if err := os.WriteFile(file, testkit.Rows(t, "fgw-05", 10).CSV(), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(db)
	if err := errors.Join(err, os.Chmod(db, 0o444), os.Chmod(data, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(data, 0o755) })
	wants(t, must(t, "check", file, "--template", "fgw-05", "--db", "sqlite:"+db), "校验通过")
	after, err := os.Stat(db)
	if err != nil || !after.ModTime().Equal(before.ModTime()) || after.Size() != before.Size() {
		t.Errorf("the database was written: %v", err)
	}
	for _, beside := range []string{"-wal", "-shm", "-journal"} {
		if _, err := os.Stat(db + beside); err == nil {
			t.Errorf("check made %s beside the database", beside)
		}
	}
}

// TestCheck_MasksEachSensitivePart repeats the key of a title, which names a citizen: neither the report nor the JSON may.
func TestCheck_MasksEachSensitivePart(t *testing.T) {
	rows := testkit.Rows(t, "zrzy-01", 10)
	holder, late := cn.MakeID("371502", cn.Date(1990, 3, 14), 17), cn.MakeID("371502", cn.Date(2030, 1, 1), 7)
	for _, n := range []int{2, 3} {
		rows.Set(n, "business_no", "202610080099").Set(n, "estate_no", rows.Get(2, "estate_no")).Set(n, "holder_id", holder)
	}
	rows.Set(5, "reg_kind", "200").Set(5, "holder_id", holder).Set(5, "prior_holder_id", holder).Set(7, "holder_id", late)
	path := filepath.Join(t.TempDir(), "titles.csv")
	if err := os.WriteFile(path, rows.CSV(), 0o600); err != nil {
		t.Fatal(err)
	}
	masked := holder[:4] + strings.Repeat("*", 12) + holder[16:]
	for _, flags := range [][]string{nil, {"--json"}} {
		out, code := command(t, append([]string{"check", path, "--template", "zrzy-01"}, flags...)...)
		wants(t, out, "202610080099，", masked, "权利人证件号 "+masked, "第 7—14 位出生日期晚于今天")
		for _, secret := range []string{holder, holder[:16], holder[6:14], late, late[6:14]} {
			if code != 1 || strings.Contains(out, secret) {
				t.Errorf("exit code %d; %v prints %s: %s", code, flags, secret, out)
			}
		}
	}
}
