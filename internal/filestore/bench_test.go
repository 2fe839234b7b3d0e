package filestore

import (
	"bytes"
	"io"
	"testing"

	"taxportal/internal/crypt"
)

func benchStore(b *testing.B) *Local {
	b.Helper()
	keys, err := crypt.Generate()
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(b.TempDir(), keys)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkPut(b *testing.B) {
	s, want := benchStore(b), content(8<<20)
	b.SetBytes(int64(len(want)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Put(b.Context(), bytes.NewReader(want), PutOptions{MaxBytes: plenty}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	s, want := benchStore(b), content(8<<20)
	ref, err := s.Put(b.Context(), bytes.NewReader(want), PutOptions{MaxBytes: plenty})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(ref.Size)
	b.ReportAllocs()
	for b.Loop() {
		file, err := s.Open(b.Context(), ref.Hash)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, file); err != nil {
			b.Fatal(err)
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
