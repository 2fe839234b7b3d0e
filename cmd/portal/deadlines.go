package main

import (
	"io"
	"net/http"
	"time"
)

// The time-outs of a request. A body may take as long as it likes if only it moves: 200 MB over a slow line take half an
// hour, and a client that sends nothing is let go of after a minute.
const (
	bodyPause  = time.Minute
	answerTime = 30 * time.Minute // a workbook of a million rows over a slow line
)

// patient gives every request its time-outs.
func patient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		// A connection that cannot be timed out, as in a test, is served all the same.
		_ = control.SetWriteDeadline(time.Now().Add(answerTime))
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &movingBody{ReadCloser: r.Body, control: control}
		}
		next.ServeHTTP(w, r)
	})
}

// movingBody puts the deadline of a body further off each time that some of it arrives.
type movingBody struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time
}

// Read reads what has arrived.
func (b *movingBody) Read(p []byte) (int, error) {
	if now := time.Now(); b.until.Sub(now) < bodyPause/2 {
		b.until = now.Add(bodyPause)
		_ = b.control.SetReadDeadline(b.until)
	}
	return b.ReadCloser.Read(p)
}
