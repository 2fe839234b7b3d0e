// Package killpoint names the moments at which a portal is killed on purpose, to see that nothing is lost and nothing is
// half done (package torture). In the portal that people run Here does nothing at all; only a binary built with the tag
// torture obeys PORTAL_KILL_AT.
package killpoint

// Env is the variable that names the point at which a binary built with the tag torture dies: a point's name, and after
// a colon the how-manieth time it comes by. load.after_chunk:3 dies behind the third chunk.
const Env = "PORTAL_KILL_AT"

// The points, in the order in which a filing meets them.
const (
	UploadKept        = "upload.kept"          // the file is in the file store, no batch knows of it
	UploadInTx        = "upload.before_commit" // the batch is written, not committed
	UploadDone        = "upload.committed"     // the check is queued, the browser has no answer
	CheckBegun        = "check.begun"          // the batch is 校验中
	LoadBegun         = "load.begun"           // the rows of an earlier try are gone
	CheckRows         = "check.rows"           // a chunk of checked rows goes to the loader
	LoadInChunk       = "load.in_chunk"        // rows of a chunk are inserted, not committed
	LoadAfterChunk    = "load.after_chunk"     // a chunk is committed
	LoadComplete      = "load.complete"        // all rows are in and noted as complete
	CheckVerdict      = "check.before_verdict" // findings are stored, the batch is still 校验中
	CheckVerdictInTx  = "check.in_verdict"     // the verdict is written, not committed
	CheckDone         = "check.done"           // the verdict is committed, the job has not ended
	AcceptSuperseding = "accept.superseding"   // the old batch is moved away, the new one not yet in force; not committed
	AcceptInTx        = "accept.before_commit" // the new batch is in force, not committed
	AcceptDone        = "accept.committed"     // committed, the browser has no answer
)

// What every move of a batch passes: its verb with one of these.
const (
	BeforeCommit = ".before_commit"
	Committed    = ".committed"
)

// Points are all points of the list above.
var Points = []string{UploadKept, UploadInTx, UploadDone, CheckBegun, LoadBegun, CheckRows, LoadInChunk, LoadAfterChunk,
	LoadComplete, CheckVerdict, CheckVerdictInTx, CheckDone, AcceptSuperseding, AcceptInTx, AcceptDone}
