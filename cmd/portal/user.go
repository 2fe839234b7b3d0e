package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/portal"
	"taxportal/internal/services/accounts"
)

// commandLine is whoever works at the server itself, in the part that the command needs. The trail says 命令行.
func commandLine(roles ...models.Role) models.Actor {
	return models.Actor{Name: "命令行", Roles: roles, Addr: "localhost"}
}

func userCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "账号：列出、新建、停用、启用、解锁、重设密码、增减角色",
		Long: "管理账号。与网页同样的规则（三员分立、角色与单位相称），操作人在审计日志中记为“命令行”。"}
	cmd.PersistentFlags().StringVar(&s.URL, "url", s.URL, "浏览器访问平台的地址，用于一次性链接")
	cmd.AddCommand(userList(s), userCreate(s),
		userStep(s, "disable", "停用账号，立即结束其登录", true, func(ctx context.Context, p *portal.Portal, id int64, text string) (string, error) {
			return "已停用", p.Accounts.Disable(ctx, commandLine(models.RoleSys), id, text)
		}),
		userStep(s, "enable", "重新启用账号", false, func(ctx context.Context, p *portal.Portal, id int64, _ string) (string, error) {
			return "已启用", p.Accounts.Enable(ctx, commandLine(models.RoleSys), id)
		}),
		userUnlock(s),
		userStep(s, "reset", "生成重设密码的一次性链接", false, func(ctx context.Context, p *portal.Portal, id int64, _ string) (string, error) {
			token, err := p.Accounts.Reset(ctx, commandLine(models.RoleSys), id)
			return s.oneTime(token), err
		}),
		userStep(s, "first-password", "设一次性的初始密码，首次登录须修改（不便转交链接时用）", false, func(ctx context.Context, p *portal.Portal, id int64, _ string) (string, error) {
			password, err := p.Accounts.FirstPassword(ctx, commandLine(models.RoleSys), id)
			return "初始密码（只显示这一次，登录后须立即修改）：" + password, err
		}),
		userRole(s, "give", "授予角色", func(ctx context.Context, p *portal.Portal, id int64, role models.Role) error {
			return p.Accounts.GiveRole(ctx, commandLine(models.RoleSec), id, role)
		}),
		userRole(s, "take", "收回角色", func(ctx context.Context, p *portal.Portal, id int64, role models.Role) error {
			return p.Accounts.TakeRole(ctx, commandLine(models.RoleSec), id, role)
		}))
	return cmd
}

// oneTime words a one-time link.
func (s *settings) oneTime(token string) string {
	base := strings.TrimRight(s.URL, "/")
	if base == "" {
		base = "http://" + s.Addr
	}
	return "一次性链接（72 小时内有效，只能用一次，请当面或经可靠方式交给本人）：\n  " + base + paths.ToLink(token)
}

// onAccount opens the portal and calls do with the id of an account.
func onAccount(s *settings, cmd *cobra.Command, username string, do func(p *portal.Portal, id int64) (string, error)) error {
	p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer p.Close()
	id, err := p.Accounts.ByUsername(cmd.Context(), username)
	if err != nil {
		return err
	}
	done, err := do(p, id)
	if err == nil {
		fmt.Fprintf(cmd.OutOrStdout(), "%s：%s\n", strings.ToLower(username), done)
	}
	return err
}

type accountStep func(ctx context.Context, p *portal.Portal, id int64, text string) (string, error)

func userStep(s *settings, name, short string, reason bool, do accountStep) *cobra.Command {
	var text string
	cmd := &cobra.Command{Use: name + " 用户名", Short: short, Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return onAccount(s, cmd, args[0], func(p *portal.Portal, id int64) (string, error) { return do(cmd.Context(), p, id, text) })
	}}
	if reason {
		cmd.Flags().StringVar(&text, "reason", "", "理由（必填）")
	}
	return cmd
}

// userUnlock frees an account, and the address from which wrong passwords came if one is given.
func userUnlock(s *settings) *cobra.Command {
	var addr string
	cmd := userStep(s, "unlock", "解除连续输错密码后的锁定", false, func(ctx context.Context, p *portal.Portal, id int64, _ string) (string, error) {
		return "已解锁", p.Accounts.Unlock(ctx, commandLine(models.RoleSys), id, addr)
	})
	cmd.Flags().StringVar(&addr, "addr", "", "一并解除锁定的网络地址，即登录页提示中的那个")
	return cmd
}

func userRole(s *settings, name, short string, do func(context.Context, *portal.Portal, int64, models.Role) error) *cobra.Command {
	return &cobra.Command{
		Use: name + " 用户名 角色", Short: short, Args: cobra.ExactArgs(2), Long: short + "。角色：" + roleList(),
		RunE: func(cmd *cobra.Command, args []string) error {
			role := models.Role(strings.ToLower(args[1]))
			return onAccount(s, cmd, args[0], func(p *portal.Portal, id int64) (string, error) {
				return short + "：" + role.Label(), do(cmd.Context(), p, id, role)
			})
		},
	}
}

func roleList() string {
	names := make([]string, len(models.Roles))
	for i, r := range models.Roles {
		names[i] = string(r) + " " + r.Label()
	}
	return strings.Join(names, "、")
}

func userCreate(s *settings) *cobra.Command {
	var in accounts.CreateInput
	var roles []string
	cmd := &cobra.Command{
		Use: "create 用户名", Short: "新建账号，给出设置密码的一次性链接", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, role := range roles {
				in.Roles = append(in.Roles, models.Role(strings.ToLower(role)))
				if !in.Roles[len(in.Roles)-1].Known() {
					return fault.New(fault.Invalid, "没有角色 "+role+"。可用的角色："+roleList())
				}
			}
			p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer p.Close()
			in.Username = args[0]
			a, token, err := p.Accounts.Create(cmd.Context(), commandLine(models.RoleSys, models.RoleSec), in)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "已新建账号 %s。%s\n", a.Username, s.oneTime(token))
			return nil
		},
	}
	cmd.Flags().StringVar(&in.Name, "name", "", "姓名（必填）")
	cmd.Flags().StringVar(&in.UnitCode, "unit", "", "单位代码，如 zjj；三名管理员用 system（必填）")
	cmd.Flags().StringVar(&in.Phone, "phone", "", "电话")
	cmd.Flags().StringSliceVar(&roles, "role", nil, "角色，可多次给出："+roleList())
	return cmd
}

func userList(s *settings) *cobra.Command {
	var f accounts.Filter
	cmd := &cobra.Command{
		Use: "list", Short: "列出账号", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer p.Close()
			f.Size = 200
			for f.Page = 1; ; f.Page++ {
				rows, total, err := p.Accounts.List(cmd.Context(), commandLine(models.RoleSys), f)
				if err != nil {
					return err
				}
				for _, r := range rows {
					fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s\t%s\t%s\n", r.Username, r.Name, r.Unit.Name, labels(r.Roles), status(r))
				}
				if total == 0 { // on the side, so that a script still reads no lines
					fmt.Fprintln(cmd.ErrOrStderr(), "没有账号。")
				}
				if int64(f.Page*f.Size) >= total {
					return nil
				}
			}
		},
	}
	cmd.Flags().StringVar(&f.Text, "search", "", "用户名或姓名中的文字")
	return cmd
}

// status puts the state of an account into a word.
func status(r accounts.Row) string {
	switch {
	case r.DisabledAt != 0:
		return "已停用"
	case r.LockedUntil != 0:
		return "已锁定至 " + r.LockedUntil.Time().Format("15:04")
	case !r.Opened:
		return "未启用"
	}
	return "正常"
}
