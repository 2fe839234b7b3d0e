package sheet

// Limits bounds what one file may cost. A zero field takes its default.
type Limits struct {
	Bytes       int64 // size of the file; 200 MiB
	Unpacked    int64 // size to which one part of a workbook may unpack; 4 GiB
	Ratio       int64 // unpacked to packed size of a part, once it is beyond 32 MiB; 250 (deflate itself ends at 1032)
	Entries     int   // files inside a workbook's zip; 10,000
	Rows        int   // rows with content in a sheet; 5,000,000
	Columns     int   // columns with content; 1,024
	CellBytes   int   // bytes of one cell's text; 131,072 (Excel ends at 32,767 characters)
	RecordBytes int   // bytes of one record of a text table; 1 MiB
	SharedBytes int64 // shared strings kept in memory, with their headers; 32 MiB, the rest goes to TempDir
	SharedCount int   // shared strings in all; 20,000,000
}

const (
	ratioFloor   = 32 << 20 // below this a high ratio does no harm
	partBytes    = 64 << 20 // unpacked size of any part but sheets and shared strings
	excelRows    = 1 << 20  // rows of a sheet
	excelColumns = 1 << 14  // columns of a sheet
	maxSheets    = 1000
	maxNames     = 10_000
	maxStyles    = 1 << 16 // cell formats of a workbook
	maxMerges    = 1 << 14 // merged ranges that Merges returns
)

func (l Limits) withDefaults() Limits {
	orInt64 := func(value *int64, standard int64) {
		if *value <= 0 {
			*value = standard
		}
	}
	orInt := func(value *int, standard int) {
		if *value <= 0 {
			*value = standard
		}
	}
	orInt64(&l.Bytes, 200<<20)
	orInt64(&l.Unpacked, 4<<30)
	orInt64(&l.Ratio, 250)
	orInt(&l.Entries, 10_000)
	orInt(&l.Rows, 5_000_000)
	orInt(&l.Columns, 1024)
	orInt(&l.CellBytes, 128<<10)
	orInt(&l.RecordBytes, 1<<20)
	orInt64(&l.SharedBytes, 32<<20)
	orInt(&l.SharedCount, 20_000_000)
	return l
}
