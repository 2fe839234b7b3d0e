package catalogueview

import (
	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// DifferencesPage shows the records of one matter in which two units disagree, side by side.
type DifferencesPage struct {
	Shell layout.Shell
	Next  components.Next
	Item  models.CatalogueItem
	Names string // the units that are compared
	Since string // 2024年11月期
	List  []Difference
	From  int // number of the first
	Prev  templ.SafeURL
	More  templ.SafeURL
}

// Difference is one record of two units.
type Difference struct {
	Title string // the business key in words
	Left  string // unit, period and row
	Right string
	Lines []Line // the fields that differ first
}

// Line is one field of both records.
type Line struct {
	Label       string
	Left, Right string
	Differs     bool
}
