package filingview

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
)

// shownRows is how many rows of a rule stand on the page before 再看; the first 50 are kept, the rest is in the download.
const shownRows = 50

// findingsSub counts errors and warnings in words.
func (p TaskPage) findingsSub() string {
	var parts []string
	count := func(severity models.Severity) (kinds, rows int64) {
		for _, r := range p.Rules {
			if r.Severity == severity {
				kinds++
				rows += r.Count
			}
		}
		return kinds, rows
	}
	if kinds, rows := count(models.SeverityError); kinds > 0 {
		parts = append(parts, fmt.Sprintf("错误 %d 类 %s 处，须改正", kinds, components.Thousands(rows)))
	}
	if kinds, rows := count(models.SeverityWarning); kinds > 0 {
		mend := "改正或说明均可"
		if p.Batch.OpenWarnings == 0 {
			mend = "均已说明"
		}
		parts = append(parts, fmt.Sprintf("提醒 %d 类 %s 处，%s", kinds, components.Thousands(rows), mend))
	}
	return strings.Join(parts, "；")
}

// groups turns the rules into what the page shows: what is left to do first, of which the first two are open; warnings
// that are all explained follow, closed.
func (p TaskPage) groups() []components.Finding {
	var groups, explained []components.Finding
	for _, r := range p.Rules {
		if p.Show != "" && p.Show != string(r.Severity) {
			continue
		}
		group := components.Finding{Warning: r.warns(), Done: r.explained(), Rule: p.ruleTitle(r), Advice: r.advice(), Count: r.Count, Open: len(groups) < 2}
		for _, f := range r.Findings[:min(len(r.Findings), shownRows)] {
			group.Rows = append(group.Rows, p.findingRow(r, f))
		}
		group.Links = p.groupLinks(r, group.Unit())
		if group.Done {
			group.Open = false
			explained = append(explained, group)
		} else {
			groups = append(groups, group)
		}
	}
	return append(groups, explained...)
}

// ruleTitle is the rule in plain words. Where several columns break the same rule, it names the column.
func (p TaskPage) ruleTitle(r Rule) string {
	same := 0
	for _, other := range p.Rules {
		if other.Title == r.Title {
			same++
		}
	}
	if same > 1 && len(r.Findings) > 0 && r.Findings[0].Name != "" {
		return r.Title + "（" + r.Findings[0].Name + "）"
	}
	return r.Title
}

func (r Rule) warns() bool { return r.Severity == models.SeverityWarning }

// explained reports whether every warning of the rule has its explanation.
func (r Rule) explained() bool { return r.warns() && r.Open == 0 }

// advice is the second line of a rule: how to mend it, and how far its explanations have come. Once all are given, the
// explanation takes the place of the advice.
func (r Rule) advice() string {
	if !r.warns() || r.Open == r.Count {
		return r.Advice
	}
	said := fmt.Sprintf("已说明 %s/%s", components.Thousands(r.Count-r.Open), components.Thousands(r.Count))
	if !r.explained() {
		return said + "　" + r.Advice
	}
	if text := r.CommonAnswer(); text != "" {
		return said + "：" + text
	}
	return said + "，逐处说明"
}

// CommonAnswer is the explanation that all shown warnings of the rule have, or "".
func (r Rule) CommonAnswer() string {
	common := ""
	for _, f := range r.Findings {
		answer := r.Answers[f.ID]
		if answer == "" || common != "" && answer != common {
			return ""
		}
		common = answer
	}
	return common
}

func (p TaskPage) groupLinks(r Rule, unit string) []components.TextLink {
	links := []components.TextLink{{
		Label: fmt.Sprintf("导出这 %s %s", components.Thousands(r.Count), unit), URL: templ.SafeURL(paths.ToBatchFindings(p.Batch.Code, r.ID)),
	}}
	if r.warns() && r.Count > 1 && p.mayExplain() { // a single one has its own button
		label := "一并说明"
		if r.explained() {
			label = "修改说明"
		}
		links = append(links, components.TextLink{Label: label,
			URL: templ.SafeURL(paths.With(paths.ToBatchExplain(p.Batch.Code), "rule", strconv.FormatInt(r.ID, 10)))})
	}
	return links
}

// mayExplain reports whether the reader may give explanations, or change them: until the batch is submitted.
func (p TaskPage) mayExplain() bool {
	return p.CanMend && (p.Batch.State == models.BatchWarnings || p.Batch.State == models.BatchClean)
}

func (p TaskPage) findingRow(r Rule, f models.Finding) components.FindingRow {
	row := components.FindingRow{
		Sheet: f.Sheet, Row: int(f.Row), Column: strings.TrimSpace(f.Column + "　" + f.Name), Value: marked(string(f.Value), f.Marks),
		Problem: f.Message, Mend: f.Advice, Note: r.Answers[f.ID],
	}
	if row.Sheet == "" && len(p.Batch.Files) > 0 {
		row.Sheet = fileOf(p.Batch.Tables(), f.File)
	}
	if len(f.Suggest) > 0 {
		row.Mend, row.Proposed = "核对后可改为", components.DifferingChars(string(f.Value), string(f.Suggest))
	}
	if r.warns() && p.mayExplain() {
		label := "说明"
		if row.Note != "" {
			label = "修改说明"
		}
		aria := fmt.Sprintf("%s：第 %d 行的提醒", label, f.Row)
		if f.Row == 0 {
			aria = label + "：整批的提醒，" + r.Title
		}
		row.Action = &components.Action{Label: label, Small: true, Aria: aria,
			URL: templ.SafeURL(paths.With(paths.ToBatchExplain(p.Batch.Code), "rule", strconv.FormatInt(r.ID, 10), "finding", strconv.FormatInt(f.ID, 10)))}
	}
	return row
}

// fileOf names the file of a finding where a batch has several; a single CSV has only one table.
func fileOf(files []models.BatchFile, index int) string {
	if len(files) == 1 || index >= len(files) {
		return "—"
	}
	return files[index].Name
}

// marked splits a value at the rune positions that are wrong: "3,4".
func marked(value, marks string) []components.Char {
	if value == "" {
		return nil
	}
	var wrong []int
	for part := range strings.SplitSeq(marks, ",") {
		if n, err := strconv.Atoi(part); err == nil {
			wrong = append(wrong, n)
		}
	}
	return components.MarkedChars(value, wrong)
}
