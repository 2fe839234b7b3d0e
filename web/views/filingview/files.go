package filingview

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"taxportal/internal/models"
	"taxportal/internal/paths"
	"taxportal/web/views/components"
	"taxportal/web/views/words"
)

// fileFacts says what is known of one file of the batch: how it was read, and what of it was not.
func fileFacts(f models.BatchFile) []components.Fact {
	facts := []components.Fact{{Term: "文件名", Text: f.Name + "　" + words.Size(f.Size)}}
	add := func(term, text string) {
		if text != "" {
			facts = append(facts, components.Fact{Term: term, Text: text})
		}
	}
	switch {
	case f.Format == formatJSON:
		add("格式", fmt.Sprintf("JSON 行；%d 个字段名对应模板字段", f.Columns))
	case f.Encoding != "":
		add("编码", f.Encoding+"（自动识别，"+f.Delimiter+"分隔）")
	}
	add("工作表", f.Sheet)
	if f.HeaderRow > 0 {
		add("表头", fmt.Sprintf("第 %d 行；%d 列对应模板字段", f.HeaderRow, f.Columns))
	}
	if left := leftOut(f); len(left) > 0 {
		facts = append(facts, components.Fact{Term: "未计入", Body: lines(left)})
	}
	add("未提供", absent(f.Absent))
	if f.Hidden > 0 {
		add("隐藏行", components.Thousands(f.Hidden)+" 行数据在表中被隐藏或筛去，已照常读入")
	}
	for _, note := range f.Notes {
		add("注意", note)
	}
	if f.Duplicate != "" {
		add("重复", "与批次 "+f.Duplicate+" 中的文件内容完全相同，请核对是否传错")
	}
	return append(facts, components.Fact{Term: "SHA-256", Text: f.Blob, Code: true})
}

// formatJSON is the format of JSON lines, which the systems of units send.
const formatJSON = "ndjson"

// leftOut names what of a file was not read as data: rows by number and kind, columns by title.
func leftOut(f models.BatchFile) []string {
	var list []string
	if rows := ignored(f); rows != "" {
		list = append(list, rows)
	}
	if len(f.Extra) > 0 {
		list = append(list, fmt.Sprintf("与模板无关的 %d 列：%s", len(f.Extra), strings.Join(f.Extra, "、")))
	}
	return list
}

// absent names the optional columns of the template that the file does not have.
func absent(fields []string) string {
	if len(fields) == 0 {
		return ""
	}
	return fmt.Sprintf("%d 个选填列：%s", len(fields), strings.Join(fields, "、"))
}

var ignoredWords = map[string]string{"title": "标题", "total": "合计", "note": "说明", "blank": "空行", "header": "表头的续行或重复", "sample": "示例"}

// ignored says which rows of a file are no data, kind by kind: 第 1、2 行标题；第 17 行合计；第 18—21 行说明. Of very many
// the check names only the first, and the rest as a number.
func ignored(f models.BatchFile) string {
	var kinds []string
	rows := map[string][]int{}
	for _, r := range f.Ignored {
		if rows[r.Kind] == nil {
			kinds = append(kinds, r.Kind)
		}
		rows[r.Kind] = append(rows[r.Kind], r.Row)
	}
	parts := make([]string, len(kinds))
	for i, kind := range kinds {
		word := ignoredWords[kind]
		if word == "" {
			word = "不是数据"
		}
		parts[i] = "第 " + ranges(rows[kind]) + " 行" + word
	}
	if more := f.Skipped - int64(len(f.Ignored)); more > 0 {
		parts = append(parts, fmt.Sprintf("另有 %s 行不再逐一列出，共 %s 行", components.Thousands(more), components.Thousands(f.Skipped)))
	}
	return strings.Join(parts, "；")
}

// ranges writes row numbers that stand in ascending order, three and more in a row as from—to: 1、2、18—21.
func ranges(rows []int) string {
	var parts []string
	for i := 0; i < len(rows); {
		end := i
		for end+1 < len(rows) && rows[end+1] == rows[end]+1 {
			end++
		}
		if end-i < 2 {
			end = i
			parts = append(parts, rowNo(rows[i]))
		} else {
			parts = append(parts, rowNo(rows[i])+"—"+rowNo(rows[end]))
		}
		i = end + 1
	}
	return strings.Join(parts, "、")
}

func rowNo(n int) string { return components.Thousands(int64(n)) }

func (p TaskPage) filesTitle() string {
	if n := len(p.Batch.Tables()); n > 1 {
		return "文件　" + components.Thousands(int64(n)) + " 个"
	}
	return "文件"
}

// filesBeside reports whether the files stand in the right column, above the history. That column is then the longer one,
// and what the task is about stands in the left.
func (p TaskPage) filesBeside() bool {
	return p.settled() && len(p.Rules) == 0 && len(p.Batch.Files) > 0
}

// fileLink leads to the original of the batch's only file, from the panel's head.
func (p TaskPage) fileLink() *components.TextLink {
	if !p.CanMend || len(p.Batch.Tables()) != 1 {
		return nil
	}
	return &components.TextLink{Label: "下载原文件", URL: templ.SafeURL(paths.ToBatchFile(p.Batch.Code, p.Batch.Tables()[0].Seq))}
}

// fileLinkOf names the link to one of several originals.
func fileLinkOf(f models.BatchFile) string { return "下载原文件 " + strconv.Itoa(f.Seq+1) }

// hasAnnotated reports whether the reader, who is to mend the batch, is offered its files with what is wrong marked in them.
func (p TaskPage) hasAnnotated() bool {
	b := p.Batch
	return b.FindingsBlob != "" && (b.ErrorRows > 0 || b.WarningCount > 0) && p.CanMend
}

// annotatedURL leads to the annotated form of the batch's only file, or to its files, each of which has one of its own.
func (p TaskPage) annotatedURL() templ.SafeURL {
	if len(p.Batch.Tables()) > 1 {
		return "#files"
	}
	return templ.SafeURL(paths.ToBatchAnnotated(p.Batch.Code, 0))
}

// annotatedLinkOf names the link to the annotated form of one of several files.
func annotatedLinkOf(f models.BatchFile) string {
	return "下载批注工作簿 " + strconv.Itoa(f.Seq+1)
}

// discardLabel asks in the words of what is taken away.
func (p TaskPage) discardLabel() string {
	if p.Batch.Kind == models.BatchNil {
		return "报错了？作废本次零报送"
	}
	return "传错了？作废本批次"
}
