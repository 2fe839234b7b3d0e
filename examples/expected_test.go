package examples_test

import "taxportal/internal/ingest"

// expectation is what the portal must say of one batch.
type expectation struct {
	files    []string
	template string
	verdict  ingest.Verdict

	rows, valid int64
	validOf     []int64          // per file, for a batch of several
	rules       map[string]int64 // rule and field → findings; no other rule may be broken
	places      []string         // column, row and rule of every finding in their order; nil = not looked at

	read    string // format|encoding|delimiter|sheet of the first file
	header  int    // row of the header; of a refused file the row that the refusal names
	ignored []string
	extra   []string
	absent  []string
	hidden  int64

	code          string // of a refusal
	says, saysNot []string
}

var expected = []expectation{
	{
		files: []string{"01-wps-monthly.xlsx"}, template: "zjj-02", verdict: ingest.VerdictClean, rows: 12, valid: 12,
		read: "xlsx|||10月", header: 4, ignored: []string{"1 title", "2 title", "17 total", "18 note", "19 note", "21 note"},
		extra: []string{"序号", "备注"}, absent: []string{"土地不动产权证号"},
	},
	{
		files: []string{"02-old-system-gb18030.csv"}, template: "fgw-05", verdict: ingest.VerdictClean, rows: 24, valid: 24,
		read: "csv|GB18030|逗号|", header: 1, extra: []string{"录入时间", "录入人", "主管科室"},
	},
	{
		files: []string{"03-accounts-as-numbers.xlsx"}, template: "zjj-02", verdict: ingest.VerdictErrors, rows: 10, valid: 3,
		read: "xlsx|||Sheet1", header: 1, rules: map[string]int64{"digits.truncated escrow_account": 7},
		places: []string{"F2 digits.truncated", "F3 digits.truncated", "F4 digits.truncated", "F5 digits.truncated",
			"F6 digits.truncated", "F7 digits.truncated", "F8 digits.truncated"},
	},
	{
		files: []string{"04-identity-numbers-spoilt.csv"}, template: "zrzy-01", verdict: ingest.VerdictErrors, rows: 12, valid: 3,
		read: "csv|UTF-8|逗号|", header: 1, rules: map[string]int64{"digits.truncated holder_id": 9, "digits.truncated prior_holder_id": 3},
	},
	{
		files: []string{"05-wide-register.xlsx"}, template: "zrzy-01", verdict: ingest.VerdictClean, rows: 15, valid: 15,
		read: "xlsx|||登记台账", header: 1, extra: []string{"序号", "受理时间", "受理人员", "宗地代码", "不动产类型", "印刷序列号", "登记小类", "权利性质",
			"权利人类型", "权利人证件种类", "权利人电话", "地址", "邮政编码", "共有份额", "代理人", "代理机构", "义务人", "义务人证件种类", "幢号", "户号",
			"总层数", "所在层", "房屋结构", "竣工年份", "专有建筑面积", "分摊建筑面积", "使用期限起", "使用期限止", "缮证时间", "登簿人", "登记机构", "附记"},
	},
	{
		files: []string{"06-header-only.xlsx"}, template: "zjj-02", verdict: ingest.VerdictRefused, code: ingest.MalformedEmpty, header: 2,
		says: []string{"工作表“Sheet1”表头（第 2 行）以下没有数据行", "零报送"}, saysNot: []string{"缺少"},
	},
	{
		files: []string{"07-error-in-every-row.xlsx"}, template: "zjj-02", verdict: ingest.VerdictErrors, rows: 25, valid: 0,
		read: "xlsx|||Sheet1", header: 1,
		rules: map[string]int64{
			"required project_name": 1, "pattern permit_no": 1, "range.max issue_date": 1, "date.ambiguous issue_date": 1,
			"uscc.check developer_uscc": 1, "uscc.letter developer_uscc": 1, "uscc.length developer_uscc": 1,
			"length.min developer_name": 1, "placeholder escrow_account": 1, "required escrow_bank": 1, "phone.length phone": 1,
			"person.lost_char contact": 1, "list house_use": 1, "range.min presale_area": 1, "type.decimal.unit presale_area": 1,
			"scale presale_area": 1, "type.integer presale_units": 1, "scale presale_units": 1, "region.region region": 1,
			"address.vague address": 1, "row.R1": 1, "type.money.unit record_price": 1, "key.duplicate permit_no": 1,
			"cell.error record_price": 1, "length.max buildings": 1,
		},
		// one for every row; repeated keys are told last
		places: []string{"A2 required", "B3 pattern", "C4 range.max", "C5 date.ambiguous", "D6 uscc.check", "D7 uscc.letter", "D8 uscc.length",
			"E9 length.min", "F10 placeholder", "G11 required", "I12 phone.length", "H13 person.lost_char", "J14 list", "K15 range.min",
			"K16 type.decimal.unit", "K17 scale", "L18 type.integer", "L19 scale", "N20 region.region", "O21 address.vague", "Q22 row.R1",
			"M23 type.money.unit", "M25 cell.error", "P26 length.max", "B24 key.duplicate"},
	},
	{
		files: []string{"08-unicode-text.txt"}, template: "zrzy-01", verdict: ingest.VerdictClean, rows: 20, valid: 20,
		read: "tsv|UTF-16LE|制表符|", header: 1,
	},
	{
		files: []string{"09-dates.xlsx"}, template: "zjj-02", verdict: ingest.VerdictErrors, rows: 25, valid: 11,
		read: "xlsx|||Sheet1", header: 1,
		rules: map[string]int64{"type.date issue_date": 8, "date.ambiguous issue_date": 4, "range.max issue_date": 1, "range.min issue_date": 1},
		places: []string{"C13 date.ambiguous", "C14 date.ambiguous", "C15 date.ambiguous", "C16 type.date", "C17 type.date", "C18 type.date",
			"C19 type.date", "C20 type.date", "C21 type.date", "C22 type.date", "C23 type.date", "C24 date.ambiguous", "C25 range.max", "C26 range.min"},
	},
	{
		files: []string{"10-duplicates-1.csv"}, template: "zjj-02", verdict: ingest.VerdictErrors, rows: 9, valid: 7,
		read: "csv|UTF-8|逗号|", header: 1, rules: map[string]int64{"key.duplicate permit_no": 2},
		places: []string{"B9 key.duplicate", "B10 key.duplicate"},
	},
	{
		files: []string{"10-duplicates-2.csv"}, template: "zjj-02", verdict: ingest.VerdictClean, rows: 6, valid: 6,
		read: "csv|UTF-8|逗号|", header: 1,
	},
	{
		files: []string{"10-duplicates-1.csv", "10-duplicates-2.csv"}, template: "zjj-02", verdict: ingest.VerdictErrors, rows: 15, valid: 12,
		validOf: []int64{7, 5}, read: "csv|UTF-8|逗号|", header: 1, rules: map[string]int64{"key.duplicate permit_no": 3},
		places: []string{"B9 key.duplicate", "B10 key.duplicate", "B5 key.duplicate"},
	},
	{
		files: []string{"11-web-page.xls"}, template: "zrzy-01", verdict: ingest.VerdictRefused, code: "html",
		says: []string{"网页文件", "另存为", ".xlsx"}, saysNot: []string{"97"},
	},
	{
		files: []string{"12-password.xlsx"}, template: "fgw-05", verdict: ingest.VerdictRefused, code: "password",
		says: []string{"打开密码", "WPS"}, saysNot: []string{"损坏"},
	},
	{
		files: []string{"13-hidden-formulas-1904.xlsx"}, template: "fgw-05", verdict: ingest.VerdictClean, rows: 18, valid: 18,
		read: "xlsx|||在库项目", header: 1, ignored: []string{"170 blank"}, hidden: 2,
	},
	{
		files: []string{"14-portal-workbook.xlsx"}, template: "zrzy-01", verdict: ingest.VerdictClean, rows: 10, valid: 10,
		read: "xlsx|||不动产（土地、房屋）登记信息", header: 3, ignored: []string{"1 title", "2 title"},
	},
	{
		files: []string{"14-portal-workbook.xlsx"}, template: "zjj-02", verdict: ingest.VerdictRefused, code: ingest.MalformedWrongTemplate,
		says: []string{"这是模板 ZRZY-01 的工作簿", "“商品房预售许可信息”（ZJJ-02）"}, saysNot: []string{"缺少"},
	},
	{
		files: []string{"15-warnings.csv"}, template: "zjj-02", verdict: ingest.VerdictWarnings, rows: 12, valid: 12,
		read: "csv|UTF-8|逗号|", header: 1, rules: map[string]int64{"row.R2": 1, "row.R3": 1, "row.R4": 1, "row.R5": 2},
		places: []string{"B2 row.R2", "K5 row.R3", "M8 row.R4", "M9 row.R5", "M11 row.R5"},
	},
	{
		files: []string{"16-excel-97.xls"}, template: "fgw-05", verdict: ingest.VerdictRefused, code: "xls",
		says: []string{"Excel 97—2003", "另存为", ".xlsx"}, saysNot: []string{"密码"},
	},
	{
		files: []string{"17-columns-missing.csv"}, template: "fgw-05", verdict: ingest.VerdictRefused, code: ingest.MalformedColumns, header: 1,
		says: []string{"缺少必填列“建设单位统一社会信用代码”“累计完成投资”", "您的“信用代码（18位）”（C 列）是不是模板中的“建设单位统一社会信用代码”？",
			"您的“完成额”（R 列）是不是模板中的“累计完成投资”？"}, saysNot: []string{"只能留一列"},
	},
	{
		files: []string{"18-other-unit.xlsx"}, template: "fgw-05", verdict: ingest.VerdictRefused, code: ingest.MalformedUnit, header: 1,
		says: []string{"K 列“总投资（元）”的单位是元，模板中“总投资”的单位是万元", "R 列“累计完成投资（元）”"}, saysNot: []string{"自有资金"},
	},
}
