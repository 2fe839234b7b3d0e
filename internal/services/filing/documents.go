package filing

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/fault"
	"taxportal/internal/ingest"
	"taxportal/internal/ingest/sheet"
	"taxportal/internal/models"
)

// MaxDocuments is how many documents a batch carries beside its tables, where its template has a field for them.
const MaxDocuments = 200

// documentWords are the documents that are taken, as people call them.
const documentWords = "PDF、OFD、JPG、PNG 和 Word（.doc、.docx、.wps）"

// MostFiles is how many files a batch of the template may have.
func MostFiles(def *models.Definition) int {
	if def.Attachments() {
		return MaxFiles + MaxDocuments
	}
	return MaxFiles
}

// TooMany says that a batch may not have so many files.
func TooMany(most int) string {
	if most > MaxFiles {
		return fmt.Sprintf("一个批次最多 %d 个表格、%d 个附件，请合并后再传。", MaxFiles, MaxDocuments)
	}
	return fmt.Sprintf("一个批次最多 %d 个文件，请合并后再传。", MaxFiles)
}

// sortFiles tells the documents among uploaded files from the tables, by their content, and puts them behind the tables.
// In a template without a field for documents every file is held for a table, and the check says what it is instead.
// Returns fault.Invalid with the field file for what is neither, or not what its name says.
func (s *Service) sortFiles(ctx context.Context, def *models.Definition, files []UploadedFile) ([]UploadedFile, error) {
	if !def.Attachments() {
		return files, nil
	}
	var form fault.Form
	sorted := slices.Clone(files)
	for i := range sorted {
		f := &sorted[i]
		kind, err := s.documentKind(ctx, f.Blob)
		if err != nil {
			return nil, err
		}
		f.Kind, f.format = models.FileTable, ""
		if kind == sheet.NoDocument {
			continue
		}
		f.Kind, f.format = models.FileDocument, string(kind)
		if message := badDocument(cleanName(f.Name), kind); message != "" {
			form.Add("file", message)
		}
	}
	slices.SortStableFunc(sorted, func(a, b UploadedFile) int { return rank(a.Kind) - rank(b.Kind) })
	return sorted, form.Err()
}

func rank(k models.FileKind) int {
	if k == models.FileDocument {
		return 1
	}
	return 0
}

func (s *Service) documentKind(ctx context.Context, blob string) (sheet.DocumentKind, error) {
	content, err := s.Files.Open(ctx, blob)
	if err != nil {
		return "", fmt.Errorf("look at %s: %w", blob, err)
	}
	defer content.Close()
	return sheet.DocumentOf(content, content.Size())
}

// badDocument says why a document cannot be taken, or "".
func badDocument(name string, kind sheet.DocumentKind) string {
	endings := kind.Endings()
	switch {
	case len(endings) == 0:
		return "没有上传：“" + name + "”既不是表格，也不是可以接收的附件。附件请用 " + documentWords + "，文件中不能带宏。"
	case !slices.Contains(endings, strings.ToLower(path.Ext(name))):
		return "没有上传：“" + name + "”的内容与文件名不符，文件名应以 " + strings.Join(endings, " 或 ") + " 结尾。请核对后改正文件名再传。"
	}
	return ""
}

// checkDocuments holds the files of a batch whose template has a field for documents against what may come together.
func checkDocuments(form *fault.Form, files []UploadedFile) {
	tables, seen := 0, map[string]string{}
	for _, f := range files {
		if f.Kind != models.FileDocument {
			tables++
			continue
		}
		name := cleanName(f.Name)
		folded := ingest.FoldFileName(name)
		if first, ok := seen[folded]; ok {
			form.Add("file", "附件“"+first+"”与“"+name+"”文件名相同，无法分清各行写明的是哪一个。请改名后再传，并同步修改表中的文件名。")
		}
		seen[folded] = name
	}
	switch {
	case tables > MaxFiles:
		form.Add("file", fmt.Sprintf("一个批次最多 %d 个表格，请合并后再传。", MaxFiles))
	case tables == 0 && len(files) > 0:
		form.Add("file", "没有上传：只选了附件，没有表格。请把表格和附件一次选上再传。")
	case len(files)-tables > MaxDocuments:
		form.Add("file", fmt.Sprintf("一个批次最多 %d 个附件，请把同一行的几个附件合并成一个文件后再传。", MaxDocuments))
	}
}

// documentNames are the names that the rows of a batch may use, nil if its template has no field for documents.
func documentNames(def *models.Definition, b *models.Batch) []string {
	if !def.Attachments() {
		return nil
	}
	names := []string{}
	for _, f := range b.Documents() {
		names = append(names, f.Name)
	}
	return names
}

// saveDocuments notes which rows name each document of the batch.
func saveDocuments(tx *gorm.DB, b *models.Batch, reports []ingest.DocumentReport) error {
	documents := b.Documents()
	for i, r := range reports {
		if i >= len(documents) {
			break
		}
		row := models.BatchFile{NamedRows: r.Rows, NamedBy: listed(r.First)}
		err := tx.Model(&models.BatchFile{}).Where("id = ?", documents[i].ID).Select("named_rows", "named_by").Updates(&row).Error
		if err != nil {
			return fmt.Errorf("note who names a document: %w", err)
		}
	}
	return nil
}
