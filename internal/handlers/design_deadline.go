package handlers

import (
	"context"
	"fmt"

	"taxportal/internal/paths"
	"taxportal/internal/services/catalogue"
	"taxportal/web/views/components"
)

// deadlines says on an item's page where its template's 期限 says something else than the item does.
func (a *App) deadlines(ctx context.Context, p catalogue.ItemPage) ([]components.Sentence, error) {
	found, err := a.Designs.Deadlines(ctx, p)
	notes := make([]components.Sentence, 0, len(found))
	for _, d := range found {
		from := ""
		if d.From != "" {
			from = "自" + d.From.Label() + "起，"
		}
		notes = append(notes, components.Sentence{components.Plain(from),
			components.Linked(fmt.Sprintf("模板第 %d 版", d.Version), components.URL(paths.With(paths.ToTemplate(p.Item.Template.Code), "version", decimal(int64(d.Version))))),
			components.Plain("的" + d.Text + "请办公室起草模板的下一版，改写期限。")})
	}
	return notes, err
}
