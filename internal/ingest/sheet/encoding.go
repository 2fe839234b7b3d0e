package sheet

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings of a text table, as Book.Encoding names them.
const (
	UTF8    = "UTF-8"
	UTF16LE = "UTF-16LE"
	UTF16BE = "UTF-16BE"
	GB18030 = "GB18030"
)

const utf8Mark = "\xef\xbb\xbf"

// utf16Order recognises UTF-16 by its byte order mark or, without one, by zeros in every second byte of the beginning:
// the upper halves of delimiters, digits and line ends. Some stand in the other bytes too (一 is 4E00). "" is no UTF-16.
func utf16Order(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return UTF16LE
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return UTF16BE
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch few := len(head) / 20; {
	case len(head) < 8:
	case zeros[1] > few && zeros[1] > 4*zeros[0]:
		return UTF16LE
	case zeros[0] > few && zeros[0] > 4*zeros[1]:
		return UTF16BE
	}
	return ""
}

// findEncoding names the encoding of a text and the length of its byte order mark: the mark, else UTF-8 if the whole
// file is, else GB18030 (DESIGN §8). One exception keeps a UTF-8 file with a few broken bytes, as exports that cut
// fields in the middle of a character write them, from being read as GB18030: where valid multi-byte characters
// outnumber the broken places 20 to 1 the file stays UTF-8 and the broken places become U+FFFD, for the check to name.
// So does a file whose beginning leaves no doubt, see settledBytes.
func findEncoding(src *source, head []byte) (name string, mark int, err error) {
	if order := utf16Order(head); order != "" {
		if head[0] >= 0xfe {
			mark = 2
		}
		return order, mark, nil
	}
	if bytes.HasPrefix(head, []byte(utf8Mark)) {
		return UTF8, len(utf8Mark), nil
	}
	good, bad := 0, 0
	buf := make([]byte, 256<<10)
	held := 0
	for off := int64(0); ; {
		n, err := src.ReadAt(buf[held:], off)
		off += int64(n)
		last := err == io.EOF || off >= src.size
		if err != nil && !last {
			return "", 0, fmt.Errorf("read upload: %w", err)
		}
		rest := countRunes(buf[:held+n], last, &good, &bad)
		if last || n == 0 {
			break
		}
		if bad > 1000 && good < 20*bad {
			return GB18030, 0, nil
		}
		if bad == 0 && good > settledRunes && off > settledBytes {
			return UTF8, 0, nil
		}
		held = copy(buf, rest)
	}
	if bad > 0 && good < 20*bad {
		return GB18030, 0, nil
	}
	return UTF8, 0, nil
}

// After so many bytes of valid UTF-8, so many characters of them beyond ASCII, a file is UTF-8: GB18030 does not look like
// it for a single line. That spares a large file, which lies sealed in the file store, from being unsealed twice.
const (
	settledBytes = 4 << 20
	settledRunes = 10_000
)

// countRunes counts characters of three and more bytes and bytes that are no UTF-8. It returns an unfinished character
// at the end, which counts as bad if it is the last of the file. Characters of a wholly valid piece are counted
// roughly, by a third of their bytes beyond ASCII.
func countRunes(b []byte, last bool, good, bad *int) (rest []byte) {
	if !last {
		for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
			if c := b[len(b)-i]; utf8.RuneStart(c) {
				if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-i:]) {
					b, rest = b[:len(b)-i], b[len(b)-i:]
				}
				break
			}
		}
	}
	if utf8.Valid(b) {
		high := 0
		for _, c := range b {
			high += int(c >> 7)
		}
		*good += high / 3
		return rest
	}
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			*bad++
		case n >= 3:
			*good++
		}
		i += n
	}
	return rest
}

// decoded returns the text of a file from its first character, as UTF-8.
func decoded(src io.ReaderAt, size int64, name string, mark int) io.Reader {
	var raw io.Reader = io.NewSectionReader(src, int64(mark), size-int64(mark))
	var from encoding.Encoding
	switch name {
	case UTF16LE:
		from = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case UTF16BE:
		from = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case GB18030:
		from = simplifiedchinese.GB18030
		raw = transform.NewReader(raw, newRareCodes())
	default:
		return raw
	}
	return transform.NewReader(raw, from.NewDecoder())
}
