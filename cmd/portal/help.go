package main

import (
	"strings"

	"github.com/spf13/cobra"

	"taxportal/internal/fault"
)

// usage is how the help of a command is laid out.
const usage = `用法：{{if .HasAvailableSubCommands}}
  {{.CommandPath}} 命令{{else}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}

命令：{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

参数：
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

通用参数：
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

各命令的用法见 {{.CommandPath}} 命令 -h。{{end}}
`

// speakChinese words what cobra would say by itself in English: help, and what is wrong with a command line.
func speakChinese(root *cobra.Command) {
	root.SetUsageTemplate(usage)
	root.Version = version
	root.SetVersionTemplate("portal {{.Version}}\n")
	root.InitDefaultVersionFlag()
	root.Flags().Lookup("version").Usage = "显示版本"
	root.SetHelpCommand(helpCommand(root))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fault.Wrap(fault.Invalid, "参数不对，用法见 "+cmd.CommandPath()+" -h。", err)
	})
	eachCommand(root, func(cmd *cobra.Command) {
		cmd.DisableFlagsInUseLine = true
		cmd.InitDefaultHelpFlag()
		cmd.Flags().Lookup("help").Usage = "显示用法"
		if cmd.HasSubCommands() {
			onlyGroups(cmd)
			return
		}
		check := cmd.Args
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if check(cmd, args) != nil {
				return fault.New(fault.Invalid, "命令不完整或多写了内容，应为“"+cmd.UseLine()+"”，用法见 "+cmd.CommandPath()+" -h。")
			}
			return nil
		}
	})
}

func eachCommand(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, sub := range cmd.Commands() {
		eachCommand(sub, do)
	}
}

// onlyGroups makes a command that stands for a group of others show its help, and refuse a name that is none of them.
func onlyGroups(cmd *cobra.Command) {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return noCommand(cmd, args)
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

func noCommand(cmd *cobra.Command, args []string) error {
	return fault.New(fault.NotFound, "没有命令“"+cmd.CommandPath()+" "+strings.Join(args, " ")+"”，可用的命令见 "+cmd.CommandPath()+" -h。")
}

// helpCommand shows the help of the command that its arguments name.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{Use: "help [命令]", Short: "显示用法", Args: cobra.ArbitraryArgs, RunE: func(_ *cobra.Command, args []string) error {
		cmd, left, err := root.Find(args)
		if err != nil || len(left) > 0 {
			return noCommand(root, args)
		}
		return cmd.Help()
	}}
}
