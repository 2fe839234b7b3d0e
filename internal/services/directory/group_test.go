package directory_test

import (
	"strings"
	"sync"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/directory"
	"taxportal/internal/testkit"
	"taxportal/seed"
)

// group returns the leading group of an area as the city's Office sees it.
func group(t *testing.T, app *testkit.App, area string) directory.GroupPage {
	t.Helper()
	p, err := app.Directory.GroupPage(t.Context(), app.As("office"), area)
	if err != nil {
		t.Fatalf("group of %s: %v", area, err)
	}
	return p
}

// seat returns the seat of a post.
func seat(t *testing.T, p directory.GroupPage, post string) models.Seat {
	t.Helper()
	for _, s := range p.Seats {
		if s.Post.Label() == post {
			return s
		}
	}
	t.Fatalf("no seat of %s", post)
	return models.Seat{}
}

func TestGroupPage_IsThePlans(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		p := group(t, app, "371500")
		if p.Group.Name != "聊城市税收共治工作领导小组" || p.Group.FormerName != "聊城市税收保障工作领导小组" || p.Group.Host == nil || p.Group.Host.Code != "cz" {
			t.Errorf("group %+v", p.Group)
		}
		var posts []string
		for _, s := range p.Seats {
			posts = append(posts, s.Rank.Label()+s.Post.Label())
		}
		if len(posts) != 2+36 || posts[0] != "组长市政府主要领导" || posts[1] != "副组长市政府分管领导" || posts[2] != "成员市发展改革委主要负责人" ||
			posts[36] != "成员市退役军人局主要负责人" || posts[37] != "成员市大数据局主要负责人" {
			t.Errorf("%d seats: %v", len(posts), posts)
		}
		plan, err := seed.Load()
		must(t, err)
		for _, u := range plan.Units { // every unit of the plan's list has its head in the group
			if u.PlanNo > 0 {
				seat(t, p, u.Name+"主要负责人")
			}
		}
		if len(p.Below) != 11 || p.Below[0].Sharing != models.SharingPortal || p.Below[0].Seats != 4 || len(p.Vacant()) != 38 || p.Leader() == nil {
			t.Errorf("%d areas below, first %+v", len(p.Below), p.Below[0])
		}
		if cp := group(t, app, "371503"); len(cp.Codes) != 1 || cp.Codes[0].Code != "371523" || cp.Codes[0].ValidTo != "2019-08-01" || cp.Area.ValidFrom != "2019-08-02" {
			t.Errorf("茌平 was %+v", cp.Codes)
		}
	})
}

// TestGroup_ACountyIsLimitedToItsArea holds plan 二(一), last sentence.
func TestGroup_ACountyIsLimitedToItsArea(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, dcf := t.Context(), app.As("office.dcf")
		own, err := app.Directory.GroupPage(ctx, dcf, "")
		if err != nil || own.Area.Code != "371502" || !own.CanEdit || len(own.Below) != 0 {
			t.Fatalf("own group: %+v, %v", own.Area, err)
		}
		must(t, app.Directory.SetHolder(ctx, dcf, "371502", seat(t, own, "东昌府区税务局主要负责人").ID, directory.HolderInput{Name: "甲", From: "2026-11-01", Version: own.Group.Version}))
		city := group(t, app, "371500")
		for _, area := range []string{"371500", "371526", "371500kf", "nowhere"} {
			_, err := app.Directory.GroupPage(ctx, dcf, area)
			wantKind(t, err, fault.NotFound)
			wantKind(t, app.Directory.AddSeat(ctx, dcf, area, directory.SeatInput{}), fault.NotFound)
			wantKind(t, app.Directory.SetHolder(ctx, dcf, area, 1, directory.HolderInput{}), fault.NotFound)
			wantKind(t, app.Directory.AddStaff(ctx, dcf, area, directory.StaffInput{}), fault.NotFound)
			wantKind(t, app.Directory.SetSharing(ctx, dcf, area, directory.SharingInput{}), fault.NotFound)
			wantKind(t, app.Directory.EditGroup(ctx, dcf, area, directory.GroupInput{}), fault.NotFound)
			_, _, _, err = app.Directory.GroupChanges(ctx, dcf, area, directory.ChangeFilter{Page: 1, Size: 20})
			wantKind(t, err, fault.NotFound)
		}
		// a seat of the city's group under the county's own address is nobody's
		wantKind(t, app.Directory.SetHolder(ctx, dcf, "371502", city.Seats[0].ID, directory.HolderInput{Name: "乙", From: "2026-11-01", Version: 2}), fault.NotFound)
		wantKind(t, app.Directory.EndSeat(ctx, dcf, "371502", city.Seats[0].ID, directory.EndInput{Version: 2}), fault.NotFound)
		for _, who := range []string{"leader", "liaison.dcf", "chief.zjj", "tax"} {
			wantKind(t, app.Directory.AddSeat(ctx, app.As(who), "", directory.SeatInput{}), fault.Forbidden)
		}
		_, err = app.Directory.GroupPage(ctx, app.As("auditor"), "")
		wantKind(t, err, fault.Forbidden)
	})
}

func TestSetHolder_TheSeatStaysWhenThePersonChanges(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		p := group(t, app, "371500")
		cz := seat(t, p, "市财政局主要负责人")
		name := func(in directory.HolderInput) error { return app.Directory.SetHolder(ctx, office, "371500", cz.ID, in) }
		must(t, name(directory.HolderInput{Name: "甲某", Title: "局长", From: "2024-03-01", Version: 1}))
		must(t, name(directory.HolderInput{Name: "乙某", Title: "局长", From: "2026-11-01", Version: 2}))
		must(t, name(directory.HolderInput{Name: "丙某", From: "2027-01-01", Version: 3})) // to come
		p = group(t, app, "371500")
		after := seat(t, p, "市财政局主要负责人")
		if after.ID != cz.ID || after.ToDay != "" || len(after.Post.Holders) != 3 {
			t.Fatalf("seat %+v", after)
		}
		for day, want := range map[models.Day]string{"2024-02-29": "", "2024-03-01": "甲某", "2026-10-31": "甲某", "2026-11-01": "乙某", "2026-12-31": "乙某", "2027-01-01": "丙某"} {
			got := ""
			if h := after.Post.Holder(day); h != nil {
				got = h.Name
			}
			if got != want {
				t.Errorf("on %s %q holds the post, want %q", day, got, want)
			}
		}
		if head := unit(t, app, "cz").Head; head == nil || head.Name != "乙某" {
			t.Errorf("the unit's page names %+v", head)
		}
		wantFields(t, name(directory.HolderInput{Name: "丁某", From: "2026-12-31", Version: 4}), "from")
		wantFields(t, name(directory.HolderInput{Name: "丙某", From: "2027-02-01", Version: 4}), "name")
		wantFields(t, name(directory.HolderInput{Version: 4}), "name", "from")
		wantFields(t, name(directory.HolderInput{Name: strings.Repeat("长", 41), Title: strings.Repeat("长", 41), From: "2027-13-01", Version: 4}), "name", "title", "from")
		wantKind(t, name(directory.HolderInput{Name: "丁某", From: "2027-03-01", Version: 3}), fault.Conflict, "丙某")
		wantKind(t, app.Directory.SetHolder(ctx, office, "371500", 99999, directory.HolderInput{Name: "x", From: "2027-03-01", Version: 4}), fault.NotFound)
	})
}

func TestAddSeat_OneLeaderAtATime(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		p := group(t, app, "371500")
		leader := seat(t, p, "市政府主要领导")
		must(t, app.Directory.SetHolder(ctx, office, "371500", leader.ID, directory.HolderInput{Name: "周国强", From: "2024-02-01", Version: 1}))
		second := directory.SeatInput{Rank: models.SeatLeader, Body: "市委", Post: "主要领导", From: "2026-12-01", Version: 2}
		err := app.Directory.AddSeat(ctx, office, "371500", second)
		wantFields(t, err, "rank")
		if fields, _ := fault.Fields(err); !strings.Contains(fields["rank"], "同一时间只能有一名组长：组长现为市政府主要领导（周国强），自 2020-06-29 起") {
			t.Errorf("it says %q", fields["rank"])
		}
		end := directory.EndInput{To: "2026-11-30", Why: "调整", Version: 2}
		must(t, app.Directory.EndSeat(ctx, office, "371500", leader.ID, end))
		second.Version, second.From = 3, "2026-11-30" // both would lead on that day
		wantFields(t, app.Directory.AddSeat(ctx, office, "371500", second), "rank")
		second.From = "2026-12-01"
		must(t, app.Directory.AddSeat(ctx, office, "371500", second))
		if p = group(t, app, "371500"); p.Leader() == nil || p.Leader().ID != leader.ID {
			t.Errorf("today leads %+v", p.Leader())
		}
		app.Clock.Set("2026-12-02", 9, 0)
		if p = group(t, app, "371500"); p.Leader() == nil || p.Leader().Post.Label() != "市委主要领导" || len(p.Past) != 1 || p.Past[0].EndWhy != "调整" {
			t.Errorf("then leads %+v, past %+v", p.Leader(), p.Past)
		}
		wantKind(t, app.Directory.EndSeat(ctx, office, "371500", leader.ID, directory.EndInput{To: "2026-12-01", Why: "x", Version: 4}), fault.Locked)
		wantKind(t, app.Directory.SetHolder(ctx, office, "371500", leader.ID, directory.HolderInput{Name: "甲", From: "2026-12-03", Version: 4}), fault.Locked)
	})
}

// TestAddSeat_TwoLeadersAtTheSameMoment seats two leaders in a group without one at once: one gets in.
func TestAddSeat_TwoLeadersAtTheSameMoment(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		leader := seat(t, group(t, app, "371500"), "市政府主要领导")
		must(t, app.Directory.EndSeat(ctx, app.As("office"), "371500", leader.ID, directory.EndInput{To: "2026-11-09", Why: "调整", Version: 1}))
		people, errs := []models.Actor{app.As("office"), app.As("office2")}, make([]error, 2)
		var both sync.WaitGroup
		for i, who := range people {
			both.Go(func() {
				errs[i] = app.Directory.AddSeat(ctx, who, "371500", directory.SeatInput{Rank: models.SeatLeader, Body: "市政府", Post: "主要领导" + who.Username, From: testkit.Today, Version: 2})
			})
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("%v and %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
				t.Errorf("the second is told %v", err)
			}
		}
	})
}

func TestAddSeat_SaysWhatIsWrong(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		for name, c := range map[string]struct {
			in   directory.SeatInput
			want string
		}{
			"empty":                    {directory.SeatInput{}, "rank post from body"},
			"a member of no unit":      {directory.SeatInput{Rank: models.SeatMember, Body: "市政府", Post: "秘书长", From: "2026-11-10"}, "unit"},
			"a unit of a county":       {directory.SeatInput{Rank: models.SeatMember, Unit: "dcf", Post: "主要负责人", From: "2026-11-10"}, "unit"},
			"a post seated already":    {directory.SeatInput{Rank: models.SeatMember, Unit: "ZJJ", Post: "主要负责人", From: "2026-11-10"}, "post"},
			"both unit and body":       {directory.SeatInput{Rank: models.SeatDeputy, Unit: "zjj", Body: "市政府", Post: "分管负责人", From: "2026-11-10"}, "body"},
			"a title of nobody":        {directory.SeatInput{Rank: models.SeatDeputy, Body: "市政府", Post: "秘书长", Title: "秘书长", From: "2026-11-10"}, "holder"},
			"no day":                   {directory.SeatInput{Rank: models.SeatDeputy, Body: "市政府", Post: "秘书长", From: "heute"}, "from"},
			"a rank that there is not": {directory.SeatInput{Rank: "king", Body: "市政府", Post: "秘书长", From: "2026-11-10"}, "rank"},
		} {
			t.Run(name, func(t *testing.T) {
				c.in.Version = 1
				wantFields(t, app.Directory.AddSeat(t.Context(), app.As("office"), "371500", c.in), strings.Fields(c.want)...)
			})
		}
		ok := directory.SeatInput{Rank: models.SeatDeputy, Body: "市政府", Post: "秘书长", Holder: "甲某", Title: "秘书长", From: "2026-11-10", Version: 1}
		must(t, app.Directory.AddSeat(t.Context(), app.As("office"), "371500", ok))
		p := group(t, app, "371500")
		if h := seat(t, p, "市政府秘书长").Post.Holder(testkit.Today); h == nil || h.Name != "甲某" || p.Group.Version != 2 || len(p.Changes) != 2 {
			t.Errorf("holder %+v, %d changes", h, len(p.Changes))
		}
		wantFields(t, app.Directory.EndSeat(t.Context(), app.As("office"), "371500", seat(t, p, "市政府秘书长").ID, directory.EndInput{To: "2026-11-09", Version: 2}), "to", "why")
	})
}

// TestStaff_TheHomeUnitIsNoRight holds plan 二(一): people of 财政, 税务 and 大数据; requirement R2.1-5.
func TestStaff_TheHomeUnitIsNoRight(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		add := func(in directory.StaffInput) error { return app.Directory.AddStaff(ctx, office, "371500", in) }
		must(t, add(directory.StaffInput{Username: "office2", Home: "swj", Duty: "目录和模板", From: "2026-11-10", Version: 1}))
		must(t, add(directory.StaffInput{Name: "甲某", Home: "dsj", From: "2026-11-10", Version: 2}))
		p := group(t, app, "371500")
		if len(p.Staff) != 2 || p.Staff[0].Name != "孙立" || p.Staff[0].Home.Code != "swj" || p.Staff[1].Account != nil {
			t.Fatalf("staff %+v", p.Staff)
		}
		if who := app.As("office2"); who.Unit.Code != "office" || who.Has(models.RoleTax) {
			t.Errorf("the home unit gave a right: %+v", who)
		}
		wantFields(t, add(directory.StaffInput{Username: "office2", Home: "cz", From: "2026-11-10", Version: 3}), "account")
		wantFields(t, add(directory.StaffInput{Username: "liaison.zjj", Home: "zjj", From: "2026-11-10", Version: 3}), "account")
		wantFields(t, add(directory.StaffInput{Username: "office.dcf", Home: "cz", From: "2026-11-10", Version: 3}), "account")
		wantFields(t, add(directory.StaffInput{Version: 3}), "name", "home", "from")
		wantFields(t, add(directory.StaffInput{Name: "乙", Home: "dcf", From: "2026-11-10", Version: 3}), "home")

		end := func(id int64, in directory.EndInput) error {
			return app.Directory.EndStaff(ctx, office, "371500", id, in)
		}
		wantFields(t, end(p.Staff[0].ID, directory.EndInput{Version: 3}), "to", "why")
		must(t, end(p.Staff[0].ID, directory.EndInput{To: "2026-11-10", Why: "借调期满", Version: 3}))
		wantKind(t, end(p.Staff[0].ID, directory.EndInput{To: "2026-11-10", Why: "x", Version: 4}), fault.Locked)
		wantKind(t, end(99999, directory.EndInput{To: "2026-11-10", Why: "x", Version: 4}), fault.NotFound)
		if who := app.As("office2"); !who.Has(models.RoleOffice) {
			t.Error("the roster took a role away, which is the security administrator's to do")
		}
		app.Clock.Set("2026-11-11", 9, 0)
		if p = group(t, app, "371500"); len(p.Staff) != 1 || len(p.Gone) != 1 || p.Gone[0].EndWhy != "借调期满" {
			t.Errorf("staff %+v, gone %+v", p.Staff, p.Gone)
		}
		must(t, add(directory.StaffInput{Username: "office2", Home: "swj", From: "2026-11-11", Version: 4})) // and back again
	})
}

func TestEditGroup_TheLastNameStaysAsHistory(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office, p := t.Context(), app.As("office"), group(t, app, "371502")
		in := directory.GroupInput{Name: "东昌府区税费共治领导小组", Basis: "东昌政字〔2026〕1号", From: "2026-01-01", Host: "swj-dcf", Version: p.Group.Version}
		must(t, app.Directory.EditGroup(ctx, office, "371502", in))
		after := group(t, app, "371502")
		if after.Group.FormerName != p.Group.Name || after.Group.Host.Code != "swj-dcf" || len(after.Changes) != 4 {
			t.Errorf("after %+v, %+v", after.Group, after.Changes)
		}
		in.Version = after.Group.Version
		in.Host = "cz"
		wantFields(t, app.Directory.EditGroup(ctx, office, "371502", in), "host")
		wantFields(t, app.Directory.EditGroup(ctx, office, "371502", directory.GroupInput{From: "x", Version: 2}), "name", "from")
	})
}

func TestChanges_SearchOrderAndPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		ctx, office := t.Context(), app.As("office")
		for i, name := range []string{"甲某", "乙某", "丙某"} {
			must(t, app.Directory.SetHolder(ctx, office, "371500", seat(t, group(t, app, "371500"), "市财政局主要负责人").ID,
				directory.HolderInput{Name: name, From: testkit.Today.AddDays(i), Version: int64(i + 1)}))
		}
		for name, c := range map[string]struct {
			f     directory.ChangeFilter
			first string
			total int64
		}{
			"newest first": {directory.ChangeFilter{}, "丙某", 3},
			"oldest first": {directory.ChangeFilter{Oldest: true}, "甲某", 3},
			"of one":       {directory.ChangeFilter{Text: "乙某"}, "丙某", 2}, // as new and as old
			"second page":  {directory.ChangeFilter{Page: 2, Size: 2}, "甲某", 3},
			"none":         {directory.ChangeFilter{Text: "_"}, "", 0},
		} {
			if c.f.Size == 0 {
				c.f.Page, c.f.Size = 1, 20
			}
			_, list, total, err := app.Directory.GroupChanges(ctx, office, "371500", c.f)
			must(t, err)
			got := ""
			if len(list) > 0 {
				got = list[0].New
			}
			if total != c.total || !strings.HasPrefix(got, c.first) {
				t.Errorf("%s: %q of %d, want %q of %d", name, got, total, c.first, c.total)
			}
		}
		n := 0
		must(t, app.Directory.ExportGroupChanges(ctx, office, "371500", directory.ChangeFilter{Text: "丙"}, func(models.OrganisationChange) error { n++; return nil }))
		if n != 1 {
			t.Errorf("%d changes exported", n)
		}
	})
}
