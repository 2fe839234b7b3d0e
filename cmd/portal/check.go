package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taxportal/internal/authz"
	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/seed"
)

// The exit codes of check (DESIGN §6); whatever keeps it from checking counts as refused.
const (
	exitFindings = exit(1)
	exitRefused  = exit(2)
)

func checkCommand(s *settings) *cobra.Command {
	var code string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "check 文件 --template 模板代码", Short: "不经服务器校验一个文件", Args: cobra.ExactArgs(1),
		Long: "按信息模板校验一个文件，与上传后的校验完全相同（与上期比较除外）。模板取自程序自带的方案；给出 --db 时取自该数据库，只读不写。\n退出码：0 合格，1 有错误或提醒，2 文件不能校验。",
		RunE: func(cmd *cobra.Command, args []string) error {
			if code == "" {
				return fault.New(fault.Invalid, "请用 --template 写明信息模板代码，如 --template zjj-02。")
			}
			def, err := s.template(cmd.Context(), code)
			if err != nil {
				return err
			}
			c := &fileCheck{def: def, path: args[0]}
			if asJSON {
				if c.spool, err = newSpool(); err != nil {
					return err
				}
				defer c.spool.close()
			}
			if err := c.run(cmd.Context()); err != nil {
				return err
			}
			if asJSON {
				err = c.writeJSON(cmd.OutOrStdout())
			} else {
				err = c.writeText(cmd.OutOrStdout())
			}
			return errors.Join(err, c.code())
		},
	}
	cmd.Flags().StringVar(&code, "template", "", "信息模板代码，如 zjj-02（必填）")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON，含全部问题")
	return cmd
}

// template finds a template: in the database if one is named, else in the plan that the program carries.
func (s *settings) template(ctx context.Context, code string) (models.Definition, error) {
	missing := fault.New(fault.NotFound, "没有信息模板 "+code+"。")
	if s.DB != "" {
		return s.storedTemplate(ctx, code)
	}
	plan, err := seed.Load()
	if err != nil {
		return models.Definition{}, err
	}
	def, ok := plan.Template(strings.ToLower(code))
	if !ok {
		return def, missing
	}
	return def, nil
}

// storedTemplate reads the version in force from a database that must be there.
func (s *settings) storedTemplate(ctx context.Context, code string) (models.Definition, error) {
	if path, ok := strings.CutPrefix(s.DB, "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return models.Definition{}, fault.New(fault.NotFound, "没有数据库文件 "+path+"。")
		}
	}
	db, err := database.Open(ctx, s.DB, database.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		return models.Definition{}, err
	}
	defer db.Close()
	guard, err := authz.New()
	if err != nil {
		return models.Definition{}, err
	}
	version, err := catalogue.New(db, guard, nil, time.Now).Version(ctx, commandLine(models.RoleOffice), code, 0)
	return version.Definition, err
}

// fileCheck is the check of one file and what it found.
type fileCheck struct {
	def     models.Definition
	path    string
	spool   *spool // takes every finding for JSON; nil for the report
	report  ingest.Report
	refusal *ingest.Malformed
}

// run checks the file by the same code as an upload: sheet.Open, ingest.New, File, Finish.
func (c *fileCheck) run(ctx context.Context) error {
	file, err := os.Open(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "没有文件 "+c.path+"。")
	}
	if err != nil {
		return fmt.Errorf("open file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("open file: %w", err)
	}
	err = c.check(ctx, file, info.Size())
	if errors.As(ingest.AsMalformed(err), &c.refusal) {
		c.report = ingest.Report{Verdict: ingest.VerdictRefused, Files: c.report.Files}
		return nil
	}
	return err
}

func (c *fileCheck) check(ctx context.Context, file *os.File, size int64) error {
	book, err := sheet.Open(file, size, sheet.Options{Name: filepath.Base(c.path)})
	if err != nil {
		return err
	}
	defer book.Close()
	c.report.Files = []ingest.FileReport{{Format: string(book.Format), Encoding: book.Encoding}}
	checker, err := ingest.New(&c.def, ingest.Options{Today: models.DayOf(time.Now())})
	if err != nil {
		return err
	}
	defer checker.Close()
	if err := checker.File(ctx, book, nil, c.note); err != nil {
		return err
	}
	c.report, err = checker.Finish(ctx)
	return err
}

// note keeps a finding for JSON.
func (c *fileCheck) note(f ingest.Finding) error {
	if c.spool == nil {
		return nil
	}
	return c.spool.add(public(f.Masked()))
}

// code is what the command ends with.
func (c *fileCheck) code() error {
	switch c.report.Verdict {
	case ingest.VerdictClean:
		return nil
	case ingest.VerdictRefused:
		return exitRefused
	}
	return exitFindings
}
