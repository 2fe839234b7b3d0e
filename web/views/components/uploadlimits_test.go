package components_test

import (
	"strings"
	"testing"

	. "taxportal/web/views/components"
)

func TestFileDrop_tellsTheScriptItsLimits(t *testing.T) {
	d := sampleDrop()
	d.Limits = UploadLimits{Files: 20, FileBytes: 200 << 20, AllBytes: 1 << 30}
	doc := parse(t, FileDrop(d))
	for name, want := range map[string]string{
		"data-files": "20", "data-file-bytes": "209715200", "data-all-bytes": "1073741824",
		"data-files-many": "没有上传：选了 {count} 个文件，一个批次最多 20 个。请合并后再传。",
		"data-file-large": "没有上传：{files}超过单个文件 200 MB 的上限。请拆成几个较小的文件，一次选上全部文件再传。",
		"data-all-large":  "没有上传：所选文件合计 {size}，超过一个批次 1 GB 的上限。请把 .csv 文件另存为 .xlsx（体积较小）后再传。",
	} {
		if got := attr(t, doc, "form[data-upload]", name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for size, want := range map[int64]string{1: "1 字节", 1023: "1023 字节", 1 << 10: "1 KB", 1 << 20: "1 MB", 1536 << 20: "1536 MB", 2 << 30: "2 GB"} {
		d.Limits = UploadLimits{FileBytes: size}
		doc := parse(t, FileDrop(d))
		if got := attr(t, doc, "form[data-upload]", "data-file-large"); !strings.Contains(got, "文件 "+want+" 的上限") {
			t.Errorf("%d bytes are said as %q", size, got)
		}
		if doc.Find("[data-files], [data-all-bytes]").Length() != 0 {
			t.Error("a limit that was not set is told")
		}
	}
}
