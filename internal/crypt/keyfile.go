package crypt

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"taxportal/internal/fault"
)

const (
	keyFormat   = "taxportal-keys-1"
	keyNote     = "税收共治平台密钥文件。请离线备份、妥善保管：遗失后已加密的数据无法恢复，泄露后等于未加密。"
	keyFileMost = 1 << 20 // bytes; a real file has a few hundred
)

// keyFile is the form of the keys on disk: JSON, so that an operator can see what it is.
type keyFile struct {
	Format  string           `json:"format"`
	Note    string           `json:"note"`
	Current KeyID            `json:"current"`
	Master  map[KeyID]string `json:"master"`
	Subject string           `json:"subject"`
	Check   string           `json:"check"` // CheckValue of the rest: finds a mistyped or torn copy
}

// LoadOrCreate loads the keys at path or, if there is no such file, makes new ones and stores them there; created
// says which. Use it for a database that holds nothing sealed yet; with a filled one use Load, so that a missing file
// is told and not replaced. Of two processes that start at once both get the keys of the first.
func LoadOrCreate(path string) (keys *Keys, created bool, err error) {
	keys, err = Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, false, err
	}
	if keys, err = Generate(); err != nil {
		return nil, false, err
	}
	switch err = keys.Save(path); {
	case errors.Is(err, fs.ErrExist):
		keys, err = Load(path)
		return keys, false, err
	case err != nil:
		return nil, false, err
	}
	return keys, true, nil
}

// Load reads the keys at path. It returns a fault for the operator if the file is missing (the cause is
// fs.ErrNotExist), may be read by others than its owner, or is damaged.
func Load(path string) (*Keys, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(fault.Unavailable, "找不到密钥文件 "+path+"，请从密钥备份中恢复，或检查 PORTAL_KEY_FILE 的设置。", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	defer file.Close()
	if err := checkPrivate(file, path); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, keyFileMost))
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	keys, err := parse(text)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "密钥文件 "+path+" 已损坏或格式不对，请从密钥备份中恢复。", err)
	}
	return keys, nil
}

// checkPrivate refuses a file that others than its owner may read or change. Windows has no such bits.
func checkPrivate(file *os.File, path string) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("inspect key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fault.New(fault.Invalid, "密钥文件 "+path+" 不是普通文件，请检查 PORTAL_KEY_FILE 的设置。")
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return fault.New(fault.Invalid, fmt.Sprintf("密钥文件 %s 的权限是 %04o，其他用户也能访问；请执行 chmod 600 %s 后重新启动。", path, mode, path))
	}
	return nil
}

// parse reads the text of a key file. Its errors never quote the text.
func parse(text []byte) (*Keys, error) {
	var stored keyFile
	if json.Unmarshal(text, &stored) != nil {
		return nil, errors.New("not a JSON key file")
	}
	if stored.Format != keyFormat {
		return nil, errors.New("not the key file format " + keyFormat)
	}
	subject, err := hex.DecodeString(stored.Subject)
	if err != nil {
		return nil, errors.New("subject key is not hexadecimal")
	}
	masters := make(map[KeyID][]byte, len(stored.Master))
	for id, text := range stored.Master {
		if masters[id], err = hex.DecodeString(text); err != nil {
			return nil, fmt.Errorf("master key %d is not hexadecimal", id)
		}
	}
	keys, err := assemble(stored.Current, masters, subject)
	if err != nil {
		return nil, err
	}
	if keys.CheckValue() != stored.Check {
		return nil, errors.New("the keys do not fit the file's own check value")
	}
	return keys, nil
}

// Save stores the keys at path with mode 0600, whole or not at all, and makes its folder (0700) if need be. It never
// overwrites: if something stands at path it returns an error that is fs.ErrExist.
func (k Keys) Save(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("save key file: %w", &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist})
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make key folder: %w", err)
	}
	text, err := k.text()
	if err != nil {
		return err
	}
	temp, err := writeTemp(dir, text)
	if err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	defer os.Remove(temp)
	if err := publish(temp, path); err != nil {
		return fmt.Errorf("save key file: %w", err)
	}
	return syncDir(dir)
}

func (k Keys) text() ([]byte, error) {
	stored := keyFile{Format: keyFormat, Note: keyNote, Current: k.in().current, Master: map[KeyID]string{},
		Subject: hex.EncodeToString(k.in().subject), Check: k.CheckValue()}
	for id, master := range k.in().masters {
		stored.Master[id] = hex.EncodeToString(master)
	}
	text, err := json.MarshalIndent(stored, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode key file: %w", err)
	}
	return append(text, '\n'), nil
}

// writeTemp writes text to a new file in dir, on the disk for sure, and returns its name. os.CreateTemp makes it 0600.
func writeTemp(dir string, text []byte) (name string, err error) {
	file, err := os.CreateTemp(dir, ".portal-key-*")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// publish gives temp its final name. A hard link fails if the name is taken, which a rename would not; where the file
// system knows no links the name was looked at just before.
func publish(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, statErr := os.Lstat(path); statErr == nil {
		return fs.ErrExist
	}
	return os.Rename(temp, path)
}

// syncDir makes a new name in dir survive a power cut. Windows cannot sync folders.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync key folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync key folder: %w", err)
	}
	return nil
}
