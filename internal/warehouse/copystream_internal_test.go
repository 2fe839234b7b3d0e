package warehouse

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// The bytes follow PostgreSQL's manual, COPY, 'Binary Format'; that a server takes them is shown by every test of a load.
func TestCopyStream_writesEveryKindOfCell(t *testing.T) {
	b := &block{arena: []byte("sealed")}
	b.heads = []head{{row: 2, subject: Subject{15: 9}}, {row: 3}}
	b.cells = []cell{{kind: cellInteger, n: -1}, {kind: cellText, s: "字"}, {}, {kind: cellBinary, n: 6}}
	s := newCopyStream(Batch{ID: 7, UnitID: 5, Period: "2026-10"}, 7)
	const (
		int8    = "\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00"
		fixed   = "\x00\x07" + int8 + "\x07" + "\x00\x00\x00\x072026-10" + int8 + "\x05"
		zeroes  = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		subject = "\x00\x00\x00\x10" + zeroes
		minus   = "\x00\x00\x00\x08\xff\xff\xff\xff\xff\xff\xff\xff"
		want    = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" +
			fixed + int8 + "\x02" + subject + "\x09" + minus + "\x00\x00\x00\x03字" +
			fixed + int8 + "\x03" + subject + "\x00" + "\xff\xff\xff\xff" + "\x00\x00\x00\x06sealed" + "\xff\xff"
	)
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"at once": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader,
	} {
		s.begin(b)
		got, err := io.ReadAll(wrap(&s))
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\ngot  %q\nwant %q", name, err, got, want)
		}
	}
}

func TestCopyStream_staysSmallHoweverManyRows(t *testing.T) {
	b, rows := &block{}, 50_000
	for i := range rows {
		b.heads = append(b.heads, head{row: int64(i) + 1})
		b.cells = append(b.cells, cell{kind: cellText, s: strings.Repeat("长", 40)})
	}
	s := newCopyStream(Batch{ID: 1, UnitID: 1, Period: "2026"}, 6)
	s.begin(b)
	n, err := io.Copy(io.Discard, struct{ io.Reader }{&s})
	if row := int64(len(s.fixed) + 12 + 20 + 124); err != nil || n != int64(len(copyHeader)+len(copyEnd))+row*int64(rows) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if cap(s.buf) > 2*copyBuffer {
		t.Errorf("the buffer has grown to %d bytes", cap(s.buf))
	}
}
