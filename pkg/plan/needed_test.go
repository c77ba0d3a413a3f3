package plan_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestWhatIsNeededIsNotTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		p := c.plan()
		for _, a := range takes(p) {
			ami, there := c.images[a.AMI]
			if !there {
				continue
			}
			if why := c.needed(ami, a); why != "" {
				t.Fatalf("%s, and %s of it is in %s", why, a.Kind, describe(p))
			}
		}
	})
}

// needed is why an AMI must not be taken away, by the contract's list of blocks.
func (c *cloud) needed(ami *state.AMI, a plan.Action) string {
	ctl := state.ParseControl(ami.Tags)
	switch img, declared := c.d.Image(c.cellOf(ami).Image); {
	case ctl.Held:
		return ami.ID + " is on hold"
	case ami.State == state.ImagePending:
		return ami.ID + " is pending"
	case c.declares(c.cellOf(ami)) && c.unproven(c.cellOf(ami)):
		return "it is not known which copy counts beside " + ami.ID
	case c.isSource(ami):
		return "something is copied from " + ami.ID
	case !mayUnprotect(ami, ctl):
		return ami.ID + " is protected by people"
	case c.strange(ctl):
		return ami.ID + " is of another file, or of a commit that is no ancestor"
	case declared && img.Guard.LaunchedWithin > 0 && ami.LastLaunched.After(c.now.Add(-img.Guard.LaunchedWithin)):
		return ami.ID + " was launched"
	case unlaunchable(a) && c.guarded(img, declared) && len(c.refs[ami.ID]) > 0:
		return ami.ID + " is referenced"
	default:
		return ""
	}
}

// unproven reports whether an AMI that is not proven ours has the tags of a cell,
// or may have had them.
func (c *cloud) unproven(cell state.Cell) bool {
	for _, a := range c.images {
		near := a.Region == cell.Region && (c.cellOf(a) == cell || a.Tags[state.TagImage] == "")
		if near && c.ourName(a.Tags[state.TagOwner]) && !c.proven(a) {
			return true
		}
	}
	return false
}

// isSource reports whether a declared image, or a copy of anybody that is not
// finished, is made from an AMI.
func (c *cloud) isSource(ami *state.AMI) bool {
	for _, img := range c.d.Images {
		if img.Source.ID == ami.ID && img.Source.Region == ami.Region {
			return true
		}
	}
	for _, other := range c.images {
		tags := other.Tags
		finished := other.State != state.ImagePending && (other.State != state.ImageAvailable || tags[state.TagVerified] != "")
		if !finished && tags[state.TagSourceAMI] == ami.ID && tags[state.TagSourceRegion] == ami.Region {
			return true
		}
	}
	return false
}

// mayUnprotect reports whether an AMI is not protected, or we are who did it.
func mayUnprotect(ami *state.AMI, ctl state.Control) bool {
	byUs := ctl.Retention != nil && ctl.Retention.Protect != nil && *ctl.Retention.Protect
	return !ami.Protected() || (byUs && !strings.HasPrefix(ami.Protection, "disabled"))
}

// strange reports whether an AMI's lineage holds it back: another file's, or a
// commit's that is no ancestor, or not in the clone.
func (c *cloud) strange(ctl state.Control) bool {
	if ctl.File != "" && ctl.File != c.d.Config.Path {
		return !c.o.TakeOver
	}
	switch a, known := c.lineage[ctl.Commit]; {
	case ctl.Commit == "" || ctl.Commit == c.d.Config.Commit || a == state.Ancestor:
		return false
	case !known:
		return !c.o.TakeOver
	default:
		return !c.o.AllowRewind
	}
}

// guarded reports whether references hold a removal back.
func (c *cloud) guarded(img state.Image, declared bool) bool {
	if !declared {
		return len(c.d.Guard.References) > 0
	}
	return len(img.Guard.References) > 0
}

// unlaunchable reports whether an action ends what its AMI can be used for.
func unlaunchable(a plan.Action) bool {
	return slices.ContainsFunc(a.Do.Steps, func(s plan.Step) bool {
		switch s.(type) {
		case plan.Disable, plan.DeregisterImage:
			return true
		default:
			return false
		}
	})
}

// The copy that was current last is the one that a rollback goes to: where one
// of two superseded copies stays, it is not the one that was superseded before
// the other. What is retired already goes on, also without a successor.
func TestWhatWasCurrentLastIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		p := c.plan()
		goes, stays := map[string]bool{}, map[string]bool{}
		for id := range c.images {
			stays[id] = true
		}
		for _, a := range p.Actions {
			begins := a.Executable() && a.Kind.Destructive() && a.Reason.Code == plan.Superseded && !c.begun(a.AMI)
			goes[a.AMI] = goes[a.AMI] || begins
			stays[a.AMI] = stays[a.AMI] && len(a.Blocked) == 0 && !a.Kind.Destructive()
		}
		for _, v := range p.Cells {
			superseded := c.superseded(v)
			for i, earlier := range superseded {
				for _, later := range superseded[i:] {
					if stays[earlier.ID] && goes[later.ID] && earlier.Tags[state.TagSupersededAt] < later.Tags[state.TagSupersededAt] {
						t.Fatalf("%s goes, and %s was superseded before it: %s", later.ID, earlier.ID, describe(p))
					}
				}
			}
		}
	})
}

// begun reports whether a copy's retiring has begun.
func (c *cloud) begun(id string) bool {
	_, begun := c.images[id].Tags[state.TagRetiredAt]
	return begun
}

// superseded are a cell's copies that a rollback could go to, by the time that
// another one became current. A time that cannot be says nothing.
func (c *cloud) superseded(v plan.CellView) []*state.AMI {
	var out []*state.AMI
	for _, a := range c.images {
		at := state.ParseControl(a.Tags).SupersededAt
		possible := !at.Before(a.Created) && !at.After(c.now)
		if c.ours(a) && c.cellOf(a) == v.Cell() && c.launchable(a) && possible && a.ID != v.AMI {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b *state.AMI) int {
		return strings.Compare(a.Tags[state.TagSupersededAt], b.Tags[state.TagSupersededAt])
	})
	return out
}
