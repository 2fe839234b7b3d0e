package catalogue_test

import (
	"errors"
	"strings"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/testkit"
)

// codes names rows by the codes of their templates.
func codes(rows []catalogue.TemplateRow) string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.Version.Template.Code
	}
	return strings.Join(list, " ")
}

// forms are three templates in the order of the plan; the second serves two units.
func forms() []catalogue.TemplateRow {
	form := func(code, name string, fields int, published models.Instant, items ...models.CatalogueItem) catalogue.TemplateRow {
		return catalogue.TemplateRow{Items: items, Version: models.TemplateVersion{PublishedAt: published, Template: models.Template{Code: code},
			Definition: models.Definition{Name: name, Fields: make([]models.Field, fields)}}}
	}
	item := func(code, unit, name string, cycle models.Cycle) models.CatalogueItem {
		return models.CatalogueItem{Code: code, Name: name, Cycle: cycle, Unit: models.Unit{Code: unit, Name: "市" + unit + "局"}}
	}
	return []catalogue.TemplateRow{
		form("zjj-02", "商品房预售许可", 12, 30, item("zjj-02", "zjj", "预售许可证", models.CycleMonth)),
		form("kj-01", "研发费用", 8, 20, item("kj-01", "kj", "研发项目", models.CycleYear), item("rs-03", "rs", "高层次人才", models.CycleMonth)),
		form("fgw-05", "固定资产投资", 20, 20, item("fgw-05", "fgw", "投资项目", models.CycleQuarter)),
	}
}

func TestTemplateFilter_FindsAndOrders(t *testing.T) {
	for _, c := range []struct {
		name   string
		filter catalogue.TemplateFilter
		want   string
	}{
		{"all, in the order of the plan", catalogue.TemplateFilter{}, "zjj-02 kj-01 fgw-05"},
		{"an order that is none", catalogue.TemplateFilter{Sort: "name"}, "zjj-02 kj-01 fgw-05"},
		{"by code", catalogue.TemplateFilter{Sort: "code"}, "fgw-05 kj-01 zjj-02"},
		{"newest first, equals in the order of the plan", catalogue.TemplateFilter{Sort: "newest"}, "zjj-02 kj-01 fgw-05"},
		{"most fields first", catalogue.TemplateFilter{Sort: "fields"}, "fgw-05 zjj-02 kj-01"},
		{"by name", catalogue.TemplateFilter{Text: "预售"}, "zjj-02"},
		{"by code without case", catalogue.TemplateFilter{Text: " ZJJ-02 "}, "zjj-02"},
		{"by the code of a matter", catalogue.TemplateFilter{Text: "RS-03"}, "kj-01"},
		{"by a unit's name", catalogue.TemplateFilter{Text: "市fgw局"}, "fgw-05"},
		{"by one of its units", catalogue.TemplateFilter{Unit: "RS"}, "kj-01"},
		{"by cycle", catalogue.TemplateFilter{Cycle: models.CycleMonth, Sort: "code"}, "kj-01 zjj-02"},
		{"unit and cycle of the same matter", catalogue.TemplateFilter{Unit: "kj", Cycle: models.CycleMonth}, ""},
		{"nothing", catalogue.TemplateFilter{Text: "没有"}, ""},
	} {
		if got := codes(c.filter.Of(forms())); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestExportTemplates_HasWhatTheFilterFindsAndIsWrittenDown(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		var rows []catalogue.TemplateRow
		keep := func(r catalogue.TemplateRow) error { rows = append(rows, r); return nil }
		if err := app.Catalogue.ExportTemplates(ctx, app.As("leader"), catalogue.TemplateFilter{Sort: "code", Cycle: models.CycleMonth}, keep); err != nil {
			t.Fatal(err)
		}
		if got := codes(rows); got != "fgw-05 zjj-02 zrzy-01" {
			t.Errorf("exported %q", got)
		}
		var entries []models.AuditEntry
		err := app.DB.Read.Where("object = 'template' AND action = 'export'").Find(&entries).Error
		if err != nil || len(entries) != 1 || entries[0].Detail != "3 个" || entries[0].ActorID != app.As("leader").AccountID {
			t.Errorf("the chain says %+v, %v", entries, err)
		}
		for _, user := range []string{"bank", "sysadmin", "auditor"} {
			if err := app.Catalogue.ExportTemplates(ctx, app.As(user), catalogue.TemplateFilter{}, keep); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", user, err)
			}
		}
		enough := errors.New("enough")
		err = app.Catalogue.ExportTemplates(ctx, app.As("office"), catalogue.TemplateFilter{}, func(catalogue.TemplateRow) error { return enough })
		if !errors.Is(err, enough) {
			t.Errorf("an export that is broken off: %v", err)
		}
	})
}
