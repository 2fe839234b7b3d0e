package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// keySeparator parts the values of a business key in Finding.Key.
const keySeparator = "\x1f"

// blankCell stands for columns that a row or a file does not have.
var blankCell sheet.Cell

// row checks one row of the register: its cells, then the rules across them. It tells all findings of the row, keeps
// its key for the search of duplicates, and passes a good row on.
func (c *Checker) row(row sheet.Row, l *layout, sink func([]models.Record) error) error {
	n := len(c.columns)
	at := len(c.chunk) * n
	values := c.arena[at : at+n : at+n]
	s := &c.scratch
	s.issues, s.hashed = s.issues[:0], false
	failed := false
	for i, col := range c.columns {
		cell := &blankCell
		if j := l.cols[i]; j >= 0 && j < len(row.Cells) {
			cell = &row.Cells[j]
		}
		v, issues := col.check(cell)
		values[i] = v
		s.bad[i] = false
		if len(issues) == 0 {
			continue
		}
		for _, issue := range issues {
			s.issues = append(s.issues, located{i, issue})
		}
		s.bad[i] = hasError(issues)
		failed = failed || s.bad[i]
	}
	failed = c.checkSince(values) || failed
	failed = c.applyRules(values) || failed
	failed = c.nameDocuments(row, values) || failed
	c.count(row, failed)
	if err := c.tell(row, l, values); err != nil {
		return err
	}
	if err := c.remember(row, l, values, failed); err != nil {
		return err
	}
	if failed {
		return nil
	}
	c.sums.add(values)
	c.regions.add(values)
	return c.pass(row, values, sink)
}

// count books the row as valid or rejected: every row once.
func (c *Checker) count(row sheet.Row, failed bool) {
	file := c.file()
	c.report.Rows++
	file.Rows++
	if row.Hidden {
		file.Hidden++
	}
	if failed {
		c.report.Rejected++
		c.chunk = c.chunk[:0] // what was not passed on yet is not wanted any more
		return
	}
	c.report.Valid++
	file.Valid++
}

// pass hands a good row on, as long as the batch has no error.
func (c *Checker) pass(row sheet.Row, values []models.Value, sink func([]models.Record) error) error {
	if sink == nil || c.tally.errors > 0 {
		return nil
	}
	c.chunk = append(c.chunk, models.Record{RowNo: c.rowNo(row.No), Values: values})
	if len(c.chunk) < chunkRows {
		return nil
	}
	return c.flush(sink)
}

// flush hands the chunk over to sink.
func (c *Checker) flush(sink func([]models.Record) error) error {
	if len(c.chunk) == 0 || sink == nil {
		return nil
	}
	full := c.chunk
	c.newChunk()
	return sink(full)
}

// newChunk begins a chunk in memory of its own.
func (c *Checker) newChunk() {
	c.chunk, c.arena = make([]models.Record, 0, chunkRows), make([]models.Value, chunkRows*len(c.columns))
}

// rowNo names a row across the files of the batch (models.Record).
func (c *Checker) rowNo(row int) int64 {
	return int64(len(c.report.Files)-1)*models.RowsPerFile + int64(row)
}

// applyRules runs the row rules whose fields are all right; it reports whether one of them was broken as an error.
func (c *Checker) applyRules(values []models.Value) (failed bool) {
	if len(c.rules.rules) == 0 {
		return false
	}
	c.rules.fill(c.columns, values)
	for i := range c.rules.rules {
		rule := &c.rules.rules[i]
		if c.anyBad(rule.looks) {
			continue
		}
		good, err := c.rules.run(rule)
		if good {
			continue
		}
		found := issue{rule: "row." + rule.Code, severity: rule.Severity, title: rule.Title, general: rule.Advice, message: rule.Message}
		if err != nil {
			found = issue{rule: "row." + rule.Code + ".failed", severity: models.SeverityWarning,
				title: "规则“" + rule.Title + "”无法计算", general: "请告知领导小组办公室核对模板中的这条规则；数据无误的，说明即可",
				message: "这一行的值无法代入规则，没有按它核对"}
		}
		field := -1
		if len(rule.shows) > 0 {
			field = rule.shows[0]
		}
		c.scratch.issues = append(c.scratch.issues, located{field, found})
		failed = failed || found.severity == models.SeverityError
	}
	return failed
}

func (c *Checker) anyBad(fields []int) bool {
	for _, i := range fields {
		if c.scratch.bad[i] {
			return true
		}
	}
	return false
}

// tell passes on what was found in the row.
func (c *Checker) tell(row sheet.Row, l *layout, values []models.Value) error {
	if len(c.scratch.issues) == 0 {
		return nil
	}
	key := strings.Join(c.keyTexts(row, l, values), keySeparator)
	hash := hashText(c.rowHash(row, l, values))
	for _, found := range c.scratch.issues {
		f := c.finding(int64(row.No), found)
		f.Key, f.RowHash = key, hash
		field := f.Field
		if rule, ok := strings.CutPrefix(found.rule, "row."); ok {
			c.showRule(&f, row, l, rule, found.field)
			field = ""
		} else if found.field >= 0 {
			// Marks point into the value as the user typed it; of a shortened one they may point beyond.
			f.Marks = found.marks
			c.showCell(&f, rawText(row, l, found.field), found)
		}
		if found.field >= 0 && l.cols[found.field] >= 0 {
			f.Column = sheet.ColumnName(l.cols[found.field])
		}
		if err := c.tally.add(f, found.title, found.general, field); err != nil {
			return err
		}
	}
	return nil
}

// finding makes the finding of an issue in the current file.
func (c *Checker) finding(row int64, found located) Finding {
	advice := found.advice
	if advice == "" {
		advice = found.general
	}
	f := Finding{File: len(c.report.Files) - 1, Sheet: c.file().Sheet, Row: row, Rule: found.rule, Severity: found.severity,
		Message: found.message, Advice: advice, Suggest: found.suggest}
	if found.field >= 0 {
		f.Field, f.Name = c.columns[found.field].field.Code, c.columns[found.field].field.Name
	}
	return f
}

// rawText is what the user has put into the cell of a field.
func rawText(row sheet.Row, l *layout, field int) string {
	if j := l.cols[field]; j >= 0 && j < len(row.Cells) {
		return row.Cells[j].Text
	}
	return ""
}

// shorten bounds what a finding repeats of a cell.
func shorten(s string) string {
	const most = 200
	if len(s) <= most {
		return strings.Clone(s)
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.Clone(s)
}

// keyTexts are the values of the row's business key as a person reads them: checked ones in their normal form, others
// as typed.
func (c *Checker) keyTexts(row sheet.Row, l *layout, values []models.Value) []string {
	texts := make([]string, len(c.keys))
	for n, i := range c.keys {
		if v := values[i]; c.scratch.bad[i] {
			texts[n] = shorten(trimText(rawText(row, l, i)))
		} else {
			texts[n] = Plain(c.columns[i].field, v)
		}
	}
	return texts
}

// rowHash is a hash of the whole row by which a row is known again in another upload: the same for the same values,
// whatever the order of the columns or the way they are written. Values that are wrong count as they were typed.
func (c *Checker) rowHash(row sheet.Row, l *layout, values []models.Value) uint64 {
	s := &c.scratch
	if s.hashed {
		return s.hash
	}
	b := s.bytes[:0]
	for i := range values {
		switch v := &values[i]; {
		case s.bad[i]:
			b = appendText(append(b, 'x'), rawText(row, l, i))
		case v.Null:
			b = append(b, 'n')
		case v.Text != "":
			b = appendText(append(b, 't'), v.Text)
		default:
			b = binary.LittleEndian.AppendUint64(append(b, 'i'), uint64(v.Int))
		}
	}
	sum := sha256.Sum256(b)
	s.bytes, s.hash, s.hashed = b, binary.BigEndian.Uint64(sum[:8]), true
	return s.hash
}

// appendText appends a text so that no two lists of texts look the same.
func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func hashText(h uint64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], h)
	return hex.EncodeToString(b[:])
}
