package sim

import (
	"flag"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	seeds  = flag.Int("seeds", 25, "how many seeds TestHistories plays")
	first  = flag.Uint64("first", 1, "the first of them")
	seed   = flag.Uint64("seed", 0, "the one seed that TestHistories plays, with its log")
	strike = flag.String("cut", "", "what is struck out of it, such as skip:0,1,5 calm:7")
)

// TestHistories plays a history for each seed. One that fails is shrunk, and
// the command that plays it again is printed.
func TestHistories(t *testing.T) {
	if *seed > 0 {
		replay(t, *seed, *strike)
		return
	}
	var shrunk atomic.Int32
	for n := range *seeds {
		h := newHistory(*first + uint64(n))
		t.Run(fmt.Sprint(h.seed), func(t *testing.T) {
			t.Parallel()
			wrong := tell(t, h)
			if len(wrong) == 0 {
				return
			}
			less := ""
			if shrunk.Add(1) <= 3 {
				less = shrink(h, func(h history) bool {
					return slices.ContainsFunc(tell(t, h), func(f fault) bool { return f.sort == wrong[0].sort })
				}).String()
			}
			t.Errorf("play it again: make sim SEED=%d CUT=%q", h.seed, less)
			for _, w := range wrong {
				t.Error(w.text)
			}
		})
	}
}

// replay plays one history and prints its log.
func replay(t *testing.T, seed uint64, struck string) {
	c, err := parseCut(struck)
	if err != nil {
		t.Fatal(err)
	}
	h := newHistory(seed).without(c)
	for _, s := range h.steps {
		t.Logf("step %d %+v %+v\n%s", s.number, s.runs, s.faults, s.text)
	}
	w := happen(t, h)
	for _, l := range w.log {
		t.Log(l)
	}
	for _, wrong := range w.wrong {
		t.Error(wrong.text)
	}
}

// tell plays a history and says what was wrong.
func tell(t *testing.T, h history) []fault { return happen(t, h).wrong }

// happen plays a history in a bubble of its own.
func happen(t *testing.T, h history) (w *world) {
	synctest.Test(t, func(*testing.T) { w = play(h) })
	return w
}

// A seed always gives the same requests at the same instants.
func TestReplay(t *testing.T) {
	for n := range uint64(5) {
		t.Run(fmt.Sprint(n+1), func(t *testing.T) {
			t.Parallel()
			one, two := happen(t, newHistory(n+1)).log, happen(t, newHistory(n+1)).log
			for i := range max(len(one), len(two)) {
				if i >= len(one) || i >= len(two) || one[i] != two[i] {
					t.Fatalf("the logs of %d and %d lines differ at line %d:\n%s\n%s", len(one), len(two), i, one[i], two[i])
				}
			}
		})
	}
}
