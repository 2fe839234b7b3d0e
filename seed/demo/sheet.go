package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"taxportal/internal/models"
	plan "taxportal/seed"
)

// Sheet is a register as a unit fills it in: a column per field of the template, cells as typed.
type Sheet struct {
	Def  models.Definition
	Rows [][]string
}

// maker makes the rows of one template for a period. n is how many; registers whose rows follow from what exists
// (projects) may give a few more or less.
type maker func(p *Pool, rng *rand.Rand, period models.Period, n int) []row

// row is one row by field code.
type row map[string]string

var makers = map[string]maker{"zjj-02": permits, "fgw-05": projects, "zrzy-01": registrations, "tj-07": grossProducts}

// Make returns a register of about n rows of the template for a period, without a fault. The same pool, template, period and
// n give the same rows. Templates without a maker of their own are varied from their sample rows. It returns an error for
// a template that the seed does not have.
func Make(p *Pool, def models.Definition, period models.Period, n int) (*Sheet, error) {
	seed := uint64(0)
	for _, c := range def.Code + string(period) {
		seed = seed*131 + uint64(c)
	}
	rng := rand.New(rand.NewPCG(seed, 7))
	if fill, ok := makers[def.Code]; ok {
		return sheetOf(def, fill(p, rng, period, n)), nil
	}
	samples, err := plan.SamplesOf(def.Code)
	if err != nil {
		return nil, fmt.Errorf("demo rows for template %s: %w", def.Code, err)
	}
	rows, err := vary(p, rng, def, samples.Good, period, n)
	return sheetOf(def, rows), err
}

// Set puts a value into a field of the n-th row, from 0: the way to a fault on demand. It returns the sheet, and panics
// for a field that the template does not have.
func (s *Sheet) Set(n int, field, value string) *Sheet {
	for i, f := range s.Def.Fields {
		if f.Code == field {
			s.Rows[n][i] = value
			return s
		}
	}
	panic("template " + s.Def.Code + " has no field " + field)
}

// Get returns the value of a field of the n-th row, "" if the template does not have it.
func (s *Sheet) Get(n int, field string) string {
	for i, f := range s.Def.Fields {
		if f.Code == field {
			return s.Rows[n][i]
		}
	}
	return ""
}

// Titles returns the head of the register, the names of the fields.
func (s *Sheet) Titles() []string {
	titles := make([]string, len(s.Def.Fields))
	for i, f := range s.Def.Fields {
		titles[i] = f.Name
	}
	return titles
}

// CSV returns the register as UTF-8 text with a byte order mark, as Excel and WPS write it.
func (s *Sheet) CSV() []byte { return append([]byte("\ufeff"), s.plain()...) }

// GB18030 returns the register as an old system exports it.
func (s *Sheet) GB18030() []byte {
	text, err := simplifiedchinese.GB18030.NewEncoder().Bytes(s.plain())
	if err != nil { // every character of UTF-8 has its place in GB 18030
		return s.CSV()
	}
	return text
}

func (s *Sheet) plain() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write(s.Titles()) // a buffer takes everything
	_ = w.WriteAll(s.Rows)
	return b.Bytes()
}

// XLSX returns the register as a workbook of one sheet below a title, every cell as text.
func (s *Sheet) XLSX() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	stream, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, fmt.Errorf("make workbook: %w", err)
	}
	lines := append([][]string{{s.Def.Name + "（演示数据，均为虚构）"}, s.Titles()}, s.Rows...)
	for i, line := range lines {
		cells := make([]any, len(line))
		for k, text := range line {
			cells[k] = text
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return nil, fmt.Errorf("make workbook: %w", err)
		}
	}
	if err := stream.Flush(); err != nil {
		return nil, fmt.Errorf("make workbook: %w", err)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(io.Writer(&b)); err != nil {
		return nil, fmt.Errorf("make workbook: %w", err)
	}
	return b.Bytes(), nil
}
