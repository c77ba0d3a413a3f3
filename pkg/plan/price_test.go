package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func dollars(n float64) *float64 { return &n }

func TestPrices(t *testing.T) {
	all := state.Prices{
		Storage:  map[string]float64{"eu-west-1": 0.5},
		Transfer: map[string]map[string]float64{home: {state.AnyRegion: 0.25}},
		Timed:    []state.TimedPrice{{AtLeast: 15 * time.Minute, GiB: 2}, {AtLeast: time.Hour, GiB: 1}},
	}
	noStorage, noTransfer, noTimed := all, all, all
	noStorage.Storage, noTransfer.Transfer, noTimed.Timed = nil, nil, nil
	tests := map[string]struct {
		prices  *state.Prices
		within  time.Duration
		once    float64 // of a GiB; negative: not known
		monthly float64
	}{
		"none":                       {nil, 0, -1, -1},
		"best effort":                {&all, 0, 0.25, 0.5},
		"time-based, short":          {&all, 30 * time.Minute, 2.25, 0.5},
		"time-based, long":           {&all, 2 * time.Hour, 1.25, 0.5},
		"storage not known":          {&noStorage, 0, 0.25, -1},
		"transfer not known":         {&noTransfer, 0, -1, 0.5},
		"the surcharge is not known": {&noTimed, time.Hour, -1, 0.5},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCloud()
			c.d.Images = []state.Image{image("web", newAMI, "eu-west-1")}
			c.web().CompleteWithin = test.within
			c.o.Prices = test.prices
			p := c.plan()
			e := p.Actions[0].Estimate
			want := plan.Estimate{GiB: e.GiB, UpperBound: e.UpperBound}
			if test.once >= 0 {
				want.Once = dollars(test.once * e.GiB)
			}
			if test.monthly >= 0 {
				want.Monthly = dollars(test.monthly * e.GiB)
			}
			if d := cmp.Diff(want, e); d != "" || e.GiB == 0 {
				t.Error(d, e.GiB)
			}
		})
	}
}

// Planning ahead takes what will be due, says so, and changes nothing else.
func TestPlanningAhead(t *testing.T) {
	c := newCloud()
	c.d.Images = []state.Image{image("web", newAMI, "eu-west-1")}
	c.copyOf(newAMI, "eu-west-1")
	c.copyOf(oldAMI, "us-west-2", c.retired(day))
	if p := c.plan(); p.Applyable {
		t.Fatalf("something is due today: %s", describe(p))
	}
	c.o.Ahead = 30 * day
	p := c.plan()
	if p.Summary.Deregister != 1 || len(p.Warnings) == 0 || p.Warnings[0].Code != plan.WarnAhead {
		t.Errorf("nothing goes in 30 days, or it is not said: %s %v", describe(p), p.Warnings)
	}
	if !p.GeneratedAt.Equal(c.now) {
		t.Errorf("generated at %s", p.GeneratedAt)
	}
}
