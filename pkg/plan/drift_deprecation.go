package plan

import (
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// settling is how far ahead a deprecation may lie that was asked for as of now:
// a past time is sent as the next minute (EC2 API, EnableImageDeprecation).
const settling = 3 * time.Minute

// deprecation compares the deprecation time where amis.yaml declares one. Where
// it does not, the time is left as it is, except that restoring a copy undoes
// what retiring did.
func (p *planner) deprecation(c *cell, lc *liveCopy, e *edit) {
	after := c.entry.image.Lifecycle.DeprecateAfter
	live := lc.ami.Deprecated
	public := lc.ami.Public && !e.revokesPublic()
	switch {
	case after == nil && lc.retired && !live.IsZero() && !public:
		e.change("deprecation", state.FormatTime(live), "")
		e.do(CancelDeprecation{})
	case after == nil:
		return
	case lc.fresh:
		e.change("deprecation", "", afterCreation(*after))
		e.do(Deprecate{After: *after})
	default:
		want := lc.ami.Created.Add(*after)
		if p.sameDeprecation(want, live) || (public && !live.IsZero() && !want.Before(live)) {
			return
		}
		before := ""
		if !live.IsZero() {
			before = state.FormatTime(live)
		}
		e.change("deprecation", before, afterCreation(*after))
		e.do(Deprecate{After: *after})
	}
}

// afterCreation is a deprecation as amis.yaml words it, which is the same for a
// copy that is there and for one that is still to be made.
func afterCreation(d time.Duration) string { return state.FormatDuration(d) + " after its creation" }

// sameDeprecation compares as EC2 keeps the time, to the minute. Two past times
// are equal, and so are a past one and what was sent in its place. A public
// AMI's can only be brought forward (EC2 User Guide, "Deprecate an AMI").
func (p *planner) sameDeprecation(want, live time.Time) bool {
	if live.IsZero() {
		return false
	}
	if !want.After(p.now) {
		return !live.After(p.now.Add(settling))
	}
	return want.Sub(live).Abs() < time.Minute
}

// deprecated reports whether a copy's deprecation is in effect, or about to be.
func (p *planner) deprecated(lc *liveCopy) bool {
	live := lc.ami.Deprecated
	return !live.IsZero() && !live.After(p.now.Add(settling))
}
