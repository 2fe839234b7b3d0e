package exchange_test

import (
	"os"
	"path/filepath"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// The data platform takes a template's folder for the register. The answer to an ad-hoc call was asked for one purpose
// and is no part of it.
func TestHandover_TheAnswerToACallStaysOnThePortal(t *testing.T) {
	each(t, "masked", func(t *testing.T, o *office) {
		call, err := o.Desk.Raise(t.Context(), o.As("office"), catalogue.CallInput{Unit: "zjj", Title: "在建项目", What: "在建项目", Why: "核对减免",
			Law: "《中华人民共和国税收征收管理法》", Article: "第六条", Template: "zjj-02", Due: "2026-11-30"})
		o.ok(err)
		regular := o.accept(5)
		b, err := o.Filing.Upload(t.Context(), o.As("liaison.zjj"), call.Code+"-ONCE", []filing.UploadedFile{o.File("答复.csv", testkit.Rows(t, "zjj-02", 2).CSV())})
		o.ok(err)
		o.Work()
		o.move("liaison.zjj", b.Code, models.VerbSubmit)
		o.move("chief.zjj", b.Code, models.VerbSign)
		o.move("office", b.Code, models.VerbAccept)
		o.Work()
		left, err := os.ReadDir(filepath.Join(o.dir, "zjj-02"))
		o.ok(err)
		if len(left) != 1 || o.manifest(regular).Rows != 5 {
			t.Errorf("handed over %v", left)
		}
		var n int64
		o.ok(o.DB.Read.Model(&models.Handover{}).Where("batch_id = ?", b.ID).Count(&n).Error)
		if n != 0 {
			t.Error("the answer is noted for the platform")
		}
	})
}
