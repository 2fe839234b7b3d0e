package handlers_test

import (
	"strconv"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/testkit"
)

// designOfWalk sends the next version of zjj-02 out for comment, lets the unit say something of it, and returns the
// draft's id.
func designOfWalk(t *testing.T, app *testkit.App) string {
	t.Helper()
	d, err := app.Designs.BeginNext(t.Context(), app.As("office"), "zjj-02")
	if err == nil {
		err = app.Designs.Move(t.Context(), app.As("office"), d.ID, models.VerbAskComment, catalogue.MoveInput{Due: "2026-11-20"})
	}
	if err == nil {
		err = app.Designs.Say(t.Context(), app.As("liaison.zjj"), d.ID, catalogue.CommentInput{Text: "台账没有这一列。"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(d.ID, 10)
}
