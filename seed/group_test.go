package seed_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"taxportal/internal/cn"
	"taxportal/internal/models"
	"taxportal/seed"
)

func TestLoad_groups(t *testing.T) {
	plan := load(t)
	city := plan.Groups[0]
	if city.Area != "371500" || city.Name != "聊城市税收共治工作领导小组" || city.FormerName != "聊城市税收保障工作领导小组" || city.Host != "cz" ||
		!slices.Equal(city.StaffFrom, []string{"cz", "swj", "dsj"}) {
		t.Errorf("the city's group %+v", city)
	}
	if got := strings.Join(city.Members, " "); got != members+" dsj" {
		t.Errorf("members %s", got)
	}
	for _, j := range plan.Jurisdictions { // each county and zone has its group and its Office
		offices, leaders := 0, 0
		for _, u := range plan.Units {
			if u.Jurisdiction == j.Code && u.Kind == models.UnitOffice {
				offices++
			}
			if u.Jurisdiction == j.Code && u.Kind == models.UnitLeaders {
				leaders++
			}
		}
		if offices != 1 || leaders != 1 {
			t.Errorf("%s has %d offices and %d groups", j.Name, offices, leaders)
		}
	}
}

// TestLoad_everyAreaHasAWorkingGroup holds that in each county and zone the Office is seated in its finance bureau, and that
// this bureau and its tax bureau are members and send people.
func TestLoad_everyAreaHasAWorkingGroup(t *testing.T) {
	plan := load(t)
	if len(plan.Groups) != 12 {
		t.Errorf("%d groups, want the city's, eight counties' and three zones'", len(plan.Groups))
	}
	for _, g := range plan.Groups {
		if g.Leader.Post != "主要领导" || len(g.Deputies) == 0 || g.Deputies[0].Post != "分管领导" || g.Deputies[0].Body != g.Leader.Body {
			t.Errorf("%s is led by %+v and %+v", g.Area, g.Leader, g.Deputies)
		}
		host, ok := plan.Unit(g.Host)
		if !ok || !strings.HasSuffix(host.Name, "财政局") || host.Kind != models.UnitMember || host.Affiliation != models.AffiliationGovernment || host.FullName == "" {
			t.Errorf("the Office of %s is seated in %+v", g.Area, host)
		}
		taxes := 0
		for _, code := range g.Members {
			if u, _ := plan.Unit(code); u.TaxAuthority && u.Kind == models.UnitMember && u.Affiliation == models.AffiliationVertical &&
				strings.HasPrefix(u.FullName, "国家税务总局") && slices.Contains(g.StaffFrom, code) {
				taxes++
			}
		}
		if taxes != 1 || !slices.Contains(g.Members, g.Host) || !slices.Contains(g.StaffFrom, g.Host) {
			t.Errorf("%s has %d tax bureaus, members %v, people of %v", g.Area, taxes, g.Members, g.StaffFrom)
		}
	}
}

func TestLoad_affiliationsTellUnitsApart(t *testing.T) {
	want := map[string]models.Affiliation{"fgw": models.AffiliationGovernment, "zjfy": models.AffiliationJudicial, "swj": models.AffiliationVertical,
		"ybjg": models.AffiliationVertical, "yc": models.AffiliationVertical, "yz": models.AffiliationVertical, "cl": models.AffiliationMass,
		"gl": models.AffiliationInstitution, "gjj": models.AffiliationInstitution, "gzw": models.AffiliationDirect, "bank": models.AffiliationEnterprise}
	var tax []string
	for _, u := range load(t).Units {
		if w, ok := want[u.Code]; ok && u.Affiliation != w {
			t.Errorf("%s is %s, want %s", u.Code, u.Affiliation, w)
		}
		if u.PlanNo > 0 && u.FullName == "" {
			t.Errorf("%s has no full name", u.Code)
		}
		if u.TaxAuthority {
			tax = append(tax, u.Code)
		}
	}
	if got := strings.Join(tax, " "); got != "swj swj-jc swj-dcf swj-cp swj-yg swj-sx swj-de swj-guan swj-gt swj-lq swj-kf swj-gxq swj-dj" {
		t.Errorf("tax authorities: %s", got)
	}
}

// TestLoad_formerCodesAreThoseOfTheStandard compares the areas with the standard's own table.
func TestLoad_formerCodesAreThoseOfTheStandard(t *testing.T) {
	formers := 0
	for _, j := range load(t).Jurisdictions {
		for _, f := range j.Former {
			formers++
			r, ok := cn.LookupRegion(f.Code)
			if !ok || r.Name != f.Name || r.To != string(f.To) || r.Next != j.Code {
				t.Errorf("%s was %+v, the standard says %+v", j.Name, f, r)
			}
		}
		if r, ok := cn.LookupRegion(j.Code); j.Kind != "zone" && (!ok || r.Name != j.Name) {
			t.Errorf("%s %s is not in the standard", j.Code, j.Name)
		}
	}
	if formers != 2 {
		t.Errorf("%d former codes", formers)
	}
}

func TestLoadFS_groupsNameFileAndLine(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"area that is none", "group.yaml", `area: "371526"`, `area: "371527"`, "group.yaml:25: group of 371527: the area is not known"},
		{"area twice", "group.yaml", `area: "371526"`, `area: "371502"`, "an area has one group"},
		{"area without group", "group.yaml", `  - {area: 371500dj`, `  # - {area: 371500dj`, "every area has one"},
		{"no leader", "group.yaml", "leader: {body: 市政府, post: 主要领导}\n", "leader: {body: 市政府}\n", "one leader"},
		{"no deputy", "group.yaml", "deputies: [{body: 市政府, post: 分管领导}]\n", "deputies: []\n", "one or more deputies"},
		{"member of elsewhere", "group.yaml", "members: [dcf, swj-dcf]", "members: [dcf, zjj]", "unit zjj stands twice or is no unit of the area"},
		{"member twice", "group.yaml", "members: [dcf, swj-dcf]", "members: [dcf, dcf]", "unit dcf stands twice"},
		{"host of elsewhere", "group.yaml", "host: dcf", "host: cz", "seated in a unit of the area"},
		{"no day", "group.yaml", "2020-06-29", "2020-06-31", "from must be a day"},
		{"no name", "group.yaml", "name: 高唐县税收共治工作领导小组", `name: ""`, "the name is missing"},
		{"unknown affiliation", "units.yaml", "affiliation: mass", "affiliation: masse", "unit cl: the affiliation is not known"},
		{"a tax authority that is none", "units.yaml", "name: 水城示范银行聊城分行,", "name: 水城示范银行聊城分行, tax_authority: true,", "only members and sub-units are tax authorities"},
		{"former code after the new one", "jurisdictions.yaml", `to: "2019-08-01"`, `to: "2019-08-02"`, "a former code"},
		{"last day before the first", "jurisdictions.yaml", `from: "2019-08-02"`, `from: "2019-08-02", to: "2019-08-01"`, "to must be a day"},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := files(t)
			text := string(broken[c.file].Data)
			if !strings.Contains(text, c.old) {
				t.Fatalf("%s no longer has %q", c.file, c.old)
			}
			broken[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
			_, err := seed.LoadFS(broken)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("got %v\nwant %s … %s", err, c.file, c.want)
			}
		})
	}
}
