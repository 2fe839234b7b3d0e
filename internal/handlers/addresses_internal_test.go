package handlers

import (
	"net"
	"net/http/httptest"
	"testing"
)

func TestAddresses_OnlyAKnownGatewaySpeaksForOthers(t *testing.T) {
	_, gateway, err := net.ParseCIDR("10.1.2.3/32")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		proxies   []*net.IPNet
		from, via string // the connection, and X-Forwarded-For
		want      string
	}{
		{"direct", nil, "10.9.9.9:1", "", "10.9.9.9"},
		{"direct, a header of the client's own", nil, "10.9.9.9:1", "1.1.1.1", "10.9.9.9"},
		{"through the gateway", []*net.IPNet{gateway}, "10.1.2.3:1", "10.9.9.9", "10.9.9.9"},
		{"through the gateway, a header of the client's own before it", []*net.IPNet{gateway}, "10.1.2.3:1", "1.1.1.1, 10.9.9.9", "10.9.9.9"},
		{"past the gateway, a header of the client's own", []*net.IPNet{gateway}, "10.9.9.9:1", "1.1.1.1", "10.9.9.9"},
		{"the gateway itself", []*net.IPNet{gateway}, "10.1.2.3:1", "", "10.1.2.3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = test.from
			if test.via != "" {
				r.Header.Set("X-Forwarded-For", test.via)
			}
			if got := addresses(test.proxies)(r); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
