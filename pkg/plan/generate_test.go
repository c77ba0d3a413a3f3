package plan_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/state"
)

var (
	someRegions = []string{home, "eu-west-1", "us-west-2", "ap-south-1"}
	someImages  = []string{"web", "db"}
	someSources = []string{oldAMI, newAMI, "ami-00000000000000003"}
)

// genCloud draws an account in any state, well or not, that can be read.
func genCloud(t *rapid.T) *cloud {
	c := newCloud()
	c.source(someSources[2], start.AddDate(0, 0, -10))
	for _, r := range someRegions {
		for _, id := range []string{"one", "two"} {
			c.keys[state.KeyQuery{Account: account, Region: r, Key: "alias/" + id}] = goodKey(r, id)
		}
	}
	c.d.Defaults = genRetention(t, "defaults")
	c.d.Guard = genGuard(t, "default guard")
	c.d.Formerly = []string{"before"}
	c.d.Limits.RemoveMax = rapid.IntRange(0, 10).Draw(t, "remove max")
	c.d.Limits.RemovePercent = rapid.SampledFrom([]int{10, 30, 100}).Draw(t, "remove percent")
	c.o.TakeOver = rapid.Bool().Draw(t, "take over")
	c.d.Images = nil
	for _, name := range someImages {
		if rapid.IntRange(0, 5).Draw(t, "declares "+name) > 0 {
			c.d.Images = append(c.d.Images, genImage(t, name))
			c.genSource(t, &c.d.Images[len(c.d.Images)-1])
		}
	}
	for i := range rapid.IntRange(0, 9).Draw(t, "copies") {
		c.genCopy(t, fmt.Sprintf("copy %d ", i))
	}
	c.genParameters(t)
	c.genUntagged(t)
	return c
}

// genSource makes some images follow a lookup, which may find nothing.
func (c *cloud) genSource(t *rapid.T, img *state.Image) {
	if rapid.IntRange(0, 3).Draw(t, img.Name+" looks up") > 0 {
		return
	}
	if rapid.IntRange(0, 3).Draw(t, img.Name+" finds") > 0 {
		c.lookups[img.Name] = img.Source.ID
	}
	img.Source.ID, img.Source.Lookup = "", &state.Lookup{Owners: []string{"self"}}
	img.AllowRollback = rapid.Bool().Draw(t, img.Name+" may go back")
}

func genRetention(t *rapid.T, label string) state.Retention {
	r := state.Retention{
		Grace:     rapid.SampledFrom([]time.Duration{0, day, 7 * day}).Draw(t, label+" grace"),
		Retire:    rapid.SampledFrom([]string{state.RetireDeprecate, state.RetireDisable}).Draw(t, label+" retire"),
		Snapshots: rapid.SampledFrom([]string{state.SnapshotsDelete, state.SnapshotsKeep}).Draw(t, label+" snapshots"),
	}
	if rapid.IntRange(0, 3).Draw(t, label+" protects") == 0 {
		r.Protect = ptr(rapid.Bool().Draw(t, label+" protect"))
	}
	return r
}

func genGuard(t *rapid.T, label string) state.Guard {
	if rapid.Bool().Draw(t, label+" off") {
		return state.Guard{}
	}
	return state.Guard{References: []string{state.ReferenceInstances, state.ReferenceSSM}, VersionDepth: 10}
}

func genImage(t *rapid.T, name string) state.Image {
	img := image(name, rapid.SampledFrom(someSources).Draw(t, name+" source"))
	img.Regions.Names = rapid.SliceOfNDistinct(rapid.SampledFrom(someRegions), 0, 4, rapid.ID[string]).Draw(t, name+" regions")
	img.Lifecycle.Retention = genRetention(t, name)
	img.Lifecycle.Keep = rapid.IntRange(0, 2).Draw(t, name+" keep")
	img.Guard = genGuard(t, name+" guard")
	if rapid.IntRange(0, 2).Draw(t, name+" encrypts") == 0 {
		img.Encryption = &state.Encryption{Key: rapid.SampledFrom([]string{"alias/one", "alias/two"}).Draw(t, name+" key")}
	}
	if rapid.IntRange(0, 2).Draw(t, name+" deprecates") == 0 {
		img.Lifecycle.DeprecateAfter = ptr(rapid.SampledFrom([]time.Duration{day, 40 * day, 400 * day}).Draw(t, name+" deprecate after"))
	}
	if rapid.IntRange(0, 2).Draw(t, name+" shares") == 0 {
		img.Share = &state.Share{Accounts: []string{"444455556666"}, Snapshots: rapid.Bool().Draw(t, name+" shares snapshots")}
	}
	if rapid.IntRange(0, 1).Draw(t, name+" publishes") == 0 {
		img.Publish = &state.Publish{
			SSM:       "/amis/" + name + rapid.SampledFrom([]string{"", "/new"}).Draw(t, name+" parameter"),
			Overwrite: rapid.Bool().Draw(t, name+" overwrite"),
		}
	}
	img.Adopt = rapid.Bool().Draw(t, name+" adopts")
	if rapid.Bool().Draw(t, name+" tags") {
		img.Tags = map[string]string{"team": name}
	}
	if rapid.Bool().Draw(t, name+" describes") {
		img.Description = "Base for " + name
	}
	if rapid.IntRange(0, 2).Draw(t, name+" was renamed") == 0 {
		img.Formerly = []string{"old-" + name}
	}
	return img
}

// genCopy draws one AMI with our tags: of any image, source, key and age, in
// any state, proven ours or not.
func (c *cloud) genCopy(t *rapid.T, label string) {
	pick := func(what string, n int) int { return rapid.IntRange(0, n).Draw(t, label+what) }
	region := rapid.SampledFrom(someRegions).Draw(t, label+"region")
	a := c.copyOf(rapid.SampledFrom(someSources).Draw(t, label+"source"), region,
		tag(state.TagImage, rapid.SampledFrom([]string{"web", "web", "db", "db", "old-web", "old-db", "ghost"}).Draw(t, label+"image")),
		tag(state.TagGeneration, fmt.Sprint(1+pick("generation", 2))),
		tag(state.TagLifecycle, genRetention(t, label).String()))
	a.Name = fmt.Sprintf("copy-%d", c.serial)
	a.Created = c.now.Add(-time.Duration(1+pick("age", 40)) * day)
	switch s := c.snapshotOf(a); pick("key", 3) {
	case 0:
		k := goodKey(region, "one").ARN
		a.Tags[state.TagKey], s.KMSKey, s.Encrypted = k, k, true
	case 1:
		delete(a.Tags, state.TagKey)
	}
	c.genTimes(a, pick)
	if pick("is plain", 1) == 0 {
		c.genState(a, pick)
	}
	c.genOddities(a, pick)
	genPublishedAs(a, pick)
}

// genTimes draws when a copy was retired and superseded, if it was.
func (c *cloud) genTimes(a *state.AMI, pick func(string, int) int) {
	if pick("retired", 2) == 0 {
		a.Tags[state.TagRetiredAt] = state.FormatTime(c.now.Add(-time.Duration(pick("retired days", 20)-1) * day))
		a.Deprecated = c.now.Add(-time.Hour)
	}
	if pick("superseded", 2) == 0 {
		a.Tags[state.TagSupersededAt] = state.FormatTime(c.now.Add(-time.Duration(pick("superseded days", 20))*day - time.Second))
	}
}

// genState draws a copy that is not plainly usable.
func (c *cloud) genState(a *state.AMI, pick func(string, int) int) {
	switch pick("state", 5) {
	case 0:
		a.State = state.ImagePending
		delete(a.Tags, state.TagVerified)
	case 1:
		a.State = state.ImageFailed
		a.Created = c.now.Add(-time.Duration(pick("broken days", 2)) * day)
		attempt(1 + pick("attempt", 2))(a)
	case 2:
		a.State = state.ImageDisabled
	case 3:
		delete(a.Tags, state.TagVerified)
	case 4:
		a.Tags[state.TagVerified] = "different: something"
	case 5:
		for _, id := range a.SnapshotIDs() {
			c.snapshots[id].Tier = state.TierArchive
		}
	}
}

// genOddities adds what other people, files and accounts do.
func (c *cloud) genOddities(a *state.AMI, pick func(string, int) int) {
	switch pick("oddity", 18) {
	case 1:
		a.OwnerID = "999900001111"
	case 2:
		a.SourceImageID = "ami-0ffffffffffffffff"
	case 3:
		a.Tags[state.TagOwner] = "others"
	case 4:
		a.Tags[state.TagOwner] = "before"
	case 5:
		a.Tags[state.TagFile] = "other.yaml"
	case 6:
		a.Tags[state.TagCommit] = "beef"
	case 7:
		a.Protection = "enabled-without-cooldown"
	case 8:
		c.refs[a.ID] = []state.Reference{{Type: "ec2:Instance", ARN: "arn:aws:ec2:x:1:instance/i-1"}}
	case 9:
		if a.State == state.ImagePending {
			return // EC2 refuses to share what it still copies
		}
		a.Tags[state.TagShared] = state.SharedYes
		c.launch[a.ID] = []state.Grant{{Account: "777788889999"}}
	case 10:
		a.Tags["mine"], a.Tags[state.TagTagKeys] = "x", "mine"
	case 11:
		delete(c.images, a.ID) // its snapshot is an orphan
	case 12:
		a.Tags[state.TagRetiredAt] = "never"
	case 13:
		a.Tags[state.TagHold] = "mine"
	}
}

// genPublishedAs lets a copy remember the parameters of its image.
func genPublishedAs(a *state.AMI, pick func(string, int) int) {
	switch own := "/amis/" + a.Tags[state.TagImage]; pick("published", 3) {
	case 0:
		a.Tags[state.TagPublished] = own
	case 1:
		a.Tags[state.TagPublished] = "/amis/old-web " + own // renamed, and the old one is not deleted yet
	}
}

// genParameters points parameters at copies, ours and not.
func (c *cloud) genParameters(t *rapid.T) {
	for _, region := range someRegions {
		for _, name := range []string{"/amis/web", "/amis/db", "/amis/ghost", "/amis/old-web"} {
			if rapid.IntRange(0, 2).Draw(t, region+name) > 0 {
				continue
			}
			value := "ami-theirs"
			for _, a := range c.images {
				if a.Region == region && slices.Contains(state.ParseControl(a.Tags).Published, name) && (value == "ami-theirs" || a.ID < value) {
					value = a.ID
				}
			}
			c.param(region, name, value, rapid.SampledFrom([]string{"web", "db", "ghost", "old-web", ""}).Draw(t, region+name+" image"))
		}
	}
}
