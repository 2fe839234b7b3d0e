package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"taxportal/internal/cn"
)

// The size of the pool (DESIGN §6).
const (
	companies = 2000
	people    = 5000
)

// Company is an invented company.
type Company struct {
	USCC    string
	Name    string
	Region  string // GB/T 2260 code of the county
	Builder bool   // builds and sells houses
}

// Person is an invented person.
type Person struct {
	ID     string
	Name   string
	Phone  string
	Region string
}

// Pool is everybody whom the registers speak of.
type Pool struct {
	Companies  []Company
	Developers []Company // those of Companies that build and sell houses
	People     []Person
}

// counties are the counties of the city in force, by code and name.
var counties = []struct{ code, name string }{
	{"371502", "东昌府区"}, {"371503", "茌平区"}, {"371521", "阳谷县"}, {"371522", "莘县"}, {"371524", "东阿县"},
	{"371525", "冠县"}, {"371526", "高唐县"}, {"371581", "临清市"},
}

var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
	given    = []rune("建国文军志强丽敏静秀英华玉兰海涛明磊洋艳勇杰娟霞平刚桂芳晓波红伟俊峰慧雪梅佳宁欣怡子轩浩然")
	brands   = []string{"鲁西", "水城", "东昌", "光岳", "胭脂湖", "徒骇", "古漕", "凤凰", "江北", "湖畔", "金水", "齐鲁", "润泽", "恒信", "昌盛", "嘉和"}
	trades   = []string{"精密轴承", "铝业", "食品", "生物科技", "新材料", "机械", "纺织", "物流", "商贸", "电子", "农业开发", "包装", "化工", "建材", "医药", "汽配"}
	builders = []string{"置业", "房地产开发", "城市建设"}
)

// NewPool returns the pool: the same one every time.
func NewPool() *Pool {
	rng := rand.New(rand.NewPCG(20260371, 500))
	p := &Pool{Companies: make([]Company, companies), People: make([]Person, people)}
	for i := range p.Companies {
		c := Company{Region: counties[rng.IntN(len(counties))].code, Builder: i%10 == 0}
		c.USCC = cn.MakeUSCC("91", c.Region, uint64(i)+1)
		trade := pick(rng, trades)
		if c.Builder {
			trade = pick(rng, builders)
		}
		c.Name = fmt.Sprintf("聊城%s示范%s第%d有限公司", pick(rng, brands), trade, i+1)
		p.Companies[i] = c
		if c.Builder {
			p.Developers = append(p.Developers, c)
		}
	}
	for i := range p.People {
		region := counties[rng.IntN(len(counties))].code
		birth := cn.Date(1955, 1, 1).AddDate(0, 0, rng.IntN(365*48))
		p.People[i] = Person{ID: cn.MakeID(region, birth, i%1000), Name: name(rng), Phone: cn.MakePhone(uint64(i) + 1), Region: region}
	}
	return p
}

// name returns an invented name of two or three characters.
func name(rng *rand.Rand) string {
	text := string(surnames[rng.IntN(len(surnames))]) + string(given[rng.IntN(len(given))])
	if rng.IntN(4) > 0 {
		text += string(given[rng.IntN(len(given))])
	}
	return text
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func countyName(code string) string {
	for _, c := range counties {
		if c.code == code {
			return c.name
		}
	}
	return ""
}

// months counts months since the year 0, so that projects can be told in order.
func months(t time.Time) int { return t.Year()*12 + int(t.Month()) - 1 }

// monthText writes such a count as 2026-10.
func monthText(n int) string { return fmt.Sprintf("%04d-%02d", n/12, n%12+1) }
