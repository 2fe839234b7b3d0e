package filestore

import (
	"errors"
	"fmt"
	"os"

	"taxportal/internal/fault"
)

// Probe returns nil if the store takes new files: it writes a small one and removes it.
// Returns fault.Unavailable if the disk is full or cannot be written.
func (s *Local) Probe() error {
	file, err := s.create(s.incoming)
	if err != nil {
		return probeError(err)
	}
	_, err = file.Write(make([]byte, probeSize))
	if err = errors.Join(err, file.Close(), os.Remove(file.Name())); err != nil {
		return probeError(err)
	}
	return nil
}

// probeSize is a block of any file system; an empty file may find room where nothing else does.
const probeSize = 4 << 10

func probeError(err error) error {
	if full := diskError("probe store", err); fault.Of(full) != 0 {
		return full
	}
	return fault.Wrap(fault.Unavailable, "数据目录不能写入，请系统管理员检查磁盘。", fmt.Errorf("probe store: %w", err))
}

// Room returns fault.Unavailable if the disk under a folder has less than so many bytes left.
func Room(folder string, least int64) error {
	free, err := freeBytes(folder)
	if err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	if free < least {
		return fault.New(fault.Unavailable, "磁盘将满，剩余 "+sizeText(free)+"，不足 "+sizeText(least)+"，请系统管理员清理空间。")
	}
	return nil
}
