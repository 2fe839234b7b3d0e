package components

import (
	"fmt"
	"strconv"

	"github.com/a-h/templ"
)

// UploadLimits are the most that a place for files takes; 0 is no limit. The server refuses what is beyond them in any
// case. portal.js looks before it sends, because a server that refuses an upload in its middle may close the connection
// before the browser has read why.
type UploadLimits struct {
	Files     int
	FileBytes int64 // of one file
	AllBytes  int64 // of all files together
}

// attributes are what portal.js reads: each limit, and the sentence for what is beyond it. {files} stands for the names
// with their sizes, {count} and {size} for what was chosen.
func (l UploadLimits) attributes() templ.Attributes {
	a := templ.Attributes{}
	if l.FileBytes > 0 {
		a["data-file-bytes"] = strconv.FormatInt(l.FileBytes, 10)
		a["data-file-large"] = "没有上传：{files}超过单个文件 " + byteText(l.FileBytes) + " 的上限。请拆成几个较小的文件，一次选上全部文件再传。"
	}
	if l.Files > 0 {
		a["data-files"] = strconv.Itoa(l.Files)
		a["data-files-many"] = fmt.Sprintf("没有上传：选了 {count} 个文件，一个批次最多 %d 个。请合并后再传。", l.Files)
	}
	if l.AllBytes > 0 {
		a["data-all-bytes"] = strconv.FormatInt(l.AllBytes, 10)
		a["data-all-large"] = "没有上传：所选文件合计 {size}，超过一个批次 " + byteText(l.AllBytes) + " 的上限。请把 .csv 文件另存为 .xlsx（体积较小）后再传。"
	}
	return a
}

// byteText writes a limit as people say it: 200 MB, 1 GB.
func byteText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return strconv.FormatInt(n>>30, 10) + " GB"
	case n >= 1<<20:
		return strconv.FormatInt(n>>20, 10) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " 字节"
}
