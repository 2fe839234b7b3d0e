package handlers

import (
	"testing"

	"taxportal/internal/models"
	"taxportal/web/views/filingview"
)

// The page that asks for an explanation says in whole sentences what it is about, and when it need not be given again.
func TestExplained_SaysWhatItIsAboutAndWhenItCarriesOver(t *testing.T) {
	row := models.Finding{Row: 1200, Message: "没有填写均价"}
	whole := models.Finding{Message: "本期 12 行，上期 240 行。"}
	rule := func(open int64, f models.Finding) *filingview.Rule {
		return &filingview.Rule{FindingRule: models.FindingRule{Title: "均价", Count: 3, Findings: []models.Finding{f}}, Open: open}
	}
	const rowStays, figuresStay = "该行不变时，说明随重新上传自动沿用。", "数字不变时，说明随重新上传自动沿用。"
	for name, test := range map[string]struct {
		rule    *filingview.Rule
		finding *models.Finding
		want    string
	}{
		"a row":              {rule(3, row), &row, "第 1,200 行，“均价”：没有填写均价。" + rowStays},
		"the whole batch":    {rule(3, whole), &whole, "“均价”：本期 12 行，上期 240 行。" + figuresStay},
		"a rule":             {rule(3, row), nil, "“均价”共 3 处，一并说明。" + rowStays},
		"what is left of it": {rule(2, row), nil, "“均价”还有 2 处，一并说明；已逐处说明的不变。" + rowStays},
		"all of it anew":     {rule(0, row), nil, "“均价”共 3 处，都已说明；改后都用这一份说明。" + rowStays},
	} {
		if got := explained(test.rule, test.finding) + carries(test.rule, test.finding); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
