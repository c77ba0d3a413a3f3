package sim

import (
	"context"
	"sync"
	"time"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// process is one run of amisync.
type process struct {
	world   *world
	step    step
	launch  launch
	commit  string
	desired state.Desired
	client  *aws.Client
	stop    context.CancelFunc

	mu       sync.Mutex
	killed   bool
	arrivals map[string]int       // requests by operation
	refused  map[string]time.Time // operations that are, by Region, and until when
	planned  bool
	began    time.Time
	strikes  int             // requests that a fault has struck
	calls    map[string]bool // that have begun; see request.call
	stopped  bool
	spells   map[string]spell // of changes, by AMI
	written  map[string]bool  // parameters that were not read since
	values   map[string]bool  // of parameters, as they were while it planned
}

// result is what a process leaves behind.
type result struct {
	plan   plan.Plan
	report *apply.Report
	err    error
}

// newProcess starts nothing yet. The file it works from is that of its commit.
func newProcess(w *world, s step, l launch) *process {
	from := s
	for _, earlier := range w.steps {
		if earlier.number < s.number && l.behind > 0 {
			from = earlier
		}
	}
	f, err := spec.Parse(file, []byte(from.text))
	if err != nil {
		w.fail("step %d: %v\n%s", from.number, err, from.text)
		return nil
	}
	return &process{
		world: w, step: s, launch: l, commit: from.commit, arrivals: map[string]int{}, refused: map[string]time.Time{}, values: map[string]bool{},
		calls: map[string]bool{}, written: map[string]bool{}, spells: map[string]spell{}, began: time.Now(),
		desired: f.Desired(state.Config{Path: file, Commit: from.commit}),
	}
}

// run is what cmd/amisync does for sync: observe, compute, apply.
func (p *process) run() (res result) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p.stop = cancel
	p.client, res.err = aws.New(ctx, aws.Options{
		Transport: &wire{process: p, nth: map[string]int{}}, Endpoint: "http://aws.invalid", Region: home,
		Credentials: &aws.Credentials{AccessKeyID: account, SecretAccessKey: "secret"},
		Concurrency: 1000, // who gets a slot first would be chance
		Backoff:     func(attempt int) time.Duration { return min(200*time.Millisecond<<attempt, 20*time.Second) },
	})
	if res.err != nil {
		return res
	}
	res.plan, res.err = p.plan(ctx, plan.Options{})
	if res.err != nil || p.dead() {
		return res
	}
	p.nowActs()
	o := apply.Options{Clock: apply.SystemClock(), NoWait: p.launch.noWait}
	looker := &looker{ended: map[string]int{}}
	if p.launch.watched {
		o.Observer = looker
	}
	res.report = apply.Run(ctx, res.plan, p.client, o)
	if p.launch.watched {
		p.world.sawEnds(p, res, looker)
	}
	return res
}

// looker is who looks on. That somebody does has the engine ask how far copies are.
type looker struct{ ended map[string]int }

// Observe implements apply.Observer.
func (l *looker) Observe(e apply.Event) {
	if e.Phase == apply.Ended {
		l.ended[e.Action.ID]++
	}
}

// sawEnds: who looks on sees each action end once, but for those that were
// blocked before.
func (w *world) sawEnds(p *process, res result, l *looker) {
	for _, r := range res.report.Results {
		if n := l.ended[r.ID]; r.Status != apply.Blocked && n != 1 {
			w.fail("step %d: the end of %s of %s in %s was told %d times", p.step.number, r.Kind, r.Image, r.Region, n)
		}
	}
}

// expired reports whether credentials are, at a run's n-th request.
func (l launch) expired(n int) bool {
	return l.expiresAt > 0 && n >= l.expiresAt && (l.renewedAt == 0 || n < l.renewedAt)
}

// plan observes and computes.
func (p *process) plan(ctx context.Context, o plan.Options) (plan.Plan, error) {
	live, err := p.client.Read(ctx, p.desired)
	if err != nil {
		return plan.Plan{}, err
	}
	for range 2 {
		q := plan.Needs(p.desired, live, o)
		if q.Empty() {
			break
		}
		if err := p.client.Answer(ctx, q, &live); err != nil {
			return plan.Plan{}, err
		}
		for _, c := range q.Lineage {
			if live.Facts.Lineage == nil {
				live.Facts.Lineage = map[string]state.Answer[state.Ancestry]{}
			}
			live.Facts.Lineage[c] = state.Answer[state.Ancestry]{Value: p.ancestry(c)}
		}
	}
	return plan.Compute(p.desired, live, o), nil
}

// ancestry: history is one line, and its commits are numbered.
func (p *process) ancestry(commit string) state.Ancestry {
	if commit <= p.commit {
		return state.Ancestor
	}
	return state.NotAncestor
}

func (p *process) dead() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed
}

// meetFate lets happen to the process what its script says for a request.
func (p *process) meetFate(n int) {
	switch n {
	case p.launch.killAt:
		p.mu.Lock()
		p.killed = true
		p.mu.Unlock()
		p.world.note("process %d is killed", p.launch.number)
		p.stop()
	case p.launch.stopAt:
		p.world.note("process %d is interrupted", p.launch.number)
		p.mu.Lock()
		p.stopped = true
		p.mu.Unlock()
		p.stop()
	}
}

// fault is what strikes the process's n-th request.
func (p *process) fault(q request, number uint64, n int) *sandbox.Fault {
	if p.launch.expired(n) {
		return &sandbox.Fault{Effect: sandbox.EffectExpired}
	}
	if p.refuses(q) {
		f := faultOf("throttle", q.service)
		return &f
	}
	if f, strikes := p.step.faults.fault(q, hash(number, "fault")); strikes {
		return &f
	}
	return nil
}

// arrived counts the requests of an operation, and is this one's number.
func (p *process) arrived(operation string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.arrivals[operation]++
	return p.arrivals[operation]
}

// refuse has an operation be throttled for a while, for the process alone.
func (p *process) refuse(q request, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused[q.operation+" "+q.region] = time.Now().Add(d)
}

func (p *process) refuses(q request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.refused[q.operation+" "+q.region])
}

// nowActs says that the process has its plan.
func (p *process) nowActs() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.planned = true
}

// see remembers a parameter's value, if it is the plan that reads it.
func (p *process) see(region, name, value string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.written, region+name)
	if !p.planned {
		p.values[region+name+value] = true
	}
}

// sawValue reports whether the plan saw a parameter hold a value, or the
// process wrote it.
func (p *process) sawValue(region, name, value string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.values[region+name+value]
}

// wrote remembers what the process itself has a parameter hold.
func (p *process) wrote(q request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.values[q.region+q.parameter()+q.text("Value")] = true
	p.written[q.region+q.parameter()] = q.operation == "PutParameter"
}

// unread reports whether the process wrote a parameter and did not look since.
func (p *process) unread(region, name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.written[region+name]
}

func (p *process) strike() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.strikes++
}

func (p *process) struck() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.strikes
}

// begin enters a call. It tells whether it had begun already, and whether the
// run was stopped before.
func (p *process) begin(call string) (known, stopped bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, p.calls[call] = p.calls[call], true
	return known, p.stopped
}

// spell is a time in which a process goes on changing an AMI.
type spell struct{ first, last time.Time }

// rest is what no pause between two attempts of a call is longer than.
const rest = 90 * time.Second

// changing is when the process began with the changes of an AMI, of which a
// request is one.
func (p *process) changing(q request, ami string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.spells[ami]
	if q.sent.Sub(s.last) > rest {
		s.first = q.sent
	}
	s.last = q.sent
	p.spells[ami] = s
	return s.first
}
