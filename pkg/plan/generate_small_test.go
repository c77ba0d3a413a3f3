package plan_test

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

var (
	smallRegions = []string{"eu-west-1", home}
	parameters   = []string{"/amis/web", "/amis/web/new", "/amis/old-web", "/amis/db"}
)

// genAny draws an account that is wide, or one that is small and crowded: what
// either of them reaches in few states only, the other one reaches in many.
func genAny(t *rapid.T) *cloud {
	if rapid.Bool().Draw(t, "wide") {
		return genCloud(t)
	}
	return genSmall(t)
}

// oneIn is true about once in n draws, and false where rapid makes a case smaller.
func oneIn(t *rapid.T, n int, label string) bool {
	return rapid.IntRange(0, n-1).Draw(t, label) == n-1
}

// genSmall draws an account where things meet: one or two images in one or two
// Regions, with many copies of few sources, which are duplicates, superseded,
// under either key, and what others made of them.
func genSmall(t *rapid.T) *cloud {
	c := newCloud()
	c.status = map[string]state.Status{}
	for _, r := range smallRegions {
		c.status[r] = state.Readable
	}
	c.source(someSources[2], start.AddDate(0, 0, -10))
	c.genStorage(t)
	c.genKeys(t)
	c.genPolicy(t)
	c.d.Images = nil
	for _, name := range someImages[:rapid.IntRange(1, 2).Draw(t, "images")] {
		c.d.Images = append(c.d.Images, c.genSmallImage(t, name))
		c.genSource(t, &c.d.Images[len(c.d.Images)-1])
	}
	most := 6
	if oneIn(t, 2, "has a history") {
		c.genHistory(t)
		most = 2
	}
	for i := range rapid.IntRange(0, most).Draw(t, "copies") {
		c.genSmallCopy(t, fmt.Sprintf("copy %d ", i))
	}
	c.genDependent(t)
	for i := range rapid.IntRange(0, 2).Draw(t, "orphans") {
		c.genOrphan(t, fmt.Sprintf("orphan %d ", i))
	}
	c.genSmallParameters(t)
	c.genUntagged(t)
	return c
}

// genStorage makes some sources S3-backed.
func (c *cloud) genStorage(t *rapid.T) {
	for _, id := range someSources {
		if oneIn(t, 8, id+" in S3") {
			c.sources[id].RootDeviceType, c.sources[id].Devices = "instance-store", nil
		}
	}
}

// genKeys lays keys out; some are missing, some are AWS's own.
func (c *cloud) genKeys(t *rapid.T) {
	for _, r := range smallRegions {
		for _, id := range []string{"one", "two"} {
			k := goodKey(r, id)
			k.Managed = oneIn(t, 8, r+id+" managed")
			c.keys[state.KeyQuery{Account: account, Region: r, Key: k.ARN}] = k
			if !oneIn(t, 12, r+id+" missing") {
				c.keys[state.KeyQuery{Account: account, Region: r, Key: "alias/" + id}] = k
			}
		}
	}
}

// genPolicy draws what holds for the file and the run.
func (c *cloud) genPolicy(t *rapid.T) {
	c.d.Defaults = genRetention(t, "defaults")
	c.d.Guard = genGuard(t, "default guard")
	c.d.Formerly = []string{"before"}
	c.d.Prune = !oneIn(t, 12, "prune off")
	c.d.Limits.RemovePercent = 100
	c.d.Limits.RemoveMax = rapid.SampledFrom([]int{40, 40, 40, 3, 2, 1}).Draw(t, "remove max")
	c.o = plan.Options{
		TakeOver: rapid.Bool().Draw(t, "take over"), AllowRewind: oneIn(t, 3, "allow rewind"),
		TrustTags: oneIn(t, 4, "trust tags"), RetryFailed: oneIn(t, 3, "retry failed"),
	}
	c.lineage["older"], c.lineage["stale"] = state.Ancestor, state.NotAncestor
	c.settings["eu-west-1"] = state.Settings{BlockPublicAccess: oneIn(t, 8, "public blocked")}
}

func (c *cloud) genSmallImage(t *rapid.T, name string) state.Image {
	img := genImage(t, name)
	img.Regions = rapid.SampledFrom([]state.Regions{
		{Names: []string{"eu-west-1"}},
		{Names: smallRegions},
		{Names: []string{home}},
		{All: true},
		{Names: []string{"eu-west-1"}, Optional: []string{"eu-west-1"}},
		{Names: smallRegions, Optional: []string{home}},
	}).Draw(t, name+" where")
	if oneIn(t, 12, name+" where nothing is enabled") {
		c.status["ap-south-1"] = state.NotEnabled
		img.Regions = state.Regions{Names: []string{"eu-west-1", "ap-south-1"}}
	}
	if img.Share != nil && oneIn(t, 2, name+" shares with more") {
		img.Share.Public = rapid.Bool().Draw(t, name+" is public")
		img.Share.Organizations = []string{"arn:aws:organizations::1:organization/o-1"}
	}
	if rapid.Bool().Draw(t, name+" was renamed lately") {
		img.Formerly = []string{"old-" + name}
	}
	if oneIn(t, 4, name+" asks for launches") {
		img.Guard.LaunchedWithin = day
	}
	return img
}
