package apply_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// What becomes of the snapshots behind a deregistered AMI.
func TestDeregisterSnapshots(t *testing.T) {
	const snapshot = "snap-ami-a"
	held := func(code string) func(string) string { return func(string) string { return code } }
	tests := map[string]struct {
		world   func(c *cloud)
		status  string
		there   bool
		warning string
		calls   []string
	}{
		"EC2 deletes them": {func(*cloud) {}, "done", false, "", []string{"Deregister eu-west-1 ami-a"}},
		"EC2 fails to": {
			func(c *cloud) { c.holdBack = held("internal-error") },
			"done", false, "",
			[]string{"Deregister eu-west-1 ami-a", "DeleteSnapshot eu-west-1 snap-ami-a"},
		},
		"another AMI uses it": {
			func(c *cloud) {
				c.holdBack = held("skipped")
				c.live(ireland, "ami-b").Devices[0].SnapshotID = snapshot
			}, "done", true, "snapshot snap-ami-a stays: ami-b uses it",
			[]string{"Deregister eu-west-1 ami-a", "DeleteSnapshot eu-west-1 snap-ami-a"},
		},
		"an AMI that cannot be seen uses it": {
			func(c *cloud) { c.holdBack = held("skipped"); c.fail("DeleteSnapshot", "", "InvalidSnapshot.InUse") },
			"done", true, "snapshot snap-ami-a stays: EC2 says that an AMI uses it",
			[]string{"Deregister eu-west-1 ami-a", "DeleteSnapshot eu-west-1 snap-ami-a"},
		},
		"deleted, and gone only later": {func(c *cloud) {
			c.changed = func(e entry) {
				switch {
				case e.call == "Deregister":
					c.snapshots[snapshot] = &state.Snapshot{ID: snapshot}
				case e.call == "Snapshots" && c.calls()["Snapshots"] == 3:
					delete(c.snapshots, snapshot)
				}
			}
		}, "done", false, "", []string{"Deregister eu-west-1 ami-a"}},
		"said to be deleted, and never gone": {func(c *cloud) {
			c.changed = func(e entry) {
				if e.call == "Deregister" {
					c.snapshots[snapshot] = &state.Snapshot{ID: snapshot}
				}
			}
		}, "done", false, "", []string{"Deregister eu-west-1 ami-a", "DeleteSnapshot eu-west-1 snap-ami-a"}},
		"no permission": {
			func(c *cloud) {
				c.holdBack = held("missing-permissions")
				c.fail("DeleteSnapshot", "", "UnauthorizedOperation")
			},
			"failed UnauthorizedOperation", true, "",
			[]string{"Deregister eu-west-1 ami-a", "DeleteSnapshot eu-west-1 snap-ami-a"},
		},
		"the answer is lost": {func(c *cloud) {
			c.rules = append(c.rules, &rule{call: "Deregister", from: 1, times: 1, code: state.CodeNetwork, lost: true})
			c.holdBack = held("internal-error")
		}, "done", false, "", []string{"Deregister eu-west-1 ami-a", "Deregister eu-west-1 ami-a", "DeleteSnapshot eu-west-1 snap-ami-a"}},
		"people keep the snapshot": {
			func(c *cloud) { c.keep(snapshot) },
			"done", true, "snapshot snap-ami-a stays: it carries amisync:keep",
			[]string{"Deregister eu-west-1 ami-a"},
		},
		"another run keeps what EC2 has left": {
			func(c *cloud) {
				c.holdBack = func(id string) string {
					c.keep(id)
					return "internal-error"
				}
			},
			"done", true, "snapshot snap-ami-a stays: it carries amisync:keep",
			[]string{"Deregister eu-west-1 ami-a"},
		},
		"deregistered already": {
			func(c *cloud) { c.images["ami-a"].State = state.ImageDeregistered },
			"done", true, "ami-a was gone already; snapshots that it left are found as orphans", nil,
		},
		"gone already": {
			func(c *cloud) { delete(c.images, "ami-a") },
			"done", true, "ami-a was gone already; snapshots that it left are found as orphans", nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.live(ireland, "ami-a")
				a := act(plan.Deregister, "web", ireland, "ami-a", plan.DeregisterImage{DeleteSnapshots: true})
				a.Preconditions = []plan.Precondition{c.unchanged("ami-a")}
				test.world(c)
				rep := run(t, c, apply.Options{}, a)
				if d := cmp.Diff(map[string]string{"deregister-ami-a": test.status}, statuses(rep)); d != "" {
					t.Error(d, rep.Err)
				}
				if there := c.snapshots[snapshot] != nil; there != test.there {
					t.Errorf("snapshot there: %t", there)
				}
				if d := cmp.Diff(test.warning, strings.Join(rep.Results[0].Warnings, "\n")); d != "" {
					t.Error(d)
				}
				if d := cmp.Diff(test.calls, c.changes()); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// The AMI is gone even where a snapshot stays: the error says so.
func TestDeregisterTellsWhatIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		c.holdBack = func(string) string { return "missing-permissions" }
		c.fail("DeleteSnapshot", "", "UnauthorizedOperation")
		rep := run(t, c, apply.Options{}, act(plan.Deregister, "web", ireland, "ami-a", plan.DeregisterImage{DeleteSnapshots: true}))
		for _, part := range []string{"ami-a is deregistered", "snap-ami-a", "missing-permissions", "DeleteSnapshot"} {
			if !strings.Contains(rep.Err.Error(), part) {
				t.Errorf("%q is not in %v", part, rep.Err)
			}
		}
	})
}

// A failed copy may name snapshots that EC2 has deleted: those that are to be
// kept need not all be there.
func TestKeepsTheSnapshotsThatAreThere(t *testing.T) {
	for name, test := range map[string]struct {
		world func(c *cloud)
		calls []string
	}{
		"there": {func(*cloud) {}, []string{"SetTags eu-west-1 snap-ami-a [amisync:keep]", "Deregister eu-west-1 ami-a"}},
		"gone":  {func(c *cloud) { delete(c.snapshots, "snap-ami-a") }, []string{"Deregister eu-west-1 ami-a"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.live(ireland, "ami-a").State = state.ImageFailed
				test.world(c)
				keep := plan.SetTags{On: plan.OnSnapshots, Tags: map[string]string{state.TagKeep: "snapshots: keep"}}
				rep := run(t, c, apply.Options{}, act(plan.Deregister, "web", ireland, "ami-a", keep, plan.DeregisterImage{}))
				if rep.Err != nil || rep.Summary.Done != 1 {
					t.Fatal(rep.Err)
				}
				if d := cmp.Diff(test.calls, c.changes()); d != "" {
					t.Error(d)
				}
			})
		})
	}
}
