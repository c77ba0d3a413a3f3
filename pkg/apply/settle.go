package apply

import (
	"context"
	"maps"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// birth is the request that a new copy comes from, and when it was made by
// AWS's clock.
type birth struct {
	req    plan.CopyRequest
	called time.Time
}

// skew is how far CreationDate may lie before the call and the copy still be
// new: AWS's clock is known to a few seconds.
const skew = time.Minute

// replay reports whether the AMI is older than the call: EC2 answered a token
// that it knew from an earlier one.
func (b birth) replay(a state.AMI) bool { return a.Created.Before(b.called.Add(-skew)) }

// settle looks at a new copy until it is seen with our tags. A token may be
// answered with an AMI that has died since, and an id that was answered may
// never appear: such a generation is spoilt.
func (c *course) settle(w *watch, b birth) (state.AMI, error) {
	deadline := c.clock.Now().Add(c.o.Settle)
	why := "CopyImage answered with " + w.id + ", which did not appear within " + c.o.Settle.String()
	for {
		s, ok := w.next()
		switch {
		case !ok:
			return s.ami, c.stopped(InProgress)
		case s.err != nil:
			if err := c.unreadable(w, s); err != nil {
				return s.ami, err
			}
			continue
		case s.found && dead(s.ami):
			c.ami = s.ami
			return s.ami, c.stillborn(b)
		case s.found && carries(s.ami, b.req, bornWith):
			return s.ami, nil
		case s.found:
			why = "CopyImage answered with " + w.id + ", which is without amisync's tags"
			if err := c.healImage(s.ami, b); err != nil {
				return s.ami, err
			}
		}
		if !c.clock.Now().Before(deadline) {
			return s.ami, &spoilt{why}
		}
	}
}

// stillborn is the error for a copy that is dead when first seen. One that the
// call did not make only costs a generation; one that it made has failed.
func (c *course) stillborn(b birth) error {
	if b.replay(c.ami) {
		return &spoilt{"its ClientToken is answered with " + c.ami.ID + ", which is " + c.ami.State}
	}
	return c.copyFailed()
}

// bornWith are the tags by which a new copy is known.
var bornWith = []string{
	state.TagOwner, state.TagImage, state.TagSourceAMI, state.TagSourceRegion,
	state.TagGeneration, state.TagKey, state.TagMade,
}

// ofCell are those that every generation of a copy in a cell has in common.
var ofCell = []string{state.TagOwner, state.TagImage, state.TagSourceAMI, state.TagSourceRegion, state.TagKey}

// carries reports whether an AMI has the request's tags under these keys.
func carries(a state.AMI, req plan.CopyRequest, keys []string) bool {
	for _, k := range keys {
		if a.Tags[k] != req.ImageTags[k] {
			return false
		}
	}
	return true
}

// dead reports whether nothing will become of an AMI.
func dead(a state.AMI) bool {
	switch a.State {
	case state.ImageFailed, state.ImageInvalid, state.ImageError, state.ImageDeregistered:
		return true
	default:
		return false
	}
}

// ours reports whether an AMI found by name is a living copy of the request's
// cell: by its tags, and by EC2's own word on where it comes from, which may
// only be missing while it is pending (or where tags alone are trusted).
func (c *course) ours(a state.AMI, req plan.CopyRequest) bool {
	proven := a.SourceImageID == req.SourceAMI && a.SourceImageRegion == req.SourceRegion
	silent := a.SourceImageID == "" && a.SourceImageRegion == "" && (a.State == state.ImagePending || c.o.HealTags)
	verified := a.Tags[state.TagVerified]
	return a.OwnerID == c.Account && a.SourceInstanceID == "" && (proven || silent) &&
		carries(a, req, ofCell) && !dead(a) && (verified == "" || verified == state.VerifiedOK)
}

// healImage gives a copy that this run made the tags it was made with, where
// the API does not know tags on create (emulators). Nobody else's AMI is ever
// healed: neither one that the call did not make, nor one of another name.
func (c *course) healImage(a state.AMI, b birth) error {
	if !c.o.HealTags || b.replay(a) || a.OwnerID != c.Account || a.Name != b.req.Name() {
		return nil
	}
	c.healing = &b.req
	return c.change(func(ctx context.Context) error {
		return c.cloud.SetTags(ctx, c.target(), []string{a.ID}, maps.Clone(b.req.ImageTags))
	})
}

// healSnapshots does the same for the snapshots of an image that was healed.
// They are known only once the copy is available.
func (c *course) healSnapshots() error {
	ids := c.ami.SnapshotIDs()
	if c.healing == nil || len(ids) == 0 || len(c.healing.SnapshotTags) == 0 {
		return nil
	}
	return c.change(func(ctx context.Context) error {
		return c.cloud.SetTags(ctx, c.target(), ids, maps.Clone(c.healing.SnapshotTags))
	})
}
