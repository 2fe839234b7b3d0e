package sheet

import (
	"bytes"
	"errors"
	"io"
)

// merges reads the merged ranges of a sheet. The cells before them are not scanned but searched for the end tag of
// <sheetData>: text of a cell cannot hold one, and if a comment or CDATA did, only the search for a header would suffer.
func (w *workbook) merges(sheet, last int) ([]Range, error) {
	p, err := w.archive.open(w.parts[sheet], w.archive.limits.Unpacked)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	tail, err := afterSheetData(p)
	if err != nil {
		return nil, w.archive.explain(err)
	}
	if tail == nil {
		return nil, nil
	}
	ranges, err := readMerges(newXMLScanner(tail), last)
	if err != nil {
		return nil, w.archive.explain(err)
	}
	return ranges, nil
}

// afterSheetData reads src up to the end tag of its cells and returns what follows, an element of its own kind put
// around it; nil if there is no such tag.
func afterSheetData(src io.Reader) (io.Reader, error) {
	mark := []byte("sheetData>")
	buf := make([]byte, windowBytes)
	held := 0
	for {
		n, err := src.Read(buf[held:])
		held += n
		for from := 0; ; {
			i := bytes.Index(buf[from:held], mark)
			if i < 0 {
				break
			}
			i += from
			from = i + len(mark)
			if endTagBefore(buf[:i]) {
				return io.MultiReader(bytes.NewReader([]byte("<tail>")), bytes.NewReader(buf[from:held]), src), nil
			}
		}
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		const keep = 64 // the mark and the longest prefix of a name that is understood
		if held > keep {
			copy(buf, buf[held-keep:held])
			held = keep
		}
	}
}

// endTagBefore reports whether b ends in </ or in </ and a prefix.
func endTagBefore(b []byte) bool {
	i := bytes.LastIndexByte(b, '<')
	if i < 0 || i+1 >= len(b) || b[i+1] != '/' {
		return false
	}
	prefix := b[i+2:]
	return len(prefix) == 0 || prefix[len(prefix)-1] == ':' && bytes.IndexByte(prefix, ' ') < 0
}

// readMerges takes the merged ranges of what stands behind the cells. It stops at the end tag of the worksheet, which
// pairs with nothing here.
func readMerges(x *xmlScanner, last int) ([]Range, error) {
	var ranges []Range
	for {
		switch x.next() {
		case tokenStart:
			switch {
			case x.depth() == 1:
			case string(x.name) == "mergeCells":
			case string(x.name) == "mergeCell":
				value, _ := attribute(x.attrs, "ref")
				if r, ok := parseRange(value); ok && r.FirstRow <= last && len(ranges) < maxMerges {
					ranges = append(ranges, r)
				}
			default:
				x.skip()
			}
		case tokenEnd:
			if string(x.name) == "mergeCells" {
				return ranges, nil
			}
		case tokenEOF:
			if x.depth() == 1 && errors.Is(x.err, errUnpaired) {
				return ranges, nil // the end tag of the worksheet
			}
			return ranges, x.err
		}
	}
}
