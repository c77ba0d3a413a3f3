package sim

import (
	"strings"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

// looks is how a run follows the copies that it waits for.
const looks = "DescribeImages"

// newLongAmbushes are those of which a run can know only if it looks again: people
// act on a copy while it is made, or while what takes a copy away is refused again
// and again, and slowly, so that the last attempt comes when the first reading is old.
func newLongAmbushes(d dice) []ambush {
	var out []ambush
	if d.chance(0.3) {
		out = append(out, ambush{kind: "hold", operation: looks, nth: d.between(1, 10)})
	}
	for _, kinds := range [][]string{imageAmbushes, lateAmbushes} {
		if d.chance(0.4) {
			continue
		}
		out = append(out, ambush{
			kind: one(d, kinds), operation: one(d, []string{"DeregisterImage", "DeregisterImage", "DisableImage"}), nth: 1,
			outage: 70*time.Second + d.within(30*time.Second), hang: 15*time.Second + d.within(10*time.Second),
		})
	}
	return out
}

// lateAmbushes are what people do in the end to what a removal relies on: they take
// its successor from us by a tag, or point our parameter back to what is about to go.
var lateAmbushes = []string{"republish", "successor-untag"}

// pickPending finds a copy that a run waits for.
func (p *person) pickPending(q request, seen sandbox.Inspection) bool {
	for _, a := range seen.Images {
		if a.State == state.ImagePending && a.Tags[state.TagOwner] == owner && strings.Contains(q.body, a.ID) {
			p.copy = a
			return true
		}
	}
	return false
}
