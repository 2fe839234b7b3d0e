package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/paths"
)

// TestClock_AnOpenPageAsksForItEachMinute: on the last day it shows hours and minutes, which pass while the page is open.
func TestClock_AnOpenPageAsksForItEachMinute(t *testing.T) {
	w := newTown(t)
	w.Clock.Set("2026-11-25", 14, 58)
	w.clients = nil
	c := w.LoginAs("liaison.zjj")
	for _, page := range []string{paths.Home, paths.ToTask(zjjTask), paths.Filings} {
		box := c.Get(page).Doc().Find(".gz-next .gz-clock.is-box")
		if got := words(box); got != "剩 2 小时 2 分 截止 11月25日 17:00" || box.AttrOr("hx-trigger", "") != "every 60s" || box.AttrOr("hx-swap", "") != "outerHTML" {
			t.Errorf("%s: the clock says %q, asks %q", page, got, box.AttrOr("hx-trigger", ""))
		}
		if others := c.Get(page).Doc().Find(".gz-clock[hx-get]").Length(); others != 1 {
			t.Errorf("%s: %d clocks ask", page, others)
		}
	}
	ask := c.Get(paths.ToTask(zjjTask)).Doc().Find(".gz-clock.is-box").AttrOr("hx-get", "")
	for want, pass := range map[string]time.Duration{"剩 2 小时 1 分": time.Minute} {
		w.Clock.Advance(pass)
		again := c.With("HX-Request", "true").Get(ask).WantStatus(200).Not("<html")
		if box := again.Doc().Find(".gz-clock.is-box"); !strings.Contains(words(box), want) || box.AttrOr("hx-get", "") != ask {
			t.Errorf("after a minute %q, and it asks %q", words(box), box.AttrOr("hx-get", ""))
		}
	}
	w.Clock.Set("2026-11-27", 9, 0)
	late := w.LoginAs("liaison.zjj").With("HX-Request", "true").Get(ask).Doc().Find(".gz-clock")
	if got := words(late); got != "逾期 2 个工作日 应于 11月25日 17:00" || !late.HasClass("is-late") {
		t.Errorf("once it is late %q", got)
	}
}

// TestClock_IsNoUseOfTheSession: nobody may be sitting before an open page. When the session is over the page stays as it is,
// with what its reader has typed.
func TestClock_IsNoUseOfTheSession(t *testing.T) {
	w := newTown(t)
	c := w.LoginAs("liaison.zjj")
	ask := paths.ToClock(int64(models.Day("2026-11-25").At(17, 0)))
	for range 2 {
		w.Clock.Advance(14 * time.Minute)
		c.With("HX-Request", "true").Get(ask).WantStatus(http.StatusOK)
	}
	w.Clock.Advance(3 * time.Minute)
	over := c.With("HX-Request", "true").Get(ask).WantStatus(http.StatusNoContent)
	if to := over.Header.Get("HX-Redirect"); to != "" {
		t.Errorf("the page is led to %s by itself", to)
	}
	c.Get(paths.Home).WantStatus(http.StatusSeeOther)
}

func TestClock_RefusesWhatIsNoMoment(t *testing.T) {
	w := newTown(t)
	c := w.as("liaison.zjj")
	for _, due := range []string{"", "0", "-5", "x", "99999999999999999999"} {
		c.With("HX-Request", "true").Get(paths.Clock + "?due=" + due).WantStatus(http.StatusUnprocessableEntity)
	}
	c.With("HX-Request", "true").Get(paths.ToClock(1 << 60)).WantStatus(http.StatusUnprocessableEntity)
	if to := c.Get(paths.ToClock(1)).WantStatus(http.StatusSeeOther).Header.Get("Location"); to != paths.Home {
		t.Errorf("opened as a page it leads to %s", to)
	}
}

// TestTask_SaysHowItsDueDateCameAbout: folded, below the steps.
func TestTask_SaysHowItsDueDateCameAbout(t *testing.T) {
	w := newTown(t)
	for _, user := range []string{"liaison.zjj", "chief.zjj", "office"} {
		why := w.as(user).Get(paths.ToTask(zjjTask)).Doc().Find("#progress details.gz-why")
		if got := words(why); why.Length() != 1 || !strings.Contains(got, "这个期限怎么来的：应于 11月25日（周三）17:00 前报送") || !strings.Contains(got, "11月25日 周三第 25 天，17:00 到期") {
			t.Errorf("%s: %q", user, got)
		}
	}
}
