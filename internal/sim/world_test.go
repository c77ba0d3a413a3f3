package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
)

// world is a history that happens.
type world struct {
	history
	cloud *sandbox.Cloud
	judge *judge // nil: nobody looks

	mu      sync.Mutex
	log     []string
	calls   map[string]int // requests by service and operation
	wrong   []fault
	touches []touch
	flaws   int                  // so far
	left    map[string]departure // of snapshots
}

// fault is something that amisync did wrong.
type fault struct{ sort, text string }

// touch is a change of something, by a process or by people.
type touch struct {
	at     time.Time
	region string
	id     string // AMI, snapshot, parameter or key
	image  string // whose cell it was in, by tag
	by     *process
	kind   string // of people's meddle
}

// longest is how much time a run of amisync may take before it is taken to
// hang: a copy's time-out is two hours and a minute a GiB.
const longest = 48 * time.Hour

// newWorld is a world before anything happens in it.
func newWorld(h history) (*world, error) {
	w := &world{history: h, left: map[string]departure{}, calls: map[string]int{}}
	w.judge = &judge{world: w}
	cloud, err := sandbox.New(h.terrain.scene, sandbox.WithRequestLog(1))
	w.cloud = cloud
	return w, err
}

// play lets the history happen. What was wrong is in the world's wrong.
func play(h history) *world {
	w, err := newWorld(h)
	if err != nil {
		w.wrong = append(w.wrong, fault{"scene", err.Error()})
		return w
	}
	for _, s := range h.steps {
		w.take(s)
	}
	w.conclude()
	return w
}

// take takes a step, unless something was wrong already.
func (w *world) take(s step) {
	if len(w.wrong) > 0 {
		return
	}
	w.note("step %d, commit %s", s.number, strings.TrimLeft(s.commit, "0"))
	began := time.Now()
	var all sync.WaitGroup
	for n, m := range s.meddles {
		all.Go(func() {
			time.Sleep(m.delay + time.Duration(n))
			w.meddle(s, n, m)
		})
	}
	for _, l := range s.runs {
		all.Go(func() {
			time.Sleep(l.delay + time.Second)
			if p := newProcess(w, s, l); p != nil {
				w.sawResult(p, p.run())
			}
		})
	}
	all.Wait()
	if took := time.Since(began); took > longest {
		w.fail("step %d took %s", s.number, took)
	}
	time.Sleep(s.after)
}

// sawResult looks at what a run says of itself.
func (w *world) sawResult(p *process, res result) {
	switch {
	case p.dead():
	case res.err != nil:
		w.note("process %d: %v", p.launch.number, res.err)
	default:
		w.note("process %d: %+v, then %+v", p.launch.number, res.plan.Summary, res.report.Summary)
		w.tellActions(res.plan)
		for _, r := range res.report.Results {
			if r.Error != nil {
				w.note("  %s of %s %s%s in %s is %s: %s", r.Kind, r.Image, r.AMI, r.SnapshotID, r.Region, r.Status, r.Error.Text)
			}
		}
		w.judgeResult(p, res)
	}
}

// tellActions writes down what a plan is about.
func (w *world) tellActions(p plan.Plan) {
	for _, a := range p.Actions {
		w.note("  %s %s %s%s in %s: %s", a.Kind, a.Image, a.AMI, a.SnapshotID, a.Region, a.Reason.Text())
		for _, b := range a.Blocked {
			w.note("    blocked: %s", b.Text())
		}
	}
}

// executed counts the actions that a report must have a result for.
func executed(res result) int {
	n := 0
	for _, a := range res.plan.Actions {
		if a.DueAt == nil {
			n++
		}
	}
	return n
}

// carryOut lets a request have its effect. Requests come one at a time.
func (w *world) carryOut(p *process, q request, r *http.Request, number uint64, n int) (*http.Response, error) {
	w.ambush(p, q)
	f := p.fault(q, number, n)
	if w.judge != nil {
		w.judge.before(p, q)
	}
	w.count(q)
	w.cloud.ClearFaults()
	if f != nil {
		p.strike()
		w.cloud.AddFault(*f)
	}
	if p.step.faults.flaw(w.seed, q, r) {
		w.noteFlaw()
	}
	answer, err := w.cloud.Transport().RoundTrip(r)
	w.note("  %d %s:%s %s %s %016x %s", p.launch.number, q.service, q.operation, q.region, w.outcome(f), hash(0, q.body), q.subject())
	if w.judge != nil {
		w.judge.after(p, q)
	}
	return answer, err
}

// outcome is how the last request ended: its status, its error, and the fault
// that struck it.
func (w *world) outcome(f *sandbox.Fault) string {
	last := w.cloud.Requests()[0]
	text := strings.TrimSpace(fmt.Sprint(last.Status, " ", last.Code))
	if f != nil {
		text += " (" + string(f.Effect) + ")"
	}
	return text
}

func (w *world) count(q request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[q.service+":"+q.operation]++
}

// subject is what a request is about, for people who read the log.
func (q request) subject() string {
	for _, name := range []string{"ImageId", "SnapshotId", "Name"} {
		if v := q.query.Get(name); v != "" {
			return v
		}
		if v := q.text(name); v != "" {
			return v
		}
	}
	return strings.Join(q.list("ResourceId"), " ")
}

// note writes a line of the log.
func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	line := w.cloud.Clock().Now().Format("01-02T15:04:05.000000000 ") + fmt.Sprintf(format, args...)
	w.log = append(w.log, line)
}

// fail notes a fault of amisync's.
func (w *world) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	w.note("WRONG: %s", text)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wrong = append(w.wrong, fault{format, text})
}

// touch remembers that something was changed.
func (w *world) touch(t touch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t.at = time.Now()
	w.touches = append(w.touches, t)
}

// touched reports whether a touch that matches was made.
func (w *world) touched(matches func(touch) bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.touches, matches)
}
