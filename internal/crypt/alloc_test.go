//go:build !race

package crypt_test

import (
	"testing"

	"taxportal/internal/crypt"
)

// The race detector makes sync.Pool forget at random, so this is measured without it.
func TestSealingAFieldAllocatesNothing(t *testing.T) {
	keys, at := generate(t), crypt.Field{Table: "w_zjj_02", Column: "id_card", Batch: 7}
	plain, dst := []byte("11010519491231002X"), make([]byte, 0, 64)
	if n := testing.AllocsPerRun(200, func() { dst = keys.SealField(dst[:0], at, plain) }); n >= 1 {
		t.Errorf("%v allocations per sealed field", n)
	}
	if n := testing.AllocsPerRun(200, func() { _ = keys.Subject("org", "MA0000000") }); n >= 1 {
		t.Errorf("%v allocations per subject", n)
	}
}
