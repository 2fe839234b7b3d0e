package models

// APIToken lets a unit's own system file over /api/v1 as the unit's liaison. Only the hash of its secret is stored.
type APIToken struct {
	ID          int64 `gorm:"primaryKey"`
	UnitID      int64
	Unit        Unit
	Name        string // of the system that uses it: 预售许可系统
	PersonID    int64
	Person      Account // answers for what the system files
	Hash        string
	Prefix      string // the secret's beginning, by which people tell tokens apart
	CreatedAt   Instant
	CreatedBy   int64
	CreatedName string
	ExpiresAt   Instant
	LastUsedAt  Instant // written once a minute at most
	LastAddr    string
	RevokedAt   Instant
	RevokedBy   int64
	RevokedName string
	RevokedWhy  string
}

// TableName names the table of tokens.
func (APIToken) TableName() string { return "api_tokens" }

// APIUpload remembers which batch an upload with an Idempotency-Key began, so that the same key gives the same answer.
type APIUpload struct {
	TokenID   int64  `gorm:"primaryKey;autoIncrement:false"`
	Key       string `gorm:"primaryKey"`
	TaskID    int64
	Blob      string
	BatchID   int64
	CreatedAt Instant
}

// TableName names the table of remembered uploads.
func (APIUpload) TableName() string { return "api_uploads" }
