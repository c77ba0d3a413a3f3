package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// liveCopy is an AMI with an owner's tag: in a cell's list, one proven ours.
type liveCopy struct {
	ami        *state.AMI
	owner      string
	conflict   *Reason // why it is not proven ours
	ctl        state.Control
	condition  condition
	detail     string            // of the condition: which snapshot, which difference
	snapshots  []*state.Snapshot // those behind it that were read
	reowned    bool              // a former owner's, taken over
	image      string            // the image name its tag says
	retired    bool              // retiring has begun: the tag is there, readable or not
	superseded time.Time         // when it was superseded; zero: not, or at a time that cannot be
	fresh      bool              // made by this plan or still pending: its permissions are EC2's defaults
}

// condition is what can be done with a copy.
type condition int

const (
	pending    condition = iota
	broken               // failed, or available and different from its source
	unverified           // available, nobody has compared it yet
	usable               // available, verified, its snapshots there
	restorable           // disabled by retiring it
	byHand               // disabled, and not by us
	archived             // a snapshot is archived or on its way back
	unreadable           // a snapshot could not be read
)

// judge tells a copy's condition.
func (lc *liveCopy) judge() {
	a := lc.ami
	switch a.State {
	case state.ImagePending:
		lc.condition, lc.fresh = pending, true
		return
	case state.ImageAvailable, state.ImageDisabled:
	default:
		lc.condition, lc.detail = broken, cmp.Or(a.StateReason, a.State)
		return
	}
	if strings.HasPrefix(lc.ctl.Verified, state.DifferentPrefix) {
		lc.condition, lc.detail = broken, lc.ctl.Verified
		return
	}
	lc.condition, lc.detail = lc.judgeSnapshots()
}

// judgeSnapshots tells the condition of a copy whose image EC2 is done with.
func (lc *liveCopy) judgeSnapshots() (condition, string) {
	for i, s := range lc.snapshots {
		switch {
		case s == nil:
			return unreadable, lc.ami.SnapshotIDs()[i]
		case s.State == state.SnapshotError:
			return broken, "snapshot " + s.ID + ": " + s.StateMessage
		}
	}
	away, ready := lc.snapshotAway()
	switch disabled := lc.ami.State == state.ImageDisabled; {
	case disabled && !(lc.retired && lc.retiresByDisabling()):
		return byHand, ""
	case lc.ctl.Verified != state.VerifiedOK && !disabled:
		return unverified, ""
	case !ready:
		return archived, away
	case disabled:
		return restorable, ""
	default:
		return usable, ""
	}
}

// retiresByDisabling reports whether it may have been us who disabled a retired
// copy: its own tag says how it is retired, and is written before that is done.
func (lc *liveCopy) retiresByDisabling() bool {
	return lc.ctl.Retention == nil || lc.ctl.Retention.Retire == state.RetireDisable
}

// snapshotAway names the first snapshot that is archived or on its way back.
func (lc *liveCopy) snapshotAway() (id string, ready bool) {
	for _, s := range lc.snapshots {
		if !readySnapshot(*s) {
			return s.ID, false
		}
	}
	return "", true
}

// retiredAt is when retiring began. A time that cannot be read, lies in the
// future or before the AMI's creation counts for nothing: the grace starts again.
func (lc *liveCopy) retiredAt(now time.Time) (time.Time, bool) {
	at := lc.possible(lc.ctl.RetiredAt, now)
	return at, !at.IsZero()
}

// possible is a time that a tag has, or zero where it cannot be: it lies in the
// future or before the AMI's creation.
func (lc *liveCopy) possible(at, now time.Time) time.Time {
	if at.After(now) || at.Before(lc.ami.Created.Truncate(time.Second)) {
		return time.Time{}
	}
	return at
}

// is reports whether a copy is of a source and, where one is asked for, a key.
func (lc *liveCopy) is(w want) bool {
	return lc.ctl.SourceAMI == w.source.id && lc.ctl.SourceRegion == w.source.region &&
		(!w.keyed || lc.key() == w.key)
}

// key is the KMS key that the copy was asked to be under. Where the tag is
// gone, the snapshots tell.
func (lc *liveCopy) key() string {
	if lc.ctl.Key != "" {
		return lc.ctl.Key
	}
	key := ""
	for _, s := range lc.snapshots {
		switch {
		case s == nil || (key != "" && key != s.KMSKey):
			return ""
		default:
			key = s.KMSKey
		}
	}
	return cmp.Or(key, state.KeyNone)
}

// preferred orders copies of one source and key: those without retired-at
// first, then the highest generation, then the earliest.
func preferred(a, b *liveCopy) int {
	return cmp.Or(
		falseFirst(a.retired, b.retired),
		cmp.Compare(b.ctl.Generation, a.ctl.Generation),
		a.ami.Created.Compare(b.ami.Created),
		cmp.Compare(a.ami.ID, b.ami.ID),
	)
}

// unmarked reports whether a superseded copy is to be marked as such, and is not yet.
func (lc *liveCopy) unmarked() bool { return lc.superseded.IsZero() && !lc.ctl.Held }

// lastCurrent orders superseded copies: the one that was current last first,
// whether its retiring has begun or not. One on hold cannot be marked, and stays
// as long as it is: it takes no other's place.
func lastCurrent(a, b *liveCopy) int {
	return cmp.Or(
		falseFirst(a.ctl.Held && a.superseded.IsZero(), b.ctl.Held && b.superseded.IsZero()),
		falseFirst(!a.unmarked(), !b.unmarked()),
		b.superseded.Compare(a.superseded),
		falseFirst(a.retired, b.retired),
		newest(a, b),
	)
}

// newest orders copies by their making, the youngest first.
func newest(a, b *liveCopy) int {
	return cmp.Or(b.ami.Created.Compare(a.ami.Created), cmp.Compare(b.ami.ID, a.ami.ID))
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

func withCondition(copies []*liveCopy, good ...condition) []*liveCopy {
	var out []*liveCopy
	for _, lc := range copies {
		if slices.Contains(good, lc.condition) {
			out = append(out, lc)
		}
	}
	return out
}
