package apply

import (
	"slices"
	"sync"
	"time"

	"github.com/amisync/amisync/pkg/plan"
)

const (
	// fresh is how long a reading may be used: a call follows it within a minute.
	fresh = 50 * time.Second
	// ahead is how many tasks are read for at once, while that does not take long.
	ahead = 100
	// slow is how long a reading takes that is made of too much: what it brings is
	// too old too soon.
	slow = 20 * time.Second
)

// observations read what preconditions ask for: for the tasks that ask, and in
// the same calls for those whose turn comes next, as far as a reading keeps.
// Only tasks whose predecessors are done are ever read for.
type observations struct {
	run    *run
	region *region

	mu    sync.Mutex
	next  *checkRound
	known map[*task]observation
	width int // how many tasks are read for at once
}

// observation is one task's reading, in the order of its preconditions.
type observation struct {
	at   time.Time
	seen []plan.Observed
	err  error
}

// checkRound is one reading and the tasks that wait for it.
type checkRound struct {
	tasks []*task
	done  chan struct{}
}

func newObservations(r *run, g *region) *observations {
	return &observations{run: r, region: g, known: map[*task]observation{}, width: ahead}
}

// of gives a task's reading, no older than fresh, and forgets it.
func (o *observations) of(t *task) (observation, error) {
	for {
		seen, round := o.take(t)
		if round == nil {
			return seen, seen.err
		}
		<-round.done
	}
}

// take takes the task's reading, or joins the next round.
func (o *observations) take(t *task) (observation, *checkRound) {
	o.mu.Lock()
	defer o.mu.Unlock()
	seen, ok := o.known[t]
	delete(o.known, t)
	if ok && (seen.err != nil || o.width == 1 || o.run.clock.Now().Sub(seen.at) <= fresh) {
		return seen, nil
	}
	if o.next == nil {
		round := &checkRound{done: make(chan struct{})}
		o.next = round
		o.run.background.Go(func() { o.read(round) })
	}
	o.next.tasks = append(o.next.tasks, t)
	return observation{}, o.next
}

func (o *observations) read(round *checkRound) {
	defer close(round.done)
	// A stop only makes the wait for others shorter.
	_ = o.run.clock.Sleep(o.run.stop, window)
	o.mu.Lock()
	o.next = nil
	tasks, width := round.tasks[:min(len(round.tasks), o.width)], o.width
	o.mu.Unlock()
	tasks = append(slices.Clip(tasks), o.soon(width-len(tasks))...)
	at := o.run.clock.Now()
	read := o.region.readAgain(o.run, tasks)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.run.clock.Now().Sub(at) > slow {
		o.width = max(width/2, 1)
	}
	for _, t := range tasks {
		o.known[t] = read.of(t, at)
	}
}

// soon are those of the next n tasks that will ask, and have no reading yet.
func (o *observations) soon(n int) []*task {
	next := o.region.edits.ahead(max(n, 0))
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.DeleteFunc(next, func(t *task) bool {
		seen, ok := o.known[t]
		read := ok && o.run.clock.Now().Sub(seen.at) <= fresh
		return read || t.Do.Copy != nil || t.Do.Await || len(t.Preconditions) == 0
	})
}
