package view

import (
	"io"
	"time"

	"github.com/amisync/amisync/pkg/apply"
)

// Progress shows a run while it goes on. Close ends it and waits until all of
// it is written; what the run did is then told by a report.
type Progress interface {
	apply.Observer
	Close()
}

// ProgressOptions say where progress goes.
type ProgressOptions struct {
	Style Style
	TTY   bool             // bars; else lines for a log
	Now   func() time.Time // the engine's clock. Default time.Now
}

// NewProgress starts showing progress: on a terminal a bar per Region, in a log
// one line per change and a heartbeat a minute.
func NewProgress(w io.Writer, o ProgressOptions) Progress {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TTY {
		return newBars(w, o)
	}
	return newLog(w, o)
}
