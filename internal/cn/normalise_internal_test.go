package cn

import (
	"strings"
	"testing"
)

// The quick look may send a text the long way for nothing, never spare one that would change.
func TestIsSqueezed_sparesOnlyWhatTheLongWayLeavesAlone(t *testing.T) {
	for s, want := range map[string]bool{
		"": true, "东昌府区测试路1号": true, "A1 B2": true, "don't": true,
		" 前": false, "后 ": false, "两  个": false, "'00123": false, "`1": false, "制\t表": false, "a\u007fb": false,
		"全角　空格": false, "不断\u00a0空格": false, "零宽\u200b": false, "\ufeff字节序": false, "（括号）": false,
	} {
		if got := isSqueezed(s); got != want {
			t.Errorf("isSqueezed(%q) = %v, want %v", s, got, want)
		}
	}
}

func FuzzIsSqueezed(f *testing.F) {
	for _, s := range []string{"", " a", "a ", "a  b", "'1", "聊城市 东昌府区", "Ａ１", "\u2019x", "字\u200d", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if long := squeezeRunes(s); isSqueezed(s) && long != s {
			t.Errorf("%q is taken for squeezed, the long way makes it %q", s, long)
		}
	})
}

// The size by which most values are known to be no placeholder must let every one of them through.
func TestIsPlaceholder_knowsTheLongest(t *testing.T) {
	for _, s := range []string{"某某某", "none", "N/A", "——", "暂无", ""} {
		if !isPlaceholder(s) {
			t.Errorf("%q is not taken for a placeholder", s)
		}
	}
	if s := strings.Repeat("某", 4); isPlaceholder(s) {
		t.Errorf("%q is taken for a placeholder", s)
	}
}
