package sim

import (
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// allowed is how many removals the files of all histories let begin: as many as
// there are live copies, and three in any case.
func (w *world) allowed() int {
	live := 0
	for _, region := range w.terrain.regions {
		for _, a := range w.cloud.Inspect(account, region).Images {
			if proven(a) && a.State != state.ImageDeregistered {
				live++
			}
		}
	}
	return max(live, 3)
}

// beyondLimit reports whether a limit is exceeded, and only for what people did:
// what the files alone bring about is within the limit of every history. People
// deregister AMIs and leave their snapshots, as EC2 does for them; and an AMI that
// they have made look like nobody's counts as if it went.
func (w *world) beyondLimit(p plan.Plan, b plan.Reason) bool {
	var byPeople int
	switch b.Code {
	case plan.LimitSnapshots:
		byPeople = w.leftByPeople()
	case plan.LimitRemove:
		byPeople = len(p.Conflicts)
	default:
		return false
	}
	return b.Args.Count > w.allowed() && b.Args.Count-byPeople <= w.allowed()
}

// leftByPeople counts our snapshots whose AMI people have deregistered.
func (w *world) leftByPeople() int {
	n := 0
	for _, region := range w.terrain.regions {
		for _, s := range w.cloud.Inspect(account, region).Snapshots {
			_, kept := s.Tags[state.TagKeep]
			if s.Tags[state.TagOwner] == owner && len(s.Images) == 0 && !kept && w.did(region, []string{s.ID}, deregistering) {
				n++
			}
		}
	}
	return n
}

// deregistering is what people do of which a copy and all that it remembers is gone.
var deregistering = []string{"deregister", "successor-deregister"}
