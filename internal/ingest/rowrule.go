package ingest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"taxportal/internal/models"
)

const (
	ruleNodes  = 400    // size of an expression; it has no loops, so this bounds its time
	ruleMemory = 10_000 // items that an expression may make
	ruleRange  = 1000   // numbers of a range, which are made before the expression runs
)

// ruleBuiltins are the functions of expr that a rule may use: pure, and without loops.
var ruleBuiltins = []string{"len", "abs", "ceil", "floor", "round", "int", "float", "string", "trim", "upper", "lower",
	"min", "max", "hasPrefix", "hasSuffix", "indexOf"}

// rowRule is a rule across the fields of a row, ready to run.
type rowRule struct {
	models.RowRule
	program *vm.Program
	looks   []int // fields whose errors make the rule pointless: those of its expression and those it names
	shows   []int // fields that the finding shows; the first gives it its column
}

// rowRules are the rules of a template and what they need to run; one goroutine at a time.
type rowRules struct {
	rules []rowRule
	used  []int // fields that at least one rule looks at
	env   map[string]any
	vm    vm.VM
}

// compileRules compiles the row rules of a template. Each is checked twice: once with the fields' exact types, so that
// a comparison of an amount with a text does not pass, and once as it will run, where an optional field may be nil.
func compileRules(def *models.Definition, columns []*column, today models.Day) (*rowRules, error) {
	set := newRowRules(today)
	strict, loose := ruleTypes(columns)
	var errs []error
	seen := map[string]bool{}
	for _, r := range def.Rules {
		rule, err := compileRule(r, columns, strict, loose)
		if err == nil && seen[r.Code] {
			err = errors.New("代码重复")
		}
		seen[r.Code] = true
		if err != nil {
			errs = append(errs, fmt.Errorf("行内规则“%s”（%s）：%w", r.Title, r.Code, err))
			continue
		}
		set.rules = append(set.rules, rule)
		for _, i := range rule.looks {
			if !slices.Contains(set.used, i) {
				set.used = append(set.used, i)
			}
		}
	}
	return set, errors.Join(errs...)
}

func newRowRules(today models.Day) *rowRules {
	return &rowRules{env: map[string]any{"today": string(today)}, vm: vm.VM{MemoryBudget: ruleMemory}}
}

// ruleTypes are the names that a rule may use: with the fields' exact types, and as it will run.
func ruleTypes(columns []*column) (strict, loose types.Map) {
	strict, loose = types.Map{"today": types.String}, types.Map{"today": types.String}
	for _, c := range columns {
		strict[c.field.Code], loose[c.field.Code] = ruleType(c.field), ruleType(c.field)
		if !c.field.Required {
			loose[c.field.Code] = types.Any
		}
	}
	return strict, loose
}

func compileRule(r models.RowRule, columns []*column, strict, loose types.Map) (rowRule, error) {
	rule := rowRule{RowRule: r}
	switch {
	case r.Code == "" || r.Message == "":
		return rule, errors.New("缺少代码或说明文字")
	case r.Severity != models.SeverityError && r.Severity != models.SeverityWarning:
		return rule, fmt.Errorf("严重程度“%s”不是 error 或 warning", r.Severity)
	}
	if rule.Title == "" {
		rule.Title = r.Message
	}
	names, err := inspect(r.Expr)
	if err != nil {
		return rule, fmt.Errorf("表达式不成立：%w", err)
	}
	if _, err := expr.Compile(r.Expr, append(ruleOptions(strict), expr.WarnOnAny())...); err != nil {
		return rule, fmt.Errorf("表达式不成立：%w", err)
	}
	program, err := expr.Compile(r.Expr, ruleOptions(loose)...)
	if err != nil {
		return rule, fmt.Errorf("表达式不成立：%w", err)
	}
	rule.program = program
	for _, code := range r.Fields {
		i := slices.IndexFunc(columns, func(c *column) bool { return c.field.Code == code })
		if i < 0 {
			return rule, fmt.Errorf("没有字段“%s”", code)
		}
		rule.shows = append(rule.shows, i)
	}
	rule.looks = slices.Clone(rule.shows)
	for i, c := range columns {
		if names[c.field.Code] && !slices.Contains(rule.looks, i) {
			rule.looks = append(rule.looks, i)
		}
	}
	return rule, nil
}

// ruleOptions is the language of the rules: the fields, today, and pure functions without loops.
func ruleOptions(env types.Map) []expr.Option {
	options := []expr.Option{expr.Env(env), expr.AsBool(), expr.MaxNodes(ruleNodes), expr.DisableAllBuiltins(),
		expr.Function("near", near, new(func(any, any) bool), new(func(any, any, any) bool)),
		expr.Function("days", days, new(func(any, any) float64)),
		expr.Function("year", partOf(0, 4), new(func(any) float64)),
		expr.Function("month", partOf(5, 7), new(func(any) float64)),
	}
	for _, name := range ruleBuiltins {
		options = append(options, expr.EnableBuiltin(name))
	}
	return options
}

// ruleType is the type under which a rule sees a field.
func ruleType(f models.Field) types.Type {
	switch {
	case f.Type == models.TypeBool:
		return types.Bool
	case f.Numeric():
		return types.Float64
	}
	return types.String
}

// inspector walks an expression: it gathers the names in it and refuses what runs over a list or makes a long one, so
// that every rule ends at once.
type inspector struct {
	names map[string]bool
	err   error
}

// Visit belongs to ast.Visitor.
func (x *inspector) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		x.names[n.Value] = true
	case *ast.BuiltinNode:
		if !slices.Contains(ruleBuiltins, n.Name) {
			x.err = fmt.Errorf("不能使用函数 %s", n.Name)
		}
	case *ast.PredicateNode:
		x.err = errors.New("不能遍历列表")
	case *ast.BinaryNode:
		if n.Operator == ".." && !short(n) {
			x.err = fmt.Errorf("区间“..”两端只能写整数，且不超过 %d 个数；比较大小请写作 units >= 1 and units <= 5000 这样的算式", ruleRange)
		}
	}
}

// short reports whether a range has numbers for its ends, and not too many between them: the compiler makes all of them
// in memory, whatever the budget of the run.
func short(n *ast.BinaryNode) bool {
	from, low := literal(n.Left)
	to, high := literal(n.Right)
	const most = 1 << 31 // so that the difference is a number, too
	return low && high && max(from, -from, to, -to) < most && to-from < ruleRange
}

// literal returns the integer that a node writes out, with its sign.
func literal(node ast.Node) (n int, ok bool) {
	switch node := node.(type) {
	case *ast.IntegerNode:
		return node.Value, true
	case *ast.UnaryNode:
		if n, ok = literal(node.Node); ok && node.Operator == "-" {
			return -n, true
		}
		return n, ok && node.Operator == "+"
	}
	return 0, false
}

// inspect returns the names in an expression.
func inspect(source string) (map[string]bool, error) {
	x := &inspector{names: map[string]bool{}}
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, err
	}
	ast.Walk(&tree.Node, x)
	return x.names, x.err
}

// fill puts the values of a row into the environment.
func (s *rowRules) fill(columns []*column, values []models.Value) {
	for _, i := range s.used {
		f := &columns[i].field
		switch v := values[i]; {
		case v.Null:
			s.env[f.Code] = nil
		case f.Type == models.TypeBool:
			s.env[f.Code] = v.Int != 0
		case f.Numeric():
			s.env[f.Code] = float64(v.Int) / pow10(columns[i].scale)
		default:
			s.env[f.Code] = v.Text
		}
	}
}

// run evaluates one rule on the row that fill has set. An error means that the rule could not be computed.
func (s *rowRules) run(rule *rowRule) (good bool, err error) {
	out, err := s.vm.Run(rule.program, s.env)
	if err != nil {
		return false, err
	}
	good, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("rule %s gave %s instead of a truth value", rule.Code, reflect.TypeOf(out))
	}
	return good, nil
}

func pow10(n int) float64 {
	p := 1.0
	for range n {
		p *= 10
	}
	return p
}
