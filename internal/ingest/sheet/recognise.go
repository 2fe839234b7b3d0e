package sheet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
)

// headBytes is how much of a file is looked at to recognise it.
const headBytes = 8 << 10

// kind is what the first bytes say. The kinds that are refused at once are named like their Code.
type kind string

const (
	kindText     kind = "text"
	kindZip      kind = "zip"      // a workbook, or one of many other things
	kindCompound kind = "compound" // Microsoft's compound file: old Office, or an encrypted workbook
)

// magics are the fixed beginnings of the kinds of files that people send.
var magics = []struct {
	prefix string
	kind   kind
}{
	{"PK\x03\x04", kindZip},
	{"PK\x05\x06", kindZip},
	{"PK\x07\x08", kindZip},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kindCompound},
	{"\x09\x08\x10\x00", kind(CodeXLS)}, // BIFF8 and BIFF5 without a container
	{"\x09\x08\x08\x00", kind(CodeXLS)},
	{"\x09\x04\x06\x00", kind(CodeXLS)}, // BIFF4, BIFF3, BIFF2
	{"\x09\x02\x06\x00", kind(CodeXLS)},
	{"\x09\x00\x04\x00", kind(CodeXLS)},
	{"%PDF", kind(CodePDF)},
	{"{\\rtf", kind(CodeWord)},
	{"\x89PNG\r\n\x1a\n", kind(CodeImage)},
	{"\xff\xd8\xff", kind(CodeImage)},
	{"GIF87a", kind(CodeImage)},
	{"GIF89a", kind(CodeImage)},
	{"II*\x00", kind(CodeImage)},
	{"MM\x00*", kind(CodeImage)},
	{"Rar!\x1a\x07", kind(CodePacked)},
	{"7z\xbc\xaf\x27\x1c", kind(CodePacked)},
	{"\x1f\x8b", kind(CodePacked)},
	{"\xfd7zXZ\x00", kind(CodePacked)},
	{"BZh", kind(CodePacked)},
	{"%TSD-Header-", kind(CodeGuarded)},
	{"b\x14#e", kind(CodeGuarded)},
}

// recognise tells the kind of a file by its first bytes.
func recognise(head []byte) kind {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return m.kind
		}
	}
	switch {
	case bytes.Contains(head[:min(len(head), 512)], []byte("E-SafeNet")):
		return kind(CodeGuarded)
	case isPicture(head):
		return kind(CodeImage)
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return kind(CodePacked)
	case isDBF(head):
		return kind(CodeDBF)
	}
	text, ok := headText(head)
	if !ok {
		return kind(CodeUnknown)
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" && len(head) < headBytes {
		return kind(CodeEmpty)
	}
	return markup(text)
}

// isPicture recognises the pictures whose mark does not stand at the start alone.
func isPicture(head []byte) bool {
	if len(head) < 30 {
		return false
	}
	if bytes.HasPrefix(head, []byte("RIFF")) && string(head[8:12]) == "WEBP" {
		return true
	}
	// BM could begin a word: the header that follows must be one of a bitmap
	return bytes.HasPrefix(head, []byte("BM")) && binary.LittleEndian.Uint32(head[6:]) == 0 && head[15] == 0
}

// isDBF recognises the header of a dBASE or FoxPro table: version, date of the last change, lengths that agree and
// reserved zeros, because four of the versions are also characters of text.
func isDBF(head []byte) bool {
	const versions = "\x02\x03\x30\x31\x43\x63\x83\x8b\xcb\xf5"
	if len(head) < 33 || strings.IndexByte(versions, head[0]) < 0 || bytes.IndexByte(head[12:28], 0) < 0 {
		return false
	}
	header, record := binary.LittleEndian.Uint16(head[8:]), binary.LittleEndian.Uint16(head[10:])
	return head[2] >= 1 && head[2] <= 12 && head[3] >= 1 && head[3] <= 31 && header >= 33 && header%32 <= 8 && record > 0
}

// headText returns the first bytes as text as far as ASCII goes, UTF-16 unwrapped; ok is false if they are no text.
func headText(head []byte) (text string, ok bool) {
	if order := utf16Order(head); order != "" {
		low, high := 0, 1
		if order == UTF16BE {
			low, high = 1, 0
		}
		narrow := make([]byte, 0, len(head)/2)
		for i := 0; i+1 < len(head); i += 2 {
			switch {
			case head[i+high] == 0:
				narrow = append(narrow, head[i+low])
			case i > 0 || head[0] < 0xfe: // not the byte order mark
				narrow = append(narrow, '?')
			}
		}
		head = narrow
	}
	controls := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1a {
			controls++
		}
	}
	return string(head), controls*30 <= len(head)+60
}

// markup tells pages and XML from tables.
func markup(text string) kind {
	lower := strings.ToLower(text)
	for _, start := range []string{"<!doctype html", "<html", "<table", "<head", "<meta", "<style", "<body", "<div", "mime-version:"} {
		if strings.HasPrefix(lower, start) {
			return kind(CodeHTML)
		}
	}
	if !strings.HasPrefix(lower, "<?xml") && !strings.HasPrefix(lower, "<workbook") && !strings.HasPrefix(lower, "<!--") {
		return kindText
	}
	switch {
	case strings.Contains(lower, "urn:schemas-microsoft-com:office:spreadsheet"), strings.Contains(lower, `progid="excel.sheet"`):
		return kind(CodeXML2003)
	case strings.Contains(lower, "urn:oasis:names:tc:opendocument"):
		return kind(CodeODS)
	case strings.Contains(lower, "<html"), strings.Contains(lower, "<table"):
		return kind(CodeHTML)
	}
	return kind(CodeXML)
}

// refuseOther refuses a zip file that is no plain workbook.
func (a *archive) refuseOther() error {
	main, err := a.content()
	if err != nil {
		return err
	}
	switch {
	case strings.Contains(main, "sheet.binary"), a.has("xl/workbook.bin"):
		return refuse(CodeXLSB, nil)
	case strings.Contains(strings.ToLower(main), "macroenabled"), a.hasMacros():
		return refuse(CodeMacros, nil)
	case strings.Contains(main, "spreadsheetml"), a.has("xl/workbook.xml"):
		return nil
	case strings.Contains(main, "wordprocessingml"), a.has("word/document.xml"):
		return refuse(CodeWord, nil)
	case strings.Contains(main, "presentationml"), a.has("ppt/presentation.xml"):
		return refuse(CodeSlides, nil)
	case a.has("OFD.xml"):
		return refuse(CodePDF, nil)
	case a.has("mimetype"):
		return a.refuseOpenDocument()
	}
	return refuse(CodeArchive, nil, a.listing())
}

func (a *archive) hasMacros() bool {
	for name := range a.files {
		if strings.HasSuffix(name, "vbaproject.bin") || strings.HasPrefix(name, "xl/macrosheets/") {
			return true
		}
	}
	return false
}

// refuseOpenDocument words the refusal of a package that says its own type.
func (a *archive) refuseOpenDocument() error {
	p, err := a.open("mimetype", 4<<10)
	if err != nil {
		return err
	}
	defer p.Close()
	var buf [200]byte
	n, _ := p.Read(buf[:])
	switch kind := string(buf[:n]); {
	case strings.Contains(kind, "opendocument.spreadsheet"):
		return refuse(CodeODS, nil)
	case strings.Contains(kind, "opendocument.text"):
		return refuse(CodeWord, nil)
	case strings.Contains(kind, "opendocument.presentation"):
		return refuse(CodeSlides, nil)
	}
	return refuse(CodeArchive, nil, a.listing())
}

// listing names what an archive holds, for a sentence.
func (a *archive) listing() string {
	tables := 0
	for name := range a.files {
		for _, ending := range []string{".xlsx", ".xls", ".csv", ".et"} {
			if strings.HasSuffix(name, ending) {
				tables++
			}
		}
	}
	if tables > 0 {
		return fmt.Sprintf("，里面有 %d 个表格文件", tables)
	}
	return ""
}

// refuseCompound refuses a compound file by the streams it holds.
func refuseCompound(src *source, name string) error {
	streams, err := compoundStreams(src)
	if err != nil {
		return err
	}
	sort.Strings(streams)
	has := func(name string) bool {
		i := sort.SearchStrings(streams, name)
		return i < len(streams) && streams[i] == name
	}
	lower := strings.ToLower(name)
	switch {
	case has("encryptedpackage"), has("encryptioninfo"):
		return refuse(CodePassword, nil)
	case has("workbook"), has("book"):
		// WPS's own format holds the same streams: only here the name chooses between two sentences
		if strings.HasSuffix(lower, ".et") || strings.HasSuffix(lower, ".ett") {
			return refuse(CodeET, nil)
		}
		return refuse(CodeXLS, nil)
	case has("etextdata"):
		return refuse(CodeET, nil)
	case has("worddocument"), has("wpsdocument"):
		return refuse(CodeWord, nil)
	case has("powerpoint document"):
		return refuse(CodeSlides, nil)
	case len(streams) == 0:
		return refuse(CodeTruncated, nil)
	}
	return refuse(CodeUnknown, nil)
}
