package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/portal"
)

func serveCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "运行平台", Args: cobra.NoArgs,
		Long: "运行平台。SQLite 数据库由平台自行建立、升级（升级前自动备份）；PostgreSQL 空库自动建立，升级须加 --migrate 或先运行 portal migrate。",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(cmd.Context(), *s, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.Addr, "addr", s.Addr, "监听地址")
	flags.StringVar(&s.URL, "url", s.URL, "浏览器访问平台的地址，如 https://shuishou.example（经反向代理时填写）")
	flags.BoolVar(&s.Demo, "demo", false, "装入演示数据（只能用于空数据库）")
	flags.BoolVar(&s.Migrate, "migrate", false, "启动前升级 PostgreSQL 数据库")
	flags.BoolVar(&s.Secure, "secure-cookies", s.Secure, "会话标识只经 HTTPS 传送（前面有 HTTPS 时加上）")
	flags.BoolVar(&s.Metrics, "metrics", s.Metrics, "在监听地址上开放 /metrics")
	flags.StringVar(&s.MetricsAddr, "metrics-addr", s.MetricsAddr, "另用一个地址开放 /metrics，如 127.0.0.1:9100")
	flags.StringVar(&s.LogFormat, "log", s.LogFormat, "日志格式：text 或 json")
	flags.IntVar(&s.Workers, "workers", s.Workers, "同时进行的后台任务数")
	return cmd
}

// base is the address under which browsers reach the portal.
func (s settings) base(listener net.Addr) string {
	if s.URL != "" {
		return strings.TrimRight(s.URL, "/")
	}
	host, port, err := net.SplitHostPort(listener.String())
	if err != nil {
		return "http://" + listener.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// announce tells the operator what there is to know now and at no other time.
func announce(ctx context.Context, p *portal.Portal, base string, out io.Writer) error {
	announceKey(p, out)
	if p.Config.Demo {
		fmt.Fprintf(out, "\n演示数据，均为虚构。所有账号的密码都是 %s：\n", demo.Password)
		if err := listAccounts(ctx, p, out); err != nil {
			return err
		}
	}
	token, err := p.Accounts.SetupToken(ctx)
	if err != nil {
		return err
	}
	if token != "" {
		fmt.Fprintf(out, "\n还没有账号。请在 72 小时内打开一次性链接，当面设置系统、安全、审计三名管理员：\n  %s\n", base+paths.ToSetup(token))
	}
	fmt.Fprintf(out, "\n平台已启动：%s/\n", base)
	return nil
}

// announceKey asks for a copy of a key that was made just now; whichever command made it is the only one that can say so.
func announceKey(p *portal.Portal, out io.Writer) {
	if p.NewKey {
		fmt.Fprintf(out, "\n密钥文件是新建的：%s\n请立即离线备份。遗失后已加密的数据无法恢复；数据备份中不含密钥。\n", p.KeyPath())
	}
}

// listAccounts prints the demo's accounts as the database has them.
func listAccounts(ctx context.Context, p *portal.Portal, out io.Writer) error {
	for _, a := range demo.Accounts {
		unit, err := p.Directory.Unit(ctx, a.Unit)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  %-14s %s　%s · %s\n", a.Username, a.Name, unit.Name, labels(a.Roles))
	}
	return nil
}

func labels(roles []models.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Label()
	}
	return strings.Join(names, "、")
}

// handler is the web side behind measuring and time-outs.
func handler(p *portal.Portal, m *metrics) http.Handler { return patient(m.measure(p.Web)) }
