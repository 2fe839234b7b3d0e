package ingest

import (
	"errors"
	"fmt"
	"hash/maphash"

	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// twins finds rows with the same business key, or the same content where a template has no key, in bounded memory:
// of each row two hashes of its key are sorted, and equal ones stand beside each other.
type twins struct {
	dir    string
	memory int
	keys   *sorter // key hash, key hash, row << 1 | rejected, row hash, offset of the key's text
	texts  *spool
	seeds  [2]maphash.Seed
	buf    []byte
}

func newTwins(dir string, memory int) *twins {
	return &twins{dir: dir, memory: memory, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		keys: newSorter(dir, memory/2/entryBytes), texts: newSpool(dir, memory/8)}
}

func (t *twins) close() error { return errors.Join(t.keys.close(), t.texts.close()) }

// remember keeps the key of a row for Finish. A row whose key has an error, or is wholly empty, has no twin.
func (c *Checker) remember(row sheet.Row, l *layout, values []models.Value, failed bool) error {
	t := c.twins
	no := uint64(c.rowNo(row.No)) << 1
	if failed {
		no |= 1
	}
	hash := c.rowHash(row, l, values)
	if len(c.keys) == 0 {
		if failed {
			return nil
		}
		return t.keys.add(entry{hash, 0, no, hash, 0})
	}
	b, empty := t.buf[:0], true
	for n, i := range c.keys {
		v := &values[i]
		if c.scratch.bad[i] {
			return nil
		}
		if n > 0 {
			b = append(b, keySeparator...)
		}
		switch {
		case v.Null:
			continue
		case v.Text != "":
			b = append(b, v.Text...)
		default:
			b = append(b, Plain(c.columns[i].field, *v)...)
		}
		empty = false
	}
	t.buf = b
	if empty {
		return nil
	}
	at, err := t.texts.add(b)
	if err != nil {
		return err
	}
	return t.keys.add(entry{maphash.Bytes(t.seeds[0], b), maphash.Bytes(t.seeds[1], b), no, hash, uint64(at)})
}

// each calls f with every row that repeats an earlier one, in the order of the rows.
func (t *twins) each(f func(pair) error) (err error) {
	// Half of the memory holds the keys, so the pairs get another part of it.
	found := newSorter(t.dir, t.memory/4/entryBytes)
	defer func() {
		if closing := found.close(); err == nil {
			err = closing
		}
	}()
	var first entry
	started := false
	err = t.keys.each(func(e entry) error {
		if !started || e[0] != first[0] || e[1] != first[1] {
			first, started = e, true
			return nil
		}
		same := uint64(0)
		if e[3] == first[3] {
			same = 1
		}
		return found.add(entry{e[2], first[2]>>1<<1 | same, e[3], e[4], 0})
	})
	if err != nil {
		return fmt.Errorf("sort keys: %w", err)
	}
	return found.each(func(e entry) error {
		return f(pair{row: int64(e[0] >> 1), rejected: e[0]&1 == 1, first: int64(e[1] >> 1), same: e[1]&1 == 1, hash: e[2], text: int64(e[3])})
	})
}

// pair is a row and the first row with the same key.
type pair struct {
	row, first int64 // models.Record.RowNo
	rejected   bool  // the row has an error already
	same       bool  // the rows agree in all fields
	hash       uint64
	text       int64 // offset of the key in texts
}

// findTwins tells of all rows that repeat an earlier one.
func (c *Checker) findTwins() error {
	return c.twins.each(func(p pair) error {
		f, title := c.twinFinding(p)
		if len(c.keys) > 0 {
			key, err := c.twins.texts.text(p.text)
			if err != nil {
				return err
			}
			f.Key = key
			c.showKey(&f, key)
			if !p.rejected {
				c.reject(f.File)
			}
		}
		return c.tally.add(f, title, f.Advice, f.Field)
	})
}

// twinFinding words one repetition: an error for a business key, a warning for mere likeness.
func (c *Checker) twinFinding(p pair) (f Finding, title string) {
	file := int(p.row / models.RowsPerFile)
	f = Finding{File: file, Sheet: c.report.Files[file].Sheet, Row: p.row % models.RowsPerFile, RowHash: hashText(p.hash)}
	where := c.wordRow(p.first, file)
	if len(c.keys) == 0 {
		f.Rule, f.Severity = "row.identical", models.SeverityWarning
		f.Message, f.Advice = "整行与"+where+"完全相同", "核对是否重复录入；重复的请删去，确为两件事的说明即可"
		return f, "整行重复"
	}
	var names []string
	for _, i := range c.keys {
		names = append(names, c.columns[i].field.Name)
	}
	field := c.columns[c.keys[0]].field
	f.Rule, f.Severity, f.Field, f.Name = "key.duplicate", models.SeverityError, field.Code, field.Name
	if col := c.layouts[file].cols[c.keys[0]]; col >= 0 {
		f.Column = sheet.ColumnName(col)
	}
	f.Message = "与" + where + "重复"
	if p.same {
		f.Message = "整行与" + where + "完全相同"
	}
	f.Advice = quoted(names) + "合起来只能出现一次，核对后删去多余的行"
	if len(names) == 1 {
		f.Advice = quoted(names) + "只能出现一次，核对后删去多余的行"
	}
	return f, quoted(names) + "重复"
}

// wordRow names a row for a reader who looks at another one of file.
func (c *Checker) wordRow(rowNo int64, file int) string {
	row := fmt.Sprintf("第 %d 行", rowNo%models.RowsPerFile)
	if other := int(rowNo / models.RowsPerFile); other != file {
		return fmt.Sprintf("第 %d 个文件的%s", other+1, row)
	}
	return row
}

// reject turns a row that counted as valid into a rejected one.
func (c *Checker) reject(file int) {
	c.report.Valid--
	c.report.Rejected++
	c.report.Files[file].Valid--
}
