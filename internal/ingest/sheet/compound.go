package sheet

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

const (
	compoundEntry   = 128  // bytes of a directory entry
	compoundSectors = 2000 // directory sectors that are followed
	endOfChain      = 0xfffffff0
)

// compoundStreams returns the names of the entries of a compound file ([MS-CFB]) in lower case. It reads the directory
// only, follows at most 2,000 sectors and stops without complaint where the chain leaves the file: the names found so
// far are enough to tell what the file is.
func compoundStreams(src *source) ([]string, error) {
	head, err := src.head(0, 512)
	if err != nil {
		return nil, fmt.Errorf("read compound header: %w", err)
	}
	if len(head) < 512 {
		return nil, nil
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return nil, nil
	}
	size := int64(1) << shift
	var names []string
	sector := binary.LittleEndian.Uint32(head[48:])
	for range compoundSectors {
		if sector >= endOfChain {
			break
		}
		data, err := src.head((int64(sector)+1)*size, int(size))
		if err != nil {
			return nil, fmt.Errorf("read compound directory: %w", err)
		}
		for ; len(data) >= compoundEntry; data = data[compoundEntry:] {
			if name := compoundName(data); name != "" {
				names = append(names, name)
			}
		}
		if sector, err = nextSector(src, head, sector, size); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// nextSector looks up what follows a sector in the allocation table, as far as the header's own list of its sectors
// (109) reaches: enough for a directory in the first 7 MB at least.
func nextSector(src *source, head []byte, sector uint32, size int64) (uint32, error) {
	perSector := uint32(size / 4)
	table := sector / perSector
	if table >= 109 {
		return endOfChain, nil
	}
	at := binary.LittleEndian.Uint32(head[76+4*table:])
	if at >= endOfChain {
		return endOfChain, nil
	}
	entry, err := src.head((int64(at)+1)*size+int64(sector%perSector)*4, 4)
	if err != nil {
		return 0, fmt.Errorf("read compound table: %w", err)
	}
	if len(entry) < 4 {
		return endOfChain, nil
	}
	return binary.LittleEndian.Uint32(entry), nil
}

// compoundName returns the name of a directory entry in use, "" for a free one.
func compoundName(entry []byte) string {
	length := int(binary.LittleEndian.Uint16(entry[64:]))
	if entry[66] == 0 || length < 2 || length > 64 {
		return ""
	}
	units := make([]uint16, length/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(entry[2*i:])
	}
	return strings.ToLower(string(utf16.Decode(units)))
}
