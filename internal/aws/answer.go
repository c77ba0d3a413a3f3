package aws

import (
	"context"
	"maps"
	"sync"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// Answer asks AWS what the planner needs to know and puts an answer to every
// question into l.Facts, batched and all at once. A question that AWS does not
// answer gets a problem; the error is only the context's end. Lineage is not
// AWS's to tell.
func (c *Client) Answer(ctx context.Context, q plan.Query, l *state.Live) error {
	view := *l // questions read it while the facts of l are written
	a := answering{client: c, live: &view}
	f := &l.Facts
	together(
		into(&f.Sources, a.sources, ctx, q.Sources),
		into(&f.Keys, a.keys, ctx, q.Keys),
		into(&f.LaunchPermissions, a.launchPermissions, ctx, q.LaunchPermissions),
		into(&f.SnapshotPermissions, a.snapshotPermissions, ctx, q.SnapshotPermissions),
		into(&f.References, a.references, ctx, q.References),
		into(&f.Parameters, a.parameters, ctx, q.Parameters),
		into(&f.Copies, a.copies, ctx, q.Copies),
		into(&f.SnapshotUsers, a.snapshotUsers, ctx, q.SnapshotUsers),
		into(&f.RecycleBins, a.recycleBins, ctx, q.RecycleBins),
		into(&f.Settings, a.settings, ctx, q.Settings),
		into(&f.Quotas, a.quotas, ctx, q.Quotas),
	)
	return c.ended(ctx)
}

// answering is one round of questions about one view.
type answering struct {
	client *Client
	live   *state.Live
}

// into asks the questions of one kind and adds their answers to a fact. Every
// fact is written by one of these only.
func into[Q any, K comparable, T any](
	fact *map[K]state.Answer[T], ask func(context.Context, []Q, *facts[K, T]), ctx context.Context, questions []Q,
) func() {
	return func() {
		if len(questions) == 0 {
			return
		}
		got := &facts[K, T]{answers: map[K]state.Answer[T]{}}
		ask(ctx, questions, got)
		if *fact == nil {
			*fact = map[K]state.Answer[T]{}
		}
		maps.Copy(*fact, got.answers)
	}
}

// facts collects answers from many goroutines.
type facts[K comparable, T any] struct {
	mu      sync.Mutex
	answers map[K]state.Answer[T]
}

func (f *facts[K, T]) know(question K, value T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[question] = state.Answer[T]{Value: value}
}

func (f *facts[K, T]) fail(question K, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[question] = state.Answer[T]{Problem: problem(err)}
}

// settle is know or fail.
func (f *facts[K, T]) settle(question K, value T, err error) {
	if err != nil {
		f.fail(question, err)
		return
	}
	f.know(question, value)
}

// together runs tasks at once and waits for all.
func together(tasks ...func()) {
	var wg sync.WaitGroup
	for _, task := range tasks {
		wg.Go(task)
	}
	wg.Wait()
}

// each does the same with every item at once and waits for all. How many
// requests really run is limited per Region, see witness.
func each[T any](items []T, do func(T)) {
	var wg sync.WaitGroup
	for _, item := range items {
		wg.Go(func() { do(item) })
	}
	wg.Wait()
}

// group is the questions that can be asked with one request, but for its size.
type group[K comparable, Q any] struct {
	key   K
	items []Q
}

// grouped sorts questions into groups, in the order in which they come.
func grouped[K comparable, Q any](items []Q, key func(Q) K) []group[K, Q] {
	var groups []group[K, Q]
	index := map[K]int{}
	for _, item := range items {
		k := key(item)
		i, ok := index[k]
		if !ok {
			i = len(groups)
			index[k] = i
			groups = append(groups, group[K, Q]{key: k})
		}
		groups[i].items = append(groups[i].items, item)
	}
	return groups
}
