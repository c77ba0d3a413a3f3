package sandbox

import (
	"cmp"
	"container/heap"
	"time"
)

// timer is something that happens by itself at a time: a copy that becomes
// available, a name that becomes free. Timers fire when the next request comes
// after their time, as of their time, so nothing runs in the background and
// the outcome does not depend on when somebody looks.
type timer struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Account string    `json:"account"`
	Region  string    `json:"region"`
	ID      string    `json:"id"`
}

const (
	timerImage     = "image"     // a pending image is due
	timerSnapshot  = "snapshot"  // a pending snapshot is due
	timerForget    = "forget"    // a deregistered image leaves the lists
	timerImageBin  = "image-bin" // an image leaves the Recycle Bin for good
	timerSnapBin   = "snapshot-bin"
	timerParameter = "parameter" // an aws:ec2:image value is validated
)

// timers is a heap, earliest first; ties go by what the timer is about.
type timers []timer

func (t timers) Len() int      { return len(t) }
func (t timers) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t timers) Less(i, j int) bool {
	a, b := t[i], t[j]
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) < 0
}

// Push implements heap.Interface.
func (t *timers) Push(x any) { *t = append(*t, x.(timer)) }

// Pop implements heap.Interface.
func (t *timers) Pop() any {
	last := len(*t) - 1
	x := (*t)[last]
	*t = (*t)[:last]
	return x
}

func (c *Cloud) after(at time.Time, kind string, r *region, id string) {
	heap.Push(&c.st.Timers, timer{At: at, Kind: kind, Account: r.Account, Region: r.Name, ID: id})
}

// settle lets everything happen that is due.
func (c *Cloud) settle(now time.Time) {
	for len(c.st.Timers) > 0 && !c.st.Timers[0].At.After(now) {
		t := heap.Pop(&c.st.Timers).(timer)
		r := c.regionOf(c.accountOf(t.Account), t.Region)
		switch t.Kind {
		case timerImage:
			c.finishImage(r, t)
		case timerSnapshot:
			c.finishSnapshot(r, t)
		case timerForget:
			r.Images.remove(t.ID)
		case timerImageBin:
			c.emptyImageBin(r, t)
		case timerSnapBin:
			if s, ok := r.Snapshots.get(t.ID); ok && s.binned() && !s.Leaves.After(t.At) {
				r.Snapshots.remove(t.ID)
			}
		case timerParameter:
			c.validateParameter(r, t)
		}
	}
}
