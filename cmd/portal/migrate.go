package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/seed"
)

func migrateCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "建立或升级数据库", Args: cobra.NoArgs,
		Long: "建立数据库，或升级到本程序的版本：先是平台的表，再是后台任务的表，然后是各信息模板的数据表。可以重复运行。",
		RunE: func(cmd *cobra.Command, _ []string) error {
			logger, err := s.logger(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			cfg := s.config(logger, time.Now)
			cfg.Attach = true
			p, err := portal.Open(cmd.Context(), cfg, true)
			if err != nil {
				return err
			}
			defer p.Close()
			at, err := p.DB.Version(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "数据库已是最新（第 %d 版）。\n", at)
			announceKey(p, cmd.OutOrStdout())
			return p.Ready(cmd.Context())
		},
	}
}

func seedCommand(s *settings) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use: "seed", Short: "装入方案：单位、目录、信息模板、工作日历", Args: cobra.NoArgs,
		Long: "装入方案中的区划、单位、共享目录、信息模板和工作日历，并写出已开始各期的报送任务。已有的保持不变，可以重复运行；portal serve 启动时也会这样做。",
		RunE: func(cmd *cobra.Command, _ []string) error {
			first := models.PeriodAt(models.CycleMonth, time.Now())
			if from != "" {
				first = models.Period(from)
			}
			if first.First() == "" {
				return fault.New(fault.Invalid, "起始期“"+from+"”不对，应写成 2026-10 的形式。")
			}
			p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer p.Close()
			plan, err := seed.Load()
			if err != nil {
				return err
			}
			if err := p.LoadPlan(cmd.Context(), plan, first); err != nil {
				return err
			}
			n, err := p.Filing.OpenPeriods(cmd.Context())
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "方案已装入，新写报送任务 %d 项。\n", n)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "新目录项的起始期，如 2026-10（默认本月）")
	return cmd
}

func auditCommand(s *settings) *cobra.Command {
	verify := &cobra.Command{
		Use: "verify", Short: "核验审计日志链", Args: cobra.NoArgs,
		Long: "从第一条到最后一条重新计算审计日志的校验值，看有没有被改动、删除或调换。退出码：0 完好，1 有问题。",
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer p.Close()
			proof, err := p.Audit.Verify(cmd.Context(), commandLine(models.RoleAud))
			if err != nil {
				return err
			}
			if proof.Broken != 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "审计日志不完好：%s\n", proof.Why)
				return exit(1)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "审计日志完好：共 %d 条，链尾校验值 %x\n", proof.Entries, proof.Head)
			return nil
		},
	}
	cmd := &cobra.Command{Use: "audit", Short: "审计日志"}
	cmd.AddCommand(verify)
	return cmd
}
