package ingest

import (
	"taxportal/internal/cn"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// fieldType is what the portal knows of one type of field: one entry a type, so that a new type is one more entry.
type fieldType struct {
	title   string  // 统一社会信用代码
	example string  // synthetic
	words   string  // how a value must look, for the workbook's comment; empty if convert's own words do
	general string  // how to mend a wrong value, one sentence for all
	ident   cn.Kind // the kind of identifier whose rules hold, or ""
	text    bool    // kept as text: a number cell of more than 15 digits has lost some
	prose   bool    // free text: full-width punctuation and blanks inside stay
	convert func(c *column, cell *sheet.Cell) (models.Value, []issue)
	mask    func(value string) string // for sensitive fields; nil = stars only
}

// typeOf returns the entry of a type, and false for a type that is unknown.
func typeOf(t models.FieldType) (fieldType, bool) {
	if e, ok := plainTypes()[t]; ok {
		return e, true
	}
	e, ok := identTypes()[t]
	return e, ok
}

// plainTypes are the types that are read as text, number, day or choice.
func plainTypes() map[models.FieldType]fieldType {
	return map[models.FieldType]fieldType{
		models.TypeText: {title: "文本", example: "聊城示例置业有限公司", text: true, prose: true, convert: convertText,
			mask: maskWith("")},
		models.TypeAttachment: {title: "附件文件名", example: "预售许可证001.pdf", text: true, prose: true, convert: convertAttachment,
			words: "填写随表格一起上传的附件的文件名（含扩展名），不含文件夹；几个附件用分号隔开", general: "填写附件的文件名，如 预售许可证001.pdf", mask: maskWith("")},
		models.TypeInteger: {title: "整数", example: "128", convert: convertNumber, general: "填写不带小数和单位的数字，如 128"},
		models.TypeDecimal: {title: "数值", example: "12860.55", convert: convertNumber, general: "填写不带单位的数字，如 12860.55"},
		models.TypeMoney:   {title: "金额", example: "1286400.00", convert: convertNumber, general: "按本列的单位填写纯数字，如 1286400.00"},
		models.TypeYear:    {title: "年份", example: "2026", convert: convertYear, general: "填写四位数的年份，如 2026", words: "四位数的年份，如 2026"},
		models.TypeDate: {title: "日期", example: "2026-10-08", convert: convertDate, general: "改为 2026-10-08 的形式",
			words: "日期，如 2026-10-08", mask: maskDate},
		models.TypeMonth: {title: "年月", example: "2026-10", convert: convertMonth, general: "改为 2026-10 的形式",
			words: "年月，如 2026-10", mask: maskDate},
		models.TypeTime: {title: "时间", example: "2026-10-08 09:30", convert: convertTime, general: "改为 2026-10-08 09:30 的形式",
			words: "日期和时间，如 2026-10-08 09:30", mask: maskDate},
		models.TypeBool: {title: "是否", example: "是", convert: convertBool, general: "填写“是”或“否”", words: "填写“是”或“否”"},
		models.TypeCode: {title: "字典项", example: "", convert: convertCode, general: "从工作簿的下拉框中选择"},
	}
}

// identTypes are the types whose rules stand in package cn.
func identTypes() map[models.FieldType]fieldType {
	ident := func(kind cn.Kind, title, example, words, general string) fieldType {
		return fieldType{title: title, example: example, words: words, general: general, ident: kind, text: true,
			convert: convertIdent, mask: maskWith(kind)}
	}
	types := map[models.FieldType]fieldType{
		models.TypeUSCC: ident(cn.KindUSCC, "统一社会信用代码", cn.MakeUSCC("91", "371502", 1),
			"18 位统一社会信用代码，数字和大写字母，不含 I、O、S、V、Z", "对照营业执照重新录入；多为看错字母或两位颠倒"),
		models.TypeLegacy: ident(cn.KindLegacy, "旧注册号或纳税人识别号", cn.MakeRegNo("371502", 1),
			"15 位注册号、9 位组织机构代码或原纳税人识别号", "对照原证照重新录入；已换证的填 18 位统一社会信用代码"),
		models.TypeIDCard: ident(cn.KindIDCard, "公民身份号码", cn.MakeID("371502", cn.Date(1990, 1, 1), 1),
			"18 位公民身份号码，末位可为大写 X；外国人填永久居留身份证号码", "对照身份证重新录入"),
		models.TypePassport: ident(cn.KindPassport, "护照号码", "E00000000", "护照号码，数字和大写字母", "对照护照资料页重新录入"),
		models.TypeTaxpayer: ident(cn.KindTaxpayer, "纳税人识别号", cn.MakeUSCC("91", "371502", 1),
			"", "对照证照重新录入；多为看错字母或两位颠倒"),
		models.TypePhone:   ident(cn.KindPhone, "电话号码", cn.MakePhone(1), "手机号 11 位，或区号加固定电话", "填写 11 位手机号，或 0635-8200000 形式的固定电话"),
		models.TypeAccount: ident(cn.KindAccount, "银行账号", cn.MakeAccount("622848", 1), "银行账号，该列须为“文本”格式", "对照开户资料重新录入"),
		models.TypeRegion:  ident(cn.KindRegion, "行政区划代码", "371502", "GB/T 2260 六位行政区划代码，如 371502", "填写 GB/T 2260 六位行政区划代码"),
		models.TypePlate:   ident(cn.KindPlate, "机动车号牌", cn.MakePlate(1), "机动车号牌，如 "+cn.MakePlate(1), "对照行驶证重新录入"),
		models.TypeVIN:     ident(cn.KindVIN, "车辆识别代号", cn.MakeVIN("LSV", 1), "17 位车辆识别代号，不含 I、O、Q", "对照行驶证或车辆铭牌重新录入"),
		models.TypeEstate:  ident(cn.KindEstate, "不动产单元号", cn.MakeEstate("371502", 1), "28 位不动产单元号", "对照不动产权证书重新录入"),
		models.TypePoint:   ident(cn.KindPoint, "经纬度", "115.985371,36.456013", "“经度,纬度”，十进制度数", "按“经度,纬度”填写十进制度数，如 115.985371,36.456013"),
		models.TypePerson:  ident(cn.KindPerson, "姓名", "张示例", "与证件一致的姓名，一格一人", "对照证件填写全名，一格一人"),
		models.TypeAddress: ident(cn.KindAddress, "地址", "山东省聊城市东昌府区示例路1号", "到门牌号的详细地址", "填写到门牌号的详细地址"),
	}
	for _, t := range []models.FieldType{models.TypePerson, models.TypeAddress, models.TypePoint} {
		e := types[t]
		e.prose = true
		types[t] = e
	}
	return types
}
