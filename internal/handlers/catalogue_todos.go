package handlers

import (
	"github.com/labstack/echo/v4"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/web/views/components"
	"taxportal/web/views/layout"
)

// deskTodos are the proposals and calls that wait for the actor, as the workbench lists them.
func (a *App) deskTodos(c echo.Context, who models.Actor) ([]filing.Todo, error) {
	list, err := a.Desk.Todos(c.Request().Context(), who)
	todos := make([]filing.Todo, len(list))
	for i, t := range list {
		url := paths.ToCall(t.Code)
		if t.Proposal {
			url = paths.ToProposal(t.Code)
		}
		todos[i] = filing.Todo{DueAt: t.DueAt, Late: t.Late, Title: t.Title, Note: t.Note, State: t.State, Flow: t.Flow, URL: url, Last: t.Last, LastAt: t.LastAt,
			Code: t.Code, Verb: t.Verb, Unit: t.Unit}
	}
	return todos, err
}

// waitingIn counts the to-dos that are meant, and says whether one is late.
func waitingIn(todos []filing.Todo, meant func(filing.Todo) bool) (n int, late bool) {
	for _, t := range todos {
		if meant(t) {
			n++
			late = late || t.Late
		}
	}
	return n, late
}

// catalogueNav is the navigation's entry of the catalogue: items, proposals, ad-hoc calls.
func (a *App) catalogueNav(c echo.Context, who models.Actor, todos []filing.Todo) layout.NavItem {
	path := c.Path()
	inCalls, inProposals := under(path, paths.Calls), under(path, paths.Proposals)
	item := layout.NavItem{Icon: components.IconFolders, Label: "共享目录", URL: components.URL(paths.Catalogue), Open: under(path, paths.Catalogue)}
	item.Count, item.Late = waitingIn(todos, func(t filing.Todo) bool {
		return t.Flow != nil && (t.Flow.Name == models.ProposalFlow.Name || t.Flow.Name == models.CallFlow.Name)
	})
	item.Children = []layout.NavItem{{Label: "目录项", URL: components.URL(paths.Catalogue), Current: item.Open && !inCalls && !inProposals},
		{Label: "变更申请", URL: components.URL(paths.Proposals), Current: inProposals}}
	if a.Guard.Can(who, "call", "view") {
		item.Children = append(item.Children, layout.NavItem{Label: "专项需求", URL: components.URL(paths.Calls), Current: inCalls})
	}
	return item
}
