package e2e_test

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/workflow"
	"taxportal/seed/demo"
)

// uploaded hands in a register of the task through the services and checks it, for tests that begin later in the
// journey. It returns the batch's code.
func (s *site) uploaded(t *testing.T, sheet *demo.Sheet) string {
	t.Helper()
	file := s.File("预售许可10月.csv", sheet.CSV())
	b, err := s.Filing.Upload(t.Context(), s.App.As("liaison.zjj"), task, []filing.UploadedFile{file})
	if err != nil {
		t.Fatalf("upload: %v", err)
	}
	s.settle(t)
	return b.Code
}

// signed brings a good batch to the Office.
func (s *site) signed(t *testing.T) string {
	t.Helper()
	code := s.uploaded(t, register(t))
	s.move(t, "liaison.zjj", code, models.VerbSubmit)
	s.move(t, "chief.zjj", code, models.VerbSign)
	return code
}

// accepted brings a good batch into force.
func (s *site) accepted(t *testing.T) string {
	t.Helper()
	code := s.signed(t)
	s.move(t, "office", code, models.VerbAccept)
	return code
}

func (s *site) move(t *testing.T, username, code string, verb workflow.Verb) {
	t.Helper()
	if err := s.Filing.Move(t.Context(), s.App.As(username), code, verb, filing.MoveInput{}); err != nil {
		t.Fatalf("%s %s %s: %v", username, verb, code, err)
	}
}
