package torture_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"taxportal/internal/killpoint"
	"taxportal/internal/models"
	"taxportal/internal/testdb"
)

// registerRows is how many rows a register has at least: enough for several chunks of every kind.
const registerRows = 20_000

// aMinute is how long a check may take to end after the restart.
const aMinute = time.Minute

func TestKill_LeavesTheOldBatchOrTheNewOne(t *testing.T) {
	t.Parallel()
	for i, engine := range testdb.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := found(t, engine, registerRows, "PORTAL_LEASE=2s")
			for n := range rounds(t) {
				c.round(n, blowOf(n, i))
			}
			c.settled()
		})
	}
}

// The lease with which portals run in earnest is longer than the one above; a minute must be enough for it too.
func TestKill_TheJobGoesOnWithinAMinuteWithTheLeaseOfProduction(t *testing.T) {
	t.Parallel()
	c := found(t, testdb.Engines(t)[0], registerRows)
	c.round(0, blow{point: killpoint.LoadAfterChunk + ":2"})
	c.settled()
}

// rounds returns how often to kill on each engine: TORTURE_ROUNDS, or 10.
func rounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("TORTURE_ROUNDS")
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("TORTURE_ROUNDS=%q is no number of rounds", text)
	}
	return n
}

// blow is when a portal is killed: at a point, or after a time.
type blow struct {
	point string
	after time.Duration
}

func (b blow) String() string {
	if b.point != "" {
		return "at " + b.point
	}
	return "after " + b.after.String()
}

// longestBlow is about how long a journey takes, so that random kills meet all of it.
const longestBlow = 1500 * time.Millisecond

// blowOf chooses the kill of a round: every third one comes at a random moment, the others go through the points, on
// every engine from another one.
func blowOf(round, engine int) blow {
	if round%3 == 2 {
		return blow{after: time.Duration(rand.Int64N(int64(longestBlow)))}
	}
	named := round - round/3
	point := killpoint.Points[(2*named+engine)%len(killpoint.Points)]
	if slices.Contains([]string{killpoint.CheckRows, killpoint.LoadInChunk, killpoint.LoadAfterChunk}, point) {
		point += ":" + strconv.Itoa(1+round%3)
	}
	return blow{point: point}
}

// round opens the task for a correction, lets people file it with a portal that is killed, and brings it to its end with
// one that is not.
func (c *city) round(n int, b blow) {
	c.Helper()
	begun := time.Now()
	c.consent()
	before, _ := c.inspect()
	j := &journey{city: c, content: c.register(registerRows + 1 + n)}
	c.strike(j, b)

	restarted := time.Now()
	s := c.serve()
	after, newest := c.inspect()
	state := newest.state
	if newest.code == before.code {
		state = "" // nobody knows of the upload: it begins anew
	}
	if after.code != before.code && after.code != newest.code {
		c.Fatalf("%s: %s is in force, want %s or the new batch", b, after.code, before.code)
	}
	if after.code == before.code && after.valid != before.valid {
		c.Fatalf("%s: %s has %d rows, had %d", b, after.code, after.valid, before.valid)
	}
	j.batch = strings.ToLower(newest.code)
	c.ok(j.logIn(s))
	if state != models.BatchEffective {
		if err := j.walk(state); err != nil {
			c.Fatalf("%s: go on after the restart from %q: %v", b, state, err)
		}
	}
	if (state == models.BatchUploaded || state == models.BatchChecking) && j.verdict.Sub(restarted) > aMinute {
		c.Errorf("%s: the check ended %s after the restart, want a minute at most", b, j.verdict.Sub(restarted))
	}
	c.ok(s.Stop())
	end, _ := c.inspect()
	if end.code == before.code || end.valid != int64(rowsOf(j.content)) {
		c.Fatalf("%s: in the end %s is in force with %d rows, want a new batch of %d", b, end.code, end.valid, rowsOf(j.content))
	}
	c.Logf("round %d: killed %s, %s; %s after the restart from %q, %s in all", n+1, b, c.dsn[:6], round(j.verdict.Sub(restarted)), state, round(time.Since(begun)))
}

// strike lets people file until the portal is killed.
func (c *city) strike(j *journey, b blow) {
	c.Helper()
	var env []string
	if b.point != "" {
		env = append(env, killpoint.Env+"="+b.point)
	}
	s := c.serve(env...)
	c.ok(j.logIn(s))
	if b.point == "" {
		kill := time.AfterFunc(b.after, func() { _ = s.Kill() })
		defer kill.Stop()
	}
	err := j.walk("")
	if b.point == "" {
		c.ok(s.Kill()) // the journey may have been faster
		return
	}
	select {
	case <-s.Gone():
	case <-time.After(10 * time.Second):
		c.ok(s.Kill())
		c.Fatalf("the portal did not die %s; the journey ended with: %v", b, err)
	}
}

// rowsOf counts the rows of a register without its titles.
func rowsOf(content string) int { return strings.Count(content, "\n") - 1 }

func round(d time.Duration) string {
	if d < 0 {
		return "no check"
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}
