package sim

import "github.com/amisync/amisync/pkg/apply"

// looker is who looks on. That somebody does has the engine ask how far copies are.
type looker map[string]int // ends by action

// Observe implements apply.Observer.
func (l looker) Observe(e apply.Event) {
	if e.Phase == apply.Ended {
		l[e.Action.ID]++
	}
}

// sawEnds: who looks on sees each action end once, but for those that were
// blocked before.
func (w *world) sawEnds(p *process, res result) {
	for _, r := range res.report.Results {
		if n := p.looker[r.ID]; r.Status != apply.Blocked && n != 1 {
			w.fail("step %d: the end of %s of %s in %s was told %d times", p.step.number, r.Kind, r.Image, r.Region, n)
		}
	}
}
