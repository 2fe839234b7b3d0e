package handlers

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/respond"
	"taxportal/internal/ingest"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/paths"
	"taxportal/web/views/filingview"
)

// number reads a number of an address or a form: 0 where there is none, and −1, which names nothing, for what is no
// number.
func number(text string) int64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// batchFile sends a file as it was uploaded.
func (a *App) batchFile(c echo.Context) error {
	content, file, err := a.Filing.Original(c.Request().Context(), actor(c), c.Param("batch"), int(number(c.Param("seq"))))
	if err != nil {
		return err
	}
	defer content.Close()
	respond.Attach(c, file.Name, respond.TypeAny)
	c.Response().Header().Set(echo.HeaderContentLength, decimal(content.Size()))
	return send(c, content)
}

// annotated sends the unit's own file with what is wrong marked in it.
func (a *App) annotated(c echo.Context) error {
	file, err := a.Filing.Annotate(c.Request().Context(), actor(c), c.Param("batch"), int(number(form.Query(c, "file"))))
	if err != nil {
		return err
	}
	respond.Attach(c, file.Name, file.Format.ContentType())
	return errors.Join(send(c, file), file.Close())
}

// send copies a download. Once bytes are on their way there is nothing to answer with but an end, so what cannot be read
// at all is found out before.
func send(c echo.Context, content io.Reader) error {
	readable := bufio.NewReader(content)
	if _, err := readable.Peek(1); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	c.Response().WriteHeader(http.StatusOK)
	_, err := io.Copy(c.Response(), readable)
	return err
}

// findings sends all findings of a batch, or those of one rule, as a workbook.
func (a *App) findings(c echo.Context) error {
	ctx, who, code := c.Request().Context(), actor(c), c.Param("batch")
	list, err := a.Filing.FindingList(ctx, who, code, number(form.Query(c, "rule")))
	if err != nil {
		return err
	}
	title := "问题清单 " + list.Batch.Code
	if list.Rule != nil {
		title += " " + list.Rule.Title
	}
	return a.sendTable(c, office.Table{Title: title, Mark: a.mark(who), Columns: findingColumns, Rows: tableRows(func(each func(...any) error) error {
		return a.Filing.Findings(ctx, who, list, func(f ingest.Finding) error { return each(findingRow(list.Batch.Files, f)...) })
	})})
}

var findingColumns = []office.Column{
	{Title: "文件"}, {Title: "工作表"}, {Title: "行", Kind: office.Count}, {Title: "列"}, {Title: "字段"}, {Title: "错误或提醒"}, {Title: "填的值"},
	{Title: "问题", Width: 50}, {Title: "怎样修改", Width: 50}, {Title: "核对后可改为"},
}

func findingRow(files []models.BatchFile, f ingest.Finding) []any {
	name, severity := "", "错误"
	if f.File < len(files) {
		name = files[f.File].Name
	}
	if f.Severity == models.SeverityWarning {
		severity = "提醒"
	}
	return []any{name, f.Sheet, f.Row, f.Column, f.Name, severity, f.Value, f.Message, f.Advice, f.Suggest}
}

// mark says who takes a list away and when.
func (a *App) mark(who models.Actor) office.Mark {
	return office.Mark{By: who.Name + "（" + who.Post() + "）", At: models.At(a.Now())}
}

// receipt shows the receipt of a signed batch as it prints.
func (a *App) receipt(c echo.Context) error {
	b, err := a.Filing.Receipt(c.Request().Context(), actor(c), c.Param("batch"))
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, filingview.Receipt(filingview.ReceiptPage{
		Shell: a.Shell(c, "报送回执"), Task: *b.Task, Batch: *b, Back: paths.ToBatch(b.Code),
	}), nil)
}
