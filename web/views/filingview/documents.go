package filingview

import (
	"fmt"
	"strings"

	"taxportal/internal/models"
	"taxportal/web/views/components"
)

// hasDocuments reports whether documents stand beside the tables of the batch.
func (p TaskPage) hasDocuments() bool { return p.Batch != nil && len(p.Batch.Documents()) > 0 }

func (p TaskPage) documentsTitle() string {
	return "附件　" + components.Thousands(int64(len(p.Batch.Documents()))) + " 个"
}

var documentColumns = []components.Column{
	{Label: "文件名"}, {Label: "大小", Num: true}, {Label: "SHA-256（前 12 位）"}, {Label: "写明它的行"},
}

// shortSum is enough of a checksum to tell two documents apart at a glance; the whole one stands on the receipt.
func shortSum(f models.BatchFile) string { return f.Blob[:min(12, len(f.Blob))] }

// namedBy says which rows of the batch's tables name a document.
func (p TaskPage) namedBy(f models.BatchFile) string {
	if p.Batch.CheckedAt == 0 || p.Batch.State == models.BatchMalformed {
		return "—"
	}
	if f.NamedRows == 0 {
		return "没有一行写明"
	}
	tables := p.Batch.Tables()
	var order []int
	rows := map[int][]int{}
	for _, place := range f.NamedBy {
		if rows[place.File] == nil {
			order = append(order, place.File)
		}
		rows[place.File] = append(rows[place.File], int(place.Row))
	}
	parts := make([]string, len(order))
	for i, file := range order {
		parts[i] = "第 " + ranges(rows[file]) + " 行"
		if len(tables) > 1 && file < len(tables) {
			parts[i] = "“" + tables[file].Name + "”" + parts[i]
		}
	}
	text := strings.Join(parts, "；")
	if f.NamedRows > int64(len(f.NamedBy)) {
		text += fmt.Sprintf("等 %s 行", components.Thousands(f.NamedRows))
	}
	return text
}

// attachments reports whether rows of the task's template name documents.
func (p TaskPage) attachments() bool { return p.Task.TemplateVersion.Definition.Attachments() }

// What the place for files says of what it takes.
const (
	tableAccept    = ".xlsx,.csv,.tsv,.txt"
	documentAccept = ",.pdf,.ofd,.jpg,.jpeg,.png,.doc,.docx,.wps"
	tableHint      = "支持 .xlsx、.csv，可一次选几个文件，每个不超过 200 MB；上传后自动校验，本页可以离开"
	documentHint   = "表格（.xlsx、.csv）和表中写明的附件（PDF、OFD、JPG、PNG、Word）一次选上，每个不超过 200 MB；上传后自动校验，本页可以离开"
)

func (p TaskPage) accept() string {
	if p.attachments() {
		return tableAccept + documentAccept
	}
	return tableAccept
}

func (p TaskPage) dropHint() string {
	if p.attachments() {
		return documentHint
	}
	return tableHint
}
