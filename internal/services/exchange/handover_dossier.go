package exchange

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"gorm.io/gorm"

	"taxportal/internal/database"
	"taxportal/internal/models"
	"taxportal/internal/office"
	"taxportal/internal/workflow"
)

// dossier is everything that is to be known of a batch to hand it over.
type dossier struct {
	batch      models.Batch
	task       models.FilingTask
	version    models.TemplateVersion
	area       models.Jurisdiction
	reference  string
	replacedBy string // the batch that took its place
}

// dossier reads what is known of a batch.
func (s *Service) dossier(ctx context.Context, batchID int64) (*dossier, error) {
	db := s.DB.Read.WithContext(ctx)
	d := &dossier{}
	files := func(db *gorm.DB) *gorm.DB { return db.Order("seq") }
	if err := db.Preload("Files", files).Where("id = ?", batchID).Take(&d.batch).Error; err != nil {
		return nil, database.Fault(fmt.Errorf("find batch: %w", err))
	}
	err := db.Joins("Item").Joins("Unit").Joins("TemplateVersion").Where("filing_tasks.id = ?", d.batch.TaskID).Take(&d.task).Error
	if err != nil {
		return nil, database.Fault(fmt.Errorf("find task of %s: %w", d.batch.Code, err))
	}
	if err := db.Where("id = ?", d.task.Unit.JurisdictionID).Take(&d.area).Error; err != nil {
		return nil, database.Fault(fmt.Errorf("find area of %s: %w", d.batch.Code, err))
	}
	d.version = d.task.TemplateVersion
	if d.reference, err = referenceOf(d.version.Definition.Code, d.batch.Code); err != nil {
		return nil, err
	}
	if d.batch.State == models.BatchSuperseded {
		err = db.Model(&workflow.Event{}).Where("flow = ? AND record_id = ? AND verb = ?", models.FilingFlow.Name, batchID, models.VerbSupersede).
			Order("id DESC").Limit(1).Pluck("detail", &d.replacedBy).Error
	}
	return d, database.Fault(err)
}

// rows is how many rows the batch has in force.
func (d *dossier) rows() int64 {
	if d.batch.Kind == models.BatchNil {
		return 0
	}
	return d.batch.RowsValid
}

// manifest says what the hand-over is about; put adds the files.
func (d *dossier) manifest(how Sensitive, at models.Instant) Manifest {
	def := d.version.Definition
	return Manifest{
		Format: manifestFormat, Batch: d.batch.Code, Status: statusEffective, Task: d.task.Code, Period: string(d.task.Period),
		Kind: string(d.batch.Kind), Correction: d.batch.Correction,
		Unit: Named{d.task.Unit.Code, d.task.Unit.Name}, Area: Named{d.area.Code, d.area.Name},
		Item: Named{d.task.Item.Code, d.task.Item.Name}, Template: Named{def.Code, def.Name}, Version: d.version.No, Coverage: string(def.Coverage),
		Rows: d.rows(), Sensitive: ManifestFields{Mode: how, Fields: orNone(shapeOf(def, how).sensitive)},
		SignedBy: d.batch.SignedName, SignedAt: stamp(d.batch.SignedAt), AcceptedBy: d.batch.DecidedName, AcceptedAt: stamp(d.batch.DecidedAt),
		Receipt: d.batch.ReceiptNo, WrittenAt: stamp(at), Files: []ManifestFile{},
		Documents: d.documents(how),
	}
}

// documents lists what was filed beside the rows.
func (d *dossier) documents(how Sensitive) []ManifestDocument {
	hidden := how != SensitivePlain && slices.ContainsFunc(d.version.Definition.Fields, func(f models.Field) bool {
		return f.Type == models.TypeAttachment && f.Sensitive
	})
	var list []ManifestDocument
	for _, f := range d.batch.Documents() {
		m := ManifestDocument{Name: f.Name, Bytes: f.Size, SHA256: f.Blob, Rows: f.NamedRows}
		if hidden {
			m.Name = ""
		}
		list = append(list, m)
	}
	return list
}

// orNone keeps an empty list from being written as null.
func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// stamp writes a moment for programs.
func stamp(at models.Instant) string {
	if at.IsZero() {
		return ""
	}
	return at.Time().Format("2006-01-02T15:04:05+08:00")
}

// writeSchema writes the Frictionless Table Schema of what is handed over.
func writeSchema(w io.Writer, shape shape) error {
	text, err := office.Schema(shape.def)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

func uppers(codes []string) []string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = strings.ToUpper(strings.TrimSpace(code))
	}
	return list
}
