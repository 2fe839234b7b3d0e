package models

import (
	"fmt"
	"strings"

	"taxportal/internal/workflow"
)

// CatalogueItem is one matter that the plan obliges a unit to share.
type CatalogueItem struct {
	ID         int64 `gorm:"primaryKey"`
	Code       string
	UnitID     int64
	Unit       Unit
	Name       string
	PlanWords  string // the plan's own words
	Cycle      Cycle
	DueDays    int  // the due day: this many days after the period's end, rolled forward to a working day
	LockDays   int  // locked this many days after the due day; 0 = a setting's default
	NilNormal  bool // 'as it happens': nil is normal
	TemplateID *int64
	Template   *Template
	StartsOn   Period // no task before this period
	RetiredAt  Instant
	RetiredWhy string
	Origin     Origin
	ListedOn   Day    // when it was put on the list: the plan's day, or that of the Office's decision
	Matter     string // the matter that it shares with items of other units, "" for none: one template, comparable records
	ItemAbout  `gorm:"embedded"`
}

// ListUnit returns the code of the unit on whose list the item stands, by the plan or by the Office's decision: the item's
// code begins with it. It stays when another unit takes over the work and supplies the item.
func (i CatalogueItem) ListUnit() string {
	return i.Code[:max(strings.LastIndexByte(i.Code, '-'), 0)]
}

// Template is the unified form of one or more catalogue items.
type Template struct {
	ID        int64 `gorm:"primaryKey"`
	Code      string
	Name      string
	Coverage  Coverage
	CreatedAt Instant
}

// TemplateStatus is the stage of a template version.
type TemplateStatus string

// The stages of a version; only one version of a template is published for a period.
const (
	TemplateDraft     TemplateStatus = "draft"
	TemplatePublished TemplateStatus = "published"
	TemplateRetired   TemplateStatus = "retired"
)

// TemplateVersion is one immutable version of a template.
type TemplateVersion struct {
	ID            int64 `gorm:"primaryKey"`
	TemplateID    int64
	Template      Template
	No            int
	Status        TemplateStatus
	EffectiveFrom Period
	Definition    Definition `gorm:"serializer:json"`
	Checksum      string
	PublishedAt   Instant
	PublishedBy   int64
}

// FilingTask is an obligation: catalogue item × period. It stores facts only; what it is called on a page is derived
// by Standing (DESIGN §5).
type FilingTask struct {
	ID                int64  `gorm:"primaryKey"`
	Code              string // ZJJ-02-202610, stored in upper case
	ItemID            int64
	Item              CatalogueItem
	UnitID            int64
	Unit              Unit
	Period            Period
	Month             string // the matrix column, 2026-10
	TemplateVersionID int64
	TemplateVersion   TemplateVersion
	OpensAt           Instant
	DueOn             Day // the day that the due date is reckoned from, before it rolls on; "" = chosen by hand
	DueAt             Instant
	LockAt            Instant
	UnlockedUntil     Instant // filing after LockAt is free until then
	ExemptedAt        Instant
	FirstFiledAt      Instant // the chief's signature of the first batch that was later accepted
	OnTime            *bool   // frozen at first acceptance
	CorrectionOpen    bool    // the Office has consented to a correction
	Batches           []Batch `gorm:"foreignKey:TaskID"`
}

// BatchKind tells files from nil returns.
type BatchKind string

// The kinds of batches.
const (
	BatchFiles BatchKind = "files"
	BatchNil   BatchKind = "nil"
)

// Batch is one submission for a task (报送批次). State moves only by FilingFlow.
type Batch struct {
	ID            int64  `gorm:"primaryKey"`
	Code          string // ZJJ-02-202610-1
	TaskID        int64
	Task          *FilingTask
	UnitID        int64
	No            int // n-th batch of the task, from 1
	Kind          BatchKind
	State         workflow.State
	Correction    bool // mends an effective batch with the Office's consent
	NilReason     string
	CreatedBy     int64
	CreatedName   string
	CreatedAt     Instant
	CheckedAt     Instant
	CheckMillis   int64
	RowsRead      int64
	RowsValid     int64
	RowsRejected  int64
	ErrorRows     int64 // rows with an error, of which the page speaks
	WarningCount  int64 // warnings not yet explained stand in OpenWarnings
	OpenWarnings  int64
	Progress      int64  // rows checked so far
	ProgressTotal int64  // estimated rows, 0 = unknown
	Trouble       string // malformed, failed: what and how to mend it
	Checksum      string // over all files, on the receipt
	FindingsBlob  string // sealed: every finding
	Stats         Stats  `gorm:"serializer:json"`
	SubmittedAt   Instant
	SubmittedBy   int64 // not always who uploaded it
	SubmittedName string
	SignedAt      Instant
	SignedBy      int64
	SignedName    string
	DecidedAt     Instant // accepted or returned
	DecidedName   string
	MendDueAt     Instant // returned: mended until then counts as on time
	ReceiptNo     string
	RowsPurgedAt  Instant
	Files         []BatchFile
}

// Stats are the figures of a batch against which the next one is compared: field code → sum in the field's stored form.
type Stats struct {
	Rows int64            `json:"rows"`
	Sums map[string]int64 `json:"sums,omitempty"`
}

// FlowID, FlowCode, FlowState and FlowTable let a batch take part in a workflow.
func (b *Batch) FlowID() int64             { return b.ID }
func (b *Batch) FlowCode() string          { return b.Code }
func (b *Batch) FlowState() workflow.State { return b.State }
func (b *Batch) FlowTable() string         { return "batches" }

// BatchFile is one uploaded file of a batch. Blob names the sealed content in the file store.
type BatchFile struct {
	ID        int64 `gorm:"primaryKey"`
	BatchID   int64
	Seq       int // from 0; documents stand behind the tables, so that a finding's file is the n-th table
	Kind      FileKind
	Name      string // as the user called it; shown, never trusted
	Size      int64
	Blob      string // content hash, also the checksum that people see
	Format    string
	Encoding  string
	Delimiter string
	Sheet     string
	HeaderRow int
	Columns   int
	RowsRead  int64
	RowsValid int64
	Ignored   []IgnoredRow `gorm:"serializer:json"` // the first rows that are no data
	Skipped   int64        // all rows that are no data, named in Ignored or not
	Hidden    int64        // rows of data that are hidden in the workbook; they count like the others
	Extra     []string     `gorm:"serializer:json"` // titles of columns that belong to no field; they are not read
	Absent    []string     `gorm:"serializer:json"` // optional fields that have no column
	Notes     []string     `gorm:"serializer:json"` // sentences on the file as a whole, such as another version of the workbook
	Duplicate string       // code of an earlier batch with the very same content, if any
	NamedRows int64        // of a document: how many rows name it
	NamedBy   []RowPlace   `gorm:"serializer:json"` // the first of them
}

// IgnoredRow is a row of a file that is no data: title, total, note.
type IgnoredRow struct {
	Row  int    `json:"row"`
	Kind string `json:"kind"` // title, header, total, note, blank, sample
	Text string `json:"text"`
}

// FindingRule is what one rule found in a batch: a count and how to mend it. The first findings of each rule stand in Finding.
type FindingRule struct {
	ID       int64 `gorm:"primaryKey"`
	BatchID  int64
	Seq      int
	Rule     string // stable code: uscc.check, required, row.R1
	Severity Severity
	Field    string
	Title    string
	Advice   string
	Count    int64
	Findings []Finding `gorm:"foreignKey:RuleID"`
}

// Finding is one fault at one place of one file. Value, Suggest and KeyText are sealed.
type Finding struct {
	ID      int64 `gorm:"primaryKey"`
	RuleID  int64
	BatchID int64
	File    int
	Sheet   string
	Row     int64
	Column  string // D
	Field   string
	Name    string // the column's title
	Value   []byte
	Marks   string // rune positions to underline, 0-based, comma-separated
	Message string
	Advice  string
	Suggest []byte
	RowKey  string // keyed hash of the row's business key, by which an explanation carries over
	RowHash string // keyed hash of the whole row
}

// Explanation answers a warning: one field of one row, or a whole rule when RowKey is empty (RowHash is then the field, if
// the rule looks at one). Text is sealed.
type Explanation struct {
	ID        int64 `gorm:"primaryKey"`
	TaskID    int64
	BatchID   int64 // where it was given
	Rule      string
	RowKey    string
	RowHash   string
	Text      []byte
	By        int64
	ByName    string
	At        Instant
	CarriedOf int64 // the explanation it was carried over from
}

// TaskMessage is one message between the liaison and the unit's contact in the Office.
type TaskMessage struct {
	ID       int64 `gorm:"primaryKey"`
	TaskID   int64
	AuthorID int64
	Author   string
	Post     string
	Office   bool
	Text     string
	At       Instant
}

// ItemCode returns the code of a catalogue item in the form people read: ZJJ-02.
func ItemCode(code string) string { return strings.ToUpper(code) }

// TaskCode returns the code of the task of an item in a period: ZJJ-02-202610.
func TaskCode(itemCode string, p Period) string {
	return strings.ToUpper(itemCode) + "-" + strings.ToUpper(p.Compact())
}

// BatchCode returns the code of the n-th batch of a task: ZJJ-02-202610-1.
func BatchCode(taskCode string, no int) string { return fmt.Sprintf("%s-%d", taskCode, no) }
