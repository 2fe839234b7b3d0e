package models

import "slices"

// Affiliation says where a unit stands in the order of the state: not every member is a department of the government,
// and what may be asked of it differs (plan 二(二); practice.md §2).
type Affiliation string

// The affiliations.
const (
	AffiliationGovernment  Affiliation = "government"
	AffiliationDirect      Affiliation = "direct"
	AffiliationInstitution Affiliation = "institution"
	AffiliationVertical    Affiliation = "vertical"
	AffiliationJudicial    Affiliation = "judicial"
	AffiliationMass        Affiliation = "mass"
	AffiliationGroup       Affiliation = "group"
	AffiliationEnterprise  Affiliation = "enterprise"
)

// Affiliations are all of them in the order in which people read them.
var Affiliations = []Affiliation{AffiliationGovernment, AffiliationDirect, AffiliationInstitution, AffiliationVertical,
	AffiliationJudicial, AffiliationMass, AffiliationGroup, AffiliationEnterprise}

var affiliationLabels = map[Affiliation]string{
	AffiliationGovernment: "政府工作部门", AffiliationDirect: "政府直属机构", AffiliationInstitution: "事业单位", AffiliationVertical: "垂直管理单位",
	AffiliationJudicial: "司法机关", AffiliationMass: "群团组织", AffiliationGroup: "议事协调机构", AffiliationEnterprise: "金融机构和其他单位",
}

// Label returns the affiliation in words, "" for none.
func (a Affiliation) Label() string { return affiliationLabels[a] }

// Known reports whether a is one of Affiliations.
func (a Affiliation) Known() bool { return slices.Contains(Affiliations, a) }

// Span is a stretch of days. An empty From is 'as long as anybody remembers', an empty To 'still in force'.
type Span struct {
	FromDay Day
	ToDay   Day
}

// Covers reports whether the day lies in the span.
func (s Span) Covers(d Day) bool { return s.FromDay <= d && (s.ToDay == "" || d <= s.ToDay) }

// Ended reports whether the span was over before the day.
func (s Span) Ended(d Day) bool { return s.ToDay != "" && s.ToDay < d }

// AreaCode is a code that an area had before, by which old data are understood.
type AreaCode struct {
	Code           string `gorm:"primaryKey"`
	JurisdictionID int64
	Name           string
	ValidFrom      Day
	ValidTo        Day
}

// TableName names the table of former codes.
func (AreaCode) TableName() string { return "jurisdiction_codes" }

// UnitContact says who of the Office looked after a unit, and when (对接人).
type UnitContact struct {
	ID        int64 `gorm:"primaryKey"`
	UnitID    int64
	AccountID int64
	Account   Account
	Span
}

// Group is the leading group of one area (领导小组). Version counts the changes of it and its roster, so that two people
// who edit at once notice.
type Group struct {
	ID             int64 `gorm:"primaryKey"`
	JurisdictionID int64
	Jurisdiction   Jurisdiction
	Name           string
	FormerName     string
	Basis          string
	FromDay        Day
	HostID         *int64
	Host           *Unit
	Version        int64
}

// TableName names the table of groups.
func (Group) TableName() string { return "leading_groups" }

// Post is an office that one person at a time holds: 市财政局主要负责人. It belongs to a unit, or to a body that is none.
type Post struct {
	ID      int64 `gorm:"primaryKey"`
	UnitID  *int64
	Unit    *Unit
	Body    string // 市政府, where the post is no unit's
	Name    string // 主要负责人
	Holders []PostHolder
}

// Label returns the post in full: 市财政局主要负责人.
func (p Post) Label() string {
	if p.Unit != nil {
		return p.Unit.Name + p.Name
	}
	return p.Body + p.Name
}

// Holder returns who holds the post on a day, or nil. Of two on the day of a change it is the newer one.
func (p Post) Holder(on Day) *PostHolder {
	var holder *PostHolder
	for i := range p.Holders {
		if h := &p.Holders[i]; h.Covers(on) && (holder == nil || h.ID > holder.ID) {
			holder = h
		}
	}
	return holder
}

// PostHolder is a person in a post, from one day to another.
type PostHolder struct {
	ID     int64 `gorm:"primaryKey"`
	PostID int64
	Name   string
	Title  string // 局长, as people address the holder; may be empty
	Span
}

// SeatRank is the place of a seat in the leading group.
type SeatRank string

// The ranks, highest first.
const (
	SeatLeader SeatRank = "leader"
	SeatDeputy SeatRank = "deputy"
	SeatMember SeatRank = "member"
)

// SeatRanks are all ranks, highest first.
var SeatRanks = []SeatRank{SeatLeader, SeatDeputy, SeatMember}

var seatLabels = map[SeatRank]string{SeatLeader: "组长", SeatDeputy: "副组长", SeatMember: "成员"}

// Label returns the rank in the plan's words.
func (r SeatRank) Label() string { return seatLabels[r] }

// Seat is a place in the leading group. It belongs to the post: a change of person keeps it.
type Seat struct {
	ID      int64 `gorm:"primaryKey"`
	GroupID int64
	PostID  int64
	Post    Post
	Rank    SeatRank
	Span
	EndWhy string
}

// TableName names the table of seats.
func (Seat) TableName() string { return "group_seats" }

// OfficeStaff is a person who works in the Office. The home unit says where the person comes from and gives no right.
type OfficeStaff struct {
	ID        int64 `gorm:"primaryKey"`
	GroupID   int64
	Name      string
	AccountID *int64
	Account   *Account
	HomeID    *int64
	Home      *Unit
	Duty      string
	Span
	EndWhy string
}

// TableName names the table of the Office's people.
func (OfficeStaff) TableName() string { return "office_staff" }

// Sharing is how an area shares (plan 二(三): 各县（市、区）可依据各自情况确定信息共享方式).
type Sharing string

// The ways. Only an area that files through the portal counts in the city's rate.
const (
	SharingPortal  Sharing = "portal"
	SharingSummary Sharing = "summary"
	SharingOwn     Sharing = "own"
)

// Sharings are all ways in the order in which people read them.
var Sharings = []Sharing{SharingPortal, SharingSummary, SharingOwn}

var sharingLabels = map[Sharing]string{SharingPortal: "使用市级平台报送", SharingSummary: "自行归集，向市级报汇总", SharingOwn: "使用本地系统，仅登记"}

// Label returns the way in words.
func (s Sharing) Label() string { return sharingLabels[s] }

// SharingMode is how an area shares from one month to another.
type SharingMode struct {
	ID             int64 `gorm:"primaryKey"`
	JurisdictionID int64
	Mode           Sharing
	FromMonth      string // 2026-10
	ToMonth        string // empty: until further notice
	Why            string
	SetName        string
	SetAt          Instant
}

// OrganisationChange is one field of a unit or of a leading group that somebody changed. What one save changed has the
// same version; an act that changes no field has one row without a field.
type OrganisationChange struct {
	ID        int64  `gorm:"primaryKey"`
	Object    string // unit or group
	ObjectID  int64
	Action    string // a verb of the audit trail
	Field     string // in words: 联系电话
	Old       string
	New       string
	Reason    string
	ActorID   int64
	ActorName string
	ActorPost string
	Version   int64 // of the unit or group after the change
	At        Instant
}
