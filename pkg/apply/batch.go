package apply

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// window is how long a question waits for others like it.
const window = 200 * time.Millisecond

// batch joins questions about ids of one Region that are asked within a moment
// into one call, so that a hundred actions at once do not make a hundred calls.
type batch[V any] struct {
	run  *run
	read func(ctx context.Context, ids []string) (map[string]V, error)

	mu   sync.Mutex
	next *round[V]
}

// round is one such call and its answer.
type round[V any] struct {
	ids    map[string]bool
	done   chan struct{} // closed once answer and err are there
	answer map[string]V
	err    error
}

func newBatch[V any](r *run, read func(ctx context.Context, ids []string) (map[string]V, error)) *batch[V] {
	return &batch[V]{run: r, read: read}
}

// get reads ids; the answer may hold others too. It is not cut short by a stop,
// because a call may be in flight.
func (b *batch[V]) get(ids ...string) (map[string]V, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r := b.join(ids)
	<-r.done
	return r.answer, r.err
}

func (b *batch[V]) join(ids []string) *round[V] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		r := &round[V]{ids: map[string]bool{}, done: make(chan struct{})}
		b.next = r
		b.run.background.Go(func() { b.ask(r) })
	}
	for _, id := range ids {
		b.next.ids[id] = true
	}
	return b.next
}

func (b *batch[V]) ask(r *round[V]) {
	defer close(r.done)
	// A stop only makes the wait for others shorter.
	_ = b.run.clock.Sleep(b.run.stop, window)
	b.mu.Lock()
	b.next = nil
	b.mu.Unlock()
	ids := slices.Sorted(maps.Keys(r.ids))
	r.err = b.run.call(func(ctx context.Context) (err error) {
		r.answer, err = b.read(ctx, ids)
		return err
	})
}
