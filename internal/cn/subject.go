package cn

// The kinds of subject that SubjectKey tells apart besides the identifier kinds themselves.
const (
	SubjectOrganisation Kind = "org"
	SubjectPerson       Kind = "natural"
)

// SubjectKey reduces an identifier to what stays the same however the taxpayer was written down, so that the portal
// can join on it (DESIGN §4, _subject): an organisation is its nine-character body code (USCC 9–17, taxpayer number of
// 15 characters 7–15, the organisation code itself), a person the 18-character identity number (15-digit ones are
// upgraded, of a 20-digit taxpayer number the first 18), anything else its kind and normalised value. The value may be
// as typed. It fails for an empty value and for one whose form or check digit is wrong.
func SubjectKey(kind Kind, value string) (subject Kind, key string, ok bool) {
	v := Normalise(kind, value)
	if v == "" {
		return "", "", false
	}
	kind = Resolve(kind, v, endOfTime)
	if clean(kind, v, endOfTime) || !HasError(Check(kind, v, endOfTime)) {
		subject, key = subjectOf(kind, v)
		return subject, key, true
	}
	return "", "", false
}

// endOfTime stands in for today where it does not matter whether a birth date has come.
var endOfTime = Date(9999, 12, 31)

// subjectOf reduces a value that its kind has taken.
func subjectOf(kind Kind, v string) (Kind, string) {
	switch {
	case kind == KindUSCC:
		return SubjectOrganisation, v[8:17]
	case kind == KindOrgCode:
		return SubjectOrganisation, v
	case kind == KindCitizen:
		return personOf(v)
	case kind != KindTaxNo:
		return kind, v
	}
	switch {
	case len(v) == 20:
		return personOf(v[:18])
	case len(v) == 18 && isCitizenForm(v) && !ValidUSCC(v):
		return personOf(v)
	case len(v) == 18:
		return SubjectOrganisation, v[8:17]
	case validOrgCode(v[6:]):
		return SubjectOrganisation, v[6:]
	case validCitizen15(v, endOfTime):
		return personOf(v)
	}
	return KindTaxNo, v
}

func personOf(v string) (Kind, string) {
	long, _ := UpgradeID(v)
	return SubjectPerson, long
}
