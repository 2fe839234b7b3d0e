package ingest

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"taxportal/internal/cn"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// column is one field made ready for checking: its pattern compiled, its bounds read, its list indexed.
type column struct {
	field   models.Field
	kind    fieldType
	pattern *regexp.Regexp
	scale   int // decimals of the field's own unit that are stored
	digits  int // decimals that may be written
	low     *bound
	high    *bound
	list    *codeIndex
	accept  []cn.Kind
	today   time.Time
	date04  bool // of the file being read: its plain numbers count days from 1904
}

// bound is the least or greatest value of a field.
type bound struct {
	words string // as a reader sees it
	num   int64  // of numeric fields, in stored form
	text  string // of dates
}

// compileColumns prepares the fields of a template. Everything that is wrong with them is told at once.
func compileColumns(def *models.Definition, today models.Day) ([]*column, error) {
	var errs []error
	seen := map[string]bool{}
	columns := make([]*column, 0, len(def.Fields))
	for _, f := range def.Fields {
		c, err := compileColumn(def, f, today)
		if seen[f.Code] {
			err = errors.New("字段代码重复")
		}
		seen[f.Code] = true
		if err != nil {
			errs = append(errs, fmt.Errorf("字段“%s”（%s）：%w", f.Name, f.Code, err))
			continue
		}
		columns = append(columns, c)
	}
	if len(def.Fields) == 0 {
		errs = append(errs, errors.New("没有字段"))
	}
	return columns, errors.Join(errs...)
}

func compileColumn(def *models.Definition, f models.Field, today models.Day) (*column, error) {
	kind, ok := typeOf(f.Type)
	if !ok {
		return nil, fmt.Errorf("没有“%s”这种类型", f.Type)
	}
	c := &column{field: f, kind: kind, today: today.Time()}
	if err := c.setScale(); err != nil {
		return nil, err
	}
	if f.Pattern != "" {
		p, err := regexp.Compile(`^(?:` + f.Pattern + `)$`)
		if err != nil {
			return nil, fmt.Errorf("正则表达式不成立：%w", err)
		}
		c.pattern = p
	}
	if f.Type == models.TypeCode {
		list, ok := def.List(f.List)
		if !ok || len(list.Items) == 0 {
			return nil, fmt.Errorf("没有字典“%s”，或字典没有内容", f.List)
		}
		c.list = indexCodes(list)
	}
	for _, a := range f.Accept {
		switch k := cn.Kind(a); k {
		case cn.KindUSCC, cn.KindLegacy, cn.KindIDCard, cn.KindPassport:
			c.accept = append(c.accept, k)
		default:
			return nil, fmt.Errorf("没有“%s”这种纳税人识别号", a)
		}
	}
	var err error
	if c.low, err = c.bound(f.Min, today); err != nil {
		return nil, fmt.Errorf("最小值：%w", err)
	}
	if c.high, err = c.bound(f.Max, today); err != nil {
		return nil, fmt.Errorf("最大值：%w", err)
	}
	return c, nil
}

// setScale fixes how many decimals the field's values have, as written and as stored: money is stored in fen, so that
// 万元 may have six of them.
func (c *column) setScale() error {
	switch f := c.field; f.Type {
	case models.TypeDecimal:
		if f.Scale < 0 || f.Scale > 8 {
			return fmt.Errorf("小数位数 %d 不在 0—8 之间", f.Scale)
		}
		c.scale, c.digits = f.Scale, f.Scale
	case models.TypeMoney:
		scale, ok := moneyScale(f.Unit)
		if !ok {
			return fmt.Errorf("金额的单位只能是元或万元，不能是“%s”", f.Unit)
		}
		c.scale, c.digits = scale, scale
	}
	return nil
}

// moneyScale returns the number of decimals that one unit of money has in fen.
func moneyScale(unit string) (int, bool) {
	switch unit {
	case "", "元":
		return 2, true
	case "万元":
		return 6, true
	}
	return 0, false
}

// bound reads the least or greatest value of the field from the template.
func (c *column) bound(s string, today models.Day) (*bound, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, nil
	}
	switch c.field.Type {
	case models.TypeInteger, models.TypeDecimal, models.TypeMoney, models.TypeYear:
		d, p := cn.ParseDecimal(s)
		if p != nil {
			return nil, fmt.Errorf("“%s”%s", s, p.Message)
		}
		n, ok := d.Rescale(c.scale)
		if !ok {
			return nil, fmt.Errorf("“%s”的小数位太多", s)
		}
		return &bound{words: strings.TrimSpace(s + " " + c.field.Unit), num: n}, nil
	case models.TypeDate, models.TypeMonth, models.TypeTime:
		if s == "today" {
			return &bound{words: "今天（" + string(today) + "）", text: string(today)[:min(len(today), dayWidth(c.field.Type))]}, nil
		}
		return &bound{words: s, text: s}, nil
	}
	return nil, fmt.Errorf("类型“%s”没有最小值和最大值", c.kind.title)
}

// dayWidth is how much of an ISO day a value of the type is compared by.
func dayWidth(t models.FieldType) int {
	if t == models.TypeMonth {
		return len("2006-01")
	}
	return len("2006-01-02")
}

// invalidTemplate words what is wrong with a template for those who keep it.
func invalidTemplate(def *models.Definition, err error) error {
	message := strings.ReplaceAll(err.Error(), "\n", "；")
	return fault.Wrap(fault.Invalid, "模板“"+def.Name+"”（"+def.Code+"）不能使用："+message+"。", err)
}
