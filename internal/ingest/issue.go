package ingest

import (
	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// issue is what is wrong with one cell or row, before it is known where that stands.
type issue struct {
	rule     string
	severity models.Severity
	title    string // the rule in plain words, for the group
	general  string // how to mend it, one sentence for the whole group
	message  string
	veiled   string // the message without figures, for a sensitive field; empty = message
	advice   string // how to mend this one; empty = general
	suggest  string
	marks    []int
}

// wrong makes an error.
func wrong(rule, title, general, message string) issue {
	return issue{rule: rule, severity: models.SeverityError, title: title, general: general, message: message}
}

// suggesting adds the value that was probably meant. The portal proposes it and never puts it in by itself.
func (i issue) suggesting(value string) issue {
	if value != "" {
		i.suggest, i.advice = value, proposal(value)
	}
	return i
}

// proposal words a value that was probably meant.
func proposal(value string) string { return "核对后可改为 " + value }

// hasError reports whether one of the issues keeps the row from being taken.
func hasError(issues []issue) bool {
	for i := range issues {
		if issues[i].severity == models.SeverityError {
			return true
		}
	}
	return false
}

// ruleNames are the stable codes of cn's rules in findings, behind the kind and a point: uscc.check. Rules that are
// not listed keep their own name.
var ruleNames = map[cn.Rule]string{cn.RuleCheckDigit: "check", cn.RuleChar: "letter"}

// ruleTitles say what a rule of cn is about, behind the name of the kind: 统一社会信用代码校验位不符.
var ruleTitles = map[cn.Rule]string{
	cn.RuleLength:     "位数不符",
	cn.RuleChar:       "含有不该有的字符",
	cn.RuleForm:       "写法不符",
	cn.RuleCheckDigit: "校验位不符",
	cn.RuleOrgDigit:   "中的组织机构代码校验位不符",
	cn.RuleDate:       "中的日期不存在",
	cn.RuleFuture:     "中的日期晚于今天",
	cn.RuleRegion:     "中的行政区划代码不存在",
	cn.RuleRetired:    "是已停用的代码或号码",
	cn.RuleAmbiguous:  "有两种读法",
	cn.RuleUnit:       "带有单位",
	cn.RuleOverflow:   "超出可以存储的范围",
	cn.RuleRange:      "超出合理范围",
	cn.RuleLost:       "有丢失的字",
	cn.RuleMany:       "一格填了多个值",
	cn.RuleVague:      "不是实际内容",
}

// fromProblem words a problem that cn found with a value. prefix is the rule's kind, name what readers call it; raw
// and normal are the value as typed and as checked.
func fromProblem(p cn.Problem, prefix, name, general, raw, normal string) issue {
	code, ok := ruleNames[p.Rule]
	if !ok {
		code = string(p.Rule)
	}
	title, ok := ruleTitles[p.Rule]
	if !ok {
		title = "不符合规则"
	}
	if p.Rule == cn.RuleRegion && prefix == string(cn.KindRegion) {
		title = "不存在" // the code is the region itself, not a number that holds one
	}
	if general == "" {
		general = p.Hint
	}
	return issue{
		rule: prefix + "." + code, severity: models.Severity(p.Severity), title: name + title, general: general,
		message: p.Message, advice: p.Advice(), suggest: p.Suggest, marks: cn.RawMarks(raw, normal, p.Mark),
	}
}
