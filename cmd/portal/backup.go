package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"taxportal/internal/backup"
	"taxportal/internal/fault"
)

func backupCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "backup 文件", Short: "备份数据库和上传的文件", Args: cobra.ExactArgs(1),
		Long: "把数据库和上传的文件备份到一个文件（tar.gz），平台运行中也可以进行。备份中不含密钥，密钥文件须另行离线保管：没有它备份无法恢复。",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := s.attach(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer p.Close()
			var sum backup.Summary
			err = writeNew(args[0], func(file *os.File) error {
				sum, err = backup.Write(cmd.Context(), p, file)
				return err
			})
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "已备份到 %s：数据库第 %d 版，文件 %d 个。\n备份中不含密钥，请确认密钥文件 %s 已另行备份。\n",
					args[0], sum.Manifest.Schema, sum.Files, p.KeyPath())
			}
			return err
		},
	}
}

// writeNew writes a file whole or not at all, and never over another one.
func writeNew(path string, fill func(file *os.File) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fault.New(fault.Conflict, "文件 "+path+" 已经存在，请换一个名字。")
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".portal-backup-*") // its owner's alone
	if err != nil {
		return fault.Wrap(fault.Invalid, "不能在文件夹 "+filepath.Dir(path)+" 中写文件，请核对它是否存在、是否可写。", err)
	}
	err = errors.Join(fill(draft), draft.Sync(), draft.Close())
	if err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return nil
}

func restoreCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use: "restore 文件", Short: "把备份恢复到空的数据目录和空的数据库", Args: cobra.ExactArgs(1),
		Long: "把备份恢复到空的数据目录和空的数据库。先把密钥文件放到 数据目录/keys/portal.key（权限 0600），或用 PORTAL_KEY_FILE 指明。恢复后所有人须重新登录。",
		RunE: func(cmd *cobra.Command, args []string) error {
			logger, err := s.logger(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if errors.Is(err, fs.ErrNotExist) {
				return fault.New(fault.NotFound, "没有文件 "+args[0]+"。")
			}
			if err != nil {
				return fmt.Errorf("open backup: %w", err)
			}
			defer file.Close()
			sum, err := backup.Restore(cmd.Context(), file, s.config(logger, time.Now))
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "已恢复 %s 的备份：数据库第 %d 版，文件 %d 个。请运行 portal audit verify 核验审计日志。\n",
					sum.Manifest.At.Time().Format("2006年1月2日 15:04"), sum.Manifest.Schema, sum.Files)
			}
			return err
		},
	}
}
