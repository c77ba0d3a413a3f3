package plan

import (
	"sync"

	"github.com/amisync/amisync/pkg/state"
)

// facts answers the planner's questions from what was asked of AWS, and writes
// down those that have no answer yet. Needs and Compute run the same decisions
// over it, so that what is asked and what is decided cannot drift apart.
type facts struct {
	known state.Facts
	mu    sync.Mutex // of open: cells are decided side by side
	open  questions
}

// questions are those that had no answer. They are sets: a question is asked once.
type questions struct {
	sources     map[string]state.Source
	keys        map[state.KeyQuery]bool
	launch      map[state.Resource]bool
	snapshots   map[state.Resource]bool
	references  map[state.ReferenceQuery]bool
	parameters  map[state.ParameterQuery]bool
	copies      map[state.CopiesQuery]bool
	users       map[state.Resource]bool
	recycleBins map[state.Target]bool
	settings    map[state.Target]bool
	quotas      map[state.QuotaQuery]bool
	lineage     map[string]bool
}

func newFacts(known state.Facts) *facts {
	return &facts{known: known, open: questions{
		sources:     map[string]state.Source{},
		keys:        map[state.KeyQuery]bool{},
		launch:      map[state.Resource]bool{},
		snapshots:   map[state.Resource]bool{},
		references:  map[state.ReferenceQuery]bool{},
		parameters:  map[state.ParameterQuery]bool{},
		copies:      map[state.CopiesQuery]bool{},
		users:       map[state.Resource]bool{},
		recycleBins: map[state.Target]bool{},
		settings:    map[state.Target]bool{},
		quotas:      map[state.QuotaQuery]bool{},
		lineage:     map[string]bool{},
	}}
}

func (f *facts) source(img *state.Image) state.Answer[state.SourceFact] {
	a, ok := f.known.Sources[img.Name]
	if !ok {
		f.open.sources[img.Name] = img.Source
		return unanswered[state.SourceFact]()
	}
	return a
}

func (f *facts) key(q state.KeyQuery) state.Answer[state.Key] {
	return ask(f, f.known.Keys, f.open.keys, q)
}

func (f *facts) launchPermissions(q state.Resource) state.Answer[[]state.Grant] {
	return ask(f, f.known.LaunchPermissions, f.open.launch, q)
}

func (f *facts) snapshotPermissions(q state.Resource) state.Answer[[]state.Grant] {
	return ask(f, f.known.SnapshotPermissions, f.open.snapshots, q)
}

func (f *facts) references(q state.ReferenceQuery) state.Answer[[]state.Reference] {
	return ask(f, f.known.References, f.open.references, q)
}

func (f *facts) parameter(q state.ParameterQuery) state.Answer[state.Parameter] {
	return ask(f, f.known.Parameters, f.open.parameters, q)
}

func (f *facts) copies(q state.CopiesQuery) state.Answer[[]state.AMI] {
	return ask(f, f.known.Copies, f.open.copies, q)
}

func (f *facts) snapshotUsers(q state.Resource) state.Answer[[]string] {
	return ask(f, f.known.SnapshotUsers, f.open.users, q)
}

func (f *facts) recycleBin(t state.Target) state.Answer[state.RecycleBin] {
	return ask(f, f.known.RecycleBins, f.open.recycleBins, t)
}

func (f *facts) settings(t state.Target) state.Answer[state.Settings] {
	return ask(f, f.known.Settings, f.open.settings, t)
}

func (f *facts) quota(t state.Target, of state.Quota) state.Answer[int] {
	return ask(f, f.known.Quotas, f.open.quotas, state.QuotaQuery{Account: t.Account, Region: t.Region, Quota: of})
}

func (f *facts) lineage(commit string) state.Answer[state.Ancestry] {
	return ask(f, f.known.Lineage, f.open.lineage, commit)
}

func ask[Q comparable, A any](f *facts, known map[Q]state.Answer[A], open map[Q]bool, q Q) state.Answer[A] {
	a, ok := known[q]
	if !ok {
		f.mu.Lock()
		defer f.mu.Unlock()
		open[q] = true
		return unanswered[A]()
	}
	return a
}

// unanswered is what a question without an answer is: unknown, never absent.
func unanswered[A any]() state.Answer[A] {
	return state.Answer[A]{Problem: problem(Unanswered, Args{})}
}
