package plan_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// saved is a plan as it comes back from its file.
func saved(t rapid.TB, p plan.Plan) plan.Plan {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func approve(t rapid.TB, c *cloud, old plan.Plan) plan.Approval {
	t.Helper()
	live := c.see()
	return plan.Approve(plan.Compute(c.d, live, c.o), live, saved(t, old))
}

func kinds(p plan.Plan) []string {
	var out []string
	for _, a := range p.Actions {
		switch {
		case a.Executable():
			out = append(out, string(a.Kind))
		case len(a.Blocked) > 0:
			out = append(out, string(a.Kind)+" "+string(a.Blocked[0].Code))
		}
	}
	return out
}

func TestApprove(t *testing.T) {
	tests := map[string]struct {
		between func(c *cloud, old plan.Plan) // what happens after the review
		stale   bool
		waiting int
		want    []string
	}{
		"nothing happens": {func(*cloud, plan.Plan) {}, false, 0, []string{"copy"}},
		"the copy was made since": {
			func(c *cloud, old plan.Plan) { (executor{cloud: c}).run(old) }, false, 0, nil,
		},
		"the copy was made and needs finishing": {func(c *cloud, _ plan.Plan) {
			c.copyOf(newAMI, "eu-west-1", untag(state.TagVerified))
		}, false, 0, []string{"finish"}},
		"the source was bumped again": {func(c *cloud, _ plan.Plan) {
			c.web().Source.ID = oldAMI
		}, true, 0, []string{"copy not_reviewed"}},
		"another Region was added": {func(c *cloud, _ plan.Plan) {
			c.web().Regions.Names = []string{"eu-west-1", "us-west-2"}
		}, false, 0, []string{"copy", "copy not_reviewed"}},
		"the Region cannot be read now": {func(c *cloud, _ plan.Plan) {
			c.status["eu-west-1"] = state.Unknown
		}, false, 1, nil},
		"the Region is not wanted any more": {func(c *cloud, _ plan.Plan) {
			c.web().Regions.Names = []string{"us-west-2"}
		}, true, 0, []string{"copy not_reviewed"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCloud()
			c.d.Images = []state.Image{image("web", newAMI, "eu-west-1")}
			old := c.plan()
			test.between(c, old)
			got := approve(t, c, old)
			if got.Stale != test.stale || len(got.Waiting) != test.waiting {
				t.Errorf("stale %t, %d waiting", got.Stale, len(got.Waiting))
			}
			if d := cmp.Diff(test.want, kinds(got.Plan)); d != "" {
				t.Error(d)
			}
		})
	}
}

// A changed mind about an attribute makes the approval stale, in either direction.
func TestApproveUpdate(t *testing.T) {
	c := newCloud()
	c.d.Images = []state.Image{image("web", newAMI, "eu-west-1")}
	c.copyOf(newAMI, "eu-west-1")
	c.web().Description = "one"
	old := c.plan()
	if got := approve(t, c, old); got.Stale || !got.Plan.Applyable {
		t.Errorf("the same plan is stale: %t", got.Stale)
	}
	c.web().Description = "two"
	if got := approve(t, c, old); !got.Stale || got.Plan.Applyable {
		t.Error("another description is not stale")
	}
	c.web().Description = ""
	if got := approve(t, c, old); !got.Stale || got.Plan.Applyable {
		t.Error("no description is not stale")
	}
}

func TestApproveFingerprint(t *testing.T) {
	c := newCloud()
	c.d.Images = []state.Image{image("web", newAMI, "eu-west-1")}
	p := c.plan()
	if got := plan.ApproveFingerprint(p, p.Fingerprint); got.Stale || !got.Plan.Applyable {
		t.Error("a plan's own fingerprint is refused")
	}
	if got := plan.ApproveFingerprint(p, p.Fingerprint[1:]); !got.Stale || got.Plan.Applyable {
		t.Error("another fingerprint is taken")
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"nothing":         {"", "unexpected end"},
		"another version": {`{"format_version": "2.0"}`, `format version "2.0"`},
		"another kind":    {`{"format_version": "1.3", "actions": [{"kind": "explode"}]}`, `kind "explode"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := plan.Read(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// An edited plan is a permission for less or for nothing, never for something
// that a fresh plan would not do.
func TestAnEditedPlanDoesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		old := c.plan()
		for i := range old.Actions {
			a := &old.Actions[i]
			switch rapid.IntRange(0, 4).Draw(t, "edit") {
			case 0:
				a.Blocked, a.DueAt = nil, nil
			case 1:
				a.AMI = rapid.SampledFrom(append(sortedIDs(c), "ami-00000000000000000")).Draw(t, "AMI")
			case 2:
				a.Kind = rapid.SampledFrom(plan.Kinds()).Draw(t, "kind")
			case 3:
				a.ID = "forged"
			}
		}
		fresh := executableIDs(c.plan())
		for id := range executableIDs(approve(t, c, old).Plan) {
			if !fresh[id] {
				t.Fatalf("%s is executed and is in no fresh plan", id)
			}
		}
	})
}

func executableIDs(p plan.Plan) map[string]bool {
	ids := map[string]bool{}
	for _, a := range p.Actions {
		if a.Executable() {
			ids[a.ID] = true
		}
	}
	return ids
}

// A run that died half-way, between two actions or between two calls of one,
// leaves a saved plan that is accepted again. Then it is finished: nothing that
// was approved is left to do.
func TestAHalfDonePlanIsAcceptedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		c.d.Limits.RemoveMax, c.d.Limits.RemovePercent = 1000, 10_000 // they count anew, of fewer live copies
		old := c.plan()
		left := rapid.IntRange(0, calls(old)).Draw(t, "calls")
		executor{cloud: c, left: &left}.run(old)
		c.now = c.now.Add(time.Minute)
		for range 3 { // what was adopted is finished by the run after
			again := approve(t, c, old)
			if again.Stale {
				t.Fatalf("the plan is stale\nold: %s\nnow: %s", describe(old), describe(again.Plan))
			}
			if !again.Plan.Applyable {
				allDone(t, old, again.Plan)
				return
			}
			executor{cloud: c}.run(again.Plan)
		}
		t.Fatalf("not done\nold: %s\nnow: %s", describe(old), describe(c.plan()))
	})
}

// allDone fails where what was approved is still to be done, and is held back
// as not reviewed.
func allDone(t *rapid.T, old, last plan.Plan) {
	for _, a := range last.Actions {
		if len(a.Blocked) == 0 || a.Blocked[0].Code != plan.NotReviewed {
			continue
		}
		for _, o := range old.Actions {
			same := o.Executable() && o.Kind == a.Kind && o.Cell() == a.Cell() && o.AMI == a.AMI && o.SnapshotID == a.SnapshotID
			if same {
				t.Fatalf("%s of %s was approved, and is left\nold: %s\nnow: %s", a.Kind, a.AMI+a.SnapshotID, describe(old), describe(last))
			}
		}
	}
}
