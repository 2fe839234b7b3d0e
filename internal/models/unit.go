package models

// AreaKind says what an area is.
type AreaKind string

// The kinds of areas.
const (
	AreaCity   AreaKind = "city"
	AreaCounty AreaKind = "county" // 县（市、区）
	AreaZone   AreaKind = "zone"   // 市属开发区, with a local code
)

// Jurisdiction is the city or one of its counties and zones, a row scope (DESIGN §2, §4).
type Jurisdiction struct {
	ID        int64 `gorm:"primaryKey"`
	Code      string
	Name      string
	Kind      AreaKind
	ParentID  *int64
	Path      string // /1/ or /1/3/: a scope is a prefix
	ValidFrom Day
	ValidTo   Day
}

// Label returns the area as the page's head names it: 聊城市本级, 东昌府区.
func (j Jurisdiction) Label() string {
	if j.ParentID == nil {
		return j.Name + "本级"
	}
	return j.Name
}

// UnitKind says what a unit is to the plan.
type UnitKind string

// The kinds of units.
const (
	UnitMember  UnitKind = "member"  // 成员单位
	UnitSub     UnitKind = "sub"     // 内设或下属单位 (交警 under 市公安局)
	UnitOffice  UnitKind = "office"  // 领导小组办公室
	UnitLeaders UnitKind = "leaders" // 领导小组
	UnitOutside UnitKind = "outside" // 协助单位 (banks)
	UnitSystem  UnitKind = "system"  // 平台运行管理, home of the three administrators
)

// UnitKinds are all kinds in the order in which people read them.
var UnitKinds = []UnitKind{UnitMember, UnitSub, UnitOutside, UnitLeaders, UnitOffice, UnitSystem}

var unitKindLabels = map[UnitKind]string{
	UnitMember: "成员单位", UnitSub: "内设或下属单位", UnitOutside: "协助单位", UnitLeaders: "领导小组", UnitOffice: "领导小组办公室", UnitSystem: "平台运行管理",
}

// Label returns the kind in words.
func (k UnitKind) Label() string { return unitKindLabels[k] }

// Unit is a member of the leading group in one jurisdiction, or a body that takes part beside it.
type Unit struct {
	ID               int64 `gorm:"primaryKey"`
	Code             string
	Name             string // 市住房城乡建设局, as the plan calls it
	FullName         string // 聊城市住房和城乡建设局
	Kind             UnitKind
	Affiliation      Affiliation
	TaxAuthority     bool // a tax bureau or a branch of one: only there tax roles are held
	PlanNo           int  // the unit's number in the plan's list, 0 if it is not listed
	Address          string
	Phone            string // of its duty room
	ParentID         *int64
	Path             string // /7/ or /7/12/: own unit and its sub-units are a prefix
	JurisdictionID   int64
	Jurisdiction     *Jurisdiction
	JurisdictionPath string
	ContactID        *int64 // 对接人: the Office account that looks after the unit now; UnitContact has the history
	ValidFrom        Day
	ValidTo          Day     // its last day, once it is closed
	MergedIntoID     *int64  // what took over its work
	MergedInto       *Unit   // read only where a page needs it
	ClosedAt         Instant // when the closing was written down; 0 = in force
	ClosedWhy        string
	Version          int64 // counts its changes, so that two people who edit at once notice
}

// Closed reports whether the unit has been closed or merged into another.
func (u Unit) Closed() bool { return u.ClosedAt != 0 }

// Official returns the unit's full name, or its name if that is all there is.
func (u Unit) Official() string {
	if u.FullName != "" {
		return u.FullName
	}
	return u.Name
}

// Account is one person's way in. It holds roles in exactly one unit.
type Account struct {
	ID           int64 `gorm:"primaryKey"`
	Username     string
	Name         string
	Phone        string
	UnitID       int64
	Unit         Unit
	PasswordHash string // empty until the one-time link is used
	MustChange   bool
	DisabledAt   Instant
	DisabledWhy  string
	LastLoginAt  Instant
	CreatedAt    Instant
	CreatedBy    int64
	Grants       []AccountRole
}

// AccountRole is a role held by an account; a role taken away keeps its row with TakenAt.
type AccountRole struct {
	ID        int64 `gorm:"primaryKey"`
	AccountID int64
	Role      Role
	GivenBy   int64
	GivenAt   Instant
	TakenBy   int64
	TakenAt   Instant
}

// LinkPurpose says what a one-time link is for.
type LinkPurpose string

// The purposes of one-time links.
const (
	LinkSetup    LinkPurpose = "setup"    // first start: creates the three administrators
	LinkPassword LinkPurpose = "password" // sets a password: new account or reset
)

// AccountLink is a one-time link. Only the hash of its token is stored.
type AccountLink struct {
	ID        int64 `gorm:"primaryKey"`
	AccountID *int64
	Purpose   LinkPurpose
	TokenHash string
	CreatedAt Instant
	CreatedBy int64
	ExpiresAt Instant
	UsedAt    Instant
}

// LoginThrottle counts failed log-ins of one account or one network address.
type LoginThrottle struct {
	Key         string `gorm:"primaryKey"` // account:NAME or address:IP
	Failures    int
	LastAt      Instant
	LockedUntil Instant
}

// TableName names the table of throttles.
func (LoginThrottle) TableName() string { return "login_throttles" }

// Session is one log-in of one browser. The cookie holds a random token; the row holds its hash.
type Session struct {
	ID        string `gorm:"primaryKey"` // hash of the cookie's token
	AccountID *int64 // nil before log-in
	CSRF      string
	Data      string // flash messages and the like, as JSON
	CreatedAt Instant
	LastSeen  Instant
	ExpiresAt Instant // absolute end
	EndedAt   Instant
	EndedWhy  string
	Addr      string
	UserAgent string
}

// Setting is a value that the Office or an administrator may change.
type Setting struct {
	Key       string `gorm:"primaryKey"`
	Value     string
	UpdatedAt Instant
	UpdatedBy int64
}
