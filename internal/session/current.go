package session

import (
	"crypto/subtle"
	"net/http"

	"github.com/gorilla/sessions"

	"taxportal/internal/models"
)

// Current is the session of one request, as handlers use it.
type Current struct {
	store   *Store
	session *sessions.Session
	r       *http.Request
	w       http.ResponseWriter
	addr    string
}

// Load returns the request's session, stored or not. addr is the client's network address.
func (s *Store) Load(w http.ResponseWriter, r *http.Request, addr string) (*Current, error) {
	c, err := s.Glance(w, r, addr)
	if err != nil {
		return nil, err
	}
	if row := c.row(); row != nil {
		s.seen.note(row.ID, s.now())
	}
	return c, nil
}

// Glance is Load for a request that is no use of the session: one that an open page makes by itself.
func (s *Store) Glance(w http.ResponseWriter, r *http.Request, addr string) (*Current, error) {
	session, err := s.Get(r, CookieName)
	if err != nil {
		return nil, err
	}
	return &Current{store: s, session: session, r: r, w: w, addr: addr}, nil
}

func (c *Current) row() *models.Session {
	row, _ := c.session.Values[keyRow].(*models.Session)
	return row
}

// ID returns the id of the stored session, or "".
func (c *Current) ID() string {
	if row := c.row(); row != nil {
		return row.ID
	}
	return ""
}

// AccountID returns who is logged in, and false for nobody.
func (c *Current) AccountID() (int64, bool) {
	if row := c.row(); row != nil && row.AccountID != nil {
		return *row.AccountID, true
	}
	return 0, false
}

// CSRF returns the token that every form of this session carries; a guest session is begun if there is none yet.
func (c *Current) CSRF() (string, error) {
	if c.row() == nil {
		c.store.begin(c.r, c.session, nil, c.addr)
		if err := c.save(); err != nil {
			return "", err
		}
	}
	return c.row().CSRF, nil
}

// Lost says in one sentence why the log-in that the browser still names is over, or "".
func (c *Current) Lost() string {
	why, _ := c.session.Values[keyLost].(string)
	return why
}

// Valid reports whether token is the session's CSRF token, in constant time.
func (c *Current) Valid(token string) bool {
	row := c.row()
	return row != nil && token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(row.CSRF)) == 1
}

// LogIn gives the browser a new session of the account; the guest session's token is worth nothing afterwards.
func (c *Current) LogIn(accountID int64) error {
	if old := c.row(); old != nil {
		if err := c.store.End(c.r.Context(), old.ID, "重新登录"); err != nil {
			return err
		}
	}
	c.store.begin(c.r, c.session, &accountID, c.addr)
	return c.save()
}

// LogOut ends the session and removes the cookie. What the request does with its session afterwards, such as a message
// for the next page, begins a new one.
func (c *Current) LogOut(why string) error {
	if row := c.row(); row != nil {
		if err := c.store.End(c.r.Context(), row.ID, why); err != nil {
			return err
		}
	}
	clear(c.session.Values)
	c.session.ID, c.session.IsNew = "", true
	gone := *c.session.Options
	gone.MaxAge = -1
	setCookie(c.w, sessions.NewCookie(CookieName, "", &gone))
	return nil
}

// Flash notes a message for the next page.
func (c *Current) Flash(f Flash) error {
	if c.row() == nil {
		c.store.begin(c.r, c.session, nil, c.addr)
	}
	c.data().Flashes = append(c.data().Flashes, f)
	return c.save()
}

// TakeFlashes returns the noted messages and forgets them.
func (c *Current) TakeFlashes() ([]Flash, error) {
	d, ok := c.session.Values[keyData].(*data)
	if !ok || len(d.Flashes) == 0 {
		return nil, nil
	}
	taken := d.Flashes
	d.Flashes = nil
	return taken, c.save()
}

func (c *Current) data() *data {
	d, ok := c.session.Values[keyData].(*data)
	if !ok || d == nil {
		d = &data{}
		c.session.Values[keyData] = d
	}
	return d
}

func (c *Current) save() error { return c.store.Save(c.r, c.w, c.session) }
