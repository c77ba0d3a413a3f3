package sim

import (
	"flag"
	"testing"
	"testing/synctest"
)

var (
	seeds = flag.Int("seeds", 25, "how many seeds TestHistories plays")
	seed  = flag.Uint64("seed", 0, "the one seed that TestHistories plays")
)

// TestHistories plays a history for each seed.
func TestHistories(t *testing.T) {
	for n := range *seeds {
		synctest.Test(t, func(t *testing.T) {
			w, err := play(newHistory(uint64(n + 1)))
			if err != nil {
				t.Fatal(err)
			}
			if *seed > 0 {
				for _, l := range w.log {
					t.Log(l)
				}
			}
			t.Log(n, len(w.log), w.wrong)
		})
	}
}
