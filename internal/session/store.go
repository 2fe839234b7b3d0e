// Package session keeps log-ins on the server: the cookie holds a random token, a row its hash, so that sessions can
// be listed and ended. It is the only importer of gorilla/sessions, whose Store interface it serves.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/sessions"
	"gorm.io/gorm"

	"taxportal/internal/crypt"
	"taxportal/internal/database"
	"taxportal/internal/models"
)

// CookieName is the name of the one cookie that the portal sets.
const CookieName = "portal_session"

// Options are the limits of a session (GB/T 22239-2019 8.1.4: idle log-out; practice.md §5: at most 30 minutes).
type Options struct {
	Idle     time.Duration // ended after so long without a request
	Absolute time.Duration // ended so long after the log-in
	Guest    time.Duration // life of a session nobody has logged in to
	Secure   bool          // cookie only over TLS
	Now      func() time.Time
}

// Store keeps sessions in the database. It implements sessions.Store.
type Store struct {
	db   *database.DB
	opt  Options
	seen touches
}

// New returns a store. Run must be running for last-seen times to be written.
func New(db *database.DB, opt Options) *Store {
	return &Store{db: db, opt: opt, seen: touches{at: map[string]models.Instant{}}}
}

// Keys of a session's values.
const (
	keyToken = "token"
	keyRow   = "row"
	keyData  = "data"
	keyLost  = "lost"
)

// data is what a session row carries beside its identity.
type data struct {
	Flashes []Flash `json:"flashes,omitempty"`
}

// Flash is one message told after a redirect.
type Flash struct {
	Family string `json:"family"` // ok, run, due, late
	Text   string `json:"text"`
	URL    string `json:"url,omitempty"`
	Link   string `json:"link,omitempty"`
}

// Get returns the request's session, the same one for the whole request.
func (s *Store) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New returns the session that the request's cookie names, or a new one that is not yet stored.
func (s *Store) New(r *http.Request, name string) (*sessions.Session, error) {
	fresh := sessions.NewSession(s, name)
	fresh.IsNew = true
	fresh.Options = &sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.opt.Secure}
	cookie, err := r.Cookie(name)
	if err != nil || cookie.Value == "" {
		return fresh, nil
	}
	row, err := s.find(r.Context(), crypt.TokenHash(cookie.Value))
	if err != nil || row == nil {
		return fresh, err
	}
	if over, why := s.over(row); over {
		fresh.Values[keyLost] = why
		return fresh, nil
	}
	var d data
	if row.Data != "" {
		if err := json.Unmarshal([]byte(row.Data), &d); err != nil {
			return fresh, fmt.Errorf("read session data: %w", err)
		}
	}
	fresh.ID, fresh.IsNew = row.ID, false
	fresh.Values[keyToken], fresh.Values[keyRow], fresh.Values[keyData] = cookie.Value, row, &d
	return fresh, nil
}

// find returns the row with the id and its true last use, or nil if there is none.
func (s *Store) find(ctx context.Context, id string) (*models.Session, error) {
	var row models.Session
	err := s.db.Read.WithContext(ctx).Where("id = ?", id).Limit(1).Find(&row).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("find session: %w", err))
	}
	if row.ID == "" {
		return nil, nil
	}
	row.LastSeen = max(row.LastSeen, s.seen.last(id))
	return &row, nil
}

// over reports whether a session is worth nothing any more: ended, idle too long, or over-age. For a log-in it says why,
// in words. A session that nobody has logged in to opens nothing and may stay idle, so that a log-in page left open in
// the morning still works at noon.
func (s *Store) over(row *models.Session) (over bool, why string) {
	now := s.now()
	switch {
	case row.AccountID == nil:
		return row.EndedAt != 0 || row.ExpiresAt <= now, ""
	case row.EndedAt != 0:
		return true, "登录已结束：" + row.EndedWhy + "。"
	case row.LastSeen.Add(s.opt.Idle) <= now:
		return true, fmt.Sprintf("您已 %d 分钟未操作，为保护数据已自动退出。", int(s.opt.Idle.Minutes()))
	case row.ExpiresAt <= now:
		return true, fmt.Sprintf("登录已满 %d 小时，为保护数据已自动退出。", int(s.opt.Absolute.Hours()))
	}
	return false, ""
}

// Save writes a session that has been changed and sets its cookie.
func (s *Store) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	row, ok := session.Values[keyRow].(*models.Session)
	if !ok {
		return errors.New("save session: it was never begun")
	}
	d, _ := session.Values[keyData].(*data)
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	row.Data = string(text)
	if err := s.write(r.Context(), row, session.IsNew); err != nil {
		return err
	}
	session.IsNew = false
	token, _ := session.Values[keyToken].(string)
	setCookie(w, sessions.NewCookie(session.Name(), token, session.Options))
	return nil
}

// setCookie sets the one cookie, in place of what was set before in the same answer (RFC 6265 §4.1.1).
func setCookie(w http.ResponseWriter, cookie *http.Cookie) {
	w.Header().Del("Set-Cookie")
	http.SetCookie(w, cookie)
}

func (s *Store) write(ctx context.Context, row *models.Session, insert bool) error {
	db := s.db.Write.WithContext(ctx)
	if insert {
		return database.Fault(db.Create(row).Error)
	}
	res := db.Model(&models.Session{}).Where("id = ?", row.ID).Update("data", row.Data)
	return database.Fault(res.Error)
}

func (s *Store) now() models.Instant { return models.At(s.opt.Now()) }

// begin gives session a new identity: token, row and CSRF token. accountID nil makes a guest session.
func (s *Store) begin(r *http.Request, session *sessions.Session, accountID *int64, addr string) {
	token, hash := crypt.Token()
	csrf, _ := crypt.Token()
	now, life := s.now(), s.opt.Absolute
	if accountID == nil {
		life = s.opt.Guest
	}
	old, _ := session.Values[keyData].(*data)
	if old == nil {
		old = &data{}
	}
	session.ID, session.IsNew = hash, true
	session.Values[keyToken], session.Values[keyData] = token, old
	session.Values[keyRow] = &models.Session{
		ID: hash, AccountID: accountID, CSRF: csrf, CreatedAt: now, LastSeen: now, ExpiresAt: now.Add(life),
		Addr: addr, UserAgent: clip(r.UserAgent(), 300),
	}
}

func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// touches remembers last-seen times between two writes, so that no request waits for one.
type touches struct {
	mu sync.Mutex
	at map[string]models.Instant
}

func (t *touches) last(id string) models.Instant {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.at[id]
}

func (t *touches) note(id string, at models.Instant) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at[id] = at
}

func (t *touches) take() map[string]models.Instant {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := t.at
	t.at = map[string]models.Instant{}
	return taken
}

// restore puts back what could not be written, unless something newer is there.
func (t *touches) restore(taken map[string]models.Instant) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, at := range taken {
		t.at[id] = max(t.at[id], at)
	}
}

// Run writes last-seen times once a minute and removes long-ended sessions, until ctx ends.
func (s *Store) Run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			s.flush(context.WithoutCancel(ctx))
			return
		case <-ticker.C:
			s.flush(ctx)
		}
	}
}

// flush writes all noted last-seen times in one transaction. What fails is kept for the next time.
func (s *Store) flush(ctx context.Context) {
	taken := s.seen.take()
	if len(taken) == 0 {
		return
	}
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		for id, at := range taken {
			res := tx.Model(&models.Session{}).Where("id = ? AND last_seen < ?", id, at).Update("last_seen", at)
			if res.Error != nil {
				return res.Error
			}
		}
		return nil
	})
	if err != nil {
		s.seen.restore(taken)
	}
}

// Sweep removes guest sessions that have expired and log-ins that ended before the given moment; their trace is in the audit.
func (s *Store) Sweep(ctx context.Context, before models.Instant) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Where("expires_at < ? OR (ended_at > 0 AND ended_at < ?)", before, before).Delete(&models.Session{}).Error
	})
}
