package ingest

import "taxportal/internal/ingest/sheet"

// ahead reads the rows of a sheet in a goroutine of its own while the rows before them are checked: unpacking and parsing
// a workbook takes about as long as checking it. It is used like sheet.Rows.
type ahead struct {
	rows  *sheet.Rows
	full  chan *portion
	free  chan *portion // takes all portions, so that giving one back never waits
	stop  chan struct{}
	now   *portion
	next  int // rows of now that have been used
	ended bool
	panic any // of the reading goroutine, once full is closed
}

// portion is a few rows with their cells.
type portion struct {
	rows     []sheet.Row // without their cells
	ends     []int       // of each row's cells
	cells    []sheet.Cell
	progress float64 // of the sheet, behind the last row
}

// A portion ends with whichever is reached first, so that neither wide nor long-winded rows take much memory.
const (
	portionRows  = 256
	portionCells = 8192
	portionBytes = 1 << 20
	portions     = 3
)

// readAhead begins to read. The caller must close it.
func readAhead(rows *sheet.Rows) *ahead {
	a := &ahead{rows: rows, full: make(chan *portion, portions), free: make(chan *portion, portions), stop: make(chan struct{}), now: new(portion)}
	for range portions - 1 {
		a.free <- new(portion)
	}
	go a.read()
	return a
}

// read fills portions until there are no more rows or nobody wants them.
func (a *ahead) read() {
	defer close(a.full)
	defer func() { a.panic = recover() }()
	for more := true; more; {
		select {
		case p := <-a.free:
			more = p.fill(a.rows)
			a.full <- p
		case <-a.stop:
			return
		}
	}
}

// fill takes further rows and reports whether there may be more.
func (p *portion) fill(rows *sheet.Rows) bool {
	p.rows, p.ends, p.cells = p.rows[:0], p.ends[:0], p.cells[:0]
	for size := 0; len(p.rows) < portionRows && len(p.cells) < portionCells && size < portionBytes; {
		if !rows.Next() {
			p.progress = 1
			return false
		}
		row := rows.Row()
		for i := range row.Cells {
			size += len(row.Cells[i].Text)
		}
		p.cells = append(p.cells, row.Cells...)
		p.ends = append(p.ends, len(p.cells))
		row.Cells = nil
		p.rows = append(p.rows, row)
	}
	p.progress = rows.Progress()
	return true
}

// Next moves to the next row. It returns false at the end and on trouble, see Err.
func (a *ahead) Next() bool {
	for a.next == len(a.now.rows) {
		if a.ended {
			return false
		}
		a.free <- a.now
		p, more := <-a.full
		if !more {
			a.now, a.next, a.ended = &portion{progress: a.now.progress}, 0, true
			if a.panic != nil {
				panic(a.panic) // as if the rows were read here
			}
			return false
		}
		a.now, a.next = p, 0
	}
	a.next++
	return true
}

// Row returns the row to which Next moved. Its cells are valid until Next is called again.
func (a *ahead) Row() sheet.Row {
	row, start := a.now.rows[a.next-1], 0
	if a.next > 1 {
		start = a.now.ends[a.next-2]
	}
	end := a.now.ends[a.next-1]
	row.Cells = a.now.cells[start:end:end]
	return row
}

// Err returns what ended the rows before their end. It may be called once Next has returned false.
func (a *ahead) Err() error { return a.rows.Err() }

// Progress returns the share of the sheet that has been read, 0 to 1.
func (a *ahead) Progress() float64 { return a.now.progress }

// Close ends reading and waits for it. It may be called at any row.
func (a *ahead) Close() error {
	close(a.stop)
	for range a.full {
	}
	return a.rows.Close()
}
