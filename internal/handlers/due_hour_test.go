package handlers_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/portal"
	"taxportal/internal/testkit"
)

// TestDueHour_IsSaidAsItIsSet wherever a page tells until when a day lasts.
func TestDueHour_IsSaidAsItIsSet(t *testing.T) {
	w := &town{App: testkit.New(t, func(cfg *portal.Config) { cfg.DueHour = 15 }), t: t, clients: map[string]*testkit.Client{}}
	code := w.filed(zjjTask, 20)
	for path, user := range map[string]string{
		paths.ToBatchMove(code, string(models.VerbReturn)): "office", paths.With(paths.InboxReturn, "code", code): "office", paths.CallNew: "office",
	} {
		w.as(user).Get(path).WantStatus(200).Want("15:00").Not("17:00")
	}
	w.as("office").Get(paths.ToItem("zjj-02")).Want("期满后第 25 天 15:00")
	w.Clock.Set("2027-02-15", 9, 0)
	w.clients = map[string]*testkit.Client{}
	w.as("liaison.fgw").Get(paths.With(paths.ToTaskWaiver("FGW-05-202610"), "kind", "unlock")).WantStatus(200).Want("当日 15:00 重新锁定")
	w.day("2027-03-10")
	page := words(w.as("liaison.fgw").Get(paths.ToTask("FGW-05-202702")).WantStatus(200).Doc().Find("#main"))
	if !strings.Contains(page, "3月25日（周四）15:00") || strings.Contains(page, "17:00") {
		t.Errorf("the task says %s", page)
	}
}
