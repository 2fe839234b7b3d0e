package catalogue_test

import (
	"slices"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
)

// TestItemFilter_TaxesAndFeesAsGroups finds what serves any tax or any fee, and still each of them alone.
func TestItemFilter_TaxesAndFeesAsGroups(t *testing.T) {
	row := func(code string, taxes ...models.Tax) catalogue.ItemRow {
		return catalogue.ItemRow{Item: models.CatalogueItem{Code: code, ItemAbout: models.ItemAbout{Taxes: taxes}}}
	}
	rows := []catalogue.ItemRow{row("tax", "vat"), row("fee", "social"), row("both", "deed", "landsale"), row("none"), row("unknown", "of-old")}
	for tax, want := range map[models.Tax][]string{
		"":                 {"tax", "fee", "both", "none", "unknown"},
		catalogue.AllTaxes: {"tax", "both"},
		catalogue.AllFees:  {"fee", "both"},
		"deed":             {"both"},
		"social":           {"fee"},
		"of-old":           {"unknown"},
		"stamp":            nil,
	} {
		var got []string
		for _, r := range (catalogue.ItemFilter{Tax: tax}).Of(rows) {
			got = append(got, r.Item.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", tax, got, want)
		}
	}
	for _, k := range models.TaxKinds {
		if k.Code == catalogue.AllTaxes || k.Code == catalogue.AllFees {
			t.Errorf("%s is the code of a tax and of a group", k.Code)
		}
	}
}

// TestItemFilter_ByRateFromLowToHigh puts what has no rate yet last.
func TestItemFilter_ByRateFromLowToHigh(t *testing.T) {
	var rows []catalogue.ItemRow
	for id, code := range []string{"all", "half", "runs", "never", "untold"} {
		rows = append(rows, catalogue.ItemRow{Item: models.CatalogueItem{ID: int64(id), Code: code}})
	}
	f := catalogue.ItemFilter{Sort: "rate", Tallies: map[int64]models.Tally{0: {Total: 2, OnTime: 2}, 1: {Total: 2, OnTime: 1}, 2: {Total: 2, Running: 2}, 3: {Total: 2}}}
	var got []string
	for _, r := range f.Of(rows) {
		got = append(got, r.Item.Code)
	}
	if want := []string{"never", "half", "all", "runs", "untold"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
