package sim

import (
	"context"
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
	looker  looker
	*memory
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
		world: w, step: s, launch: l, commit: from.commit, memory: newMemory(), looker: looker{},
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
	if p.launch.watched {
		o.Observer = p.looker
	}
	res.report = apply.Run(ctx, res.plan, p.client, o)
	if p.launch.watched {
		p.world.sawEnds(p, res)
	}
	return res
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

// meetFate lets happen to the process what its script says for a request.
func (p *process) meetFate(n int) {
	switch n {
	case p.launch.killAt:
		p.die()
		p.world.note("process %d is killed", p.launch.number)
		p.stop()
	case p.launch.stopAt:
		p.world.note("process %d is interrupted", p.launch.number)
		p.interrupt()
		p.stop()
	}
}

// fault is what strikes the process's n-th request.
func (p *process) fault(q request, number uint64, n int) *sandbox.Fault {
	if p.launch.expired(n) {
		return &sandbox.Fault{Effect: sandbox.EffectExpired}
	}
	if _, refused := p.refuses(q); refused {
		f := faultOf("throttle", q.service)
		return &f
	}
	if f, strikes := p.step.faults.fault(q, hash(number, "fault")); strikes {
		return &f
	}
	return nil
}
