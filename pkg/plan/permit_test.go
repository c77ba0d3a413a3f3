package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
)

func TestPermit(t *testing.T) {
	p := plan.Plan{Applyable: true, Fingerprint: "f", Summary: plan.Summary{Unchanged: 3}, Actions: []plan.Action{
		{ID: "seen", Kind: plan.Deregister},
		{ID: "unseen", Kind: plan.Retire},
		{ID: "then", Kind: plan.Deregister, After: []string{"unseen"}},
		{ID: "copy", Kind: plan.Recopy},
		{ID: "blocked", Kind: plan.Retire, Blocked: []plan.Reason{{Code: plan.PruneOff}}},
		{ID: "update", Kind: plan.Update},
	}}
	why := plan.Reason{Code: plan.ReviewMissing, Args: plan.Args{Grace: 7 * 24 * time.Hour}}
	got := p.Permit(map[string]bool{"seen": true, "then": true, "gone": true, "blocked": true}, why)
	waits, free := map[string]bool{}, map[string]bool{}
	for _, a := range got.Actions {
		waits[a.ID], free[a.ID] = a.Waits(), a.Executable()
	}
	want := map[string]bool{"seen": false, "unseen": true, "then": true, "copy": false, "blocked": false, "update": false}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Errorf("what waits (-want +got):\n%s", diff)
	}
	want = map[string]bool{"seen": true, "unseen": false, "then": false, "copy": true, "blocked": false, "update": true}
	if diff := cmp.Diff(want, free); diff != "" {
		t.Errorf("what is executable (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(plan.Summary{Deregister: 1, Recopy: 1, Update: 1, Blocked: 3, Unchanged: 3}, got.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if got.Fingerprint != "f" || len(p.Actions[1].Blocked) > 0 {
		t.Error("the fingerprint, or the plan that was given, is changed")
	}
	if text := why.Text(); !strings.Contains(text, "the last 7d") {
		t.Errorf("the reason says %q", text)
	}
}
