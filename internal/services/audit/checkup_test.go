package audit_test

import (
	"testing"
	"time"

	chain "taxportal/internal/audit"
	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/services/audit"
	"taxportal/internal/workflow"
)

func TestLastCheckup_isWhatTheChainTells(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.some()
		last := func() audit.Checkup {
			t.Helper()
			found, err := w.LastCheckup(t.Context(), auditor)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		if got := last(); got != (audit.Checkup{}) {
			t.Errorf("before any there is %+v", got)
		}
		if _, err := w.Verify(t.Context(), auditor); err != nil {
			t.Fatal(err)
		}
		w.write(23, 10, 99, "赵审计", chain.Entry{Object: "audit", Action: "export", Detail: "全部"})
		if got := last(); got.At != models.At(start) || got.Result != "完整，共 5 条" || !got.Whole() {
			t.Errorf("a whole chain is %+v", got)
		}
		if err := w.db.Write.Exec("UPDATE audit_entries SET reason = '' WHERE seq = 4").Error; err != nil {
			t.Fatal(err)
		}
		if _, err := w.Verify(t.Context(), auditor); err != nil {
			t.Fatal(err)
		}
		if got := last(); got.Whole() || got.Result != "第 4 条与其校验值不符，内容或顺序被改动。" {
			t.Errorf("a broken chain is %+v", got)
		}
		for _, role := range models.Roles {
			_, err := w.LastCheckup(t.Context(), models.Actor{AccountID: 5, Roles: []models.Role{role}})
			if role != models.RoleAud && !fault.Is(err, fault.Forbidden) {
				t.Errorf("as %s: %v", role, err)
			}
		}
	})
}

func TestCheckup_saysWhatIsToBeDone(t *testing.T) {
	at := models.At(start)
	for _, tt := range []struct {
		name  string
		c     audit.Checkup
		later time.Duration
		want  string
		turn  audit.Turn
	}{
		{"never", audit.Checkup{}, 0, "请审计管理员核验一次完整性：平台启用以来还没有核验过。", audit.TurnDue},
		{"just now", audit.Checkup{At: at, Result: "完整，共 5 条"}, 0,
			"目前没有等您办理的事：2026年11月23日已核验，完整，共 5 条；下次请在 2026年12月23日前核验。", audit.TurnCalm},
		{"to the last moment", audit.Checkup{At: at, Result: "完整，共 5 条"}, 30*24*time.Hour - time.Millisecond,
			"目前没有等您办理的事：2026年11月23日已核验，完整，共 5 条；下次请在 2026年12月23日前核验。", audit.TurnCalm},
		{"too long ago", audit.Checkup{At: at, Result: "完整，共 5 条"}, 30 * 24 * time.Hour,
			"请审计管理员核验完整性：上次核验是 2026年11月23日，已满 30 天。", audit.TurnDue},
		{"changed", audit.Checkup{At: at, Result: "第 4 条缺失。"}, 0,
			"请立即报告领导小组办公室和网络安全负责人，保全数据库和备份：2026年11月23日核验发现第 4 条缺失。", audit.TurnBad},
		{"changed, long ago", audit.Checkup{At: at, Result: "第 4 条缺失。"}, 9000 * time.Hour,
			"请立即报告领导小组办公室和网络安全负责人，保全数据库和备份：2026年11月23日核验发现第 4 条缺失。", audit.TurnBad},
	} {
		sentence, turn := tt.c.Next(models.At(start.Add(tt.later)))
		if got := workflow.Plain(sentence); got != tt.want || turn != tt.turn {
			t.Errorf("%s: %q in turn %d", tt.name, got, turn)
		}
	}
}
