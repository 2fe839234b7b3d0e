//go:build torture

package killpoint

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// passed counts how often the named point came by.
var passed atomic.Int64

// Here kills the process, as SIGKILL does, if point is the one that PORTAL_KILL_AT names and this is the time for it.
func Here(point string) {
	name, at, counted := strings.Cut(os.Getenv(Env), ":")
	if name != point {
		return
	}
	if n, err := strconv.ParseInt(at, 10, 64); counted && (err != nil || passed.Add(1) != n) {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // not one instruction more, however long the signal takes
}
