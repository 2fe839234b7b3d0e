//go:build linux || darwin

package filestore

import "golang.org/x/sys/unix"

// freeBytes is what a user who is not root may still write to the disk under a folder.
func freeBytes(folder string) (int64, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(folder, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil
}
