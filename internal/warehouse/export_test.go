package warehouse

import (
	"context"
	"database/sql"

	"taxportal/internal/models"
)

// Distribute lets a test spread a template's table where there is no Citus extension.
func Distribute(ctx context.Context, tx *sql.Tx, def *models.Definition) error {
	l, err := layoutOf(def)
	if err != nil {
		return err
	}
	return distribute(ctx, tx, l)
}
