package ingest

import (
	"errors"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// Options says how a batch is checked.
type Options struct {
	Today     models.Day                  // the day that 'today' means in rules, and that no birth date may be after
	Keep      int                         // first findings per rule in the report; 0 = 50
	TempDir   string                      // takes the keys that do not fit into memory; "" = the system's. They are data of the unit
	Memory    int                         // bytes for the search of duplicates; 0 = 24 MiB
	Prior     *models.Stats               // the unit's last effective period, against which the sums are held; nil = none
	Regions   []cn.Region                 // the areas of each of which the batch must hold a row, by its first region field; nil = any
	Since     models.Day                  // the day before which nothing may be registered, by the field of SinceField; "" = any
	Documents []string                    // names of the files sent beside the tables, no two alike by FoldFileName; nil = names in rows are not held against any
	Progress  func(rows, estimated int64) // called now and then with the rows read so far, and as many as there may be
}

// chunkRows is how many records sink gets at a time.
const chunkRows = 256

// progressRows is how often progress is told and the context asked.
const progressRows = 2048

func (o Options) withDefaults() (Options, error) {
	if !o.Today.Valid() {
		return o, errors.New("check: Options.Today is no day")
	}
	if o.Since != "" && !o.Since.Valid() {
		return o, errors.New("check: Options.Since is no day")
	}
	if o.Keep <= 0 {
		o.Keep = 50
	}
	if o.Memory <= 0 {
		o.Memory = 24 << 20
	}
	return o, nil
}
