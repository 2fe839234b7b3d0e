package filestore

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"taxportal/internal/crypt"
)

// A key file made for this test alone, and a blob that the first version of this package wrote with it. Whatever changes later, they must open: new
// expected values here would mean that no stored file can be read any more.
const (
	oldKeyFile = `{
  "format": "taxportal-keys-1",
  "note": "税收共治平台密钥文件。请离线备份、妥善保管：遗失后已加密的数据无法恢复，泄露后等于未加密。",
  "current": 1,
  "master": {
    "1": "209cf1fece64d84b0d92a2eda8240f55"
  },
  "subject": "93741cfcea944b250885d5853ac5a15544a76e86452a47e74d55310f84e9baf1",
  "check": "v1 subject=bdd9265ae37ff5d5 1=46bc100c8657d596"
}`
	oldBlob    = "54585042010001a3e16b5a42b07ab1a624ca6bb930c19fad79fb59f0c7380af56a17793f29693dd7aacb315e2da2173124f4ed94d53982c2ea7ee55e97aecb8d54641fea0916ed40395753d346"
	oldHash    = "cdab1eb567f89d0f78f2e1fbe8d9370cb750fddabb7cd3b8e4392a104e98eed3"
	oldContent = "synthetic content of the first version"
)

func TestBlobsOfTheFirstVersionOpen(t *testing.T) {
	keyPath := filepath.Join(t.TempDir(), "portal.key")
	if err := os.WriteFile(keyPath, []byte(oldKeyFile), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := crypt.Load(keyPath)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := hex.DecodeString(oldBlob)
	if err != nil {
		t.Fatal(err)
	}
	s := storeIn(t, t.TempDir(), keys)
	put(t, s, []byte(oldContent)) // makes the folders
	rewrite(t, s.path(oldHash), func([]byte) []byte { return raw })
	if got, err := readAll(t, s, oldHash); err != nil || string(got) != oldContent {
		t.Errorf("read %q, %v", got, err)
	}
}
