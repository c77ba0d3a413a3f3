package plan_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestWhatIsNotProvenOursIsInNoAction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		p := c.plan()
		for _, a := range p.Actions {
			if why := c.notOurs(a); why != "" {
				t.Fatalf("%s in %s of %s%s is in %s", why, a.Kind, a.AMI, a.SnapshotID, describe(p))
			}
		}
	})
}

// notOurs is what an action touches that it must not, for whatever reason.
func (c *cloud) notOurs(a plan.Action) string {
	for _, id := range []string{a.AMI, a.Replaces} {
		if ami, there := c.images[id]; there && !c.proven(ami) {
			return "what is not proven ours"
		}
	}
	if s, there := c.snapshots[a.SnapshotID]; there && !c.unused(s) {
		return "a snapshot that is not ours, or not unused"
	}
	if a.Kind == plan.Adopt && !c.unclaimed(a) {
		return "what nobody has left to adopt"
	}
	if why := c.formers(a); why != "" {
		return why
	}
	return c.othersParameter(a)
}

// unclaimed reports whether EC2 says that an untagged AMI is a copy of an
// action's source, ours and of no instance.
func (c *cloud) unclaimed(a plan.Action) bool {
	return slices.ContainsFunc(c.untagged, func(u state.AMI) bool {
		return u.ID == a.AMI && u.Region == a.Region && u.OwnerID == account && u.SourceInstanceID == "" &&
			u.SourceImageID == a.SourceAMI && u.SourceImageRegion == a.SourceRegion
	})
}

// formers: what a former owner made is re-owned with --take-over, where its
// cell is declared, and never taken from where it is not.
func (c *cloud) formers(a plan.Action) string {
	ami, there := c.images[a.AMI]
	switch {
	case !there || ami.Tags[state.TagOwner] == c.d.Owner:
		return ""
	case a.Executable() && !c.o.TakeOver:
		return "a former owner's, not taken over,"
	case !c.declares(c.cellOf(ami)):
		return "a former owner's, not declared,"
	default:
		return ""
	}
}

// othersParameter is a parameter that an action writes or deletes although it
// is somebody else's.
func (c *cloud) othersParameter(a plan.Action) string {
	for _, s := range a.Do.Steps {
		switch s := s.(type) {
		case plan.PutParameter:
			img, _ := c.d.Image(a.Image)
			if a.Executable() && !img.Publish.Overwrite && !c.ourParameter(a, s.Parameter) {
				return "parameter " + s.Parameter + " of others"
			}
		case plan.DeleteParameter:
			if !c.ourParameter(a, s.Parameter) {
				return "parameter " + s.Parameter + " of others"
			}
		}
	}
	return ""
}

// ourParameter reports whether a parameter is absent, or its own tags say that
// it is the image's, or it has none and names a copy that remembers it: so a
// run leaves it that dies between writing it and tagging it.
func (c *cloud) ourParameter(a plan.Action, name string) bool {
	live := c.params[paramKey(a.Region, name)]
	owner, image := live.Tags[state.TagOwner], live.Tags[state.TagImage]
	if owner == "" && image == "" {
		ami, there := c.images[live.Value]
		return !live.Exists || (there && slices.Contains(state.ParseControl(ami.Tags).Published, name))
	}
	tagged := state.AMI{Region: a.Region, Tags: live.Tags}
	return c.ourName(owner) && (owner == c.d.Owner || c.o.TakeOver) && c.cellOf(&tagged) == a.Cell()
}
