package cn

import (
	"strings"
	"time"
)

// Region is one division of GB/T 2260. Days are ISO dates; an empty From means 'before the portal's time', an empty To
// 'still in force'.
type Region struct {
	Code   string
	Name   string
	Parent string // code of the division above, empty for the province
	From   string // first day in force
	To     string // last day in force
	Next   string // the code that took its place
}

// regions holds Shandong, its prefectures and the counties of Liaocheng. 茌平: 国函〔2019〕60号 and 鲁政字〔2019〕147号 of
// 2019-08-02; 莱芜 went into 济南 by 国函〔2018〕161号; 聊城地区 became 聊城市 under the 1998 edition of the standard, to the
// year exactly. Development zones have no national code.
var regions = []Region{
	{Code: "370000", Name: "山东省"},
	{Code: "370100", Name: "济南市", Parent: "370000"},
	{Code: "370200", Name: "青岛市", Parent: "370000"},
	{Code: "370300", Name: "淄博市", Parent: "370000"},
	{Code: "370400", Name: "枣庄市", Parent: "370000"},
	{Code: "370500", Name: "东营市", Parent: "370000"},
	{Code: "370600", Name: "烟台市", Parent: "370000"},
	{Code: "370700", Name: "潍坊市", Parent: "370000"},
	{Code: "370800", Name: "济宁市", Parent: "370000"},
	{Code: "370900", Name: "泰安市", Parent: "370000"},
	{Code: "371000", Name: "威海市", Parent: "370000"},
	{Code: "371100", Name: "日照市", Parent: "370000"},
	{Code: "371200", Name: "莱芜市", Parent: "370000", To: "2018-12-31", Next: "370100"},
	{Code: "371300", Name: "临沂市", Parent: "370000"},
	{Code: "371400", Name: "德州市", Parent: "370000"},
	{Code: "371500", Name: "聊城市", Parent: "370000", From: "1998-01-01"},
	{Code: "371502", Name: "东昌府区", Parent: "371500", From: "1998-01-01"},
	{Code: "371503", Name: "茌平区", Parent: "371500", From: "2019-08-02"},
	{Code: "371521", Name: "阳谷县", Parent: "371500", From: "1998-01-01"},
	{Code: "371522", Name: "莘县", Parent: "371500", From: "1998-01-01"},
	{Code: "371523", Name: "茌平县", Parent: "371500", From: "1998-01-01", To: "2019-08-01", Next: "371503"},
	{Code: "371524", Name: "东阿县", Parent: "371500", From: "1998-01-01"},
	{Code: "371525", Name: "冠县", Parent: "371500", From: "1998-01-01"},
	{Code: "371526", Name: "高唐县", Parent: "371500", From: "1998-01-01"},
	{Code: "371581", Name: "临清市", Parent: "371500", From: "1998-01-01"},
	{Code: "371600", Name: "滨州市", Parent: "370000"},
	{Code: "371700", Name: "菏泽市", Parent: "370000"},
	{Code: "372500", Name: "聊城地区", Parent: "370000", To: "1997-12-31", Next: "371500"},
}

// Regions returns the known divisions in the order of their codes, retired ones included.
func Regions() []Region { return append([]Region(nil), regions...) }

// LookupRegion returns the known division with the code, in force or retired.
func LookupRegion(code string) (Region, bool) {
	for _, r := range regions {
		if r.Code == code {
			return r, true
		}
	}
	return Region{}, false
}

// InForce reports whether the division existed on the day.
func (r Region) InForce(day time.Time) bool {
	d := FormatDay(day)
	return (r.From == "" || d >= r.From) && (r.To == "" || d <= r.To)
}

// CheckRegion holds a normalised six-digit code against GB/T 2260 as of today. Within Shandong's prefectures and
// Liaocheng's counties the table is complete; of other places only the province is checked. A retired code is a
// warning that proposes the one that took its place.
func CheckRegion(v string, today time.Time) []Problem {
	if runeCount(v) != 6 {
		ps := wrongLength(v, "6 位", "请填写 GB/T 2260 行政区划代码")
		if len(v) > 6 && digits(v) && strings.Trim(v[6:], "0") == "" {
			ps[0].Suggest = v[:6]
		}
		return ps
	}
	if !digits(v) {
		return one(onlyDigits(v, "请填写 GB/T 2260 行政区划代码"))
	}
	if !knownProvince(v[:2]) {
		return one(Problem{Rule: RuleRegion, Severity: Error, Mark: []int{0, 1}, Hint: "请填写 GB/T 2260 行政区划代码",
			Message: "第 1、2 位 " + v[:2] + " 不是省级区划代码"})
	}
	r, known := LookupRegion(v)
	switch {
	case known && r.To != "" && !r.InForce(today):
		next, _ := LookupRegion(r.Next)
		return one(Problem{Rule: RuleRetired, Severity: Warning, Mark: span(0, 5), Suggest: r.Next,
			Message: v + "（" + r.Name + "）已停用，现为 " + next.Code + "（" + next.Name + "）"})
	case !known && strings.HasPrefix(v, "3715"):
		return one(Problem{Rule: RuleRegion, Severity: Error, Mark: []int{4, 5},
			Message: v + " 不是聊城市的行政区划代码", Hint: "开发区、高新区、度假区没有国家代码，请填写上级代码 371500"})
	case !known && strings.HasPrefix(v, "37") && strings.HasSuffix(v, "00"):
		return one(Problem{Rule: RuleRegion, Severity: Error, Mark: []int{2, 3}, Hint: "请填写 GB/T 2260 行政区划代码",
			Message: v + " 不是山东省的市级区划代码"})
	}
	return nil
}

// knownProvince reports whether two digits are a province of GB/T 2260 or 10, the nation.
func knownProvince(pp string) bool {
	if !digits(pp) {
		return false
	}
	switch n := int(pp[0]-'0')*10 + int(pp[1]-'0'); {
	case n == 10, n >= 11 && n <= 15, n >= 21 && n <= 23, n >= 31 && n <= 37, n >= 41 && n <= 46,
		n >= 50 && n <= 54, n >= 61 && n <= 65, n == 71, n == 81, n == 82:
		return true
	}
	return false
}

// citizenProvince is knownProvince for identity numbers: not the nation, but 83, which stands for residents from Taiwan.
func citizenProvince(pp string) bool { return pp == "83" || pp != "10" && knownProvince(pp) }
