package view

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/state"
)

// work is what is known of one Region's actions while a run goes on. Work is
// measured in GiB; an action that copies nothing counts as the smallest part.
type work struct {
	target  state.Target
	running map[string]*job // by action id
	total   float64         // of the actions begun so far
	done    float64
	good    int // actions that are done
	failed  int
}

// job is one action that runs.
type job struct {
	event apply.Event // the last one told
	done  float64
}

// leastWork is the weight of an action that copies nothing.
const leastWork = 1.0 / 1024

func newWork(t state.Target) *work {
	return &work{target: t, running: map[string]*job{}}
}

// observe takes in one event.
func (w *work) observe(e apply.Event) {
	j, ok := w.running[e.Action.ID]
	if !ok {
		j = &job{event: e}
		w.running[e.Action.ID] = j
		w.total += weight(e)
	}
	e.GiB, e.AMI, e.Percent = cmp.Or(e.GiB, j.event.GiB), cmp.Or(e.AMI, j.event.AMI), max(e.Percent, j.event.Percent)
	done := weight(e) * float64(e.Percent) / 100
	w.total, w.done = w.total+weight(e)-weight(j.event), w.done+done-j.done
	j.event, j.done = e, done
	if e.Phase == apply.Ended {
		w.end(j)
	}
}

// end takes a job out. The work of one that is not done counts no more.
func (w *work) end(j *job) {
	delete(w.running, j.event.Action.ID)
	switch r := j.event.Result; {
	case r == nil || r.Status == apply.Done:
		w.good++
		w.done += weight(j.event) - j.done
		return
	case r.Status == apply.Failed:
		w.failed++
	}
	w.total, w.done = w.total-weight(j.event), w.done-j.done
}

func weight(e apply.Event) float64 { return max(e.GiB, leastWork) }

func (w *work) percent() int {
	if w.total < leastWork {
		return 0
	}
	return int(100 * w.done / w.total)
}

// left is the longest estimate among what runs; 0 where none is known.
func (w *work) left() time.Duration {
	var left time.Duration
	for _, j := range w.running {
		left = max(left, j.event.Left)
	}
	return left
}

// what names what runs: the one AMI, or how many.
func (w *work) what() string {
	switch len(w.running) {
	case 0:
		return fmt.Sprintf("%d done, %d failed", w.good, w.failed)
	case 1:
		for _, j := range w.running {
			return cmp.Or(clean(j.event.AMI), wordOf(j.event.Action.Kind))
		}
	}
	return fmt.Sprintf("%d running", len(w.running))
}

// held says what holds up one of the actions that wait, if any does.
func (w *work) held() string {
	for _, id := range slices.Sorted(maps.Keys(w.running)) {
		if e := w.running[id].event; e.Phase == apply.Waiting && e.Detail != "" {
			return " (" + clean(e.Detail) + ")"
		}
	}
	return ""
}

// status is the Region in one line, for the end of its bar: short, so that a
// terminal of 80 columns has room for the bar.
func (w *work) status(now time.Time) string {
	text := w.what()
	if w.total >= 2*leastWork {
		text += fmt.Sprintf("  %s of %s", strings.TrimSuffix(gib(w.done), " GiB"), gib(w.total))
	}
	if left := w.left(); left > 0 {
		text += "  ends " + now.Add(left).UTC().Format("15:04Z")
	}
	return text
}

// about is a duration as far as an estimate can be trusted: in whole minutes.
func about(d time.Duration) string {
	if d < time.Minute {
		return "under 1m"
	}
	return "about " + state.FormatDuration(d.Round(time.Minute))
}

// worked are Regions in the order of their names.
func worked(byTarget map[state.Target]*work) []*work {
	return slices.SortedFunc(maps.Values(byTarget), func(a, b *work) int { return a.target.Compare(b.target) })
}
