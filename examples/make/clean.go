package main

import (
	"bytes"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/models"
	"taxportal/internal/office"
)

// wpsMonthly is the table that an office keeps by hand in WPS: a title, a line with the unit and the period, two lines
// of merged titles with the units of measure in brackets, a sum, notes and signatures below, and two empty sheets.
func (m maker) wpsMonthly() ([]byte, error) {
	r := register{rows: records("zjj-02", 0, 12), columns: columnsOf(`序号 项目名称=project_name 预售许可证号=permit_no 发证日期=issue_date
		有效期至=valid_until 企业名称=developer_name 统一社会信用代码=developer_uscc 行政区划=region 坐落=address 预售楼栋=buildings
		房屋用途=house_use 预售面积（平方米）=presale_area 预售套数（套）=presale_units 备案均价（元）=record_price
		监管银行=escrow_bank 监管账号=escrow_account 联系人=contact 联系电话=phone 备注`)}
	for i := range r.rows {
		r.rows[i]["序号"] = strconv.Itoa(i + 1)
	}
	r.rows[4]["备注"] = "商业含配套用房"
	b := newBook("WPS 表格", "10月")
	top := b.head(r.columns)
	for at, group := range map[int]string{2: "预售许可证", 5: "开发企业", 7: "项目位置", 10: "批准预售情况", 14: "预售资金监管"} {
		top[at] = excelize.Cell{StyleID: b.style(general, true), Value: group}
	}
	for _, at := range []int{3, 4, 6, 8, 9, 11, 12, 13, 15} { // hidden by the group's title
		top[at] = excelize.Cell{StyleID: b.style(general, true)}
	}
	bottom := b.head(r.columns)
	for _, at := range []int{0, 1, 16, 17, 18} { // merged with the title above
		bottom[at] = excelize.Cell{StyleID: b.style(general, true)}
	}
	rows := [][]any{{"2026年10月商品房预售许可情况统计表"}, {"填报单位：聊城市住房和城乡建设局        所属期：2026年10月        （演示数据，均为虚构）"}, top, bottom}
	rows = append(rows, b.body(m.permits, r, asHanzi)...)
	first, last := 5, len(rows)
	sum := make([]any, len(r.columns))
	sum[0] = excelize.Cell{StyleID: b.style(general, true), Value: "合  计"}
	for at, field := range map[int]string{11: "presale_area", 12: "presale_units"} {
		letter := strings.TrimRight(name(at+1, 1), "1")
		sum[at] = excelize.Cell{StyleID: b.style(asFigure, true), Value: total(r.rows, field),
			Formula: fmt.Sprintf("SUM(%s%d:%s%d)", letter, first, letter, last)}
	}
	rows = append(rows, sum, []any{"注：1.本表由各县（市、区）住建部门按月汇总，一证多种用途的分行填列。"},
		[]any{"2.备案均价为含税价，车位不填。"}, nil,
		[]any{"填表人：张示范", nil, nil, nil, nil, "审核人：李示范", nil, nil, nil, nil, "单位负责人：王示范", nil, nil, nil, "填表日期：2026年11月5日"})
	b.sheet("10月", rows, "A1:S1", "A2:S2", "C3:E3", "F3:G3", "H3:J3", "K3:N3", "O3:P3", "A3:A4", "B3:B4", "Q3:Q4", "R3:R4", "S3:S4", "A17:K17", "A18:S18", "A19:S19")
	b.sheet("Sheet2", nil)
	b.sheet("Sheet3", nil)
	return b.bytes()
}

// total adds up a column of figures.
func total(rows []record, field string) float64 {
	sum := 0.0
	for _, r := range rows {
		n, err := strconv.ParseFloat(r[field], 64)
		if err == nil {
			sum += n
		}
	}
	return float64(int64(sum*100+0.5)) / 100
}

// oldSystem is the export of an approval system of long ago: GB18030, every value in quotation marks, its own titles
// in its own order, its own columns beside ours, days and months without a sign between, amounts with commas, a name
// with a rare character.
func (m maker) oldSystem() ([]byte, error) {
	r := register{rows: records("fgw-05", 0, 24), columns: columnsOf(`录入时间 项目统一代码=project_code 建设项目名称=project_name 立项类型=approval_kind
		批复文号=approval_no 备案日期=approval_date 项目法人=builder_name 法人单位代码=builder_uscc 所属区县=region 行业代码=industry 项目性质=build_kind
		计划总投资=total_invest 财政资金=fund_fiscal 自筹资金=fund_own 银行贷款=fund_loan 开工时间=start_month 计划竣工时间=finish_month
		项目进展=stage 自开工累计完成投资=invest_done 录入人 主管科室`)}
	for i, row := range r.rows {
		row["录入时间"], row["录入人"], row["主管科室"] = fmt.Sprintf("2026-11-%02d 09:12:33", i%5+2), "赵示范", "投资科"
		for _, field := range []string{"approval_date", "start_month", "finish_month"} {
			row[field] = strings.ReplaceAll(row[field], "-", "")
		}
		for _, field := range []string{"total_invest", "fund_fiscal", "fund_own", "fund_loan", "invest_done"} {
			row[field] = thousands(row[field])
		}
	}
	r.rows[6]["builder_name"] = "聊城示范𠮷祥机械有限公司"
	return gb18030(text(r.lines(), ",", true))
}

// thousands puts commas into an amount: 1,286,400.00.
func thousands(amount string) string {
	point := strings.IndexByte(amount, '.')
	for at := point - 3; at > 0; at -= 3 {
		amount = amount[:at] + "," + amount[at:]
	}
	return amount
}

// unicodeText is what Excel makes of a table by 'Unicode 文本(*.txt)': UTF-16 with tabs.
func (m maker) unicodeText() ([]byte, error) {
	r := inOrder(m.estates, records("zrzy-01", 100, 20))
	r.rows[3]["address"] = `聊城市东昌府区示范路18号"示范花园"1幢101室`
	return utf16le(text(r.lines(), "\t", false)), nil
}

// wideRegister is the whole register of the registration system, from which the template wants less than half.
func (m maker) wideRegister() ([]byte, error) {
	r := register{rows: records("zrzy-01", 200, 15), columns: columnsOf(`序号 业务号=business_no 受理时间 受理人员 宗地代码 不动产类型 不动产单元代码=estate_no
		产权证号=cert_no 印刷序列号 登记业务类型=reg_kind 登记小类 不动产权利类型=right_kind 登记原因=reg_reason 权利性质 权利人=holder_name
		权利人类型 权利人证件种类 权利人证件号码=holder_id 权利人电话 地址 邮政编码 共有方式=co_kind 共有份额 代理人 代理机构 义务人
		义务人证件种类 义务人证件号码=prior_holder_id 区县代码=region 坐落=address 幢号 户号 总层数 所在层 房屋结构 竣工年份
		分摊土地面积=land_area 建筑面积=house_area 专有建筑面积 分摊建筑面积 规划用途=estate_use 使用期限起 使用期限止 交易金额=price
		契税完税情况=tax_proof 缮证时间 登簿人 登簿时间=reg_time 登记机构 附记`)}
	for i, row := range r.rows {
		seq := strconv.Itoa(i + 1)
		more := record{"序号": seq, "受理时间": "2026-10-08 08:31", "受理人员": "孙示范", "不动产类型": "土地和房屋", "印刷序列号": "37000" + seq,
			"权利性质": "出让", "权利人类型": "个人", "权利人证件种类": "身份证", "地址": "聊城市示范区示范街" + seq + "号", "邮政编码": "252000", "总层数": "18",
			"所在层": seq, "房屋结构": "钢筋混凝土结构", "竣工年份": "2024", "登簿人": "周示范", "登记机构": "聊城市示范登记中心"}
		maps.Copy(row, more)
		row["宗地代码"] = row["estate_no"][:19]
	}
	b := newBook("Microsoft Excel", "登记台账")
	b.sheet("登记台账", append([][]any{b.head(r.columns)}, b.body(m.estates, r, asDate)...))
	return b.bytes()
}

// hiddenFormulas is a workbook that has grown over the years: days counted from 1904, sums by formulas with their
// results kept, last year's rows on a hidden sheet, lists on another, hidden rows, and hundreds of blank rows with
// borders.
func (m maker) hiddenFormulas() ([]byte, error) {
	b := newBook("Microsoft Macintosh Excel", "在库项目")
	since1904 := true
	b.do(b.f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}))
	r := inOrder(m.projects, records("fgw-05", 300, 18))
	rows := append([][]any{b.head(r.columns)}, b.body(m.projects, r, asDate)...)
	for i, row := range r.rows {
		line := rows[i+1]
		for at, c := range r.columns {
			if c.field == "total_invest" { // the sum of its sources, as people build it
				n, _ := strconv.ParseFloat(row[c.field], 64)
				no := strconv.Itoa(i + 2)
				line[at] = excelize.Cell{StyleID: b.style(asFigure, false), Value: n,
					Formula: name(at+2, 1)[:1] + no + "+" + name(at+3, 1)[:1] + no + "+" + name(at+4, 1)[:1] + no}
			}
		}
	}
	blank := make([]any, len(r.columns))
	for i := range blank {
		blank[i] = excelize.Cell{StyleID: b.style(general, false)}
	}
	for range 150 {
		rows = append(rows, blank)
	}
	spaces := make([]any, len(r.columns))
	spaces[1], spaces[3] = "  ", "　"
	rows = append(rows, spaces)
	b.hidden = map[int]bool{5: true, 6: true} // filtered away, and still filed
	b.sheet("在库项目", rows)
	old := inOrder(m.projects, records("fgw-05", 900, 9))
	b.sheet("去年", append([][]any{b.head(old.columns)}, b.body(m.projects, old, asDate)...))
	b.sheet("参数", [][]any{{"审批", "核准", "备案"}, {"新建", "扩建", "改建和技术改造"}})
	b.do(b.f.SetSheetVisible("去年", false))
	b.do(b.f.SetSheetVisible("参数", false, true))
	return b.bytes()
}

// portalWorkbook is the portal's own workbook, filled in: what the portal hopes to get.
func (m maker) portalWorkbook() ([]byte, error) {
	var blank bytes.Buffer
	if err := office.TemplateWorkbook(&blank, m.estates, office.WorkbookOptions{UnitName: "聊城市自然资源和规划局", Period: "2026-10"}); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(blank.Bytes()))
	if err != nil {
		return nil, fmt.Errorf("open template workbook: %w", err)
	}
	b := &book{f: f, styles: map[string]int{}}
	const firstRow = 4 // below title, unit line and header
	for i, row := range records("zrzy-01", 400, 10) {
		for at, field := range m.estates.Fields {
			b.do(f.SetCellValue(f.GetSheetName(0), name(at+1, firstRow+i), typed(field, row[field.Code])))
		}
	}
	return b.bytes()
}

// typed is what a person's keystrokes leave in a cell that is formatted already.
func typed(f models.Field, value string) any {
	if n, err := strconv.ParseFloat(value, 64); err == nil && f.Numeric() {
		return n
	}
	if value == "" {
		return nil
	}
	return value
}
