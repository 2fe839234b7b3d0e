package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Walk implements Store. Files that are no blobs are passed over.
func (s *Local) Walk(ctx context.Context, fn func(Entry) error) error {
	outer, err := os.ReadDir(s.files)
	if err != nil {
		return fmt.Errorf("walk store: %w", err)
	}
	for _, first := range outer {
		inner, err := readFolder(filepath.Join(s.files, first.Name()), first)
		if err != nil {
			return err
		}
		for _, second := range inner {
			folder := filepath.Join(s.files, first.Name(), second.Name())
			blobs, err := readFolder(folder, second)
			if err != nil {
				return err
			}
			if err := s.visit(ctx, folder, blobs, fn); err != nil {
				return err
			}
		}
	}
	return nil
}

// readFolder lists a folder of two hexadecimal digits, and nothing of anything else or of what has gone meanwhile.
func readFolder(path string, entry fs.DirEntry) ([]fs.DirEntry, error) {
	if !entry.IsDir() || len(entry.Name()) != 2 {
		return nil, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("walk store: %w", err)
	}
	return entries, nil
}

// visit calls fn for the blobs among the entries of one folder.
func (s *Local) visit(ctx context.Context, folder string, entries []fs.DirEntry, fn func(Entry) error) error {
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("walk store: %w", err)
		}
		hash := entry.Name()
		if checkHash(hash) != nil || filepath.Dir(s.path(hash)) != folder {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("walk store: %w", err)
		}
		size, _ := contentSize(info.Size()) // a cut blob counts as empty: the sweep must see it all the same
		if err := fn(Entry{Ref: Ref{Hash: hash, Size: size}, Stored: info.ModTime()}); err != nil {
			return err
		}
	}
	return nil
}
