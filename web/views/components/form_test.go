package components_test

import (
	"strings"
	"testing"

	. "taxportal/web/views/components"
)

func TestField_tiesLabelErrorAndHelpToTheControl(t *testing.T) {
	for _, faulty := range []bool{false, true} {
		for _, in := range sampleInputs(faulty) {
			doc := parse(t, Field(in))
			t.Run(in.Name, func(t *testing.T) {
				checkNames(t, doc)
				checkPolicy(t, doc)
				control := doc.Find(`[name="` + in.Name + `"]`).First()
				if in.Kind == InputRadio || in.Kind == InputCheckboxes {
					control = doc.Find("fieldset")
					if text(doc, "legend") == "" {
						t.Error("the group has no legend")
					}
				}
				described := attrOf(control, "aria-describedby")
				if (in.Error != "") != strings.Contains(described, in.FieldID()+"-e") || (in.Hint != "") != strings.Contains(described, in.FieldID()+"-h") {
					t.Errorf("described by %q", described)
				}
				if in.Error != "" && (text(doc, ".gz-err") != in.Error || doc.Find(".gz-err use").Length() != 1) {
					t.Error("the error is not shown with icon and sentence")
				}
				if in.Required != strings.Contains(doc.Text(), "必填") {
					t.Error("必填 is not said in words where it holds")
				}
			})
		}
	}
}

func TestField_markedInvalidOnlyWithAnError(t *testing.T) {
	for _, in := range sampleInputs(true) {
		if in.Kind == InputRadio || in.Kind == InputCheckboxes {
			continue
		}
		if got := attr(t, parse(t, Field(in)), `[name="`+in.Name+`"]`, "aria-invalid"); got != "true" {
			t.Errorf("%s: aria-invalid %q", in.Name, got)
		}
		in.Error = ""
		if got := attr(t, parse(t, Field(in)), `[name="`+in.Name+`"]`, "aria-invalid"); got != "" {
			t.Errorf("%s without an error: aria-invalid %q", in.Name, got)
		}
	}
}

func TestField_bringsBackWhatWasTypedButNoSecret(t *testing.T) {
	hostile := `"><script>alert(1)</script>`
	for _, in := range []Input{{Name: "a", Label: "甲", Value: hostile}, {Kind: InputTextarea, Name: "a", Label: "甲", Value: hostile}, {Kind: InputDate, Name: "a", Label: "甲", Value: hostile}} {
		html := render(t, Field(in))
		if strings.Contains(html, "<script") {
			t.Errorf("%s: not escaped: %s", in.Kind, html)
		}
		if doc := parse(t, Field(in)); attr(t, doc, "[name=a]", "value") != hostile && text(doc, "[name=a]") != hostile {
			t.Errorf("%s: the value did not come back", in.Kind)
		}
	}
	if html := render(t, Field(Input{Kind: InputPassword, Name: "p", Label: "密码", Value: "geheim"})); strings.Contains(html, "geheim") {
		t.Error("a password came back")
	}
}

func TestField_choicesComeBack(t *testing.T) {
	options := []Option{{Value: "a", Label: "甲"}, {Value: "b", Label: "乙", Checked: true}}
	tests := []struct {
		kind InputKind
		want string
	}{{InputSelect, "option[value=b][selected]"}, {InputRadio, "input[value=b][checked]"}, {InputCheckboxes, "input[value=b][checked]"}}
	for _, tt := range tests {
		doc := parse(t, Field(Input{Kind: tt.kind, Name: "x", Label: "选", Value: "b", Options: options}))
		if doc.Find(tt.want).Length() != 1 || doc.Find("[selected], [checked]").Length() != 1 {
			t.Errorf("%s: the choice did not come back alone", tt.kind)
		}
	}
	if doc := parse(t, Field(Input{Kind: InputCheckbox, Name: "x", Label: "核对", Checked: true})); doc.Find("input[checked][value='1']").Length() != 1 {
		t.Error("the tick did not come back")
	}
}

func TestErrorSummary_leadsToEveryField(t *testing.T) {
	inputs := sampleInputs(true)
	doc := parse(t, formPage())
	links := doc.Find(".gz-errsum a")
	if links.Length() != len(inputs) {
		t.Fatalf("%d links for %d fields", links.Length(), len(inputs))
	}
	for i, in := range inputs {
		id := strings.TrimPrefix(attrOf(links.Eq(i), "href"), "#")
		if doc.Find("#"+id).Length() != 1 {
			t.Errorf("%s: the link to #%s leads nowhere", in.Label, id)
		}
		if !strings.HasPrefix(links.Eq(i).Text(), in.Label+"：") || strings.HasSuffix(links.Eq(i).Text(), "。") {
			t.Errorf("the line says %q", links.Eq(i).Text())
		}
	}
	box := doc.Find(".gz-errsum")
	if attrOf(box, "role") != "alert" || attrOf(box, "tabindex") != "-1" || !strings.Contains(box.Find("h2").Text(), "有 11 处需要改，还没有提交") {
		t.Error("the summary is not an alert that can take the focus")
	}
	if got := render(t, ErrorSummary(Summary{})); got != "" {
		t.Errorf("no errors, but it shows %q", got)
	}
}

func TestConfirmReason_isAPageOfItsOwn(t *testing.T) {
	doc := parse(t, sampleConfirm(false))
	if text(doc, "h1") != "退回这个批次？" || doc.Find("[role=dialog]").Length() != 0 {
		t.Error("the page of the question has no h1, or is a dialog")
	}
	if text(doc, "a[data-cancel]") != "取消" || text(doc, "button.btn-danger") != "退回批次" {
		t.Error("the two ways on are missing")
	}
	if inline := parse(t, sampleConfirm(true)); inline.Find("h1").Length() != 0 || attr(t, inline, "section", "role") != "dialog" {
		t.Error("the question within a page has an h1 of its own")
	}
	faulty := parse(t, ConfirmReason(Confirm{ID: "c", Title: "退回？", Fields: []Input{{Name: "reason", Label: "理由", Error: "请写明理由。"}}}))
	if attr(t, faulty, ".gz-errsum a", "href") != "#f-reason" {
		t.Error("a missing reason is not named above the form")
	}
}

func TestFileDrop_worksAsAPlainForm(t *testing.T) {
	doc := parse(t, FileDrop(sampleDrop()))
	checkNames(t, doc)
	if attr(t, doc, "form", "enctype") != "multipart/form-data" || attr(t, doc, "form", "method") != "post" {
		t.Error("the form cannot carry a file")
	}
	var order []string
	fields := doc.Find("form [name]")
	for i := range fields.Length() {
		order = append(order, attrOf(fields.Eq(i), "name"))
	}
	if got := strings.Join(order, " "); got != "_csrf try file" {
		t.Errorf("fields in the order %q: the token must come first and the file last", got)
	}
	if doc.Find("button[type=submit].no-js-only").Length() != 1 {
		t.Error("without script there is no button")
	}
	if _, hidden := doc.Find("[data-problem]").Attr("hidden"); !hidden {
		t.Error("an idle drop shows a problem")
	}
}

func TestFileDrop_states(t *testing.T) {
	d := sampleDrop()
	d.State, d.Problem = DropFailed, "没有上传：文件有打开密码。"
	failed := parse(t, FileDrop(d))
	if _, hidden := failed.Find("[data-problem]").Attr("hidden"); hidden || text(failed, "[data-problem]") != d.Problem || failed.Find("input[type=file][aria-invalid=true]").Length() != 1 {
		t.Error("a refused file is not explained at its place")
	}
	d.State, d.Work = DropChecking, sampleWork()
	if checking := parse(t, FileDrop(d)); checking.Find("form").Length() != 0 || !strings.Contains(checking.Text(), "可以离开本页") {
		t.Error("while checking another file can be handed in, or the page does not say that it may be left")
	}
	d.State, d.Done = DropDone, Sentence{Plain("校验完成，"), Linked("查看结果", "/b/1")}
	if done := parse(t, FileDrop(d)); attr(t, done, "a", "href") != "/b/1" {
		t.Error("a checked file does not lead to its result")
	}
}

func TestProgress_saysNumbersToEveryReader(t *testing.T) {
	doc := parse(t, Progress(sampleWork()))
	if attr(t, doc, "[role=progressbar]", "aria-valuenow") != "70" || attr(t, doc, ".gz-progress rect", "width") != "70%" || attr(t, doc, ".gz-progress", "data-announce") == "" {
		t.Error("the number is missing for some reader")
	}
	if attr(t, doc, ".gz-progress", "hx-get") != "/filings/1/progress" {
		t.Error("it does not ask how far the work is")
	}
	unknown := parse(t, Progress(Work{ID: "w", Name: "校验", Percent: -1}))
	if _, known := unknown.Find("[role=progressbar]").Attr("aria-valuenow"); known {
		t.Error("an unknown share has a value")
	}
}

func TestFlash_troubleIsAnAlert(t *testing.T) {
	for family, role := range map[Family]string{FamilyOK: "status", FamilyRun: "status", FamilyDue: "status", FamilyOff: "status", FamilyLate: "alert"} {
		doc := parse(t, Flash(Notice{Family: family, Text: Sentence{Plain("一句话。")}}))
		if got := attr(t, doc, ".gz-flash", "role"); got != role {
			t.Errorf("%s: role %q, want %q", family, got, role)
		}
		if attr(t, doc, "button", "aria-label") == "" {
			t.Error("the cross has no name")
		}
	}
	if doc := parse(t, Flash(Notice{Fixed: true})); doc.Find("button").Length() != 0 {
		t.Error("a fixed notice can be closed")
	}
}
