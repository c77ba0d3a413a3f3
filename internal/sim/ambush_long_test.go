package sim

import (
	"slices"
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
	if d.chance(0.5) {
		out = append(out, ambush{
			kind: one(d, lateAmbushes), operation: one(d, takesAway), nth: 1,
			outage: 90*time.Second + d.within(time.Minute), hang: 10*time.Second + d.within(15*time.Second),
		})
	}
	return out
}

// lateAmbushes are what people do in the end to what a removal relies on: they take
// its successor from us by a tag, or point our parameter back to what is about to go.
var lateAmbushes = slices.Concat(imageAmbushes, []string{"republish", "successor-untag", "successor-untag"})

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
