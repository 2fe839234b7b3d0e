package cn

import (
	"strings"
	"unicode"
)

// drop is what fold returns for a character that nobody sees.
const drop rune = -1

// Halfwidth turns full-width letters, digits and signs (U+FF01–FF5E) into their half-width forms and every kind of
// blank beyond ASCII (ideographic, non-breaking, thin …) into a plain space, and removes invisible format characters
// (zero-width, byte-order and direction marks). It is for codes, numbers and dates, not for prose, whose full-width
// punctuation is right as it is. A pure ASCII text is returned as it came, without allocating.
func Halfwidth(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r = fold(r); r != drop {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// fold returns the half-width form of r, or drop.
func fold(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0xFFE5: // full-width yen sign
		return '¥'
	case unicode.Is(unicode.Zs, r), r == 0x2028, r == 0x2029, r == 0x85:
		return ' '
	case unicode.Is(unicode.Cf, r):
		return drop
	}
	return r
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func upper(r rune) rune {
	if isLower(r) {
		return r - 'a' + 'A'
	}
	return r
}

// hyphen reports whether a folded r is one of the dashes that people put between the groups of a code.
func hyphen(r rune) bool {
	return r == '-' || r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r == 0xFE58 || r == 0xFE63
}

// apostrophe reports whether a folded r is one of the marks that Excel users put before a number to keep it text.
func apostrophe(r rune) bool {
	return r == '\'' || r == '`' || r == 0x2018 || r == 0x2019 || r == 0x2032
}

// blank reports whether a folded r is a space or a control character.
func blank(r rune) bool { return r <= ' ' || r == 0x7F }
