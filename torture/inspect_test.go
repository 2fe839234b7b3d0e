package torture_test

import (
	"database/sql"

	"taxportal/internal/audit"
	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/portal"
	"taxportal/internal/workflow"
)

// batch is what the database says of one batch.
type batch struct {
	id    int64
	code  string
	state workflow.State
	valid int64
}

// inspect holds the city against what must be true at every moment, whatever was killed: exactly one batch is in force;
// the effective rows are its rows, all of them, and nobody else's; the audit chain is whole. It returns the batch in
// force and the newest one.
func (c *city) inspect() (effective, newest batch) {
	c.Helper()
	c.open(false, func(p *portal.Portal) {
		batches := c.batches(p)
		inForce := 0
		for _, b := range batches {
			if b.state == models.BatchEffective {
				effective = b
				inForce++
			}
			newest = b
		}
		if inForce != 1 {
			c.Fatalf("%d batches are in force, want 1: %+v", inForce, batches)
		}
		if n, others := c.count(p, "SELECT count(*) FROM e_zjj_02"), c.count(p, "SELECT count(*) FROM e_zjj_02 WHERE _batch_id <> $1", effective.id); n != effective.valid || others != 0 {
			c.Fatalf("%d effective rows, %d of them of other batches; %s has %d", n, others, effective.code, effective.valid)
		}
		proof, err := audit.Verify(c.ctx, p.DB)
		if err != nil || proof.Broken != 0 {
			c.Fatalf("audit chain: %+v, %v", proof, err)
		}
	})
	return effective, newest
}

// settled holds the warehouse against the batches once nothing is under way: it has the rows of batches that are or
// were in force and no others, each can be found by its subject, and the notes of the loads agree.
func (c *city) settled() {
	c.Helper()
	c.open(false, func(p *portal.Portal) {
		var want int64
		for _, b := range c.batches(p) {
			if b.state != models.BatchEffective && b.state != models.BatchSuperseded {
				c.Fatalf("%s is still %s", b.code, b.state)
			}
			want += b.valid
			if noted := c.count(p, "SELECT row_count FROM warehouse_loads WHERE batch_id = $1 AND state = 'loaded'", b.id); noted != b.valid {
				c.Errorf("the load of %s noted %d rows, the check %d", b.code, noted, b.valid)
			}
		}
		if got := c.count(p, "SELECT count(*) FROM w_zjj_02"); got != want {
			c.Errorf("the warehouse holds %d rows, the batches have %d", got, want)
		}
		if p.DB.Engine != database.SQLite {
			return // there the way from a subject to its rows is an index
		}
		const found = "SELECT count(*) FROM s_zjj_02 s JOIN w_zjj_02 w ON w._batch_id = s._batch_id AND w._row_no = s._row_no"
		if got := c.count(p, found); got != want {
			c.Errorf("%d rows are found by their subject, want %d", got, want)
		}
	})
}

// batches returns the batches of the task in their order.
func (c *city) batches(p *portal.Portal) []batch {
	c.Helper()
	const query = `SELECT b.id, b.code, b.state, b.rows_valid FROM batches b JOIN filing_tasks t ON t.id = b.task_id WHERE t.code = $1 ORDER BY b.no`
	list, err := p.DB.SQLRead.QueryContext(c.ctx, query, c.task)
	c.ok(err)
	defer list.Close()
	var out []batch
	for list.Next() {
		var b batch
		c.ok(list.Scan(&b.id, &b.code, &b.state, &b.valid))
		out = append(out, b)
	}
	c.ok(list.Err())
	return out
}

func (c *city) count(p *portal.Portal, query string, args ...any) int64 {
	c.Helper()
	var n sql.NullInt64
	c.ok(p.DB.SQLRead.QueryRowContext(c.ctx, query, args...).Scan(&n))
	return n.Int64
}
