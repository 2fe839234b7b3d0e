package cn_test

import (
	"reflect"
	"testing"

	"taxportal/internal/cn"
)

func TestHalfwidth(t *testing.T) {
	for in, out := range map[string]string{
		"":                     "",
		"ASCII stays":          "ASCII stays",
		"９１３７ＡＢ－，．":            "9137AB-,.",
		"a\u3000b\u00A0c":      "a b c",
		"\uFEFF1\u200B2\u202D": "12",
		"￥1,000":               "¥1,000",
		"汉字、。《》":               "汉字、。《》",
	} {
		if got := cn.Halfwidth(in); got != out {
			t.Errorf("%q became %q, want %q", in, got, out)
		}
	}
	if n := testing.AllocsPerRun(10, func() { cn.Halfwidth("91371502MA3D81QT3G") }); n != 0 {
		t.Errorf("plain ASCII allocates %v times", n)
	}
}

func TestNormalise(t *testing.T) {
	for _, c := range []struct {
		kind    cn.Kind
		in, out string
	}{
		{cn.KindUSCC, "'９１３７１５０２ｍａ３d81qt3g ", "91371502MA3D81QT3G"},
		{cn.KindUSCC, "91371502 MA3D 81QT\u00A03G", "91371502MA3D81QT3G"},
		{cn.KindOrgCode, "ma3d81qt-3", "MA3D81QT3"},
		{cn.KindCitizen, "37150219850309002x", "37150219850309002X"},
		{cn.KindAccount, "6228 4800–0000\u30000042", "6228480000000042"},
		{cn.KindPlate, "鲁p·12345", "鲁P12345"},
		{cn.KindPlate, "鲁Ｐ．１２３４５", "鲁P12345"},
		{cn.KindPhone, "（0635）8246110转801", "0635-8246110-801"},
		{cn.KindPhone, "06358246110", "0635-8246110"},
		{cn.KindPhone, "+86 154-0000-0001", "15400000001"},
		{cn.KindPhone, "008615400000001", "15400000001"},
		{cn.KindPhone, "+86 635 8246110", "0635-8246110"},
		{cn.KindPhone, "01066060101", "010-66060101"},
		{cn.KindPerson, "张　三", "张三"},
		{cn.KindPerson, "买买提•吐尔逊", "买买提·吐尔逊"},
		{cn.KindPerson, " John   Smith ", "John Smith"},
		{cn.KindPerson, "王𬭚", "王𬭚"},
		{cn.KindEstate, "371502 001001 GB00001 F00010001", "371502001001GB00001F00010001"},
		{cn.KindPoint, "(115.98，36.45)", "115.98,36.45"},
		{cn.KindPoint, "115.98 36.45", "115.98,36.45"},
		{cn.KindAddress, "'聊城市　柳园路\n12号 ", "聊城市 柳园路 12号"},
		{cn.KindUSCC, "", ""},
	} {
		if got := cn.Normalise(c.kind, c.in); got != c.out {
			t.Errorf("%s %q became %q, want %q", c.kind, c.in, got, c.out)
		}
	}
}

func TestRawMarksFollowTheTypedText(t *testing.T) {
	raw := "'９１３７ o5"
	normal := cn.Normalise(cn.KindUSCC, raw)
	if got := cn.RawMarks(raw, normal, []int{4, 0}); !reflect.DeepEqual(got, []int{6, 1}) {
		t.Errorf("%q → %q: %v", raw, normal, got)
	}
	if got := cn.RawMarks("abc", "xyz", []int{0}); got != nil {
		t.Errorf("foreign text: %v", got)
	}
	if got := cn.RawMarks("abc", "ABC", []int{7}); len(got) != 0 {
		t.Errorf("mark beyond the end: %v", got)
	}
}

func TestMaskShowsLittle(t *testing.T) {
	for _, c := range []struct {
		kind    cn.Kind
		in, out string
	}{
		{cn.KindCitizen, "371502198503090214", "3715************14"},
		{cn.KindUSCC, "91371502MA3D81QT3G", "913715********QT3G"[:14] + "QT3G"},
		{cn.KindPerson, "张三", "张*"},
		{cn.KindPerson, "欧阳小明", "欧***"},
		{cn.KindPerson, "王𬭚", "王*"},
		{cn.KindPhone, "15412345678", "154****5678"},
		{cn.KindPhone, "0635-8246110", "0635-*****10"},
		{cn.KindAccount, "6228480000000000042", "6228***********0042"},
		{cn.KindAccount, "12345678", "1*******"},
		{cn.KindPassport, "E12345678", "E1*****78"},
		{cn.KindPlate, "鲁P12345", "鲁P***45"},
		{cn.KindVIN, "LSVAA1B0901234567", "LSV**********4567"},
		{cn.KindEstate, "371502001001GB00001F00010001", "371502001001************0001"},
		{cn.KindPoint, "115.985371,36.456013", "115.98**,36.45**"},
		{cn.KindAddress, "山东省聊城市东昌府区柳园北路12号", "山东省聊城市东昌府区*******"},
		{cn.KindRegion, "371502", "371502"},
		{cn.KindCitizen, "", ""},
		{cn.KindCitizen, "1", "*"},
		{cn.KindOrgCode, "MA3D81QT3", "MA*****T3"},
	} {
		if got := cn.Mask(c.kind, c.in); got != c.out {
			t.Errorf("%s %q is shown as %q, want %q", c.kind, c.in, got, c.out)
		}
	}
}

func TestSubjectKeyJoinsWhatIsTheSame(t *testing.T) {
	body := synUSCC[8:17]
	long := upgraded(t, "371502850309021")
	for _, c := range []struct {
		kind    cn.Kind
		value   string
		subject cn.Kind
		key     string
	}{
		{cn.KindUSCC, synUSCC, cn.SubjectOrganisation, body},
		{cn.KindUSCC, " " + synUSCC[:8] + "-" + synUSCC[8:], cn.SubjectOrganisation, body},
		{cn.KindOrgCode, body[:8] + "-" + body[8:], cn.SubjectOrganisation, body},
		{cn.KindTaxNo, "371500" + body, cn.SubjectOrganisation, body},
		{cn.KindTaxNo, synUSCC, cn.SubjectOrganisation, body},
		{cn.KindTaxpayer, "371500" + body, cn.SubjectOrganisation, body},
		{cn.KindLegacy, body, cn.SubjectOrganisation, body},
		{cn.KindCitizen, long, cn.SubjectPerson, long},
		{cn.KindIDCard, "371502850309021", cn.SubjectPerson, long},
		{cn.KindTaxpayer, long, cn.SubjectPerson, long},
		{cn.KindTaxNo, long + "01", cn.SubjectPerson, long},
		{cn.KindTaxNo, "371502850309021", cn.SubjectPerson, long},
		{cn.KindIDCard, synResidence(), cn.KindResidence, synResidence()},
		{cn.KindPassport, "e1234 5678", cn.KindPassport, "E12345678"},
		{cn.KindPlate, "鲁P·12345", cn.KindPlate, "鲁P12345"},
		{cn.KindPhone, "154 0000 0001", cn.KindPhone, "15400000001"},
		{cn.KindRegNo, "110108000000016", cn.KindRegNo, "110108000000016"},
	} {
		subject, key, ok := cn.SubjectKey(c.kind, c.value)
		if !ok || subject != c.subject || key != c.key {
			t.Errorf("%s %q: got %s %q %v, want %s %q", c.kind, c.value, subject, key, ok, c.subject, c.key)
		}
	}
	for _, bad := range []struct {
		kind  cn.Kind
		value string
	}{
		{cn.KindUSCC, ""}, {cn.KindUSCC, " - "}, {cn.KindUSCC, wrongLast(synUSCC)}, {cn.KindCitizen, "1"}, {cn.KindTaxpayer, "无"},
	} {
		if subject, key, ok := cn.SubjectKey(bad.kind, bad.value); ok || subject != "" || key != "" {
			t.Errorf("%s %q has the key %s %q", bad.kind, bad.value, subject, key)
		}
	}
}
