package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// DocumentKind is a kind of document that may stand beside a table, or what else a file is.
type DocumentKind string

// The kinds of documents.
const (
	DocumentPDF  DocumentKind = "pdf"
	DocumentOFD  DocumentKind = "ofd"
	DocumentJPEG DocumentKind = "jpg"
	DocumentPNG  DocumentKind = "png"
	DocumentDOC  DocumentKind = "doc"  // Word 97–2003, and WPS's own text format, which holds the same
	DocumentDOCX DocumentKind = "docx" // without macros

	NoDocument    DocumentKind = ""      // a table, or something of which Open says best what it is
	OtherDocument DocumentKind = "other" // neither a table nor one of the documents above
)

// documentEndings are the names that a document of a kind may end in. A file whose name promises something else would be
// opened by the wrong program at its reader's desk.
var documentEndings = map[DocumentKind][]string{
	DocumentPDF: {".pdf"}, DocumentOFD: {".ofd"}, DocumentJPEG: {".jpg", ".jpeg"}, DocumentPNG: {".png"},
	DocumentDOC: {".doc", ".wps"}, DocumentDOCX: {".docx", ".wps"},
}

// Endings are the names that a document of the kind may end in, in lower case: .jpg and .jpeg.
func (k DocumentKind) Endings() []string { return slices.Clone(documentEndings[k]) }

// DocumentOf tells by a file's bytes which kind of document it is; its name has no say. What is wrong with reading comes
// back as an error.
func DocumentOf(r io.ReaderAt, size int64) (DocumentKind, error) {
	if size <= 0 {
		return NoDocument, nil
	}
	src := newSource(r, size)
	head, err := src.head(0, headBytes)
	if err != nil {
		return "", fmt.Errorf("read upload: %w", err)
	}
	switch recognise(head) {
	case kindZip:
		return zipDocument(src)
	case kindCompound:
		return compoundDocument(src)
	case kind(CodePDF):
		return DocumentPDF, nil
	case kind(CodeImage):
		return pictureOf(head), nil
	case kind(CodeWord), kind(CodePacked), kind(CodeUnknown):
		return OtherDocument, nil
	}
	return NoDocument, nil
}

func pictureOf(head []byte) DocumentKind {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return DocumentJPEG
	case bytes.HasPrefix(head, []byte("\x89PNG")):
		return DocumentPNG
	}
	return OtherDocument
}

// zipDocument tells what a zip file is by its parts.
func zipDocument(src *source) (DocumentKind, error) {
	a, err := openArchive(src, Limits{}.withDefaults())
	if err == nil {
		err = a.refuseOther()
	}
	code, err := refusalCode(err)
	switch {
	case err != nil:
		return "", err
	case code == CodeWord && a.has("word/document.xml"):
		return DocumentDOCX, nil
	case code == CodePDF:
		return DocumentOFD, nil
	case code == CodeWord, code == CodeSlides, code == CodeArchive, code == CodeMacros && a.has("word/document.xml"):
		return OtherDocument, nil
	}
	return NoDocument, nil
}

// compoundDocument tells what a file of old Office is by its streams.
func compoundDocument(src *source) (DocumentKind, error) {
	code, err := refusalCode(refuseCompound(src, ""))
	if err != nil || code != CodeWord {
		if code == CodeSlides || code == CodeUnknown {
			return OtherDocument, err
		}
		return NoDocument, err
	}
	streams, err := compoundStreams(src)
	macros := slices.ContainsFunc(streams, func(name string) bool { return name == "macros" || strings.HasPrefix(name, "_vba_project") })
	if macros {
		return OtherDocument, err
	}
	return DocumentDOC, err
}

// refusalCode takes the reason out of a refusal; any other error comes back as it is.
func refusalCode(err error) (Code, error) {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Code, nil
	}
	return "", err
}
