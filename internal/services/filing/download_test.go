package filing_test

import (
	"bytes"
	"io"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/services/filing"
)

func TestOriginal_IsTheUnitsOwnFileAndIsAudited(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		content := d.rows(zjj, 10).CSV()
		b := d.upload(zjj, content)
		for _, user := range []string{"liaison.zjj", "office"} {
			file, row, err := d.Filing.Original(d.ctx, d.As(user), b.Code, 0)
			d.ok(err)
			got, err := io.ReadAll(file)
			d.ok(err)
			d.ok(file.Close())
			if !bytes.Equal(got, content) || row.Name != "报送.csv" {
				t.Errorf("%s gets %d bytes of %s", user, len(got), row.Name)
			}
		}
		var n int64
		d.ok(d.DB.Read.Model(&models.AuditEntry{}).Where("action = ? AND object_id = ?", "download_original", b.Code).Count(&n).Error)
		if n != 2 {
			t.Errorf("%d downloads audited", n)
		}
		for user, kind := range map[string]fault.Kind{"liaison.fgw": fault.NotFound, "office.gt": fault.NotFound, "leader": fault.Forbidden, "tax": fault.Forbidden} {
			_, _, err := d.Filing.Original(d.ctx, d.As(user), b.Code, 0)
			refused(t, err, kind)
		}
		_, _, err := d.Filing.Original(d.ctx, d.liaison(zjj), b.Code, 3)
		refused(t, err, fault.NotFound)
	})
}

func TestAnnotate_WritesWhatIsWrongBesideTheUnitsRows(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		sheet := d.rows(zjj, 10).Set(4, "developer_uscc", "")
		b := d.upload(zjj, sheet.CSV())
		file, err := d.Filing.Annotate(d.ctx, d.liaison(zjj), b.Code, 0)
		d.ok(err)
		content, err := io.ReadAll(file)
		d.ok(err)
		if file.Format != office.Format("xlsx") || file.Name != "报送（批注）.xlsx" || len(content) == 0 {
			t.Errorf("%s as %s, %d bytes", file.Name, file.Format, len(content))
		}
		d.ok(file.Close())
		_, err = d.Filing.Annotate(d.ctx, d.As("liaison.fgw"), b.Code, 0)
		refused(t, err, fault.NotFound)

		malformed := d.upload(zjj, []byte("一,二\r\n1,2\r\n"))
		_, err = d.Filing.Annotate(d.ctx, d.liaison(zjj), malformed.Code, 0)
		refused(t, err, fault.Conflict, "没有校验结果")
	})
}

func TestFindings_AreAllThereAndMasked(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		sheet := d.rows(zjj, 120)
		for i := range sheet.Rows {
			sheet.Set(i, "escrow_account", "6228480000000000A19")
		}
		sheet.Set(5, "developer_uscc", "")
		b := d.upload(zjj, sheet.CSV())
		all, one := 0, 0
		count := func(n *int) func(ingest.Finding) error {
			return func(f ingest.Finding) error {
				*n++
				if f.Value == "6228480000000000A19" {
					t.Error("a sensitive value in clear")
				}
				return nil
			}
		}
		rules := d.page(zjj).Rules
		d.ok(d.Filing.Findings(d.ctx, d.liaison(zjj), d.findingList(b.Code, 0), count(&all)))
		d.ok(d.Filing.Findings(d.ctx, d.liaison(zjj), d.findingList(b.Code, rules[1].ID), count(&one)))
		if all != 121 || one != 1 {
			t.Errorf("%d findings, %d of one rule", all, one)
		}
		if len(rules) != 2 || rules[0].Count != 120 || len(rules[0].Findings) != 50 {
			t.Errorf("the page shows %d rules", len(rules))
		}
		for _, rule := range []int64{0, rules[0].ID} {
			_, err := d.Filing.FindingList(d.ctx, d.As("liaison.fgw"), b.Code, rule)
			refused(t, err, fault.NotFound)
		}
		other := d.upload(zrzy, d.rows(zrzy, 10).Set(3, "region", "999999").CSV())
		for _, rule := range []int64{-1, rules[1].ID + 99, rules[1].ID} { // the last is of another batch
			_, err := d.Filing.FindingList(d.ctx, d.As("office"), other.Code, rule)
			refused(t, err, fault.NotFound, "没有这类问题")
		}
	})
}

// findingList returns what was found in a batch, as its liaison asks for it.
func (d *desk) findingList(code string, rule int64) *filing.FindingList {
	d.t.Helper()
	list, err := d.Filing.FindingList(d.ctx, d.liaison(code), code, rule)
	d.ok(err)
	return list
}

func TestFindings_ARuleOfTwoFieldsIsExportedForEach(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b := d.upload(zjj, d.rows(zjj, 10).Set(1, "developer_uscc", "").Set(2, "project_name", "").Set(5, "project_name", "").CSV())
		for _, r := range d.page(zjj).Rules {
			if r.Rule != "required" {
				t.Fatalf("rule %s", r.Rule)
			}
			var n int64
			d.ok(d.Filing.Findings(d.ctx, d.liaison(zjj), d.findingList(b.Code, r.ID), func(f ingest.Finding) error {
				if n++; f.Field != r.Field {
					t.Errorf("%s stands among those of %s", f.Field, r.Field)
				}
				return nil
			}))
			if n != r.Count {
				t.Errorf("%s: %d findings, want %d", r.Field, n, r.Count)
			}
		}
	})
}
