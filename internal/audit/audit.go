// Package audit keeps the hash chain of everything that changes or shows something that matters (DESIGN §5).
// Record is the last statement of a transaction; search and export of entries are services/audit.
package audit

import (
	"bytes"
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

// headID is the one row of audit_head.
const headID = 1

// Entry says what happened. Who, where from and when are filled in by For and Record.
type Entry struct {
	Object   string // filing, account, session, template, data, system
	ObjectID string // the code that people know
	Action   string
	From, To string // states, if the action moved one
	Reason   string
	Detail   string
}

// Record appends an entry to the chain within the caller's transaction. It locks the head row until the transaction
// ends, so it must be the last statement.
func Record(tx *gorm.DB, at models.Instant, actor models.Actor, e Entry) error {
	return Append(tx, models.AuditEntry{
		At: at, ActorID: actor.AccountID, ActorName: actor.Name, UnitID: actor.Unit.ID, UnitName: actor.Unit.Name, Addr: actor.Addr,
		Object: e.Object, ObjectID: e.ObjectID, Action: e.Action, FromState: e.From, ToState: e.To, Reason: e.Reason, Detail: e.Detail,
	})
}

// Append is Record for an entry that is already complete but for its place in the chain.
func Append(tx *gorm.DB, entry models.AuditEntry) error {
	var head models.AuditHead
	query := tx
	if tx.Name() == string(database.Postgres) { // SQLite has one writer; its head cannot move under us
		query = tx.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	if err := query.Where("id = ?", headID).Take(&head).Error; err != nil {
		return fmt.Errorf("lock audit head: %w", err)
	}
	entry.Seq = head.Seq + 1
	entry.Hash = link(head.Hash, entry)
	if err := tx.Create(&entry).Error; err != nil {
		return fmt.Errorf("append audit entry: %w", err)
	}
	res := tx.Model(&models.AuditHead{}).Where("id = ? AND seq = ?", headID, head.Seq).
		Updates(map[string]any{"seq": entry.Seq, "hash": entry.Hash})
	if res.Error != nil {
		return fmt.Errorf("move audit head: %w", res.Error)
	}
	if res.RowsAffected != 1 {
		return fmt.Errorf("move audit head: it moved under us at %d", head.Seq)
	}
	return nil
}

// link hashes an entry onto the chain: SM3 over the previous hash and the length-prefixed fields.
func link(prev []byte, e models.AuditEntry) []byte {
	var enc crypt.Encoder
	enc.Int64(e.Seq)
	enc.Int64(int64(e.At))
	enc.Int64(e.ActorID)
	enc.String(e.ActorName)
	enc.Int64(e.UnitID)
	enc.String(e.UnitName)
	for _, text := range []string{e.Addr, e.Object, e.ObjectID, e.Action, e.FromState, e.ToState, e.Reason, e.Detail} {
		enc.String(text)
	}
	sum := crypt.ChainHash(prev, enc.Bytes())
	return sum[:]
}

// Proof is the result of Verify.
type Proof struct {
	Entries int64
	Broken  int64  // the first entry that does not fit; 0 = the chain is whole
	Why     string // in words, for the auditor
	Head    []byte
}

// Whole reports whether nothing was found wrong.
func (p Proof) Whole() bool { return p.Broken == 0 }

// Verify walks the whole chain in order and recomputes every link. A broken chain is a result, not an error.
//
// It finds what was changed, removed, put between or put behind. Whoever may write the database can shorten the chain and
// its head together: against that the auditor keeps the head's hash of an earlier proof elsewhere.
func Verify(ctx context.Context, db *database.DB) (Proof, error) {
	var head models.AuditHead
	if err := db.Read.WithContext(ctx).Where("id = ?", headID).Limit(1).Find(&head).Error; err != nil {
		return Proof{}, database.Fault(fmt.Errorf("read audit head: %w", err))
	}
	if head.ID == 0 {
		return Proof{Broken: 1, Why: "链尾的记录不在，无法核验。"}, nil
	}
	proof, prev := Proof{Head: head.Hash}, []byte{}
	for proof.Entries < head.Seq {
		var entries []models.AuditEntry
		err := db.Read.WithContext(ctx).Where("seq > ? AND seq <= ?", proof.Entries, head.Seq).Order("seq").Limit(1000).Find(&entries).Error
		if err != nil {
			return Proof{}, database.Fault(fmt.Errorf("read audit entries: %w", err))
		}
		for _, e := range entries {
			if e.Seq != proof.Entries+1 {
				break
			}
			if !bytes.Equal(link(prev, e), e.Hash) {
				proof.Broken, proof.Why = e.Seq, fmt.Sprintf("第 %d 条与其校验值不符，内容或顺序被改动。", e.Seq)
				return proof, nil
			}
			prev, proof.Entries = e.Hash, e.Seq
		}
		if len(entries) == 0 || entries[len(entries)-1].Seq != proof.Entries {
			proof.Broken, proof.Why = proof.Entries+1, fmt.Sprintf("第 %d 条缺失。", proof.Entries+1)
			return proof, nil
		}
	}
	if !bytes.Equal(prev, head.Hash) {
		proof.Broken, proof.Why = max(head.Seq, 1), "链尾校验值与最后一条不符。"
		return proof, nil
	}
	stray, err := strayEntry(ctx, db)
	if stray != nil {
		proof.Broken, proof.Why = max(stray.Seq, 1), fmt.Sprintf("第 %d 条不在链上，是另外写入的。", stray.Seq)
	}
	return proof, err
}

// strayEntry returns an entry that stands before the first or behind the last link. One statement asks for both, because
// the chain may grow meanwhile.
func strayEntry(ctx context.Context, db *database.DB) (*models.AuditEntry, error) {
	var found []models.AuditEntry
	err := db.Read.WithContext(ctx).Select("seq").Where("seq < 1 OR seq > (SELECT seq FROM audit_head WHERE id = ?)", headID).
		Order("seq").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, database.Fault(err)
	}
	return &found[0], nil
}
