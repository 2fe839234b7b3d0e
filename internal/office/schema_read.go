package office

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// foreignSchema is a Table Schema as it may come from anywhere: of what the standard allows to be written in two ways,
// both are taken.
type foreignSchema struct {
	tableSchema
	Fields     []foreignField  `json:"fields"`
	PrimaryKey json.RawMessage `json:"primaryKey"`
}

type foreignField struct {
	schemaField
	Example     any                        `json:"example"`
	Categories  []json.RawMessage          `json:"categories"`
	Constraints map[string]json.RawMessage `json:"constraints"`
}

// ParseSchema returns the template that a Frictionless Table Schema describes, in either version of the standard. What
// Schema has written comes back whole; of a schema from elsewhere field names become codes where they can, and titles,
// types and constraints are taken over. The definition may be incomplete.
// Returns fault.Invalid for what is no Table Schema or has more fields than a template may have.
func ParseSchema(content []byte) (models.Definition, error) {
	var s foreignSchema
	if err := json.Unmarshal(content, &s); err != nil {
		return models.Definition{}, fault.Wrap(fault.Invalid, "文件不是 Frictionless Table Schema：不是正确的 JSON，请核对后再导入。", err)
	}
	switch {
	case len(s.Fields) == 0:
		return models.Definition{}, fault.New(fault.Invalid, "文件不是 Frictionless Table Schema：其中没有 fields，请核对后再导入。")
	case len(s.Fields) > models.MaxFields:
		return models.Definition{}, tooManyFields(len(s.Fields))
	}
	def := models.Definition{Code: s.Name, Name: s.Title, Version: s.Version, Caliber: s.Description, Deadline: s.Deadline, Basis: s.Basis,
		Coverage: models.Coverage(s.Coverage), Notes: s.Notes, Lists: s.Lists, Rules: s.Rules, PriorRows: s.PriorRows}
	if def.Coverage != models.CoverageSnapshot {
		def.Coverage = models.CoverageIncrement
	}
	keys := oneOrMany(s.PrimaryKey)
	for i, f := range s.Fields {
		field := f.field(&def, i)
		if slices.Contains(keys, f.Name) {
			field.Key, field.Required = true, true
		}
		def.Fields = append(def.Fields, field)
	}
	return def, nil
}

func tooManyFields(n int) error {
	return fault.New(fault.Invalid, fmt.Sprintf("文件中有 %d 个字段，一个模板最多 %d 个。请只留共享需要的字段，或按事项拆成几个模板后再导入。", n, models.MaxFields))
}

// oneOrMany reads what the standard lets stand as one text or as a list of them.
func oneOrMany(raw json.RawMessage) []string {
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	return nil
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// codeOf makes a field's code of a name from elsewhere, or of its place where the name does not allow it.
func codeOf(name string, place int) string {
	code := strings.ToLower(strings.NewReplacer(" ", "_", "-", "_", ".", "_").Replace(strings.TrimSpace(name)))
	if codeForm.MatchString(code) && !strings.HasSuffix(code, "_h") {
		return code
	}
	return fmt.Sprintf("col_%02d", place+1)
}

func (f foreignField) field(def *models.Definition, place int) models.Field {
	field := models.Field{Code: codeOf(f.Name, place), Name: f.Title, Type: f.FieldType, Example: f.example(), Caliber: f.Description, Standard: f.Standard, Unit: f.Unit, Scale: f.Scale,
		Subject: f.Subject, Sensitive: f.Sensitive, Aliases: f.Aliases, List: f.List, Hint: f.Hint, Accept: f.Accept, Prior: f.Prior, Min: f.Min, Max: f.Max}
	if field.Name == "" {
		field.Name = f.Name
	}
	if !field.Type.Known() {
		field.Type, field.Scale = typeOfSchema(f.Type)
	}
	f.constrain(&field)
	if items := f.categories(); len(items) > 0 && field.List == "" {
		list := models.CodeList{Code: field.Code, Name: field.Name, Items: items}
		def.Lists = append(def.Lists, list)
		field.Type, field.List, field.Scale = models.TypeCode, list.Code, 0
	}
	return field
}

// example returns the field's example as text.
func (f foreignField) example() string {
	if f.Example == nil {
		return ""
	}
	return fmt.Sprint(f.Example)
}

func typeOfSchema(kind string) (t models.FieldType, scale int) {
	switch kind {
	case "integer":
		return models.TypeInteger, 0
	case "number":
		return models.TypeDecimal, 2
	case "date":
		return models.TypeDate, 0
	case "yearmonth":
		return models.TypeMonth, 0
	case "year":
		return models.TypeYear, 0
	case "datetime":
		return models.TypeTime, 0
	case "boolean":
		return models.TypeBool, 0
	case "geopoint":
		return models.TypePoint, 0
	}
	return models.TypeText, 0
}

// constrain takes over the constraints that a template knows.
func (f foreignField) constrain(field *models.Field) {
	number := func(name string) (n int) {
		_ = json.Unmarshal(f.Constraints[name], &n) // what is no number is none
		return n
	}
	text := func(name string) string {
		raw := strings.Trim(string(f.Constraints[name]), `"`)
		if name == "pattern" {
			raw = ""
			_ = json.Unmarshal(f.Constraints[name], &raw)
		}
		return raw
	}
	field.Required = string(f.Constraints["required"]) == "true"
	field.MinLen, field.MaxLen = number("minLength"), number("maxLength")
	if pattern, ours := strings.CutPrefix(text("pattern"), "^(?:"); ours {
		field.Pattern = strings.TrimSuffix(pattern, ")$")
	} else {
		field.Pattern = pattern
	}
	bound := func(now, name, clock string) string {
		if now != "" {
			return now
		}
		value := text(name)
		if field.Type == models.TypeTime {
			value = strings.TrimSuffix(value, clock)
		}
		return value
	}
	field.Min, field.Max = bound(field.Min, "minimum", " 00:00"), bound(field.Max, "maximum", " 23:59")
}

// categories are the entries of a code list: those of the field, or its constraint enum.
func (f foreignField) categories() []models.CodeItem {
	var items []models.CodeItem
	take := func(raw json.RawMessage) {
		var both schemaCategory
		var one any
		if json.Unmarshal(raw, &both) == nil && both.Value != "" {
			if both.Label == "" {
				both.Label = both.Value
			}
			items = append(items, models.CodeItem{Code: both.Value, Name: both.Label})
		} else if json.Unmarshal(raw, &one) == nil {
			items = append(items, models.CodeItem{Code: fmt.Sprint(one), Name: fmt.Sprint(one)})
		}
	}
	for _, raw := range f.Categories {
		take(raw)
	}
	var enum []json.RawMessage
	if json.Unmarshal(f.Constraints["enum"], &enum) == nil && len(items) == 0 {
		for _, raw := range enum {
			take(raw)
		}
	}
	return items
}
