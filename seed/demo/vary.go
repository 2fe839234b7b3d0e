package demo

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// vary makes the register of any template from its sample rows: each row is a sample with other people, places, numbers
// and days. What hangs together in a sample stays so: all days move by the same months, all amounts of money by the same
// factor, and a name follows the identifier beside it. Where a row rule still objects, the row is made again with less
// changed.
func vary(p *Pool, rng *rand.Rand, def models.Definition, samples []map[string]string, period models.Period, n int) ([]row, error) {
	rows := make([]row, n)
	wrong := make([]int, n)
	for i := range wrong {
		wrong[i] = i
	}
	for care := careNone; care <= careMost && len(wrong) > 0; care++ {
		for _, i := range wrong {
			v := variation{pool: p, rng: rng, def: &def, period: period, n: i, care: care, sample: samples[i%len(samples)]}
			rows[i] = v.make()
		}
		var err error
		if wrong, err = objections(def, rows, period); err != nil {
			return nil, err
		}
	}
	slices.Reverse(wrong)
	for _, i := range wrong {
		rows = slices.Delete(rows, i, i+1)
	}
	return rows, nil
}

// How careful a variation is: each step leaves more of the sample as it is.
const (
	careNone  = iota
	careAgain // the same with other people, for those that were drawn twice
	careSums  // amounts and second identifiers stay
	careDays  // days stay as well
	careMost  // so do places: only the keys and the subject are new
)

// variation is one row on its way.
type variation struct {
	pool   *Pool
	rng    *rand.Rand
	def    *models.Definition
	period models.Period
	n      int // of the row
	care   int
	sample row
	out    row

	months int     // by which all days move
	years  int     // by which years do
	factor int     // of all money
	county string  // of the places
	who    Person  // of the identifiers of people
	firm   Company // of those of organisations
}

func (v *variation) make() row {
	v.out = make(row, len(v.sample))
	if v.care < careDays {
		v.months, v.years = v.shift()
	}
	v.factor = 1
	if v.care < careSums {
		v.factor += v.rng.IntN(3)
	}
	v.firm, v.who = pick(v.rng, v.pool.Companies), pick(v.rng, v.pool.People)
	v.county = v.firm.Region
	for _, f := range v.def.Fields {
		if text := v.sample[f.Code]; text != "" {
			v.out[f.Code] = v.field(f, text)
		}
	}
	return v.out
}

// shift tells by how many months the days of the sample move so that its newest lies in the period's last month, and by
// how many years that is.
func (v *variation) shift() (months, years int) {
	newest := ""
	for _, f := range v.def.Fields {
		if text := v.sample[f.Code]; isDay(f.Type) && len(text) >= 7 && text[:7] > newest && text[:7] <= sampleMonth {
			newest = text[:7]
		}
	}
	at, err := time.Parse("2006-01", newest)
	if err != nil {
		return 0, 0
	}
	last := v.period.Last().Time().In(models.Zone)
	return (last.Year()-at.Year())*12 + int(last.Month()-at.Month()), last.Year() - at.Year()
}

// sampleMonth is the month of the samples' newest days; days beyond it are of validity or plans.
const sampleMonth = "2026-11"

func isDay(t models.FieldType) bool {
	return t == models.TypeDate || t == models.TypeMonth || t == models.TypeTime
}

// field gives one field of the row its value.
func (v *variation) field(f models.Field, text string) string {
	switch f.Type {
	case models.TypeDate, models.TypeMonth, models.TypeTime:
		return moveMonths(text, v.months)
	case models.TypeYear:
		return v.year(text)
	case models.TypeMoney:
		return scaled(text, v.factor)
	case models.TypeUSCC, models.TypeIDCard, models.TypeTaxpayer:
		return v.identifier(f, text)
	case models.TypePerson:
		return v.name(f, v.who.Name)
	case models.TypePhone:
		return v.who.Phone
	case models.TypeRegion:
		if text == "371500" || v.care >= careMost {
			return text
		}
		return v.county
	case models.TypeAccount:
		return cn.MakeAccount("622848", v.serial())
	case models.TypeEstate:
		return cn.MakeEstate(v.county, v.serial())
	case models.TypePlate:
		return cn.MakePlate(v.serial())
	case models.TypeVIN:
		return cn.MakeVIN("LZW", v.serial())
	case models.TypeText:
		return v.text(f, text)
	}
	return text
}

// serial is a number that no other row of the register has, and none of another period.
func (v *variation) serial() uint64 {
	return uint64(months(v.period.First().Time())%600)*1000 + uint64(v.n) + 1
}

// identifier is that of the row's firm or person, whichever the sample has. A second one of the row is another's.
func (v *variation) identifier(f models.Field, text string) string {
	person := len(text) == 18 && len(cn.Check(cn.KindCitizen, text, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))) == 0
	switch {
	case person && f.Subject:
		return v.who.ID
	case v.care >= careSums && !f.Subject && !f.Key:
		return text
	case person:
		return pick(v.rng, v.pool.People).ID
	case len(text) != 18:
		return text
	case !strings.HasPrefix(text, "91"):
		return cn.MakeUSCC(text[:2], v.county, v.serial()+uint64(len(f.Code))*1_000_000) // no company: a school, a bureau, a trader
	case f.Subject:
		return v.firm.USCC
	}
	return pick(v.rng, v.pool.Companies).USCC
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	years  = regexp.MustCompile(`20[0-9]{2}`)
)

// text gives a key a number of its own and the subject's name to the field beside it; other texts stay.
func (v *variation) text(f models.Field, text string) string {
	switch {
	case f.Key:
		return v.numbered(text)
	case v.besideSubject(f) && strings.HasPrefix(v.subject(), "91") && f.Type == models.TypeText:
		return v.firm.Name
	case v.years != 0:
		return v.otherYear(text)
	}
	return text
}

// numbered puts the row's number into the last digits of a text, as many as there are, and the year of its days into
// those that tell a year.
func (v *variation) numbered(text string) string {
	text = v.otherYear(text)
	at := digits.FindAllStringIndex(text, -1)
	for k := len(at) - 1; k >= 0; k-- {
		from, to := at[k][0], at[k][1]
		if size := to - from; size != 4 || !years.MatchString(text[from:to]) {
			return text[:from] + v.digits(min(size, 6), size, text[from:to]) + text[to:]
		}
	}
	return text + strconv.Itoa(v.n+1)
}

// digits writes the row's number over the last few digits of a longer number.
func (v *variation) digits(room, size int, old string) string {
	limit := uint64(1)
	for range room {
		limit *= 10
	}
	number := v.serial()
	if v.def.Coverage == models.CoverageSnapshot {
		number = uint64(v.n) + 1 // the same things in every period
	}
	if room < 4 && limit > 1 {
		number = uint64(v.n) + limit/10
	}
	return old[:size-room] + fmt.Sprintf("%0*d", room, number%limit)
}

func (v *variation) otherYear(text string) string {
	if v.years == 0 {
		return text
	}
	return years.ReplaceAllStringFunc(text, func(y string) string {
		if n, _ := strconv.Atoi(y); n >= 2020 && n <= 2030 {
			return strconv.Itoa(n + v.years)
		}
		return y
	})
}

func (v *variation) year(text string) string {
	n, err := strconv.Atoi(text)
	if err != nil {
		return text
	}
	return strconv.Itoa(n + v.years)
}

// subject is the identifier that the row has been given.
func (v *variation) subject() string {
	if i := v.def.SubjectField(); i >= 0 {
		return v.out[v.def.Fields[i].Code]
	}
	return ""
}

// besideSubject reports whether a field is the name to the row's subject: payer_name to payer_uscc.
func (v *variation) besideSubject(f models.Field) bool {
	i := v.def.SubjectField()
	if i < 0 || !strings.HasSuffix(f.Code, "name") {
		return false
	}
	stem, _, _ := cutLast(v.def.Fields[i].Code)
	own, _, _ := cutLast(f.Code)
	return stem != "" && stem == own
}

func cutLast(code string) (stem, tail string, ok bool) {
	i := strings.LastIndexByte(code, '_')
	if i < 0 {
		return "", code, false
	}
	return code[:i], code[i+1:], true
}

// name is the person's for the subject's name, and anybody's for another.
func (v *variation) name(f models.Field, subject string) string {
	if v.besideSubject(f) {
		return subject
	}
	return pick(v.rng, v.pool.People).Name
}

// moveMonths moves a day, month or moment by months; a day that the month does not have becomes its last.
func moveMonths(text string, by int) string {
	at, err := time.Parse("2006-01", text[:min(len(text), 7)])
	if err != nil || by == 0 {
		return text
	}
	to := at.AddDate(0, by, 0)
	if len(text) < 10 {
		return to.Format("2006-01")
	}
	day, err := strconv.Atoi(text[8:10])
	if err != nil {
		return text
	}
	return fmt.Sprintf("%s-%02d%s", to.Format("2006-01"), min(day, to.AddDate(0, 1, -1).Day()), text[10:])
}

// scaled multiplies an amount by a whole number, so that sums stay sums.
func scaled(text string, by int) string {
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || by == 1 {
		return text
	}
	out := strconv.FormatInt(n*int64(by), 10)
	if len(fraction) == 0 {
		return out
	}
	for len(out) <= len(fraction) {
		out = "0" + out
	}
	return out[:len(out)-len(fraction)] + "." + out[len(out)-len(fraction):]
}
