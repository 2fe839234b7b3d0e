package cn_test

import (
	"strings"
	"testing"

	"taxportal/internal/cn"
)

func TestPhoneEdges(t *testing.T) {
	checkAll(t, cn.KindPhone, map[string]want{
		"mobile":                  {value: cn.MakePhone(5)},
		"landline":                {value: "0635-8246110"},
		"landline with extension": {value: "0635-8246110-801"},
		"Beijing":                 {value: "010-66060101"},
		"400":                     {value: "4008001234"},
		"service":                 {value: "12366"},
		"bank service":            {value: "95588"},
		"mobile, ten digits":      {value: "1540000000", rule: cn.RuleLength, severity: cn.Error},
		"mobile of no range":      {value: "12000000000", rule: cn.RuleForm, severity: cn.Error, mark: []int{1}},
		"no area code":            {value: "8246110", rule: cn.RuleForm, severity: cn.Warning},
		"no such area":            {value: "0035-8246110", rule: cn.RuleForm, severity: cn.Error},
		"local part short":        {value: "0635-824611", rule: cn.RuleLength, severity: cn.Error, mark: span(5, 10)},
		"local part begins 1":     {value: "0635-1246110", rule: cn.RuleForm, severity: cn.Error, mark: []int{5}},
		"two numbers":             {value: "15400000001/15400000002", rule: cn.RuleMany, severity: cn.Error},
		"letters":                 {value: "1540000000A", rule: cn.RuleChar, severity: cn.Error, mark: []int{10}},
		"nothing":                 {value: "", rule: cn.RuleLength, severity: cn.Error},
		"no form":                 {value: "2", rule: cn.RuleForm, severity: cn.Error},
	})
}

func TestPlateEdges(t *testing.T) {
	checkAll(t, cn.KindPlate, map[string]want{
		"ordinary":            {value: "鲁P12345"},
		"ordinary, letters":   {value: "鲁PA12B3"},
		"new energy, small":   {value: "鲁PD12345"},
		"new energy, 2nd":     {value: "鲁PDA1234"},
		"new energy, large":   {value: "鲁P12345D"},
		"border":              {value: "粤Z1234港"},
		"police":              {value: "鲁P1234警"},
		"training":            {value: "鲁P1234学"},
		"trailer":             {value: "鲁P1234挂"},
		"letter O":            {value: "鲁PO1234", rule: cn.RuleChar, severity: cn.Error, mark: []int{2}, suggest: "鲁P01234"},
		"letter O in serial":  {value: "鲁P1O345", rule: cn.RuleChar, severity: cn.Error, mark: []int{3}, suggest: "鲁P10345"},
		"border of elsewhere": {value: "鲁P1234港", rule: cn.RuleForm, severity: cn.Error},
		"no province":         {value: "啊P12345", rule: cn.RuleChar, severity: cn.Error, mark: []int{0}},
		"new energy, bad":     {value: "鲁PL12345", rule: cn.RuleForm, severity: cn.Error},
		"short":               {value: "鲁P1234", rule: cn.RuleLength, severity: cn.Error},
	})
	for plate, class := range map[string]cn.PlateClass{
		"鲁P12345": cn.PlateOrdinary, "鲁PD12345": cn.PlateNewEnergy, "粤Z1234澳": cn.PlateBorder, "鲁P1234警": cn.PlatePolice,
		"鲁P1234学": cn.PlateTraining, "鲁P1234挂": cn.PlateTrailer, "京X1234应急": cn.PlateEmergency, "使014578": cn.PlateEmbassy,
		"沪A1234领": cn.PlateConsulate,
	} {
		if got, ok := cn.ClassifyPlate(plate); !ok || got != class {
			t.Errorf("%s is %s %v, want %s", plate, got, ok, class)
		}
	}
}

func TestNameEdges(t *testing.T) {
	checkAll(t, cn.KindPerson, map[string]want{
		"two characters":     {value: "张三"},
		"rare, beyond BMP":   {value: "王𬭚"},
		"extension B":        {value: "李𠅤"},
		"with a dot":         {value: "买买提·吐尔逊"},
		"foreign":            {value: "John O'Neil-Smith, Jr."},
		"accented":           {value: "José Müller"},
		"a zero character":   {value: "李〇"},
		"lost character":     {value: "王?", rule: cn.RuleLost, severity: cn.Error, mark: []int{1}},
		"replacement":        {value: "王\uFFFD明", rule: cn.RuleLost, severity: cn.Error, mark: []int{1}},
		"square":             {value: "王□", rule: cn.RuleLost, severity: cn.Error, mark: []int{1}},
		"private use":        {value: "王\uE863", rule: cn.RuleLost, severity: cn.Warning, mark: []int{1}},
		"digits":             {value: "张三1", rule: cn.RuleChar, severity: cn.Error, mark: []int{2}},
		"placeholder":        {value: "无", rule: cn.RuleVague, severity: cn.Error},
		"one character":      {value: "张", rule: cn.RuleLength, severity: cn.Error},
		"letters in Chinese": {value: "张三A", rule: cn.RuleForm, severity: cn.Warning, mark: []int{2}},
		"dot at the end":     {value: "买买提·", rule: cn.RuleForm, severity: cn.Error},
		"a list":             {value: strings.Repeat("张三", 30), rule: cn.RuleLength, severity: cn.Error},
	})
}

func TestAddressPlausibility(t *testing.T) {
	checkAll(t, cn.KindAddress, map[string]want{
		"whole":          {value: "山东省聊城市东昌府区柳园北路 12 号"},
		"village":        {value: "莘县朝城镇北街村"},
		"too short":      {value: "聊城", rule: cn.RuleVague, severity: cn.Warning},
		"no place":       {value: "在那个地方的旁边", rule: cn.RuleVague, severity: cn.Warning},
		"placeholder":    {value: "不详", rule: cn.RuleVague, severity: cn.Error},
		"digits":         {value: "123456", rule: cn.RuleVague, severity: cn.Error},
		"lost character": {value: "聊城市?城路", rule: cn.RuleLost, severity: cn.Warning, mark: []int{3}},
		"endless":        {value: strings.Repeat("路", 201), rule: cn.RuleLength, severity: cn.Error},
	})
}

func TestPointEdges(t *testing.T) {
	checkAll(t, cn.KindPoint, map[string]want{
		"Liaocheng":          {value: "115.985371,36.456013"},
		"exchanged":          {value: "36.456013,115.985371", rule: cn.RuleRange, severity: cn.Error, suggest: "115.985371,36.456013"},
		"Jinan":              {value: "117.12,36.65", rule: cn.RuleRange, severity: cn.Warning},
		"zero":               {value: "0,0", rule: cn.RuleRange, severity: cn.Error},
		"one number":         {value: "115.98", rule: cn.RuleForm, severity: cn.Error},
		"degrees and so on":  {value: "115°59'7\",36°27'21\"", rule: cn.RuleForm, severity: cn.Error},
		"words":              {value: "东,西", rule: cn.RuleForm, severity: cn.Error},
		"digits to infinity": {value: "115.98537112345678,36.45601312345678"},
	})
	p, problem := cn.ParsePoint("115.9853719,36.456013")
	if problem != nil || p != (cn.Point{Lon: 115985371, Lat: 36456013}) {
		t.Errorf("got %+v %v", p, problem)
	}
}
