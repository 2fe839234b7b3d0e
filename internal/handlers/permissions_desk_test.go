package handlers_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/testkit"
)

// deskOfWalk puts a proposal of 市住房城乡建设局 and a call to it before the walk, and fills their codes into addresses.
func deskOfWalk(t *testing.T, app *testkit.App) *strings.Replacer {
	t.Helper()
	p, err := app.Desk.Propose(t.Context(), app.As("liaison.zjj"), catalogue.ProposalInput{Kind: models.ItemEdited, Item: "zjj-06", Text: "由每年改为每半年", Reason: "返还按半年核定"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := app.Desk.Raise(t.Context(), app.As("office"), catalogue.CallInput{Unit: "zjj", Title: "保障房名录", What: "2025 年在建项目", Why: "核对耕地占用税",
		Law: "《中华人民共和国税收征收管理法》", Article: "第六条", Due: "2026-11-30"})
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(":proposal", strings.ToLower(p.Code), ":call", strings.ToLower(c.Code), ":item", "zjj-02", ":change", "1", ":no", "1")
}

// deskVerb names the move by which the walk tries the steps on proposals and calls.
func deskVerb(pattern string, role models.Role) string {
	verbs := map[models.Role]string{liaison: "take_back_reply", chief: "sign_reply"}
	verb, ok := verbs[role]
	switch {
	case strings.Contains(pattern, ":proposal/:verb") && role == liaison:
		verb = "take_back_proposal"
	case strings.Contains(pattern, ":proposal/:verb"):
		verb = "decline"
	case !ok:
		verb = "call_off"
	}
	if !strings.HasPrefix(pattern, "/catalogue/") {
		return pattern
	}
	return strings.Replace(pattern, ":verb", verb, 1)
}
