package warehouse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// The system columns of every table.
const (
	colBatch   = "_batch_id"
	colRow     = "_row_no"
	colSubject = "_subject"
	colPeriod  = "_period"
	colUnit    = "_unit_id"
	colKey     = "_key" // of the table of subjects, SQLite only
)

// maxFields bounds the columns of a table well below what the engines take (SQLite 2,000, PostgreSQL 1,600).
const maxFields = 400

// Codes become SQL identifiers, so their form is checked here whoever has checked it before. Neither admits a quote,
// a leading underscore (the system columns') or an upper-case letter (the engines fold case differently).
var (
	templateCode = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	fieldCode    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
)

// maxTemplateCode keeps names with their prefix below PostgreSQL's 63 bytes.
const maxTemplateCode = 40

// reserved are column names that PostgreSQL keeps for itself in every table.
var reserved = []string{"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"}

// storage is how a field's values lie in their column.
type storage uint8

const (
	storeText storage = iota
	storeInteger
	storeSealed
)

// column is one field's column, for ever.
type column struct {
	name      string
	kind      models.FieldType
	scale     int
	sensitive bool
	hashed    bool // a column <name>_h stands beside it
	subject   bool // _subject is made from it
}

// storage returns how the column's values are stored.
func (c column) storage() storage {
	switch {
	case c.sensitive:
		return storeSealed
	case c.numeric():
		return storeInteger
	}
	return storeText
}

func (c column) numeric() bool { return models.Field{Type: c.kind}.Numeric() }

// hash returns the name of the hash column.
func (c column) hash() string { return c.name + "_h" }

// layout is the form of one template's table as one version of the template wants it, or as it is.
type layout struct {
	template string
	table    string
	coverage models.Coverage
	columns  []column
	viewForm int // by which form of createView's statement the view was made
}

// layoutOf derives the table of a definition, its columns in the order of the fields. A definition that cannot be
// stored is a fault.Invalid.
func layoutOf(def *models.Definition) (*layout, error) {
	if len(def.Code) > maxTemplateCode || !templateCode.MatchString(def.Code) {
		return nil, invalid("模板代码 %q 不合规：只能用小写字母、数字和连字符，以字母开头，最长 %d 个字符。", def.Code, maxTemplateCode)
	}
	if def.Coverage != models.CoverageIncrement && def.Coverage != models.CoverageSnapshot {
		return nil, invalid("模板 %s 没有说明数据范围（本期新增变动或期末存量）。", def.Code)
	}
	if len(def.Fields) == 0 || len(def.Fields) > maxFields {
		return nil, invalid("模板 %s 的字段数为 %d，应在 1 至 %d 之间。", def.Code, len(def.Fields), maxFields)
	}
	l := &layout{template: def.Code, table: tableName(def.Code), coverage: def.Coverage}
	for _, f := range def.Fields {
		if !fieldCode.MatchString(f.Code) || slices.Contains(reserved, f.Code) {
			return nil, invalid("模板 %s 的字段代码 %q 不合规：只能用小写字母、数字和下划线，以字母开头，最长 41 个字符，且不能是数据库保留的名称。",
				def.Code, f.Code)
		}
		l.columns = append(l.columns, columnOf(f))
	}
	return l, l.checkNames()
}

// columnOf returns the column of a field.
func columnOf(f models.Field) column {
	c := column{name: f.Code, kind: f.Type, sensitive: f.Sensitive, subject: f.Subject}
	c.hashed = f.Identifier() && !f.Subject
	if f.Type == models.TypeDecimal {
		c.scale = f.Scale
	}
	return c
}

// checkNames refuses two columns of one name and two subjects.
func (l *layout) checkNames() error {
	seen := map[string]bool{}
	subjects := 0
	for _, c := range l.columns {
		names := []string{c.name}
		if c.hashed {
			names = append(names, c.hash())
		}
		for _, name := range names {
			if seen[name] {
				return invalid("模板 %s 的字段代码 %q 重复，或与另一字段的散列列（代码加 _h）重名，请改用别的代码。", l.template, name)
			}
			seen[name] = true
		}
		if c.subject {
			subjects++
		}
	}
	if subjects > 1 {
		return invalid("模板 %s 有 %d 个字段被标为主体，只能有一个。", l.template, subjects)
	}
	return nil
}

// column returns the column with the name, and false if there is none.
func (l *layout) column(name string) (column, bool) {
	for _, c := range l.columns {
		if c.name == name {
			return c, true
		}
	}
	return column{}, false
}

// stored returns the names of the columns that a row fills besides the system columns: each field's, followed by its
// hash column if it has one.
func (l *layout) stored() []string {
	var names []string
	for _, c := range l.columns {
		names = append(names, c.name)
		if c.hashed {
			names = append(names, c.hash())
		}
	}
	return names
}

// grow returns the columns that the table l lacks for want. It refuses what a table can never do (DESIGN §4: a field
// never changes, a changed field is a new field code): fault.Conflict.
func (l *layout) grow(want *layout) ([]column, error) {
	if l.coverage != want.coverage {
		return nil, conflict("模板 %s 的数据范围（本期新增变动或期末存量）不能更改，请另建模板。", l.template)
	}
	var added []column
	for _, c := range want.columns {
		have, ok := l.column(c.name)
		switch {
		case !ok:
			added = append(added, c)
		case have != c:
			return nil, conflict("模板 %s 的字段 %s 已有数据列，其%s不能更改，请改用新的字段代码。", l.template, c.name, difference(have, c))
		}
	}
	grown := &layout{template: l.template, columns: slices.Concat(l.columns, added)}
	return added, grown.checkNames()
}

// difference names what two columns of the same name disagree on.
func difference(a, b column) string {
	switch {
	case a.kind != b.kind:
		return "类型"
	case a.scale != b.scale:
		return "小数位数"
	case a.sensitive != b.sensitive:
		return "是否敏感"
	}
	return "是否主体"
}

// The names of a template's objects. The part after the prefix is unique, since template codes hold no underscore.
func tableName(template string) string { return "w_" + strings.ReplaceAll(template, "-", "_") }

// ViewName returns the name of the view of a template's effective rows, for statements of other packages. It is fit
// for SQL only if the template has a table.
func ViewName(template string) string { return "e" + tableName(template)[1:] }

func (l *layout) view() string         { return "e" + l.table[1:] }
func (l *layout) subjects() string     { return finders(l.table) }
func (l *layout) subjectIndex() string { return "i" + l.table[1:] } // PostgreSQL's
func (l *layout) primaryKey() string   { return "p" + l.table[1:] }

// finders returns the name of the table by which SQLite finds the rows of a table by subject.
func finders(table string) string { return "s" + table[1:] }

// quote makes a checked name an SQL identifier, whatever keyword it may be.
func quote(name string) string { return `"` + name + `"` }

// quoteAll quotes names, each behind a prefix, and joins them with commas.
func quoteAll(prefix string, names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = prefix + quote(name)
	}
	return strings.Join(quoted, ", ")
}

func invalid(format string, args ...any) error {
	return fault.New(fault.Invalid, fmt.Sprintf(format, args...))
}

func conflict(format string, args ...any) error {
	return fault.New(fault.Conflict, fmt.Sprintf(format, args...))
}
