package plan_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// FuzzRead reads hostile plans: no panic, and what is read can be held against
// a fresh plan and written again.
func FuzzRead(f *testing.F) {
	c := newCloud()
	c.d.Images = []state.Image{image("web", newAMI, "eu-west-1", "us-west-2")}
	c.copyOf(oldAMI, "eu-west-1")
	fresh, live := c.plan(), c.see()
	seed, err := json.Marshal(fresh)
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		string(seed), "", "{}", "[]", "null", `{"format_version": "1.9", "future": [1]}`,
		`{"format_version": "1.0", "actions": null}`,
		`{"format_version": "1.0", "actions": [{"kind": "deregister", "reason": 1}]}`,
		`{"format_version": "1.0", "generated_at": "never"}`,
		`{"format_version": "1.0", "actions": [{"kind": "copy", "after": ["a"], "id": "a"}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := plan.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		if _, err := json.Marshal(p); err != nil {
			t.Errorf("a plan that was read cannot be written: %v", err)
		}
		plan.Compare(p, fresh)
		ids := executableIDs(fresh)
		for id := range executableIDs(plan.Approve(fresh, live, p).Plan) {
			if !ids[id] {
				t.Errorf("%s is executed and is in no fresh plan", id)
			}
		}
	})
}

// What a plan says to people and programs survives its file.
func TestASavedPlanIsThePlan(t *testing.T) {
	c := newCloud()
	c.d.Images = []state.Image{image("web", newAMI, "eu-west-1", "us-west-2")}
	c.copyOf(oldAMI, "eu-west-1")
	old := c.plan()
	back := saved(t, old)
	for i := range old.Actions {
		old.Actions[i].Do = plan.Instruction{}
	}
	if d := cmp.Diff(old, back); d != "" {
		t.Error(d)
	}
}
