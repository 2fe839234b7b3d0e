package handlers

import (
	"strconv"
	"strings"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/web/views/catalogueview"
	"taxportal/web/views/components"
)

// taxOptions are the taxes and the fees, each after the group of them all; first is what chooses none. Their hints say
// which of the two they are.
func taxOptions(first string) []components.Option {
	taxes := []components.Option{{Value: string(catalogue.AllTaxes), Label: "全部税", Hint: "税"}}
	fees := []components.Option{{Value: string(catalogue.AllFees), Label: "全部费", Hint: "费"}}
	for _, k := range models.TaxKinds {
		if k.Fee {
			fees = append(fees, components.Option{Value: string(k.Code), Label: k.Label, Hint: "费"})
		} else {
			taxes = append(taxes, components.Option{Value: string(k.Code), Label: k.Label, Hint: "税"})
		}
	}
	return append(append([]components.Option{{Label: first}}, taxes...), fees...)
}

// side is the list at the side: units, kinds of subjects, or taxes and fees, each with the number of its items in force.
func (q itemQuery) side(sheet catalogue.Sheet) catalogueview.Side {
	now := q.by
	if now == "" {
		now = byUnit
	}
	to := func(by, value string) components.URL {
		return components.URL(paths.With(paths.Catalogue, "by", strings.TrimPrefix(by, byUnit), by, value))
	}
	s := catalogueview.Side{Tabs: []components.Tab{{Label: "单位", URL: to(byUnit, ""), Current: now == byUnit},
		{Label: "主体", URL: to(bySubject, ""), Current: now == bySubject}, {Label: "税费", URL: to(byTax, ""), Current: now == byTax}}}
	add := func(no, label, value, chosen string, has func(models.CatalogueItem) bool) {
		e := catalogueview.Entry{No: no, Label: label, URL: to(now, value), Current: value == chosen}
		for _, r := range sheet.Rows {
			if r.Item.RetiredAt == 0 && has(r.Item) {
				e.Count++
			}
		}
		if e.Count > 0 || e.Current {
			s.Entries = append(s.Entries, e)
		}
	}
	all := func(models.CatalogueItem) bool { return true }
	switch now {
	case bySubject:
		s.Title = "主体类别"
		add("", "全部", "", string(q.filter.Subject), all)
		for _, k := range models.SubjectKinds {
			add("", k.Label, string(k.Code), string(q.filter.Subject), func(i models.CatalogueItem) bool { return i.SubjectKind == k.Code })
		}
	case byTax:
		s.Title = "服务税费"
		add("", "全部", "", string(q.filter.Tax), all)
		for _, o := range taxOptions("")[1:] {
			add(o.Hint, o.Label, o.Value, string(q.filter.Tax), func(i models.CatalogueItem) bool { return catalogue.Serves(i, models.Tax(o.Value)) })
		}
	default:
		s.Title = "提供单位"
		add("", "全部", "", q.filter.Unit, all)
		for _, u := range sheet.Units {
			no := ""
			if u.PlanNo > 0 {
				no = strconv.Itoa(u.PlanNo)
			}
			add(no, u.Name, u.Code, q.filter.Unit, func(i models.CatalogueItem) bool { return i.UnitID == u.ID || i.ListUnit() == u.Code })
		}
	}
	return s
}
