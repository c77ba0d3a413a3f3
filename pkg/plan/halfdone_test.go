package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// Each is a run that died after so many calls: the smallest case of its kind
// that TestAHalfDonePlanIsAcceptedAgain has found.
func TestApproveWhatDiedInside(t *testing.T) {
	tests := map[string]struct {
		do   func(c *cloud)
		left int      // calls until the run dies
		want []string // what is then left to do
	}{
		"the one that goes is marked before the kept one": {func(c *cloud) {
			c.source(someSources[2], start.AddDate(0, 0, -10))
			c.copyOf(oldAMI, "eu-west-1")
			c.copyOf(newAMI, "eu-west-1")
			c.web().Source.ID, c.web().Lifecycle.Keep, c.web().Lifecycle.Grace = someSources[2], 1, 0
			for _, a := range c.images {
				a.Tags[state.TagLifecycle] = c.web().Lifecycle.Retention.String()
			}
		}, 5, []string{"deregister", "update"}},
		"a copy is pending where an orphan was seen": {func(c *cloud) {
			c.copyOf(oldAMI, "us-west-2")
			gone := c.copyOf(newAMI, "eu-west-1")
			delete(c.images, gone.ID)
			c.web().Regions.Names = []string{"eu-west-1", "us-west-2"}
		}, 1, []string{"finish"}},
		"a copy is pending beside one that is not proven ours": {func(c *cloud) {
			c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.SourceInstanceID = "i-1" })
		}, 1, []string{"finish"}},
		"a copy is pending beside one that is different from its source": {func(c *cloud) {
			c.copyOf(oldAMI, "eu-west-1", tag(state.TagVerified, "different: device /dev/xvda: 8 GiB, not 16 GiB"))
		}, 1, []string{"deregister", "finish"}},
		"a public copy that is restored is not public any more": {func(c *cloud) {
			a := c.copyOf(oldAMI, "eu-west-1", c.retired(day), tag(state.TagShared, state.SharedYes))
			a.Public, c.launch[a.ID] = true, []state.Grant{{Public: true}}
		}, 1, []string{"restore"}},
		"a copy that is retired is shared with nobody any more": {func(c *cloud) {
			c.copyOf(newAMI, "eu-west-1")
			a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagShared, state.SharedYes))
			c.launch[a.ID], c.web().Source.ID = []state.Grant{{Account: "444455556666"}}, newAMI
		}, 1, []string{"retire"}},
		"a disabled copy that is restored has its new lifecycle": {func(c *cloud) {
			disabled := "grace=7d;retire=disable;snapshots=delete;protect=-"
			c.copyOf(oldAMI, "eu-west-1", c.retired(day), inState(state.ImageDisabled), tag(state.TagLifecycle, disabled))
			c.web().Lifecycle.Protect = ptr(true)
		}, 1, []string{"restore"}},
		"a parameter of one image became free for another": {func(c *cloud) {
			c.web().Publish = &state.Publish{SSM: "/amis/web"}
			c.web().Description = "Base"
			c.copyOf(oldAMI, "eu-west-1")
			old := c.copyOf(oldAMI, "eu-west-1", tag(state.TagImage, "gone"), tag(state.TagPublished, "/amis/web"), c.retired(8*day))
			c.param("eu-west-1", "/amis/web", old.ID, "gone")
		}, -1, []string{"deregister"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCloud()
			test.do(c)
			old := c.plan()
			t.Log(describe(old))
			x := executor{cloud: c, left: &test.left}
			if test.left < 0 { // it dies before what goes last
				x = executor{cloud: c, fails: func(a plan.Action) bool { return a.Kind == plan.Deregister }}
			}
			x.run(old)
			c.now = c.now.Add(time.Minute)
			got := approve(t, c, old)
			if d := cmp.Diff(test.want, executables(got.Plan)); d != "" || got.Stale {
				t.Errorf("stale %t, %s: %s", got.Stale, d, describe(got.Plan))
			}
		})
	}
}

func executables(p plan.Plan) []string {
	var out []string
	for _, a := range p.Actions {
		if a.Executable() {
			out = append(out, string(a.Kind))
		}
	}
	return out
}

// A parameter that an approved action has made free is not written by another
// approved one, which does everything else.
func TestApproveLeavesOutWhatWasNotReviewed(t *testing.T) {
	c := newCloud()
	c.web().Publish = &state.Publish{SSM: "/amis/web"}
	gone := c.copyOf(oldAMI, "eu-west-1", tag(state.TagImage, "gone"), tag(state.TagPublished, "/amis/web"), c.retired(8*day))
	c.param("eu-west-1", "/amis/web", gone.ID, "gone")
	old := c.plan()
	executor{cloud: c, fails: func(a plan.Action) bool { return a.Kind != plan.Unpublish }}.run(old)
	got := approve(t, c, old)
	want := []string{"deregister", "copy", "update not_reviewed"}
	if d := cmp.Diff(want, kinds(got.Plan)); d != "" || got.Stale {
		t.Fatalf("stale %t, %s: %s", got.Stale, d, describe(got.Plan))
	}
	executor{cloud: c}.run(got.Plan)
	if p, written := c.params[paramKey("eu-west-1", "/amis/web")]; written {
		t.Errorf("the parameter was not approved, and names %s", p.Value)
	}
	if got := executables(c.plan()); !cmp.Equal(got, []string{"update"}) {
		t.Errorf("left: %v", got)
	}
}

// What amis.yaml asks for anew makes an approval stale, also where part of what
// was approved is done.
func TestApproveRefusesAnotherMind(t *testing.T) {
	tests := map[string]struct {
		before func(c *cloud)
		left   int // calls until the run dies
		after  func(c *cloud)
	}{
		"a copy is shared with somebody else": {
			func(c *cloud) { c.web().Share = &state.Share{Accounts: []string{"444455556666"}} }, 1,
			func(c *cloud) { c.web().Share.Accounts = []string{"777788889999"} },
		},
		"a copy that is not begun is not shared": {
			func(c *cloud) { c.web().Share = &state.Share{Accounts: []string{"444455556666"}} }, 0,
			func(c *cloud) { c.web().Share = nil },
		},
		"a copy is published elsewhere": {
			func(c *cloud) { c.web().Publish = &state.Publish{SSM: "/amis/web"} }, 1,
			func(c *cloud) { c.web().Publish.SSM = "/amis/other" },
		},
		"a copy is revoked from somebody else": {
			func(c *cloud) {
				a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagShared, state.SharedYes))
				c.launch[a.ID] = []state.Grant{{Account: "444455556666"}, {Account: "777788889999"}}
				c.web().Share = &state.Share{Accounts: []string{"777788889999"}}
			}, 0,
			func(c *cloud) { c.web().Share.Accounts = []string{"444455556666"} },
		},
		"a copy is retired in another way": {
			func(c *cloud) {
				c.copyOf(oldAMI, "eu-west-1")
				c.copyOf(newAMI, "eu-west-1")
				c.web().Source.ID = newAMI
			}, 1,
			func(c *cloud) { c.web().Lifecycle.Retire = state.RetireDisable },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCloud()
			test.before(c)
			old := c.plan()
			executor{cloud: c, left: &test.left}.run(old)
			test.after(c)
			if got := approve(t, c, old); !got.Stale || got.Plan.Applyable {
				t.Errorf("it is not stale: %s", describe(got.Plan))
			}
		})
	}
}
