package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

var uses = []string{"住宅", "商业", "办公", "车位", "其他"}

// permits makes the register of presale permits (zjj-02): a permit has a row per use of its houses.
func permits(p *Pool, rng *rand.Rand, period models.Period, n int) []row {
	first := period.First().Time()
	serial := months(first) % 12 * 1500
	rows := make([]row, 0, n)
	for len(rows) < n {
		serial++
		c := pick(rng, p.Developers)
		contact := pick(rng, p.People)
		issued := first.AddDate(0, 0, rng.IntN(period.Last().Time().Day()))
		base := row{
			"project_name": fmt.Sprintf("%s示范%s%d期", pick(rng, brands), pick(rng, []string{"雅苑", "名邸", "花园", "新城", "府"}), rng.IntN(4)+1),
			"permit_no":    fmt.Sprintf("聊房预售字〔%d〕%d号", issued.Year(), serial),
			"issue_date":   issued.Format("2006-01-02"), "developer_uscc": c.USCC, "developer_name": c.Name,
			"escrow_account": cn.MakeAccount("622848", uint64(serial)+uint64(first.Year())*100_000), "escrow_bank": "水城示范银行" + countyName(c.Region) + "支行",
			"contact": contact.Name, "phone": contact.Phone, "region": c.Region,
			"address":   fmt.Sprintf("聊城市%s示范路 %d 号", countyName(c.Region), rng.IntN(300)+1),
			"buildings": fmt.Sprintf("%d号楼、%d号楼", rng.IntN(9)+1, rng.IntN(9)+11), "valid_until": issued.AddDate(2, 0, -1).Format("2006-01-02"),
			"land_cert": fmt.Sprintf("鲁（%d）聊城市不动产权第%07d号", issued.Year()-2, serial),
		}
		for k := range min(1+rng.IntN(2), n-len(rows)) {
			rows = append(rows, permitRow(base, rng, k*3)) // 住宅, and often 车位 with it
		}
	}
	return rows
}

func permitRow(base row, rng *rand.Rand, use int) row {
	r := row{}
	for field, value := range base {
		r[field] = value
	}
	units := 20 + rng.IntN(180)
	area := float64(units) * (85 + rng.Float64()*60)
	if uses[use] == "车位" {
		area = float64(units) * 13.5
	} else {
		r["record_price"] = fmt.Sprintf("%d.00", 5200+rng.IntN(5200))
	}
	r["house_use"], r["presale_units"], r["presale_area"] = uses[use], strconv.Itoa(units), fmt.Sprintf("%.2f", area)
	return r
}

// industries are classes of GB/T 4754 in which the town's projects lie.
var industries = []string{"C3451", "C3252", "C1371", "C1761", "C2929", "C2710", "C3660", "E4710", "G5990", "K7010", "A0111", "D4416"}

// projects makes the register of investment projects in hand at the period's end (fgw-05). A project is the same one in
// every period and moves on with the months; two new ones are added each month.
func projects(p *Pool, rng *rand.Rand, period models.Period, n int) []row {
	now := months(period.Last().Time())
	first := now - now%12 - 36 // January, three years before
	rows := make([]row, 0, n)
	for i := range n {
		project := rand.New(rand.NewPCG(uint64(i), 77))
		approved := months(cn.Date(2023, 1, 1)) + project.IntN(30)
		if approved < first || approved > now-2 {
			approved = now - 2 - i%12
		}
		rows = append(rows, projectRow(p, project, i, approved, now))
	}
	return rows
}

func projectRow(p *Pool, rng *rand.Rand, i, approved, now int) row {
	c := pick(rng, p.Companies)
	day := 1 + rng.IntN(28)
	start := approved + 2 + rng.IntN(5)
	finish := start + 14 + rng.IntN(30)
	total := float64(500+rng.IntN(60_000)) + float64(rng.IntN(100))/100
	own := total * (0.4 + rng.Float64()*0.3)
	loan := total * 0.25 * rng.Float64()
	stage, done := "在建", total*float64(now-start+1)/float64(finish-start+1)
	switch {
	case now < start:
		stage, done = "未开工", 0
	case now >= finish:
		stage, done = "竣工", total
	}
	wan := func(v float64) string { return fmt.Sprintf("%.2f", v) }
	return row{
		"project_code": fmt.Sprintf("%02d%02d-%s-04-01-%06d", approved/12%100, approved%12+1, c.Region, 100_000+i),
		"project_name": fmt.Sprintf("%s%s示范项目%d", pick(rng, brands), pick(rng, trades), i+1), "builder_uscc": c.USCC, "builder_name": c.Name,
		"approval_kind": "备案", "approval_date": fmt.Sprintf("%s-%02d", monthText(approved), day), "industry": pick(rng, industries),
		"build_kind": pick(rng, []string{"新建", "扩建", "改建和技术改造"}), "region": c.Region, "total_invest": wan(total), "fund_fiscal": "0.00",
		"fund_own": wan(own), "fund_loan": wan(loan), "start_month": monthText(start), "finish_month": monthText(finish),
		"stage": stage, "invest_done": wan(done),
	}
}

// registrations makes the register of real-estate registrations (zrzy-01): houses sold by the pool's developers to its
// people, sold on among them, and first registrations.
func registrations(p *Pool, rng *rand.Rand, period models.Period, n int) []row {
	first := period.First().Time()
	rows := make([]row, n)
	for i := range rows {
		buyer := rng.IntN(len(p.People))
		holder, developer := p.People[buyer], pick(rng, p.Developers)
		at := first.AddDate(0, 0, rng.IntN(period.Last().Time().Day()))
		serial := months(first)%1200*1000 + i
		area := 62 + rng.Float64()*110
		r := row{
			"business_no": fmt.Sprintf("%s%05d", at.Format("20060102"), i+1), "estate_no": cn.MakeEstate(developer.Region, uint64(serial)),
			"cert_no": fmt.Sprintf("鲁（%d）聊城市不动产权第%07d号", at.Year(), serial), "right_kind": "国有建设用地使用权及房屋所有权",
			"holder_id": holder.ID, "holder_name": holder.Name, "co_kind": "单独所有", "region": developer.Region,
			"address":   fmt.Sprintf("聊城市%s示范路 %d 号 %d 幢 1 单元 %d 室", countyName(developer.Region), rng.IntN(300)+1, rng.IntN(20)+1, 101+rng.IntN(18)*100),
			"land_area": fmt.Sprintf("%.2f", area/7), "house_area": fmt.Sprintf("%.2f", area), "estate_use": "住宅",
			"reg_time": fmt.Sprintf("%s %02d:%02d", at.Format("2006-01-02"), 9+rng.IntN(8), rng.IntN(60)),
		}
		r.deal(p, rng, buyer, developer, area)
		rows[i] = r
	}
	return rows
}

// deal fills in how the holder came to the house.
func (r row) deal(p *Pool, rng *rand.Rand, buyer int, developer Company, area float64) {
	r["reg_kind"], r["tax_proof"] = "转移登记", "已提交完税证明"
	r["price"] = fmt.Sprintf("%.2f", area*(4200+rng.Float64()*4600))
	switch {
	case rng.IntN(10) < 5:
		r["reg_reason"], r["prior_holder_id"] = "商品房买卖", developer.USCC
	case rng.IntN(10) < 8:
		r["reg_reason"], r["prior_holder_id"] = "存量房买卖", p.People[(buyer+1+rng.IntN(len(p.People)-1))%len(p.People)].ID
	default:
		r["reg_kind"], r["reg_reason"], r["price"], r["tax_proof"] = "首次登记", "合法建造", "", ""
		r["holder_id"], r["holder_name"] = developer.USCC, developer.Name
	}
}
