package plan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/state"
)

// only is the cell that most tests are about.
var only = state.Cell{Image: "web", Account: account, Region: "eu-west-1"}

var changingRegions = []string{"eu-west-1", "us-west-2", home}

func TestChangesOfMindLoseNothingAndComeToRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genSettled(t)
		for i := range rapid.IntRange(2, 7).Draw(t, "changes") {
			was := c.latest()
			genChange(t, c, i)
			p := c.plan()
			if wrong := c.runWatched(t, p, executor{cloud: c}); len(wrong) > 0 {
				t.Fatalf("preconditions did not hold: %v\n%s", wrong, describe(p))
			}
			if lost := c.notKept(was); c.web().Lifecycle.Keep > 0 && lost != "" {
				t.Fatalf("%s was current last, and is not kept for a rollback: %s", lost, describe(p))
			}
			c.wait(time.Duration(rapid.IntRange(0, 9).Draw(t, "days")) * day)
		}
		comesToRest(t, c)
	})
}

// genSettled draws an image that has its copies in every Region it wants.
func genSettled(t *rapid.T) *cloud {
	c := newCloud()
	c.source(someSources[2], start.AddDate(0, 0, -10))
	for _, r := range changingRegions {
		for _, id := range []string{"one", "two"} {
			k := goodKey(r, id)
			c.keys[state.KeyQuery{Account: account, Region: r, Key: "alias/" + id}] = k
			c.keys[state.KeyQuery{Account: account, Region: r, Key: k.ARN}] = k
		}
	}
	c.d.Limits.RemovePercent = 100
	c.web().Regions.Names = changingRegions[:rapid.IntRange(1, 3).Draw(t, "Regions")]
	c.web().Lifecycle.Keep = rapid.IntRange(0, 2).Draw(t, "keep")
	c.web().Lifecycle.Retention = genRetention(t, "web")
	(executor{cloud: c}).run(c.plan())
	return c
}

// latest are the current copies of the one image, by Region.
func (c *cloud) latest() map[string]*state.AMI {
	out := map[string]*state.AMI{}
	for _, v := range c.plan().Cells {
		if a := c.images[v.AMI]; a != nil && v.Declared && a.Tags[state.TagSourceAMI] == c.web().Source.ID && c.launchable(a) {
			out[v.Region] = a
		}
	}
	return out
}

// notKept names a copy that was current before the source changed and that a
// rollback would miss. A copy of the same source may have become a duplicate.
func (c *cloud) notKept(was map[string]*state.AMI) string {
	for region, a := range was {
		superseded := a.Tags[state.TagSourceAMI] != c.web().Source.ID && slices.Contains(c.web().Regions.Names, region)
		_, retired := a.Tags[state.TagRetiredAt]
		if superseded && (retired || c.images[a.ID] == nil || !c.launchable(a)) {
			return a.ID
		}
	}
	return ""
}

// genChange is one commit: another source, Regions out or in, another key, a
// new name, other parameters. It may be several of these at once.
func genChange(t *rapid.T, c *cloud, i int) {
	web := c.web()
	if rapid.Bool().Draw(t, "bump") {
		web.Source.ID = rapid.SampledFrom(someSources).Draw(t, "source")
	}
	if oneIn(t, 3, "other Regions") {
		web.Regions.Names = rapid.SliceOfNDistinct(rapid.SampledFrom(changingRegions), 1, 3, rapid.ID[string]).Draw(t, "Regions")
	}
	if oneIn(t, 4, "another key") {
		web.Encryption = nil
		if key := rapid.SampledFrom([]string{"", "alias/one", "alias/two"}).Draw(t, "key"); key != "" {
			web.Encryption = &state.Encryption{Key: key}
		}
	}
	if oneIn(t, 4, "another name") {
		c.rename(rapid.SampledFrom([]string{"web", "base", "linux"}).Draw(t, "name"))
	}
	if oneIn(t, 4, "publish") {
		web.Publish = nil
		if rapid.Bool().Draw(t, "as another") {
			web.Publish = &state.Publish{SSM: fmt.Sprintf("/amis/%d", i%2)}
		}
	}
	if oneIn(t, 4, "share") {
		web.Share = nil
		if rapid.Bool().Draw(t, "with others") {
			web.Share = &state.Share{Accounts: []string{"444455556666"}, Snapshots: rapid.Bool().Draw(t, "with snapshots")}
		}
	}
}

// rename gives the image another name, or one that it had before.
func (c *cloud) rename(name string) {
	web := c.web()
	former := append(slices.Clone(web.Formerly), web.Name)
	web.Formerly = slices.DeleteFunc(former, func(n string) bool { return n == name })
	web.Name = name
}
