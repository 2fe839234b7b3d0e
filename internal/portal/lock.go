package portal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"taxportal/internal/fault"
)

// lockName is the file in the data folder that a serving portal holds.
const lockName = "portal.lock"

// errHeld is returned by lockFile when another process, or another portal of this one, holds the file.
var errHeld = errors.New("held by another portal")

// lock takes the data folder for this portal alone, because whoever serves from it empties its temporary files. The
// operating system gives the folder free when the file is closed, also that of a process which was killed; the file itself
// stays and means nothing.
func lock(data string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(data, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock of data folder: %w", err)
	}
	if err := lockFile(file); err != nil {
		_ = file.Close()
		if errors.Is(err, errHeld) {
			return nil, fault.Wrap(fault.Conflict, "数据目录 "+data+" 已有平台在运行，一个数据目录只能运行一个平台；请先停下它，或用 --data 另指目录。", err)
		}
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	return file, nil
}
