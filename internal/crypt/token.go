package crypt

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/emmansun/gmsm/sm3"
)

// tokenSize is the length of a token's randomness in bytes: 256 bits, which cannot be guessed.
const tokenSize = 32

// Token returns a new random token for a session, a one-time link or an API call, and the hash to store in its place.
// The token has 43 characters, all of them safe in a URL and a cookie.
func Token() (plain, hash string) {
	plain = base64.RawURLEncoding.EncodeToString(random(tokenSize))
	return plain, TokenHash(plain)
}

// TokenHash returns what the database stores of a token: SM3 in 64 hexadecimal digits. Whoever reads the database
// cannot log in with it. Because a token is random and long, a plain hash is enough, and looking it up by its hash
// tells nothing by its timing. Any text has a hash, so a made-up token is simply not found.
func TokenHash(plain string) string {
	sum := sm3.Sum([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// The characters of one-time passwords: 32, so that five random bits choose one, without those that are mixed up when
// read aloud or copied by hand (l, o, 0, 1).
const passwordLetters = "abcdefghijkmnpqrstuvwxyz23456789"

const (
	passwordGroups = 4
	groupSize      = 4
)

// OneTimePassword returns a random first password that can be read out on the telephone, e.g. "k7mq-2xwd-9htn-pr4v":
// 80 random bits, always with letters, digits and hyphens, so that it meets the rule of three kinds of characters.
func OneTimePassword() string {
	for {
		password := randomGroups()
		if strings.ContainsAny(password, "23456789") && strings.ContainsAny(password, "abcdefghijkmnpqrstuvwxyz") {
			return password
		}
	}
}

func randomGroups() string {
	var text strings.Builder
	for i, b := range random(passwordGroups * groupSize) {
		if i > 0 && i%groupSize == 0 {
			text.WriteByte('-')
		}
		text.WriteByte(passwordLetters[b%byte(len(passwordLetters))])
	}
	return text.String()
}
