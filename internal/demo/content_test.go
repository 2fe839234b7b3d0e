package demo_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/directory"
	"taxportal/internal/services/exchange"
	"taxportal/internal/workflow"
)

// shows looks, by the lists that people see, for what the demo of the whole plan has to show beside its filings.
func shows(t *testing.T, p *portal.Portal, now time.Time) {
	t.Helper()
	t.Run("catalogue", func(t *testing.T) { showsCatalogue(t, p) })
	t.Run("differing records", func(t *testing.T) { showsDifferences(t, p) })
	t.Run("calls", func(t *testing.T) { showsCalls(t, p, now) })
	t.Run("templates", func(t *testing.T) { showsTemplates(t, p) })
	t.Run("tokens", func(t *testing.T) { showsTokens(t, p) })
	t.Run("hand-overs", func(t *testing.T) { showsHandovers(t, p) })
	t.Run("calendar", func(t *testing.T) { showsCalendar(t, p) })
	t.Run("organisation", func(t *testing.T) { showsOrganisation(t, p) })
	t.Run("figures", func(t *testing.T) { showsFigures(t, p) })
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func showsCatalogue(t *testing.T, p *portal.Portal) {
	sheet, err := p.Catalogue.Items(t.Context(), as(t, p, "office"))
	ok(t, err)
	var added, retired, inCharge int
	for _, r := range sheet.Rows {
		if r.Item.Origin == models.OriginAdded && r.Item.Unit.Code == "sj" && r.Item.Basis != "" && r.Item.ListedOn.Valid() {
			added++
		}
		if r.Item.RetiredAt != 0 && r.Item.RetiredWhy != "" {
			retired++
		}
		if r.Item.Section != "" {
			inCharge++
		}
	}
	if added != 1 || retired != 1 || inCharge < 5 {
		t.Errorf("%d items added to the audit office's list, %d retired, %d with a section", added, retired, inCharge)
	}
	states := map[workflow.State]int{}
	list, _, err := p.Desk.Proposals(t.Context(), as(t, p, "office"), catalogue.ProposalFilter{Size: 50})
	ok(t, err)
	for _, proposal := range list {
		states[proposal.State]++
		page, err := p.Desk.Proposal(t.Context(), as(t, p, "office"), proposal.Code)
		ok(t, err)
		if proposal.State == models.ProposalAdopted && (page.Change == nil || page.Change.AppliedAt == 0 || page.Change.EffectiveFrom <= models.PeriodAt(models.CycleMonth, proposal.CreatedAt.Time())) {
			t.Errorf("what came of %s: %+v", proposal.Code, page.Change)
		}
		if proposal.State == models.ProposalDeclined && page.History[len(page.History)-1].Reason == "" {
			t.Errorf("%s was declined without a reason", proposal.Code)
		}
	}
	if states[models.ProposalAdopted] != 1 || states[models.ProposalDeclined] != 1 || states[models.ProposalTabled] != 1 {
		t.Errorf("proposals %v", states)
	}
	changed, err := p.Catalogue.Item(t.Context(), as(t, p, "office"), "ga-jj-02")
	ok(t, err)
	if changed.Item.DueDays != 15 {
		t.Errorf("the adopted proposal left %d days", changed.Item.DueDays)
	}
}

// showsDifferences: two units file the same permits, and tell two of them differently in each period.
func showsDifferences(t *testing.T, p *portal.Portal) {
	match, err := p.Catalogue.Differences(t.Context(), as(t, p, "office"), "zjj-02", 1)
	ok(t, err)
	if len(match.List) < 2 {
		t.Errorf("%d records differ between zjj-02 and xzsp-05", len(match.List))
	}
}

func showsCalls(t *testing.T, p *portal.Portal, now time.Time) {
	list, _, err := p.Desk.Calls(t.Context(), as(t, p, "office"), catalogue.CallFilter{Size: 50})
	ok(t, err)
	units := map[workflow.State]string{}
	for _, c := range list {
		units[c.State] = c.Unit.Code
		if c.Law == "" || c.Article == "" {
			t.Errorf("%s names no law", c.Code)
		}
		page, err := p.Desk.Call(t.Context(), as(t, p, "office"), c.Code)
		ok(t, err)
		switch replies := page.Call.Replies; c.State {
		case models.CallSettled:
			if len(replies) != 1 || replies[0].SignedName == "" || len(replies[0].Files) != 1 {
				t.Errorf("answer of %s: %+v", c.Code, replies)
			}
		case models.CallRefused:
			if len(replies) != 1 || !replies[0].Refusal || replies[0].Law == "" || replies[0].SignedName == "" {
				t.Errorf("refusal of %s: %+v", c.Code, replies)
			}
		case models.CallOpen:
			if left := c.DueAt.Time().Sub(now); left <= 0 || left > 4*24*time.Hour || c.Unit.PlanNo != 0 || page.Liaison == "" || page.Contact == "" {
				t.Errorf("%s to %s is due in %v, liaison %q, contact %q", c.Code, c.Unit.Name, left, page.Liaison, page.Contact)
			}
		}
	}
	if units[models.CallSettled] != "zjj" || units[models.CallRefused] != "ga" || units[models.CallOpen] != "hg" {
		t.Errorf("calls %v", units)
	}
}

func showsTemplates(t *testing.T, p *portal.Portal) {
	office := as(t, p, "office")
	versions, err := p.Catalogue.Versions(t.Context(), office, "jt-06")
	ok(t, err)
	if len(versions) != 2 || versions[0].PublishedBy != as(t, p, "office2").AccountID || versions[0].EffectiveFrom != "2026-07" {
		t.Fatalf("versions of jt-06: %+v", versions)
	}
	for task, no := range map[string]int{"JT-06-202606": 1, "JT-06-202607": 2, "JT-06-202610": 2} {
		page, err := p.Filing.Page(t.Context(), office, task, "")
		ok(t, err)
		if page.Task.TemplateVersion.No != no {
			t.Errorf("%s is filed by version %d, want %d", task, page.Task.TemplateVersion.No, no)
		}
	}
	_, own, err := p.Designs.OfTemplate(t.Context(), office, "jt-06", versions[0].ID)
	ok(t, err)
	second, err := p.Designs.Page(t.Context(), office, own.ID)
	ok(t, err)
	if len(second.Comments) != 3 || second.OpenComments() != 0 || second.Comments[0].Answer == "" || len(second.Trials) != 1 || second.Trials[0].RowsRejected != 0 {
		t.Errorf("the second version has comments %+v, trials %+v", second.Comments, second.Trials)
	}
	rows, _, err := p.Designs.Designs(t.Context(), office, catalogue.DesignFilter{Size: 50})
	ok(t, err)
	var commenting, begun bool
	for _, r := range rows {
		commenting = commenting || r.Design.State == models.DesignCommenting && r.Open == 1 && r.Comments == 2
		begun = begun || r.Design.State == models.DesignDraft && strings.Contains(r.Design.Origin, "表头") && len(r.Design.Definition.Fields) == 7
	}
	if !commenting || !begun {
		t.Errorf("designs under way: %+v", rows)
	}
}

func showsTokens(t *testing.T, p *portal.Portal) {
	list, _, err := p.Accounts.Tokens(t.Context(), as(t, p, "sysadmin"), accounts.TokenFilter{Size: 50})
	ok(t, err)
	found := map[accounts.TokenStatus]models.APIToken{}
	for _, token := range list {
		found[token.Status] = token.APIToken
	}
	active, revoked := found[accounts.TokenActive], found[accounts.TokenRevoked]
	if active.Unit.Code != "ga-jj" || active.Person.Username != "liaison.ga-jj" || active.LastUsedAt == 0 || revoked.RevokedWhy == "" {
		t.Errorf("tokens %+v", list)
	}
	page, err := p.Filing.Page(t.Context(), as(t, p, "office"), "GA-JJ-03-202608", "")
	ok(t, err)
	if page.Batch == nil || page.Batch.State != models.BatchEffective || !strings.Contains(page.Batch.CreatedName, active.Name) {
		t.Errorf("filed by machine: %+v", page.Batch)
	}
}

func showsHandovers(t *testing.T, p *portal.Portal) {
	office := as(t, p, "office")
	counts, err := p.Exchange.Counts(t.Context(), office)
	ok(t, err)
	if counts[models.HandoverDone] < 200 || counts[models.HandoverFailed] != 1 || counts[models.HandoverPending] < 2 || counts[models.HandoverWithdrawn] < 1 {
		t.Errorf("hand-overs %v", counts)
	}
	failed := func() []models.Handover {
		list, _, err := p.Exchange.Handovers(t.Context(), office, exchange.HandoverFilter{State: models.HandoverFailed, Size: 10})
		ok(t, err)
		return list
	}
	one := failed()
	if len(one) != 1 || one[0].Trouble == "" {
		t.Fatalf("failed hand-overs: %+v", one)
	}
	_, err = p.Exchange.Retry(t.Context(), office, []string{one[0].Batch.Code})
	ok(t, err)
	ok(t, p.Exchange.RunHandover(t.Context(), one[0].Batch.Code))
	if left := failed(); len(left) != 0 {
		t.Errorf("after a second try: %+v", left)
	}
}

func showsCalendar(t *testing.T, p *portal.Portal) {
	office := as(t, p, "office")
	list, _, err := p.Calendar.Changes(t.Context(), office, directory.CalendarFilter{Size: 20})
	ok(t, err)
	at := slices.IndexFunc(list, func(c models.CalendarChange) bool { return c.Kind == models.CalendarDayChange })
	if at < 0 || list[at].Reason == "" || list[at].Source == "" || list[at].Moved == 0 {
		t.Fatalf("changes of the calendar: %+v", list)
	}
	page, err := p.Filing.Page(t.Context(), office, "ZJJ-02-202610", "")
	ok(t, err)
	if len(page.Dues) != 1 || page.Task.DueAt.Day() != "2026-11-26" {
		t.Errorf("%s is due on %s after %+v", page.Task.Code, page.Task.DueAt.Day(), page.Dues)
	}
}

func showsOrganisation(t *testing.T, p *portal.Portal) {
	page, err := p.Directory.GroupPage(t.Context(), as(t, p, "office"), "371500")
	ok(t, err)
	at := slices.IndexFunc(page.Seats, func(s models.Seat) bool { return s.Post.Unit != nil && s.Post.Unit.Code == "zjj" })
	if at < 0 || len(page.Seats[at].Post.Holders) != 2 {
		t.Errorf("heads of zjj: %+v", page.Seats)
	}
}

func showsFigures(t *testing.T, p *portal.Portal) {
	office := as(t, p, "office")
	for task, want := range map[string]int64{"TJ-07-2026Q2": 7, "TJ-07-2026Q3": 8} {
		page, err := p.Filing.Page(t.Context(), office, task, "")
		ok(t, err)
		if page.Batch == nil || page.Batch.State != models.BatchEffective || page.Batch.RowsValid != want {
			t.Fatalf("%s: %+v", task, page.Batch)
		}
		lacks := slices.ContainsFunc(page.Rules, func(r models.FindingRule) bool { return r.Rule == "region.missing" })
		explained := slices.ContainsFunc(page.Answers, func(a models.Explanation) bool { return strings.Contains(string(a.Text), "高唐县") })
		if lacks != (want == 7) || explained != lacks {
			t.Errorf("%s: rules %+v, explained %v", task, page.Rules, explained)
		}
	}
}
