package catalogue

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/internal/office"
)

// Source kinds of a draft's content.
const (
	FromNothing = ""       // an empty draft
	FromVersion = "copy"   // another template's version
	FromHeader  = "header" // the titles of a workbook that a unit keeps today
	FromTable   = "table"  // a definition table
	FromSchema  = "schema" // a Frictionless Table Schema
)

// MaxImportBytes bounds a file from which a draft is begun.
const MaxImportBytes = 10 << 20

// Import reads the content of a draft from a file of one of the kinds FromHeader, FromTable, FromSchema; origin says
// for people where it came from. Returns fault.Invalid that says what is wrong with the file, and fault.TooLarge.
func (s *Designs) Import(ctx context.Context, actor models.Actor, kind, name string, content io.Reader) (def models.Definition, origin string, err error) {
	if err := s.Guard.Allow(actor, "template", "design"); err != nil {
		return def, "", err
	}
	text, err := io.ReadAll(io.LimitReader(content, MaxImportBytes+1))
	switch {
	case err != nil:
		return def, "", err
	case len(text) > MaxImportBytes:
		return def, "", fault.New(fault.TooLarge, fmt.Sprintf("文件过大：导入最多 %d MB；只需要表头和少量样例行，请删去其余数据再导入。", MaxImportBytes>>20))
	}
	if kind == FromSchema {
		def, err = office.ParseSchema(text)
		return def, "数据结构文件“" + name + "”", err
	}
	book, err := sheet.Open(bytes.NewReader(text), int64(len(text)), sheet.Options{Name: name, TempDir: s.TempDir})
	if err != nil {
		return def, "", ingest.Refusal(err)
	}
	defer book.Close()
	if kind == FromTable {
		def, err = office.ReadDefinition(book)
		return def, "定义表“" + name + "”", err
	}
	known, err := s.knownTitles(ctx)
	if err != nil {
		return def, "", err
	}
	def.Fields, err = ingest.Propose(book, models.DayOf(s.Now()), func(title string) (models.Field, bool) {
		f, ok := known[ingest.TitleKey(title)]
		return f, ok
	})
	return def, "工作簿“" + name + "”的表头", err
}

// knownTitles are the fields of all published templates by title, for codes and types that are in use already.
func (s *Designs) knownTitles(ctx context.Context) (map[string]models.Field, error) {
	versions, err := newestPublished(s.DB.Read.WithContext(ctx))
	if err != nil {
		return nil, database.Fault(err)
	}
	known := map[string]models.Field{}
	for _, v := range versions {
		for _, f := range v.Definition.Fields {
			if key := ingest.TitleKey(f.Name); known[key].Code == "" {
				known[key] = f
			}
		}
	}
	return known, nil
}
