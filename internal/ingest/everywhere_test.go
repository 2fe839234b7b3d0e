package ingest_test

import (
	"testing"

	"taxportal/internal/cn"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// byCounty is a register of one figure for every county.
func byCounty() *models.Definition {
	return &models.Definition{Code: "k-02", Name: "各县生产总值", Version: 1, Fields: []models.Field{
		{Code: "region", Name: "行政区划", Type: models.TypeRegion, Required: true, Key: true},
		{Code: "gdp", Name: "生产总值", Type: models.TypeMoney, Unit: "万元", Required: true},
	}}
}

func TestBatch_NamesTheCountiesThatAreLacking(t *testing.T) {
	want := []cn.Region{{Code: "371502", Name: "东昌府区"}, {Code: "371503", Name: "茌平区"}, {Code: "371522", Name: "莘县"}}
	for name, test := range map[string]struct {
		rows    [][]string
		regions []cn.Region
		message string // empty: nothing is lacking
	}{
		"all of them":           {[][]string{{"371502", "1"}, {"371503", "2"}, {"371522", "3"}}, want, ""},
		"one too few":           {[][]string{{"371502", "1"}, {"371503", "2"}}, want, "应每个县（市、区）一个数，缺 1 个：莘县"},
		"two too few":           {[][]string{{"371503", "2"}}, want, "应每个县（市、区）一个数，缺 2 个：东昌府区、莘县"},
		"a code out of use":     {[][]string{{"371502", "1"}, {"371523", "2"}, {"371522", "3"}}, want, ""},
		"a county more":         {[][]string{{"371502", "1"}, {"371503", "2"}, {"371522", "3"}, {"371524", "4"}}, want, ""},
		"nobody asks for every": {[][]string{{"371503", "2"}}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			out := run(t, byCounty(), ingest.Options{Regions: test.regions}, csvOf(append([][]string{{"行政区划", "生产总值"}}, test.rows...)))
			balanced(t, out)
			message := ""
			for _, f := range out.findings {
				if f.Rule == "region.missing" {
					message = f.Message
					if f.Row != 0 || f.Field != "region" || f.Severity != models.SeverityWarning {
						t.Errorf("%+v", f)
					}
				}
			}
			if message != test.message {
				t.Errorf("%q, want %q", message, test.message)
			}
		})
	}
}

func TestBatch_LacksNoCountyWhereARowIsFaulty(t *testing.T) {
	out := run(t, byCounty(), ingest.Options{Regions: []cn.Region{{Code: "371502", Name: "东昌府区"}, {Code: "371522", Name: "莘县"}}},
		csvOf([][]string{{"行政区划", "生产总值"}, {"371502", "1"}, {"371522", "许多"}}))
	for _, f := range out.findings {
		if f.Rule == "region.missing" {
			t.Errorf("%+v: the row stands there and is to be mended", f)
		}
	}
}
