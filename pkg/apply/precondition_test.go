package apply_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestPreconditions(t *testing.T) {
	unreferenced := plan.Precondition{Check: plan.CheckUnreferenced, ID: "ami-a", Types: []string{"ec2:Instance"}, Depth: 10}
	holds := plan.Precondition{Check: plan.CheckParameter, ID: parameter, Value: "ami-a"}
	moved := plan.Precondition{Check: plan.CheckUnpublished, ID: parameter, Value: "ami-a"}
	successor := plan.Precondition{Check: plan.CheckUsable, ID: "ami-b", Tags: map[string][]string{state.TagOwner: {"platform"}}}
	tests := map[string]struct {
		extra  plan.Precondition
		world  func(c *cloud)
		status string
		why    string
	}{
		"nothing changed":   {unreferenced, func(*cloud) {}, "done", ""},
		"held by a person":  {unreferenced, func(c *cloud) { c.images["ami-a"].Tags[state.TagHold] = "mine" }, "skipped changed", "the control tags or the protection of ami-a changed"},
		"protected":         {unreferenced, func(c *cloud) { c.images["ami-a"].Protection = "enabled-with-cooldown" }, "skipped changed", "the control tags or the protection of ami-a changed"},
		"disabled":          {unreferenced, func(c *cloud) { c.images["ami-a"].State = state.ImageDisabled }, "skipped changed", "ami-a is disabled now, not available"},
		"gone":              {unreferenced, func(c *cloud) { delete(c.images, "ami-a") }, "skipped changed", "ami-a is gone"},
		"used":              {unreferenced, func(c *cloud) { c.references["ami-a"] = instance("i-1") }, "skipped changed", "ami-a is used by instance i-1"},
		"used otherwise":    {unreferenced, func(c *cloud) { c.references["ami-a"] = []state.Reference{{Type: "ec2:LaunchTemplate"}} }, "done", ""},
		"references hidden": {unreferenced, func(c *cloud) { c.fail("References", "", "UnauthorizedOperation") }, "failed UnauthorizedOperation", ""},
		"parameter holds":   {holds, func(c *cloud) { c.parameters[ireland+parameter] = state.Parameter{Exists: true, Value: "ami-a"} }, "done", ""},
		"parameter moved": {holds, func(c *cloud) {
			c.parameters[ireland+parameter] = state.Parameter{Exists: true, Value: "ami-b"}
		}, "skipped changed", "parameter /amis/web/current holds ami-b now, not ami-a"},
		"parameter moved on": {moved, func(*cloud) {}, "done", ""},
		"parameter names it again": {moved, func(c *cloud) {
			c.parameters[ireland+parameter] = state.Parameter{Exists: true, Value: "ami-a"}
		}, "skipped changed", "parameter /amis/web/current names ami-a"},
		"successor usable":        {successor, func(*cloud) {}, "done", ""},
		"successor not verified":  {successor, func(c *cloud) { delete(c.images["ami-b"].Tags, state.TagVerified) }, "skipped changed", "the successor ami-b is not verified"},
		"successor taken from us": {successor, func(c *cloud) { c.images["ami-b"].Tags[state.TagOwner] = "somebody-else" }, "skipped changed", "the tag amisync:owner of the successor ami-b changed"},
		"successor's snapshot archived": {
			successor, func(c *cloud) { c.snapshots["snap-ami-b"].Tier = state.TierArchive },
			"skipped changed", "snapshot snap-ami-b of the successor ami-b is not ready",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.live(ireland, "ami-a")
				c.live(ireland, "ami-b")
				a := act(plan.Retire, "web", ireland, "ami-a", plan.DeprecateNow{})
				a.Preconditions = []plan.Precondition{c.unchanged("ami-a"), test.extra}
				test.world(c)
				rep := run(t, c, apply.Options{}, a)
				if d := cmp.Diff(map[string]string{"retire-ami-a": test.status}, statuses(rep)); d != "" {
					t.Error(d)
				}
				if why := rep.Results[0].Error; test.why != "" && (why == nil || why.Text != test.why) {
					t.Errorf("%+v", why)
				}
				if changed := len(c.changes()) > 0; changed != (test.status == "done") {
					t.Error(c.changes())
				}
			})
		})
	}
}

func instance(id string) []state.Reference {
	return []state.Reference{{Type: "ec2:Instance", ARN: "arn:aws:ec2:eu-west-1:111122223333:instance/" + id}}
}

// What follows is read for after its predecessor, never before: the successor
// is the AMI that the predecessor made, and it must be usable by then.
func TestPreconditionsOfFollowersAreReadAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		actions := chain(c)
		c.changed = func(e entry) {
			if e.call == "PutParameter" {
				delete(c.images["ami-new1"].Tags, state.TagVerified)
			}
		}
		rep := run(t, c, apply.Options{}, actions...)
		want := map[string]string{
			"copy-web-eu-west-1": "done", "retire-ami-old": "skipped changed", "deregister-ami-old": "skipped predecessor",
		}
		if d := cmp.Diff(want, statuses(rep)); d != "" {
			t.Error(d)
		}
	})
}

// Nothing is done on a reading that is older than a minute, however many wait.
func TestPreconditionsAreFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		var actions []plan.Action
		for i := range 40 {
			id := fmt.Sprintf("ami-%02d", i)
			c.live(ireland, id)
			a := act(plan.Retire, "web", ireland, id, plan.Unprotect{}, plan.Describe{})
			a.Preconditions = []plan.Precondition{c.unchanged(id)}
			actions = append(actions, a)
			c.rules = append(c.rules, &rule{call: "Describe", subject: id, from: 1, times: 3, code: "RequestLimitExceeded"})
		}
		var read time.Time
		for _, r := range statuses(run(t, c, apply.Options{Workers: 2}, actions...)) {
			if r != "done" {
				t.Error(r)
			}
		}
		for _, e := range c.log {
			switch e.call {
			case "Images":
				read = e.at
			case "Unprotect":
				if age := e.at.Sub(read); age > time.Minute {
					t.Errorf("%s is done on a reading that is %s old", e, age)
				}
			}
		}
		if got := c.calls()["Images"]; got < 4 || got > 12 {
			t.Errorf("%d readings", got)
		}
	})
}

// What a predecessor wrote may be visible only later: a follower looks again.
func TestPreconditionsOfFollowersOutlastLateVisibility(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		actions := chain(c)
		hide := func(hidden bool) {
			i := c.images["ami-new1"]
			i.Tags = map[string]string{}
			if !hidden {
				i.Tags[state.TagVerified] = state.VerifiedOK
			}
		}
		c.changed = func(e entry) {
			if e.call == "PutParameter" {
				hide(true)
				time.AfterFunc(50*time.Second, func() {
					c.mu.Lock()
					defer c.mu.Unlock()
					hide(false)
				})
			}
		}
		rep := run(t, c, apply.Options{}, actions...)
		if rep.Err != nil || rep.Summary.Done != 3 {
			t.Error(rep.Err, statuses(rep))
		}
	})
}

func TestDeleteSnapshot(t *testing.T) {
	tests := map[string]struct {
		world  func(c *cloud)
		status string
		there  bool
	}{
		"an orphan":        {func(c *cloud) { delete(c.images, "ami-a") }, "done", false},
		"used":             {func(*cloud) {}, "skipped changed", true},
		"kept by a person": {func(c *cloud) { delete(c.images, "ami-a"); c.keep("snap-ami-a") }, "skipped changed", true},
		"gone already":     {func(c *cloud) { delete(c.images, "ami-a"); delete(c.snapshots, "snap-ami-a") }, "done", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.live(ireland, "ami-a")
				a := act(plan.DeleteSnapshot, "web", ireland, "", plan.RemoveSnapshot{})
				a.SnapshotID = "snap-ami-a"
				a.Preconditions = []plan.Precondition{{Check: plan.CheckSnapshot, ID: "snap-ami-a"}}
				test.world(c)
				rep := run(t, c, apply.Options{}, a)
				if d := cmp.Diff(map[string]string{a.ID: test.status}, statuses(rep)); d != "" {
					t.Error(d)
				}
				if there := c.snapshots["snap-ami-a"] != nil; there != test.there || rep.Results[0].SnapshotID != "snap-ami-a" {
					t.Errorf("there: %t, %+v", there, rep.Results)
				}
			})
		})
	}
}

func (c *cloud) keep(snapshot string) {
	c.snapshots[snapshot].Tags = map[string]string{state.TagKeep: "mine"}
}

// Orphans get their tag on the snapshot.
func TestTagsOfAnOrphanSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		a := act(plan.Update, "web", ireland, "", plan.StampTag{Key: state.TagOrphanedAt}, plan.SetTags{On: plan.OnSnapshots, Tags: map[string]string{"a": "b"}})
		a.SnapshotID = "snap-ami-a"
		run(t, c, apply.Options{}, a)
		want := map[string]string{state.TagOrphanedAt: "2000-01-01T00:00:00Z", "a": "b"}
		if d := cmp.Diff(want, c.snapshots["snap-ami-a"].Tags); d != "" {
			t.Error(d)
		}
	})
}
