package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"taxportal/internal/database"
	"taxportal/internal/killpoint"
	"taxportal/internal/models"
)

// Batch says whose rows a load brings.
type Batch struct {
	ID     int64 // models.Batch.ID
	UnitID int64
	Period models.Period // of the batch's task
}

// Loader takes the rows of one batch. It is used by one goroutine: Append as often as needed, then Finish, or Close to
// give up. Sealing and hashing run beside the database's work, each in a goroutine of its own; both have ended when
// Finish or Close returns.
//
// Its memory does not grow with the number of rows.
type Loader struct {
	store   *Store
	claim   *claim
	records chan []models.Record
	base    context.Context // of the whole load
	cancel  context.CancelFunc
	group   *errgroup.Group
	stopped <-chan struct{} // closed when a goroutine has failed or the load was given up
	rows    int64
	ended   bool
	err     error
}

// writer puts encoded rows into the database, in transactions of about chunkTime.
type writer interface {
	write(ctx context.Context, b *block) error
	// flush writes what is left after the last block.
	flush(ctx context.Context) error
}

// Begin starts the load of a batch. Rows that an earlier try left are removed first, so that a load may be begun again
// at any time; an earlier Loader of the batch that is still at work stops with ErrOvertaken. The rows become visible
// when the batch becomes effective. def is the version that the batch is filed under, and its table must be there (see
// Ensure): otherwise fault.Unavailable. A batch that is or was effective is a fault.Conflict.
//
// ctx bounds the whole load.
func (s *Store) Begin(ctx context.Context, def *models.Definition, b Batch) (*Loader, error) {
	l, err := layoutOf(def)
	if err != nil {
		return nil, err
	}
	if err := s.current(ctx, l); err != nil {
		return nil, s.behind(l, err)
	}
	c, err := s.claim(ctx, l, b, rowsLoading)
	if err != nil {
		return nil, err
	}
	if _, err := s.clear(ctx, c); err != nil {
		return nil, err
	}
	killpoint.Here(killpoint.LoadBegun)
	return s.start(ctx, c, b), nil
}

// start sets the two goroutines to work.
func (s *Store) start(ctx context.Context, c *claim, b Batch) *Loader {
	ld := &Loader{store: s, claim: c, records: make(chan []models.Record, 4)}
	ld.base, ld.cancel = context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ld.base)
	ld.group, ld.stopped = group, ctx.Done()
	full, free := make(chan *block, 1), make(chan *block, 3)
	for range cap(free) {
		free <- new(block)
	}
	group.Go(func() error { return ld.encode(ctx, full, free) })
	group.Go(func() error { return ld.insert(ctx, s.newWriter(c, b), full, free) })
	return ld
}

// newWriter returns the engine's way of writing.
func (s *Store) newWriter(c *claim, b Batch) writer {
	if s.db.Engine == database.Postgres {
		return newPostgresWriter(s.db.Pool, c, b)
	}
	return newSQLiteWriter(s.db.SQLWrite, c, b)
}

// Append takes further rows, in ascending order of their numbers. The records and their values are the loader's from
// then on: the caller must not use their memory again. An error is that of the load, which has then ended; it may be
// about rows of an earlier call.
func (ld *Loader) Append(ctx context.Context, records []models.Record) error {
	if ld.ended {
		return errors.Join(errors.New("append to a load that has ended"), ld.err)
	}
	if len(records) == 0 {
		return nil
	}
	select {
	case ld.records <- records:
		return nil
	case <-ld.stopped:
		return ld.end()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Finish waits until all rows are in the database and returns how many there are. Called again it returns the same.
// After an error the rows that are in stay, invisible, until Begin or Purge removes them.
func (ld *Loader) Finish(ctx context.Context) (rows int64, err error) {
	stop := context.AfterFunc(ctx, ld.cancel)
	defer stop()
	if err := ld.end(); err != nil {
		return 0, err
	}
	return ld.rows, nil
}

// Close gives the load up and waits until its goroutines have ended. It returns the error with which the load has
// ended: context.Canceled if it was still running, nil after a successful Finish.
func (ld *Loader) Close() error {
	ld.cancel()
	return ld.end()
}

// end closes the pipeline behind the last record, waits for it and notes that the rows are complete.
func (ld *Loader) end() error {
	if ld.ended {
		return ld.err
	}
	ld.ended = true
	defer ld.cancel()
	close(ld.records)
	err := ld.group.Wait()
	if err == nil {
		err = ld.store.complete(ld.base, ld.claim)
		killpoint.Here(killpoint.LoadComplete)
	}
	if err != nil {
		ld.err = fmt.Errorf("load batch %d into %s: %w", ld.claim.batch, ld.claim.layout.table, database.Fault(err))
	}
	return ld.err
}

// encode turns records into blocks until there are no more.
func (ld *Loader) encode(ctx context.Context, full chan<- *block, free <-chan *block) error {
	defer close(full)
	e := &encoder{keys: ld.store.keys, layout: ld.claim.layout, batch: ld.claim.batch}
	most := rowsPerBlock(len(ld.claim.layout.stored()))
	b := <-free
	b.reset()
	for {
		records, more := receive(ctx, ld.records)
		if !more {
			break
		}
		for _, r := range records {
			if err := e.add(b, r); err != nil {
				return err
			}
			if len(b.heads) < most {
				continue
			}
			if err := pass(ctx, full, b); err != nil {
				return err
			}
			if b = take(ctx, free); b == nil {
				return context.Cause(ctx)
			}
			b.reset()
		}
	}
	if len(b.heads) == 0 || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return pass(ctx, full, b)
}

// rowsPerBlock returns how many rows of so many columns make a block.
func rowsPerBlock(columns int) int { return min(blockRows, max(1, blockCells/columns)) }

// insert writes blocks until there are no more, then what the writer has kept.
func (ld *Loader) insert(ctx context.Context, w writer, full <-chan *block, free chan<- *block) error {
	for b := range full {
		if err := w.write(ctx, b); err != nil {
			return err
		}
		ld.rows += int64(len(b.heads))
		free <- b // never waits: free has room for all blocks
	}
	if ctx.Err() != nil { // the encoder has failed or the load was given up
		return context.Cause(ctx)
	}
	return w.flush(ctx)
}

func receive(ctx context.Context, records <-chan []models.Record) (next []models.Record, more bool) {
	select {
	case next, more = <-records:
		return next, more
	case <-ctx.Done():
		return nil, false
	}
}

func pass(ctx context.Context, full chan<- *block, b *block) error {
	select {
	case full <- b:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func take(ctx context.Context, free <-chan *block) *block {
	select {
	case b := <-free:
		return b
	case <-ctx.Done():
		return nil
	}
}

// complete notes that all rows of the batch are in.
func (s *Store) complete(ctx context.Context, c *claim) error {
	return s.write(ctx, func(tx *sql.Tx) error { return c.held(ctx, tx, endLoad, c.batch, c.epoch) })
}
