package models_test

import (
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/seed"
)

func owed(code string, cycle models.Cycle, days int) models.CatalogueItem {
	return models.CatalogueItem{Code: code, Cycle: cycle, DueDays: days, LockDays: 30}
}

func TestDeadlineText_IsMadeFromTheItemsAndAgreesWithThem(t *testing.T) {
	tests := []struct {
		items []models.CatalogueItem
		want  string
	}{
		{nil, ""},
		{[]models.CatalogueItem{owed("zjj-02", models.CycleMonth, 25)}, "按月报送，次月 25 日 17:00 前，遇休息日顺延。"},
		{[]models.CatalogueItem{owed("zjj-02", models.CycleMonth, 25), owed("xzsp-05", models.CycleMonth, 25)}, "按月报送，次月 25 日 17:00 前，遇休息日顺延。"},
		{[]models.CatalogueItem{owed("zjj-02", models.CycleMonth, 45)}, "按月报送，月后 45 日内，截止日 17:00 前，遇休息日顺延。"},
		{[]models.CatalogueItem{owed("a-01", models.CycleEvent, 25)}, "随发生按月报送，次月 25 日 17:00 前，遇休息日顺延；当月没有发生的办理零报送。"},
		{[]models.CatalogueItem{owed("a-01", models.CycleQuarter, 20)}, "按季报送，季后 20 日 17:00 前，遇休息日顺延。"},
		{[]models.CatalogueItem{owed("a-01", models.CycleHalf, 30)}, "按半年报送，半年后 30 日 17:00 前，遇休息日顺延。"},
		{[]models.CatalogueItem{owed("a-01", models.CycleYear, 60)}, "按年报送，年后 60 日内，截止日 17:00 前，遇休息日顺延。"},
		{[]models.CatalogueItem{owed("a-01", models.CycleOnce, 30)}, "一次性报送，开放后 30 日 17:00 前，遇休息日顺延。"},
		{[]models.CatalogueItem{owed("zjj-02", models.CycleMonth, 25), owed("xzsp-05", models.CycleQuarter, 25), owed("xzsp-06", models.CycleMonth, 25)},
			"ZJJ-02、XZSP-06 按月报送，次月 25 日 17:00 前；XZSP-05 按季报送，季后 25 日 17:00 前；均遇休息日顺延。"},
	}
	for _, tt := range tests {
		text := models.DeadlineText(tt.items, models.DefaultDueHour)
		if text != tt.want {
			t.Errorf("%s, want %s", text, tt.want)
		}
		if fault := models.DeadlineFault(text, tt.items, models.DefaultDueHour); fault != "" {
			t.Errorf("%s: %s", text, fault)
		}
	}
}

func TestDeadlineFault_HoldsTheTextAgainstTheItems(t *testing.T) {
	month, quarter := owed("zjj-02", models.CycleMonth, 25), owed("xzsp-05", models.CycleQuarter, 25)
	year, half, event := owed("a-01", models.CycleYear, 60), owed("a-01", models.CycleHalf, 30), owed("a-01", models.CycleEvent, 25)
	tests := []struct {
		text  string
		items []models.CatalogueItem
		want  string
	}{
		{"每月报送，次月25日前", []models.CatalogueItem{month}, ""},
		{"次月 25 日 17：00 前按月报送", []models.CatalogueItem{month}, ""},
		{"按月报送，次月 25 日 17:00 前，截止后 30 日锁定", []models.CatalogueItem{month}, ""},
		{"按季度报送，季度终了后 25 日内", []models.CatalogueItem{quarter}, ""},
		{"按季报送，次月 25 日 17:00 前", []models.CatalogueItem{quarter}, ""},
		{"按季报送，季后 25 日 17:00 前；年度数以初步核算数报送。", []models.CatalogueItem{quarter}, ""},
		{"按季报送每年末的存量，季后 25 日 17:00 前。", []models.CatalogueItem{quarter}, ""},
		{"每半年报送，半年终了后 30 日 17:00 前", []models.CatalogueItem{half}, ""},
		{"按年度报送，年度终了后 60 日内", []models.CatalogueItem{year}, ""},
		{"随发生，按月报送，次月 25 日 17:00 前；当月无发生的办理零报送。", []models.CatalogueItem{event}, ""},
		{"按月报送，次月 25 日 17:00 前；按月核对。", []models.CatalogueItem{month}, ""},
		{"随时", nil, ""},

		{"按月报送，次月 15 日 17:00 前", []models.CatalogueItem{month}, "期限写的是“按月报送，次月 15 日”，目录项 ZJJ-02 为“按月报送，次月 25 日”"},
		{"按季报送，季后 25 日 17:00 前", []models.CatalogueItem{month}, "期限写的是“按季报送，季后 25 日”，目录项 ZJJ-02 为“按月报送，次月 25 日”"},
		{"按月报送，季后 25 日", []models.CatalogueItem{month}, "期限写的是“按月报送”，目录项"},
		{"按月报送，次月 25 个工作日", []models.CatalogueItem{month}, "期限写的是“按月报送”，目录项"},
		{"按月报送，次月 25 日", []models.CatalogueItem{event}, "为“随发生按月报送，次月 25 日”"},
		{"次月 25 日", []models.CatalogueItem{month}, "期限写的是“期满后 25 日”"},
		{"及时报送", []models.CatalogueItem{month}, "期限没有写明报送周期和截止日，目录项 ZJJ-02 为"},
		{"按月报送，次月 25 日 12:00 前", []models.CatalogueItem{month}, "平台在截止日 17:00 截止"},
		{"按月报送，次月 25 日 17:00 前，遇休息日不顺延", []models.CatalogueItem{month}, "遇休息日顺延"},
		{"按月报送，次月 25 日，截止后 10 日锁定", []models.CatalogueItem{month}, "截止后 10 日锁定，目录项 ZJJ-02 为 30 日"},
		{"按月报送，次月 25 日", []models.CatalogueItem{month, quarter}, "目录项 XZSP-05 为“按季报送，季后 25 日”"},
		{"按月报送，次月 25 日；按季报送，季后 25 日", []models.CatalogueItem{month}, "期限中写有“按季报送，季后 25 日”，没有目录项这样报送"},
		{"按月报送，次月 25 日；按季报送，季后 25 日", []models.CatalogueItem{month, quarter}, ""},
	}
	for _, tt := range tests {
		got := models.DeadlineFault(tt.text, tt.items, models.DefaultDueHour)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.text, got, tt.want)
		}
	}
	if fault := models.DeadlineOmits("按月报送，次月 25 日；按季报送，季后 25 日", []models.CatalogueItem{month}, models.DefaultDueHour); fault != "" {
		t.Errorf("one item of two: %s", fault)
	}
	for hour, text := range map[models.DueHour]string{9: "按月报送，次月 25 日 9:00 前", 12: "按月报送，次月 25 日 12:00 前"} {
		if fault := models.DeadlineFault(text, []models.CatalogueItem{month}, hour); fault != "" {
			t.Errorf("where a due day ends at %s: %s", hour, fault)
		}
	}
	if fault := models.DeadlineFault("按月报送，次月 25 日 17:00 前", []models.CatalogueItem{month}, 12); !strings.Contains(fault, "平台在截止日 12:00 截止") {
		t.Errorf("the setting is overlooked: %q", fault)
	}
}

// TestDeadlineFault_EveryTemplateOfThePlanAgreesWithItsItems holds the text of each template that comes with the portal
// against the items that are filed in it.
func TestDeadlineFault_EveryTemplateOfThePlanAgreesWithItsItems(t *testing.T) {
	plan, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	served := map[string][]models.CatalogueItem{}
	for _, item := range plan.Items {
		if item.Template != "" {
			served[item.Template] = append(served[item.Template], models.CatalogueItem{Code: item.Code, Cycle: item.Cycle, DueDays: item.DueDays, LockDays: item.LockDays})
		}
	}
	if len(served) < 90 {
		t.Fatalf("%d templates serve items", len(served))
	}
	for code, items := range served {
		def, ok := plan.Template(code)
		if !ok {
			t.Errorf("no template %s", code)
			continue
		}
		if fault := models.DeadlineFault(def.Deadline, items, models.DefaultDueHour); fault != "" {
			t.Errorf("%s: %s", code, fault)
		}
	}
}
