package cn

import (
	"strings"
	"unicode"
)

// Normalise brings raw into the canonical form of its kind, in which it is checked, stored and joined. It only undoes
// what typing and copying do to a value: width, case, blanks, group hyphens, a leading apostrophe. It is idempotent,
// and it returns a value that is canonical already as it came.
func Normalise(kind Kind, raw string) string {
	switch kind {
	case KindPerson:
		return normaliseName(raw)
	case KindAddress:
		return squeeze(raw)
	case KindPhone:
		return normalisePhone(raw)
	case KindPoint:
		return normalisePoint(raw)
	case KindPlate:
		return compact(raw, plateDot)
	}
	return compact(raw, nil)
}

// compact is the canonical form of codes: half width, upper case, without blanks, hyphens, a leading apostrophe, and
// what also drops.
func compact(raw string, also func(rune) bool) string {
	if isCompact(raw) {
		return raw
	}
	var b strings.Builder
	b.Grow(len(raw))
	for _, r := range raw {
		r = upper(fold(r))
		if r == drop || blank(r) || hyphen(r) || b.Len() == 0 && apostrophe(r) || also != nil && also(r) {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isCompact(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7F || c == '-' || c == '\'' || c == '`' || c >= 'a' && c <= 'z' {
			return false
		}
	}
	return true
}

// isSqueezed is a quick look that spares most texts squeeze: visible ASCII, ideographs and single spaces within them.
// What it does not know it leaves to squeeze.
func isSqueezed(s string) bool {
	last := ' '
	for i, r := range s {
		switch {
		case r == ' ' && last == ' ', i == 0 && apostrophe(r):
			return false
		case r < ' ', r >= 0x7F && (r < 0x4E00 || r > 0x9FFF):
			return false
		}
		last = r
	}
	return last != ' ' || s == ""
}

// squeeze trims s, turns every run of blanks into one space and drops a leading apostrophe; width stays.
func squeeze(s string) string {
	if isSqueezed(s) {
		return s
	}
	return squeezeRunes(s)
}

func squeezeRunes(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	pending := false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Cf, r):
			continue
		case unicode.IsSpace(r) || blank(r):
			pending = b.Len() > 0
			continue
		case b.Len() == 0 && (apostrophe(fold(r))):
			continue
		}
		if pending {
			b.WriteByte(' ')
			pending = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
