package models

import (
	"fmt"
	"strings"

	"taxportal/internal/workflow"
)

// Design is one version of a template on its way from the first draft to publication and, one day, out of use. Its
// Definition may be incomplete until then; once published it is the version's and stays as it is. State moves only by
// TemplateFlow.
type Design struct {
	ID            int64 `gorm:"primaryKey"`
	TemplateCode  string
	No            int // the number of the version that it becomes
	State         workflow.State
	Definition    Definition        `gorm:"serializer:json"`
	Repeats       map[string]string `gorm:"serializer:json"` // field code → why it is asked for although another unit supplies it
	EffectiveFrom Period
	Origin        string  // what it was begun from, in words
	ShownAt       Instant // when it was last sent out for comment; 0: units have never seen it
	CommentDue    Instant
	VersionID     *int64 // once published
	Revision      int64  // grows with each change of the draft
	CreatedBy     int64
	CreatedName   string
	CreatedAt     Instant
	EditedName    string
	EditedAt      Instant
}

// TableName is where designs stand.
func (Design) TableName() string { return "template_designs" }

// DesignCode returns what people call the design of a version: ZJJ-02-V2.
func DesignCode(template string, no int) string {
	return fmt.Sprintf("%s-V%d", strings.ToUpper(template), no)
}

// FlowID, FlowCode, FlowState and FlowTable let a design take part in a workflow.
func (d *Design) FlowID() int64             { return d.ID }
func (d *Design) FlowCode() string          { return DesignCode(d.TemplateCode, d.No) }
func (d *Design) FlowState() workflow.State { return d.State }
func (d *Design) FlowTable() string         { return d.TableName() }

// DesignItem names a catalogue item that the template of a design is to serve, before it does.
type DesignItem struct {
	DesignID int64 `gorm:"primaryKey"`
	ItemID   int64 `gorm:"primaryKey"`
}

// TableName is where the items of designs stand.
func (DesignItem) TableName() string { return "template_design_items" }

// DesignComment is what a supplying unit or the tax authority says of a design before its release, and the Office's
// answer.
type DesignComment struct {
	ID           int64 `gorm:"primaryKey"`
	DesignID     int64
	UnitID       int64
	UnitName     string
	AuthorID     int64
	Author       string
	Post         string
	Field        string // the field's code; empty: the template as a whole
	Agrees       bool   // has nothing against the release
	Text         string
	At           Instant
	Answer       string
	AnsweredName string
	AnsweredAt   Instant
}

// TableName is where comments stand.
func (DesignComment) TableName() string { return "template_comments" }

// Open reports whether the comment still waits for an answer; agreement needs none.
func (c DesignComment) Open() bool { return !c.Agrees && c.AnsweredAt.IsZero() }

// DesignTrial is the report of one trial filing on a design. The file itself and its rows are not kept; Report is sealed,
// since it repeats the faulty values.
type DesignTrial struct {
	ID           int64 `gorm:"primaryKey"`
	DesignID     int64
	Revision     int64 // of the draft that was tried
	TriedBy      int64
	TriedName    string
	UnitID       int64
	UnitName     string
	At           Instant
	FileName     string // as the user called it; shown, never trusted
	FileSize     int64
	Verdict      string
	RowsRead     int64
	RowsValid    int64
	RowsRejected int64
	Warnings     int64
	Trouble      string // why the file as a whole could not be checked
	Report       []byte
}

// TableName is where trials stand.
func (DesignTrial) TableName() string { return "template_trials" }
