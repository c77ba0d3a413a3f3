package plan

import (
	"maps"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// after is an AMI as steps will leave it, as far as ImageDigest looks at it. A
// later action on the same AMI relies on that.
func after(a state.AMI, steps []Step) state.AMI {
	if len(steps) == 0 {
		return a
	}
	a.Tags = maps.Clone(a.Tags)
	for _, s := range steps {
		switch s := s.(type) {
		case SetTags:
			if s.On != OnSnapshots {
				maps.Copy(a.Tags, s.Tags)
			}
		case StampTag:
			a.Tags[s.Key] = ""
		case RemoveTags:
			if s.On != OnSnapshots {
				maps.DeleteFunc(a.Tags, func(k, _ string) bool { return slices.Contains(s.Keys, k) })
			}
		case Protect:
			a.Protection = "enabled-without-cooldown"
		case Unprotect:
			a.Protection = ""
		case Enable:
			a.State = state.ImageAvailable
		case Disable:
			a.State = state.ImageDisabled
		}
	}
	return a
}

// Later is a precondition on an AMI, by what was seen when it held, and by the
// steps that were done to the AMI since.
func Later(p Precondition, seen state.AMI, done []Step) Precondition {
	now := imageAsSeen(after(seen, done))
	p.State, p.Digest = now.State, now.Digest
	return p
}

// imageAsSeen is the precondition that an AMI is still as it was planned for.
func imageAsSeen(a state.AMI) Precondition {
	return Precondition{Check: CheckImage, ID: a.ID, State: a.State, Digest: ImageDigest(a)}
}
