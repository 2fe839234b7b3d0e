package demo

import (
	"bytes"
	"context"
	"fmt"

	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/filing"
	rows "taxportal/seed/demo"
)

// byMachine is the item that a unit's own system files since the fourth month.
const byMachine = "ga-jj-03"

// machine is where that system runs.
const machine = "10.37.42.8"

// machines plans two tokens: one of a system that has been replaced, revoked, and one that files. The secrets stay in
// memory and are gone with the story; nobody needs them afterwards, because the demo's tokens can be made anew.
func (s *story) machines(periods []models.Period) {
	old := int64(0)
	s.as("sysadmin", in(periods[0], 20, 10, 0), "token zjj", func(ctx context.Context, who models.Actor) error {
		t, _, err := s.Accounts.CreateToken(ctx, who, accounts.TokenInput{Unit: "zjj", Name: "预售许可系统（旧）", Person: "liaison.zjj", Days: accounts.TokenDays})
		old = t.ID
		return err
	})
	s.as("sysadmin", in(periods[3], 12, 10, 30), "revoke zjj", func(ctx context.Context, who models.Actor) error {
		return s.Accounts.RevokeToken(ctx, who, old, "旧系统已下线，由新系统重新申请令牌。")
	})
	secret := ""
	s.as("sysadmin", in(periods[3], 12, 11, 0), "token ga-jj", func(ctx context.Context, who models.Actor) error {
		_, plain, err := s.Accounts.CreateToken(ctx, who, accounts.TokenInput{Unit: "ga-jj", Name: "交管综合应用平台", Person: "liaison.ga-jj", Days: accounts.TokenDays})
		secret = plain
		return err
	})
	if !s.serves(byMachine) {
		return
	}
	for i, p := range periods[3:5] {
		r := register{item: byMachine, template: byMachine, period: p, rows: 14 + i, format: "csv", name: "transfer"}
		s.retell(r.task())
		s.on(onDay(p, 6, 9, 10), "upload by machine "+r.task(), func() error { return s.uploadByMachine(secret, r) })
		s.on(onDay(p, 6, 9, 40), "submit by machine "+r.task(), func() error { return s.submitByMachine(secret, r.task()) })
		s.on(onDay(p, 6, 15, 30), "sign "+r.task(), func() error {
			return s.move(s.crew[r.unit()].chief, r.task(), models.VerbSign, filing.MoveInput{})
		})
		s.on(onDay(p, 8, 10, 20), "accept "+r.task(), func() error { return s.move("office", r.task(), models.VerbAccept, filing.MoveInput{}) })
	}
}

// uploadByMachine files a register as a unit's system does, and works its check.
func (s *story) uploadByMachine(secret string, r register) error {
	who, err := s.Accounts.Bearer(s.ctx, secret, machine)
	if err != nil {
		return err
	}
	sheet, err := s.sheet(r)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("%s-%s-1", r.name, r.period)
	if err := s.Filing.CheckOnce(s.ctx, who, r.task(), key); err != nil {
		return err
	}
	file, err := s.Filing.Keep(s.ctx, r.task()+".csv", bytes.NewReader(sheet.CSV()))
	if err != nil {
		return err
	}
	batch, _, err := s.Filing.UploadOnce(s.ctx, who, r.task(), key, file)
	if err != nil {
		return err
	}
	if err := s.Filing.RunCheck(s.ctx, batch.Code); err != nil {
		return err
	}
	page, err := s.Filing.Page(s.ctx, who, "", batch.Code)
	if err == nil && page.Batch.State == models.BatchWarnings { // people explain, at the portal
		err = s.explain(r.task(), "经与车辆管理所核对，数据无误，属正常波动。")
	}
	return err
}

func (s *story) submitByMachine(secret, task string) error {
	who, err := s.Accounts.Bearer(s.ctx, secret, machine)
	if err != nil {
		return err
	}
	code, err := s.current(task)
	if err != nil {
		return err
	}
	if err := s.Filing.SubmitOnce(s.ctx, who, code); err != nil {
		return err
	}
	s.Accounts.WriteUses(s.ctx)
	return nil
}

// sheet makes a register as it is, spoiled by nothing.
func (s *story) sheet(r register) (*rows.Sheet, error) {
	return rows.Make(s.pool, s.templates[r.form()], r.period, r.rows)
}
