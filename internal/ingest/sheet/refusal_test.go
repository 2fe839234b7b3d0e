package sheet_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"taxportal/internal/fault"
	"taxportal/internal/ingest/sheet"
)

// compound makes a compound file whose directory holds the named streams.
func compound(streams ...string) []byte {
	head := make([]byte, 512)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(head[30:], 9) // sectors of 512 bytes
	binary.LittleEndian.PutUint32(head[44:], 1) // one sector of allocation table
	binary.LittleEndian.PutUint32(head[48:], 1) // the directory begins in sector 1
	for i := range 109 {
		binary.LittleEndian.PutUint32(head[76+4*i:], 0xffffffff)
	}
	binary.LittleEndian.PutUint32(head[76:], 0) // which is sector 0
	table := bytes.Repeat([]byte{0xff}, 512)
	sectors := (len(streams) + 4) / 4
	for i := range sectors {
		next := uint32(0xfffffffe)
		if i+1 < sectors {
			next = uint32(i + 2)
		}
		binary.LittleEndian.PutUint32(table[4*(i+1):], next)
	}
	directory := make([]byte, 512*sectors)
	for i, name := range append([]string{"Root Entry"}, streams...) {
		entry := directory[128*i:]
		units := utf16.Encode([]rune(name))
		for j, u := range units {
			binary.LittleEndian.PutUint16(entry[2*j:], u)
		}
		binary.LittleEndian.PutUint16(entry[64:], uint16(2*len(units)+2))
		entry[66] = 2
	}
	return append(append(head, table...), directory...)
}

// locked is a workbook in a zip that opens only with a password.
func locked() []byte {
	data := stored(plain("", "").without("[Content_Types].xml").without("_rels/.rels"))
	for _, mark := range []string{"PK\x01\x02", "PK\x03\x04"} {
		flags := 8
		if mark == "PK\x03\x04" {
			flags = 6
		}
		for at := 0; ; at++ {
			i := bytes.Index(data[at:], []byte(mark))
			if i < 0 {
				break
			}
			at += i
			data[at+flags] |= 1
		}
	}
	return data
}

// refusal opens data and reads its first sheet; it wants the file to be refused.
func refusal(t *testing.T, data []byte, opt sheet.Options) *sheet.Refusal {
	t.Helper()
	book, err := sheet.Open(bytes.NewReader(data), int64(len(data)), opt)
	if err == nil {
		defer book.Close()
		_, err = read(book, 0)
	}
	var r *sheet.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("not refused but: %v", err)
	}
	return r
}

func otherPackage(contentType string, names ...string) []byte {
	p := parts{{"[Content_Types].xml", `<Types><Override PartName="/x" ContentType="` + contentType + `"/></Types>`}}
	for _, name := range names {
		p = append(p, [2]string{name, "<x/>"})
	}
	return p.zip()
}

// In these tables wants is what the message must say for its reader not to be left helpless.
func TestOpen_RefusesWhatIsNoTable(t *testing.T) {
	dbf := make([]byte, 200)
	copy(dbf, "\x03\x1a\x0a\x08\x05\x00\x00\x00\x61\x00\x20\x00")
	utf16HTML := []byte("\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00")
	workbook := plain(`<row><c><v>1</v></c></row>`, "").zip()
	for name, c := range map[string]struct {
		data  []byte
		code  sheet.Code
		wants string
	}{
		"nothing":                      {nil, sheet.CodeEmpty, "零报送"},
		"blanks":                       {[]byte("\ufeff \r\n\t\r\n"), sheet.CodeEmpty, "空"},
		"old workbook":                 {compound("Workbook", "\x05SummaryInformation"), sheet.CodeXLS, "另存为"},
		"older workbook":               {compound("Book"), sheet.CodeXLS, "xlsx"},
		"workbook without a container": {[]byte("\x09\x08\x10\x00\x00\x06\x05\x00"), sheet.CodeXLS, "xlsx"},
		"encrypted workbook":           {compound("a", "b", "c", "d", "e", "EncryptionInfo", "EncryptedPackage"), sheet.CodePassword, "密码"},
		"WPS writer":                   {compound("WordDocument"), sheet.CodeWord, "文字文档"},
		"WPS spreadsheets":             {compound("ETExtData"), sheet.CodeET, ".et"},
		"old slides":                   {compound("PowerPoint Document"), sheet.CodeSlides, "演示"},
		"other compound":               {compound("Something"), sheet.CodeUnknown, "认不出"},
		"cut compound":                 {compound("Workbook")[:600], sheet.CodeTruncated, "不完整"},
		"web page":                     {[]byte("\r\n<HTML><table><tr><td>1</td></tr></table></HTML>"), sheet.CodeHTML, "网页"},
		"web page in UTF-16":           {utf16HTML, sheet.CodeHTML, "网页"},
		"web archive":                  {[]byte("MIME-Version: 1.0\r\nContent-Type: multipart/related"), sheet.CodeHTML, "网页"},
		"XML page":                     {[]byte(`<?xml version="1.0"?><html xmlns="x">`), sheet.CodeHTML, "网页"},
		"XML 2003":                     {[]byte(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), sheet.CodeXML2003, "XML"},
		"other XML":                    {[]byte("\ufeff<?xml version='1.0'?><data/>"), sheet.CodeXML, "XML"},
		"flat ODS":                     {[]byte(`<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">`), sheet.CodeODS, "ods"},
		"macros":                       {plain("", "").with("xl/vbaProject.bin", "x").zip(), sheet.CodeMacros, "宏"},
		"macro format":                 {otherPackage("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xl/workbook.xml"), sheet.CodeMacros, "宏"},
		"Excel 4 macros":               {plain("", "").with("xl/macrosheets/sheet1.xml", "<x/>").zip(), sheet.CodeMacros, "宏"},
		"binary workbook":              {otherPackage("application/vnd.ms-excel.sheet.binary.macroEnabled.main", "xl/workbook.bin"), sheet.CodeXLSB, "xlsb"},
		"docx":                         {otherPackage("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "word/document.xml"), sheet.CodeWord, "文字文档"},
		"pptx":                         {otherPackage("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), sheet.CodeSlides, "演示"},
		"ods":                          {parts{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", "<x/>"}}.zip(), sheet.CodeODS, "ods"},
		"odt":                          {parts{{"mimetype", "application/vnd.oasis.opendocument.text"}}.zip(), sheet.CodeWord, "文字文档"},
		"OFD":                          {parts{{"OFD.xml", "<x/>"}}.zip(), sheet.CodePDF, "OFD"},
		"zip with workbooks":           {parts{{"甲.xlsx", "x"}, {"乙.csv", "x"}, {"丙.txt", "x"}}.zip(), sheet.CodeArchive, "2 个表格文件"},
		"empty zip":                    {parts{}.zip(), sheet.CodeArchive, "解压"},
		"PDF":                          {[]byte("%PDF-1.7\n"), sheet.CodePDF, "PDF"},
		"RTF":                          {[]byte(`{\rtf1`), sheet.CodeWord, "文字文档"},
		"PNG":                          {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), sheet.CodeImage, "图片"},
		"JPEG":                         {[]byte("\xff\xd8\xff\xe0\x00\x10JFIF"), sheet.CodeImage, "图片"},
		"BMP":                          {append([]byte("BM\x36\x00\x0c\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00"), make([]byte, 40)...), sheet.CodeImage, "图片"},
		"RAR":                          {[]byte("Rar!\x1a\x07\x01\x00"), sheet.CodePacked, "解压"},
		"7z":                           {[]byte("7z\xbc\xaf\x27\x1c\x00"), sheet.CodePacked, "解压"},
		"gzip":                         {[]byte("\x1f\x8b\x08\x00"), sheet.CodePacked, "解压"},
		"dBASE":                        {dbf, sheet.CodeDBF, "FoxPro"},
		"document guard":               {[]byte("b\x14#e\x01\x00E-SafeNet\x00LOCK"), sheet.CodeGuarded, "解密"},
		"random bytes":                 {bytes.Repeat([]byte{0, 1, 2, 3, 200, 14}, 100), sheet.CodeUnknown, "认不出"},
		"cut workbook":                 {workbook[:len(workbook)-100], sheet.CodeTruncated, "不完整"},
		"start of a workbook":          {workbook[:20], sheet.CodeTruncated, "不完整"},
		"locked part":                  {locked(), sheet.CodePassword, "密码"},
		"workbook without a sheet":     {plain("", "").with("xl/workbook.xml", `<workbook><sheets/></workbook>`).zip(), sheet.CodeNoSheet, "工作表"},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, c.data, sheet.Options{Name: "报送.xlsx"})
			if r.Code != c.code || !strings.Contains(r.Message, c.wants) {
				t.Errorf("code %q, want %q; message %s", r.Code, c.code, r.Message)
			}
			if strings.Contains(r.Message, "%!") || strings.Contains(r.Message, "\uFFFD") {
				t.Errorf("message %s", r.Message)
			}
		})
	}
}

func TestOpen_LetsTheNameChooseWordsOnly(t *testing.T) {
	data := compound("Workbook", "ETExtData")
	if r := refusal(t, data, sheet.Options{Name: "表.ET"}); r.Code != sheet.CodeET {
		t.Errorf(".et: %q", r.Code)
	}
	if r := refusal(t, data, sheet.Options{Name: "表.xls"}); r.Code != sheet.CodeXLS {
		t.Errorf(".xls saved by WPS: %q", r.Code)
	}
	workbook := plain(`<row><c><v>1</v></c></row>`, "").zip()
	if book, err := sheet.Open(bytes.NewReader(workbook), int64(len(workbook)), sheet.Options{Name: "表.csv"}); err != nil || book.Format != sheet.XLSX {
		t.Errorf("a workbook named .csv: %v", err)
	}
}

func TestRefusal_IsAFault(t *testing.T) {
	r := refusal(t, nil, sheet.Options{})
	if message, ok := fault.Message(r); !ok || message != r.Message || !fault.Is(r, fault.Invalid) {
		t.Errorf("fault %q %v", message, fault.Of(r))
	}
	r = refusal(t, []byte("a,b\n"), sheet.Options{Limits: sheet.Limits{Bytes: 2}})
	if r.Code != sheet.CodeTooLarge || !fault.Is(r, fault.TooLarge) || !strings.Contains(r.Message, "超过 2 字节") {
		t.Errorf("%q %v %s", r.Code, fault.Of(r), r.Message)
	}
}

func TestRows_RefuseDamagedWorkbooks(t *testing.T) {
	row := func(s string) string { return `<row r="7">` + s + `</row>` }
	good := plain(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `<si><t>甲</t></si>`)
	flipped := stored(good)
	flipped[bytes.Index(flipped, []byte("甲"))] ^= 1
	flat := bytes.Clone(good.zip())
	flat[bytes.Index(flat, []byte("xl/worksheets/sheet1.xml"))+40] ^= 0xff
	for name, c := range map[string]struct {
		data  []byte
		code  sheet.Code
		wants string
	}{
		"row twice":             {plain(row("")+row(""), "").zip(), sheet.CodeDisorder, "第 7 行"},
		"rows backwards":        {plain(row("")+`<row r="3"/>`, "").zip(), sheet.CodeDisorder, "第 7 行"},
		"row zero":              {plain(`<row r="0"/>`, "").zip(), sheet.CodeDisorder, "次序"},
		"row beyond Excel":      {plain(`<row r="1048577"/>`, "").zip(), sheet.CodeDisorder, "次序"},
		"row without a number":  {plain(`<row r="x"/>`, "").zip(), sheet.CodeDisorder, "次序"},
		"cell twice":            {plain(row(`<c r="B7"><v>1</v></c><c r="B7"><v>2</v></c>`), "").zip(), sheet.CodeDisorder, "B 列第 7 行"},
		"cell of another row":   {plain(row(`<c r="B8"><v>1</v></c>`), "").zip(), sheet.CodeDisorder, "第 7 行"},
		"cell without a column": {plain(row(`<c r="7"><v>1</v></c>`), "").zip(), sheet.CodeDisorder, "第 7 行"},
		"column beyond Excel":   {plain(row(`<c r="ZZZZZZZZZZZZZZ7"><v>1</v></c>`), "").zip(), sheet.CodeDisorder, "第 7 行"},
		"no such string":        {plain(row(`<c r="C7" t="s"><v>5</v></c>`), "").zip(), sheet.CodeDamaged, "C 列第 7 行"},
		"string minus one":      {plain(row(`<c r="C7" t="s"><v>-1</v></c>`), "").zip(), sheet.CodeDamaged, "C 列第 7 行"},
		"tags that do not pair": {plain(row(`<c r="A7"><v>1</c></v>`), "").zip(), sheet.CodeDamaged, "第 7 行以后"},
		"unknown entity":        {plain(row(`<c t="str"><v>&nbsp;</v></c>`), "").zip(), sheet.CodeDamaged, "第 7 行以后"},
		"missing end":           {good.with("xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+row("")).zip(), sheet.CodeDamaged, "第 7 行以后"},
		"document type":         {good.with("xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "b">]>`+worksheet("")).zip(), sheet.CodeDamaged, "损坏"},
		"nested too deep":       {plain(strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100), "").zip(), sheet.CodeDamaged, "损坏"},
		"missing sheet":         {good.without("xl/worksheets/sheet1.xml").zip(), sheet.CodeDamaged, "损坏"},
		"missing strings":       {good.without("xl/sharedStrings.xml").zip(), sheet.CodeDamaged, "A 列第 1 行"},
		"missing workbook":      {good.without("xl/workbook.xml").zip(), sheet.CodeDamaged, "损坏"},
		"two parts of a name":   {append(good[:len(good):len(good)], good[6]).zip(), sheet.CodeDamaged, "重名"},
		"flipped bit, stored":   {flipped, sheet.CodeDamaged, "损坏"},
		"flipped byte, packed":  {flat, sheet.CodeDamaged, "损坏"},
		"sheet in UTF-16":       {good.with("xl/worksheets/sheet1.xml", "\xff\xfe<\x00w\x00").zip(), sheet.CodeEncoding, "UTF-8"},
		"sheet in GBK":          {good.with("xl/worksheets/sheet1.xml", `<?xml version="1.0" encoding="GBK"?><worksheet/>`).zip(), sheet.CodeEncoding, "UTF-8"},
		"strings in UTF-16":     {good.with("xl/sharedStrings.xml", "\x00<\x00s").zip(), sheet.CodeEncoding, "UTF-8"},
		"tag without an end":    {good.with("xl/worksheets/sheet1.xml", "<worksheet "+strings.Repeat("a", 300_000)).zip(), sheet.CodeDamaged, "损坏"},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, c.data, sheet.Options{})
			if r.Code != c.code || !strings.Contains(r.Message, c.wants) {
				t.Errorf("code %q, want %q; %v", r.Code, c.code, r)
			}
		})
	}
}

// brokenDisk fails on every read behind a place.
type brokenDisk struct {
	*bytes.Reader
	from int64
}

func (d brokenDisk) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > d.from && off < d.from+5000 {
		return 0, errDisk
	}
	return d.Reader.ReadAt(p, off)
}

var errDisk = errors.New("disk gone")

func TestRows_DoNotBlameTheFileForTheDisk(t *testing.T) {
	for name, data := range map[string][]byte{"workbook": sharedBook(3000), "text": []byte(strings.Repeat("a,b\r\n", 200_000))} {
		for _, from := range []int64{0, 20_000, int64(len(data)) - 5000} {
			err := func() error {
				book, err := sheet.Open(brokenDisk{bytes.NewReader(data), from}, int64(len(data)), sheet.Options{TempDir: t.TempDir()})
				if err != nil {
					return err
				}
				defer book.Close()
				_, err = read(book, 0)
				return err
			}()
			var r *sheet.Refusal
			if !errors.Is(err, errDisk) || errors.As(err, &r) {
				t.Errorf("%s from %d: %v", name, from, err)
			}
		}
	}
}

func TestOpen_BearsAFileShorterThanItsSize(t *testing.T) {
	for _, data := range [][]byte{plain("", "").zip(), compound("Workbook"), {}} {
		_, err := sheet.Open(bytes.NewReader(data), int64(len(data))+1000, sheet.Options{})
		if errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("internal error %v", err)
		}
	}
}
