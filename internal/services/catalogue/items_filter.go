package catalogue

import (
	"cmp"
	"slices"
	"strings"

	"taxportal/internal/models"
)

// What may be lacking of an item, as ItemFilter.Lack names it.
const (
	LackSection  = "section"
	LackTemplate = "template"
)

// What an item's standing may be, as ItemFilter.State names it.
const (
	ItemInForce   = "current"
	ItemAddedOnes = "added"
	ItemGone      = "retired"
	ItemProposed  = "proposed"
	ItemWaiting   = "pending"
	ItemTwinned   = "twin"
)

// All taxes and all fees, beside each of them, as ItemFilter.Tax names them.
const (
	AllTaxes models.Tax = "taxes"
	AllFees  models.Tax = "fees"
)

// Serves reports whether an item serves the tax or fee, or one of the taxes or fees.
func Serves(item models.CatalogueItem, tax models.Tax) bool {
	return slices.ContainsFunc(item.Taxes, func(t models.Tax) bool {
		kind, known := t.Kind()
		return t == tax || known && (tax == AllFees && kind.Fee || tax == AllTaxes && !kind.Fee)
	})
}

// ItemFilter narrows and orders the catalogue.
type ItemFilter struct {
	Text        string // in name, code, the plan's words or the unit's name
	Unit        string // code of the unit that supplies it, or on whose list it stands
	Subject     models.SubjectKind
	Tax         models.Tax // one of them, AllTaxes or AllFees
	Shape       models.Shape
	Share       models.Share
	Sensitivity models.Sensitivity
	Cycle       models.Cycle
	Lack        string
	State       string
	Sort        string                 // code, name, cycle, rate; anything else: the order of the plan
	Tallies     map[int64]models.Tally // by item: what its filings of late came to, for the order by rate
}

// Of returns the rows that the filter finds, in its order.
func (f ItemFilter) Of(rows []ItemRow) []ItemRow {
	var found []ItemRow
	for _, r := range rows {
		if f.finds(r) {
			found = append(found, r)
		}
	}
	cycle := func(r ItemRow) int {
		return slices.IndexFunc(models.Cycles, func(n models.Named[models.Cycle]) bool { return n.Code == r.Item.Cycle })
	}
	slices.SortStableFunc(found, func(a, b ItemRow) int {
		switch f.Sort {
		case "code":
			return strings.Compare(a.Item.Code, b.Item.Code)
		case "name":
			return strings.Compare(a.Item.Name, b.Item.Name)
		case "cycle":
			return cmp.Compare(cycle(a), cycle(b))
		case "rate":
			return cmp.Compare(f.rate(a), f.rate(b))
		}
		return 0
	})
	return found
}

// rate is an item's rate in per mille, for the order from low to high; what has none stands last.
func (f ItemFilter) rate(r ItemRow) int {
	if rate, ok := f.Tallies[r.Item.ID].Rate(); ok {
		return rate
	}
	return 1001
}

func (f ItemFilter) finds(r ItemRow) bool {
	i := r.Item
	text := strings.ToLower(strings.TrimSpace(f.Text))
	return strings.Contains(strings.ToLower(strings.Join([]string{i.Name, i.Code, i.PlanWords, i.Unit.Name, r.List.Name}, "\n")), text) &&
		(f.Unit == "" || i.Unit.Code == f.Unit || r.List.Code == f.Unit) && (f.Subject == "" || i.SubjectKind == f.Subject) &&
		(f.Tax == "" || Serves(i, f.Tax)) && (f.Shape == "" || i.Shape == f.Shape) &&
		(f.Share == "" || i.Share == f.Share) && (f.Sensitivity == "" || i.Sensitivity == f.Sensitivity) &&
		(f.Cycle == "" || i.Cycle == f.Cycle) && f.lacks(r) && f.stands(r)
}

func (f ItemFilter) lacks(r ItemRow) bool {
	switch f.Lack {
	case LackSection:
		return r.Item.Section == "" && r.Item.RetiredAt == 0
	case LackTemplate:
		return r.Version == 0 && r.Item.RetiredAt == 0
	}
	return true
}

func (f ItemFilter) stands(r ItemRow) bool {
	switch f.State {
	case ItemInForce:
		return r.Item.RetiredAt == 0
	case ItemAddedOnes:
		return r.Item.Origin == models.OriginAdded
	case ItemGone:
		return r.Item.RetiredAt != 0
	case ItemProposed:
		return r.Proposed > 0
	case ItemWaiting:
		return r.Pending
	case ItemTwinned:
		return len(r.Twins) > 0
	}
	return true
}
