package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// checkResult is what check --json prints (DESIGN §6: stable). Findings are added one by one, so that a million of them
// do not fill the memory.
type checkResult struct {
	Verdict   ingest.Verdict `json:"verdict"`
	Format    string         `json:"format"`
	Encoding  string         `json:"encoding"`
	Sheet     string         `json:"sheet"`
	HeaderRow int            `json:"header_row"`
	Rows      int64          `json:"rows"`
	Valid     int64          `json:"valid"`
	Rejected  int64          `json:"rejected"`
}

// checkFinding is one of its findings.
type checkFinding struct {
	Row      int64           `json:"row"`
	Column   string          `json:"column"`
	Field    string          `json:"field"`
	Rule     string          `json:"rule"`
	Severity models.Severity `json:"severity"`
	Value    string          `json:"value"`
	Message  string          `json:"message"`
}

func public(f ingest.Finding) checkFinding {
	return checkFinding{Row: f.Row, Column: f.Column, Field: f.Field, Rule: f.Rule, Severity: f.Severity, Value: f.Value, Message: f.Message}
}

// writeJSON prints the result as one JSON object.
func (c *fileCheck) writeJSON(w io.Writer) error {
	out := bufio.NewWriter(w)
	result := checkResult{Verdict: c.report.Verdict, Rows: c.report.Rows, Valid: c.report.Valid, Rejected: c.report.Rejected}
	if len(c.report.Files) > 0 {
		f := c.report.Files[0]
		result.Format, result.Encoding, result.Sheet, result.HeaderRow = f.Format, f.Encoding, f.Sheet, f.HeaderRow
	}
	if c.refusal != nil {
		refused := checkFinding{Row: int64(c.refusal.Row), Rule: c.refusal.Code, Severity: models.SeverityError, Message: c.refusal.Message}
		if err := c.spool.restart(refused); err != nil {
			return err
		}
	}
	head, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	out.Write(head[:len(head)-1]) // bufio keeps the first error for Flush
	out.WriteString(`,"findings":[`)
	if err := c.spool.copyTo(out); err != nil {
		return err
	}
	out.WriteString("]}\n")
	return out.Flush()
}

// spool keeps findings in a file until their totals are known.
type spool struct {
	file    *os.File
	out     *bufio.Writer
	encoder *json.Encoder
	count   int
}

func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", "portal-check-*")
	if err != nil {
		return nil, fmt.Errorf("keep findings: %w", err)
	}
	s := &spool{file: file, out: bufio.NewWriter(file)}
	s.encoder = json.NewEncoder(s.out)
	s.encoder.SetEscapeHTML(false)
	return s, nil
}

func (s *spool) add(f checkFinding) error {
	if s.count > 0 {
		s.out.WriteByte(',')
	}
	s.count++
	return s.encoder.Encode(f)
}

// restart forgets what was kept and keeps one finding instead.
func (s *spool) restart(f checkFinding) error {
	s.out.Reset(s.file)
	s.count = 0
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := s.file.Truncate(0); err != nil {
		return err
	}
	return s.add(f)
}

func (s *spool) copyTo(w io.Writer) error {
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("keep findings: %w", err)
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("keep findings: %w", err)
	}
	_, err := io.Copy(w, s.file)
	return err
}

func (s *spool) close() error { return errors.Join(s.file.Close(), os.Remove(s.file.Name())) }

var verdictWords = map[ingest.Verdict]string{
	ingest.VerdictClean: "校验通过，可以报送。", ingest.VerdictWarnings: "有提醒：核对后改正，或在报送时逐条说明。",
	ingest.VerdictErrors: "有错误：请按下面的提示改好后再报送。", ingest.VerdictRefused: "文件不能校验。",
}

// shownFindings is how many findings of a rule the report shows.
const shownFindings = 10

// writeText prints the result for people.
func (c *fileCheck) writeText(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "文件　%s\n模板　%s %s（第 %d 版）\n", c.path, strings.ToUpper(c.def.Code), c.def.Name, c.def.Version)
	if c.refusal != nil {
		fmt.Fprintf(out, "结论　%s\n\n%s\n", verdictWords[ingest.VerdictRefused], c.refusal.Message)
		return out.Flush()
	}
	writeFile(out, c.report.Files[0])
	fmt.Fprintf(out, "行数　读入 %d 行，合格 %d 行，有错误 %d 行，提醒 %d 处\n结论　%s\n", c.report.Rows, c.report.Valid, c.report.Rejected,
		c.report.Warnings, verdictWords[c.report.Verdict])
	for _, r := range c.report.Rules {
		writeRule(out, r)
	}
	return out.Flush()
}

// writeFile tells how the file was read.
func writeFile(out io.Writer, f ingest.FileReport) {
	how := []string{f.Format}
	for _, part := range []string{f.Encoding, f.Delimiter} {
		if part != "" {
			how = append(how, part)
		}
	}
	if f.Sheet != "" {
		how = append(how, "工作表“"+f.Sheet+"”")
	}
	if f.HeaderRow > 0 {
		how = append(how, fmt.Sprintf("表头第 %d 行", f.HeaderRow))
	}
	fmt.Fprintf(out, "读法　%s，%d 列\n", strings.Join(how, "，"), f.Columns)
	if f.Skipped > 0 {
		fmt.Fprintf(out, "跳过　%d 行不是数据的行\n", f.Skipped)
	}
	if len(f.Extra) > 0 {
		fmt.Fprintf(out, "未读　与模板无关的列：%s\n", strings.Join(f.Extra, "、"))
	}
	for _, note := range f.Notes {
		fmt.Fprintf(out, "注意　%s\n", note)
	}
}

// writeRule prints what one rule found.
func writeRule(out io.Writer, r ingest.RuleCount) {
	kind := map[models.Severity]string{models.SeverityError: "错误", models.SeverityWarning: "提醒"}[r.Severity]
	fmt.Fprintf(out, "\n%s　%s（%d 处）\n　　　%s\n", kind, r.Title, r.Count, r.Advice)
	for i, f := range r.First {
		if i == shownFindings {
			break
		}
		f = f.Masked()
		fmt.Fprintf(out, "　　　%s：%s\n", place(f), said(f.Value, f.Message))
	}
	if more := r.Count - shownFindings; more > 0 {
		fmt.Fprintf(out, "　　　另有 %d 处，用 --json 可看全部\n", more)
	}
}

func place(f ingest.Finding) string {
	if f.Row == 0 {
		return "整个文件"
	}
	where := fmt.Sprintf("第 %d 行", f.Row)
	if f.Column != "" {
		where += " " + f.Column + " 列"
	}
	return where
}

func said(value, message string) string {
	if value == "" {
		return message
	}
	return "“" + value + "”　" + message
}
