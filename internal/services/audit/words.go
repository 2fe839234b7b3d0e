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
	{"filing", "数据报送"}, {"waiver", "更正、解锁与免报"}, {"data", "数据"}, {"catalogue", "共享目录"}, {"proposal", "目录变更申请"}, {"call", "专项需求"}, {"handover", "数据交接"}, {"template", "信息模板"},
	{"unit", "单位"}, {"group", "领导小组"}, {"calendar", "工作日历"},
	{"session", "登录"}, {"account", "账号"}, {"role", "角色"}, {"token", "接口令牌"}, {"system", "平台"}, {"audit", "审计日志"},
}

// flows are the workflows whose moves stand in the chain under the flow's name; they bring their own words.
var flows = []*workflow.Flow{&models.FilingFlow, &models.WaiverFlow, &models.TemplateFlow, &models.HandoverFlow, &models.ProposalFlow, &models.CallFlow}

// actions are what is recorded beside the moves of workflows, by object.
var actions = map[string][]Word{
	"filing": {
		{"upload", "上传文件"}, {"nil", "申报零报送"}, {"explain", "说明提醒"}, {"message", "留言"},
		{"download_original", "下载原文件"}, {"download_annotated", "下载批注工作簿"}, {"download_findings", "下载校验结果"},
		{"reveal", "查看敏感值原文"}, {"open_periods", "开放期次"}, {"export_inbox", "导出待受理批次"},
		{"export_tasks", "导出任务清单"}, {"export_matrix", "导出履约矩阵"}, {"transfer", "转由承接单位报送"}, {"owe_again", "恢复报送"},
	},
	"handover": {{"export", "导出交接清单"}},
	"calendar": {
		{"change_day", "调整一天"}, {"change_notice", "录入放假安排"}, {"follow", "顺延任务期限"}, {"export", "导出日历调整记录"},
		{"export_moved", "导出随日历调整的任务"},
	},
	"waiver": {{"ask", "申请更正、解锁或免报"}, {"export", "导出申请清单"}},
	"data":   {{"reveal", "查看敏感值原文"}, {"view", "查看数据"}, {"export", "导出数据"}, {"compare", "逐条比对"}},
	"catalogue": {
		{"add", "补充目录项"}, {"edit", "修改目录项"}, {"retire", "停用目录项"}, {"apply", "修改到期生效"}, {"withdraw", "撤回待生效的修改"},
		{"export", "导出共享目录"},
	},
	"proposal": {{"propose", "提出变更申请"}, {"export", "导出变更申请"}},
	"call":     {{"raise", "提出专项需求"}, {"download", "下载答复文件"}, {"export", "导出专项需求"}},
	"template": {
		{"publish", "发布版本"}, {"retire", "停用"}, {"export", "导出模板清单"}, {"begin", "新建草稿"}, {"edit", "修改草稿"}, {"say", "提出意见"},
		{"answer", "答复意见"}, {"trial", "试报"}, {"export_designs", "导出草稿清单"},
	},
	"session": {{"login", "登录"}, {"login_failed", "登录失败"}, {"logout", "退出登录"}, {"end", "结束其他登录"}, {"revoke", "结束他人登录"}},
	"account": {
		{"create", "新建账号"}, {"disable", "停用账号"}, {"enable", "启用账号"}, {"unlock", "解除锁定"}, {"reset", "生成一次性链接"},
		{"first_password", "设置首次密码"}, {"set_password", "用一次性链接设置密码"}, {"change_password", "修改密码"},
		{"password_refused", "原密码不符"}, {"export", "导出账号清单"},
	},
	"unit": {
		{"create", "新建单位"}, {"edit", "修改单位信息"}, {"contact", "指定对接人"}, {"close", "撤并单位"}, {"reopen", "撤销撤并"},
		{"transfer", "转由承接单位"}, {"export", "导出通讯录"},
	},
	"group": {
		{"edit", "修改领导小组"}, {"seat", "登记席位"}, {"seat_end", "退出领导小组"}, {"holder", "更换任职人员"}, {"staff", "登记办公室人员"},
		{"staff_end", "办公室人员离开"}, {"sharing", "设置共享方式"}, {"export", "导出名单"},
	},
	"role":   {{"give", "授予角色"}, {"take", "收回角色"}},
	"token":  {{"make", "建立令牌"}, {"revoke", "吊销令牌"}, {"refused", "令牌被拒"}, {"export", "导出令牌清单"}},
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
