package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/accounts"
)

func tokenCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "接口令牌：建立、列出、吊销",
		Long: "管理业务系统报送用的接口令牌。与网页同样的规则，操作人在审计日志中记为“命令行”。接口说明见 " + paths.APIOpen + "。"}
	cmd.AddCommand(tokenCreate(s), tokenList(s), tokenRevoke(s))
	return cmd
}

// tokenCreate prints the secret alone on standard output, so that a script can take it, and the rest beside it.
func tokenCreate(s *settings) *cobra.Command {
	in := accounts.TokenInput{Days: accounts.TokenDays}
	cmd := &cobra.Command{
		Use: "create", Short: "建立令牌，只显示这一次", Args: cobra.NoArgs,
		Long: "建立令牌。令牌单独输出在标准输出，只显示这一次；说明输出在标准错误。\n不指明责任人的，由该单位唯一的信息联络员负责。",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if in.Unit == "" {
				return fault.New(fault.Invalid, "请用 --unit 指明单位代码，如 --unit zjj。")
			}
			p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer p.Close()
			t, secret, err := p.Accounts.CreateToken(cmd.Context(), commandLine(models.RoleSys), in)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "已为%s“%s”建立令牌，责任人 %s（%s），有效至 %s。令牌只显示这一次：\n",
				t.Unit.Name, t.Name, t.Person.Name, t.Person.Username, t.ExpiresAt.Day())
			fmt.Fprintln(cmd.OutOrStdout(), secret)
			return nil
		},
	}
	cmd.Flags().StringVar(&in.Unit, "unit", "", "单位代码，如 zjj（必填）")
	cmd.Flags().StringVar(&in.Name, "name", "", "使用令牌的系统名称（必填）")
	cmd.Flags().StringVar(&in.Person, "person", "", "责任人的用户名，须是该单位的信息联络员或经办人")
	cmd.Flags().IntVar(&in.Days, "days", in.Days, "有效天数")
	return cmd
}

func tokenList(s *settings) *cobra.Command {
	var f accounts.TokenFilter
	cmd := &cobra.Command{
		Use: "list", Short: "列出令牌", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer p.Close()
			f.Size = 200
			for f.Page = 1; ; f.Page++ {
				rows, total, err := p.Accounts.Tokens(cmd.Context(), commandLine(models.RoleSys), f)
				if err != nil {
					return err
				}
				for _, r := range rows {
					fmt.Fprintf(cmd.OutOrStdout(), "%d\t%s…\t%s\t%s\t%s\t有效至 %s\t%s\n", r.ID, r.Prefix, r.Unit.Code, r.Name, r.Person.Username,
						r.ExpiresAt.Day(), tokenWords[r.Status])
				}
				if int64(f.Page*f.Size) >= total {
					return nil
				}
			}
		},
	}
	cmd.Flags().StringVar(&f.Text, "search", "", "系统名称、令牌开头或责任人中的文字")
	return cmd
}

var tokenWords = map[accounts.TokenStatus]string{
	accounts.TokenActive: "可用", accounts.TokenExpiring: "即将到期", accounts.TokenExpired: "已到期", accounts.TokenOrphaned: "责任人失效", accounts.TokenRevoked: "已吊销",
}

func tokenRevoke(s *settings) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "revoke 编号", Short: "吊销令牌，立即失效", Args: cobra.ExactArgs(1),
		Long: "吊销令牌，立即失效，不能恢复。编号见 portal token list 的第一列。",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(strings.TrimSpace(args[0]), 10, 64)
			if err != nil {
				return fault.New(fault.Invalid, "令牌编号是数字，见 portal token list 的第一列。")
			}
			p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer p.Close()
			if err := p.Accounts.RevokeToken(cmd.Context(), commandLine(models.RoleSys), id, reason); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "令牌 %d 已吊销。\n", id)
			return nil
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "理由（必填）")
	return cmd
}
