package sheet

import (
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// rareRunes are the two-byte codes of GB 18030-2022 that x/text decodes as broken: its table follows an edition in
// which they had no character yet. Most of them are characters of personal and place names.
var rareRunes = map[uint16]rune{
	0xa8bc: 0x1e3f,
	0xa6d9: 0xfe10, 0xa6da: 0xfe12, 0xa6db: 0xfe11, 0xa6dc: 0xfe13, 0xa6dd: 0xfe14, 0xa6de: 0xfe15, 0xa6df: 0xfe16,
	0xa6ec: 0xfe17, 0xa6ed: 0xfe18, 0xa6f3: 0xfe19,
	0xfe51: 0x20087, 0xfe52: 0x20089, 0xfe53: 0x200cc, 0xfe6c: 0x215d7, 0xfe76: 0x2298f, 0xfe91: 0x241fe,
	0xfe59: 0x9fb4, 0xfe61: 0x9fb5, 0xfe66: 0x9fb6, 0xfe67: 0x9fb7, 0xfe6d: 0x9fb8, 0xfe7e: 0x9fb9, 0xfe90: 0x9fba,
	0xfea0: 0x9fbb,
}

// rareCodes rewrites those codes as the four-byte codes of the same characters, which x/text knows.
type rareCodes struct {
	transform.NopResetter
	four map[uint16][]byte
}

func newRareCodes() *rareCodes {
	t := &rareCodes{four: make(map[uint16][]byte, len(rareRunes))}
	encoder := simplifiedchinese.GB18030.NewEncoder()
	for code, r := range rareRunes {
		if b, err := encoder.Bytes([]byte(string(r))); err == nil && len(b) == 4 {
			t.four[code] = b
		}
	}
	return t
}

// Transform implements transform.Transformer.
func (t *rareCodes) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		c, length := src[nSrc], 1
		if c > 0x80 && c < 0xff {
			switch rest := src[nSrc:]; {
			case len(rest) < 2:
				if !atEOF {
					return nDst, nSrc, transform.ErrShortSrc
				}
			case rest[1] < '0':
			case rest[1] > '9':
				length = 2
			case len(rest) < 4:
				if !atEOF {
					return nDst, nSrc, transform.ErrShortSrc
				}
			default:
				length = 4
			}
		}
		piece := src[nSrc : nSrc+length]
		if length == 2 && (c == 0xfe || c == 0xa6 || c == 0xa8) {
			if four, ok := t.four[uint16(c)<<8|uint16(piece[1])]; ok {
				piece = four
			}
		}
		if nDst+len(piece) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		if length == 1 {
			dst[nDst] = c
		} else {
			copy(dst[nDst:], piece)
		}
		nDst += len(piece)
		nSrc += length
	}
	return nDst, nSrc, nil
}
