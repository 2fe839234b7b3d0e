package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/workflow"
)

// designs are the drafts of the gallery, one in each state that has pages of its own.
type designs struct {
	fresh, commenting, ready, published int64
	trial                               int64
}

// design lays out drafts of templates: one under way with gaps, one out for comment with answers and a trial filing, one
// that waits for its second person, and a published second version.
func (g *gallery) design(t *testing.T) designs {
	t.Helper()
	ctx, office := t.Context(), g.App.As("office")
	must(t, g.Designs.Move(ctx, office, g.nextVersion(t, "fgw-05"), models.VerbDiscardDesign, catalogue.MoveInput{Reason: "另起一份。"}))
	d := designs{fresh: g.nextVersion(t, "fgw-05"), commenting: g.nextVersion(t, "zjj-02"), ready: g.nextVersion(t, "zrzy-01")}
	must(t, g.Designs.SaveField(ctx, office, d.fresh, catalogue.FieldInput{Field: models.Field{Code: "record_price2", Name: "备案均价", Type: models.TypeMoney, Unit: "元"}}))
	must(t, g.Designs.SaveField(ctx, office, d.commenting, catalogue.FieldInput{Field: models.Field{Code: "presale_floors", Name: "预售层数", Type: models.TypeInteger,
		Unit: "层", Caliber: "许可证所列预售楼幢的地上层数，按发证日的核准内容填写", Example: "18"}}))
	g.sendOut(t, d.commenting)
	must(t, g.Designs.Say(ctx, g.App.As("liaison.zjj"), d.commenting, catalogue.CommentInput{Field: "presale_floors", Text: "台账只记总层数，不分地上地下，建议改口径。"}))
	must(t, g.Designs.Say(ctx, g.App.As("tax"), d.commenting, catalogue.CommentInput{Agrees: true}))
	p, err := g.Designs.Page(ctx, office, d.commenting)
	must(t, err)
	must(t, g.Designs.Answer(ctx, office, d.commenting, p.Comments[0].ID, "采纳，口径改为总层数。"))
	must(t, g.Designs.Say(ctx, g.App.As("chief.zjj"), d.commenting, catalogue.CommentInput{Text: "建议自 3 月期起执行。"}))
	trial, err := g.Designs.Try(ctx, g.App.As("liaison.zjj"), d.commenting, "试报10月.csv", strings.NewReader("项目名称,预售层数\n东昌雅苑,十八\n水城花园,12\n"))
	must(t, err)
	d.trial = trial.ID
	must(t, g.Designs.SaveField(ctx, office, d.ready, catalogue.FieldInput{Field: models.Field{Code: "land_note", Name: "宗地说明", Type: models.TypeText,
		Caliber: "需要说明的宗地情况，没有的不填", MaxLen: 200}}))
	g.standards(t, d.ready)
	g.sendOut(t, d.ready)
	must(t, g.Designs.Say(ctx, g.App.As("liaison.zrzy"), d.ready, catalogue.CommentInput{Agrees: true}))
	must(t, g.Designs.Move(ctx, office, d.ready, models.VerbHandOver, catalogue.MoveInput{}))
	d.published = g.publishedDesign(t, "zjj-02")
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nextVersion begins the draft of a template's next version.
func (s *site) nextVersion(t *testing.T, template string) int64 {
	t.Helper()
	d, err := s.Designs.BeginNext(t.Context(), s.App.As("office"), template)
	must(t, err)
	return d.ID
}

// sendOut sends a draft out for comment.
func (s *site) sendOut(t *testing.T, design int64) {
	t.Helper()
	due := models.DayOf(s.Clock.Now()).AddDays(14)
	must(t, s.Designs.Move(t.Context(), s.App.As("office"), design, models.VerbAskComment, catalogue.MoveInput{Due: due}))
}

// standards fills in what the plan's own templates leave to the type of a field.
func (s *site) standards(t *testing.T, design int64) {
	t.Helper()
	p, err := s.Designs.Page(t.Context(), s.App.As("office"), design)
	must(t, err)
	for _, r := range p.Reasons {
		if r.Field == "" { // such as that nothing has been changed yet
			continue
		}
		at := slices.IndexFunc(p.Design.Definition.Fields, func(f models.Field) bool { return f.Code == r.Field })
		if at < 0 {
			t.Fatalf("cannot mend %+v", r)
		}
		f := p.Design.Definition.Fields[at]
		in := catalogue.FieldInput{Was: f.Code, Seen: catalogue.Fingerprint(f), Field: f}
		in.Field.Standard = "与证照所载一致"
		must(t, s.Designs.SaveField(t.Context(), s.App.As("office"), design, in))
	}
}

// publishedDesign returns the design of the version with which a template came.
func (s *site) publishedDesign(t *testing.T, template string) int64 {
	t.Helper()
	v, err := s.Catalogue.Version(t.Context(), s.App.As("office"), template, 1)
	must(t, err)
	_, own, err := s.Designs.OfTemplate(t.Context(), s.App.As("office"), template, v.ID)
	must(t, err)
	return own.ID
}

// designPages are the pages of the template designer for TestEveryPage, and the files that it sends.
func (g *gallery) designPages(t *testing.T) (pages, downloads []page) {
	t.Helper()
	d := g.design(t)
	at, one := paths.ToDesign, func(pattern string, design int64, name, value string) string {
		return paths.With(paths.ToDesign(pattern, design), name, value)
	}
	move := func(verb workflow.Verb, design int64, as string) page {
		return page{paths.ToDesignMovePattern(string(verb)), as, paths.ToDesignMove(design, string(verb))}
	}
	pages = []page{
		{paths.Template, "office", paths.ToTemplate("zjj-02")}, {paths.TemplateCompare, "liaison.zjj", paths.ToTemplateCompare("zjj-02")},
		{paths.Designs, "office", paths.Designs}, {paths.Designs, "liaison.zjj", paths.Designs}, {paths.Designs, "tax", paths.With(paths.Designs, "q", "没有这一项")},
		{paths.DesignNew, "office", paths.DesignNew},
		{paths.Design, "office", at(paths.Design, d.fresh)}, {paths.Design, "office", one(paths.Design, d.fresh, "field", "record_price2")},
		{paths.Design, "office", one(paths.Design, d.fresh, "new", "1")}, {paths.Design, "liaison.zjj", one(paths.Design, d.commenting, "field", "presale_floors")},
		{paths.Design, "office2", at(paths.Design, d.ready)}, {paths.Design, "office", at(paths.Design, d.published)},
		{paths.DesignRemove, "office", one(paths.DesignRemove, d.fresh, "field", "project_code")},
		{paths.DesignAbout, "office", at(paths.DesignAbout, d.fresh)}, {paths.DesignAbout, "chief.zjj", at(paths.DesignAbout, d.commenting)},
		{paths.DesignRules, "office", one(paths.DesignRules, d.fresh, "new", "1")}, {paths.DesignRules, "liaison.zjj", at(paths.DesignRules, d.commenting)},
		{paths.DesignLists, "office", one(paths.DesignLists, d.fresh, "new", "1")}, {paths.DesignLists, "tax", at(paths.DesignLists, d.commenting)},
		{paths.DesignComments, "office", at(paths.DesignComments, d.commenting)}, {paths.DesignComments, "liaison.zjj", at(paths.DesignComments, d.commenting)},
		{paths.DesignComments, "office", at(paths.DesignComments, d.fresh)},
		{paths.DesignTrials, "liaison.zjj", at(paths.DesignTrials, d.commenting)}, {paths.DesignTrials, "office", at(paths.DesignTrials, d.fresh)},
		{paths.DesignTrial, "liaison.zjj", paths.ToDesignTrial(d.commenting, d.trial)},
		{paths.DesignCompare, "office", at(paths.DesignCompare, d.commenting)}, {paths.DesignCompare, "office2", at(paths.DesignCompare, d.ready)},
		move(models.VerbAskComment, d.fresh, "office"), move(models.VerbDiscardDesign, d.fresh, "office"), move(models.VerbHandOver, d.commenting, "office"),
		move(models.VerbRevise, d.commenting, "office"), move(models.VerbPublish, d.ready, "office2"), move(models.VerbRetire, d.published, "office"),
	}
	downloads = []page{
		{paths.TemplateTable, "liaison.zjj", paths.ToTemplateTable("zjj-02")}, {paths.DesignsExport, "tax", paths.DesignsExport},
		{paths.DesignWorkbook, "liaison.zjj", at(paths.DesignWorkbook, d.commenting)}, {paths.DesignSchema, "tax", at(paths.DesignSchema, d.commenting)},
		{paths.DesignTable, "chief.zjj", at(paths.DesignTable, d.commenting)},
	}
	return pages, downloads
}
