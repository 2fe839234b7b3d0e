package office

import (
	"bytes"
	"encoding/json"
	"fmt"

	"taxportal/internal/models"
)

// tableSchema is a Frictionless Table Schema (specs.frictionlessdata.io/table-schema). What the standard has no word
// for stands under its own names, which it allows.
type tableSchema struct {
	Schema        string        `json:"$schema"`
	Name          string        `json:"name"`
	Title         string        `json:"title"`
	Description   string        `json:"description"`
	Version       int           `json:"version"`
	Coverage      string        `json:"coverage"`
	Deadline      string        `json:"deadline"`
	Basis         string        `json:"basis,omitempty"`
	Fields        []schemaField `json:"fields"`
	FieldsMatch   string        `json:"fieldsMatch"`
	PrimaryKey    []string      `json:"primaryKey,omitempty"`
	MissingValues []string      `json:"missingValues"`

	// The portal's own, so that a template comes back whole.
	Notes     []string          `json:"notes,omitempty"`
	PriorRows int               `json:"priorRowsPercent,omitempty"`
	Lists     []models.CodeList `json:"codeLists,omitempty"`
	Rules     []models.RowRule  `json:"rowRules,omitempty"`
}

type schemaField struct {
	Name        string           `json:"name"`
	Title       string           `json:"title"`
	Type        string           `json:"type"`
	Format      string           `json:"format,omitempty"`
	Description string           `json:"description"`
	Example     string           `json:"example,omitempty"`
	Categories  []schemaCategory `json:"categories,omitempty"`
	TrueValues  []string         `json:"trueValues,omitempty"`
	FalseValues []string         `json:"falseValues,omitempty"`
	Constraints map[string]any   `json:"constraints,omitempty"`
	FieldType   models.FieldType `json:"fieldType"` // the portal's own type
	Standard    string           `json:"standard,omitempty"`
	Unit        string           `json:"unit,omitempty"`
	Scale       int              `json:"scale,omitempty"`
	Subject     bool             `json:"subject,omitempty"`
	Sensitive   bool             `json:"sensitive,omitempty"`
	Aliases     []string         `json:"aliases,omitempty"`
	List        string           `json:"codeList,omitempty"`
	Hint        string           `json:"hint,omitempty"`
	Accept      []string         `json:"accept,omitempty"`
	Prior       int              `json:"priorPercent,omitempty"`
	Min         string           `json:"min,omitempty"` // bounds that move with the day, which the standard cannot say
	Max         string           `json:"max,omitempty"`
}

type schemaCategory struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Schema returns the template as Frictionless Table Schema, version 2, in indented JSON: the columns of a CSV that the
// interface for programs takes, by field code. A value of a code list may be its code or its name.
func Schema(def models.Definition) ([]byte, error) {
	s := tableSchema{
		Schema: "https://datapackage.org/profiles/2.0/tableschema.json",
		Name:   def.Code, Title: def.Name, Description: def.Caliber, Version: def.Version, Coverage: string(def.Coverage),
		Deadline: def.Deadline, Basis: def.Basis, FieldsMatch: "partial", MissingValues: []string{""},
		Notes: def.Notes, PriorRows: def.PriorRows, Lists: def.Lists, Rules: def.Rules,
	}
	for _, f := range def.Fields {
		s.Fields = append(s.Fields, schemaFieldOf(&def, f))
		if f.Key {
			s.PrimaryKey = append(s.PrimaryKey, f.Code)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", def.Code, err)
	}
	return out.Bytes(), nil
}

func schemaFieldOf(def *models.Definition, f models.Field) schemaField {
	s := schemaField{Name: f.Code, Title: f.Name, Description: f.Caliber, Example: f.Example, FieldType: f.Type,
		Standard: f.Standard, Unit: f.Unit, Scale: f.Scale, Subject: f.Subject, Sensitive: f.Sensitive, Aliases: f.Aliases,
		List: f.List, Hint: f.Hint, Accept: f.Accept, Prior: f.Prior}
	if f.Min == "today" {
		s.Min = f.Min
	}
	if f.Max == "today" {
		s.Max = f.Max
	}
	s.Type, s.Format = schemaType(f.Type)
	if f.Type == models.TypeBool {
		s.TrueValues, s.FalseValues = []string{"是", "1", "true"}, []string{"否", "0", "false"}
	}
	if list, ok := def.List(f.List); ok {
		for _, item := range list.Items {
			s.Categories = append(s.Categories, schemaCategory{item.Code, item.Name})
		}
	}
	s.Constraints = constraints(f)
	return s
}

// schemaType returns the standard's type and format for a field type.
func schemaType(t models.FieldType) (kind, format string) {
	switch t {
	case models.TypeInteger:
		return "integer", ""
	case models.TypeDecimal, models.TypeMoney:
		return "number", ""
	case models.TypeDate:
		return "date", ""
	case models.TypeMonth:
		return "yearmonth", ""
	case models.TypeYear:
		return "year", ""
	case models.TypeTime:
		return "datetime", "%Y-%m-%d %H:%M"
	case models.TypeBool:
		return "boolean", ""
	case models.TypePoint:
		return "geopoint", ""
	}
	return "string", ""
}

// constraints returns what the standard can check of a field. A bound that moves with the day is not among it.
func constraints(f models.Field) map[string]any {
	c := map[string]any{}
	if f.Required {
		c["required"] = true
	}
	if f.MinLen > 0 {
		c["minLength"] = f.MinLen
	}
	if f.MaxLen > 0 {
		c["maxLength"] = f.MaxLen
	}
	if f.Pattern != "" {
		c["pattern"] = "^(?:" + f.Pattern + ")$"
	}
	for name, bound := range map[string]string{"minimum": f.Min, "maximum": f.Max} {
		if bound == "" || bound == "today" {
			continue
		}
		switch {
		case f.Numeric():
			c[name] = json.Number(bound)
		case f.Type == models.TypeTime: // a bound is a day, of which both ends are within
			c[name] = bound + map[string]string{"minimum": " 00:00", "maximum": " 23:59"}[name]
		default:
			c[name] = bound
		}
	}
	if len(c) == 0 {
		return nil
	}
	return c
}
