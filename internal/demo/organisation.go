package demo

import (
	"context"
	"fmt"
	"slices"

	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/directory"
	rows "taxportal/seed/demo"
)

// officers are the accounts of 大数据, whose person in the Office comes from a unit that shares nothing (plan 二(一)). As all
// names of the demo these are invented.
var officers = []Account{
	{"office.dsj", "钱程", "office", []models.Role{models.RoleOffice}},
	{"liaison.dsj", "苗青", "dsj", []models.Role{models.RoleLiaison}},
}

// staff are the people of the city's Office, each with the unit that they come from.
var staff = []struct{ username, home, duty string }{
	{"office", "cz", "综合协调、受理和通报"}, {"office2", "swj", "目录、模板和数据质量"}, {"office.dsj", "dsj", "平台运行和数据交接"},
}

// ways are how two counties share otherwise than the rest.
var ways = []struct {
	area, why string
	mode      models.Sharing
}{
	{"371521", "县领导小组会议纪要（演示）：使用县级财源平台归集，按月向市级报汇总", models.SharingSummary},
	{"371581", "市领导小组会议纪要（演示）：使用本地涉税信息系统，向市级登记", models.SharingOwn},
}

// organise names who holds the posts of the leading groups, who works in the city's Office and how counties share, by the
// services and as of the day on which the story begins.
func organise(ctx context.Context, p *portal.Portal, pool *rows.Pool) error {
	if err := createAll(ctx, p, officers, 960); err != nil {
		return err
	}
	office, err := actor(ctx, p, "office")
	if err != nil {
		return err
	}
	o := organiser{Portal: p, ctx: ctx, office: office, pool: pool}
	areas, err := p.Directory.Areas(ctx, office)
	if err != nil {
		return err
	}
	for _, area := range areas {
		if err := o.appoint(area.Code); err != nil {
			return fmt.Errorf("appoint in %s: %w", area.Code, err)
		}
	}
	if err := o.seatStaff(); err != nil {
		return err
	}
	for _, w := range ways {
		err := o.change(w.area, func(version int64) error {
			month := string(models.PeriodAt(models.CycleMonth, p.Config.Now()))
			return p.Directory.SetSharing(ctx, office, w.area, directory.SharingInput{Mode: w.mode, From: month, Why: w.why, Version: version})
		})
		if err != nil {
			return err
		}
	}
	return o.fillAddressBook()
}

// organiser acts as the city's Office.
type organiser struct {
	*portal.Portal
	ctx    context.Context
	office models.Actor
	pool   *rows.Pool
	named  int
}

// someone returns the next invented person.
func (o *organiser) someone() string {
	o.named++
	return o.pool.People[(o.named*53+29)%len(o.pool.People)].Name
}

// change does something to an area's group as it stands.
func (o *organiser) change(area string, do func(version int64) error) error {
	page, err := o.Directory.GroupPage(o.ctx, o.office, area)
	if err != nil {
		return err
	}
	return do(page.Group.Version)
}

// appoint names a holder for each seat of an area's group. The city's leader is the demo's account, and has a predecessor.
func (o *organiser) appoint(area string) error {
	page, err := o.Directory.GroupPage(o.ctx, o.office, area)
	if err != nil {
		return err
	}
	version := page.Group.Version
	for _, seat := range page.Seats {
		since := seat.FromDay
		if since == "" {
			since = "2021-03-01"
		}
		holders := []directory.HolderInput{{Name: o.someone(), From: since}}
		if seat.Rank == models.SeatLeader && page.Area.Kind == models.AreaCity {
			holders = append(holders, directory.HolderInput{Name: "周国强", From: "2024-02-01"})
		}
		for _, h := range holders {
			h.Version = version
			if err := o.Directory.SetHolder(o.ctx, o.office, area, seat.ID, h); err != nil {
				return err
			}
			version++
		}
	}
	return nil
}

func (o *organiser) seatStaff() error {
	for _, one := range staff {
		err := o.change("371500", func(version int64) error {
			return o.Directory.AddStaff(o.ctx, o.office, "371500", directory.StaffInput{Username: one.username, Home: one.home, Duty: one.duty,
				From: models.DayOf(o.Config.Now()), Version: version})
		})
		if err != nil {
			return fmt.Errorf("seat %s: %w", one.username, err)
		}
	}
	return nil
}

// fillAddressBook gives the units invented telephone numbers and addresses.
func (o *organiser) fillAddressBook() error {
	units, err := o.Directory.Units(o.ctx)
	if err != nil {
		return err
	}
	for i, u := range units {
		if !slices.Contains(directory.Creatable, u.Kind) {
			continue
		}
		in := directory.UnitInput{Name: u.Name, FullName: u.FullName, Affiliation: u.Affiliation, TaxAuthority: u.TaxAuthority, From: u.ValidFrom,
			Address: fmt.Sprintf("聊城市示范路 %d 号", i+1), Phone: fmt.Sprintf("0635-80%05d", 100+i), Version: u.Version}
		if err := o.Directory.EditUnit(o.ctx, o.office, u.Code, in); err != nil {
			return fmt.Errorf("address of %s: %w", u.Code, err)
		}
	}
	return nil
}
