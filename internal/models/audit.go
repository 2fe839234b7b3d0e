package models

// AuditEntry is one link of the audit chain: who did what to what, when, from where, with what result.
// Hash is SM3 over the previous hash and a canonical encoding of the entry (internal/audit).
type AuditEntry struct {
	Seq       int64 `gorm:"primaryKey;autoIncrement:false"`
	At        Instant
	ActorID   int64
	ActorName string
	UnitID    int64
	UnitName  string
	Addr      string
	Object    string // filing, account, session, template, data, system
	ObjectID  string // the code or id that people know
	Action    string // what was done, a verb of the policy or of a workflow
	FromState string
	ToState   string
	Reason    string
	Detail    string
	Hash      []byte
}

// TableName names the audit table.
func (AuditEntry) TableName() string { return "audit_entries" }

// AuditHead is the single row that the chain's next link locks.
type AuditHead struct {
	ID   int64 `gorm:"primaryKey"`
	Seq  int64
	Hash []byte
}

// TableName names the head's table.
func (AuditHead) TableName() string { return "audit_head" }
