package plan_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func genFilter(t *rapid.T) plan.Filter {
	var f plan.Filter
	if rapid.Bool().Draw(t, "filters images") {
		f.Images = []string{rapid.SampledFrom([]string{"web", "d*", "ghost*"}).Draw(t, "filter image")}
	}
	if rapid.Bool().Draw(t, "filters Regions") {
		f.ExcludeRegions = []string{rapid.SampledFrom([]string{"eu-*", home}).Draw(t, "filter Region")}
	}
	return f
}

// removals are what is to go, or went, from cells that are no longer declared:
// those not begun, and those begun within the day.
type removals struct{ open, recent int }

// removals counts them as they lie in the cloud.
func (c *cloud) removals() removals {
	var n removals
	for _, a := range c.images {
		if !c.proven(a) || a.Tags[state.TagOwner] != c.d.Owner || c.declares(c.cellOf(a)) {
			continue
		}
		at, err := time.Parse(time.RFC3339, a.Tags[state.TagRetiredAt])
		begun := err == nil && !at.After(c.now) && !at.Before(a.Created.Truncate(time.Second))
		if !begun || c.broken(a) { // what is broken goes without being retired
			n.open++
		} else if c.now.Sub(at) < day {
			n.recent++
		}
	}
	return n
}

// genCrowd adds copies that nobody declares, some of them retired just now, and
// draws a limit that these meet, or miss by one.
func (c *cloud) genCrowd(t *rapid.T) {
	for i := range rapid.IntRange(0, 5).Draw(t, "crowd") {
		label := fmt.Sprintf("crowd %d ", i)
		a := c.copyOf(oldAMI, rapid.SampledFrom(smallRegions).Draw(t, label+"region"), tag(state.TagImage, fmt.Sprint("ghost", i)))
		if rapid.Bool().Draw(t, label+"was begun") {
			c.retired(time.Duration(rapid.IntRange(1, 30).Draw(t, label+"hours")) * time.Hour)(a)
		}
	}
	c.d.Limits.RemovePercent = 100
	n := c.removals()
	c.d.Limits.RemoveMax = max(0, n.open+n.recent+rapid.IntRange(-1, 1).Draw(t, "off the limit by"))
	c.d.Limits.CopyMax = rapid.IntRange(0, 5).Draw(t, "copy max")
}

// atLeastADay makes every grace a day or longer: what is gone within the day
// leaves no retired-at to count.
func (c *cloud) atLeastADay() {
	c.d.Defaults.Grace = max(c.d.Defaults.Grace, day)
	for i := range c.d.Images {
		c.d.Images[i].Lifecycle.Grace = max(c.d.Images[i].Lifecycle.Grace, day)
	}
}

func TestLimitsHoldOverRunsAndFilters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		c.atLeastADay()
		c.genCrowd(t)
		for range rapid.IntRange(1, 3).Draw(t, "runs") {
			c.o.Filter = genFilter(t)
			before, p := c.removals(), c.plan()
			n := runCounting(c, p)
			if n.copies > c.d.Limits.CopyMax {
				t.Fatalf("%d copies, %d allowed", n.copies, c.d.Limits.CopyMax)
			}
			if n.begun > 0 && before.recent+n.begun > p.Limits.RemoveAllowed {
				t.Fatalf("%d removals begun after %d, %d allowed: %s", n.begun, before.recent, p.Limits.RemoveAllowed, describe(p))
			}
			if n.snapshots > p.Limits.RemoveAllowed {
				t.Fatalf("%d snapshots deleted, %d allowed: %s", n.snapshots, p.Limits.RemoveAllowed, describe(p))
			}
			if p.Limits.RemoveAllowed > c.d.Limits.RemoveMax {
				t.Fatalf("%d allowed, limits.remove.max is %d", p.Limits.RemoveAllowed, c.d.Limits.RemoveMax)
			}
			c.now = c.now.Add(time.Duration(rapid.IntRange(1, 12).Draw(t, "hours")) * time.Hour)
			c.genLeaving(t)
		}
	})
}

// genLeaving takes an image out of a Region, or out of the file.
func (c *cloud) genLeaving(t *rapid.T) {
	if len(c.d.Images) == 0 || !oneIn(t, 3, "something leaves") {
		return
	}
	img := &c.d.Images[rapid.IntRange(0, len(c.d.Images)-1).Draw(t, "leaves")]
	img.Regions = state.Regions{}
}

// counted is what a run does that limits are about.
type counted struct{ copies, begun, snapshots int }

func runCounting(c *cloud, p plan.Plan) counted {
	var n counted
	open := map[string]bool{}
	for id, a := range c.images {
		open[id] = a.Tags[state.TagRetiredAt] == ""
	}
	executor{cloud: c, after: func(a plan.Action) {
		switch {
		case a.Kind.Makes():
			n.copies++
		case a.Kind == plan.DeleteSnapshot:
			n.snapshots++
		case (a.Kind == plan.Retire || a.Kind == plan.Deregister) && open[a.AMI] && !c.declares(a.Cell()):
			n.begun++
			open[a.AMI] = false
		}
	}}.run(p)
	return n
}
