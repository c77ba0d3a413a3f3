package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestWithCauses(t *testing.T) {
	held, limited := []plan.Reason{{Code: plan.PruneOff}}, []plan.Reason{{Code: plan.LimitRemove}}
	due, sooner := start.Add(7*day), start.Add(day)
	p := plan.Plan{Applyable: true, Fingerprint: "f", Summary: plan.Summary{Copy: 1, Retire: 2, Update: 1, Deregister: 1, Blocked: 2, Unchanged: 5, Unknown: 1}, Actions: []plan.Action{
		{ID: "new", Kind: plan.Copy},
		{ID: "drift", Kind: plan.Update},
		{ID: "freed", Kind: plan.Retire},
		{ID: "held", Kind: plan.Deregister, Blocked: held},
		{ID: "held otherwise", Kind: plan.Retire, Blocked: limited},
		{ID: "old", Kind: plan.Retire},
		{ID: "hastened", Kind: plan.Deregister},
		{ID: "sooner", Kind: plan.Deregister, DueAt: &sooner},
		{ID: "waits", Kind: plan.Deregister, DueAt: &due},
	}}
	base := plan.Plan{Head: plan.Head{Config: state.Config{Commit: "abc"}}, Actions: []plan.Action{
		{ID: "drift"},
		{ID: "freed", Blocked: held},
		{ID: "held", Blocked: held},
		{ID: "held otherwise", Blocked: held},
		{ID: "old"},
		{ID: "gone"},
		{ID: "hastened", DueAt: &due},
		{ID: "sooner", DueAt: &due},
		{ID: "waits", DueAt: &due},
	}}
	got := plan.WithCauses(p, base)
	causes := map[string]plan.Cause{}
	for _, a := range got.Actions {
		causes[a.ID] = a.CausedBy
	}
	want := map[string]plan.Cause{
		"new": plan.ByChange, "drift": plan.ByPending, "freed": plan.ByChange, "held": plan.ByPending, "old": plan.ByPending,
		"held otherwise": plan.ByChange, "hastened": plan.ByChange, "sooner": plan.ByChange, "waits": plan.ByPending,
	}
	if diff := cmp.Diff(want, causes); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
	if p.Actions[0].CausedBy != "" {
		t.Error("the plan that was given is changed")
	}
	if got, want := got.Headline(), "Plan: 1 to copy, 0 to re-copy, 1 to retire, 1 to deregister; 1 blocked, 5 unchanged, 1 unknown."; got != want {
		t.Errorf("headline %q, want %q", got, want)
	}
	if got, want := got.PendingLine(), "Already pending without this change: 1 to update, 1 to retire, 1 blocked."; got != want {
		t.Errorf("pending %q, want %q", got, want)
	}
	c := got.Caused(plan.ByChange)
	if !c.Applyable || c.Fingerprint != "f" || len(c.Actions) != 5 {
		t.Errorf("the change's part is %+v", c)
	}
	if diff := cmp.Diff(p, p.Caused(plan.ByChange)); diff != "" || p.PendingLine() != "" {
		t.Errorf("without a base a plan is parted (-want +got):\n%s", diff)
	}
}

func TestHeadlineOfAChangeOfNothing(t *testing.T) {
	p := plan.WithCauses(plan.Plan{Applyable: true, Actions: []plan.Action{{ID: "a", Kind: plan.Copy}}, Summary: plan.Summary{Copy: 1}}, plan.Plan{Actions: []plan.Action{{ID: "a"}}})
	if got, want := p.Headline(), "Plan: 0 to copy, 0 to re-copy, 0 to deregister; 0 blocked, 0 unchanged, 0 unknown."; got != want {
		t.Errorf("headline %q, want %q: there is something to do, though the change does not cause it", got, want)
	}
}

func TestLoosened(t *testing.T) {
	d := state.Desired{Prune: true, Limits: state.Limits{RemoveMax: 40, RemovePercent: 30, CopyMax: 200, CopyGiB: 5000}}
	codes := func(base, now state.Desired) []plan.Code {
		var out []plan.Code
		for _, w := range plan.Loosened(base, now) {
			if !w.Loosening() || w.Text == "" {
				t.Errorf("warning %+v", w)
			}
			out = append(out, w.Code)
		}
		return out
	}
	off, tight := d, d
	off.Prune = false
	tight.Limits.CopyGiB, tight.Limits.RemoveMax = 100, 50
	for _, c := range []struct {
		base, now state.Desired
		want      []plan.Code
	}{
		{d, d, nil},
		{d, off, nil},
		{off, d, []plan.Code{plan.WarnPruneLoosened}},
		{d, tight, []plan.Code{plan.WarnLimitsLoosened}},
		{tight, d, []plan.Code{plan.WarnLimitsLoosened}},
	} {
		if diff := cmp.Diff(c.want, codes(c.base, c.now)); diff != "" {
			t.Errorf("Loosened (-want +got):\n%s", diff)
		}
	}
}
