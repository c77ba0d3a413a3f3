package apply

import (
	"time"

	"github.com/amisync/amisync/pkg/plan"
)

// Phase is what an event tells.
type Phase string

// Phases of an action.
const (
	Started   Phase = "started"
	Copying   Phase = "copying"   // Percent moved on
	Finishing Phase = "finishing" // the copy is available and verified next
	Waiting   Phase = "waiting"   // for a free slot, or a throttle; Detail says which
	Ended     Phase = "ended"     // Result is set
)

// Event is one step of progress, for views.
type Event struct {
	At      time.Time // by the engine's Clock
	Phase   Phase
	Action  plan.Action
	AMI     string
	Percent int
	GiB     float64       // of the whole copy
	Left    time.Duration // estimated; 0: not known
	Detail  string
	Result  *Result
}

// Observer is told of progress. It is called from one goroutine at a time and
// must not block.
type Observer interface{ Observe(Event) }
