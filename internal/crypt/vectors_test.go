package crypt

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// GB/T 32905-2016, appendix A.1 and A.2.
func TestSM3GivesThePublishedDigests(t *testing.T) {
	for text, want := range map[string]string{
		"abc":                      "66c7f0f4 62eeedd9 d1f2d46b dc10e4e2 4167c487 5cf2f7a2 297da02b 8f4ba8e0",
		strings.Repeat("abcd", 16): "debe9ff9 2275b8a1 38604889 c18e5a4d 6fdb70e5 387e5765 293dcba3 9c0c5732",
	} {
		if got := sm3.Sum([]byte(text)); !bytes.Equal(got[:], unhex(t, want)) {
			t.Errorf("SM3(%q) = %x", text, got)
		}
	}
	if got := TokenHash("abc"); got != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" {
		t.Errorf("TokenHash(abc) = %s", got)
	}
}

// RFC 8998, appendix A.1.
func TestSM4GCMGivesThePublishedCiphertext(t *testing.T) {
	aead, err := newGCM(unhex(t, "0123456789ABCDEFFEDCBA9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	nonce := unhex(t, "00001234567800000000ABCD")
	plain := unhex(t, "AAAAAAAAAAAAAAAA BBBBBBBBBBBBBBBB CCCCCCCCCCCCCCCC DDDDDDDDDDDDDDDD EEEEEEEEEEEEEEEE FFFFFFFFFFFFFFFF EEEEEEEEEEEEEEEE AAAAAAAAAAAAAAAA")
	aad := unhex(t, "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
	want := unhex(t, "17F399F08C67D5EE19D0DC9969C4BB7D 5FD46FD3756489069157B282BB200735 D82710CA5C22F0CCFA7CBF93D496AC15 A56834CBCF98C397B4024A2691233B8D 83DE3541E4C2B58177E065A9BF7B62EC")
	if got := aead.Seal(nil, nonce, plain, aad); !bytes.Equal(got, want) {
		t.Errorf("sealed = %x", got)
	}
	if got, err := aead.Open(nil, nonce, want, aad); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened = %x, %v", got, err)
	}
}

// A stored chain, subject, check value and sealed field must stay readable for ever, so their values for fixed keys
// are pinned. They come from this code: a change of any is a break of the format, not a new expected value.
func TestFormatsDoNotChange(t *testing.T) {
	keys := fixedKeys(t)
	subject := keys.Subject("org", "MA0000000")
	row := keys.RowSubject(7, 42)
	link := ChainHash([]byte("prev"), []byte("a"), []byte("bc"))
	for name, pair := range map[string][2]string{
		"subject": {hex.EncodeToString(subject[:]), "2f1c46c71376f25e5ca59b79a74e67bc"},
		"row":     {hex.EncodeToString(row[:]), "66aa8ba0b7ebe06769ca17c5bd33384b"},
		"link":    {hex.EncodeToString(link[:]), "b6dd54c9d718a670bbbc58902f2d69ac493c801a605ca4ce307c50906b6eeda7"},
		"check":   {keys.CheckValue(), "v1 subject=33b4a067ba62d3f1 1=f27813539f6cfa8e"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %s, want %s", name, pair[0], pair[1])
		}
	}
	at := Field{Table: "w_zjj_02", Column: "id_card", Batch: 7, Row: 42}
	plain, err := keys.OpenField(nil, at, unhex(t, "01000171618b11e4b30bd91d970c328df36da659e9189195dc01844b5a903919162e299a2a746205f090e72fd979f019ae"))
	if err != nil || string(plain) != "11010519491231002X" {
		t.Errorf("a field sealed by an earlier version: %q, %v", plain, err)
	}
}

// fixedKeys returns keys made of counting bytes.
func fixedKeys(t *testing.T) *Keys {
	t.Helper()
	count := make([]byte, subjectSize)
	for i := range count {
		count[i] = byte(i)
	}
	keys, err := assemble(1, map[KeyID][]byte{1: count[:masterSize]}, count)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
