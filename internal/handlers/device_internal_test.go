package handlers

import "testing"

func TestDevice_saysABrowserInWords(t *testing.T) {
	for agent, want := range map[string]string{
		"": "其他浏览器",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36":               "Chrome 126（Windows）",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.1.0": "Edge 126（Windows）",
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                        "Firefox 128（Linux）",
		"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198 Safari/537.36 QIHU 360EE":      "360 浏览器（Windows）",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15":         "Safari 605（macOS）",
		"curl/8.5.0":               "其他浏览器",
		"Chrome/<script>alert</b>": "Chrome",
	} {
		if got := device(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

func TestLastPage(t *testing.T) {
	for total, want := range map[int64]int{0: 1, 1: 1, 20: 1, 21: 2, 40: 2, 41: 3} {
		if got := lastPage(total, 20); got != want {
			t.Errorf("%d rows end on page %d, want %d", total, got, want)
		}
	}
}
