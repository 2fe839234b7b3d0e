package accounts

import (
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// Next says who must do what with an account before it can be worked with, in one sentence (look.md §4), and whether
// anybody must. now decides what has run out.
func (r Row) Next(now models.Instant) (sentence []workflow.Segment, waits bool) {
	values := map[string]string{"name": r.Name, "until": clock(r.LinkUntil), "locked": clock(r.LockedUntil)}
	pattern := ""
	switch {
	case r.DisabledAt != 0:
		return workflow.Sentence("账号已停用，不能登录；需要恢复的，请系统管理员启用。", nil), false
	case !r.Opened && r.LinkUntil > now:
		pattern = "请{name}在 **{until} 前**打开一次性链接，设置自己的密码。"
	case !r.Opened:
		pattern = "请系统管理员生成一次性链接交给{name}：账号还没有密码，此前的链接已过期。"
	case len(r.Roles) == 0:
		pattern = "请安全管理员授予角色：没有角色的账号登录后不能办理业务。"
	case r.LockedUntil > now:
		pattern = "连续输错密码，暂停登录至 **{locked}**；急需使用的，请系统管理员解除锁定。"
	case r.LinkUntil > now:
		pattern = "请{name}在 **{until} 前**打开一次性链接重设密码；在此之前原密码仍可用。"
	default:
		return workflow.Sentence("账号正常，目前没有等人办理的事。", nil), false
	}
	return workflow.Sentence(pattern, values), true
}

// clock writes a moment as the sentence needs it: 11月25日 15:20.
func clock(at models.Instant) string { return at.Time().Format("1月2日 15:04") }
