package main

import (
	"fmt"
	"strconv"

	"taxportal/internal/cn"
)

// record is one row of a register by field code, as a person would type it. All of it is invented: names say so (示范),
// identifiers are made with valid check digits and belong to nobody that we know of.
type record map[string]string

// clone returns a copy, to be changed.
func (r record) clone() record {
	out := make(record, len(r))
	for field, text := range r {
		out[field] = text
	}
	return out
}

// with returns a copy in which one field differs.
func (r record) with(field, text string) record {
	out := r.clone()
	out[field] = text
	return out
}

// county is a county of the city, and the word by which its offices begin their document numbers.
type county struct{ code, name, word string }

// counties are the counties of the city in force (GB/T 2260).
var counties = []county{
	{"371502", "东昌府区", "聊"}, {"371503", "茌平区", "茌"}, {"371521", "阳谷县", "阳"}, {"371522", "莘县", "莘"},
	{"371524", "东阿县", "东"}, {"371525", "冠县", "冠"}, {"371526", "高唐县", "高"}, {"371581", "临清市", "临"},
}

// mix scatters a number: the same n and salt give the same value for ever, neighbours look unlike.
func mix(n, salt int) int {
	x := uint64(n)*0x9E3779B97F4A7C15 + uint64(salt)*0xD1B54A32D192ED03
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return int(x>>33) + 1
}

// amount writes a number of hundredths: 1268045 is 12680.45.
func amount(hundredths int) string {
	return strconv.Itoa(hundredths/100) + "." + fmt.Sprintf("%02d", hundredths%100)
}

var trades = []string{"轴承", "铝业", "食品", "新材料", "机械", "纺织", "物流", "包装", "建材", "医药", "汽配", "电子"}

// company returns an invented company of a county.
func company(n int, at county, trade string) (uscc, name string) {
	return cn.MakeUSCC("91", at.code, uint64(n)+1), fmt.Sprintf("聊城示范%s第%d有限公司", trade, n+1)
}

// person returns an invented person of a county.
func person(n int, at county) (id, name string) {
	surnames := []rune("王李张刘陈杨赵黄周吴徐孙")
	birth := cn.Date(1956, 1, 1).AddDate(0, 0, mix(n, 1)%17000)
	return cn.MakeID(at.code, birth, mix(n, 2)%1000), string(surnames[mix(n, 3)%len(surnames)]) + "示范"
}

// permit returns the n-th row, from 0, of the register of presale permits (zjj-02): three rows to a permit, for its
// flats, its shops and its parking places. Keys are distinct for any n below two million.
func permit(n int) record {
	k := n / 3
	at := counties[k%len(counties)]
	developer := mix(k, 4) % 400
	uscc, name := company(developer, counties[developer%len(counties)], "置业")
	issued := fmt.Sprintf("2026-10-%02d", mix(k, 5)%28+1)
	r := record{
		"project_name": fmt.Sprintf("示范雅苑%d期", k+1), "permit_no": fmt.Sprintf("%s房预售字〔2026〕%d号", at.word, k/len(counties)+1),
		"issue_date": issued, "valid_until": "2028" + issued[4:], "developer_uscc": uscc, "developer_name": name,
		"escrow_account": cn.MakeAccount("622848", uint64(mix(k, 13))*419), "escrow_bank": "水城示范银行" + at.name + "支行",
		"phone": cn.MakePhone(uint64(developer) + 1), "region": at.code,
		"address": fmt.Sprintf("聊城市%s示范路%d号", at.name, mix(k, 6)%300+1), "land_cert": fmt.Sprintf("鲁（2024）聊城市不动产权第%07d号", k+1),
	}
	_, r["contact"] = person(developer, at)
	units := 40 + mix(k, 7)%160
	tower := mix(k, 8)%9 + 1
	switch n % 3 {
	case 0:
		r["house_use"], r["buildings"] = "住宅", fmt.Sprintf("%d号楼、%d号楼", tower, tower+1)
		r["presale_units"], r["presale_area"] = strconv.Itoa(units), amount(units*(9000+mix(k, 9)%5000))
		r["record_price"] = amount((5200 + mix(k, 10)%5000) * 100)
	case 1:
		r["house_use"], r["buildings"] = "商业", fmt.Sprintf("%d号楼底商", tower)
		r["presale_units"], r["presale_area"] = strconv.Itoa(units/8), amount(units/8*(6000+mix(k, 11)%9000))
		r["record_price"] = amount((9000 + mix(k, 12)%9000) * 100)
	default:
		r["house_use"], r["buildings"] = "车位", "地下一层"
		r["presale_units"], r["presale_area"] = strconv.Itoa(units), amount(units*1325)
	}
	return r
}

// project returns the n-th row of the register of investment projects in hand (fgw-05). Keys are distinct for any n
// below a million.
func project(n int) record {
	at := counties[n%len(counties)]
	trade := trades[mix(n, 21)%len(trades)]
	uscc, name := company(n%2000, at, trade)
	industries := []string{"C3451", "C3252", "C1371", "C2929", "C3599", "C1761", "G5990", "C2239", "C3089", "C2710", "C3660", "C3990"}
	first := 12*2023 + mix(n, 22)%30 // the month of approval, counted from the year 0
	start := first + 3 + mix(n, 23)%4
	r := record{
		"project_code": fmt.Sprintf("%02d%02d-%s-04-01-%06d", first/12%100, first%12+1, at.code, (n+100_001)%1_000_000),
		"project_name": fmt.Sprintf("示范%s第%d期生产线项目", trade, n+1), "builder_uscc": uscc, "builder_name": name,
		"approval_kind": "备案", "approval_date": fmt.Sprintf("%s-%02d", monthText(first), mix(n, 24)%28+1),
		"industry": industries[mix(n, 21)%len(industries)], "build_kind": "新建", "region": at.code,
		"start_month": monthText(start), "finish_month": monthText(start + 18 + mix(n, 25)%12),
	}
	total := (1200 + mix(n, 26)%80_000) * 100
	own := total / 100 * (35 + mix(n, 27)%40)
	fiscal := 0
	done := total / 100 * (10 + mix(n, 28)%70)
	switch n % 6 {
	case 1:
		r["approval_kind"], r["approval_no"] = "审批", fmt.Sprintf("聊发改审〔%d〕%d号", first/12, n%90+1)
		fiscal = total / 5
		own -= fiscal
	case 2:
		r["build_kind"] = "改建和技术改造"
	case 3:
		r["stage"], done = "未开工", 0
	case 4:
		r["stage"] = "停缓建"
	case 5:
		r["stage"], done = "竣工", total/100*97
	}
	if r["stage"] == "" {
		r["stage"] = "在建"
	}
	r["total_invest"], r["fund_fiscal"], r["fund_own"] = amount(total), amount(fiscal), amount(own)
	r["fund_loan"], r["invest_done"] = amount(total-fiscal-own), amount(done)
	return r
}

// monthText writes a month that is counted from the year 0: 2024-03.
func monthText(months int) string { return fmt.Sprintf("%d-%02d", months/12, months%12+1) }

// registration returns the n-th row of the register of real estate (zrzy-01). Keys are distinct for any n below a
// hundred million.
func registration(n int) record {
	at := counties[mix(n, 41)%len(counties)]
	day, area := mix(n, 42)%28+1, 7000+mix(n, 43)%9000
	developer := mix(n, 44) % 400
	seller, _ := company(developer, counties[developer%len(counties)], "置业")
	r := record{
		"business_no": fmt.Sprintf("202610%02d%06d", day, n%1_000_000), "estate_no": cn.MakeEstate(at.code, uint64(n)+1),
		"cert_no":  fmt.Sprintf("鲁（2026）聊城市不动产权第%07d号", n+1),
		"reg_kind": "转移登记", "right_kind": "国有建设用地使用权及房屋所有权", "reg_reason": "商品房买卖", "co_kind": "单独所有",
		"region": at.code, "address": fmt.Sprintf("聊城市%s示范路%d号%d幢%d室", at.name, mix(n, 45)%300+1, mix(n, 46)%20+1, mix(n, 47)%18*100+101),
		"land_area": amount(area / 7), "house_area": amount(area), "estate_use": "住宅",
		"price": amount(area * (4200 + mix(n, 48)%4600)), "prior_holder_id": seller, "tax_proof": "已提交完税证明",
		"reg_time": fmt.Sprintf("2026-10-%02d %02d:%02d", day, mix(n, 49)%8+9, mix(n, 50)%60),
	}
	r["holder_id"], r["holder_name"] = person(n, at)
	switch n % 4 {
	case 2:
		r["reg_reason"] = "存量房买卖"
		r["prior_holder_id"], _ = person(n+500_000_000, at)
	case 3: // a developer's own first registration: no price, nobody before
		_, name := company(developer, counties[developer%len(counties)], "置业")
		r["reg_kind"], r["reg_reason"], r["holder_id"], r["holder_name"] = "首次登记", "合法建造", seller, name
		r["price"], r["prior_holder_id"], r["tax_proof"] = "", "", ""
	}
	return r
}

// makers gives the rows of each template.
var makers = map[string]func(n int) record{"zjj-02": permit, "fgw-05": project, "zrzy-01": registration}

// records returns n rows of a template from row first on.
func records(code string, first, n int) []record {
	rows := make([]record, n)
	for i := range rows {
		rows[i] = makers[code](first + i)
	}
	return rows
}
