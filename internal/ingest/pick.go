package ingest

import (
	"fmt"
	"slices"
	"strings"

	"taxportal/internal/ingest/sheet"
)

// candidate is a sheet that may hold the rows.
type candidate struct {
	layout
	rows []sheet.Row // the first of them
	data bool        // at least one row of data below the header
	ok   bool        // a header was found
}

// pick finds the one sheet that holds the template's rows, and the header in it. Everything that keeps the file from
// being checked comes back as one *Malformed.
func (c *Checker) pick(book *sheet.Book) (*candidate, error) {
	var all []*candidate
	for _, info := range book.Sheets {
		if info.Hidden || len(book.Sheets) > 1 && auxiliary(info.Name) {
			continue
		}
		rows, err := book.Small(info.Index, peekRows)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			continue
		}
		l, ok := findHeader(c.index, len(c.columns), rows)
		l.sheet = info.Index
		if book.Format == sheet.XLSX { // the one table of a CSV has no name of its own
			l.name = info.Name
		}
		k := &candidate{layout: l, rows: rows, ok: ok}
		k.data = ok && c.hasData(k)
		all = append(all, k)
	}
	return c.choose(book, all)
}

// choose takes the sheet whose columns are complete, or says why there is none or more than one.
func (c *Checker) choose(book *sheet.Book, all []*candidate) (*candidate, error) {
	var good, best *candidate
	for _, k := range all {
		if best == nil || k.found > best.found || k.found == best.found && k.data && !best.data {
			best = k
		}
		if !k.ok || !c.complete(k) {
			continue
		}
		switch {
		case good == nil || k.data && !good.data:
			good = k
		case k.data && good.data:
			return nil, &Malformed{Code: MalformedSheets, Message: "工作表" + quoted([]string{good.name, k.name}) +
				"中都有本模板的数据，一次只能读一张。请合并到一张工作表，或分成几个文件作为同一批次上传。"}
		}
	}
	switch {
	case good != nil:
		return good, c.unitConflicts(good)
	case best == nil:
		return nil, &Malformed{Code: MalformedEmpty, Message: "文件里没有可见的数据。请核对数据是否在隐藏的工作表中；本期确无数据的，请办理零报送。"}
	case best.ok || c.guessHeader(best):
		return nil, c.wrongColumns(best)
	}
	return nil, c.noHeader(book, all)
}

// auxiliary reports whether a sheet's name says that it holds no rows.
func auxiliary(name string) bool {
	if strings.HasPrefix(name, "_") {
		return true
	}
	name = foldTitle(name)
	for _, word := range []string{"填报说明", "填表说明", "填写说明", "说明", "字典", "代码表", "数据字典", "目录", "封面", "校验结果"} {
		if name == word {
			return true
		}
	}
	return strings.HasPrefix(name, "填报说明") || strings.HasPrefix(name, "填表说明")
}

// hasData reports whether one of the rows that were looked at is a row of the register.
func (c *Checker) hasData(k *candidate) bool {
	r := newSieve(c.columns, k.layout)
	for _, row := range k.rows {
		if row.No > k.header {
			if kind, _ := r.classify(row); kind == "" {
				return true
			}
		}
	}
	return len(k.rows) == peekRows && k.rows[peekRows-1].No > k.header
}

// complete reports whether all required fields have exactly one column.
func (c *Checker) complete(k *candidate) bool {
	return len(k.twice) == 0 && len(c.missing(k)) == 0
}

// missing lists the required fields without a column.
func (c *Checker) missing(k *candidate) []int {
	var out []int
	for i, col := range k.cols {
		if col < 0 && c.columns[i].field.Required {
			out = append(out, i)
		}
	}
	return out
}

// extra lists the columns with a title that belong to no field.
func (k *candidate) extra() []int {
	var out []int
	for col, title := range k.titles {
		if title != "" && !slices.Contains(k.cols, col) && !k.repeats(col) {
			out = append(out, col)
		}
	}
	return out
}

// repeats reports whether a column names a field that another one names as well.
func (k *candidate) repeats(col int) bool {
	return slices.ContainsFunc(k.twice, func(t repeated) bool { return slices.Contains(t.columns, col) })
}

// unitConflicts refuses a file whose titles name another unit of measure: its figures would be wrong by a factor.
func (c *Checker) unitConflicts(k *candidate) error {
	var clashes []string
	for i, col := range k.cols {
		if col < 0 {
			continue
		}
		for _, line := range k.lines {
			f := c.columns[i].field
			if unit, clash := unitConflict(foldTitle(line[col]), f); clash {
				clashes = append(clashes, fmt.Sprintf("%s 列“%s”的单位是%s，模板中“%s”的单位是%s",
					sheet.ColumnName(col), k.titles[col], unit, f.Name, orYuan(f.Unit)))
				break
			}
		}
	}
	if len(clashes) == 0 {
		return nil
	}
	return &Malformed{Code: MalformedUnit, Sheet: k.name, Row: k.header,
		Message: strings.Join(clashes, "；") + "。请按模板的单位换算后，改正表头再上传。"}
}

func orYuan(unit string) string {
	if unit == "" {
		return "元"
	}
	return unit
}

// wrongColumns tells at once which columns are missing, which stand twice, and what the others may be.
func (c *Checker) wrongColumns(k *candidate) error {
	m := &Malformed{Code: MalformedColumns, Sheet: k.name, Row: k.header, Guesses: c.guesses(k)}
	var parts []string
	for _, i := range c.missing(k) {
		m.Missing = append(m.Missing, c.columns[i].field.Name)
	}
	if len(m.Missing) > 0 {
		parts = append(parts, "缺少必填列"+quoted(m.Missing))
	}
	for _, t := range k.twice {
		name := c.columns[t.field].field.Name
		m.Duplicates = append(m.Duplicates, name)
		parts = append(parts, fmt.Sprintf("“%s”有 %d 列（%s），只能留一列", name, len(t.columns), k.wordColumns(name, t.columns)))
	}
	for _, col := range k.extra() {
		m.Extra = append(m.Extra, k.titles[col])
	}
	where, mend := fmt.Sprintf("表头（第 %d 行）", k.header), "请改正表头后重新上传，或把数据复制到模板工作簿中。"
	if k.keyed() {
		where, mend = "各行的字段名", "请改用模板的字段代码后重新报送。"
	}
	m.Message = fmt.Sprintf("%s与模板“%s”对不上：%s。", where, c.def.Name, strings.Join(parts, "；"))
	for _, g := range m.Guesses {
		m.Message += fmt.Sprintf("您的“%s”（%s 列）是不是模板中的“%s”？", g.Title, g.Column, g.Name)
	}
	if len(m.Guesses) == 0 && len(m.Extra) > 0 {
		m.Message += "文件中多出的列：" + quoted(m.Extra) + "。"
	}
	m.Message += mend
	return m
}

// keyed reports whether the sheet's titles are the names of JSON lines, which stand in no row of the file.
func (k *candidate) keyed() bool { return len(k.rows) > 0 && k.rows[0].No == 0 }

// wordColumns names columns by their letters, and by their titles where these are not the template's: B、L 列, or
// F 列“规划用途”、G 列“土地用途”.
func (k *candidate) wordColumns(name string, columns []int) string {
	plain, titled := make([]string, len(columns)), make([]string, len(columns))
	same := true
	for i, col := range columns {
		plain[i] = sheet.ColumnName(col)
		titled[i] = plain[i] + " 列" + quoted([]string{k.titles[col]})
		same = same && k.titles[col] == name
	}
	if same {
		return strings.Join(plain, "、") + " 列"
	}
	return strings.Join(titled, "、")
}

// noHeader tells which sheets were looked through in vain.
func (c *Checker) noHeader(book *sheet.Book, all []*candidate) error {
	where := "前 60 行"
	switch book.Format {
	case sheet.JSONLines:
		return &Malformed{Code: MalformedNoHeader, Message: "各行的字段名与模板“" + c.def.Name + "”对不上，没有一个可用。" +
			"请用模板的字段代码（见模板的 schema.json）作字段名，如" + quoted(c.codes(4)) + "，改正后重新报送。"}
	case sheet.XLSX:
		names := make([]string, len(all))
		for i, k := range all {
			names[i] = k.name
		}
		where = "工作表" + quoted(names) + "的前 60 行"
	}
	names := make([]string, 0, 4)
	for _, col := range c.columns[:min(4, len(c.columns))] {
		names = append(names, col.field.Name)
	}
	return &Malformed{Code: MalformedNoHeader, Message: "在" + where + "中没有找到表头。表头应有" + quoted(names) +
		"等列，与模板“" + c.def.Name + "”一致。请核对是否选错了文件，或把数据复制到模板工作簿中再上传。"}
}

// codes returns the codes of the template's first fields.
func (c *Checker) codes(n int) []string {
	var codes []string
	for _, col := range c.columns[:min(n, len(c.columns))] {
		codes = append(codes, col.field.Code)
	}
	return codes
}

// checkMeta holds the template code of a workbook against the one that is asked for, and notes another version.
func (c *Checker) checkMeta(book *sheet.Book, report *FileReport) error {
	code, version, err := readMeta(book)
	if err != nil {
		return err
	}
	report.Template, report.Version = code, version
	if code != "" && !strings.EqualFold(code, c.def.Code) {
		return &Malformed{Code: MalformedWrongTemplate, Message: fmt.Sprintf(
			"这是模板 %s 的工作簿，本任务要的是“%s”（%s）。请核对是否选错了文件。",
			strings.ToUpper(code), c.def.Name, strings.ToUpper(c.def.Code))}
	}
	if version > 0 && version != c.def.Version {
		report.Notes = append(report.Notes, fmt.Sprintf("文件用的是模板第 %d 版的工作簿，已按本任务的第 %d 版核对；下次请下载新的工作簿。",
			version, c.def.Version))
	}
	return nil
}

// emptyFile tells that a header stands there alone.
func emptyFile(k *candidate) error {
	where := ""
	if k.name != "" {
		where = "工作表“" + k.name + "”"
	}
	if k.keyed() {
		return &Malformed{Code: MalformedEmpty, Message: "文件里没有数据行。请核对是否选错了文件；本期确无数据的，请办理零报送。"}
	}
	return &Malformed{Code: MalformedEmpty, Sheet: k.name, Row: k.header, Message: fmt.Sprintf(
		"%s表头（第 %d 行）以下没有数据行。请核对是否选错了文件；本期确无数据的，请办理零报送。", where, k.header)}
}
