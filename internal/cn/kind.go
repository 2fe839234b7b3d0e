package cn

import "time"

// Kind names a kind of identifier or code. Those that are also types of a template's field have the same name as in
// models.FieldType; the others are what a more general kind resolves to.
type Kind string

// The kinds.
const (
	KindUSCC      Kind = "uscc"      // 统一社会信用代码
	KindOrgCode   Kind = "orgcode"   // 组织机构代码, 9 characters
	KindRegNo     Kind = "regno"     // 工商注册号, 15 digits
	KindTaxNo     Kind = "taxno"     // 纳税人识别号 before the USCC: 15, 18 or 20 characters
	KindLegacy    Kind = "legacy"    // any of orgcode, regno, taxno
	KindCitizen   Kind = "citizen"   // 公民身份号码
	KindResidence Kind = "residence" // 外国人永久居留身份证号码
	KindIDCard    Kind = "idcard"    // any of citizen, residence
	KindPassport  Kind = "passport"  // 护照号码
	KindTaxpayer  Kind = "taxpayer"  // any of uscc, legacy, idcard, passport
	KindPerson    Kind = "person"    // a person's name
	KindPhone     Kind = "phone"     // 手机或固定电话
	KindAccount   Kind = "account"   // 银行账号
	KindRegion    Kind = "region"    // GB/T 2260 code
	KindAddress   Kind = "address"   // 地址
	KindPoint     Kind = "point"     // 经纬度
	KindPlate     Kind = "plate"     // 机动车号牌
	KindVIN       Kind = "vin"       // 车辆识别代号
	KindEstate    Kind = "estate"    // 不动产单元号
)

// Check holds a normalised value against the rules of its kind. today is the calendar day that birth dates and
// divisions are judged by. It returns nil for a good value, and for a kind that has no rules.
func Check(kind Kind, value string, today time.Time) []Problem {
	switch kind {
	case KindUSCC:
		return CheckUSCC(value)
	case KindOrgCode:
		return CheckOrgCode(value)
	case KindRegNo:
		return CheckRegNo(value)
	case KindTaxNo:
		return CheckTaxNo(value, today)
	case KindCitizen:
		return CheckCitizenID(value, today)
	case KindResidence:
		return CheckResidence(value, today)
	case KindPassport:
		return CheckPassport(value)
	case KindLegacy, KindIDCard, KindTaxpayer:
		return Check(Resolve(kind, value, today), value, today)
	case KindPerson:
		return CheckName(value)
	case KindPhone:
		return CheckPhone(value)
	case KindAccount:
		return CheckAccount(value)
	case KindRegion:
		return CheckRegion(value, today)
	case KindAddress:
		return CheckAddress(value)
	case KindPoint:
		return CheckPoint(value)
	case KindPlate:
		return CheckPlate(value)
	case KindVIN:
		return CheckVIN(value)
	case KindEstate:
		return CheckEstate(value)
	}
	return nil
}

// Resolve tells which of its concrete kinds a normalised value of a general kind (taxpayer, legacy, idcard) is: the
// first that takes the value without any problem, else the first that takes it with a warning, else the one whose
// form it comes nearest to, so that the problems told are those of the number that the user meant. accept narrows a
// general kind to the named kinds, which may be general themselves; empty means all. A concrete kind resolves to
// itself.
func Resolve(kind Kind, value string, today time.Time, accept ...Kind) Kind {
	concrete, general := members[kind]
	if !general {
		return kind
	}
	for _, k := range concrete {
		if accepted(k, accept) && clean(k, value, today) {
			return k
		}
	}
	nearest, guess := nearestKind(value), Kind("")
	for _, k := range concrete {
		if !accepted(k, accept) {
			continue
		}
		if !HasError(Check(k, value, today)) {
			return k
		}
		if guess == "" || k == nearest {
			guess = k
		}
	}
	if guess == "" {
		return concrete[0]
	}
	return guess
}

// clean reports whether a concrete kind has nothing to say against value; for the common kinds it does not allocate.
func clean(k Kind, value string, today time.Time) bool {
	switch k {
	case KindUSCC:
		return ValidUSCC(value)
	case KindCitizen:
		return validCitizen(value, today)
	case KindOrgCode:
		return validOrgCode(value)
	}
	return len(Check(k, value, today)) == 0
}

// members lists the concrete kinds of each general one. A passport number has so loose a form that it comes last.
var members = map[Kind][]Kind{
	KindTaxpayer: {KindUSCC, KindCitizen, KindResidence, KindOrgCode, KindTaxNo, KindRegNo, KindPassport},
	KindLegacy:   {KindOrgCode, KindTaxNo, KindRegNo},
	KindIDCard:   {KindCitizen, KindResidence},
}

func accepted(k Kind, accept []Kind) bool {
	for _, a := range accept {
		if a == k {
			return true
		}
		for _, m := range members[a] {
			if m == k {
				return true
			}
		}
	}
	return len(accept) == 0
}

// nearestKind guesses from length and shape alone what a value that passes no check was meant to be.
func nearestKind(v string) Kind {
	switch n := len(v); {
	case n == 18 && v[0] == '9' && digits(v[:17]) && plausibleBirth(v[6:14]):
		return KindResidence
	case n == 18 && digits(v[:17]) && plausibleBirth(v[6:14]):
		return KindCitizen
	case n == 15 && isUpper(rune(v[0])) && isUpper(rune(v[1])) && digits(v[3:]):
		return KindResidence
	case n == 15 && digits(v):
		return KindRegNo
	case n == 15 || n == 20:
		return KindTaxNo
	case n == 9 && digits(v[1:]) && isUpper(rune(v[0])):
		return KindPassport
	case n == 9:
		return KindOrgCode
	}
	return KindUSCC
}
