package accounts

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// SetupRoles are the three administrators that the first start creates in one sitting (DESIGN §6).
var SetupRoles = []models.Role{models.RoleSys, models.RoleSec, models.RoleAud}

// SetupToken returns the token of a fresh set-up link if the portal has no account yet, else "".
func (s *Service) SetupToken(ctx context.Context) (string, error) {
	var accounts int64
	if err := s.db.Read.WithContext(ctx).Model(&models.Account{}).Count(&accounts).Error; err != nil {
		return "", database.Fault(err)
	}
	if accounts > 0 {
		return "", nil
	}
	var token string
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		if token, err = s.newLink(tx, models.LinkSetup, nil, 0); err != nil {
			return err
		}
		return s.record(tx, models.SystemActor, "system", "setup", "link", "", "")
	})
	return token, err
}

// SetupValid returns fault.NotFound unless the set-up link is good.
func (s *Service) SetupValid(ctx context.Context, token string) error {
	_, err := s.findLink(s.db.Read.WithContext(ctx), models.LinkSetup, token)
	return err
}

// SetupPerson is one of the three administrators to be.
type SetupPerson struct{ Username, Name, Password, Again string }

// SetupFields returns the names of the form fields of the n-th person, from 0: username, name, password, again.
func SetupFields(n int) (username, name, password, again string) {
	suffix := "_" + string(SetupRoles[n])
	return "username" + suffix, "name" + suffix, "password" + suffix, "again" + suffix
}

// Setup creates the three administrators, in the order of SetupRoles, and spends the link.
// Returns fault.NotFound for a dead link and fault.Invalid with the fields of SetupFields.
func (s *Service) Setup(ctx context.Context, token string, people []SetupPerson, addr string) error {
	if err := s.SetupValid(ctx, token); err != nil {
		return err
	}
	if err := checkSetup(people); err != nil {
		return err
	}
	hashes := make([]string, len(people))
	for i, p := range people {
		var err error
		if hashes[i], err = s.hasher.Hash(ctx, p.Password); err != nil {
			return err
		}
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		link, err := s.findLink(tx, models.LinkSetup, token)
		if err != nil {
			return err
		}
		if err := s.useLink(tx, link); err != nil {
			return err
		}
		var home models.Unit
		if err := tx.Where("kind = ?", models.UnitSystem).Order("id").Take(&home).Error; err != nil {
			return fmt.Errorf("find the administrators' unit: %w", err)
		}
		for i, p := range people {
			a := models.Account{Username: strings.ToLower(strings.TrimSpace(p.Username)), Name: strings.TrimSpace(p.Name), UnitID: home.ID,
				PasswordHash: hashes[i], CreatedAt: s.instant()}
			if err := tx.Omit("Unit", "Grants").Create(&a).Error; err != nil {
				return err
			}
			if err := tx.Create(&models.AccountRole{AccountID: a.ID, Role: SetupRoles[i], GivenAt: s.instant()}).Error; err != nil {
				return err
			}
		}
		return s.record(tx, models.Actor{Name: "首次设置", Addr: addr}, "system", "setup", "create_administrators", "", "")
	})
}

func checkSetup(people []SetupPerson) error {
	if len(people) != len(SetupRoles) {
		return fmt.Errorf("set-up takes %d people, not %d", len(SetupRoles), len(people))
	}
	var form fault.Form
	seen := map[string]bool{}
	for i, p := range people {
		username, name, password, again := SetupFields(i)
		user := strings.ToLower(strings.TrimSpace(p.Username))
		form.Require(username, SetupRoles[i].Label()+"的用户名", user)
		form.Require(name, SetupRoles[i].Label()+"的姓名", strings.TrimSpace(p.Name))
		if user != "" && !usernamePattern.MatchString(user) {
			form.Add(username, wrongUsername)
		}
		if len([]rune(strings.TrimSpace(p.Name))) > maxName {
			form.Add(name, tooLongName)
		}
		if user != "" && seen[user] {
			form.Add(username, "三个管理员须是三个不同的人，用户名不能相同。")
		}
		seen[user] = true
		if why := weakness(user, p.Password); why != "" {
			form.Add(password, why)
		}
		if p.Password != p.Again {
			form.Add(again, "两次输入的密码不一致。")
		}
	}
	return form.Err()
}
