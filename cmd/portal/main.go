// Command portal is the tax co-governance portal (税收共治平台): one static binary that serves it and looks after it.
// `portal help` lists what it can do; every setting is a flag and an environment variable PORTAL_….
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"taxportal/internal/fault"
)

// version is the program's, in the footer of every page.
const version = "0.1.0"

func main() {
	restrict()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// exit is an error that only sets the exit code; what there is to say has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// execute runs one command line and returns its exit code.
func execute(ctx context.Context, args []string, out, errOut io.Writer) int {
	var ran *cobra.Command
	root, err := newRoot()
	if err == nil {
		root.SetArgs(args)
		root.SetOut(out)
		root.SetErr(errOut)
		ran, err = root.ExecuteContextC(ctx)
	}
	var code exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(errOut, "portal: "+explain(err))
	if ran != nil && ran.Name() == "check" {
		return int(exitRefused) // 1 would say that the file was checked and has findings
	}
	return 1
}

// explain words an error for the operator: the sentence made for people, and what lies behind it.
func explain(err error) string {
	message, told := fault.Message(err)
	if !told {
		return err.Error()
	}
	if fields, ok := fault.Fields(err); ok {
		message = ""
		for _, text := range fields {
			message += text
		}
		return message
	}
	if cause := errors.Unwrap(faultOf(err)); cause != nil {
		return message + "（" + cause.Error() + "）"
	}
	return message
}

func faultOf(err error) error {
	var f *fault.Error
	errors.As(err, &f)
	return f
}

// newRoot returns the command with all its sub-commands, its settings taken from the environment.
func newRoot() (*cobra.Command, error) {
	s, err := fromEnvironment()
	if err != nil {
		return nil, err
	}
	root := &cobra.Command{
		Use: "portal", Short: "聊城市税收共治平台", SilenceUsage: true, SilenceErrors: true,
		Long: "聊城市税收共治平台。所有设置既可用参数，也可用 PORTAL_ 开头的环境变量（如 PORTAL_DB）。",
	}
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return s.check() }
	root.CompletionOptions.HiddenDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&s.Data, "data", s.Data, "数据目录：密钥、上传的文件、临时文件")
	flags.StringVar(&s.DB, "db", s.DB, "数据库：sqlite:路径 或 postgres://…（默认为数据目录下的 portal.db）")
	root.AddCommand(serveCommand(s), migrateCommand(s), seedCommand(s), userCommand(s), tokenCommand(s), checkCommand(s), auditCommand(s),
		backupCommand(s), restoreCommand(s), versionCommand())
	speakChinese(root)
	return root, nil
}

func versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "显示版本", Args: cobra.NoArgs, Run: func(cmd *cobra.Command, _ []string) {
		fmt.Fprintln(cmd.OutOrStdout(), "portal "+version)
	}}
}
