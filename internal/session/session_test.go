package session_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"taxportal/internal/models"
	"taxportal/internal/session"
)

func TestSession_nothingIsStoredBeforeItIsNeeded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		b.request(func(c *session.Current) {
			if id, ok := c.AccountID(); ok || id != 0 || c.ID() != "" || c.Valid("") || c.Valid("x") || c.Lost() != "" {
				t.Error("a visitor without a cookie is somebody")
			}
		})
		var rows int64
		w.must(w.db.Read.Model(&models.Session{}).Count(&rows).Error)
		if rows != 0 || b.cookie != "" {
			t.Errorf("%d rows and cookie %q for a visitor who did nothing", rows, b.cookie)
		}
	})
}

func TestLogIn_givesANewTokenEachTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		var csrf string
		b.request(func(c *session.Current) { csrf, _ = c.CSRF() })
		before := *b
		b.logIn(w.anna)
		if b.cookie == before.cookie || b.account() != w.anna {
			t.Error("the token from before the log-in is still in use")
		}
		b.request(func(c *session.Current) {
			if fresh, err := c.CSRF(); err != nil || fresh == csrf || !c.Valid(fresh) || c.Valid(csrf) || c.Valid("") || c.Valid(fresh[1:]) {
				t.Error("the form token did not change with the log-in, or a wrong one is taken")
			}
		})
		if before.account() != 0 {
			t.Error("the old token is logged in")
		}
		first := *b
		b.logIn(w.bert)
		if first.account() != 0 || b.account() != w.bert {
			t.Error("after a second log-in the first one still holds")
		}
	})
}

func TestSession_theDatabaseHoldsNoToken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		id := b.logIn(w.anna)
		var row models.Session
		w.must(w.db.Read.Take(&row).Error)
		if row.ID != id || id == b.cookie || strings.Contains(row.ID+row.Data+row.CSRF, b.cookie) || len(b.cookie) < 40 {
			t.Errorf("row %+v for token %q", row, b.cookie)
		}
		if row.Addr != "10.0.0.9" || row.UserAgent != "Test/1.0" {
			t.Errorf("address %q, browser %q", row.Addr, row.UserAgent)
		}
	})
}

func TestSession_aMadeUpTokenIsNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := (&browser{w: w}).logIn(w.anna)
		for _, cookie := range []string{id, "x", strings.Repeat("y", 4000)} {
			if got := (&browser{w: w, cookie: cookie}).account(); got != 0 {
				t.Errorf("%.10q is account %d", cookie, got)
			}
		}
	})
}

func TestSession_endsWhenIdle(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		b.logIn(w.anna)
		for range 4 { // in use it lives on
			w.clock = w.clock.Add(idle - time.Second)
			if b.account() != w.anna {
				t.Fatal("a session in use ended")
			}
		}
		w.clock = w.clock.Add(idle)
		if b.account() != 0 || b.lost() != "您已 30 分钟未操作，为保护数据已自动退出。" {
			t.Errorf("after %s it is %d: %q", idle, b.account(), b.lost())
		}
		b.logIn(w.anna)
		if b.lost() != "" {
			t.Error("the notice stays after the next log-in")
		}
	})
}

// TestGlance_isNoUse: what a page asks by itself does not keep a session whose owner has gone.
func TestGlance_isNoUse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		b.logIn(w.anna)
		glance := func() int64 {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.AddCookie(&http.Cookie{Name: session.CookieName, Value: b.cookie})
			c, err := w.Glance(httptest.NewRecorder(), r, "10.0.0.9")
			w.must(err)
			id, _ := c.AccountID()
			return id
		}
		for range 3 {
			w.clock = w.clock.Add(idle / 4)
			if glance() != w.anna {
				t.Fatal("a session in its time is not known")
			}
		}
		w.clock = w.clock.Add(idle / 4)
		if glance() != 0 || b.account() != 0 {
			t.Error("an idle session lives on by what its page asks")
		}
	})
}

func TestSession_endsAtTheAbsoluteLimit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		b.logIn(w.anna)
		for w.clock.Before(start.Add(absolute - 10*time.Minute)) {
			w.clock = w.clock.Add(10 * time.Minute)
			if b.account() != w.anna {
				t.Fatalf("it ended at %s", w.clock)
			}
		}
		w.clock = start.Add(absolute)
		if b.account() != 0 || !strings.Contains(b.lost(), "登录已满 12 小时") {
			t.Errorf("it is still in use, or says %q", b.lost())
		}
	})
}

func TestSession_aLogInPageMayStayOpen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		var csrf string
		b.request(func(c *session.Current) { csrf, _ = c.CSRF() })
		w.clock = w.clock.Add(guest - time.Second)
		b.request(func(c *session.Current) {
			if !c.Valid(csrf) {
				t.Error("the form of a page that stood open is refused")
			}
		})
		w.clock = w.clock.Add(time.Second)
		b.request(func(c *session.Current) {
			if c.Valid(csrf) || c.Lost() != "" {
				t.Error("a guest's session lives for ever, or is called a log-in")
			}
		})
	})
}

func TestEnd_isFeltAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		one, two, other := &browser{w: w}, &browser{w: w}, &browser{w: w}
		first, second := one.logIn(w.anna), two.logIn(w.anna)
		other.logIn(w.bert)
		w.must(w.End(t.Context(), first, "在个人资料中结束"))
		if one.account() != 0 || two.account() != w.anna {
			t.Error("not exactly the one session ended")
		}
		if one.lost() != "登录已结束：在个人资料中结束。" {
			t.Errorf("it says %q", one.lost())
		}
		third := &browser{w: w}
		third.logIn(w.anna)
		now := models.At(w.clock)
		w.must(w.db.Tx(t.Context(), func(tx *gorm.DB) error { return session.EndAll(tx, now, w.anna, second, "密码已修改") }))
		if two.account() != w.anna || third.account() != 0 || other.account() != w.bert {
			t.Error("EndAll did not end all but the one")
		}
		w.must(w.db.Tx(t.Context(), func(tx *gorm.DB) error {
			for id, want := range map[string]bool{first: false, second: true, "none": false} {
				if got, err := session.EndOf(tx, now, w.anna, id, "x"); err != nil || got != want {
					t.Errorf("EndOf %s: %v, %v", id, got, err)
				}
			}
			got, err := session.EndOf(tx, now, w.anna, "", "x")
			if got || err != nil {
				t.Errorf("EndOf nothing: %v, %v", got, err)
			}
			return nil
		}))
		if other.account() != w.bert {
			t.Error("somebody else's session ended")
		}
		var row models.Session
		w.must(w.db.Read.Where("id = ?", first).Take(&row).Error)
		if row.EndedWhy != "在个人资料中结束" {
			t.Errorf("the first reason was overwritten by %q", row.EndedWhy)
		}
	})
}

func TestLogOut_leavesNothingOfTheSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		b.logIn(w.anna)
		old := *b
		b.request(func(c *session.Current) {
			w.must(c.LogOut("已退出登录"))
			if id, ok := c.AccountID(); ok {
				t.Errorf("within the request it is still account %d", id)
			}
		})
		if b.cookie != "" || old.account() != 0 {
			t.Error("the cookie is kept, or the token still works")
		}
	})
}

// TestLogOut_aMessageAfterwardsGoesToANewSession: the next page greets who has logged out, without the old token.
func TestLogOut_aMessageAfterwardsGoesToANewSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		b.logIn(w.anna)
		old := b.cookie
		b.request(func(c *session.Current) {
			w.must(c.LogOut("已退出登录"))
			w.must(c.Flash(session.Flash{Family: "ok", Text: "已退出登录。"}))
		})
		if b.cookie == "" || b.cookie == old || b.account() != 0 {
			t.Fatalf("cookie %q after %q", b.cookie, old)
		}
		b.request(func(c *session.Current) {
			if got, err := c.TakeFlashes(); err != nil || len(got) != 1 || got[0].Text != "已退出登录。" {
				t.Errorf("the message is %v: %v", got, err)
			}
		})
	})
}

func TestFlash_isToldOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		b.request(func(c *session.Current) {
			w.must(c.Flash(session.Flash{Family: "ok", Text: "一", URL: "/x", Link: "撤销"}))
			w.must(c.Flash(session.Flash{Family: "late", Text: strings.Repeat("长", 5000)}))
		})
		b.logIn(w.anna) // messages follow through the log-in
		b.request(func(c *session.Current) {
			got, err := c.TakeFlashes()
			if err != nil || len(got) != 2 || got[0] != (session.Flash{Family: "ok", Text: "一", URL: "/x", Link: "撤销"}) {
				t.Errorf("told %d messages: %v", len(got), err)
			}
		})
		b.request(func(c *session.Current) {
			if got, err := c.TakeFlashes(); err != nil || len(got) != 0 {
				t.Errorf("told again: %v, %v", got, err)
			}
		})
	})
}

func TestOf_listsWhatIsAlive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		one, two, gone, other := &browser{w: w}, &browser{w: w}, &browser{w: w}, &browser{w: w}
		first, second := one.logIn(w.anna), two.logIn(w.anna)
		w.must(w.End(t.Context(), gone.logIn(w.anna), "x"))
		other.logIn(w.bert)
		list := func() (ids []string) {
			rows, err := w.Of(t.Context(), w.anna)
			w.must(err)
			for _, r := range rows {
				ids = append(ids, r.ID)
			}
			return ids
		}
		w.clock = w.clock.Add(time.Minute)
		one.account()
		if got := list(); !slices.Equal(got, []string{first, second}) {
			t.Errorf("listed %v, want the one used last first", got)
		}
		w.clock = w.clock.Add(idle - time.Second)
		if got := list(); !slices.Equal(got, []string{first}) { // its last use is not yet in the database
			t.Errorf("listed %v, want %v", got, first)
		}
	})
}

func TestRun_writesLastSeenOffTheRequestPath(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := &browser{w: w}
		id := b.logIn(w.anna)
		seen := func() models.Instant {
			var row models.Session
			w.must(w.db.Read.Where("id = ?", id).Take(&row).Error)
			return row.LastSeen
		}
		w.clock = w.clock.Add(10 * time.Minute)
		b.account()
		if got := seen(); got != models.At(start) {
			t.Errorf("the request wrote %d", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w.Run(ctx, time.Hour) // what is noted is written when the portal ends
		if got := seen(); got != models.At(start.Add(10*time.Minute)) {
			t.Errorf("last seen %d", got)
		}
		other := session.New(w.db, session.Options{Idle: idle, Absolute: absolute, Guest: guest, Now: func() time.Time { return w.clock }})
		w.clock = w.clock.Add(idle - time.Minute)
		if rows, err := other.Of(t.Context(), w.anna); err != nil || len(rows) != 1 {
			t.Errorf("another replica does not know of the use: %v, %v", rows, err)
		}
	})
}

func TestSweep_removesWhatIsLongOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		visitor, ended, live := &browser{w: w}, &browser{w: w}, &browser{w: w}
		visitor.request(func(c *session.Current) { _, _ = c.CSRF() })
		w.must(w.End(t.Context(), ended.logIn(w.anna), "x"))
		w.clock = w.clock.Add(2 * time.Hour)
		id := live.logIn(w.anna)
		w.must(w.Sweep(t.Context(), models.At(w.clock.Add(-time.Minute))))
		var rows []models.Session
		w.must(w.db.Read.Find(&rows).Error)
		if len(rows) != 1 || rows[0].ID != id {
			t.Errorf("left are %v", rows)
		}
	})
}
