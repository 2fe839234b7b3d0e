package templateview

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// CommentsPage is what is said of a design before its release.
type CommentsPage struct {
	Frame
	Lines  []CommentLine
	Say    []components.Input // nil: the reader may not comment now
	Silent []string           // supplying units that have said nothing yet
}

// CommentLine is one comment with the field it is about, and the form of its answer.
type CommentLine struct {
	Comment models.DesignComment
	Field   string            // the field's title; empty: the whole
	Answer  *components.Input // nil: the reader cannot answer it
}

func (l CommentLine) badge() components.Badge {
	switch {
	case l.Comment.Agrees:
		return components.Badge{Family: components.FamilyOK, Icon: components.IconCircleCheck, Word: "没有不同意见"}
	case l.Comment.Open():
		return components.Badge{Family: components.FamilyDue, Icon: components.IconMessage, Word: "待答复"}
	}
	return components.Badge{Family: components.FamilyOff, Icon: components.IconCheck, Word: "已答复"}
}

func (p CommentsPage) sayErrors() []components.FieldError { return components.ErrorsOf(p.Say...) }

func (p CommentsPage) sub() string {
	if p.Design.CommentDue.IsZero() {
		return "送出征求意见后收集"
	}
	return "征求意见到 " + words.Full(p.Design.CommentDue)
}

// TrialsPage is the trial filings on a design.
type TrialsPage struct {
	Frame
	Rows []models.DesignTrial
	Drop components.Drop
}

func (p TrialsPage) nothing() *components.Nothing {
	if len(p.Rows) > 0 {
		return nil
	}
	return &components.Nothing{Icon: components.IconTestPipe, Title: "还没有试报", Text: "用真实数据试填草稿，可以在发布前发现口径和类型的问题。", InPanel: true}
}

// verdict is the outcome of a trial.
func verdict(t models.DesignTrial) components.Badge {
	switch t.Verdict {
	case "clean":
		return components.Badge{Family: components.FamilyOK, Icon: components.IconCircleCheck, Word: "校验通过"}
	case "warnings":
		return components.Badge{Family: components.FamilyDue, Icon: components.IconAlertTriangle, Word: "有提醒"}
	case "errors":
		return components.Badge{Family: components.FamilyLate, Icon: components.IconCircleX, Word: "有错误"}
	}
	return components.Badge{Family: components.FamilyLate, Icon: components.IconFileX, Word: "文件不合格"}
}

// TrialPage is the report of one trial filing.
type TrialPage struct {
	Frame
	Trial    models.DesignTrial
	Facts    []components.Fact
	Findings []components.Finding
}

func (p TrialPage) note() components.Sentence {
	text := "没有提醒。"
	if p.Trial.Warnings > 0 {
		text = fmt.Sprintf("提醒 %s 处，报送时改正或说明均可。", components.Thousands(p.Trial.Warnings))
	}
	return components.Sentence{components.Plain(text)}
}

// ComparePage is the difference of two versions of a template.
type ComparePage struct {
	Frame      *Frame // of a design; nil: two published versions
	Page       PlainFrame
	Old, New   string // 第 1 版
	Comparison models.Comparison
	From, To   []components.Option // the versions to choose among; only of published ones
	OldNo      string
	NewNo      string
}

// removes reports whether the new version has given up a field.
func (p ComparePage) removes() bool {
	return slices.ContainsFunc(p.Comparison.Fields, func(c models.Change) bool { return c.Kind == models.ChangeRemoved })
}

// PlainFrame is what the comparison of published versions needs of its page.
type PlainFrame struct {
	Head   components.Head
	Next   components.Next
	Action templ.SafeURL
}

func changeBadge(k models.ChangeKind) components.Badge {
	switch k {
	case models.ChangeAdded:
		return components.Badge{Family: components.FamilyOK, Icon: components.IconPlus, Word: "新增"}
	case models.ChangeRemoved:
		return components.Badge{Family: components.FamilyLate, Icon: components.IconMinus, Word: "减去"}
	}
	return components.Badge{Family: components.FamilyDue, Icon: components.IconPencil, Word: "修改"}
}

// orDash shows an empty value as one.
func orDash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

func rowsText(t models.DesignTrial) string {
	if t.Trouble != "" {
		return "—"
	}
	return components.Thousands(t.RowsRead)
}

func rejectedText(t models.DesignTrial) string {
	if t.Trouble != "" {
		return "—"
	}
	return strconv.FormatInt(t.RowsRejected, 10)
}

func (p TrialPage) back() *components.TextLink {
	return &components.TextLink{Label: "全部试报", URL: templ.SafeURL(paths.ToDesign(paths.DesignTrials, p.Design.ID))}
}

func partColumns(p ComparePage, first string) []components.Column {
	return []components.Column{{Label: first}, {Label: p.Old}, {Label: p.New}}
}
