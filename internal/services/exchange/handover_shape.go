package exchange

import (
	"slices"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// shape is what of a template's columns is handed over, and how.
type shape struct {
	def       models.Definition // of what is handed over: the source of schema.json
	columns   []column
	sensitive []string // the codes of the sensitive fields, handed over or not
}

// column is one column of data.csv.
type column struct {
	at     int // of the field in the template
	field  models.Field
	masked bool
}

// shapeOf works out what is handed over of a template's columns. A masked value is text whatever it was before, keeps no
// rule of its field, and names no row any more.
func shapeOf(def models.Definition, how Sensitive) shape {
	s := shape{def: def}
	s.def.Fields = nil
	keyed := true
	for i, f := range def.Fields {
		masked := f.Sensitive && how == SensitiveMasked
		if f.Sensitive {
			s.sensitive = append(s.sensitive, f.Code)
			keyed = keyed && (how == SensitivePlain || !f.Key)
		}
		if f.Sensitive && how == SensitiveOmit {
			continue
		}
		s.columns = append(s.columns, column{at: i, field: f, masked: masked})
		if masked {
			f = models.Field{Code: f.Code, Name: f.Name, Type: models.TypeText, Required: f.Required, Sensitive: true,
				Caliber: f.Caliber + "（敏感字段，交接时已脱敏）"}
		}
		s.def.Fields = append(s.def.Fields, f)
	}
	if !keyed {
		s.def.Fields = slices.Clone(s.def.Fields)
		for i := range s.def.Fields {
			s.def.Fields[i].Key = false
		}
	}
	return s
}

// header are the titles of data.csv: the fields' codes, as schema.json names them.
func (s shape) header() []string {
	codes := make([]string, len(s.columns))
	for i, c := range s.columns {
		codes[i] = c.field.Code
	}
	return codes
}

// line writes a row for data.csv.
func (s shape) line(values []models.Value) []string {
	cells := make([]string, len(s.columns))
	for i, c := range s.columns {
		cells[i] = ingest.Plain(c.field, values[c.at])
		if c.masked {
			cells[i] = ingest.Mask(c.field.Type, cells[i])
		}
	}
	return cells
}
