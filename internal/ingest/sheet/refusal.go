package sheet

import (
	"fmt"

	"taxportal/internal/fault"
)

// Code names the reason of a Refusal. Codes are stable: findings, tests and the API's answers carry them.
type Code string

// The reasons for which a file is refused.
const (
	CodeEmpty      Code = "empty"            // no byte, or nothing but blanks
	CodeTooLarge   Code = "too_large"        // more bytes than may be uploaded
	CodeXLS        Code = "xls"              // workbook of Excel 97–2003 (BIFF)
	CodeET         Code = "et"               // the same in WPS's own wrapping
	CodePassword   Code = "password"         // opens only with a password
	CodeGuarded    Code = "guarded"          // wrapped by a document guard on the sender's computer
	CodeHTML       Code = "html"             // a web page that calls itself .xls
	CodeXML2003    Code = "xml2003"          // XML Spreadsheet 2003
	CodeXML        Code = "xml"              // some other XML
	CodeMacros     Code = "macros"           // carries VBA or Excel 4 macros
	CodeXLSB       Code = "xlsb"             // binary workbook of Excel 2007 and later
	CodeODS        Code = "ods"              // OpenDocument spreadsheet
	CodePDF        Code = "pdf"              // PDF or OFD
	CodeWord       Code = "word"             // text document
	CodeSlides     Code = "slides"           // presentation
	CodeImage      Code = "image"            // picture
	CodeArchive    Code = "archive"          // zip that is no workbook
	CodePacked     Code = "packed"           // rar, 7z, gz, xz, bz2, tar
	CodeDBF        Code = "dbf"              // dBASE or FoxPro table
	CodeUnknown    Code = "unknown"          // none of the known kinds
	CodeBomb       Code = "bomb"             // unpacks to far more than any table
	CodeRows       Code = "too_many_rows"    // beyond Limits.Rows
	CodeColumns    Code = "too_many_columns" // beyond Limits.Columns
	CodeLongCell   Code = "cell_too_long"    // beyond Limits.CellBytes
	CodeDamaged    Code = "damaged"          // the bytes contradict themselves
	CodeTruncated  Code = "truncated"        // the end is missing
	CodeEncoding   Code = "xml_encoding"     // workbook whose XML is not UTF-8
	CodeDisorder   Code = "disorder"         // rows or cells that repeat or run backwards
	CodeNoSheet    Code = "no_sheet"         // workbook without a worksheet
	CodeQuote      Code = "csv_quote"        // text table with an unpaired quotation mark
	CodeNUL        Code = "csv_nul"          // text table with NUL bytes
	CodeLongRecord Code = "csv_long_record"  // text table with a record beyond Limits.RecordBytes
	CodeJSON       Code = "json"             // JSON lines with a line that is no object
	CodeJSONArray  Code = "json_array"       // one JSON array instead of JSON lines
	CodeJSONNested Code = "json_nested"      // JSON lines with an array or object for a value
	CodeJSONTwice  Code = "json_twice"       // JSON lines with a name that stands twice in one object
	CodeJSONText   Code = "json_encoding"    // JSON lines that are not UTF-8
	CodeJSONLong   Code = "json_long_line"   // JSON lines with a line beyond Limits.RecordBytes
	CodeJSONNames  Code = "json_names"       // JSON lines with more names than Limits.Columns
	CodeJSONValue  Code = "json_long_value"  // JSON lines with a value beyond Limits.CellBytes
)

// sentences says of each code what is the matter and how to mend it. A %s takes the place or the amount.
var sentences = map[Code]string{
	CodeEmpty:      "文件是空的，没有任何内容。请打开原文件核对后重新保存再上传；本期确无数据的，请办理零报送。",
	CodeTooLarge:   "文件超过 %s，不能上传。请按行拆成几个文件，作为同一批次一起上传。",
	CodeXLS:        "这是旧版工作簿（Excel 97—2003 的 .xls）。请用 WPS 或 Excel 打开，选“另存为”，文件类型选“Excel 工作簿（*.xlsx）”，再上传。",
	CodeET:         "这是 WPS 表格的专用格式（.et）。请用 WPS 打开，选“另存为”，文件类型选“Microsoft Excel 文件（*.xlsx）”，再上传。",
	CodePassword:   "文件设有打开密码，无法读取。请在 WPS 或 Excel 中打开，选“文件”—“文档加密”（Excel 为“信息”—“保护工作簿”），清除打开密码后保存，再上传。",
	CodeGuarded:    "文件被本机的文档加密软件加密，离开该电脑无法读取。请按本单位规定办理解密后再上传。",
	CodeHTML:       "这是扩展名改成表格的网页文件，不是真正的工作簿。请用 WPS 或 Excel 打开，选“另存为”，文件类型选“Excel 工作簿（*.xlsx）”，再上传。",
	CodeXML2003:    "这是“XML 表格 2003”文件，不是 .xlsx 工作簿。请用 WPS 或 Excel 打开，选“另存为”，文件类型选“Excel 工作簿（*.xlsx）”，再上传。",
	CodeXML:        "这是 XML 数据文件，不是表格。请下载信息模板的工作簿，填好后上传。",
	CodeMacros:     "文件含有宏，为安全起见不予接收。请用 WPS 或 Excel 打开，选“另存为”，文件类型选“Excel 工作簿（*.xlsx）”（不带宏），再上传。",
	CodeXLSB:       "这是二进制工作簿（.xlsb）。请用 Excel 或 WPS 打开，选“另存为”，文件类型选“Excel 工作簿（*.xlsx）”，再上传。",
	CodeODS:        "这是开放文档表格（.ods）。请用 WPS 或 Excel 打开，选“另存为”，文件类型选“Excel 工作簿（*.xlsx）”，再上传。",
	CodePDF:        "这是版式文件（PDF 或 OFD），无法读出表格数据。请上传制作它的原表格，另存为 .xlsx。",
	CodeWord:       "这是文字文档，不是表格。请把表格复制到信息模板的工作簿中，保存为 .xlsx 后上传。",
	CodeSlides:     "这是演示文稿，不是表格。请把数据填入信息模板的工作簿，保存为 .xlsx 后上传。",
	CodeImage:      "这是图片，无法读出表格数据。请把数据填入信息模板的工作簿，保存为 .xlsx 后上传。",
	CodeArchive:    "这是压缩包，不是工作簿%s。请先解压，再上传其中的 .xlsx 或 .csv 文件；可以一次选多个文件。",
	CodePacked:     "这是压缩文件，不是工作簿。请先解压，再上传其中的 .xlsx 或 .csv 文件；可以一次选多个文件。",
	CodeDBF:        "这是 dBASE 或 FoxPro 数据表（.dbf）。请用 WPS 或 Excel 打开，选“另存为”，文件类型选“Excel 工作簿（*.xlsx）”，再上传。",
	CodeUnknown:    "认不出这个文件的格式。请用 WPS 或 Excel 打开核对；能正常打开的，另存为“Excel 工作簿（*.xlsx）”后再上传。",
	CodeBomb:       "文件解压后大得不正常（%s），为安全起见不予接收。请新建一个工作簿，只把数据复制进去，保存后再上传。",
	CodeRows:       "数据超过 %s 行，一个文件装不下。请按行拆成几个文件，作为同一批次一起上传。",
	CodeColumns:    "%s有内容，超出可以读取的 %s。请删去模板以外的列后再上传。",
	CodeLongCell:   "%s的内容超过 %s，无法读取。请缩短该单元格的内容后再上传。",
	CodeDamaged:    "文件已损坏%s，无法读取。请用 WPS 或 Excel 打开原文件核对，另存为新的 .xlsx 后再上传。",
	CodeTruncated:  "文件不完整，后面一部分丢失，可能是拷贝或下载时中断。请重新取得完整的文件，能用 WPS 或 Excel 正常打开后再上传。",
	CodeEncoding:   "工作簿内部没有采用通用的编码（UTF-8），无法读取。请用 WPS 或 Excel 打开，另存为新的 .xlsx 后再上传。",
	CodeDisorder:   "%s的行列次序混乱或重复，无法确定每个值的位置。请用 WPS 或 Excel 打开，核对后另存为新的 .xlsx 再上传。",
	CodeNoSheet:    "工作簿里没有可读的工作表。请下载信息模板的工作簿，填好后上传。",
	CodeQuote:      "文件第 %s 行：双引号没有配对，从这里起无法分清各列。请用记事本打开，删去或补齐这一行的双引号；也可以用 WPS 打开核对后另存为 .xlsx 再上传。",
	CodeNUL:        "文件第 %s 行有不可见的空字符，像是导出时出错。请从原系统重新导出，或用 WPS 打开核对后另存为 .xlsx 再上传。",
	CodeLongRecord: "文件第 %s 行长得不正常，可能缺少换行或双引号没有配对。请从原系统重新导出，或用 WPS 打开核对后另存为 .xlsx 再上传。",
	CodeJSON:       "文件第 %s 行不是一个完整的 JSON 对象：%s。请改正后重新报送。",
	CodeJSONArray:  "这是一个 JSON 数组。请改为 JSON 行（NDJSON）：每条数据一个对象，各占一行，行间不加逗号，首尾不加方括号。",
	CodeJSONNested: "文件第 %s 行的“%s”是数组或对象。值只能是文字、数字、true、false 或 null，请改正后重新报送。",
	CodeJSONTwice:  "文件第 %s 行的“%s”出现了两次，无法确定用哪一个。请改正后重新报送。",
	CodeJSONText:   "文件第 %s 行有不是 UTF-8 编码的字符。JSON 必须用 UTF-8 编码，请改正后重新报送。",
	CodeJSONLong:   "文件第 %s 行超过 %s，可能缺少换行。请每条数据各占一行，重新报送。",
	CodeJSONNames:  "到文件第 %s 行为止，字段名已超过 %s。请只保留模板中的字段，重新报送。",
	CodeJSONValue:  "文件第 %s 行的“%s”超过 %s，无法读取。请缩短后重新报送。",
}

// Refusal says why a file, or a place in it, cannot be read, and what its sender can do.
// It carries a *fault.Error of the same sentence (TooLarge for sizes, else Invalid), so the web side needs no word of
// this package to tell the user.
type Refusal struct {
	Code    Code
	Message string // one Chinese sentence or two: where, what, how to mend it
	Row     int    // the row as Excel shows it, or for a text table the physical line; 0 = the whole file
	cause   error
}

// Error returns the message and, for the log, the cause.
func (r *Refusal) Error() string {
	if r.cause != nil {
		return r.Message + ": " + r.cause.Error()
	}
	return r.Message
}

// Unwrap returns the message as a *fault.Error and the internal cause, if there is one.
func (r *Refusal) Unwrap() []error {
	kind := fault.Invalid
	switch r.Code {
	case CodeTooLarge, CodeBomb, CodeRows, CodeColumns, CodeJSONNames:
		kind = fault.TooLarge
	}
	wrapped := []error{fault.New(kind, r.Message)}
	if r.cause != nil {
		wrapped = append(wrapped, r.cause)
	}
	return wrapped
}

// refuse returns the Refusal of a code, its sentence filled with args.
func refuse(code Code, cause error, args ...any) *Refusal {
	message := sentences[code]
	if len(args) > 0 {
		message = fmt.Sprintf(message, args...)
	}
	return &Refusal{Code: code, Message: message, cause: cause}
}

// refuseAt is refuse for a place: the row stands in the Refusal too.
func refuseAt(code Code, row int, cause error, args ...any) *Refusal {
	r := refuse(code, cause, args...)
	r.Row = row
	return r
}

// damaged refuses a file whose bytes contradict themselves; where may be empty or like 第 7 行.
func damaged(where string, cause error) *Refusal {
	if where != "" {
		where = "（" + where + "）"
	}
	return refuse(CodeDamaged, cause, where)
}

// amount writes a number of bytes for a sentence: 200 MB.
func amount(bytes int64) string {
	switch {
	case bytes >= 10<<30:
		return fmt.Sprintf("%d GB", bytes>>30)
	case bytes >= 1<<20:
		return fmt.Sprintf("%d MB", bytes>>20)
	case bytes >= 1<<10:
		return fmt.Sprintf("%d KB", bytes>>10)
	}
	return fmt.Sprintf("%d 字节", bytes)
}
