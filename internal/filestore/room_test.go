package filestore

import (
	"math"
	"os"
	"strings"
	"syscall"
	"testing"

	"taxportal/internal/fault"
)

func TestProbe_TellsADiskThatTakesNothing(t *testing.T) {
	s := newStore(t)
	if err := s.Probe(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(s.incoming); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for name, cause := range map[string]error{"磁盘已满": syscall.ENOSPC, "不能写入": syscall.EROFS} {
		s.create = func(string) (tempFile, error) { return nil, &os.PathError{Op: "open", Path: "x", Err: cause} }
		if err := s.Probe(); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: %v", cause, err)
		}
	}
}

func TestRoom_KeepsAFloor(t *testing.T) {
	if err := Room(t.TempDir(), 1); err != nil {
		t.Error(err)
	}
	if err := Room(t.TempDir(), math.MaxInt64); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "剩余") {
		t.Errorf("an enormous floor: %v", err)
	}
	if err := Room("/nowhere/at/all", 1); err == nil {
		t.Error("room in a folder that is not there")
	}
}
