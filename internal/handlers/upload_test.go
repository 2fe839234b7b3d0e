package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"taxportal/internal/fault"
	"taxportal/internal/filestore"
	"taxportal/internal/handlers/form"
	"taxportal/internal/handlers/middleware"
	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// part is one part of an upload form; a value has no file name.
type part struct{ name, file, text string }

// uploadForm writes an upload form as a browser does, part by part in the given order, and returns its type.
func uploadForm(t *testing.T, parts ...part) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, p := range parts {
		head := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + p.name + `"`}}
		if p.file != "" {
			head.Set("Content-Disposition", `form-data; name="`+p.name+`"; filename="`+strings.ReplaceAll(p.file, `"`, "%22")+`"`)
		}
		out, err := w.CreatePart(head)
		if err == nil {
			_, err = io.WriteString(out, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

// blobs counts what lies in the file store, finished or not.
func (w *town) blobs() (n int) {
	w.t.Helper()
	w.ok(w.Files.Walk(w.t.Context(), func(filestore.Entry) error { n++; return nil }))
	unfinished, err := os.ReadDir(filepath.Join(w.Config.Data, "files", "incoming"))
	w.ok(err)
	return n + len(unfinished)
}

// nothing fails the test if there is a batch or a file's row.
func (w *town) nothing() {
	w.t.Helper()
	var files int64
	w.ok(w.DB.Read.Model(&models.BatchFile{}).Count(&files).Error)
	if got := w.states(); got != "" || files != 0 {
		w.t.Errorf("batches %q, %d files", got, files)
	}
}

const zjjTask = "ZJJ-02-202610"

func TestUpload_AFormThatIsNotOursLeavesNothing(t *testing.T) {
	w := newTown(t)
	c, to := w.as("liaison.zjj"), paths.ToTaskUpload(zjjTask)
	token := part{"_csrf", "", c.Token()}
	file := part{"file", "报送.csv", "a,b\n1,2\n"}
	many := []part{token}
	for i := range 21 {
		many = append(many, part{"file", fmt.Sprintf("第%d个.csv", i), fmt.Sprint("a,b\n", i)})
	}
	cases := []struct {
		name  string
		parts []part
		code  int
		want  string
	}{
		{"no file", []part{token}, 422, "请选择要上传的文件"},
		{"a file field left empty", []part{token, {"file", "", ""}}, 422, "请选择要上传的文件"},
		{"no part at all", nil, 422, "没有收全"},
		{"21 files", many, 422, "最多 20 个文件"},
		{"the same file twice", []part{token, file, {"file", "又一个.csv", file.text}}, 422, "内容完全相同"},
		{"no token", []part{file}, 403, "安全核对"},
		{"the token after the file", []part{file, token}, 403, "安全核对"},
		{"a wrong token", []part{{"_csrf", "", token.text + "x"}, file}, 403, "安全核对"},
		{"a token as long as a file", []part{{"_csrf", "", strings.Repeat(token.text, 1000)}, file}, 403, "安全核对"},
		{"a long value beside the file", []part{token, {"note", "", strings.Repeat("长", 30_000)}, file}, 413, "过长"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			body, kind := uploadForm(t, tc.parts...)
			r := request("POST", to, kind, body.String())
			a := c.Send(r).WantStatus(tc.code).Want(tc.want)
			if tc.code == 422 && a.Doc().Find("form[data-upload] [role=alert]:not([hidden])").Length() != 1 {
				t.Error("the form does not come back with the message")
			}
			w.nothing()
		})
	}
	for name, r := range map[string]*http.Request{
		"a plain form": request("POST", to, urlencoded, values("_csrf", token.text, "file", "a,b").Encode()), "JSON": request("POST", to, "application/json", `{}`),
		"no boundary": request("POST", to, "multipart/form-data", "x"), "the file alone": request("POST", to, "text/csv", "a,b\n1,2\n"),
	} {
		if a := c.With("X-CSRF-Token", token.text).Send(r); a.Status != 422 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	w.nothing()
	w.Clock.Set(models.DayOf(time.Now().AddDate(0, 0, 3)), 9, 0) // files of uploads that came to nothing are swept after a day
	w.ok(w.Filing.SweepFiles(t.Context()))
	if n := w.blobs(); n != 0 {
		t.Errorf("%d files stay", n)
	}
}

// TestUpload_ThePageKnowsTheServersLimits: portal.js looks at them before it sends.
func TestUpload_ThePageKnowsTheServersLimits(t *testing.T) {
	w := newTown(t)
	drop := w.as("liaison.zjj").Get(paths.ToTask(zjjTask)).WantStatus(200).Doc().Find("form[data-upload]")
	for name, limit := range map[string]int64{"data-files": filing.MaxFiles, "data-file-bytes": filing.MaxFileBytes, "data-all-bytes": filing.MaxBatchBytes} {
		if got := drop.AttrOr(name, ""); got != strconv.FormatInt(limit, 10) {
			t.Errorf("%s is %q, the server takes %d", name, got, limit)
		}
	}
}

// TestUpload_TheScriptGetsTheFormAlone: portal.js shows what was refused in place of the form that it sent.
func TestUpload_TheScriptGetsTheFormAlone(t *testing.T) {
	w := newTown(t)
	c := w.as("liaison.zjj")
	page := c.Get(paths.ToTask(zjjTask))
	id := page.Doc().Find("form[data-upload]").AttrOr("id", "?")
	body, kind := uploadForm(t, part{"file", "报送.csv", "a,b\n"}, part{"file", "再.csv", "a,b\n"})
	script := c.With("HX-Request", "true").With("X-CSRF-Token", c.Token())
	a := script.Send(request("POST", paths.ToTaskUpload(zjjTask), kind, body.String())).WantStatus(422).Want("“再.csv”与“报送.csv”内容完全相同").Not("<html", "履约矩阵")
	if a.Doc().Find("form#"+id+" [role=alert]").Length() != 1 {
		t.Errorf("no form #%s with the message", id)
	}
	w.nothing()
	good, kind := uploadForm(t, part{"file", "报送.csv", string(testkit.Rows(t, "zjj-02", 3).CSV())})
	a = script.Send(request("POST", paths.ToTaskUpload(zjjTask), kind, good.String())).WantStatus(http.StatusNoContent)
	if got := a.Header.Get("HX-Redirect"); got != paths.ToBatch(zjjTask+"-1") {
		t.Errorf("it leads to %q", got)
	}
}

// TestUpload_NamesAreTextAndNothingElse holds what becomes of a file's name: on the page, in the workbook of findings and
// in the download.
func TestUpload_NamesAreTextAndNothingElse(t *testing.T) {
	w := newTown(t)
	content := testkit.Rows(t, "zjj-02", 3).Set(1, "region", "=1+1").CSV()
	for name, want := range map[string]string{
		`../../etc/passwd`: "passwd", `C:\Users\王静\预售.csv`: "预售.csv", `/`: "未命名文件", `..`: "..", `<img src=x onerror=alert(1)>.csv`: "<img src=x onerror=alert(1)>.csv",
		`a"; filename="b.exe`: "a%22; filename=%22b.exe", "100%;x.csv": "100%;x.csv", `=cmd|' C calc'!A1.csv`: "=cmd|' C calc'!A1.csv", "报\u202esv.exe": "报sv.exe",
		strings.Repeat("长", 300) + ".csv": strings.Repeat("长", 60) + "…" + strings.Repeat("长", 55) + ".csv", "😀 表.csv": "😀 表.csv", "a'*~`.csv": "a'*~`.csv",
	} {
		c := w.as("liaison.zjj")
		body, kind := uploadForm(t, part{"_csrf", "", c.Token()}, part{"file", name, string(content)})
		a := c.Send(request("POST", paths.ToTaskUpload(zjjTask), kind, body.String())).WantStatus(http.StatusSeeOther)
		w.Work()
		page := a.Follow().WantStatus(200).Want("有错误")
		if shown := page.Doc().Find("#files").Text(); !strings.Contains(shown, want) || page.Doc().Find("#files img").Length() != 0 {
			t.Errorf("%q is shown as %q", name, words(page.Doc().Find("#files")))
		}
		batch := a.Header.Get("Location")
		for path, name := range map[string]string{batch + "/files/0": want, batch + "/annotated": strings.TrimSuffix(want, filepath.Ext(want)) + "（批注）.xlsx"} {
			d := c.Get(path).WantStatus(200)
			kind, params, err := mime.ParseMediaType(d.Header.Get("Content-Disposition"))
			if err != nil || kind != "attachment" || params["filename"] != name {
				t.Errorf("%s of %q: %q: %v", path, name, d.Header.Get("Content-Disposition"), err)
			}
			if d.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(d.Header.Get("Cache-Control"), "no-store") {
				t.Errorf("%s: %v", path, d.Header)
			}
		}
		rows := sheet(t, c.Get(batch+"/findings"))
		if last := rows[len(rows)-1]; last[0] != want || last[6] != "=1+1" {
			t.Errorf("the workbook says %q", last)
		}
	}
}

// counting counts how much of a body has been read.
type counting struct {
	io.Reader
	read int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// TestUpload_RefusedBeforeAnyByteIsRead: for a task that takes no file none is stored, whatever its size.
func TestUpload_RefusedBeforeAnyByteIsRead(t *testing.T) {
	w := newTown(t)
	w.filed("FGW-05-202610", 5)
	before := w.blobs()
	cases := []struct {
		name, user, task string
		code             int
		want             string
	}{
		{"not open yet", "liaison.zjj", "ZJJ-02-202611", 409, "起开放填报，现在还不能上传"},
		{"of another unit", "liaison.zjj", "ZRZY-01-202610", 404, ""},
		{"none", "liaison.zjj", "ZJJ-02-209913", 404, ""},
		{"filed already", "liaison.fgw", "FGW-05-202610", 409, "待受理"},
		{"by the unit leader", "chief.zjj", zjjTask, 403, ""},
		{"by the Office", "office", zjjTask, 403, ""},
		{"by the auditor", "auditor", zjjTask, 403, ""},
		{"exempt", "liaison.zrzy", "ZRZY-01-202610", 409, "已批准免报"},
		{"locked", "liaison.zjj", zjjTask, 423, "锁定"},
	}
	w.ok(w.DB.Write.Exec("UPDATE filing_tasks SET exempted_at = 1 WHERE code = 'ZRZY-01-202610'").Error)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if tc.code == 423 {
				w.day("2027-03-01")
			}
			c := w.as(tc.user)
			body, kind := uploadForm(t, part{"_csrf", "", c.Token()}, part{"file", "报送.csv", string(testkit.Rows(t, "zjj-02", 3).CSV())})
			counted := &counting{Reader: body}
			r := request("POST", paths.ToTaskUpload(tc.task), kind, "")
			r.Body, r.ContentLength = io.NopCloser(counted), int64(body.Len())
			c.Send(r).WantStatus(tc.code).Want(tc.want)
			if counted.read != 0 || w.blobs() != before {
				t.Errorf("%d bytes read, %d files more", counted.read, w.blobs()-before)
			}
		})
	}
}

func TestUpload_TooLargeIsSaidAtOnce(t *testing.T) {
	w := newTown(t)
	c := w.as("liaison.zjj")
	_, kind := uploadForm(t)
	huge := func(path, kind string) *http.Request {
		r := request("POST", path, kind, "")
		r.ContentLength = 5 << 30
		return r
	}
	c.Send(huge(paths.ToTaskUpload(zjjTask), kind)).WantStatus(413).Want("内容过大，没有收下", "最多 1024 MB", "事件编号")
	c.With("HX-Request", "true").Send(huge(paths.ToTaskUpload(zjjTask), kind)).WantStatus(413).Want("最多 1024 MB").Not("<html")
	c.Send(huge(paths.ToTaskMessage(zjjTask), urlencoded)).WantStatus(413).Want("内容过大，没有收下", "最多 2 MB")
	w.Client().Send(huge(paths.Login, urlencoded)).WantStatus(413).Want("内容过大")
	// a body of unknown length is counted as it comes
	long := request("POST", paths.ToTaskMessage(zjjTask), urlencoded, "_csrf="+c.Token()+"&text="+strings.Repeat("a", 2<<20))
	long.ContentLength = -1
	c.Send(long).WantStatus(413).Want("最多 2 MB")
	w.nothing()
}

// TestUpload_BeyondTheLimitWhileItComes: what the head does not tell is counted part by part.
func TestUpload_BeyondTheLimitWhileItComes(t *testing.T) {
	w := newTown(t)
	c := w.as("liaison.zjj")
	var got error
	web := echo.New()
	web.POST("/up", func(e echo.Context) error {
		_, got = form.Upload(e, func(name string, content io.Reader) error {
			_, err := w.Filing.Keep(e.Request().Context(), name, content)
			return err
		})
		return nil
	}, middleware.Limit(3<<20), middleware.Sessions(w.Sessions, false))
	body, kind := uploadForm(t, part{"_csrf", "", c.Token()}, part{"file", "大.csv", strings.Repeat("a", 4<<20)})
	r := request("POST", "/up", kind, body.String())
	r.ContentLength = -1
	w.Web = web
	c.Send(r)
	if message, _ := fault.Message(got); !fault.Is(got, fault.TooLarge) || !strings.Contains(message, "最多 3 MB") || !strings.Contains(message, "拆成几个文件") {
		t.Errorf("got %v", got)
	}
	if n := w.blobs(); n != 0 {
		t.Errorf("%d files stay", n)
	}
}

// TestUpload_AConnectionLostInTheMiddle cuts a body of two files at many places.
func TestUpload_AConnectionLostInTheMiddle(t *testing.T) {
	w := newTown(t)
	c := w.as("liaison.zjj")
	body, kind := uploadForm(t, part{"_csrf", "", c.Token()}, part{"file", "一.csv", string(testkit.Rows(t, "zjj-02", 30).CSV())}, part{"file", "二.csv", "a,b\n1,2\n"})
	whole := body.String()
	token := strings.Index(whole, "一.csv")
	for _, end := range []int{token + 3, token + 60, len(whole) / 2, len(whole) - 150, len(whole) - 60, len(whole) - 10} {
		for name, cause := range map[string]error{"ends": io.EOF, "breaks": io.ErrUnexpectedEOF} {
			r := request("POST", paths.ToTaskUpload(zjjTask), kind, "")
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(whole[:end]), failing{cause}))
			r.ContentLength = int64(len(whole))
			c.Send(r).WantStatus(422).Want("上传中断，文件没有收全，请重新上传。")
			if t.Failed() {
				t.Fatalf("%s after %d of %d bytes", name, end, len(whole))
			}
		}
	}
	w.nothing()
	// the browser has gone: nobody is told, nothing is done
	ctx, cancel := context.WithCancel(t.Context())
	r := request("POST", paths.ToTaskUpload(zjjTask), kind, "").WithContext(ctx)
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(whole[:len(whole)/2]), failing{cancelling(cancel)}))
	r.ContentLength = int64(len(whole))
	c.Send(r)
	w.nothing()
	if log := w.Log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("a lost connection is logged as an error: %s", log)
	}
	c.Upload(paths.ToTaskUpload(zjjTask), "报送.csv", testkit.Rows(t, "zjj-02", 3).CSV()).WantStatus(http.StatusSeeOther)
}

// failing gives an error at the first read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// cancelling ends a request and returns what its body then gives.
func cancelling(cancel func()) error {
	cancel()
	return errors.New("connection reset by peer")
}
