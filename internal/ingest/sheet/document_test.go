package sheet_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"taxportal/internal/ingest/sheet"
)

func TestDocumentOf_TellsByTheBytesAlone(t *testing.T) {
	const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	for name, test := range map[string]struct {
		data []byte
		want sheet.DocumentKind
	}{
		"PDF":                     {[]byte("%PDF-1.7\n"), sheet.DocumentPDF},
		"OFD":                     {parts{{"OFD.xml", "<x/>"}}.zip(), sheet.DocumentOFD},
		"JPEG":                    {[]byte("\xff\xd8\xff\xe0JFIF"), sheet.DocumentJPEG},
		"PNG":                     {[]byte("\x89PNG\r\n\x1a\n"), sheet.DocumentPNG},
		"docx":                    {otherPackage(word, "word/document.xml"), sheet.DocumentDOCX},
		"doc, and WPS's own":      {compound("WordDocument", "1Table"), sheet.DocumentDOC},
		"docx with macros":        {otherPackage(word, "word/document.xml", "word/vbaProject.bin"), sheet.OtherDocument},
		"doc with macros":         {compound("WordDocument", "Macros", "_VBA_PROJECT_CUR"), sheet.OtherDocument},
		"odt":                     {parts{{"mimetype", "application/vnd.oasis.opendocument.text"}}.zip(), sheet.OtherDocument},
		"GIF":                     {[]byte("GIF89a"), sheet.OtherDocument},
		"RTF":                     {[]byte(`{\rtf1`), sheet.OtherDocument},
		"slides":                  {compound("PowerPoint Document"), sheet.OtherDocument},
		"zip":                     {parts{{"判决书.pdf", "%PDF"}}.zip(), sheet.OtherDocument},
		"rar":                     {[]byte("Rar!\x1a\x07\x00"), sheet.OtherDocument},
		"program":                 {append([]byte("MZ\x90\x00"), bytes.Repeat([]byte{0, 3, 0, 7}, 200)...), sheet.OtherDocument},
		"workbook":                {plain(`<row><c><v>1</v></c></row>`, "").zip(), sheet.NoDocument},
		"workbook with macros":    {plain("", "").with("xl/vbaProject.bin", "x").zip(), sheet.NoDocument},
		"old workbook":            {compound("Workbook"), sheet.NoDocument},
		"with a password":         {compound("EncryptionInfo", "EncryptedPackage"), sheet.NoDocument},
		"CSV":                     {[]byte("文书案号,附件\r\n一,判决书.pdf\r\n"), sheet.NoDocument},
		"CSV that speaks of %PDF": {[]byte("附件\r\n%PDF-1.7\r\n"), sheet.NoDocument},
		"nothing":                 {nil, sheet.NoDocument},
		"cut zip":                 {parts{{"OFD.xml", "<x/>"}}.zip()[:40], sheet.NoDocument},
	} {
		got, err := sheet.DocumentOf(bytes.NewReader(test.data), int64(len(test.data)))
		if err != nil || got != test.want {
			t.Errorf("%s is %q, want %q: %v", name, got, test.want, err)
		}
	}
}

func TestDocumentOf_AFailingStorageIsNoAnswer(t *testing.T) {
	if kind, err := sheet.DocumentOf(failing{}, 100); err == nil {
		t.Errorf("told %q of what cannot be read", kind)
	}
}

// failing is a storage that gives nothing.
type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errors.New("no disk") }

func TestDocumentKind_EndingsAreThoseOfTheKind(t *testing.T) {
	if got := sheet.DocumentJPEG.Endings(); !slices.Equal(got, []string{".jpg", ".jpeg"}) {
		t.Errorf("a JPEG ends in %v", got)
	}
	for _, kind := range []sheet.DocumentKind{sheet.NoDocument, sheet.OtherDocument} {
		if got := kind.Endings(); len(got) != 0 {
			t.Errorf("%q ends in %v", kind, got)
		}
	}
}
