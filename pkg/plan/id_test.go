package plan_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// ids are the ids of a plan's actions, sorted.
func ids(p plan.Plan) []string {
	var out []string
	for _, a := range p.Actions {
		out = append(out, a.ID)
	}
	slices.Sort(out)
	return out
}

// bumped has a re-copy with all that follows on it.
func bumped() *cloud {
	c := newCloud()
	c.copyOf(oldAMI, "eu-west-1")
	c.web().Source.ID = newAMI
	return c
}

func TestIdsDoNotDependOn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*cloud)
	}{
		{"the time", func(c *cloud) { c.now = c.now.Add(time.Hour) }},
		{"sizes", func(c *cloud) { c.parts = nil }},
		{"the commit", func(c *cloud) { c.d.Config.Commit = "beef" }},
		{"how many copies there are", func(c *cloud) {
			c.copyOf(newAMI, "ap-south-1", tag(state.TagImage, "z"))
			c.d.Images = append(c.d.Images, image("z", newAMI, "ap-south-1"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, after := bumped(), bumped()
			tt.change(after)
			if diff := cmp.Diff(ids(before.plan()), ids(after.plan())); diff != "" {
				t.Errorf("ids (-before +after):\n%s", diff)
			}
			if a, b := before.plan().Fingerprint, after.plan().Fingerprint; a != b {
				t.Errorf("fingerprints %s and %s", a, b)
			}
		})
	}
}

func TestTheGenerationIsNotInTheId(t *testing.T) {
	before, after := bumped(), bumped()
	after.copyOf(newAMI, "eu-west-1", inState(state.ImageFailed))
	a, b := find(t, before.plan(), plan.Recopy), find(t, after.plan(), plan.Recopy)
	if a.ID != b.ID || a.Do.Copy.Generation == b.Do.Copy.Generation {
		t.Errorf("%s of generation %d, %s of generation %d", a.ID, a.Do.Copy.Generation, b.ID, b.Do.Copy.Generation)
	}
}

func TestTheSuccessorsIdIsNotInTheIdOfWhatFollows(t *testing.T) {
	c := bumped()
	before := find(t, c.plan(), plan.Retire)
	c.copyOf(newAMI, "eu-west-1")
	after := find(t, c.plan(), plan.Retire)
	if before.ID != after.ID || len(before.After) != 1 || len(after.After) != 0 {
		t.Errorf("before %s after %v, then %s after %v", before.ID, before.After, after.ID, after.After)
	}
}

func TestIdsDependOn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*cloud)
	}{
		{"the source", func(c *cloud) { c.source("ami-00000000000000003", start); c.web().Source.ID = "ami-00000000000000003" }},
		{"the key", func(c *cloud) { c.encrypted("alias/ami", goodKey("eu-west-1", "one")) }},
		{"whom it is shared with", func(c *cloud) { c.web().Share = &state.Share{Accounts: []string{"444455556666"}} }},
		{"the tags", func(c *cloud) { c.web().Tags = map[string]string{"a": "b"} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, after := bumped(), bumped()
			tt.change(after)
			if a, b := find(t, before.plan(), plan.Recopy).ID, find(t, after.plan(), plan.Recopy).ID; a == b {
				t.Errorf("both have the id %s", a)
			}
		})
	}
}

func TestTheFingerprintCoversWhatIsExecutable(t *testing.T) {
	c := bumped()
	whole := c.plan().Fingerprint
	c.d.Limits.CopyMax = 0
	if c.plan().Fingerprint == whole {
		t.Error("a blocked plan has the fingerprint of one that is not")
	}
	waiting := newCloud()
	waiting.unwanted(waiting.retired(day))
	rest := waiting.plan().Fingerprint
	gone := sortedIDs(waiting)[1]
	delete(waiting.snapshots, waiting.images[gone].SnapshotIDs()[0])
	delete(waiting.images, gone)
	if got := waiting.plan().Fingerprint; got != rest {
		t.Errorf("a deregistration that waits counts: %s, then %s", rest, got)
	}
}

// identity are the tags that the copy in a cell is known by.
func identity(image, source, key string) map[string][]string {
	return map[string][]string{
		state.TagOwner: {"team"}, state.TagImage: {image}, state.TagKey: {key},
		state.TagSourceAMI: {source}, state.TagSourceRegion: {"us-east-1"},
	}
}

func TestPreconditionsOfWhatGoes(t *testing.T) {
	c := bumped()
	old := *c.images[sortedIDs(c)[0]]
	c.web().Lifecycle.Grace = 0
	old.Tags[state.TagLifecycle] = c.web().Lifecycle.Retention.String()
	p := c.plan()
	recopy := find(t, p, plan.Recopy)
	want := []plan.Precondition{
		{Check: plan.CheckImage, ID: old.ID, State: state.ImageAvailable, Digest: plan.ImageDigest(old)},
		{Check: plan.CheckUsable, Action: recopy.ID, Tags: identity("web", newAMI, state.KeyNone)},
		{
			Check: plan.CheckUnreferenced, ID: old.ID, Depth: 10,
			Types: []string{"ec2:Instance", "ec2:LaunchTemplate", "ssm:Parameter"},
		},
	}
	gone := find(t, p, plan.Deregister)
	if diff := cmp.Diff(want, gone.Preconditions); diff != "" {
		t.Errorf("preconditions (-want +got):\n%s", diff)
	}
	if recopy.Replaces != old.ID {
		t.Errorf("replaces %s", recopy.Replaces)
	}
}

// Our own parameter is no reference that holds a copy back, because the plan
// moves it first. Who points it back to the copy meanwhile is heeded all the same.
func TestOwnParametersAreLookedAtAgain(t *testing.T) {
	looks := func(a plan.Action) bool {
		return slices.ContainsFunc(a.Preconditions, func(p plan.Precondition) bool {
			return cmp.Equal(p, plan.Precondition{Check: plan.CheckUnpublished, ID: "/amis/web", Value: a.AMI})
		})
	}
	moved := newCloud()
	moved.web().Lifecycle.Grace, moved.web().Source.ID = 0, newAMI
	moved.web().Publish = &state.Publish{SSM: "/amis/web"}
	moved.param("eu-west-1", "/amis/web", moved.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/web")).ID, "web")
	if p := moved.plan(); !looks(find(t, p, plan.Deregister)) {
		t.Errorf("after a move: %+v", find(t, p, plan.Deregister).Preconditions)
	}
	deleted := newCloud()
	deleted.param("eu-west-1", "/amis/web", deleted.unwanted(tag(state.TagPublished, "/amis/web"), deleted.retired(8*day)).ID, "web")
	p := deleted.plan()
	if !looks(find(t, p, plan.Deregister)) || looks(find(t, p, plan.Unpublish)) {
		t.Errorf("after a deletion: %+v, the deletion: %+v", find(t, p, plan.Deregister).Preconditions, find(t, p, plan.Unpublish).Preconditions)
	}
}
