package handlers

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/internal/workflow"
	"taxportal/web/views/components"
	"taxportal/web/views/templateview"
	"taxportal/web/views/words"
)

// designPage asks the service for a design of the address.
func (a *App) designPage(c echo.Context) (*catalogue.DesignPage, error) {
	return a.Designs.Page(c.Request().Context(), actor(c), form.ID(c, "design"))
}

// designFrame puts what all pages of a design have in common into the view's words.
func (a *App) designFrame(c echo.Context, p *catalogue.DesignPage, part templateview.Part) templateview.Frame {
	who, d := actor(c), p.Design
	f := templateview.Frame{
		Shell: a.Shell(c, d.Definition.Name, crumb("信息模板", paths.Templates), crumb("模板草稿", paths.Designs)), Now: a.Now(), Design: d, Units: p.Units,
		Part: part, Next: designNext(p), Moves: p.Moves, Comments: len(p.Comments), Open: p.OpenComments(), Trials: len(p.Trials), Earlier: len(p.Earlier) > 0,
		CanEdit: p.CanEdit, CanSay: p.CanSay, CanTry: p.CanTry, SeesTry: a.Guard.Can(who, "template", "trial"),
	}
	var due []string
	for _, item := range p.Items {
		if cycle := cycles[item.Cycle]; !slices.Contains(due, cycle) {
			due = append(due, cycle)
		}
		line := templateview.ItemLine{Name: models.ItemCode(item.Code) + " " + item.Name, URL: paths.ToItem(item.Code),
			Text: fmt.Sprintf("%s，%s，期限日为期末后 %d 日，期限日后 %s锁定", item.Unit.Name, cycles[item.Cycle], item.DueDays, lockWords(item.LockDays))}
		if a.Guard.Can(who, "catalogue", "edit") {
			line.Edit = paths.ToItemPart(paths.ItemEdit, item.Code)
		}
		f.Items = append(f.Items, line)
	}
	f.Due = strings.Join(due, "、")
	f.Editing = part == templateview.PartAbout && p.CanEdit || part == templateview.PartComments && p.CanSay || part == templateview.PartTrials && p.CanTry
	for _, r := range p.Reasons {
		f.Reasons = append(f.Reasons, templateview.Reason{Text: r.Text, URL: reasonURL(d.ID, r)})
	}
	f.Hint = designHint(p, f, a.Guard.Can(who, "template", "design"))
	return f
}

// designHint is the button beside the next step: what the reader can do at once and where. Steps of the workflow stand
// in the head of the page.
func designHint(p *catalogue.DesignPage, f templateview.Frame, designs bool) *components.Action {
	small := func(label, to string) *components.Action {
		return &components.Action{Label: label, URL: components.URL(to), Small: true}
	}
	d := p.Design
	switch {
	case d.VersionID != nil:
		return small("查看模板", paths.With(paths.ToTemplate(d.TemplateCode), "version", decimal(int64(d.No))))
	case designs && f.Open > 0:
		return small(fmt.Sprintf("答复 %d 条意见", f.Open), paths.ToDesign(paths.DesignComments, d.ID))
	case p.CanEdit && len(f.Reasons) > 0:
		return small(fmt.Sprintf("补齐 %d 处", len(f.Reasons)), f.Reasons[0].URL)
	case p.CanSay && !designs && !p.Spoken && f.Part != templateview.PartComments:
		return small("提出意见", paths.ToDesign(paths.DesignComments, d.ID)+"#say")
	}
	return nil
}

func lockWords(days int) string {
	if days == 0 {
		return "按统一规定"
	}
	return fmt.Sprintf("%d 日", days)
}

// reasonURL is the page on which a reason is mended.
func reasonURL(design int64, r catalogue.Reason) string {
	part, _, _ := strings.Cut(r.Path, ".")
	switch {
	case r.Field != "":
		return paths.ToDesignField(design, r.Field)
	case r.Rule != "":
		return paths.With(paths.ToDesign(paths.DesignRules, design), "rule", r.Rule) + "#edit"
	case r.List != "":
		return paths.With(paths.ToDesign(paths.DesignLists, design), "list", r.List) + "#edit"
	case part == "fields", part == "subject":
		return paths.ToDesign(paths.Design, design) + "#fields"
	case part == "rules":
		return paths.ToDesign(paths.DesignRules, design)
	case part == "lists":
		return paths.ToDesign(paths.DesignLists, design)
	}
	return paths.ToDesign(paths.DesignAbout, design) + "#edit"
}

// designNext fills the sentence of the design's state from the workflow's table.
func designNext(p *catalogue.DesignPage) []workflow.Segment {
	d, submitter := p.Design, ""
	for _, e := range p.History {
		if e.Verb == models.VerbHandOver {
			submitter = e.ActorName
		}
	}
	units := strings.Join(p.Units, "、")
	if units == "" {
		units = "提供单位"
	}
	due := ""
	if !d.CommentDue.IsZero() {
		due = words.Day(d.CommentDue)
	}
	return workflow.Sentence(models.TemplateFlow.Describe(d.State).Next, map[string]string{
		"editor": d.CreatedName, "units": units, "due": due, "submitter": submitter, "from": d.EffectiveFrom.Label(),
	})
}

// design shows the fields of a design, with one of them in the editor.
func (a *App) design(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	edit := fieldEdit{code: form.Query(c, "field"), fresh: form.Query(c, "new") != ""}
	if f, ok := p.Design.Definition.Field(edit.code); ok {
		edit.input = catalogue.FieldInput{Was: f.Code, Field: f, Repeat: p.Design.Repeats[f.Code], Seen: catalogue.Fingerprint(f)}
		return a.showDesign(c, http.StatusOK, p, &edit, "")
	}
	if edit.fresh && p.CanEdit {
		edit.input.Field.Type = models.TypeText
		return a.showDesign(c, http.StatusOK, p, &edit, "")
	}
	return a.showDesign(c, http.StatusOK, p, nil, "")
}

// fieldEdit is what stands in the editor: a field as it is, or as somebody has typed it.
type fieldEdit struct {
	code   string
	fresh  bool // a new field
	input  catalogue.FieldInput
	errors map[string]string
	typed  map[string]string // numbers as they were typed, by the name of the input
}

func (a *App) showDesign(c echo.Context, code int, p *catalogue.DesignPage, edit *fieldEdit, conflict string) error {
	view := templateview.DesignPage{Frame: a.designFrame(c, p, templateview.PartFields), History: p.History, Preview: previewOf(p), Versions: versionLines(p)}
	view.Conflict, view.Editing = conflict, edit != nil && p.CanEdit
	published := publishedFields(p)
	for i, f := range p.Design.Definition.Fields {
		view.Lines = append(view.Lines, templateview.FieldLine{Letter: sheet.ColumnName(i), Field: f, Kind: ingest.TypeTitle(f.Type), Missing: missingOf(f),
			Added: len(p.Earlier) > 0 && !published[f.Code], Repeats: len(p.Repeated[f.Code]) > 0 && p.Design.Repeats[f.Code] == ""})
	}
	if edit != nil {
		view.Selected = edit.input.Was
		view.Form = fieldForm(p, edit, published)
	}
	return respond.Page(c, code, templateview.Design(view), nil)
}

func missingOf(f models.Field) string {
	switch {
	case strings.TrimSpace(f.Caliber) == "":
		return "缺口径"
	case f.Type == models.TypeText && f.Required && f.Pattern == "" && f.Standard == "":
		return "缺标准"
	}
	return ""
}

func publishedFields(p *catalogue.DesignPage) map[string]bool {
	known := map[string]bool{}
	for _, v := range p.Earlier {
		for _, f := range v.Definition.Fields {
			known[f.Code] = true
		}
	}
	return known
}

// versionLines are the design itself and the versions before it, newest first.
func versionLines(p *catalogue.DesignPage) []templateview.VersionLine {
	d := p.Design
	lines := []templateview.VersionLine{{No: d.No, When: words.Full(max(d.EditedAt, d.CreatedAt)), DateTime: words.Machine(max(d.EditedAt, d.CreatedAt)),
		Note: models.TemplateFlow.Describe(d.State).Label + summaryOf(p)}}
	for _, v := range p.Earlier {
		note := "自" + v.EffectiveFrom.Label() + "起"
		if v.Status == models.TemplateRetired {
			note = "停用"
		}
		lines = append(lines, templateview.VersionLine{No: v.No, When: words.Full(v.PublishedAt) + " 发布", DateTime: words.Machine(v.PublishedAt), Note: note,
			URL: paths.With(paths.ToTemplate(v.Template.Code), "version", decimal(int64(v.No)))})
	}
	return lines
}

func summaryOf(p *catalogue.DesignPage) string {
	if len(p.Earlier) == 0 {
		return ""
	}
	return "，" + models.Compare(&p.Earlier[0].Definition, &p.Design.Definition, ingest.TypeTitle).Summary()
}

// previewOf is the beginning of the workbook that units will get.
func previewOf(p *catalogue.DesignPage) templateview.Preview {
	def := p.Design.Definition
	view := templateview.Preview{Title: def.Name, Hint: "报送单位：" + strings.Join(p.Units, "、") + "　　期限：" + def.Deadline + "　　带 * 的列必填；灰色列为文本格式，请勿改动表头和列序"}
	for i, f := range def.Fields {
		view.Letters = append(view.Letters, sheet.ColumnName(i))
		view.Titles = append(view.Titles, office.Header(f))
		view.Examples = append(view.Examples, ingest.Example(f))
		view.Texts = append(view.Texts, !f.Numeric() && f.Type != models.TypeDate && f.Type != models.TypeTime)
	}
	return view
}

// saveField saves the field in the editor.
func (a *App) saveField(c echo.Context) error {
	in := postedField(c)
	err := a.Designs.SaveField(c.Request().Context(), actor(c), form.ID(c, "design"), in)
	id := form.ID(c, "design")
	if err == nil {
		return a.done(c, paths.ToDesignField(id, in.Field.Code), "字段“"+in.Field.Name+"”已保存。")
	}
	fields, invalid := fault.Fields(err)
	if !invalid && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, pageErr := a.designPage(c)
	if pageErr != nil {
		return err
	}
	edit := fieldEdit{code: in.Was, fresh: in.Was == "", input: in, errors: fields, typed: typedNumbers(c)}
	message := ""
	if !invalid {
		message, _ = fault.Message(err)
		edit.input.Seen = ""
		if f, ok := p.Design.Definition.Field(in.Was); ok {
			edit.input.Seen = catalogue.Fingerprint(f)
		} else {
			edit.input.Was = "" // removed meanwhile: saved once more it is a new one
		}
	}
	return a.showDesign(c, status(err), p, &edit, message)
}

// orderFields moves a field up or down.
func (a *App) orderFields(c echo.Context) error {
	code, by := form.Text(c, "up"), -1
	if code == "" {
		code, by = form.Text(c, "down"), 1
	}
	id := form.ID(c, "design")
	if err := a.Designs.MoveField(c.Request().Context(), actor(c), id, code, by); err != nil {
		return err
	}
	to := paths.ToDesign(paths.Design, id) + "#fields"
	if open := form.Text(c, "field"); open != "" {
		to = paths.With(paths.ToDesign(paths.Design, id), "field", open) + "#fields"
	}
	return respond.SeeOther(c, to)
}

// designWorkbook sends the workbook of a design, as units would get it.
func (a *App) designWorkbook(c echo.Context) error {
	return a.sendDesign(c, "", func(out io.Writer, p *catalogue.DesignPage) error {
		return office.TemplateWorkbook(out, p.Design.Definition, office.WorkbookOptions{UnitName: strings.Join(p.Units, "、")})
	})
}

// designTable sends the definition table of a design.
func (a *App) designTable(c echo.Context) error {
	return a.sendDesign(c, "定义表", func(out io.Writer, p *catalogue.DesignPage) error {
		return office.DefinitionTable(out, p.Design.Definition)
	})
}

// sendDesign sends a workbook that is made of a design.
func (a *App) sendDesign(c echo.Context, what string, write func(io.Writer, *catalogue.DesignPage) error) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	if len(p.Design.Definition.Fields) == 0 {
		return fault.New(fault.Conflict, "草稿还没有字段，没有工作簿可以下载。")
	}
	var out bytes.Buffer
	if err := write(&out, p); err != nil {
		return err
	}
	respond.Attach(c, fmt.Sprintf("%s%s（第%d版%s）.xlsx", p.Design.Definition.Name, what, p.Design.No, models.TemplateFlow.Describe(p.Design.State).Label), respond.TypeXLSX)
	return c.Blob(http.StatusOK, respond.TypeXLSX, out.Bytes())
}

// designSchema answers programs with a design as Frictionless Table Schema.
func (a *App) designSchema(c echo.Context) error {
	p, err := a.designPage(c)
	if err != nil {
		return err
	}
	content, err := office.Schema(p.Design.Definition)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, respond.TypeJSON, content)
}
