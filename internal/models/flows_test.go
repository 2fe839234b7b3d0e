package models_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

var update = flag.Bool("update", false, "write docs/workflows anew")

var flows = []*workflow.Flow{&models.FilingFlow, &models.WaiverFlow, &models.TemplateFlow, &models.HandoverFlow, &models.ProposalFlow, &models.CallFlow}

func TestFlows_AreSound(t *testing.T) {
	for _, f := range flows {
		if err := f.Check(); err != nil {
			t.Error(err)
		}
		for _, s := range f.States {
			if s.Next == "" {
				t.Errorf("%s: the state %s does not say what comes next", f.Name, s.State)
			}
			main := 0
			for _, m := range f.Open(s.State) {
				if m.Main {
					main++
				}
				if m.Takes && m.Ask == "" {
					t.Errorf("%s: %s takes something away without asking", f.Name, m.Verb)
				}
				if m.Done == "" {
					t.Errorf("%s: %s does not say that it is done", f.Name, m.Verb)
				}
			}
			if main > 1 {
				t.Errorf("%s: %s has %d primary actions", f.Name, s.State, main)
			}
		}
	}
}

func TestFilingFlow_IsTheOneOfTheDesign(t *testing.T) {
	for _, step := range []struct {
		from workflow.State
		verb workflow.Verb
		to   workflow.State
	}{
		{models.BatchUploaded, models.VerbCheck, models.BatchChecking}, {models.BatchChecking, models.VerbMalformed, models.BatchMalformed},
		{models.BatchChecking, models.VerbFail, models.BatchFailed}, {models.BatchChecking, models.VerbErrors, models.BatchErrors},
		{models.BatchChecking, models.VerbWarnings, models.BatchWarnings}, {models.BatchChecking, models.VerbClean, models.BatchClean},
		{models.BatchWarnings, models.VerbExplain, models.BatchClean}, {models.BatchClean, models.VerbSubmit, models.BatchSigning},
		{models.BatchSigning, models.VerbWithdraw, models.BatchClean}, {models.BatchSigning, models.VerbSendBack, models.BatchClean},
		{models.BatchSigning, models.VerbSign, models.BatchFiled}, {models.BatchFiled, models.VerbReturn, models.BatchReturned},
		{models.BatchFiled, models.VerbAccept, models.BatchEffective}, {models.BatchEffective, models.VerbSupersede, models.BatchSuperseded},
	} {
		move, err := models.FilingFlow.Next(step.from, step.verb)
		if err != nil || move.To != step.to {
			t.Errorf("%s –%s→ %s, %v; want %s", step.from, step.verb, move.To, err, step.to)
		}
	}
	for verb, needs := range map[workflow.Verb][]workflow.Need{
		models.VerbReturn: {workflow.NeedReason, workflow.NeedDue}, models.VerbSendBack: {workflow.NeedReason},
	} {
		move, _ := models.FilingFlow.Move(verb)
		for _, need := range needs {
			if !move.Requires(need) {
				t.Errorf("%s does not ask for the %s", verb, need)
			}
		}
	}
	if sign, _ := models.FilingFlow.Move(models.VerbSign); len(sign.NotBy) != 1 || sign.NotBy[0] != models.VerbSubmit {
		t.Error("the signature is not a second person's")
	}
	if confirm, _ := models.WaiverFlow.Move(models.VerbConfirm); len(confirm.NotBy) != 1 || confirm.NotBy[0] != models.VerbPropose {
		t.Error("the confirmation is not a second person's")
	}
}

func TestFlows_TheDiagramsInTheDocsAreCurrent(t *testing.T) {
	for _, f := range flows {
		path := filepath.Join("..", "..", "docs", "workflows", f.Name+".md")
		text := document(f)
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		stored, err := os.ReadFile(path)
		if err != nil || string(stored) != text {
			t.Errorf("%s is not what the workflow's table says (%v): run go test ./internal/models -update", path, err)
		}
	}
}

// document is the page of a workflow: its diagram, and its moves as a table.
func document(f *workflow.Flow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nMade from the table in `internal/models` by `go test ./internal/models -update`; do not edit.\n\n", f.Label)
	fmt.Fprintf(&b, "```mermaid\n%s```\n\n", f.Mermaid())
	b.WriteString("| move | from | to | who | policy | second person | needs | clock |\n|---|---|---|---|---|---|---|---|\n")
	party := map[workflow.Party]string{workflow.OwnUnit: "报送单位", workflow.Office: "领导小组办公室", workflow.System: "系统"}
	label := func(s workflow.State) string { return f.Describe(s).Label }
	for _, m := range f.Moves {
		var from, needs, notBy []string
		for _, s := range m.From {
			from = append(from, label(s))
		}
		for _, n := range m.Needs {
			needs = append(needs, map[workflow.Need]string{workflow.NeedReason: "理由", workflow.NeedDue: "期限"}[n])
		}
		for _, verb := range m.NotBy {
			before, _ := f.Move(verb)
			notBy = append(notBy, "非"+before.Label+"者")
		}
		policy := ""
		if m.Object != "" {
			policy = "`" + m.Object + ":" + m.Action + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", m.Label, strings.Join(from, "、"), label(m.To), party[m.Party], policy,
			strings.Join(notBy, "、"), strings.Join(needs, "、"), m.Clock)
	}
	return b.String()
}
