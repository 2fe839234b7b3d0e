package exchange

import (
	"path/filepath"
	"strings"

	"taxportal/internal/fault"
)

// Sensitive says how fields marked sensitive are handed over.
type Sensitive string

// The ways. Masked is what happens unless the operator says otherwise (docs/operation.md says when to).
const (
	SensitiveMasked Sensitive = "masked" // 脱敏: can be told from its neighbours, not be used
	SensitivePlain  Sensitive = "plain"  // 原样
	SensitiveOmit   Sensitive = "omit"   // 不含: the column is left out
)

// Label returns the way in words.
func (s Sensitive) Label() string {
	return map[Sensitive]string{SensitiveMasked: "敏感字段已脱敏", SensitivePlain: "敏感字段为原值", SensitiveOmit: "不含敏感字段"}[s]
}

// Target is where batches are handed over to, and how sensitive fields go there.
type Target struct {
	Folder    string // empty: not configured
	Sensitive Sensitive
	Demo      bool // the demo's own folder, which nobody takes data from
}

// Configured reports whether there is anywhere to hand over to.
func (t Target) Configured() bool { return t.Folder != "" }

// ParseTarget reads what the operator has set. data is the portal's own folder, which cannot be the target: everything in
// it is the portal's alone, and a part of it is emptied at each start.
func ParseTarget(place, sensitive, data string) (Target, error) {
	t := Target{Sensitive: Sensitive(sensitive)}
	if sensitive == "" {
		t.Sensitive = SensitiveMasked
	}
	if t.Sensitive.Label() == "" {
		return t, fault.New(fault.Invalid, "PORTAL_HANDOVER_SENSITIVE 只能是 masked（脱敏）、plain（原样）或 omit（不含）。")
	}
	if place == "" {
		return t, nil
	}
	if strings.Contains(place, "://") {
		return t, fault.New(fault.Invalid, "PORTAL_HANDOVER 只能是文件夹。对象存储请先由系统管理员挂载为文件夹，或由同步程序从文件夹取走。")
	}
	folder, err := filepath.Abs(place)
	if err != nil {
		return t, fault.Wrap(fault.Invalid, "PORTAL_HANDOVER 不是可用的文件夹路径。", err)
	}
	own, err := filepath.Abs(data)
	if err != nil {
		return t, fault.Wrap(fault.Invalid, "数据目录不是可用的文件夹路径。", err)
	}
	if within(folder, own) || within(own, folder) {
		return t, fault.New(fault.Invalid, "PORTAL_HANDOVER 不能在平台的数据目录之内，也不能包含它。")
	}
	t.Folder = folder
	return t, nil
}

// within reports whether path is dir or lies below it.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
