// Package catalogueview shows the catalogue of what each unit shares: the plan's words with each item marked in them, the
// items with their metadata and history, proposals to change them, and the Office's ad-hoc calls for information.
package catalogueview

import (
	"strconv"
	"strings"

	"taxportal/internal/models"
)

// Clause is what the plan says of one unit.
type Clause struct {
	Unit  models.Unit
	No    int // the unit's number in the plan, or that of the unit above
	Text  string
	Open  bool
	Items []models.CatalogueItem // that stand on the unit's list, whoever supplies them; in the order of the plan
	Moved map[string]string      // who supplies an item now, by its code: where it is another unit
	On    string                 // code of the item that the page speaks of
	About string                 // contact, liaison and the like, in one line
}

// piece is a part of the plan's words: an item's, or what joins items.
type piece struct {
	text string
	item *models.CatalogueItem
}

// pieces splits the plan's words at the items.
func (c Clause) pieces() []piece {
	var list []piece
	rest := c.Text
	for i := range c.Items {
		words := c.Items[i].PlanWords
		before, after, found := strings.Cut(rest, words)
		if words == "" || !found {
			continue
		}
		if before != "" {
			list = append(list, piece{text: before})
		}
		list = append(list, piece{text: words, item: &c.Items[i]})
		rest = after
	}
	if rest != "" {
		list = append(list, piece{text: rest})
	}
	return list
}

// marked counts the items that the plan's words hold.
func (c Clause) marked() int {
	n := 0
	for _, p := range c.pieces() {
		if p.item != nil {
			n++
		}
	}
	return n
}

// movedItems are those that another unit supplies now.
func (c Clause) movedItems() []models.CatalogueItem {
	var list []models.CatalogueItem
	for _, item := range c.Items {
		if c.Moved[item.Code] != "" {
			list = append(list, item)
		}
	}
	return list
}

// addedItems are the items that the Office put on the list and that are still in use.
func (c Clause) addedItems() []models.CatalogueItem {
	var list []models.CatalogueItem
	for _, item := range c.Items {
		if item.Origin == models.OriginAdded && item.RetiredAt == 0 {
			list = append(list, item)
		}
	}
	return list
}

// note says what the marks are, and whether the list may be added to.
func (c Clause) note() string {
	note := "标底纹的 " + strconv.Itoa(c.marked()) + " 处各对应一个目录项，原文无遗漏。"
	switch {
	case !c.Open:
		note += "末尾没有“等”字，是封闭清单。"
	default:
		note += "末尾有“等”字，办公室可依据法律、法规补充。"
	}
	return note + "来源：《聊城市税收共治工作实施方案》，2020年6月29日印发。"
}
