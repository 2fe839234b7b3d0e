// Package demo fills an empty portal with the demo of DESIGN §6: accounts, and six months of synthetic filings up to
// today, driven through the services with a clock that moves. The rows themselves are made by seed/demo.
package demo

import (
	"context"
	"fmt"
	"slices"

	"taxportal/internal/cn"
	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/services/accounts"
)

// Password is that of every demo account (DESIGN §6).
const Password = "Demo@2026"

// Account is one account of the demo. All names are invented.
type Account struct {
	Username string
	Name     string
	Unit     string // unit code
	Roles    []models.Role
}

// Accounts are the demo's accounts (DESIGN §6), the three administrators first.
var Accounts = []Account{
	{"sysadmin", "郑建民", "system", []models.Role{models.RoleSys}},
	{"secadmin", "冯晓光", "system", []models.Role{models.RoleSec}},
	{"auditor", "沈玉兰", "system", []models.Role{models.RoleAud}},
	{"office", "赵敏", "office", []models.Role{models.RoleOffice}},
	{"office2", "孙立", "office", []models.Role{models.RoleOffice}},
	{"leader", "周国强", "leaders", []models.Role{models.RoleLeader}},
	{"liaison.fgw", "李伟", "fgw", []models.Role{models.RoleLiaison}},
	{"chief.fgw", "高建华", "fgw", []models.Role{models.RoleChief}},
	{"liaison.zjj", "王静", "zjj", []models.Role{models.RoleLiaison}},
	{"chief.zjj", "刘志远", "zjj", []models.Role{models.RoleChief}},
	{"handler.zjj", "陈洁", "zjj", []models.Role{models.RoleHandler}},
	{"liaison.zrzy", "张涛", "zrzy", []models.Role{models.RoleLiaison}},
	{"chief.zrzy", "马文斌", "zrzy", []models.Role{models.RoleChief}},
	{"police", "徐磊", "ga", []models.Role{models.RoleLiaison}},
	{"chief.ga", "宋卫东", "ga", []models.Role{models.RoleChief}},
	{"liaison.ga-jj", "韩雪", "ga-jj", []models.Role{models.RoleLiaison}},
	{"liaison.kj", "林芳", "kj", []models.Role{models.RoleLiaison}},
	{"chief.kj", "唐明", "kj", []models.Role{models.RoleChief}},
	{"court", "曹颖", "zjfy", []models.Role{models.RoleLiaison}},
	{"liaison.swj", "许丹", "swj", []models.Role{models.RoleLiaison}},
	{"tax", "何勇", "swj", []models.Role{models.RoleTax}},
	{"tax.review", "彭程", "swj", []models.Role{models.RoleReview}},
	{"tax.chief", "董海波", "swj", []models.Role{models.RoleBureau}},
	{"bank", "吕佳", "bank", []models.Role{models.RoleOutside}},
	{"bank2", "邓华", "bank2", []models.Role{models.RoleOutside}},
	{"office.dcf", "于敏", "office-dcf", []models.Role{models.RoleOffice}},
	{"liaison.dcf", "梁艳", "dcf", []models.Role{models.RoleLiaison}},
	{"office.gt", "罗刚", "office-gt", []models.Role{models.RoleOffice}},
	{"office.cp", "孟宪亮", "office-cp", []models.Role{models.RoleOffice}},
	{"office.yg", "郝秀芹", "office-yg", []models.Role{models.RoleOffice}},
	{"office.sx", "石永强", "office-sx", []models.Role{models.RoleOffice}},
	{"office.de", "付春燕", "office-de", []models.Role{models.RoleOffice}},
	{"office.guan", "殷志勇", "office-guan", []models.Role{models.RoleOffice}},
	{"office.lq", "汪海霞", "office-lq", []models.Role{models.RoleOffice}},
	{"office.kf", "崔立国", "office-kf", []models.Role{models.RoleOffice}},
	{"office.gxq", "齐文静", "office-gxq", []models.Role{models.RoleOffice}},
	{"office.dj", "薛长河", "office-dj", []models.Role{models.RoleOffice}},
}

// administrators are how many of Accounts the first sitting creates.
const administrators = 3

// CreateAccounts creates the demo's accounts as a city would: the set-up link makes the three administrators, the system
// administrator creates the others, the security administrator gives them their roles. The password is hashed once for
// all. The plan must be loaded and no account be there yet.
func CreateAccounts(ctx context.Context, p *portal.Portal) error {
	if err := setUp(ctx, p); err != nil {
		return fmt.Errorf("set up administrators: %w", err)
	}
	if err := createAll(ctx, p, Accounts[administrators:], 700); err != nil {
		return err
	}
	return setContacts(ctx, p)
}

// createAll creates accounts, gives them their roles and opens them with the demo's password. Their telephone numbers
// count from phone on.
func createAll(ctx context.Context, p *portal.Portal, list []Account, phone uint64) error {
	sys, err := actor(ctx, p, "sysadmin")
	if err != nil {
		return err
	}
	sec, err := actor(ctx, p, "secadmin")
	if err != nil {
		return err
	}
	for i, a := range list {
		in := accounts.CreateInput{Username: a.Username, Name: a.Name, Phone: cn.MakePhone(phone + uint64(i)), UnitCode: a.Unit}
		created, _, err := p.Accounts.Create(ctx, sys, in)
		if err != nil {
			return fmt.Errorf("create account %s: %w", a.Username, err)
		}
		for _, role := range a.Roles {
			if err := p.Accounts.GiveRole(ctx, sec, created.ID, role); err != nil {
				return fmt.Errorf("give %s to %s: %w", role, a.Username, err)
			}
		}
	}
	return openAccounts(ctx, p, sys.AccountID)
}

func setUp(ctx context.Context, p *portal.Portal) error {
	token, err := p.Accounts.SetupToken(ctx)
	if err != nil {
		return err
	}
	var people []accounts.SetupPerson
	for _, a := range Accounts[:administrators] {
		people = append(people, accounts.SetupPerson{Username: a.Username, Name: a.Name, Password: Password, Again: Password})
	}
	return p.Accounts.Setup(ctx, token, people, address)
}

// address is where the demo's people sit.
const address = "10.37.15.20"

// actor returns the person behind a demo account.
func actor(ctx context.Context, p *portal.Portal, username string) (models.Actor, error) {
	id, err := p.Accounts.ByUsername(ctx, username)
	if err != nil {
		return models.Actor{}, fmt.Errorf("find account %s: %w", username, err)
	}
	return p.Accounts.Actor(ctx, id, address, "")
}

// openAccounts gives every account the password hash of the first one and spends the links, which nobody needs.
func openAccounts(ctx context.Context, p *portal.Portal, like int64) error {
	const copyHash = `UPDATE accounts SET password_hash = (SELECT a.password_hash FROM accounts a WHERE a.id = ?) WHERE password_hash = ''`
	if err := p.DB.Write.WithContext(ctx).Exec(copyHash, like).Error; err != nil {
		return database.Fault(fmt.Errorf("open accounts: %w", err))
	}
	const spend = `UPDATE account_links SET used_at = ? WHERE used_at = 0`
	return database.Fault(p.DB.Write.WithContext(ctx).Exec(spend, models.At(p.Config.Now())).Error)
}

// setContacts gives every unit its 对接人: in the city one of the two people of the Office, in a county its own.
func setContacts(ctx context.Context, p *portal.Portal) error {
	const set = `UPDATE units SET contact_id = (SELECT a.id FROM accounts a WHERE a.username = ?) WHERE kind IN ('member', 'sub', 'outside')
		AND jurisdiction_id = (SELECT o.jurisdiction_id FROM accounts a JOIN units o ON o.id = a.unit_id WHERE a.username = ?)`
	for _, a := range Accounts {
		if !slices.Contains(a.Roles, models.RoleOffice) {
			continue
		}
		statement := set
		if a.Username == "office2" {
			statement += " AND id % 2 = 0"
		}
		if err := p.DB.Write.WithContext(ctx).Exec(statement, a.Username, a.Username).Error; err != nil {
			return database.Fault(fmt.Errorf("set contacts: %w", err))
		}
	}
	const keep = `INSERT INTO unit_contacts (unit_id, account_id, from_day) SELECT id, contact_id, ? FROM units WHERE contact_id IS NOT NULL`
	return database.Fault(p.DB.Write.WithContext(ctx).Exec(keep, models.DayOf(p.Config.Now())).Error)
}
