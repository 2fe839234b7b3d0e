package filing_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/cn"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
)

// Three synthetic citizens: a good number, and one born tomorrow.
var (
	holder = cn.MakeID("371502", cn.Date(1990, 3, 14), 17)
	seller = cn.MakeID("371502", cn.Date(1988, 7, 2), 9)
	unborn = cn.MakeID("371502", cn.Date(2030, 1, 1), 7)
)

// TestFindings_OfSeveralFieldsAreMaskedFieldByField files titles with a repeated key, a broken row rule and a wrong number,
// all of which name citizens, and looks for the numbers in everything but the unit's own file.
func TestFindings_OfSeveralFieldsAreMaskedFieldByField(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		s := d.rows(zrzy, 20)
		for _, field := range []string{"business_no", "estate_no"} {
			s.Set(3, field, s.Get(2, field))
		}
		s.Set(2, "holder_id", holder).Set(3, "holder_id", holder)
		s.Set(5, "reg_kind", "200").Set(5, "tax_proof", "1").Set(5, "holder_id", seller).Set(5, "prior_holder_id", seller)
		s.Set(7, "holder_id", unborn)
		s.Set(9, "holder_id", seller[:16]+"00")
		b := d.upload(zrzy, s.CSV())

		shown := map[string]string{}
		for _, r := range d.page(zrzy).Rules {
			for _, f := range r.Findings {
				shown[r.Rule] += fmt.Sprintf("%s|%s|%s|%s|%s\n", f.Value, f.Message, f.Advice, f.Suggest, f.Name)
			}
		}
		listed := ""
		d.ok(d.Filing.Findings(d.ctx, d.As("office"), d.findingList(b.Code, 0), func(f ingest.Finding) error {
			listed += fmt.Sprintf("%+v %s\n", f, f.Key)
			return nil
		}))
		mask := func(id string) string { return id[:4] + strings.Repeat("*", 12) + id[16:] }
		for rule, want := range map[string]string{"key.duplicate": "，" + mask(holder) + "|", "row.R6": "原权利人证件号 " + mask(seller) + "；权利人证件号 " + mask(seller)} {
			if !strings.Contains(shown[rule], want) || !strings.Contains(shown[rule], s.Get(2, "business_no")) && rule == "key.duplicate" {
				t.Errorf("%s is shown as %q", rule, shown[rule])
			}
		}
		if !strings.Contains(listed, mask(holder)) || !strings.Contains(listed, "第 7—14 位出生日期晚于今天") {
			t.Errorf("the list tells %s", listed)
		}

		var stored []models.Finding
		d.ok(d.DB.Read.Where("batch_id = ?", b.ID).Find(&stored).Error)
		database := ""
		for _, f := range stored {
			database += fmt.Sprintf("%s %s %s %s\n", f.Value, f.Message, f.Advice, f.Suggest)
		}
		for where, text := range map[string]string{"page": fmt.Sprint(shown), "list": listed, "database": database} {
			for _, id := range []string{holder, seller, unborn} {
				for _, secret := range []string{id, id[:16], id[6:14]} {
					if strings.Contains(text, secret) {
						t.Errorf("the %s tells %s: %s", where, secret, text)
					}
				}
			}
		}
		d.annotatedTells(b.Code, holder, seller, unborn)
	})
}

// annotatedTells fails the test unless the unit's own file, annotated, holds the values in clear.
func (d *desk) annotatedTells(code string, values ...string) {
	d.t.Helper()
	file, err := d.Filing.Annotate(d.ctx, d.liaison(code), code, 0)
	d.ok(err)
	defer file.Close()
	_, err = file.Seek(0, io.SeekStart)
	d.ok(err)
	book, err := excelize.OpenReader(file)
	d.ok(err)
	defer book.Close()
	text := ""
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		d.ok(err)
		text += fmt.Sprint(rows)
	}
	for _, v := range values {
		if !strings.Contains(text, v) {
			d.t.Errorf("the unit's own file does not hold %s", v)
		}
	}
}

func TestExplain_CarriesOverWhereTheKeyIsSensitive(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		s := d.rows(zrzy, 20)
		s.Set(5, "reg_kind", "200").Set(5, "reg_reason", "09").Set(5, "tax_proof", "4").Set(5, "holder_id", holder).Set(5, "prior_holder_id", seller)
		if b := d.upload(zrzy, s.CSV()); b.State != models.BatchWarnings {
			t.Fatalf("%s: %+v", b.State, d.page(zrzy).Rules)
		}
		d.ok(d.explain(zrzy, "row.R3", -1, "法院裁定过户，税款另行追缴"))
		open := d.page(zrzy).Batch.OpenWarnings
		if b := d.upload(zrzy, s.Set(11, "holder_name", "李示例").CSV()); b.OpenWarnings != open {
			t.Errorf("%d open warnings, before %d", b.OpenWarnings, open)
		}
		other := cn.MakeID("371502", cn.Date(1991, 5, 6), 21)
		if b := d.upload(zrzy, s.Set(5, "holder_id", other).CSV()); b.OpenWarnings != open+1 { // another row: nothing was said of it
			t.Errorf("%d open warnings, before %d", b.OpenWarnings, open)
		}
	})
}
