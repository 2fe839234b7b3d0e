package main

import (
	"strings"
	"testing"
	"unicode"
)

func TestHelp_IsInChinese(t *testing.T) {
	for _, line := range []string{"", "-h", "help", "serve -h", "migrate -h", "seed -h", "user", "user create -h", "help user unlock", "check -h",
		"audit verify -h", "backup -h", "restore -h", "version -h"} {
		out := must(t, strings.Fields(line)...)
		wants(t, out, "用法：", "显示用法")
		for _, english := range []string{"Usage", "Available", "Flags", "[flags]", "help for", "more information"} {
			if strings.Contains(out, english) {
				t.Errorf("portal %s: %q in\n%s", line, english, out)
			}
		}
	}
	wants(t, must(t), "serve", "migrate", "seed", "user", "check", "audit", "backup", "restore", "version")
}

func TestHelp_AWrongCommandLineIsToldAndFails(t *testing.T) {
	for line, want := range map[string]string{
		"bogus":             "没有命令“portal bogus”",
		"user bogus":        "没有命令“portal user bogus”，可用的命令见 portal user -h",
		"help bogus":        "没有命令“portal bogus”",
		"backup":            "应为“portal backup 文件”",
		"restore a b":       "应为“portal restore 文件”",
		"serve extra":       "应为“portal serve”",
		"user give li.si":   "应为“portal user give 用户名 角色”",
		"serve --bogus":     "参数不对，用法见 portal serve -h",
		"serve --workers x": "参数不对",
	} {
		out, code := command(t, strings.Fields(line)...)
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("portal %s: exit code %d, want 1 with %q:\n%s", line, code, want, out)
		}
		if words := strings.TrimPrefix(out, "portal: "); !unicode.Is(unicode.Han, []rune(words)[0]) {
			t.Errorf("portal %s begins in English: %s", line, out)
		}
	}
}
