package ingest_test

import (
	"testing"

	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// dated is a register whose rows have several dates.
func dated(fields ...models.Field) *models.Definition {
	return &models.Definition{Code: "k-03", Name: "登记簿", Version: 1, Fields: append([]models.Field{
		{Code: "no", Name: "编号", Type: models.TypeText, Required: true, Key: true}}, fields...)}
}

var (
	born     = models.Field{Code: "born", Name: "出生日期", Type: models.TypeDate}
	lodged   = models.Field{Code: "lodged", Name: "申请日期", Type: models.TypeDate, Required: true}
	recorded = models.Field{Code: "recorded", Name: "登记日期", Type: models.TypeDate, Required: true, Key: true}
	entered  = models.Field{Code: "entered", Name: "登簿时间", Type: models.TypeTime, Required: true}
	month    = models.Field{Code: "month", Name: "所属月份", Type: models.TypeMonth, Required: true, Key: true}
)

func TestSinceField_IsTheDateOfTheKeyElseTheFirstRequiredOne(t *testing.T) {
	for name, test := range map[string]struct {
		fields []models.Field
		want   string // empty: none
	}{
		"the date of the key":     {[]models.Field{born, lodged, recorded}, "recorded"},
		"no date in the key":      {[]models.Field{born, lodged, entered}, "lodged"},
		"a day with its time":     {[]models.Field{born, month, entered}, "entered"},
		"a month is no day":       {[]models.Field{month}, ""},
		"a date may be left open": {[]models.Field{born}, ""},
		"no date":                 {nil, ""},
	} {
		if field, ok := ingest.SinceField(dated(test.fields...).Fields); field.Code != test.want || ok != (test.want != "") {
			t.Errorf("%s: %q, %v, want %q", name, field.Code, ok, test.want)
		}
	}
}

func TestBatch_RefusesWhatWasRegisteredBeforeTheItemsDay(t *testing.T) {
	least := recorded
	least.Min = "2019-02-01"
	for name, test := range map[string]struct {
		fields []models.Field
		since  models.Day
		row    []string
		rule   string // empty: nothing is found
		field  string
	}{
		"the day before":                      {[]models.Field{lodged, recorded}, "2019-02-01", []string{"2020-01-01", "2019-01-31"}, "item.since", "recorded"},
		"the day":                             {[]models.Field{lodged, recorded}, "2019-02-01", []string{"2020-01-01", "2019-02-01"}, "", ""},
		"the day after":                       {[]models.Field{lodged, recorded}, "2019-02-01", []string{"2020-01-01", "2019年2月2日"}, "", ""},
		"another date is not looked at":       {[]models.Field{lodged, recorded}, "2019-02-01", []string{"2001-01-01", "2019-02-01"}, "", ""},
		"no key date: the first required":     {[]models.Field{born, lodged}, "2019-02-01", []string{"1960-01-01", "2019-01-31"}, "item.since", "lodged"},
		"the last minute of the day before":   {[]models.Field{entered}, "2019-02-01", []string{"2019-01-31 23:59"}, "item.since", "entered"},
		"the first minute of the day":         {[]models.Field{entered}, "2019-02-01", []string{"2019-02-01 00:00"}, "", ""},
		"no limit":                            {[]models.Field{recorded}, "", []string{"1990-01-01"}, "", ""},
		"no field fits":                       {[]models.Field{born, month}, "2019-02-01", []string{"1960-01-01", "2018-12"}, "", ""},
		"the template refuses it already":     {[]models.Field{least}, "2019-02-01", []string{"2019-01-31"}, "range.min", "recorded"},
		"a date that cannot be read":          {[]models.Field{recorded}, "2019-02-01", []string{"前年"}, "type.date", "recorded"},
		"no date where one is asked for":      {[]models.Field{recorded}, "2019-02-01", []string{""}, "required", "recorded"},
		"the item's day is later than others": {[]models.Field{least}, "2020-01-01", []string{"2019-12-31"}, "item.since", "recorded"},
	} {
		t.Run(name, func(t *testing.T) {
			def := dated(test.fields...)
			out := run(t, def, ingest.Options{Since: test.since}, csvOf([][]string{header(def), append([]string{"甲-1"}, test.row...)}))
			balanced(t, out)
			if test.rule == "" {
				if len(out.findings) != 0 {
					t.Fatalf("%+v", out.findings)
				}
				return
			}
			if len(out.findings) != 1 {
				t.Fatalf("%d findings: %+v", len(out.findings), out.findings)
			}
			f := out.findings[0]
			if f.Rule != test.rule || f.Field != test.field || f.Row != 2 || f.Severity != models.SeverityError || f.Column == "" {
				t.Errorf("%+v", f)
			}
			if test.rule == "item.since" && test.since == "2019-02-01" && f.Message != "早于本目录项的登记起始日 2019年2月1日" {
				t.Errorf("told %q", f.Message)
			}
			if out.report.Valid != 0 || out.report.Verdict != ingest.VerdictErrors {
				t.Errorf("the row was taken: %+v", out.report)
			}
		})
	}
}

func TestNew_RefusesADayThatIsNone(t *testing.T) {
	if _, err := ingest.New(dated(recorded), ingest.Options{Today: today, Since: "2019-02-30"}); err == nil {
		t.Error("2019-02-30 was taken for a day")
	}
}
