package plan_test

import (
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// What is true of a cloud, told by the words of the contract and not by the
// planner's own: a planner that is wrong must not be its own judge.

// proven reports whether both proofs say that an AMI is a copy of ours: the
// account owns it and its tags name what it is; and EC2 names the same source,
// and no instance.
func (c *cloud) proven(a *state.AMI) bool {
	tags, source := a.Tags, a.SourceImageID+a.SourceImageRegion
	switch {
	case a.OwnerID != account || !c.ourName(tags[state.TagOwner]) || a.SourceInstanceID != "":
		return false
	case tags[state.TagImage] == "" || tags[state.TagSourceAMI] == "" || tags[state.TagSourceRegion] == "":
		return false
	case source == "":
		return c.o.TrustTags || a.State == state.ImagePending || a.State == state.ImageFailed
	default:
		return a.SourceImageID == tags[state.TagSourceAMI] && a.SourceImageRegion == tags[state.TagSourceRegion]
	}
}

// ourName reports whether an owner is this file's, or one that it was before.
func (c *cloud) ourName(owner string) bool {
	return owner == c.d.Owner || slices.Contains(c.d.Formerly, owner)
}

// ours reports whether a copy is proven ours, or a former owner's that is taken
// over.
func (c *cloud) ours(a *state.AMI) bool {
	return c.proven(a) && (a.Tags[state.TagOwner] == c.d.Owner || c.o.TakeOver)
}

// cellOf is the cell that an AMI's tags name, under the image's present name.
func (c *cloud) cellOf(a *state.AMI) state.Cell {
	cell := state.Cell{Image: a.Tags[state.TagImage], Account: account, Region: a.Region}
	for _, img := range c.d.Images {
		if slices.Contains(img.Formerly, cell.Image) {
			cell.Image = img.Name
		}
	}
	return cell
}

// declares reports whether amis.yaml wants a cell.
func (c *cloud) declares(cell state.Cell) bool {
	img, ok := c.d.Image(cell.Image)
	if !ok || !img.Regions.All {
		return ok && slices.Contains(img.Regions.Names, cell.Region)
	}
	enabled := c.status[cell.Region] == state.Readable || c.status[cell.Region] == state.Unknown
	return enabled && cell.Region != img.Source.Region
}

// launchable reports whether an AMI is available, verified and its snapshots
// are there.
func (c *cloud) launchable(a *state.AMI) bool {
	if a.State != state.ImageAvailable || a.Tags[state.TagVerified] != state.VerifiedOK {
		return false
	}
	return !slices.ContainsFunc(a.SnapshotIDs(), func(id string) bool {
		s, ok := c.snapshots[id]
		return !ok || s.State != state.SnapshotCompleted || s.Tier == state.TierArchive
	})
}

// broken reports whether a copy failed, or is different from its source.
func (c *cloud) broken(a *state.AMI) bool {
	alive := a.State == state.ImagePending || a.State == state.ImageAvailable || a.State == state.ImageDisabled
	failed := slices.ContainsFunc(a.SnapshotIDs(), func(id string) bool { return c.snapshots[id] != nil && c.snapshots[id].State == state.SnapshotError })
	return !alive || failed || strings.HasPrefix(a.Tags[state.TagVerified], state.DifferentPrefix)
}

// usableCells are the declared cells with a copy of ours that can be launched.
func usableCells(c *cloud) map[state.Cell]bool {
	out := map[state.Cell]bool{}
	for _, a := range c.images {
		if cell := c.cellOf(a); c.ours(a) && c.declares(cell) && c.launchable(a) {
			out[cell] = true
		}
	}
	return out
}

// unused reports whether a snapshot is one of ours that no AMI uses, and that
// nobody keeps.
func (c *cloud) unused(s *state.Snapshot) bool {
	_, kept := s.Tags[state.TagKeep]
	ours := s.OwnerID == account && s.Tags[state.TagOwner] == c.d.Owner
	return ours && !kept && len(c.users[s.ID]) == 0 && !slices.Contains(c.bin, s.ID) && !(executor{cloud: c}).uses(s.ID)
}
