package plan_test

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/amisync/amisync/pkg/state"
)

// genSmallCopy draws a copy, often one of what is desired.
func (c *cloud) genSmallCopy(t *rapid.T, label string) {
	pick := func(what string, n int) int { return rapid.IntRange(0, n).Draw(t, label+what) }
	img := rapid.SampledFrom(c.d.Images).Draw(t, label+"of")
	source := img.Source.ID
	if source == "" || rapid.Bool().Draw(t, label+"of another source") {
		source = rapid.SampledFrom(someSources).Draw(t, label+"source")
	}
	region := rapid.SampledFrom([]string{"eu-west-1", "eu-west-1", home}).Draw(t, label+"region")
	a := c.copyOf(source, region,
		tag(state.TagImage, rapid.SampledFrom([]string{img.Name, img.Name, img.Name, "old-" + img.Name, "ghost"}).Draw(t, label+"image")),
		tag(state.TagGeneration, fmt.Sprint(1+pick("generation", 1))),
		tag(state.TagLifecycle, img.Lifecycle.Retention.String()))
	a.Name = fmt.Sprintf("copy-%d", c.serial)
	a.Created = c.now.Add(-rapid.SampledFrom([]time.Duration{30 * day, 20 * day, 20 * day, day}).Draw(t, label+"age"))
	c.genSmallKey(t, a, img, label)
	if oneIn(t, 8, label+"is a former owner's") {
		a.Tags[state.TagOwner] = "before"
	}
	c.genTimes(a, pick)
	if oneIn(t, 6, label+"was launched") {
		a.LastLaunched = c.now.Add(-time.Hour)
	}
	if oneIn(t, 3, label+"is not plainly usable") {
		c.genState(a, pick)
	}
	switch pick("is odd", 7) {
	case 5:
		c.genOddities(a, pick)
	case 6, 7:
		c.genSmallOddities(a, pick)
	}
	genPublished(t, a, label)
}

// genHistory draws what one cell has seen: copies of other sources that were
// superseded one after the other, in any order of their making, and often a copy
// of what is desired, of which something may keep the others.
func (c *cloud) genHistory(t *rapid.T) {
	pick := func(what string, n int) int { return rapid.IntRange(0, n).Draw(t, "history "+what) }
	img := rapid.SampledFrom(c.d.Images).Draw(t, "history of")
	region := rapid.SampledFrom(smallRegions).Draw(t, "history in")
	desired := cmp.Or(img.Source.ID, c.lookups[img.Name])
	for i, source := range someSources {
		label := fmt.Sprint(i)
		if source == desired && !rapid.Bool().Draw(t, "history has what is desired") {
			continue
		}
		a := c.copyOf(source, region, tag(state.TagImage, img.Name), tag(state.TagLifecycle, img.Lifecycle.Retention.String()))
		a.Created = c.now.Add(-time.Duration(10+10*pick("age "+label, 3)) * day)
		if source == desired {
			c.genStandstill(a, pick)
			continue
		}
		if ago := pick("superseded "+label, 9); ago > 0 { // or a run died before it wrote that
			a.Tags[state.TagSupersededAt] = state.FormatTime(c.now.Add(-time.Duration(ago)*day - time.Second))
		}
	}
}

// genStandstill draws what is desired in a state in which no other in its cell
// may go, or plainly usable.
func (c *cloud) genStandstill(a *state.AMI, pick func(string, int) int) {
	switch pick("stands still", 5) {
	case 1:
		a.State = state.ImageDisabled
	case 2:
		for _, id := range a.SnapshotIDs() {
			c.snapshots[id].Tier = state.TierArchive
		}
	case 3:
		a.State, a.Created = state.ImageFailed, c.now.Add(-time.Hour)
		attempt(2)(a)
	case 4:
		delete(a.Tags, state.TagVerified)
		a.Tags[state.TagHold] = "mine"
	}
}

// genSmallKey puts a copy under a key, often the desired one, or what is in S3
// under none.
func (c *cloud) genSmallKey(t *rapid.T, a *state.AMI, img state.Image, label string) {
	if src := c.sources[a.SourceImageID]; src.RootDeviceType == "instance-store" {
		delete(c.snapshots, a.SnapshotIDs()[0])
		a.RootDeviceType, a.Devices = src.RootDeviceType, nil
		return
	}
	id := rapid.SampledFrom([]string{"", "one", "two"}).Draw(t, label+"key")
	if img.Encryption != nil && rapid.Bool().Draw(t, label+"under the desired key") {
		id = strings.TrimPrefix(img.Encryption.Key, "alias/")
	}
	if id == "" {
		return
	}
	s, k := c.snapshotOf(a), goodKey(a.Region, id).ARN
	a.Tags[state.TagKey], s.KMSKey, s.Encrypted = k, k, true
	if oneIn(t, 6, label+"forgot its key") {
		delete(a.Tags, state.TagKey)
	}
}

// genSmallOddities adds what genOddities does not.
func (c *cloud) genSmallOddities(a *state.AMI, pick func(string, int) int) {
	switch pick("small oddity", 11) {
	case 0:
		a.SourceInstanceID = "i-1"
	case 1:
		a.SourceImageRegion = "eu-central-1"
	case 2:
		a.SourceImageID, a.SourceImageRegion = "", ""
	case 3, 4:
		a.Tags[state.TagCommit] = "stale"
	case 5:
		a.Tags[state.TagCommit] = "older"
	case 6:
		a.Protection = "disabled-in-cooldown"
	case 7:
		a.Protection = "enabled-with-cooldown"
	case 8:
		delete(a.Tags, state.TagSourceAMI)
	case 9:
		a.Tags[state.TagSupersededAt] = "never"
	case 10:
		a.Tags[state.TagSupersededAt] = state.FormatTime(c.now.Add(50 * day))
	default:
		c.shared(a)
	}
}

// shared marks a copy as shared and shares it, with all its snapshots.
func (c *cloud) shared(a *state.AMI) {
	if a.State == state.ImagePending {
		return // EC2 refuses to share what it still copies
	}
	a.Tags[state.TagShared] = state.SharedYes
	c.launch[a.ID] = []state.Grant{{Account: "444455556666"}}
	if ids := a.SnapshotIDs(); len(ids) == 0 || !c.snapshots[ids[0]].Encrypted {
		a.Public, c.launch[a.ID] = true, append(c.launch[a.ID], state.Grant{Public: true})
	}
	for _, id := range a.SnapshotIDs() {
		c.snapshots[id].Tags[state.TagShared] = state.SharedYes
		c.volume[id] = []state.Grant{{Account: "777788889999"}}
	}
}

// genPublished lets a copy remember up to three parameters of its image.
func genPublished(t *rapid.T, a *state.AMI, label string) {
	var names []string
	own := strings.TrimPrefix(a.Tags[state.TagImage], "old-")
	all := oneIn(t, 6, label+"published as all")
	for _, name := range []string{"/amis/" + own, "/amis/" + own + "/new", "/amis/old-" + own} {
		if all || oneIn(t, 4, label+"published as "+name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		a.Tags[state.TagPublished] = strings.Join(names, " ")
	}
}
