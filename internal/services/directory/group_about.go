package directory

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// GroupInput is what stands above the roster of a leading group.
type GroupInput struct {
	Name    string
	Basis   string // the document that set it up
	From    models.Day
	Host    string // code of the unit in which the Office is seated
	Version int64
}

// EditGroup changes the name of a leading group, on what it rests, since when, and where its Office is seated.
// Returns fault.NotFound outside the actor's area, fault.Invalid with the fields name, basis, from, host, and
// fault.Conflict if somebody was faster.
func (s *Service) EditGroup(ctx context.Context, actor models.Actor, area string, in GroupInput) error {
	in.Name, in.Basis = strings.TrimSpace(in.Name), strings.TrimSpace(in.Basis)
	return s.editGroup(ctx, actor, area, "edit", in.Basis, in.Version, func(tx *gorm.DB, g *models.Group) (diff, error) {
		var form fault.Form
		form.Require("name", "领导小组名称", in.Name)
		tooLong(&form, "name", "领导小组名称", in.Name, maxName)
		tooLong(&form, "basis", "依据", in.Basis, maxReason)
		checkDay(&form, "from", "成立日期", in.From)
		var hosts []models.Unit
		err := tx.Where("code = ? AND closed_at = 0 AND jurisdiction_id = ? AND kind = ?", strings.ToLower(in.Host), g.JurisdictionID, models.UnitMember).Find(&hosts).Error
		if err != nil {
			return nil, err
		}
		if in.Host != "" && len(hosts) == 0 {
			form.Add("host", "请从列表中选择办公室所设的单位。")
		}
		if err := form.Err(); err != nil {
			return nil, err
		}
		set := map[string]any{"name": in.Name, "basis": in.Basis, "from_day": in.From, "host_id": nil}
		before, after := "", ""
		if g.Host != nil {
			before = g.Host.Name
		}
		if len(hosts) > 0 {
			set["host_id"], after = hosts[0].ID, hosts[0].Name
		}
		if in.Name != g.Name { // the last name stays as history (plan 二(一): 调整……为……)
			set["former_name"] = g.Name
		}
		var d diff
		d.note("领导小组名称", g.Name, in.Name)
		d.note("依据", g.Basis, in.Basis)
		d.note("成立日期", string(g.FromDay), string(in.From))
		d.note("办公室设在", before, after)
		return d, tx.Model(&models.Group{}).Where("id = ?", g.ID).Updates(set).Error
	})
}
