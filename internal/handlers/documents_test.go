package handlers_test

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/internal/services/filing"
	"taxportal/internal/testkit"
)

// send uploads files for the court's task through the form, as its page without script does.
func (w *town) send(parts ...part) *testkit.Answer {
	w.t.Helper()
	c := w.as("court")
	body, kind := uploadForm(w.t, append([]part{{"_csrf", "", c.Token()}}, parts...)...)
	a := c.Send(request("POST", paths.ToTaskUpload(testkit.CourtTask), kind, body.String()))
	w.Work()
	return a
}

// table is the register of the court as a part of the upload form.
func (w *town) table(names ...string) part {
	return part{"file", "裁判文书10月.csv", string(w.Rulings(names...))}
}

func document(name, text string) part { return part{"file", name, string(testkit.PDF(text))} }

func TestDocuments_ThePlaceForFilesTakesThemWhereRowsNameThem(t *testing.T) {
	w := newTown(t)
	w.OpenCourt()
	page := w.as("court").Get(paths.ToTask(testkit.CourtTask)).WantStatus(200).Want("表中写明的附件", "一次选上")
	drop := page.Doc().Find("form[data-upload]")
	if accept := drop.Find("input[type=file]").AttrOr("accept", ""); !strings.Contains(accept, ".ofd") || !strings.Contains(accept, ".xlsx") {
		t.Errorf("it takes %s", accept)
	}
	if most := drop.AttrOr("data-files", ""); most != strconv.Itoa(filing.MaxFiles+filing.MaxDocuments) {
		t.Errorf("it takes %s files", most)
	}
	w.as("liaison.zjj").Get(paths.ToTask(zjjTask)).WantStatus(200).Not("附件", ".ofd")
}

func TestDocuments_AMissingOneIsToldByItsRowAndAllAreListed(t *testing.T) {
	w := newTown(t)
	w.OpenCourt()
	w.send(w.table("一号.pdf", "二号.pdf", ""), document("一号.pdf", "一")).Follow().WantStatus(200).
		Want("1 行错误", "没有收到附件“二号.pdf”", "附件　1 个", "第 2 行")
	a := w.send(w.table("一号.pdf", "二号.pdf", "一号.pdf"), document("一号.pdf", "一"), document("二号.pdf", "二")).Follow().WantStatus(200).
		Want("校验通过", "附件　2 个").Not("与批次")
	rows := a.Doc().Find("#documents tbody tr")
	if rows.Length() != 2 || !strings.Contains(words(rows.First()), "一号.pdf") || !strings.Contains(words(rows.First()), "第 2、4 行") {
		t.Errorf("listed %q", words(rows))
	}
	if sum := words(rows.First().Find(".gz-cell")); len(sum) != 12 {
		t.Errorf("checksum %q", sum)
	}
	code := testkit.CourtTask + "-2"
	w.move("court", code, models.VerbSubmit, filing.MoveInput{})
	w.move(testkit.CourtChief, code, models.VerbSign, filing.MoveInput{})
	w.as("office").Get(paths.ToBatch(code)).WantStatus(200).Want("附件　2 个", paths.ToBatchFile(code, 1))
	w.as("office").Get(paths.ToBatchReceipt(code)).WantStatus(200).Want("附件", "2 个", "二号.pdf")
}

func TestDocuments_WhoTakesOneAndUnderWhichName(t *testing.T) {
	w := newTown(t)
	w.OpenCourt()
	name := "<b>一号</b>；\"乙\".pdf"
	w.send(w.table("一号.pdf"), document("一号.pdf", "一"), document(name, "二"))
	code := testkit.CourtTask + "-1"
	for _, user := range []string{"court", testkit.CourtChief, "office"} {
		d := w.as(user).Get(paths.ToBatchFile(code, 1)).WantStatus(200)
		kind, params, err := mime.ParseMediaType(d.Header.Get("Content-Disposition"))
		if err != nil || kind != "attachment" || params["filename"] != "一号.pdf" || d.Body != string(testkit.PDF("一")) {
			t.Errorf("%s: %s, %q: %v", user, d.Header.Get("Content-Disposition"), d.Body, err)
		}
		if h := d.Header; h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Type") != "application/octet-stream" || !strings.Contains(h.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: %v", user, h)
		}
	}
	for user, status := range map[string]int{"liaison.zjj": 404, "chief.fgw": 404, "office.gt": 404, "liaison.dcf": 404, "leader": 403, "tax": 403, "sysadmin": 403} {
		w.as(user).Get(paths.ToBatchFile(code, 1)).WantStatus(status)
	}
	for _, seq := range []string{"3", "-1", "01x", "99999999999999999999", "%2e%2e"} {
		if a := w.as("court").Get(paths.ToBatch(code) + "/files/" + seq); a.Status != http.StatusNotFound {
			t.Errorf("file %s: %d", seq, a.Status)
		}
	}
	w.as("court").Get(paths.ToBatchAnnotated(code, 1)).WantStatus(http.StatusConflict)
	if page := w.as("court").Get(paths.ToBatch(code)); page.Doc().Find("#documents b").Length() != 0 {
		t.Error("a name is shown as markup")
	}
}

func TestDocuments_ARefusalComesBackWithTheForm(t *testing.T) {
	w := newTown(t)
	w.OpenCourt()
	for name, tc := range map[string]struct {
		parts []part
		want  string
	}{
		"no table":            {[]part{document("一号.pdf", "一")}, "没有表格"},
		"two of one name":     {[]part{w.table("一号.pdf"), document("一号.pdf", "一"), document("一号 .PDF", "二")}, "文件名相同"},
		"another content":     {[]part{w.table("一号.pdf"), document("一号.jpg", "一")}, "文件名应以 .pdf 结尾"},
		"nothing of ours":     {[]part{w.table("一号.pdf"), {"file", "一号.rar", "Rar!\x1a\x07\x00"}}, "可以接收的附件"},
		"the same file twice": {[]part{w.table("一号.pdf"), document("一号.pdf", "一"), document("二号.pdf", "一")}, "内容完全相同"},
	} {
		a := w.send(tc.parts...).WantStatus(422).Want(tc.want)
		if a.Doc().Find("form[data-upload] [role=alert]:not([hidden])").Length() != 1 {
			t.Errorf("%s: the form does not come back with the message", name)
		}
	}
	w.nothing()
}
