package e2e_test

import (
	"strconv"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/testkit"
)

// TestDesign takes a template to its second version: the Office adds a field, the unit says what it thinks of it and
// tries a file, the Office answers, a second person publishes, the unit files under it, and the third version begins.
func TestDesign(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { designsAVersion(t, s, (*site).as) })
}

// TestDesignWithoutScript is the same with JavaScript switched off.
func TestDesignWithoutScript(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) { designsAVersion(t, s, (*site).withoutScript) })
}

func designsAVersion(t *testing.T, s *site, enter enter) {
	s.work(t)
	office := enter(s, t, "office")
	design := officeDrafts(t, office)
	liaison := enter(s, t, "liaison.zjj")
	liaisonComments(t, liaison)
	officeAnswers(office, design)
	secondPublishes(enter(s, t, "office2"), office, design)

	s.Clock.Set("2027-01-06", 9, 30) // December has ended, whose tasks ask for the new version
	_, err := s.Filing.OpenPeriods(t.Context())
	must(t, err)
	filesUnderIt(t, enter(s, t, "liaison.zjj"))
	nextBegins(enter(s, t, "office"))
}

// officeDrafts begins version 2, adds a field after a first try that cannot be taken, and sends it out.
func officeDrafts(t *testing.T, p *person) (design int64) {
	p.open(paths.Templates)
	p.click("商品房预售许可信息")
	p.click("新建下一版")
	p.wait("第 2 版草稿已建立", "18 个")
	design, err := strconv.ParseInt(strings.TrimPrefix(p.path(), paths.Designs+"/"), 10, 64)
	must(t, err)
	p.site.standards(t, design)
	audited(p)
	p.click("添加字段")
	p.fill("字段名称", "预售层数")
	p.choose("类型", "整数")
	p.expects("422")
	p.click("保存字段") // without a code
	p.wait("字段没有保存")
	p.see(`document.querySelector("#edit [name=name]").value === "预售层数"`)
	audited(p)
	p.fill("字段代码", "presale_floors")
	p.fill("计量单位", "层")
	p.click("保存字段")
	p.wait("字段“预售层数”已保存", "缺口径", "请填写“预售层数”的口径")
	p.shot("50-designer-gap")
	p.shotWide("50-designer-gap")
	audited(p)
	p.fill("口径", "许可证所列楼幢的地上层数，以发证日的核准内容为准。")
	p.click("保存字段")
	p.not("缺口径", "发布前待补齐")
	officeTriesARule(p, design)
	p.open(paths.ToDesign(paths.DesignCompare, design))
	p.wait("第 1 版 → 第 2 版", "预售层数", "新增")
	p.open(paths.ToDesign(paths.Design, design))
	p.click("征求意见")
	p.wait("把第 2 版送出征求意见？")
	p.click("征求意见")
	p.wait("已送出征求意见", "征求意见")
	return design
}

// officeTriesARule writes a row rule that does not compile, mends it, and tries it on two rows.
func officeTriesARule(p *person, design int64) {
	p.open(paths.ToDesign(paths.DesignRules, design))
	p.click("添加规则")
	p.fill("规则名称", "层数为正")
	p.fill("算式", "presale_floors >")
	p.fill("涉及字段", "presale_floors")
	p.fill("问题", "层数不为正")
	p.fill("怎样修改", "对照许可证核对层数。")
	p.expects("422")
	p.click("保存规则")
	p.wait("规则没有保存", "算式第")
	p.fill("算式", "presale_floors == nil or presale_floors > 0")
	p.click("保存规则")
	p.wait("规则“层数为正”已保存")
	p.fill("第 1 行 预售层数", "18")
	p.fill("第 2 行 预售层数", "0")
	p.click("试算")
	p.wait("符合", "不符", "层数不为正")
	p.shot("51-rule-tried")
	audited(p)
}

// liaisonComments finds the draft on the workbench, says something of it and tries a file.
func liaisonComments(t *testing.T, p *person) {
	p.open(paths.Home)
	p.wait("商品房预售许可信息模板　第 2 版")
	p.clickIn("", "提意见")
	p.wait("征求意见", "提出意见", "还没有答复的单位：市住房城乡建设局")
	p.choose("关于", "预售层数")
	p.fill("说明", "台账只记总层数，建议改为总层数。")
	p.click("提交意见")
	p.wait("意见已提交", "台账只记总层数", "待答复")
	p.shot("52-comment")
	audited(p)
	p.click("试报 0")
	p.files(csvFile(t, "试报10月.csv", faulty(t)))
	p.click("开始试报")
	p.wait("27 合格", "3 有错误", "试报10月.csv", "敏感字段的值已遮挡")
	p.shot("53-trial")
	audited(p)
}

func officeAnswers(p *person, design int64) {
	p.open(paths.ToDesign(paths.Design, design))
	p.click("答复 1 条意见")
	p.fill("答复", "许可证载有地上层数，仍按地上层数填报。")
	p.click("答复")
	p.wait("答复已保存", "已答复")
	p.click("提交发布")
	p.wait("提交第 2 版发布？")
	p.click("提交发布")
	p.wait("已提交，等办公室另一人发布")
	p.see(`!Array.from(document.querySelectorAll(".gz-page-head a")).some((a) => a.textContent.includes("发布"))`)
}

// secondPublishes publishes what somebody else has handed over, who may not.
func secondPublishes(p, first *person, design int64) {
	first.expects("403")
	first.open(paths.ToDesignMove(design, string(models.VerbPublish)))
	first.click("发布")
	first.wait("须由另一人办理")
	p.open(paths.Home)
	p.click("去发布")
	p.wait("待发布", "2026年12月期", "加 1 个字段")
	p.click("发布")
	p.wait("发布第 2 版？", "自 2026年12月期起执行", "加 1 个字段")
	p.shot("54-publish")
	audited(p)
	p.click("发布")
	p.wait("已发布", "内容不再改动")
	p.not("添加字段", "保存字段")
}

// filesUnderIt files December with the new column.
func filesUnderIt(t *testing.T, p *person) {
	const december = "zjj-02-202612"
	p.open(paths.ToTask(december))
	p.wait("第 2 版")
	lines := strings.Split(strings.TrimRight(string(testkit.RowsOf(t, "zjj-02", "2026-12", rows).CSV()), "\r\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, "\r") + map[bool]string{true: ",预售层数（层）", false: ",18"}[i == 0]
	}
	p.upload(onDisk(t, "预售许可12月.csv", []byte(strings.Join(lines, "\r\n")+"\r\n")))
	p.wait("30 合格", "校验通过")
	p.not("与模板无关的列")
	p.shot("55-filed")
	p.click("提交审签")
	p.click("提交审签")
	p.wait("待审签")
}

// nextBegins begins version 3, with versions 1 and 2 readable beside it.
func nextBegins(p *person) {
	p.open(paths.ToTemplate("zjj-02"))
	p.wait("第 2 版", "现行", "预售层数")
	p.click("新建下一版")
	p.wait("第 3 版草稿已建立", "19 个")
	p.open(paths.With(paths.ToTemplate("zjj-02"), "version", "1"))
	p.wait("旧版", "这一版不是现行版本")
	p.not("预售层数")
	p.click("比较")
	p.wait("第 1 版 → 第 2 版", "加 1 个字段，加 1 条规则", "许可证所列楼幢的地上层数")
	p.shot("56-compare")
	p.shotWide("56-compare")
	audited(p)
}
