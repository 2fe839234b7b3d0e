package cn

import "strings"

// GB/T 37346-2019 不动产单元设定与代码编制规则: 28 characters in seven layers —
// 1–6 county (GB/T 2260), 7–9 cadastral district, 10–12 sub-district, 13–14 feature of the parcel (13: G state, J
// collective, Z undetermined ownership; 14: right), 15–19 sequence of the parcel, 20 feature of the fixture (F building,
// L forest, Q other, W none), 21–28 unit of the fixture (for F four digits of the building and four of the unit; for W
// zeros).

const (
	estateHint   = "请对照不动产权证书上的 28 位不动产单元号核对"
	estateRights = "ABCDEFGHSWXY" // 14: A whole collective land, B S X building land on, above, under ground, C homestead, D E F contracted land, G island, H sea, W disputed, Y other
)

// CheckEstate holds a normalised 不动产单元号 against GB/T 37346-2019. There is no check digit. A right (14th character)
// outside of the list known here is a warning, as the standard's code table may have grown; so are combinations that
// the standard does not foresee.
func CheckEstate(v string) []Problem {
	if runeCount(v) != 28 {
		return wrongLength(v, "28 位", estateHint)
	}
	bad := marksWhere(v, func(i int, r rune) bool {
		if i == 12 || i == 13 || i == 19 {
			return !isUpper(r)
		}
		return !isDigit(r)
	})
	if len(bad) > 0 {
		return one(estateChars(v, bad))
	}
	p := Problem{Rule: RuleForm, Severity: Error, Hint: estateHint}
	switch {
	case !knownProvince(v[:2]):
		p.Rule, p.Mark, p.Message = RuleRegion, []int{0, 1}, "第 1、2 位 "+v[:2]+" 不是省级区划代码"
	case !strings.ContainsRune("GJZ", rune(v[12])):
		p.Mark, p.Message = []int{12}, "第 13 位是"+describe(rune(v[12]))+"，宗地所有权类型应为 G（国家）、J（集体）或 Z（未确定）"
	case !strings.ContainsRune("FLQW", rune(v[19])):
		p.Mark, p.Message = []int{19}, "第 20 位是"+describe(rune(v[19]))+"，定着物特征码应为 F、L、Q 或 W"
	case v[19] == 'W' && v[20:] != "00000000":
		p.Mark, p.Message = span(20, 27), "第 20 位为 W（无定着物）时，第 21—28 位应全为 0"
	case !strings.ContainsRune(estateRights, rune(v[13])):
		p.Severity, p.Mark, p.Message = Warning, []int{13}, "第 14 位是"+describe(rune(v[13]))+"，不是常见的宗地特征码"
	case (v[13] == 'A' || v[13] == 'C') && v[12] == 'G':
		p.Severity, p.Mark, p.Message = Warning, []int{12, 13}, "第 13、14 位 "+v[12:14]+"：集体土地所有权宗地和宅基地通常不与国家所有（G）组合"
	default:
		return nil
	}
	return one(p)
}

func estateChars(v string, bad []int) Problem {
	p := Problem{Rule: RuleChar, Severity: Error, Mark: bad, Hint: estateHint,
		Message: positions(bad) + "不符：第 13、14、20 位是字母，其余是数字"}
	fixed := []rune(v)
	for _, i := range bad {
		switch {
		case fixed[i] == 'O' && i != 12 && i != 13 && i != 19:
			fixed[i] = '0'
		case fixed[i] == 'I' && i != 12 && i != 13 && i != 19:
			fixed[i] = '1'
		default:
			return p
		}
	}
	if s := string(fixed); !HasError(CheckEstate(s)) {
		p.Suggest = s
	}
	return p
}
