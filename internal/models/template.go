package models

// FieldType is the kind of value a template's field takes. Each has its rules, messages and mask in internal/ingest,
// built on internal/cn.
type FieldType string

// The field types (issue A, 7). Identifiers are kept as normalised text; numbers as scaled integers.
const (
	TypeText       FieldType = "text"
	TypeInteger    FieldType = "integer"
	TypeDecimal    FieldType = "decimal" // scaled by 10^Scale
	TypeMoney      FieldType = "money"   // stored in fen whatever Unit says (元 or 万元)
	TypeDate       FieldType = "date"    // stored as 2026-10-08
	TypeMonth      FieldType = "month"   // stored as 2026-10
	TypeYear       FieldType = "year"    // stored as an integer
	TypeTime       FieldType = "time"    // date and time of day, stored as 2026-10-08 09:30
	TypeBool       FieldType = "bool"    // 是/否, stored as 1/0
	TypeCode       FieldType = "code"    // an entry of a code list, stored by code
	TypeUSCC       FieldType = "uscc"    // 统一社会信用代码
	TypeLegacy     FieldType = "legacy"  // old registration, organisation and taxpayer numbers
	TypeIDCard     FieldType = "idcard"  // 公民身份号码 and foreigners' permanent residence cards
	TypePassport   FieldType = "passport"
	TypeTaxpayer   FieldType = "taxpayer" // any of USCC, legacy, ID card, passport
	TypePerson     FieldType = "person"   // a person's name
	TypePhone      FieldType = "phone"
	TypeAccount    FieldType = "account" // bank account
	TypeRegion     FieldType = "region"  // GB/T 2260 code
	TypeAddress    FieldType = "address"
	TypePoint      FieldType = "point" // longitude,latitude in degrees
	TypePlate      FieldType = "plate"
	TypeVIN        FieldType = "vin"
	TypeEstate     FieldType = "estate"     // 不动产单元号
	TypeAttachment FieldType = "attachment" // name of a file that is delivered beside the table
)

// Coverage says what the rows of a filing stand for.
type Coverage string

// The coverages of DESIGN §4.
const (
	CoverageIncrement Coverage = "increment" // 本期新增变动: every effective batch counts
	CoverageSnapshot  Coverage = "snapshot"  // 期末存量: each item's latest effective period counts
)

// Severity tells whether a finding keeps a filing from being submitted.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // 错误: must be mended
	SeverityWarning Severity = "warning" // 提醒: mend or explain
)

// Field is one column of a template. Its code never changes its type or scale once published: the warehouse column
// lives for ever (DESIGN §4).
type Field struct {
	Code      string    `json:"code" yaml:"code"` // ^[a-z][a-z0-9_]{0,40}$; the warehouse column
	Name      string    `json:"name" yaml:"name"` // the column's title
	Type      FieldType `json:"type" yaml:"type"`
	Caliber   string    `json:"caliber" yaml:"caliber"`                       // 口径: what is counted, from where, as of when
	Standard  string    `json:"standard,omitempty" yaml:"standard"`           // 标准: the norm that the value follows, in words
	Example   string    `json:"example,omitempty" yaml:"example"`             // an example for the workbook, synthetic
	Required  bool      `json:"required,omitempty" yaml:"required"`           //
	Key       bool      `json:"key,omitempty" yaml:"key"`                     // part of the business key that must be unique in a batch
	Subject   bool      `json:"subject,omitempty" yaml:"subject"`             // names the row's taxpayer; at most one per template
	Sensitive bool      `json:"sensitive,omitempty" yaml:"sensitive"`         // sealed at rest, masked on pages
	MinLen    int       `json:"min_len,omitempty" yaml:"min_len"`             // in characters; 0 = none
	MaxLen    int       `json:"max_len,omitempty" yaml:"max_len"`             // in characters; 0 = 500 for text
	Pattern   string    `json:"pattern,omitempty" yaml:"pattern"`             // RE2, the whole value must match
	Hint      string    `json:"hint,omitempty" yaml:"hint"`                   // how to mend a value that breaks Pattern
	Min       string    `json:"min,omitempty" yaml:"min"`                     // least value: a decimal, or a date (also 'today')
	Max       string    `json:"max,omitempty" yaml:"max"`                     // greatest value
	Scale     int       `json:"scale,omitempty" yaml:"scale"`                 // decimals of TypeDecimal, 0–8
	Unit      string    `json:"unit,omitempty" yaml:"unit"`                   // unit of measure; 元 or 万元 for money
	List      string    `json:"list,omitempty" yaml:"list"`                   // code list of TypeCode
	Aliases   []string  `json:"aliases,omitempty" yaml:"aliases"`             // other titles under which units know the column
	Accept    []string  `json:"accept,omitempty" yaml:"accept"`               // subject kinds that TypeTaxpayer takes; empty = all
	Prior     int       `json:"prior_percent,omitempty" yaml:"prior_percent"` // warn if the batch's sum departs from the unit's last period by more than this; 0 = no
}

// Identifier reports whether the field names a person, a body or a thing, so that it gets a hash column beside it.
func (f Field) Identifier() bool {
	switch f.Type {
	case TypeUSCC, TypeLegacy, TypeIDCard, TypePassport, TypeTaxpayer, TypeAccount, TypePhone, TypePlate, TypeVIN, TypeEstate:
		return true
	}
	return false
}

// Numeric reports whether the field's value is stored as an integer.
func (f Field) Numeric() bool {
	switch f.Type {
	case TypeInteger, TypeDecimal, TypeMoney, TypeYear, TypeBool:
		return true
	}
	return false
}

// CodeItem is one entry of a code list.
type CodeItem struct {
	Code string `json:"code" yaml:"code"`
	Name string `json:"name" yaml:"name"`
}

// CodeList is the 字典 of a TypeCode field.
type CodeList struct {
	Code  string     `json:"code" yaml:"code"`
	Name  string     `json:"name" yaml:"name"`
	Items []CodeItem `json:"items" yaml:"items"`
}

// RowRule is a check across the fields of one row, an expr expression that is true for a good row.
// Names in it are field codes: numbers are float64 in the field's own unit (money in 元), dates are text in ISO form,
// texts are strings, empty cells are nil.
type RowRule struct {
	Code     string   `json:"code" yaml:"code"`
	Expr     string   `json:"expr" yaml:"expr"`
	Severity Severity `json:"severity" yaml:"severity"`
	Title    string   `json:"title" yaml:"title"`     // the rule in plain words
	Message  string   `json:"message" yaml:"message"` // what is wrong with the row
	Advice   string   `json:"advice" yaml:"advice"`   // how to mend it
	Fields   []string `json:"fields" yaml:"fields"`   // the fields to look at; the first gives the finding its column
}

// Definition is the whole content of one template version: what the workbook is made from, what a file is checked
// against, and what the warehouse table is built from. It is immutable once published.
type Definition struct {
	Code      string     `json:"code" yaml:"code"` // the template's code, zjj-02
	Name      string     `json:"name" yaml:"name"` // 商品房预售许可信息
	Version   int        `json:"version" yaml:"version"`
	Caliber   string     `json:"caliber" yaml:"caliber"`                       // 口径 of the whole register
	Deadline  string     `json:"deadline" yaml:"deadline"`                     // 期限 in words
	Basis     string     `json:"basis,omitempty" yaml:"basis"`                 // legal basis
	Coverage  Coverage   `json:"coverage" yaml:"coverage"`                     //
	Notes     []string   `json:"notes,omitempty" yaml:"notes"`                 // lines of the 填报说明
	Fields    []Field    `json:"fields" yaml:"fields"`                         //
	Lists     []CodeList `json:"lists,omitempty" yaml:"lists"`                 //
	Rules     []RowRule  `json:"rules,omitempty" yaml:"rules"`                 //
	PriorRows int        `json:"prior_rows_percent" yaml:"prior_rows_percent"` // warn if the number of rows departs from the unit's last period by more than this; 0 = no
}

// Field returns the field with the code, and false if there is none.
func (d *Definition) Field(code string) (Field, bool) {
	for _, f := range d.Fields {
		if f.Code == code {
			return f, true
		}
	}
	return Field{}, false
}

// List returns the code list with the code, and false if there is none.
func (d *Definition) List(code string) (CodeList, bool) {
	for _, l := range d.Lists {
		if l.Code == code {
			return l, true
		}
	}
	return CodeList{}, false
}

// SubjectField returns the index of the field that names the row's taxpayer, or -1.
func (d *Definition) SubjectField() int {
	for i, f := range d.Fields {
		if f.Subject {
			return i
		}
	}
	return -1
}

// Value is one checked cell: what the warehouse stores. Text holds texts, dates and normalised identifiers;
// Int holds numbers, scaled as the field says; Null is an empty cell.
type Value struct {
	Null bool
	Int  int64
	Text string
}

// Record is one checked row of a batch, Values in the order of Definition.Fields.
// RowNo is file index × RowsPerFile + the row as Excel shows it, so that it names the place in the unit's own file.
type Record struct {
	RowNo  int64
	Values []Value
}

// RowsPerFile separates the row numbers of the files of one batch.
const RowsPerFile = 100_000_000
