// Package filestore keeps uploaded files and documents as sealed blobs, each under the hash of its content.
//
// # The hash
//
// A blob's name is the SHA-256 of its plain content in 64 lower-case hexadecimal digits. SHA-256 and not SM3, because
// the same checksum stands on the receipt of a filing and a liaison must be able to check it with what is on every
// desk: certutil -hashfile FILE SHA256, Get-FileHash, sha256sum. It protects nothing by itself: integrity and secrecy
// come from the sealing (SM4-GCM), so the choice touches no assessment of the cryptography.
// The name is visible on the disk; it tells whoever holds a copy of the very same file that it is stored here.
//
// # The form of a blob
//
//	header  magic "TXPB" (4), version 1 (1), master key id (2, big-endian), salt (16)
//	chunks  of 64 KiB of plain text each, the last one shorter and never missing, sealed with a 16-byte tag
//
// Each blob has its own key, derived from the master key and its salt. The nonce of chunk n is n (11 bytes, big-endian)
// and a last byte that is 1 for the last chunk alone, so chunks cannot be dropped, repeated, swapped or appended, nor
// the file be cut (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). Every chunk is bound to
// the header, the last one to the content's SHA-256 besides, so that a blob does not open under another's name and
// opening it needs to unseal only this one chunk to find a wrong key, a cut or an exchange.
//
// A chunk is given out only after its tag was checked; whoever reads a blob to its end has read what was stored.
//
// # On the disk
//
//	DIR/files/ab/cd/abcd…   the blobs, 0600 in folders of 0700
//	DIR/files/incoming/     what is being written; emptied when the server starts
//	DIR/tmp/                for work on files outside the store, 0700; emptied when the server starts
//
// A blob appears whole or not at all: it is written beside, synced and renamed. DIR/files may lie on a file system of
// its own. One server uses a folder; several replicas need a store that they can share.
package filestore
