package apply

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// poller looks at all copies of one Region that are waited for, with one call a
// tick however many they are. It runs while somebody watches.
type poller struct {
	run    *run
	target state.Target

	mu       sync.Mutex
	watches  []*watch // sorted by id
	running  bool
	failures int // ticks in a row that failed with what does not pass by itself
}

// watch is one course's wait for an AMI.
type watch struct {
	poller    *poller
	id        string
	gib       float64
	since     time.Time
	due       time.Time
	sightings chan sighting // holds the latest
}

// sighting is what a tick saw of an AMI, or why it saw nothing.
type sighting struct {
	ami      state.AMI
	found    bool
	percent  int
	err      error
	failures int // with err: how many ticks in a row have failed with what does not pass
}

// watch begins to look at an AMI.
func (p *poller) watch(id string, gib float64) *watch {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.run.clock.Now()
	w := &watch{poller: p, id: id, gib: gib, since: now, due: now.Add(p.run.o.Poll), sightings: make(chan sighting, 1)}
	i, _ := slices.BinarySearchFunc(p.watches, w, compareWatches)
	p.watches = slices.Insert(p.watches, i, w)
	if !p.running {
		p.running = true
		p.run.background.Go(p.loop)
	}
	return w
}

func compareWatches(a, b *watch) int { return cmp.Compare(a.id, b.id) }

// end ends the look.
func (w *watch) end() {
	w.poller.mu.Lock()
	defer w.poller.mu.Unlock()
	w.poller.watches = slices.DeleteFunc(w.poller.watches, func(o *watch) bool { return o == w })
}

// next waits for the next sighting. It reports false when the run stops.
func (w *watch) next() (sighting, bool) {
	select {
	case s := <-w.sightings:
		return s, true
	case <-w.poller.run.stop.Done():
		return sighting{}, false
	}
}

// loop ticks until nobody watches any more, or the run stops.
func (p *poller) loop() {
	for {
		pause, watched := p.pause()
		if !watched {
			return
		}
		if p.run.clock.Sleep(p.run.stop, pause) != nil {
			return
		}
		if p.due() {
			p.tick()
		}
	}
}

// pause is how long there is nothing to look at. It is never longer than the
// first look at a watch that begins meanwhile may wait.
func (p *poller) pause() (pause time.Duration, watched bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = len(p.watches) > 0
	pause = p.run.o.Poll
	now := p.run.clock.Now()
	for _, w := range p.watches {
		pause = min(pause, w.due.Sub(now))
	}
	return max(pause, time.Millisecond), p.running
}

// due reports whether it is time to look at any of them: then all are looked at.
func (p *poller) due() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.run.clock.Now()
	return slices.ContainsFunc(p.watches, func(w *watch) bool { return !w.due.After(now) })
}

// tick looks once.
func (p *poller) tick() {
	watches := p.current()
	var ids []string
	for _, w := range watches {
		ids = append(ids, w.id)
	}
	amis, err := p.run.cloud.Images(p.run.calls, p.target, slices.Compact(ids))
	if err != nil {
		if lasts(err) {
			p.failures++
		}
		for _, w := range watches {
			p.show(w, sighting{err: err, failures: p.failures})
		}
		return
	}
	p.failures = 0
	found := byID(amis, func(a state.AMI) string { return a.ID })
	progress := p.progress(amis)
	for _, w := range watches {
		ami, ok := found[w.id]
		p.show(w, sighting{ami: ami, found: ok, percent: progress[w.id]})
	}
}

func (p *poller) current() []*watch {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.watches)
}

// show gives a sighting to its watch, in place of one not yet looked at, and
// decides when to look again.
func (p *poller) show(w *watch, s sighting) {
	select {
	case <-w.sightings:
	default:
	}
	w.sightings <- s
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.run.clock.Now()
	if s.err == nil && !s.found {
		w.due = now.Add(p.run.o.Poll)
		return
	}
	w.due = now.Add(spacing(p.run.o.Poll, now.Sub(w.since), remaining(w.gib, s.percent, w.passed(s))))
}

// passed is how long a copy has been made for: one that was found pending since
// its own creation, by AWS's clock.
func (w *watch) passed(s sighting) time.Duration {
	here := w.poller.run.clock.Now().Sub(w.since)
	if !s.found || s.ami.Created.IsZero() {
		return here
	}
	return max(here, w.poller.run.cloud.Now().Sub(s.ami.Created))
}
