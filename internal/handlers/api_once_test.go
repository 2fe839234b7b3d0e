package handlers_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/testkit"
)

func TestAPI_theSameKeyGivesTheSameAnswer(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		p := newProgram(t, app, "liaison.zjj")
		content, other := testkit.Rows(t, "zjj-02", 20).CSV(), testkit.Rows(t, "zjj-02", 21).CSV()
		p.upload("zjj-02-202610", "", content).problem(400, "idempotency-key-missing", "Idempotency-Key")
		p.upload("zjj-02-202610", "两个字", content).problem(400, "idempotency-key-missing", "英文字符")
		p.upload("zjj-02-202610", strings.Repeat("k", 101), content).problem(400, "idempotency-key-missing")
		p.upload("zjj-02-202610", "k1", nil).problem(422, "invalid", "没有内容")
		first := p.upload("ZJJ-02-202610", "k1", content).want(202) // what was refused did not use the key up
		if first.header.Get("Idempotency-Replayed") != "" {
			t.Error("the first answer calls itself a repeat")
		}
		for _, task := range []string{"ZJJ-02-202610", "zjj-02-202610"} {
			again := p.upload(task, "k1", content).want(202)
			if !bytes.Equal(again.body, first.body) || again.header.Get("Location") != first.header.Get("Location") || again.header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("repeated: %s", again.body)
			}
		}
		p.upload("zjj-02-202610", "k1", other).problem(422, "idempotency-key-reused", "换一个")
		p.upload("zjj-02-202611", "k1", content).problem(422, "idempotency-key-reused")
		app.Work()
		if again := p.upload("zjj-02-202610", "k1", content).want(202); !bytes.Equal(again.body, first.body) {
			t.Errorf("repeated after the check: %s", again.body)
		}
		// the same file under another key is a batch of its own, and known again
		if twice := p.upload("zjj-02-202610", "k2", content).want(202); twice.value("batch") != "ZJJ-02-202610-2" || twice.value("files", 0, "duplicate_of") != "ZJJ-02-202610-1" {
			t.Errorf("the same file: %s", twice.body)
		}
		if again := p.upload("zjj-02-202610", "k1", content).want(202); !bytes.Equal(again.body, first.body) {
			t.Errorf("repeated after it was replaced: %s", again.body)
		}
		// a key is a token's own
		app.Work() // as long as a check runs, its batch cannot be replaced
		q := newProgram(t, app, "handler.zjj")
		if own := q.upload("zjj-02-202610", "k1", content).want(202); own.value("batch") != "ZJJ-02-202610-3" || own.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("the same key of another token: %s", own.body)
		}
		var batches int64
		ok(t, app.DB.Read.Model(&models.Batch{}).Count(&batches).Error)
		if batches != 3 {
			t.Errorf("%d batches", batches)
		}
	})
}

func TestAPI_manyAtOnceUnderOneKeyBeginOneBatch(t *testing.T) {
	testkit.Each(t, func(t *testing.T, app *testkit.App) {
		p := newProgram(t, app, "liaison.zjj")
		content := testkit.Rows(t, "zjj-02", 20).CSV()
		bodies := make([]string, 6)
		var wg sync.WaitGroup
		for i := range bodies {
			wg.Go(func() {
				a := p.upload("zjj-02-202610", "once", content)
				bodies[i] = fmt.Sprint(a.status, string(a.body))
			})
		}
		wg.Wait()
		if unique := slices.Compact(slices.Sorted(slices.Values(bodies))); len(unique) != 1 || !strings.HasPrefix(unique[0], "202") {
			t.Errorf("answers: %q", unique)
		}
		var batches int64
		ok(t, app.DB.Read.Model(&models.Batch{}).Count(&batches).Error)
		if batches != 1 {
			t.Errorf("%d batches", batches)
		}
	})
}
