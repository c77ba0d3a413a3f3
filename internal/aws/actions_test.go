package aws_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// TestActions calls everything that the package can do: the declared lists are
// what was then seen, no more and no less, and the sandbox has all of it.
func TestActions(t *testing.T) {
	w := newWorld(t, sources+`
parameters: [{region: eu-west-1, name: /amis/odd, value: ami-0bbbbbbbbbbbbbbb1, tags: {"amisync:owner": platform}}]
`)
	id := w.copied(t, "eu-west-1", "web")[0]
	snapshot := w.image(t, "eu-west-1", id).SnapshotIDs()[0]
	w.counted()
	live := w.read(t)
	image, volume := state.Resource{Account: account, Region: "eu-west-1", ID: id}, state.Resource{Account: account, Region: "eu-west-1", ID: snapshot}
	w.answer(t, plan.Query{
		Keys:              []state.KeyQuery{{Account: account, Region: "eu-west-1", Key: state.KeyDefault}},
		LaunchPermissions: []state.Resource{image}, SnapshotPermissions: []state.Resource{volume},
		References:  []state.ReferenceQuery{{Account: account, Region: "eu-west-1", AMI: id}},
		Parameters:  []state.ParameterQuery{parameter("/amis/odd")},
		RecycleBins: []state.Target{in("eu-west-1")}, Settings: []state.Target{in("eu-west-1")},
		Quotas: []state.QuotaQuery{{Account: account, Region: "eu-west-1", Quota: state.QuotaImages}},
	}, &live)
	reads := slices.Sorted(maps.Keys(w.counted()))
	if diff := cmp.Diff(aws.ReadActions(), reads); diff != "" {
		t.Error("reading", diff)
	}
	writes := writeEverything(t, w, id, snapshot)
	if diff := cmp.Diff(aws.Actions(), slices.Compact(slices.Sorted(slices.Values(append(reads, writes...))))); diff != "" {
		t.Error("all", diff)
	}
	for _, action := range aws.Actions() {
		if !slices.Contains(sandbox.Actions(), action) {
			t.Errorf("the sandbox has no %s", action)
		}
	}
}

func writeEverything(t *testing.T, w *world, id, snapshot string) []string {
	t.Helper()
	ctx, target, c := t.Context(), in("eu-west-1"), w.client
	grant := []state.Grant{{Account: foreigner}}
	_, copyErr := c.CopyImage(ctx, target, request("other", "eu-west-1", 1), "token")
	errs := []error{
		copyErr,
		c.SetTags(ctx, target, []string{id}, map[string]string{"a": "b"}),
		c.RemoveTags(ctx, target, []string{id}, []string{"a"}),
		c.ShareImage(ctx, target, id, grant, nil),
		c.ShareSnapshot(ctx, target, snapshot, grant, nil),
		c.Deprecate(ctx, target, id, c.Now().Add(time.Hour)),
		c.CancelDeprecation(ctx, target, id),
		c.Protect(ctx, target, id),
		c.Unprotect(ctx, target, id),
		c.NewParameter(ctx, target, "/amis/web", id, ours("web")),
		c.PutParameter(ctx, target, "/amis/web", id, ours("web")),
		c.DeleteParameter(ctx, target, "/amis/web"),
		c.Disable(ctx, target, id),
		c.Enable(ctx, target, id),
	}
	_, removeErr := c.Deregister(ctx, target, id, false)
	errs = append(errs, removeErr, c.DeleteSnapshot(ctx, target, snapshot))
	for i, err := range errs {
		if err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	return slices.Collect(maps.Keys(w.counted()))
}
