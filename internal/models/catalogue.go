package models

import (
	"fmt"
	"slices"
	"strings"
)

// Named is a code and what people call it.
type Named[T ~string] struct {
	Code  T
	Label string
	Hint  string
}

// LabelOf returns what people call a code, or the code itself.
func LabelOf[T ~string](list []Named[T], code T) string {
	for _, n := range list {
		if n.Code == code {
			return n.Label
		}
	}
	return string(code)
}

// CodeOf returns the code that people call label, and false if there is none.
func CodeOf[T ~string](list []Named[T], label string) (T, bool) {
	for _, n := range list {
		if n.Label == label {
			return n.Code, true
		}
	}
	return "", false
}

// KnowsCode reports whether the list has the code.
func KnowsCode[T ~string](list []Named[T], code T) bool {
	return slices.ContainsFunc(list, func(n Named[T]) bool { return n.Code == code })
}

// Shape is the form in which an item's data come (plan 二(二): 信息, 汇总信息, 裁定、判决).
type Shape string

// The shapes.
const (
	ShapeRecords   Shape = "records"
	ShapeTotals    Shape = "totals"
	ShapeDocuments Shape = "documents"
)

// Shapes are the shapes in the order in which people read them.
var Shapes = []Named[Shape]{
	{ShapeRecords, "明细", "登记簿的逐条记录"}, {ShapeTotals, "汇总", "统计数，不含主体证件号"}, {ShapeDocuments, "文书", "裁定、判决、结论等文件及其要素"},
}

// Label returns the shape in words.
func (s Shape) Label() string { return LabelOf(Shapes, s) }

// SubjectKind says what an item's records are about.
type SubjectKind string

// The kinds of subjects.
const (
	SubjectOrganisation SubjectKind = "organisation"
	SubjectPerson       SubjectKind = "person"
	SubjectProperty     SubjectKind = "property"
	SubjectProject      SubjectKind = "project"
	SubjectVehicle      SubjectKind = "vehicle"
	SubjectContract     SubjectKind = "contract"
	SubjectCase         SubjectKind = "case"
	SubjectNone         SubjectKind = "none"
)

// SubjectKinds are the kinds in the order in which people read them.
var SubjectKinds = []Named[SubjectKind]{
	{SubjectOrganisation, "组织", "企业和其他组织"}, {SubjectPerson, "自然人", ""}, {SubjectProperty, "不动产", "土地、房屋"},
	{SubjectProject, "项目", "投资和建设项目"}, {SubjectVehicle, "车辆", ""}, {SubjectContract, "合同", ""}, {SubjectCase, "案件", ""},
	{SubjectNone, "不指向主体", "统计数"},
}

// Label returns the kind in words.
func (k SubjectKind) Label() string { return LabelOf(SubjectKinds, k) }

// Share is the share type of the national guide (政务信息资源目录编制指南).
type Share string

// The share types. What is not shared needs a legal basis.
const (
	ShareFree        Share = "free"
	ShareConditional Share = "conditional"
	ShareNone        Share = "none"
)

// Shares are the share types in the order in which people read them.
var Shares = []Named[Share]{
	{ShareFree, "无条件", "提供给所有成员单位"}, {ShareConditional, "有条件", "经申请、授权后提供"}, {ShareNone, "不予", "须有法律、行政法规或国务院规定作依据"},
}

// Label returns the share type in words.
func (s Share) Label() string { return LabelOf(Shares, s) }

// Sensitivity is how much an item needs protection (plan 三(三)).
type Sensitivity string

// The grades.
const (
	SensitivityGeneral  Sensitivity = "general"
	SensitivityBusiness Sensitivity = "business"
	SensitivityPersonal Sensitivity = "personal"
)

// Sensitivities are the grades in the order in which people read them.
var Sensitivities = []Named[Sensitivity]{
	{SensitivityGeneral, "一般", "已公开或不涉及特定主体权益"}, {SensitivityBusiness, "涉商业信息", "泄露会损害经营者权益"},
	{SensitivityPersonal, "敏感", "含个人信息，默认遮盖，不批量下载"},
}

// Label returns the grade in words.
func (s Sensitivity) Label() string { return LabelOf(Sensitivities, s) }

// Origin says where an item comes from.
type Origin string

// The origins.
const (
	OriginPlan  Origin = "plan"  // stands in the plan
	OriginAdded Origin = "added" // 补充: added by the Office to a list that ends in 等
	OriginCall  Origin = "call"  // opened by an ad-hoc call (plan 二(二)36); it is in no list
)

// Tax is a tax or a fee.
type Tax string

// TaxKind is a tax or fee with its name; fees are collected by the tax authority, too.
type TaxKind struct {
	Code  Tax
	Label string
	Fee   bool
}

// TaxKinds are the taxes and fees that the catalogue serves, taxes first.
var TaxKinds = []TaxKind{
	{"vat", "增值税", false}, {"consumption", "消费税", false}, {"cit", "企业所得税", false}, {"iit", "个人所得税", false},
	{"lvat", "土地增值税", false}, {"deed", "契税", false}, {"house", "房产税", false}, {"land", "城镇土地使用税", false},
	{"farmland", "耕地占用税", false}, {"stamp", "印花税", false}, {"vehicle", "车船税", false}, {"purchase", "车辆购置税", false},
	{"resource", "资源税", false}, {"water", "水资源税", false}, {"environment", "环境保护税", false},
	{"social", "社会保险费", true}, {"disabled", "残疾人就业保障金", true}, {"culture", "文化事业建设费", true},
	{"infrastructure", "城市基础设施综合配套费", true}, {"shelter", "防空地下室易地建设费", true}, {"landsale", "国有土地使用权出让收入", true},
}

// Kind returns the tax with its name, and false if it is not known.
func (t Tax) Kind() (TaxKind, bool) {
	for _, k := range TaxKinds {
		if k.Code == t {
			return k, true
		}
	}
	return TaxKind{}, false
}

// Label returns the name of the tax or fee.
func (t Tax) Label() string {
	if k, ok := t.Kind(); ok {
		return k.Label
	}
	return string(t)
}

// TaxNamed returns the tax or fee of a name, and false if there is none.
func TaxNamed(label string) (Tax, bool) {
	for _, k := range TaxKinds {
		if k.Label == label {
			return k.Code, true
		}
	}
	return "", false
}

// TaxLabels joins the names of taxes and fees.
func TaxLabels(taxes []Tax) string {
	names := make([]string, len(taxes))
	for i, t := range taxes {
		names[i] = t.Label()
	}
	return strings.Join(names, "、")
}

// ItemAbout says what a catalogue item is, beside its name and its cycle: the core metadata of the national guide
// (practice.md §5), and the item's own limits. An empty Shape is an item that nobody has described yet.
type ItemAbout struct {
	Shape        Shape
	SubjectKind  SubjectKind
	Taxes        []Tax `gorm:"serializer:json"`
	Share        Share
	ShareTerms   string // 共享条件
	Basis        string // legal basis: of 不予, and of an item that the Office added
	Sensitivity  Sensitivity
	Section      string // the unit's section in charge; empty: not known, and listed as lacking
	Since        Day    // only what was registered from this day on
	EveryCounty  bool   // one value for every county, whose lack is named
	Place        bool   // records a place, by address or coordinates
	ResourceCode string // of the national guide: 类, 项, 目, 细目 / serial
}

// Limits returns the item's own limits in words, "" for none.
func (a ItemAbout) Limits() string {
	var limits []string
	if a.Since != "" {
		limits = append(limits, a.Since.Time().Format("2006年1月2日")+"起登记的")
	}
	if a.EveryCounty {
		limits = append(limits, "每个县（市、区）一个数，缺哪个报哪个")
	}
	if a.Place {
		limits = append(limits, "含地理位置（地址或经纬度）")
	}
	return strings.Join(limits, "；")
}

// Lacks returns what is not known yet, in words.
func (a ItemAbout) Lacks() []string {
	var lacks []string
	if a.Section == "" {
		lacks = append(lacks, "负责科室")
	}
	if a.Shape == "" {
		lacks = append(lacks, "目录说明")
	}
	return lacks
}

// ResourceCode composes the code of the national guide: 类 1 digit, 项 2, 目 3 (the unit's number in the plan), 细目 2 (its
// sub-unit), and behind the stroke the item's serial number.
func ResourceCode(class, group string, unitNo, subNo, serial int) string {
	return fmt.Sprintf("%s%s%03d%02d/%03d", class, group, unitNo, subNo, serial)
}

// Clause is what the plan says of one unit, word by word. A list that ends in 等 is open: the Office may add to it.
type Clause struct {
	UnitID int64 `gorm:"primaryKey"`
	Text   string
	Open   bool
}

// TableName names the table of clauses.
func (Clause) TableName() string { return "catalogue_clauses" }

// ItemChangeKind says what was done to an item.
type ItemChangeKind string

// The kinds of changes.
const (
	ItemAdded   ItemChangeKind = "add"
	ItemEdited  ItemChangeKind = "edit"
	ItemRetired ItemChangeKind = "retire"
)

// Label returns the kind in words.
func (k ItemChangeKind) Label() string {
	return map[ItemChangeKind]string{ItemAdded: "补充", ItemEdited: "修改", ItemRetired: "停用"}[k]
}

// ItemChange is one change of an item, effective from a period on and never backwards. Its differences are applied when
// that period begins.
type ItemChange struct {
	ID            int64 `gorm:"primaryKey"`
	ItemID        int64
	Item          *CatalogueItem
	Kind          ItemChangeKind
	EffectiveFrom Period     // a month
	Diffs         []ItemDiff `gorm:"serializer:json"`
	Reason        string
	Basis         string
	ProposalCode  string // of the proposal that it follows
	ActorID       int64
	ActorName     string
	ActorPost     string
	At            Instant
	AppliedAt     Instant // 0 = waits for its period
	WithdrawnAt   Instant
	WithdrawnName string
	WithdrawnWhy  string
}

// TableName names the table of changes.
func (ItemChange) TableName() string { return "catalogue_changes" }

// Pending reports whether the change still waits for its period.
func (c ItemChange) Pending() bool { return c.AppliedAt == 0 && c.WithdrawnAt == 0 }

// Undone returns the differences that take the change back.
func (c ItemChange) Undone() []ItemDiff {
	diffs := make([]ItemDiff, len(c.Diffs))
	for i, d := range c.Diffs {
		diffs[i] = ItemDiff{Field: d.Field, Old: d.New, New: d.Old}
	}
	return diffs
}

// ItemDiff is one field of an item before and after, in stored form.
type ItemDiff struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}
