package torture_test

import (
	"fmt"
	"strings"
	"time"

	"taxportal/internal/demo"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/served"
	"taxportal/internal/workflow"
)

// journey is one filing by three people over HTTP.
type journey struct {
	city    *city
	content string
	batch   string // code, once it has begun
	people  map[string]*served.Browser
	verdict time.Time // when the check was seen to have ended
}

// logIn opens the sessions of everybody concerned.
func (j *journey) logIn(s *served.Server) error {
	j.people = map[string]*served.Browser{}
	for _, username := range []string{"liaison.zjj", "chief.zjj", "office"} {
		b, err := served.LogIn(j.city.ctx, s.Base, username, demo.Password)
		if err != nil {
			return err
		}
		j.people[username] = b
	}
	return nil
}

// walk takes the filing from where it stands to acceptance. It returns the error of the first step that does not succeed.
func (j *journey) walk(from workflow.State) error {
	steps := []struct {
		at   workflow.State
		take func() error
	}{
		{"", j.upload},
		{models.BatchChecking, j.wait},
		{models.BatchClean, func() error { return j.move("liaison.zjj", models.VerbSubmit) }},
		{models.BatchSigning, func() error { return j.move("chief.zjj", models.VerbSign) }},
		{models.BatchFiled, func() error { return j.move("office", models.VerbAccept) }},
	}
	if from == models.BatchUploaded {
		from = models.BatchChecking
	}
	for i, step := range steps {
		if step.at != from {
			continue
		}
		for _, step := range steps[i:] {
			if err := step.take(); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("a batch that is %q cannot be brought further", from)
}

func (j *journey) upload() error {
	page, err := j.people["liaison.zjj"].Upload(j.city.ctx, j.city.task, "更正.csv", strings.NewReader(j.content))
	if err == nil {
		j.batch = page.Path[strings.LastIndexByte(page.Path, '/')+1:]
	}
	return err
}

// wait asks, as the page does, until the check has ended.
func (j *journey) wait() error {
	for {
		busy, err := j.people["liaison.zjj"].Busy(j.city.ctx, j.batch)
		if err != nil {
			return err
		}
		if !busy {
			j.verdict = time.Now()
			return nil
		}
		select {
		case <-j.city.ctx.Done():
			return j.city.ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (j *journey) move(username string, verb workflow.Verb) error {
	_, err := j.people[username].Confirm(j.city.ctx, paths.ToBatchMove(j.batch, string(verb)))
	return err
}
