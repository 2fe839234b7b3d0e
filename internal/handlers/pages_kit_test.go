package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
	"taxportal/internal/workflow"
)

// town is a portal in the course of its work, with a browser for each of its people.
type town struct {
	*testkit.App
	t       *testing.T
	clients map[string]*testkit.Client
}

func newTown(t *testing.T) *town {
	t.Helper()
	return &town{App: testkit.New(t), t: t, clients: map[string]*testkit.Client{}}
}

// as returns the browser of a person.
func (w *town) as(username string) *testkit.Client {
	w.t.Helper()
	if w.clients[username] == nil {
		w.clients[username] = w.LoginAs(username)
	}
	return w.clients[username]
}

func (w *town) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// upload files rows for a task and works its check; it returns the batch's code.
func (w *town) upload(task string, rows int) string {
	w.t.Helper()
	item, month := task[:strings.LastIndexByte(task, '-')], task[strings.LastIndexByte(task, '-')+1:]
	period := models.Period(month[:4] + "-" + month[4:])
	content := testkit.RowsOf(w.t, strings.ToLower(item), period, rows).CSV()
	unit, _, _ := strings.Cut(strings.ToLower(item), "-")
	b, err := w.Filing.Upload(w.t.Context(), w.As("liaison."+unit), task, []filing.UploadedFile{w.File("报送.csv", content)})
	w.ok(err)
	w.Work()
	return b.Code
}

// filed brings rows for a task to the Office's inbox.
func (w *town) filed(task string, rows int) string {
	w.t.Helper()
	code := w.upload(task, rows)
	unit, _, _ := strings.Cut(strings.ToLower(task), "-")
	w.move("liaison."+unit, code, models.VerbSubmit, filing.MoveInput{})
	w.move("chief."+unit, code, models.VerbSign, filing.MoveInput{})
	return code
}

// accepted brings rows for a task into force.
func (w *town) accepted(task string, rows int) string {
	w.t.Helper()
	code := w.filed(task, rows)
	w.move("office", code, models.VerbAccept, filing.MoveInput{})
	return code
}

func (w *town) move(username, code string, verb workflow.Verb, in filing.MoveInput) {
	w.t.Helper()
	w.ok(w.Filing.Move(w.t.Context(), w.As(username), code, verb, in))
}

// day sets the clock to ten o'clock of a day and opens what has to be opened by then.
func (w *town) day(day models.Day) {
	w.t.Helper()
	w.Clock.Set(day, 10, 0)
	_, err := w.Filing.OpenPeriods(w.t.Context())
	w.ok(err)
	w.clients = map[string]*testkit.Client{} // sessions of the days before have ended
}

// values returns form values from names and values by turns.
func values(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// words returns the text of what matches, blanks made one.
func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// heads returns the heads of the page's first table.
func heads(doc *goquery.Document) []string {
	var list []string
	doc.Find("table").First().Find("thead th").Each(func(_ int, th *goquery.Selection) { list = append(list, words(th)) })
	return list
}

// next returns the sentence 下一步 and the classes of its bar.
func next(doc *goquery.Document) (sentence, class string) {
	bar := doc.Find(".gz-next")
	class, _ = bar.Attr("class")
	return words(bar.Find("p")), class
}

// seen is the last step of a batch, as the forms of a page opened now carry it.
func (w *town) seen(code string) string {
	w.t.Helper()
	var step int64
	w.ok(w.DB.Read.Raw("SELECT coalesce(max(e.id), 0) FROM flow_events e JOIN batches b ON b.id = e.record_id WHERE e.flow = ? AND b.code = ?",
		models.FilingFlow.Name, strings.ToUpper(code)).Scan(&step).Error)
	return fmt.Sprint(step)
}
