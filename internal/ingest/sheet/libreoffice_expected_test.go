package sheet_test

import "strconv"

// tabSays is what the source of one sheet says: its rows with content as show writes them, its merged ranges.
type tabSays struct {
	name   string
	hidden bool
	rows   []string
	merges string
}

// numbered puts the row numbers from 1 before rows without gaps.
func numbered(rows ...string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = strconv.Itoa(i+1) + " " + row
	}
	return out
}

// libreOfficeSays was typed by hand from the sources in testdata/libreoffice.
var libreOfficeSays = map[string][]tabSays{
	"titles.xlsx": {titlesSay},
	"frozen.xlsx": {titlesSay},

	"identifiers.xlsx": {{name: "证件", rows: numbered(
		"A=text:写法 B=text:统一社会信用代码 C=text:身份证号 D=text:账号 E=text:行政区划",
		"A=text:文本格式 B=text:91371502MA001K7444 C=text:371502198101110075 D=text:6228480000000000018 E=text:371502",
		"A=text:常规格式的文本 B=text:91371502MA0037E872 C=text:37150219840414028X D=text:6228480000000000026 E=text:071502",
		// from the sixteenth digit on a number is lost; a format of zeros gives those in front back
		"A=text:数字 B=number:371502000000001 C=number:371502198101110000 D=number:6228480000000000000 E=number:071502",
		"A=text:文本格式的数字 B=number:371502000000001 C=number:371502198101110000 D=number:15400000001 E=number:371502",
		"A=text:撇号在内 B=text:'91371502MA004TMC6U C=text:’371502198303130218 D=text:=\"6228480000000000034\" E=text:'371502",
		"A=text:全角与空白 B=text:９１３７１５０２ＭＡ００６ＥＷＧ２４ C=text:\u00a0371502198505150356\u00a0 D=text:6228 4800 0000 0000 042 E=text:\u3000371502\u200b",
	)}},

	// LibreOffice counts from 30 December 1899 and writes the number as it is: before March 1900 Excel shows the day after
	"dates.xlsx":             {{name: "日期", rows: append(days("B=date:1900-01-01 06:15:00"), early("1900-01-02", "1900-02-29")...)}},
	"dates-through-xls.xlsx": {{name: "日期", rows: append(days("B=date:1900-01-01 06:15:00"), early("1900-01-02", "1900-02-29")...)}},
	"dates-iso.xlsx":         {{name: "日期", rows: append(days("B=date:06:15:00"), early("1900-01-01", "1900-02-28")...)}},
	"dates-1904.xlsx": {{name: "日期", rows: append(days("B=date:1904-01-02 06:15:00"),
		"20 A=text:一九〇四年元旦 B=date:1904-01-01", "21 A=text:一九〇四年二月末 B=date:1904-02-29")}},

	"numbers.xlsx": {{name: "数", rows: numbered(
		"A=bool:TRUE B=bool:FALSE C=number:1 D=number:3", // LibreOffice knows truth by the format alone
		"A=number:0.123 B=number:1234567.89 C=number:-0.5 D=number:3.25 E=number:12345678 F=number:-9876543.21",
		"A=number:1234567 B=number:12 C=number:-7.5 D=number:7.5 E=number:000371502 F=number:6358888",
		"A=number:0.1 B=number:0.3 C=number:0.333333333333333 D=number:666666.666666667 E=number:1.21 F=number:-0.142857142857143",
		"A=number:123456789012345 B=number:1234567890123460 C=number:9007199254740990 D=number:1E300 E=number:2.5E-300 F=number:0",
		"A=number:0.00001 B=number:1000000000000000 C=number:100000000000000000000 D=number:99999.995 E=number:1000000.1 F=number:8000000.05",
	)}},

	"formulas.xlsx": {{name: "计算", rows: numbered(
		"A=number:6 B=number:7 C=number:42 D=number:9.16666666666667 E=number:371502",
		"A=text:聊城市 B=text:006 D=text:一\n二 E=text:<a> & ' F=text:东昌府区 G=text:甲\t乙 H=text:  前空",
		"A=bool:TRUE B=bool:FALSE C=date:2026-10-08 D=date:2026-10-09 12:00:00 E=number:0",
		"A=error:#DIV/0! B=error:#N/A C=error:#VALUE! D=error:#VALUE! E=error:#NAME? F=error:#REF! G=error:#VALUE!",
		"A=number:2 B=number:4",
		"A=number:6 B=number:8",
		"A=error:#VALUE! B=error:#VALUE!", // each refers to the other
	)}, {name: "代码", rows: numbered("A=number:371503 B=text:茌平区", "A=number:371502 B=text:东昌府区")}},

	"texts.xlsx": {{name: "文字", rows: numbered(
		"A=text:聊城市税收共治平台 B=text:粗  与   细  C=text:第一行\n第二行\n\n第四行 D=text:红\n换行后粗 E=text:见附件",
		`A=text:<a b="c">&amp;' B=text:]]> C=text:_x000D_ D=text:a_x4E00_b E=text:_x005F_ F=text:_X000d_ _x00G0_ _x12`,
		"A=text:𠮷田䶮㐂龴 B=text:🙂é C=text:全角１２３ＡＢＣ．，（） D=text:\u00a0不间断\u200b零宽\ufeff\u3000 E=text:\u2028\u0085\u00ad F=text:㐀﷽ﬁ①㎡",
		`A=text:=1+1 B=text:=HYPERLINK("http://example.invalid") C=text:'单引号 D=text:TRUE E=text:#N/A F=text:1.50 G=text:2026/10/8`,
		"A=text:  前后有空   B=text:    D=text:\n E=text:末",
	)}},

	"sheets.xlsx": {
		{name: "填报说明", rows: numbered("A=text:一、只填“2026年10月”。")},
		{name: "2026年10月", rows: []string{
			"1 A=text:编号 B=text:内部列 C=text:名称", "2 A=number:1 B=text:a C=text:看得见",
			"3h A=number:2 B=text:b C=text:隐藏", "4h A=number:3 B=text:c C=text:筛去", "5h A=number:4 B=text:d C=text:收起",
			"8 A=number:5 B=text:e C=text:末行"}},
		{name: "9月（旧）", hidden: true, rows: numbered("A=text:上期")},
		{name: "空 表"},
		{name: "A&B<'字典'>", hidden: true, rows: numbered("A=text:01 B=text:住宅")},
	},

	"sparse.xlsx": {{name: "稀疏", rows: []string{"3 C=text:C3 AA=number:27 AMJ=text:AMJ3", "100 F=number:100", "1000 A=text:第 1000 行"}}},

	"features.xlsx": {
		{name: "数据", rows: numbered("A=text:证号 B=text:用途 C=text:区划 D=text:面积",
			"A=text:聊房预售字〔2026〕118号 B=text:住宅 C=text:371502 D=number:1234.5",
			"A=text:聊房预售字〔2026〕119号 B=text:商业 C=text:371503 D=number:-3")},
		{name: "字典", rows: numbered("A=text:371502", "A=text:371503", "A=text:371581")},
	},

	"export.xlsx": {{name: "export", rows: numbered(
		"A=text:序号 B=text:统一社会信用代码 C=text:身份证号 D=text:账号 E=text:日期 F=text:金额 G=text:比例 H=text:是否 I=text:备注",
		"A=number:1 B=text:91371502MA001K7444 C=number:371502198101110000 D=number:6228480000000000000 E=date:2026-10-08 F=number:1234.56 G=number:0.125 H=bool:TRUE I=text:含逗号,和\n换行",
		`A=number:2 B=text:91371502MA0037E872 C=text:37150219840414028X D=number:6228480000000000000 E=date:2026-10-09 F=number:0.1 G=number:1 H=bool:FALSE I=text:他说"可以"`,
		"A=number:3 B=number:371502000000001 C=number:371502198303130000 D=number:635888 E=date:10:30:00 F=number:1000000000000000 G=number:-0.03 H=text:是 I=number:2",
		"A=number:4",
		"A=number:5 B=text:91371502MA004TMC6U E=date:2026-10-10 F=number:8 I=text:  前后有空  ",
	)}},

	"web-table.xlsx": {{name: "Sheet1", rows: numbered(
		"A=text:查询结果",
		"A=text:企业 B=text:许可 D=text:面积\n（平方米）",
		"B=text:证号 C=text:日期",
		"A=text:鲁西示范置业有限公司 B=text:聊房预售字〔2026〕118号 C=text:2026-10-08 D=number:1234.5",
		// LibreOffice makes a blank of the &nbsp; and a number of 0118
		"A=text:水城示范置业有限公司  B=number:118 C=text:2026年10月9日 D=number:800",
		"A=text:合计 <&> D=number:2034.5",
	), merges: "{1 1 1 4} {2 1 3 1} {2 2 2 3} {2 4 3 4}"}},
}

// titlesSay is what titles.fods says.
var titlesSay = tabSays{name: "10月", rows: []string{
	"1 A=text:聊城市商品房预售许可信息",
	"2 A=text:填报单位：示范单位（盖章） F=text:2026年10月",
	"3 A=text:序号 B=text:开发企业 D=text:预售许可",
	"4 B=text:名称 C=text:统一社会\n信用代码 D=text:证号 E=text:面积（平方米） F=text:套数",
	"5 A=number:1 B=text:鲁西示范置业有限公司 C=text:91371502MA001K7444 D=text:聊房预售字〔2026〕118号 E=number:12345.67 F=number:96",
	"6 A=number:2 B=text:水城示范置业有限公司 C=text:91371502MA0037E872 D=text:聊房预售字〔2026〕119号 E=number:800 F=number:4",
	"7 A=text:合　计 E=number:13145.67 F=number:100",
	"10 A=text:注：面积以预售许可证为准。",
}, merges: "{1 1 1 6} {2 1 2 3} {3 1 4 1} {3 2 3 3} {3 4 3 6} {7 1 7 4} {10 1 10 6}"}

// days are the rows that dates.fods and dates-1904.fods share; past is how thirty hours in the format h:mm are read.
func days(past string) []string {
	return numbered("A=text:年-月-日 B=date:2026-10-08", "A=text:年月日 B=date:2026-10-08", "A=text:年月 B=date:2026-10-01",
		"A=text:月/日/年 B=date:2026-10-08", "A=text:日 英文月 年 B=date:2026-10-08", "A=text:年.月.日 星期 B=date:2026-10-08",
		"A=text:中文数字 B=date:2026-10-08", "A=text:年 季 B=date:2026-10-01", "A=text:年 B=date:2026-01-01",
		"A=text:带时间 B=date:2026-10-08 09:30:15", "A=text:只显示日的时间 B=date:2026-10-08 23:59:59", "A=text:时:分 B=date:09:30:00",
		"A=text:上午下午 B=date:21:05:06", "A=text:分:秒.十分之一 B=date:00:12:35", "A=text:时长 B=number:1.26041666666667",
		"A=text:超过一天的时:分 "+past, "A=text:没有格式的天数 B=number:46303", "A=text:文本格式的天数 B=number:46303",
		"A=text:闰日 B=date:2024-02-29")
}

// early are the last rows of dates.fods; new year and the end of February 1900 are read as told.
func early(newYear, february string) []string {
	return []string{"20 A=text:一九〇〇年初 B=date:" + newYear, "21 A=text:一九〇〇年二月末 B=date:" + february,
		"22 A=text:一九〇〇年三月初 B=date:1900-03-01", "23 A=text:历法之前 B=number:-363", "24 A=text:末日 B=date:9999-12-31",
		"25 A=text:文本的日期 B=text:2026年10月8日"}
}
