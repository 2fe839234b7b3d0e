package form_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"taxportal/internal/handlers/form"
	"taxportal/internal/models"
)

// posted is a request with a form and a query.
func posted(t *testing.T, query string, values url.Values) echo.Context {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/x?"+query, strings.NewReader(values.Encode()))
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	return echo.New().NewContext(r, httptest.NewRecorder())
}

func TestText_takesPostedValuesAlone(t *testing.T) {
	c := posted(t, "name=query&only=query", url.Values{"name": {"  王静\t"}, "dirty": {"a\x00b\xff"}, "secret": {" a b "}, "list": {"x", "\x00"}})
	for name, want := range map[string]string{"name": "王静", "only": "", "dirty": "ab", "none": ""} {
		if got := form.Text(c, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := form.Secret(c, "secret"); got != " a b " {
		t.Errorf("a password came as %q", got)
	}
	if got := form.List(c, "list"); !slices.Equal(got, []string{"x", ""}) {
		t.Errorf("the list is %q", got)
	}
}

func TestQuery_leavesOutWhatNoDatabaseTakes(t *testing.T) {
	c := posted(t, "q=%20a%00b%ff%20&post=", url.Values{"only": {"posted"}})
	if got := form.Query(c, "q"); got != "ab" {
		t.Errorf("%q", got)
	}
	if got := form.Query(c, "only"); got != "" {
		t.Errorf("a posted value came as a query: %q", got)
	}
}

func TestDay_takesTheFormsThatPeopleUse(t *testing.T) {
	for typed, want := range map[string]models.Day{
		"2026-11-05": "2026-11-05", "2026-11-5": "2026-11-05", "2026.1.5": "2026-01-05", "2026/11/05": "2026-11-05", "2026年11月5日": "2026-11-05",
		" 2026-11-05 ": "2026-11-05", "": "", "gestern": "gestern", "2026-13-40": "2026-13-40", "11-05": "11-05",
	} {
		c := posted(t, url.Values{"day": {typed}}.Encode(), url.Values{"day": {typed}})
		if got, query := form.Day(c, "day"), form.QueryDay(c, "day"); got != want || query != want {
			t.Errorf("%q: %q and %q, want %q", typed, got, query, want)
		}
	}
}

func TestPage_isAtLeastOne(t *testing.T) {
	for typed, want := range map[string]int{"": 1, "1": 1, "7": 7, "0": 1, "-3": 1, "x": 1, "9999999999": 1, "1.5": 1} {
		if got := form.Page(posted(t, url.Values{"page": {typed}}.Encode(), nil)); got != want {
			t.Errorf("page %q is %d, want %d", typed, got, want)
		}
	}
}

func TestID_isNoneWhereItIsNoNumber(t *testing.T) {
	for typed, want := range map[string]int64{"7": 7, "": 0, "-7": 0, "x": 0, "7x": 0, "99999999999999999999": 0} {
		c := posted(t, "", nil)
		c.SetParamNames("id")
		c.SetParamValues(typed)
		if got := form.ID(c, "id"); got != want {
			t.Errorf("%q is %d, want %d", typed, got, want)
		}
	}
}
