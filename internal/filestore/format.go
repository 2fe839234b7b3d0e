package filestore

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"taxportal/internal/crypt"
	"taxportal/internal/fault"
)

// The sizes of the form described in the package comment, in bytes.
const (
	saltSize   = 16
	headerSize = 4 + 1 + 2 + saltSize
	chunkSize  = 64 << 10
	tagSize    = 16
	sealedSize = chunkSize + tagSize
	nonceSize  = 12
)

const (
	magic   = "TXPB"
	version = 1
)

// ErrDamaged says that a blob was cut, changed or exchanged, or that the keys are not those that sealed it.
var ErrDamaged = errors.New("blob does not unseal")

func damaged(why string) error {
	return fault.Wrap(fault.Unavailable, "存储的文件已损坏或密钥不符，无法打开，请联系系统管理员从备份中恢复。",
		fmt.Errorf("%w: %s", ErrDamaged, why))
}

// blobCipher seals and unseals the chunks of one blob.
type blobCipher struct {
	aead   cipher.AEAD
	header [headerSize]byte
}

// newBlobCipher returns the cipher of a new blob, with a random salt.
func newBlobCipher(keys *crypt.Keys) (*blobCipher, error) {
	c := &blobCipher{}
	h := append(c.header[:0], magic...)
	h = append(h, version)
	binary.BigEndian.AppendUint16(h, uint16(keys.Current()))
	salt := c.header[headerSize-saltSize:]
	rand.Read(salt) // cannot fail: since Go 1.24 it ends the process instead
	var err error
	c.aead, err = keys.BlobCipher(keys.Current(), salt)
	return c, err
}

// parseHeader returns the cipher of a stored blob.
func parseHeader(keys *crypt.Keys, header [headerSize]byte) (*blobCipher, error) {
	if !bytes.HasPrefix(header[:], []byte(magic)) || header[len(magic)] != version {
		return nil, damaged("unknown header")
	}
	id := crypt.KeyID(binary.BigEndian.Uint16(header[len(magic)+1:]))
	aead, err := keys.BlobCipher(id, header[headerSize-saltSize:])
	if err != nil {
		return nil, damaged(err.Error())
	}
	return &blobCipher{aead: aead, header: header}, nil
}

// seal seals chunk n in place; plain needs room for the tag. hash is that of the whole content for the last chunk and
// empty for the others.
func (c *blobCipher) seal(n int64, plain []byte, hash string) []byte {
	nonce := chunkNonce(n, hash != "")
	return c.aead.Seal(plain[:0], nonce[:], plain, c.bound(hash))
}

// open unseals chunk n in place. hash is as for seal.
func (c *blobCipher) open(n int64, sealed []byte, hash string) ([]byte, error) {
	nonce := chunkNonce(n, hash != "")
	plain, err := c.aead.Open(sealed[:0], nonce[:], sealed, c.bound(hash))
	if err != nil {
		return nil, damaged("chunk does not unseal")
	}
	return plain, nil
}

// chunkNonce is the chunk's number and the mark of the last chunk.
func chunkNonce(n int64, last bool) (nonce [nonceSize]byte) {
	binary.BigEndian.PutUint64(nonce[nonceSize-1-8:], uint64(n))
	if last {
		nonce[nonceSize-1] = 1
	}
	return nonce
}

// bound is what a chunk is bound to. The header has a fixed length, so the two parts cannot be mixed up.
func (c *blobCipher) bound(hash string) []byte {
	return append(c.header[:headerSize:headerSize], hash...)
}

// contentSize returns how many bytes of content a blob file of the given length holds, and false if no blob has this
// length. Every blob has at least one chunk, and only an empty blob has an empty one.
func contentSize(fileSize int64) (int64, bool) {
	body := fileSize - headerSize
	if body < tagSize {
		return 0, false
	}
	chunks := (body + sealedSize - 1) / sealedSize
	size := body - chunks*tagSize
	if size < 0 || chunks > 1 && size <= (chunks-1)*chunkSize {
		return 0, false
	}
	return size, true
}

// lastChunk returns the number of the last chunk of a content of this size.
func lastChunk(size int64) int64 { return max(size-1, 0) / chunkSize }
