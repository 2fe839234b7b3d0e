// Package crypt is the one place of the portal that touches cryptography: keys, sealed values, keyed subject hashes,
// the hash chain of the audit trail, passwords and random tokens.
//
// The algorithms are those that Chinese government systems are assessed against (GB/T 39786): SM3 (GB/T 32905) for
// hashes and MACs, SM4 (GB/T 32907) in Galois counter mode (GB/T 36624, RFC 8998) for sealing, HKDF (RFC 5869) over
// HMAC-SM3 for deriving keys. Passwords are the exception: argon2id (RFC 9106), because no SM algorithm is slow and
// memory-hard.
//
// # Keys
//
// One file holds all secrets: master keys under ascending ids, of which one is current, and one subject key. Every use
// takes its own key derived from a master key and the name of its purpose, so that a value sealed for one purpose
// never opens for another. New values are sealed under the current master key; older ones open under theirs. The
// subject key is never rotated, since all joins of the warehouse rest on it.
//
// # How many values one key may seal
//
// A sealed value carries a 12-byte nonce drawn from the operating system for this value alone. Nothing is buffered and
// nothing is counted, so a virtual machine that is restored from a snapshot or cloned does not repeat nonces. With n
// values under one key the chance that any two share a nonce is below n²/2⁹⁷: 2⁻³³ at 2³² (4.3 billion) values, the
// bound of NIST SP 800-38D, about 35 years at ten million sealed values a month. Rotate the master key before that.
// Blobs do not count: each has a key of its own, with a random 16-byte salt.
//
// What sealing does not hide: the length of a value, and that two files have the same content.
package crypt
