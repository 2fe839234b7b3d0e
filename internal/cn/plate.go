package cn

import "strings"

// PlateClass is the kind of a 机动车号牌 after GA 36.
type PlateClass string

// The classes of plates.
const (
	PlateOrdinary  PlateClass = "普通"
	PlateNewEnergy PlateClass = "新能源"
	PlateBorder    PlateClass = "港澳"
	PlatePolice    PlateClass = "警"
	PlateTraining  PlateClass = "学"
	PlateTrailer   PlateClass = "挂"
	PlateEmergency PlateClass = "应急"
	PlateConsulate PlateClass = "领"
	PlateEmbassy   PlateClass = "使"
)

const (
	plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
	plateHint      = "请对照行驶证核对，如 鲁P12345、鲁PD12345"
)

// plateSuffixes are the classes told by their last character; all have four letters or digits before it.
var plateSuffixes = map[rune]PlateClass{
	'警': PlatePolice, '学': PlateTraining, '挂': PlateTrailer, '领': PlateConsulate, '港': PlateBorder, '澳': PlateBorder,
}

// plateDot reports whether r is the dot that is painted between the parts of a plate.
func plateDot(r rune) bool {
	return r == '·' || r == '•' || r == '.' || r == '・' || r == '‧' || r == '∙' || r == '●'
}

// ClassifyPlate returns the class of a normalised plate (鲁P12345, without the dot), and false if it has the form of
// none. Military and armed-police plates are not covered.
func ClassifyPlate(v string) (PlateClass, bool) {
	r := []rune(v)
	if len(r) == 7 && r[0] == '使' && digits(v[len("使"):]) {
		return PlateEmbassy, true
	}
	if len(r) < 7 || len(r) > 8 || !strings.ContainsRune(plateProvinces, r[0]) || !isUpper(r[1]) || r[1] == 'I' {
		return "", false
	}
	serial := r[2:]
	if len(serial) == 6 && serial[4] == '应' && serial[5] == '急' {
		return PlateEmergency, plateSerial(serial[:4])
	}
	if len(serial) == 6 {
		return PlateNewEnergy, newEnergySerial(serial)
	}
	if class, ok := plateSuffixes[serial[4]]; ok {
		border := class != PlateBorder || string(r[:2]) == "粤Z"
		return class, border && plateSerial(serial[:4])
	}
	return PlateOrdinary, plateSerial(serial)
}

// plateSerial reports whether r consists of digits and letters without I and O.
func plateSerial(r []rune) bool {
	for _, c := range r {
		if !isDigit(c) && (!isUpper(c) || c == 'I' || c == 'O') {
			return false
		}
	}
	return true
}

// newEnergySerial reports whether six characters are those of a small (letter first, the second a letter or digit) or
// a large new-energy vehicle (letter last). The letter is one of A–K without I.
func newEnergySerial(r []rune) bool {
	class := func(c rune) bool { return c >= 'A' && c <= 'K' && c != 'I' }
	small := class(r[0]) && plateSerial(r[1:2]) && digits(string(r[2:]))
	large := class(r[5]) && digits(string(r[:5]))
	return small || large
}

// CheckPlate looks at a normalised 机动车号牌. The letters I and O are not used after the second place and are proposed
// to be read as 1 and 0.
func CheckPlate(v string) []Problem {
	if _, ok := ClassifyPlate(v); ok {
		return nil
	}
	p := Problem{Severity: Error, Hint: plateHint}
	if n := runeCount(v); n < 7 || n > 8 {
		return wrongLength(v, "7 位（新能源号牌 8 位）", plateHint)
	}
	first := []rune(v)[0]
	if !strings.ContainsRune(plateProvinces, first) && first != '使' {
		p.Rule, p.Mark, p.Message = RuleChar, []int{0}, "第 1 位"+describe(first)+"不是省份简称"
		return one(p)
	}
	bad := marksWhere(v, func(i int, r rune) bool { return i >= 2 && (r == 'I' || r == 'O') })
	if len(bad) > 0 {
		p.Rule, p.Mark, p.Message = RuleChar, bad, positions(bad)+"：号牌的序号中不使用字母 I 和 O"
		if fixed := unlike(v, bad); fixed != v {
			if _, ok := ClassifyPlate(fixed); ok {
				p.Suggest = fixed
			}
		}
		return one(p)
	}
	p.Rule, p.Message = RuleForm, "不合号牌的格式"
	return one(p)
}
