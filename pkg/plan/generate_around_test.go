package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// genSmallParameters points parameters at copies, whether they remember it or
// not, and tags them as anybody's.
func (c *cloud) genSmallParameters(t *rapid.T) {
	for _, region := range smallRegions {
		for _, name := range parameters {
			if !rapid.Bool().Draw(t, region+name) {
				continue
			}
			values := c.holders(region, name)
			if len(values) == 0 || oneIn(t, 3, region+name+" names any") {
				values = append(c.holders(region, ""), "ami-theirs")
			}
			c.param(region, name, rapid.SampledFrom(values).Draw(t, region+name+" value"),
				rapid.SampledFrom([]string{"web", "web", "web", "web", "old-web", "db", ""}).Draw(t, region+name+" image"))
		}
	}
}

// holders are the AMIs of a Region that remember a parameter; without a name, all.
func (c *cloud) holders(region, name string) []string {
	return slices.DeleteFunc(sortedIDs(c), func(id string) bool {
		a := c.images[id]
		remembers := name == "" || slices.Contains(state.ParseControl(a.Tags).Published, name)
		return a.Region != region || !remembers
	})
}

// genDependent makes a copy, one that would go if there is one, the source of
// something: of a declared image, or of a copy in another Region that somebody
// has not finished.
func (c *cloud) genDependent(t *rapid.T) {
	if !rapid.Bool().Draw(t, "something depends on a copy") {
		return
	}
	ids := c.goers()
	if len(ids) == 0 {
		return
	}
	a := c.images[rapid.SampledFrom(ids).Draw(t, "source that is a copy")]
	if oneIn(t, 4, "it is declared as a source") {
		c.d.Images[len(c.d.Images)-1].Source = state.Source{Region: a.Region, ID: a.ID}
		return
	}
	elsewhere := smallRegions[0]
	if elsewhere == a.Region {
		elsewhere = smallRegions[1]
	}
	child := c.copyOf(oldAMI, elsewhere, inState(rapid.SampledFrom([]string{state.ImagePending, state.ImageAvailable}).Draw(t, "dependent state")),
		untag(state.TagVerified), tag(state.TagOwner, rapid.SampledFrom([]string{"others", "team"}).Draw(t, "dependent owner")),
		tag(state.TagSourceAMI, a.ID), tag(state.TagSourceRegion, a.Region))
	child.SourceImageID, child.SourceImageRegion = a.ID, a.Region
}

// goers are the AMIs that would go now, or else all.
func (c *cloud) goers() []string {
	var ids []string
	for _, a := range c.plan().Actions {
		if a.Executable() && (a.Kind == plan.Retire || a.Kind == plan.Deregister) {
			ids = append(ids, a.AMI)
		}
	}
	if len(ids) == 0 {
		return sortedIDs(c)
	}
	return ids
}

// genOrphan draws a snapshot without its AMI, and what keeps it.
func (c *cloud) genOrphan(t *rapid.T, label string) {
	a := c.copyOf(oldAMI, rapid.SampledFrom(smallRegions).Draw(t, label+"region"),
		tag(state.TagImage, rapid.SampledFrom([]string{"web", "ghost"}).Draw(t, label+"image")))
	delete(c.images, a.ID)
	s := c.snapshotOf(a)
	if rapid.Bool().Draw(t, label+"was seen") {
		orphanedAt(c.now.Add(-time.Duration(rapid.IntRange(0, 20).Draw(t, label+"days")) * day))(s)
	}
	switch rapid.IntRange(0, 14).Draw(t, label+"oddity") {
	case 1:
		s.OwnerID = "999900001111"
	case 2:
		s.Tags[state.TagOwner] = "others"
	case 3:
		s.Tags[state.TagOwner] = "before"
	case 4:
		s.Tags[state.TagKeep] = ""
	case 5:
		c.users[s.ID] = []string{"ami-other"}
	case 6:
		c.bin = append(c.bin, s.ID)
	case 7:
		s.Tags[state.TagFile] = "other.yaml"
	case 8:
		s.State = state.SnapshotError
	case 9:
		c.registered(a)
	}
}

// registered puts an AMI of another owner over the snapshots of one that is gone.
func (c *cloud) registered(gone *state.AMI) {
	a := cloneAMI(*gone)
	a.ID = strings.Replace(a.ID, "ami-0", "ami-e", 1)
	a.Tags = map[string]string{state.TagOwner: "others"}
	c.images[a.ID] = &a
}

// genUntagged draws AMIs that nobody has tagged, copies of a source or not.
func (c *cloud) genUntagged(t *rapid.T) {
	for i := range rapid.IntRange(0, 2).Draw(t, "untagged") {
		label := fmt.Sprintf("untagged %d ", i)
		a := state.AMI{
			ID: fmt.Sprintf("ami-%017x", 0xaa00+i), Account: account, Region: rapid.SampledFrom(slices.Sorted(maps.Keys(c.status))).Draw(t, label+"Region"),
			OwnerID: account, State: state.ImageAvailable, Created: c.now.Add(-day), SourceImageID: oldAMI, SourceImageRegion: home,
		}
		switch rapid.IntRange(0, 8).Draw(t, label+"oddity") {
		case 1:
			a.OwnerID = "999900001111"
		case 2:
			a.SourceInstanceID = "i-1"
		case 3:
			a.SourceImageRegion = "eu-central-1"
		case 4:
			a.State = state.ImageDisabled
		}
		c.untagged = append(c.untagged, a)
	}
}
