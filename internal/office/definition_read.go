package office

import (
	"fmt"
	"slices"
	"strings"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// definitionRows bounds what is read of one sheet of a definition table.
const definitionRows = 5000

// ReadDefinition takes a definition table back: the one that DefinitionTable writes, or any sheet whose header names at
// least the fields' names and one more of its columns. Sheets 字典, 行内规则 and 基本信息 are read where they stand. The
// definition may be incomplete; its code is not read.
//
// Returns fault.Invalid that names sheet, row and column of what cannot be taken.
func ReadDefinition(book *sheet.Book) (models.Definition, error) {
	def := models.Definition{Coverage: models.CoverageIncrement}
	for _, info := range book.Sheets {
		if info.Hidden {
			continue
		}
		rows, err := book.Small(info.Index, definitionRows)
		if err != nil {
			return def, ingest.Refusal(err)
		}
		switch info.Name {
		case SheetLists:
			def.Lists = readLists(rows)
		case sheetRules:
			if def.Rules, err = readRows(info.Name, rows, ruleProperties(), "规则名称"); err != nil {
				return def, err
			}
		case sheetAbout:
			readAbout(&def, rows)
		default:
			if len(def.Fields) > 0 {
				continue
			}
			if def.Fields, err = readRows(info.Name, rows, fieldProperties(), "字段名称"); err != nil {
				return def, err
			}
		}
	}
	switch {
	case len(def.Fields) == 0:
		return def, fault.New(fault.Invalid, "没有找到字段定义：表头中应有“字段名称”，以及字段代码、类型、口径等列，每行一个字段。可先下载任一模板的定义表作样式。")
	case len(def.Fields) > models.MaxFields:
		return def, tooManyFields(len(def.Fields))
	}
	for i := range def.Fields {
		f := &def.Fields[i]
		code := codeOf(f.Code, i)
		if slices.ContainsFunc(def.Fields[:i], func(o models.Field) bool { return o.Code == code }) {
			code = codeOf("", i)
		}
		f.Code = code
		if f.Type == "" {
			f.Type = models.TypeText
		}
	}
	return def, nil
}

// readRows reads a sheet whose header names properties, must among them and one more.
func readRows[T any](name string, rows []sheet.Row, list []property[T], must string) ([]T, error) {
	head, places := header(rows, titlesOf(list), must)
	if head < 0 {
		return nil, nil
	}
	var things []T
	for _, row := range rows[head+1:] {
		var thing T
		filled := false
		for i, p := range list {
			column := places[p.title]
			if column < 0 || column >= len(row.Cells) {
				continue
			}
			value := strings.TrimSpace(row.Cells[column].Text)
			filled = filled || value != ""
			if !list[i].put(&thing, value) {
				return nil, fault.New(fault.Invalid, fmt.Sprintf("工作表“%s”第 %d 行 %s 列：“%s”不能作“%s”，请改正后再导入。", name, row.No, sheet.ColumnName(column), value, p.title))
			}
		}
		if filled {
			things = append(things, thing)
		}
	}
	return things, nil
}

// header finds the row that names must and at least one more of the titles; it returns its index and the column of each
// title, −1 where there is none.
func header(rows []sheet.Row, titles []string, must string) (head int, places map[string]int) {
	for i, row := range rows[:min(len(rows), 10)] {
		places := map[string]int{}
		for _, t := range titles {
			places[t] = -1
		}
		named := 0
		for column, cell := range row.Cells {
			title := strings.Trim(strings.Join(strings.Fields(cell.Text), ""), "*＊：:")
			if other, ok := otherTitles[title]; ok {
				if _, plain := places[title]; !plain {
					title = other
				}
			}
			if at, ok := places[title]; ok && at < 0 {
				places[title] = column
				named++
			}
		}
		if places[must] >= 0 && named >= 2 {
			return i, places
		}
	}
	return -1, nil
}

// readLists reads 字典代码, 字典名称, 条目代码, 条目名称, an entry a row.
func readLists(rows []sheet.Row) []models.CodeList {
	var lists []models.CodeList
	for _, row := range rows[min(1, len(rows)):] {
		var part [4]string
		for i := range part {
			if i < len(row.Cells) {
				part[i] = strings.TrimSpace(row.Cells[i].Text)
			}
		}
		if part[0] == "" || part[2] == "" {
			continue
		}
		at := slices.IndexFunc(lists, func(l models.CodeList) bool { return l.Code == part[0] })
		if at < 0 {
			at = len(lists)
			lists = append(lists, models.CodeList{Code: part[0], Name: part[1]})
		}
		lists[at].Items = append(lists[at].Items, models.CodeItem{Code: part[2], Name: part[3]})
	}
	return lists
}

func readAbout(def *models.Definition, rows []sheet.Row) {
	for _, row := range rows {
		if len(row.Cells) < 2 {
			continue
		}
		for _, p := range aboutProperties() {
			if strings.TrimSpace(row.Cells[0].Text) == p.title {
				p.put(def, strings.TrimSpace(row.Cells[1].Text))
			}
		}
	}
}
