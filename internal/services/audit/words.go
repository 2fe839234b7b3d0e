package audit

import (
	"slices"
	"strings"

	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// Word is a code of the chain and what people call it.
type Word struct{ Code, Label string }

// Objects are the kinds of things that entries are about, in the order in which people read them.
var Objects = []Word{
	{"filing", "数据报送"}, {"waiver", "更正、解锁与免报"}, {"data", "数据"}, {"template", "信息模板"},
	{"session", "登录"}, {"account", "账号"}, {"role", "角色"}, {"system", "平台"}, {"audit", "审计日志"},
}

// flows are the workflows whose moves stand in the chain under the flow's name; they bring their own words.
var flows = []*workflow.Flow{&models.FilingFlow, &models.WaiverFlow}

// actions are what is recorded beside the moves of workflows, by object.
var actions = map[string][]Word{
	"filing": {
		{"upload", "上传文件"}, {"nil", "申报零报送"}, {"explain", "说明提醒"}, {"message", "留言"},
		{"download_original", "下载原文件"}, {"download_annotated", "下载批注工作簿"}, {"download_findings", "下载校验结果"},
		{"reveal", "查看敏感值原文"}, {"open_periods", "开放期次"}, {"export_inbox", "导出待受理批次"},
		{"export_tasks", "导出任务清单"}, {"export_matrix", "导出履约矩阵"},
	},
	"waiver":   {{"ask", "申请更正、解锁或免报"}, {"export", "导出申请清单"}},
	"data":     {{"reveal", "查看敏感值原文"}, {"view", "查看数据"}, {"export", "导出数据"}},
	"template": {{"publish", "发布版本"}, {"retire", "停用"}, {"export", "导出模板清单"}},
	"session":  {{"login", "登录"}, {"login_failed", "登录失败"}, {"logout", "退出登录"}, {"end", "结束其他登录"}},
	"account": {
		{"create", "新建账号"}, {"disable", "停用账号"}, {"enable", "启用账号"}, {"unlock", "解除锁定"}, {"reset", "生成一次性链接"},
		{"first_password", "设置首次密码"}, {"set_password", "用一次性链接设置密码"}, {"change_password", "修改密码"},
		{"password_refused", "原密码不符"}, {"export", "导出账号清单"},
	},
	"role":   {{"give", "授予角色"}, {"take", "收回角色"}},
	"system": {{"link", "生成首次设置链接"}, {"create_administrators", "建立三名管理员"}},
	"audit":  {{"export", "导出审计日志"}, {"verify", "核验完整性"}},
}

// ObjectLabel returns what people call an object, or the code itself.
func ObjectLabel(object string) string { return label(Objects, object) }

// ActionLabel returns what people call an action on an object, or the code itself.
func ActionLabel(object, action string) string {
	if found := label(actions[object], action); found != action {
		return found
	}
	for _, f := range flows {
		if m, ok := f.Move(workflow.Verb(action)); ok && f.Name == object {
			return m.Label
		}
	}
	return action
}

// StateLabel returns what people call a state of an object, or the code itself; "" stays "".
func StateLabel(object, state string) string {
	for _, f := range flows {
		if f.Name == object {
			return f.Describe(workflow.State(state)).Label
		}
	}
	return state
}

func label(words []Word, code string) string {
	for _, w := range words {
		if w.Code == code {
			return w.Label
		}
	}
	return code
}

// actionsNamed returns the actions whose words contain text: those who search type what they see.
func actionsNamed(text string) []string {
	var found []string
	add := func(code, words string) {
		if strings.Contains(words, text) && !slices.Contains(found, code) {
			found = append(found, code)
		}
	}
	for _, list := range actions {
		for _, w := range list {
			add(w.Code, w.Label)
		}
	}
	for _, f := range flows {
		for _, m := range f.Moves {
			add(string(m.Verb), m.Label)
		}
	}
	slices.Sort(found)
	return found
}
