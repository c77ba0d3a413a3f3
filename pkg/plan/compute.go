package plan

import (
	"slices"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// Compute decides what would change and why. It is pure: the same input, in any
// order, gives the same plan.
func Compute(d state.Desired, l state.Live, o Options) Plan {
	p := newPlanner(d, l, o)
	p.decide()
	return p.plan()
}

// planner holds one computation: what is given, what is derived from it once,
// and the cells with their decisions.
type planner struct {
	d     state.Desired
	live  state.Live
	o     Options
	facts *facts
	now   time.Time

	entries     map[string]*entry // declared images by their present name
	renamed     map[string]string // former image name → present name
	formerly    map[string]bool   // former owners
	regions     map[string]*region
	sourceOf    map[sourceID]bool // AMIs that something is or may be copied from
	sourceAreas map[string]bool   // Regions that anything is copied from
	cells       []*cell           // sorted
	orphans     []*Action
	brakes      brakes

	limits    Limits
	conflicts []Conflict
	owners    map[string]int
	warnings  []Warning
	copies    int // of ours, in every readable Region
}

// sourceID is an AMI in its Region.
type sourceID struct{ region, id string }

func newPlanner(d state.Desired, l state.Live, o Options) *planner {
	d.Images = slices.Clone(d.Images)
	slices.SortFunc(d.Images, byName)
	l.Regions = slices.Clone(l.Regions)
	slices.SortFunc(l.Regions, byRegion)
	for i := range l.Regions {
		l.Regions[i].Status = seenAs(l.Regions[i].Status)
	}
	p := &planner{
		d: d, live: l, o: o, now: l.Now.Add(o.Ahead), facts: newFacts(l.Facts),
		entries: map[string]*entry{}, renamed: map[string]string{}, formerly: map[string]bool{},
		regions: map[string]*region{}, sourceOf: map[sourceID]bool{}, sourceAreas: map[string]bool{},
		owners: map[string]int{},
	}
	for _, owner := range d.Formerly {
		p.formerly[owner] = true
	}
	return p
}

// seenAs takes a status that nobody has set for what it is: unknown.
func seenAs(s state.Status) state.Status {
	switch s {
	case state.Readable, state.NotEnabled, state.OutOfScope:
		return s
	default:
		return state.Unknown
	}
}

// decide runs the pipeline. Every stage reads what the ones before it wrote.
func (p *planner) decide() {
	p.readRegions()
	p.declare()
	p.observe()
	p.gatherBrakes()
	p.planCells()
	p.planOrphans()
	p.limitRemovals()
	p.limitSnapshots()
	p.filter()
	p.limitCopies()
	p.dropDependents()
	p.warnings = p.warn()
}
