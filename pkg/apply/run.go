package apply

import (
	"context"
	"errors"
	"sync"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// Run carries out the executable actions of a plan and reports what became of
// them. It always returns a report, whose Err gathers the failures.
//
// When ctx ends nothing new starts: calls in flight are awaited, and what is
// not done is reported as in progress or not started. Only Options.Timeout
// ends calls in flight too.
func Run(ctx context.Context, p plan.Plan, cloud Cloud, o Options) *Report {
	r := newRun(ctx, p, cloud, o.withDefaults())
	l := newLedger(p.Actions)
	r.start(l.ready())
	for l.running > 0 {
		m := <-r.inbox
		if m.ended {
			r.start(l.end(m.task, m.result, m.cause))
		}
		r.tell(m.event)
	}
	l.close()
	r.finish()
	r.tellDropped(l)
	rep := r.report(p, l)
	rep.Interrupted = ctx.Err() != nil
	return rep
}

// run is one execution of one plan. It owns two contexts: both belong to its
// whole life, and which of them a piece of code obeys is what matters here.
type run struct {
	cloud Cloud
	clock Clock
	o     Options

	stop  context.Context // done: nothing new may start, and waits end
	halt  context.CancelCauseFunc
	calls context.Context // for calls: they outlive stop, and end at the time-out

	regions    map[state.Target]*region
	inbox      chan message   // from the courses to Run's own goroutine
	background sync.WaitGroup // every goroutine but the courses
	killCalls  context.CancelFunc
}

// region is what the actions of one account and Region share.
type region struct {
	target state.Target
	copies *lane
	edits  *lane
	pace   *pace
	poller *poller
	seen   *observations

	images    *batch[state.AMI]
	snapshots *batch[state.Snapshot]
}

// message is what a course tells Run's goroutine: an event, and with the last
// one its result.
type message struct {
	event  Event
	ended  bool
	task   *task
	result Result
	cause  error
}

// task is an action on its way.
type task struct {
	plan.Action
	order int // its place in the plan: what decides among equals
}

func (t *task) target() state.Target {
	return state.Target{Account: t.Account, Region: t.Region}
}

func newRun(ctx context.Context, p plan.Plan, cloud Cloud, o Options) *run {
	r := &run{cloud: cloud, clock: o.Clock, o: o, regions: map[state.Target]*region{}, inbox: make(chan message)}
	r.stop, r.halt = context.WithCancelCause(ctx)
	r.calls, r.killCalls = context.WithCancel(WithStop(context.WithoutCancel(ctx), r.stop.Done()))
	for _, a := range p.Actions {
		t := state.Target{Account: a.Account, Region: a.Region}
		if r.regions[t] == nil {
			r.regions[t] = r.newRegion(t)
		}
	}
	if o.Timeout > 0 {
		r.background.Go(r.watchTimeout)
	}
	return r
}

func (r *run) newRegion(t state.Target) *region {
	pace := newPace(r.o)
	g := &region{
		target: t,
		copies: &lane{run: r, free: r.o.InFlight, pace: pace},
		edits:  &lane{run: r, free: r.o.Workers},
		pace:   pace,
		poller: &poller{run: r, target: t},
	}
	g.images = newBatch(r, func(ctx context.Context, ids []string) (map[string]state.AMI, error) {
		amis, err := r.cloud.Images(ctx, t, ids)
		return byID(amis, func(a state.AMI) string { return a.ID }), err
	})
	g.snapshots = newBatch(r, func(ctx context.Context, ids []string) (map[string]state.Snapshot, error) {
		snapshots, err := r.cloud.Snapshots(ctx, t, ids)
		return byID(snapshots, func(s state.Snapshot) string { return s.ID }), err
	})
	g.seen = newObservations(r, g)
	return g
}

func byID[V any](list []V, id func(V) string) map[string]V {
	out := make(map[string]V, len(list))
	for _, v := range list {
		out[id(v)] = v
	}
	return out
}

// watchTimeout ends the run, calls included, when its time is over.
func (r *run) watchTimeout() {
	if r.clock.Sleep(r.stop, r.o.Timeout) != nil {
		return
	}
	r.halt(&state.CallError{
		Call: "apply", Code: state.CodeTimeout, Message: "the run's time-out of " + r.o.Timeout.String() + " is over",
		Advice: "the next run goes on from what is live; give it more time, or do not make it wait",
	})
	r.killCalls()
}

// start sets tasks on their way, each in a goroutine of its own.
func (r *run) start(tasks []*task) {
	for _, t := range tasks {
		c := &course{run: r, region: r.regions[t.target()], task: t}
		go c.perform()
	}
}

// finish ends what the run keeps going beside its courses, and waits for it.
func (r *run) finish() {
	r.halt(errFinished)
	r.background.Wait()
	r.killCalls()
}

var errFinished = errors.New("the run is over")

// cause is why the run stopped.
func (r *run) cause() error { return context.Cause(r.stop) }

func (r *run) timedOut() bool { return state.CodeOf(r.cause()) == state.CodeTimeout }

// stopped is how an action ends that the end of the run cut short.
func (r *run) stopped(s Status) error {
	cause := r.cause()
	if code := state.CodeOf(cause); code != "" {
		return &ending{status: s, problem: Problem{code, cause.Error()}}
	}
	return &ending{status: s, problem: Problem{CodeInterrupted, "the run was interrupted; the next one goes on from what is live"}}
}

func (r *run) tell(e Event) {
	if r.o.Observer != nil {
		r.o.Observer.Observe(e)
	}
}

// tellDropped tells of the actions that never were on their way.
func (r *run) tellDropped(l *ledger) {
	for _, i := range l.dropped {
		r.tell(Event{At: r.clock.Now(), Phase: Ended, Action: l.actions[i], Result: l.results[i]})
	}
}
