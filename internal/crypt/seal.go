package crypt

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// The form of a sealed value: version (1 byte), key id (2, big-endian), nonce (12), ciphertext, tag (16).
const (
	sealVersion = 1
	headerSize  = 1 + 2
	nonceSize   = 12
	tagSize     = 16

	// Overhead is how many bytes a sealed value is longer than the plain one.
	Overhead = headerSize + nonceSize + tagSize
)

// Errors of opening.
var (
	// ErrOpen says that a sealed value was changed, belongs elsewhere, or was sealed with other keys.
	ErrOpen = errors.New("sealed value does not open")
	// ErrUnknownKey says that a value names a master key that the key file does not hold.
	ErrUnknownKey = errors.New("sealed under an unknown master key")
)

// Sealer encrypts and authenticates values for one purpose. Another algorithm or a hardware module takes its place by
// implementing it. It is safe for concurrent use.
type Sealer interface {
	// Seal appends the sealed form of plaintext to dst and returns the extended slice. The value opens only with the
	// same aad, which is not stored. plaintext must not overlap the free capacity of dst.
	Seal(dst, plaintext, aad []byte) []byte
	// Open appends the plain form of sealed to dst and returns the extended slice. It returns ErrUnknownKey or, for
	// everything else that is wrong, ErrOpen; nothing of a value that does not open is ever returned.
	Open(dst, sealed, aad []byte) ([]byte, error)
}

// Sealer returns a sealer with keys of its own for the named purpose, e.g. "totp". A value sealed for one purpose
// does not open for another.
func (k Keys) Sealer(purpose string) (Sealer, error) {
	if purpose == "" {
		return nil, errors.New("a sealer needs the name of its purpose")
	}
	return k.in().sealer(purposeOther + purpose)
}

// sealer is SM4-GCM under the keys that all master keys give for one purpose.
type sealer struct {
	current KeyID
	cipher  func(KeyID) (cipher.AEAD, bool) // a function for the same reason as in Keys
	scratch sync.Pool                       // of *[]byte: the bound data of one call
}

func (in *inner) sealer(purpose string) (*sealer, error) {
	ciphers := make(map[KeyID]cipher.AEAD, len(in.masters))
	for id, master := range in.masters {
		var err error
		if ciphers[id], err = deriveCipher(master, nil, purpose); err != nil {
			return nil, err
		}
	}
	s := &sealer{current: in.current, cipher: func(id KeyID) (cipher.AEAD, bool) { c, ok := ciphers[id]; return c, ok }}
	s.scratch.New = func() any { return new([]byte) }
	return s, nil
}

func (s *sealer) Seal(dst, plaintext, aad []byte) []byte {
	scratch := s.scratch.Get().(*[]byte)
	defer s.scratch.Put(scratch)
	*scratch = append(appendHeader((*scratch)[:0], s.current), aad...)
	return s.seal(dst, plaintext, *scratch)
}

// seal appends the sealed value. bound starts with the value's own header, so that this cannot be changed either.
func (s *sealer) seal(dst, plaintext, bound []byte) []byte {
	dst = slices.Grow(dst, len(plaintext)+Overhead)
	dst = append(dst, bound[:headerSize]...)
	nonce := dst[len(dst) : len(dst)+nonceSize]
	rand.Read(nonce)                  // cannot fail, see random
	current, _ := s.cipher(s.current) // assemble has seen to it that it is there
	return current.Seal(dst[:len(dst)+nonceSize], nonce, plaintext, bound)
}

func (s *sealer) Open(dst, sealed, aad []byte) ([]byte, error) {
	id, err := keyOf(sealed)
	if err != nil {
		return nil, err
	}
	scratch := s.scratch.Get().(*[]byte)
	defer s.scratch.Put(scratch)
	*scratch = append(appendHeader((*scratch)[:0], id), aad...)
	return s.open(dst, sealed, id, *scratch)
}

func (s *sealer) open(dst, sealed []byte, id KeyID, bound []byte) ([]byte, error) {
	aead, ok := s.cipher(id)
	if !ok {
		return nil, fmt.Errorf("%w: %d", ErrUnknownKey, id)
	}
	body := sealed[headerSize:]
	plain, err := aead.Open(dst, body[:nonceSize], body[nonceSize:], bound)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

func appendHeader(dst []byte, id KeyID) []byte {
	return binary.BigEndian.AppendUint16(append(dst, sealVersion), uint16(id))
}

// keyOf reads the header of a sealed value.
func keyOf(sealed []byte) (KeyID, error) {
	if len(sealed) < Overhead || sealed[0] != sealVersion {
		return 0, ErrOpen
	}
	return KeyID(binary.BigEndian.Uint16(sealed[1:])), nil
}
