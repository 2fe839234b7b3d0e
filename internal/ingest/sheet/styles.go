package sheet

import "strings"

// style says how a cell format shows a number.
type style struct {
	date bool
	pad  uint8 // least number of digits of a format that is nothing but zeros (000000); 0 = no such format
}

// readStyles reads the cell formats in the order in which cells name them.
func readStyles(a *archive, name string) ([]style, error) {
	if !a.has(name) {
		return nil, nil
	}
	custom := map[int]style{}
	var styles []style
	err := a.scan(name, func(x *xmlScanner) error {
		switch string(x.name) {
		case "numFmt":
			if len(custom) < maxStyles && x.depth() == 3 {
				value, _ := attribute(x.attrs, "numFmtId")
				custom[smallNumber(value)] = styleOf(attributeText(x.attrs, "formatCode"))
			}
		case "cellXfs":
			var err error
			styles, err = readFormats(x, custom)
			return err
		}
		return nil
	})
	return styles, err
}

// readFormats reads the <xf> of <cellXfs>. numFmts stands before it (ISO/IEC 29500-1, 18.8.39).
func readFormats(x *xmlScanner, custom map[int]style) ([]style, error) {
	var styles []style
	for depth := x.depth(); ; {
		switch x.next() {
		case tokenStart:
			if string(x.name) != "xf" {
				x.skip()
				continue
			}
			if len(styles) >= maxStyles {
				return nil, errLong
			}
			value, _ := attribute(x.attrs, "numFmtId")
			id := smallNumber(value)
			s, ok := custom[id]
			if !ok {
				s = style{date: builtinDate(id)}
			}
			styles = append(styles, s)
			x.skip()
		case tokenEnd:
			if x.depth() < depth {
				return styles, nil
			}
		case tokenEOF:
			return styles, x.err
		}
	}
}

// builtinDate reports whether a format without a code of its own shows dates: ISO/IEC 29500-1, 18.8.30, with the ones
// of the Chinese editions (27–36, 50–58).
func builtinDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id == 45 || id == 47 || id >= 50 && id <= 58
}

// styleOf reads a format code such as yyyy"年"m"月"d"日".
func styleOf(code string) style {
	zeros := strings.TrimSuffix(code, ";@")
	if n := len(zeros); n > 1 && n <= 30 && strings.Trim(zeros, "0") == "" {
		return style{pad: uint8(n)}
	}
	return style{date: isDateFormat(code)}
}

// isDateFormat reports whether a format code shows a date or a time of day: whether one of its sections has a letter of
// the calendar and no digit place. Durations ([h]:mm) are numbers.
func isDateFormat(code string) bool {
	date, digits := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			length := strings.IndexByte(code[i+1:], '"')
			if length < 0 {
				return date && !digits
			}
			i += length + 1
		case '[':
			length := strings.IndexByte(code[i:], ']')
			if length < 0 {
				return date && !digits
			}
			if elapsed(code[i+1 : i+length]) {
				return false
			}
			i += length
		case '\\', '_', '*':
			i++
		case ';':
			if date && !digits {
				return true
			}
			date, digits = false, false
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			date = true
		case 'e', 'E':
			if i+1 < len(code) && (code[i+1] == '+' || code[i+1] == '-') {
				i++
			} else if !general(code, i) {
				date = true
			}
		case '0':
			// ss.000 shows fractions of a second
			digits = digits || !date
		case '#', '?':
			digits = true
		}
	}
	return date && !digits
}

// elapsed reports whether brackets hold a duration's letters: h, mm, ss.
func elapsed(inner string) bool {
	return inner != "" && strings.Trim(strings.ToLower(inner), "hms") == ""
}

// general reports whether the letter at i belongs to the word General.
func general(code string, i int) bool {
	start := max(0, i-3)
	return strings.Contains(strings.ToLower(code[start:min(len(code), i+6)]), "general")
}
