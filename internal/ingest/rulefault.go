package ingest

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/file"

	"taxportal/internal/models"
)

// RuleFault says why a row rule of a template cannot be used.
type RuleFault struct {
	Rule    int    // its index in Definition.Rules
	At      int    // the character of the expression at which it fails, from 1; 0 = the rule as a whole
	Message string // a Chinese sentence: where, what, how to mend it
}

// RuleFaults compiles the row rules of a template that may still be incomplete, each by itself and as the check does.
// Fields that cannot be used yet are taken as they are named.
func RuleFaults(def *models.Definition) []RuleFault {
	columns := usable(def)
	strict, loose := ruleTypes(columns)
	var faults []RuleFault
	for i, r := range def.Rules {
		if strings.TrimSpace(r.Expr) == "" {
			continue // said by Definition.Validate
		}
		if _, err := compileRule(whole(r), columns, strict, loose); err != nil {
			at, message := wordFault(r.Expr, err)
			faults = append(faults, RuleFault{Rule: i, At: at, Message: message})
		}
	}
	return faults
}

// usable returns the columns of a definition in which some fields may be incomplete; those are known by code and type.
func usable(def *models.Definition) []*column {
	columns := make([]*column, len(def.Fields))
	for i, f := range def.Fields {
		columns[i] = &column{field: f}
	}
	return columns
}

// whole fills in what a rule needs to be compiled although people have not written it yet.
func whole(r models.RowRule) models.RowRule {
	if r.Code == "" {
		r.Code = "R"
	}
	if r.Message == "" {
		r.Message = "不符合规则"
	}
	if r.Severity != models.SeverityError {
		r.Severity = models.SeverityWarning
	}
	return r
}

// wordFault says in Chinese what the expression's compiler says in its own words, and where.
func wordFault(source string, err error) (at int, message string) {
	var fault *file.Error
	if !errors.As(err, &fault) {
		text := strings.TrimPrefix(err.Error(), "表达式不成立：")
		for _, t := range faultWords {
			if m := t.pattern.FindStringSubmatch(text); m != nil {
				return 0, "算式不成立：" + t.words(m) + "。"
			}
		}
		return 0, "算式不成立：" + text + "。"
	}
	at = min(fault.From, len([]rune(source))) + 1
	what := "写法不合语法，请对照可用的字段和函数检查括号、引号和运算符"
	for _, t := range faultWords {
		if m := t.pattern.FindStringSubmatch(fault.Message); m != nil {
			what = t.words(m)
			break
		}
	}
	return at, fmt.Sprintf("算式第 %d 个字符%s处：%s。", at, placeOf(source, at), what)
}

// placeOf quotes the place of a fault, so that it is found without counting.
func placeOf(source string, at int) string {
	runes := []rune(source)
	if at > len(runes) {
		return "（末尾）"
	}
	end := min(at-1+5, len(runes))
	return "“" + strings.TrimSpace(string(runes[at-1:end])) + "”"
}

// faultWord turns one kind of message of the compiler into a sentence.
type faultWord struct {
	pattern *regexp.Regexp
	words   func(m []string) string
}

func says(text string) func([]string) string { return func([]string) string { return text } }

var faultWords = []faultWord{
	{regexp.MustCompile(`unexpected token EOF|unexpected end of expression`), says("算式没有写完")},
	{regexp.MustCompile(`unexpected token Operator\("="\)`), says("不能用单个“=”；判断相等写作 ==")},
	{regexp.MustCompile(`unexpected token \w+\("(.*)"\)`), func(m []string) string { return "这里不应出现“" + m[1] + "”" }},
	{regexp.MustCompile(`unexpected token`), says("这里少了运算符、字段或括号")},
	{regexp.MustCompile(`unknown name (\S+)`), func(m []string) string {
		return "没有名为“" + m[1] + "”的字段或函数；字段写代码，不写名称"
	}},
	{regexp.MustCompile(`mismatched types (\S+) and (\S+?)\)`), func(m []string) string {
		return "两边的类型不同（" + kindWord(m[1]) + "与" + kindWord(m[2]) + "），不能这样比较或计算"
	}},
	{regexp.MustCompile(`mismatched type (\S+?)\)`), func(m []string) string { return kindWord(m[1]) + "不能这样计算" }},
	{regexp.MustCompile(`expected bool, but got (\S+)`), func(m []string) string {
		return "算式的结果应是“成立”或“不成立”，现在得到的是" + kindWord(m[1])
	}},
	{regexp.MustCompile(`literal not terminated`), says("引号没有成对")},
	{regexp.MustCompile(`unrecognized character: U\+[0-9A-F]+ '(.)'`), func(m []string) string {
		return "算式中不能用“" + m[1] + "”，请改用半角符号"
	}},
	{regexp.MustCompile(`bad number syntax|invalid .*literal|literal is too large`), says("数字的写法不对")},
	{regexp.MustCompile(`arguments|overload|argument`), says("函数的参数个数或类型不对")},
	{regexp.MustCompile(`not callable`), says("这不是函数，不能加括号调用")},
	{regexp.MustCompile(`maximum allowed nodes`), says("算式太长，请拆成几条规则")},
	{regexp.MustCompile(`has no field|has no method|cannot use|is undefined|does not support`), says("字段只有一个值，不能再取其中的部分")},
	{regexp.MustCompile(`non-bool expression`), says("条件应是“成立”或“不成立”")},
	{regexp.MustCompile(`^([^a-z]+)$`), func(m []string) string { return m[1] }}, // our own words
}

// kindWord says a type of the rules as people know it.
func kindWord(name string) string {
	switch strings.Trim(name, "(),") {
	case "float64", "int", "float", "integer":
		return "数字"
	case "string":
		return "文字"
	case "bool":
		return "是否"
	case "nil":
		return "空值"
	}
	return "别的类型"
}

// RuleFunctions say for a reader what a row rule may use beside the fields, an example each.
func RuleFunctions() []string {
	return []string{
		"== != > >= < <=　and or not　+ - * /　in [\"01\", \"02\"]",
		"near(a, b) 两数相差不过 0.005；near(a, b, 1) 相差不过 1",
		"days(开始日期, 结束日期) 相差天数；year(日期)、month(日期)；today 今天",
		"abs 绝对值、round 四舍五入、min、max、len 字数、trim、upper、lower、hasPrefix(文字, \"开头\")",
		"空的单元格是 nil：price == nil or price > 0；最多 " + strconv.Itoa(ruleNodes) + " 个运算",
	}
}
