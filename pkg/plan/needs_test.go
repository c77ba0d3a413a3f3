package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// TestASteadyPlanAsksLittle holds the budget of a plan without changes: the
// sources, one permission read for each copy and snapshot that shares, one
// parameter for each cell that publishes, one key for each Region.
func TestASteadyPlanAsksLittle(t *testing.T) {
	c := newCloud()
	c.everything()
	c.web().CompleteWithin = 0
	for range 8 { // until it has come to rest
		executor{cloud: c}.run(c.plan())
		c.now = c.now.Add(day)
	}
	c.copyOf(oldAMI, "us-west-2", tag(state.TagOwner, "others"))
	var asked plan.Query
	live := c.live()
	for range 2 {
		q := plan.Needs(c.d, live, c.o)
		c.answer(q, &live.Facts)
		asked.Sources = append(asked.Sources, q.Sources...)
		asked.Keys = append(asked.Keys, q.Keys...)
		asked.LaunchPermissions = append(asked.LaunchPermissions, q.LaunchPermissions...)
		asked.SnapshotPermissions = append(asked.SnapshotPermissions, q.SnapshotPermissions...)
		asked.Parameters = append(asked.Parameters, q.Parameters...)
		q.Sources, q.Keys, q.LaunchPermissions, q.SnapshotPermissions, q.Parameters = nil, nil, nil, nil, nil
		if !q.Empty() {
			t.Errorf("asked besides: %+v", q)
		}
	}
	if p := plan.Compute(c.d, live, c.o); p.Applyable {
		t.Fatal(describe(p))
	}
	counts := []int{
		len(asked.Sources), len(asked.Keys), len(asked.LaunchPermissions), len(asked.SnapshotPermissions), len(asked.Parameters),
	}
	if diff := cmp.Diff([]int{1, 1, 1, 1, 1}, counts); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
}

// TestUnansweredIsUnknown plans without asking anything.
func TestUnansweredIsUnknown(t *testing.T) {
	c := newCloud()
	c.web().Source.ID, c.web().Source.SSM = "", "/aws/service/x"
	c.copyOf(oldAMI, "eu-west-1")
	p := plan.Compute(c.d, c.live(), c.o)
	if p.Applyable || p.Complete || p.Summary.Unknown != 1 || p.Cells[0].Reason.Code != string(plan.SourceUnknown) {
		t.Error(describe(p))
	}
	if p.Sources[0].Problem == nil || p.Sources[0].Problem.Code != string(plan.Unanswered) {
		t.Errorf("source %+v", p.Sources[0])
	}
}
