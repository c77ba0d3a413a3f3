package apply_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// The makespan is near the lower bound that EC2's limits set: the bucket lets
// the n-th copy start at n-100 seconds, and no more than 300 are pending.
func TestMakespan(t *testing.T) {
	tests := map[string]struct {
		copies  []plan.Action
		takes   time.Duration
		minimum time.Duration
	}{
		"1,000 copies of 5 minutes into one Region":     {fleet(1000, ireland), 5 * time.Minute, 900*time.Second + 5*time.Minute},
		"1,000 copies of 20 minutes into one Region":    {fleet(1000, ireland), 20 * time.Minute, 4 * 20 * time.Minute},
		"100 images into 34 Regions, 10 minutes a copy": {grid(100, 34), 10 * time.Minute, 10 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.copyTakes = func(plan.CopyRequest) time.Duration { return test.takes }
				c.quota = 300
				began := time.Now()
				rep := run(t, c, apply.Options{}, test.copies...)
				took := time.Since(began)
				if rep.Summary.Done != len(test.copies) {
					t.Fatal(rep.Err)
				}
				ratio := float64(took) / float64(test.minimum)
				t.Logf("%s, bound %s, ratio %.3f; calls: %v", short(took), test.minimum, ratio, c.calls())
				if ratio > 1.05 {
					t.Errorf("ratio %.3f", ratio)
				}
				if c.calls()["CopyImage"] != len(test.copies) {
					t.Errorf("%d CopyImage calls", c.calls()["CopyImage"])
				}
			})
		})
	}
}

func grid(images, regions int) []plan.Action {
	var actions []plan.Action
	for r := range regions {
		actions = append(actions, fleet(images, fmt.Sprintf("region-%d", r))...)
	}
	return actions
}

// CopyImage never comes faster than its bucket allows.
func TestCopyKeepsToItsBucket(t *testing.T) {
	for name, code := range map[string]string{"first attempts": "", "next generations": "InvalidAMIName.Duplicate", "later attempts": "ResourceLimitExceeded"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				if code != "" {
					c.rules = append(c.rules, &rule{call: "CopyImage", from: 1, times: 60, code: code})
				}
				began := time.Now()
				rep := run(t, c, apply.Options{CopyBurst: 10, CopyRate: 0.5}, fleet(40, ireland)...)
				n := 0
				for _, e := range c.log {
					if e.call != "CopyImage" {
						continue
					}
					n++
					if allowed := 10 + int(e.at.Sub(began).Seconds()*0.5); n > allowed {
						t.Errorf("call %d after %s", n, e.at.Sub(began))
					}
				}
				if n < 40 || rep.Summary.Done != 40 {
					t.Errorf("%d calls, %v", n, rep.Err)
				}
			})
		})
	}
}

// What a run may cost in calls.
func TestCallBudgets(t *testing.T) {
	removals := func(c *cloud) (actions []plan.Action) {
		for i := range 300 {
			id := fmt.Sprintf("ami-%03d", i)
			c.live(ireland, id)
			a := act(plan.Deregister, "web", ireland, id, plan.DeregisterImage{DeleteSnapshots: true})
			a.Preconditions = []plan.Precondition{c.unchanged(id), {Check: plan.CheckUnreferenced, ID: id, Depth: 10}}
			actions = append(actions, a)
		}
		return actions
	}
	tests := map[string]struct {
		actions func(c *cloud) []plan.Action
		budget  map[string]int
	}{
		"one copy of 5 minutes": {
			func(*cloud) []plan.Action { return fleet(1, ireland) },
			map[string]int{"CopyImage": 1, "Images": 21, "Snapshots": 1, "SetTags": 1},
		},
		"300 copies of 5 minutes into one Region": {
			func(*cloud) []plan.Action { return fleet(300, ireland) },
			map[string]int{"CopyImage": 300, "Images": 36, "Snapshots": 60, "SetTags": 300},
		},
		"300 deregistrations": {
			removals,
			map[string]int{"Deregister": 300, "Images": 4, "References": 4, "Snapshots": 80},
		},
		"no actions": {func(*cloud) []plan.Action { return nil }, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				rep := run(t, c, apply.Options{}, test.actions(c)...)
				if rep.Err != nil || rep.Summary.Done != len(rep.Results) {
					t.Fatal(rep.Err)
				}
				t.Log(c.calls())
				for call, n := range c.calls() {
					if n > test.budget[call] {
						t.Errorf("%d calls of %s, %d allowed", n, call, test.budget[call])
					}
				}
			})
		})
	}
}

// Progress is read only for those who look on: with one call a tick for all
// copies of the Region, whether EC2 names their snapshots while they are
// pending or not.
func TestProgress(t *testing.T) {
	second := func(c *cloud, i *image, progress int) {
		i.Devices = append(i.Devices, state.Device{Name: "/dev/sdb", SnapshotID: "snap-b" + i.ID, SizeGiB: 24})
		c.snapshots["snap-b"+i.ID] = &state.Snapshot{ID: "snap-b" + i.ID, VolumeGiB: 24, Progress: progress, Tags: i.Tags}
	}
	tests := map[string]struct {
		born    func(c *cloud, i *image)
		watched bool
		percent int
	}{
		"not named":                  {func(*cloud, *image) {}, true, 40},
		"named":                      {func(_ *cloud, i *image) { i.named = true }, true, 40},
		"nobody looks on":            {func(*cloud, *image) {}, false, 0},
		"snapshots without our tags": {func(c *cloud, i *image) { c.snapshots[i.Devices[0].SnapshotID].Tags = nil }, true, 0},
		"none visible yet":           {func(c *cloud, i *image) { delete(c.snapshots, i.Devices[0].SnapshotID) }, true, 0},
		"another one behind":         {func(c *cloud, i *image) { second(c, i, 0) }, true, 10},
		"another one done":           {func(c *cloud, i *image) { second(c, i, 100) }, true, 85},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.born = func(i *image) { test.born(c, i) }
				seen := &events{}
				var o apply.Options
				if test.watched {
					o.Observer = seen
				}
				run(t, c, o, fleet(3, ireland)...)
				for _, e := range seen.list {
					if e.Phase == apply.Copying && (e.Percent != test.percent || (e.Left > 0) != (test.percent > 0) || e.GiB != 8) {
						t.Errorf("%+v", e)
					}
				}
				if n, ticks := c.calls()["PendingSnapshots"], c.calls()["Images"]; (n > 0) != test.watched || n > ticks {
					t.Errorf("%d calls in %d ticks", n, ticks)
				}
			})
		})
	}
}

// Images have their turns: many actions of one do not hold up another's.
func TestImagesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		var actions []plan.Action
		for _, id := range []string{"big-1", "big-2", "big-3", "big-4", "small-1", "small-2"} {
			c.live(ireland, id)
			image, _, _ := strings.Cut(id, "-")
			actions = append(actions, act(plan.Update, image, ireland, id, plan.Protect{}))
		}
		run(t, c, apply.Options{Workers: 1}, actions...)
		var order []string
		for _, e := range c.log {
			order = append(order, e.subject)
		}
		if d := cmp.Diff([]string{"big-1", "small-1", "big-2", "small-2", "big-3", "big-4"}, order); d != "" {
			t.Error(d)
		}
	})
}
