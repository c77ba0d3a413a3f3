package apply

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// answer is what one call brought, or its error.
type answer[V any] struct {
	values map[string]V
	err    error
}

// readings are the answers to all preconditions of some tasks.
type readings struct {
	images     answer[state.AMI]
	snapshots  answer[state.Snapshot]
	users      answer[[]string]
	references map[int]answer[[]state.Reference] // by depth
	parameters map[string]answer[state.Parameter]
}

// questions are the ids that preconditions ask about, by check.
type questions struct {
	ids    map[plan.Check]map[string]bool
	depths map[int]map[string]bool // of references
}

func questionsOf(tasks []*task) questions {
	q := questions{ids: map[plan.Check]map[string]bool{}, depths: map[int]map[string]bool{}}
	for _, t := range tasks {
		for _, p := range t.preconditions() {
			if q.ids[p.Check] == nil {
				q.ids[p.Check] = map[string]bool{}
			}
			q.ids[p.Check][p.ID] = true
			if p.Check == plan.CheckUnreferenced {
				if q.depths[p.Depth] == nil {
					q.depths[p.Depth] = map[string]bool{}
				}
				q.depths[p.Depth][p.ID] = true
			}
		}
	}
	return q
}

// list are the ids of some checks, sorted and without the empty one.
func (q questions) list(checks ...plan.Check) []string {
	all := map[string]bool{}
	for _, c := range checks {
		maps.Copy(all, q.ids[c])
	}
	delete(all, "")
	return slices.Sorted(maps.Keys(all))
}

// readAgain reads everything that the tasks' preconditions ask about, each
// sort with one call.
func (g *region) readAgain(r *run, tasks []*task) readings {
	q := questionsOf(tasks)
	out := readings{references: map[int]answer[[]state.Reference]{}, parameters: map[string]answer[state.Parameter]{}}
	out.images = ask(r, q.list(plan.CheckImage, plan.CheckUsable), g.images.read)
	wanted := q.list(plan.CheckSnapshot)
	for _, id := range q.list(plan.CheckUsable) {
		wanted = append(wanted, out.images.values[id].SnapshotIDs()...)
	}
	slices.Sort(wanted)
	out.snapshots = ask(r, slices.Compact(wanted), g.snapshots.read)
	out.users = ask(r, q.list(plan.CheckSnapshot), func(ctx context.Context, ids []string) (map[string][]string, error) {
		return r.cloud.SnapshotUsers(ctx, g.target, ids)
	})
	for _, depth := range slices.Sorted(maps.Keys(q.depths)) {
		ids := slices.Sorted(maps.Keys(q.depths[depth]))
		out.references[depth] = ask(r, ids, func(ctx context.Context, ids []string) (map[string][]state.Reference, error) {
			return r.cloud.References(ctx, g.target, ids, depth)
		})
	}
	for _, name := range q.list(plan.CheckParameter, plan.CheckUnpublished) {
		out.parameters[name] = ask(r, []string{name}, func(ctx context.Context, _ []string) (map[string]state.Parameter, error) {
			p, err := r.cloud.Parameter(ctx, g.target, name)
			return map[string]state.Parameter{name: p}, err
		})
	}
	return out
}

// ask makes one call about ids, or none where there are none.
func ask[V any](r *run, ids []string, read func(ctx context.Context, ids []string) (map[string]V, error)) answer[V] {
	if len(ids) == 0 {
		return answer[V]{}
	}
	var a answer[V]
	a.err = r.call(func(ctx context.Context) (err error) {
		a.values, err = read(ctx, ids)
		return err
	})
	return a
}

// of picks one task's observation out.
func (r readings) of(t *task, at time.Time) observation {
	o := observation{at: at}
	for _, p := range t.preconditions() {
		seen, err := r.about(p)
		if err != nil {
			return observation{at: at, err: err}
		}
		o.seen = append(o.seen, seen)
	}
	return o
}

func (r readings) about(p plan.Precondition) (plan.Observed, error) {
	switch p.Check {
	case plan.CheckUnreferenced:
		a := r.references[p.Depth]
		users, told := a.values[p.ID]
		if a.err == nil && !told {
			return plan.Observed{Problem: &state.Problem{Code: "InvalidAMIID.NotFound", Text: "EC2 does not know who uses it"}}, nil
		}
		return plan.Observed{References: users}, a.err
	case plan.CheckParameter, plan.CheckUnpublished:
		a := r.parameters[p.ID]
		return plan.Observed{Parameter: a.values[p.ID]}, a.err
	case plan.CheckSnapshot:
		seen := plan.Observed{Users: r.users.values[p.ID]}
		if s, ok := r.snapshots.values[p.ID]; ok {
			seen.Snapshots = []state.Snapshot{s}
		}
		return seen, firstOf(r.users.err, r.snapshots.err)
	case plan.CheckImage, plan.CheckUsable:
		return r.aboutImage(p)
	default:
		return plan.Observed{}, nil
	}
}

func (r readings) aboutImage(p plan.Precondition) (plan.Observed, error) {
	a, ok := r.images.values[p.ID]
	if !ok {
		return plan.Observed{}, r.images.err
	}
	seen := plan.Observed{Image: &a}
	if p.Check == plan.CheckImage {
		return seen, nil
	}
	for _, id := range a.SnapshotIDs() {
		if s, known := r.snapshots.values[id]; known {
			seen.Snapshots = append(seen.Snapshots, s)
		}
	}
	return seen, r.snapshots.err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
