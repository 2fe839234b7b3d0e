package filing_test

import (
	"bytes"
	"io"
	"testing"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
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
		d.ok(d.Filing.Findings(d.ctx, d.liaison(zjj), b.Code, "", count(&all)))
		d.ok(d.Filing.Findings(d.ctx, d.liaison(zjj), b.Code, "required", count(&one)))
		if all != 121 || one != 1 {
			t.Errorf("%d findings, %d of one rule", all, one)
		}
		if rules := d.page(zjj).Rules; len(rules) != 2 || rules[0].Count != 120 || len(rules[0].Findings) != 50 {
			t.Errorf("the page shows %d rules", len(rules))
		}
		refused(t, d.Filing.Findings(d.ctx, d.As("liaison.fgw"), b.Code, "", count(&all)), fault.NotFound)
	})
}
