package apply

import (
	"sync"
	"time"
)

// breath is how long a lane lets its queue fill before it gives places away. It
// makes the order among tasks that come at the same instant the queue's, not
// the goroutine scheduler's: what a simulation replays it must not owe to luck.
const breath = time.Millisecond

// lane lets a limited number of one Region's tasks through at once. A Region
// has two: for copies, which hold their place until EC2 has ended them, and for
// everything else.
type lane struct {
	run  *run
	pace *pace // nil: a place alone is enough

	mu       sync.Mutex
	free     int
	queue    queue
	granting bool
}

// grant is what a ticket gets: a place, to be used after a wait, or none.
type grant struct {
	wait    time.Duration
	refused bool
}

// enter waits for a place. The error says why there is none: the run stops, or
// it does not wait for the copies that hold all places.
func (l *lane) enter(t *task, told func(wait time.Duration)) error {
	tk := l.queueUp(t)
	var g grant
	select {
	case g = <-tk.granted:
	case <-l.run.stop.Done():
		l.withdraw(tk)
		return l.run.stopped(NotStarted)
	}
	if g.refused {
		return &ending{status: NotStarted, problem: Problem{CodeNoWait, "as many copies as EC2 allows at once are pending in this Region, and the run does not wait"}}
	}
	if g.wait > 0 {
		told(g.wait)
	}
	if err := l.run.clock.Sleep(l.run.stop, g.wait); err != nil {
		l.leave()
		return l.run.stopped(NotStarted)
	}
	return nil
}

// take takes a place at once, even one too many: for copies that are pending
// already and so count against EC2's quota whether we wait for them or not.
func (l *lane) take() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free--
}

// leave gives a place back.
func (l *lane) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free++
	l.grantSoon()
}

// ahead are the next n tasks that wait for a place.
func (l *lane) ahead(n int) []*task {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.queue.ahead(n)
}

func (l *lane) queueUp(t *task) *ticket {
	tk := &ticket{task: t, granted: make(chan grant, 1)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue.push(tk)
	l.grantSoon()
	return tk
}

func (l *lane) withdraw(tk *ticket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.queue.remove(tk) && !(<-tk.granted).refused {
		l.free++
	}
}

// grantSoon starts a round of granting where one is due. The lock is held.
func (l *lane) grantSoon() {
	if l.granting || len(l.queue.waiting) == 0 {
		return
	}
	l.granting = true
	l.run.background.Go(func() {
		// A stop only makes the breath shorter.
		_ = l.run.clock.Sleep(l.run.stop, breath)
		l.grant()
	})
}

// grant gives the free places away. A run that does not wait turns the rest of
// its copies away for good: when a course ends, its copy goes on in AWS.
func (l *lane) grant() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.granting = false
	for l.free > 0 && len(l.queue.waiting) > 0 {
		l.free--
		l.queue.pop().granted <- grant{wait: l.pace.next(l.run.clock.Now())}
	}
	for l.pace != nil && l.run.o.NoWait && len(l.queue.waiting) > 0 {
		l.queue.pop().granted <- grant{refused: true}
	}
}
