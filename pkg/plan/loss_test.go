package plan_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// facts are the questions that may get no answer.
var facts = []string{
	"key", "launch", "volume", "references", "parameter", "users", "bin", "lineage", "copies", "settings", "quotas", "source:web", "source:db",
}

// genDeafness makes some of what could be read unreadable.
func genDeafness(t *rapid.T, c *cloud) {
	for _, what := range facts {
		if rapid.IntRange(0, 9).Draw(t, "deaf "+what) == 0 {
			c.deaf[what] = true
		}
	}
}

// takes are the ids of executable actions that take an AMI or a snapshot away.
func takes(p plan.Plan) map[string]plan.Action {
	out := map[string]plan.Action{}
	for _, a := range p.Actions {
		if a.Executable() && a.Kind.Destructive() && a.Kind != plan.Unpublish {
			out[a.ID] = a
		}
	}
	return out
}

// loss is one thing taken out of what is known.
type loss struct {
	what     string
	optional bool     // a Region that nobody insists on
	sources  []string // of what lies in it
	blind    bool     // a Region that somebody may insist on, or a source: no removal begins
}

func TestKnowingLessTakesNothingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genAny(t)
		before, damaged := c.plan(), map[string]bool{}
		for range rapid.IntRange(1, 3).Draw(t, "losses") {
			lost := genLoss(t, c, damaged)
			after := c.plan()
			known := takes(before)
			for id, a := range takes(after) {
				_, was := known[id]
				if (!was && !lost.excuses(c, a)) || (lost.blind && c.removal(a)) {
					t.Fatalf("with %s, this is done: %s %s %s%s\nbefore: %s\nafter: %s",
						lost.what, a.Kind, a.Region, a.AMI, a.SnapshotID, describe(before), describe(after))
				}
			}
			before = after
		}
	})
}

// excuses reports whether the contract lets an action be done for want of what
// is lost: what lies in an optional Region that is not read does not count
// against limits.remove, does not hold removals back, and its sources are known
// only to lie where others are copied from.
func (l loss) excuses(c *cloud, a plan.Action) bool {
	return l.optional && (c.removal(a) || slices.Contains(l.sources, a.AMI))
}

// removal reports whether an action takes something from what is not declared.
func (c *cloud) removal(a plan.Action) bool { return a.SnapshotID != "" || !c.declares(a.Cell()) }

// genLoss takes one thing out of what is known; of an AMI only one, for whose tags
// and source both are wrong tells nothing to go by.
func genLoss(t *rapid.T, c *cloud, damaged map[string]bool) loss {
	switch rapid.IntRange(0, 9).Draw(t, "loss") {
	case 0, 1, 4:
		return loseRegion(t, c)
	case 2:
		what := rapid.SampledFrom(facts).Draw(t, "lost fact")
		c.deaf[what] = true
		return loss{what: what + " unknown"}
	case 3:
		return loseSource(t, c)
	default:
		return loseAMI(t, c, damaged)
	}
}

func loseRegion(t *rapid.T, c *cloud) loss {
	r := rapid.SampledFrom(slices.Sorted(maps.Keys(c.status))).Draw(t, "lost Region")
	c.status[r] = state.Unknown
	wanted, insisted := false, false
	for _, img := range c.d.Images {
		wants := c.declares(state.Cell{Image: img.Name, Account: account, Region: r})
		wanted, insisted = wanted || wants, insisted || (wants && !slices.Contains(img.Regions.Optional, r))
	}
	optional := wanted && !insisted
	return loss{what: "Region " + r + " unknown", optional: optional, blind: !optional, sources: c.sourcesOf(r)}
}

// sourcesOf are the AMIs that what lies in a Region is copied from.
func (c *cloud) sourcesOf(region string) []string {
	var ids []string
	for _, a := range c.images {
		if a.Region == region {
			ids = append(ids, a.Tags[state.TagSourceAMI], a.SourceImageID)
		}
	}
	return ids
}

// loseSource lets a lookup find nothing, or an alias name no key.
func loseSource(t *rapid.T, c *cloud) loss {
	if len(c.d.Images) == 0 {
		return loss{what: "nothing lost"}
	}
	img := rapid.SampledFrom(c.d.Images).Draw(t, "image")
	if img.Encryption != nil && (img.Source.Lookup == nil || rapid.Bool().Draw(t, "its key")) {
		for q := range c.keys {
			if q.Key == img.Encryption.Key {
				c.keys[q] = state.Key{}
			}
		}
		return loss{what: "no key " + img.Encryption.Key}
	}
	if img.Source.Lookup != nil {
		delete(c.lookups, img.Name)
		return loss{what: "the lookup of " + img.Name + " finds nothing", blind: true}
	}
	c.deaf["source:"+img.Name] = true
	return loss{what: "the source of " + img.Name + " unknown", blind: true}
}

// loseAMI leaves one AMI unproven, or not seen in full.
func loseAMI(t *rapid.T, c *cloud, damaged map[string]bool) loss {
	ids := sortedIDs(c)
	if rapid.Bool().Draw(t, "lost what counts") {
		ids = c.current()
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return damaged[id] })
	if len(ids) == 0 {
		return loss{what: "nothing lost"}
	}
	a := c.images[rapid.SampledFrom(ids).Draw(t, "lost AMI")]
	damaged[a.ID] = true
	switch rapid.IntRange(0, 6).Draw(t, "loss of AMI") {
	case 0:
		a.SourceImageID = "ami-0eeeeeeeeeeeeeeee"
	case 1:
		delete(a.Tags, state.TagSourceAMI)
	case 2:
		a.SourceInstanceID = "i-1"
	case 3:
		delete(a.Tags, state.TagImage)
	case 4, 5:
		a.State = state.ImageTransient
		return loss{what: a.ID + " transient"}
	default:
		for _, id := range a.SnapshotIDs() {
			delete(c.snapshots, id)
		}
		return loss{what: "snapshot of " + a.ID + " unread"}
	}
	return loss{what: "conflict on " + a.ID}
}

// current are the AMIs that count in their declared cells, usable or not: what
// else lies there goes or stays by them.
func (c *cloud) current() []string {
	var ids []string
	for _, v := range c.plan().Cells {
		if c.images[v.AMI] != nil && v.Declared {
			ids = append(ids, v.AMI)
		}
	}
	return ids
}

func sortedIDs(c *cloud) []string { return slices.Sorted(maps.Keys(c.images)) }
