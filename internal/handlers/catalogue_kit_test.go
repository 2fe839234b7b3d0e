package handlers_test

import (
	"taxportal/internal/models"
	"taxportal/internal/services/accounts"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// propose puts a proposal of 市住房城乡建设局 about an item before the Office and returns its code.
func (w *town) propose(item string) string {
	w.t.Helper()
	p, err := w.Desk.Propose(w.t.Context(), w.As("liaison.zjj"), catalogue.ProposalInput{Kind: models.ItemEdited, Item: item, Text: "由每年改为每半年。", Reason: "返还按半年核定。"})
	w.ok(err)
	return p.Code
}

// call calls on a unit and returns the call's code; template names the form of its answer, "" for none.
func (w *town) call(unit, template string) string {
	w.t.Helper()
	c, err := w.Desk.Raise(w.t.Context(), w.As("office"), catalogue.CallInput{Unit: unit, Title: "保障房名录", What: "2025 年在建项目", Why: "核对耕地占用税的减免",
		Law: "《中华人民共和国税收征收管理法》", Article: "第六条", Template: template, Due: "2026-11-30"})
	w.ok(err)
	return c.Code
}

// staff gives a unit that has none in the tests a liaison and a chief.
func (w *town) staff(unit string) {
	w.t.Helper()
	for _, role := range []models.Role{models.RoleLiaison, models.RoleChief} {
		account, _, err := w.Accounts.Create(w.t.Context(), w.As("sysadmin"), accounts.CreateInput{Username: string(role) + "." + unit, Name: role.Label(), UnitCode: unit})
		w.ok(err)
		w.ok(w.Accounts.GiveRole(w.t.Context(), w.As("secadmin"), account.ID, role))
	}
}

// twin lets 市行政审批局 file the permits of October that 市住房城乡建设局 filed, one of them with another name. In the plan
// both share one template; in the tests' plan only the first has it.
func (w *town) twin(rows int) {
	w.t.Helper()
	w.ok(w.DB.Write.Exec("UPDATE catalogue_items SET template_id = (SELECT template_id FROM catalogue_items WHERE code = 'zjj-02') WHERE code = 'xzsp-05'").Error)
	w.staff("xzsp")
	_, err := w.Filing.OpenPeriods(w.t.Context())
	w.ok(err)
	sheet := testkit.RowsOf(w.t, "zjj-02", testkit.FirstMonth, rows).Set(2, "developer_name", "另一处记载的名称")
	b, err := w.Filing.Upload(w.t.Context(), w.As("liaison.xzsp"), "XZSP-05-202610", []filing.UploadedFile{w.File("报送.csv", sheet.CSV())})
	w.ok(err)
	w.Work()
	w.move("liaison.xzsp", b.Code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief.xzsp", b.Code, models.VerbSign, filing.MoveInput{})
	w.move("office", b.Code, models.VerbAccept, filing.MoveInput{})
}
