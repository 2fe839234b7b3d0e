package crypt

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"taxportal/internal/fault"
)

// The cost of a new password hash: OWASP's recommendation for argon2id with the least memory (19 MiB, two passes).
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	saltSize     = 16
	hashSize     = 32
)

// The most that a stored hash may ask for, so that a manipulated row cannot take the machine down.
const (
	mostMemory = 256 * 1024 // KiB
	mostTime   = 16
	mostSize   = 64 // bytes of salt and of hash
)

// cost is what one argon2id hash takes.
type cost struct {
	memory, time uint32
	threads      uint8
}

func currentCost() cost { return cost{argonMemory, argonTime, argonThreads} }

// Passwords hashes and checks passwords with argon2id, at most a fixed number at a time, because each takes 19 MiB
// while it runs. It is safe for concurrent use.
type Passwords struct {
	slots chan struct{}
	dummy phc
}

// NewPasswords returns a hasher that works on at most parallel passwords at once (at least one); the others wait.
func NewPasswords(parallel int) *Passwords {
	return &Passwords{
		slots: make(chan struct{}, max(parallel, 1)),
		dummy: phc{cost: currentCost(), salt: random(saltSize), hash: random(hashSize)},
	}
}

// Hash returns a password's salted hash as a PHC string, "$argon2id$v=19$m=19456,t=2,p=1$salt$hash". It returns
// fault.Unavailable if ctx ends before its turn.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	fresh := phc{cost: currentCost(), salt: random(saltSize), hash: make([]byte, hashSize)}
	sum, err := p.sum(ctx, fresh, password)
	if err != nil {
		return "", err
	}
	fresh.hash = sum
	return fresh.String(), nil
}

// Verify reports whether password is the one that was hashed to stored. For an unknown user pass an empty stored: the
// answer is false and takes as long as for a known one. It returns fault.Unavailable if ctx ends before its turn, and
// an internal error if stored is no hash.
func (p *Passwords) Verify(ctx context.Context, stored, password string) (bool, error) {
	want, known := p.dummy, stored != ""
	if known {
		var err error
		if want, err = parsePHC(stored); err != nil {
			return false, fmt.Errorf("verify password: %w", err)
		}
	}
	sum, err := p.sum(ctx, want, password)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(sum, want.hash) == 1 && known, nil
}

// NeedsRehash reports whether stored was made with another cost than new hashes are, and so should be replaced at the
// next log-in, when the password is at hand.
func (p *Passwords) NeedsRehash(stored string) bool {
	parsed, err := parsePHC(stored)
	return err != nil || parsed.cost != currentCost() || len(parsed.salt) < saltSize || len(parsed.hash) < hashSize
}

// sum waits for a slot and computes the hash that like describes.
func (p *Passwords) sum(ctx context.Context, like phc, password string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, tooBusy(err)
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, tooBusy(ctx.Err())
	}
	defer func() { <-p.slots }()
	return argon2.IDKey([]byte(password), like.salt, like.cost.time, like.cost.memory, like.cost.threads, uint32(len(like.hash))), nil
}

func tooBusy(cause error) error {
	return fault.Wrap(fault.Unavailable, "登录的人较多，本次没有处理，请稍后再试。", fmt.Errorf("wait for a password slot: %w", cause))
}

// phc is a password hash with all that is needed to compute it again (the PHC string format).
type phc struct {
	cost cost
	salt []byte
	hash []byte
}

func (h phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.memory, h.cost.time, h.cost.threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.hash))
}

// parsePHC reads a PHC string of argon2id. Its errors do not quote the string.
func parsePHC(text string) (phc, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errors.New("not an argon2id hash")
	}
	var h phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.cost.memory, &h.cost.time, &h.cost.threads); err != nil {
		return phc{}, errors.New("unreadable argon2id cost")
	}
	b64 := base64.RawStdEncoding.Strict()
	var saltErr, hashErr error
	h.salt, saltErr = b64.DecodeString(parts[4])
	h.hash, hashErr = b64.DecodeString(parts[5])
	if saltErr != nil || hashErr != nil {
		return phc{}, errors.New("unreadable argon2id salt or hash")
	}
	if h.String() != text {
		return phc{}, errors.New("argon2id hash is not in its canonical form")
	}
	return h, h.bounded()
}

// bounded refuses costs that are senseless or beyond what the machine should give.
func (h phc) bounded() error {
	c := h.cost
	switch {
	case c.time < 1 || c.time > mostTime, c.threads < 1, c.memory < 8*uint32(c.threads) || c.memory > mostMemory:
		return errors.New("argon2id cost is out of bounds")
	case len(h.salt) < 8 || len(h.salt) > mostSize, len(h.hash) < 16 || len(h.hash) > mostSize:
		return errors.New("argon2id salt or hash is out of bounds")
	}
	return nil
}
