package plan_test

import (
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// unwanted takes the image out of eu-west-1, where it has a copy, and leaves it
// in us-west-2, where it has another.
func (c *cloud) unwanted(change ...func(*state.AMI)) *state.AMI {
	c.copyOf(oldAMI, "us-west-2")
	c.web().Regions.Names = []string{"us-west-2"}
	return c.copyOf(oldAMI, "eu-west-1", change...)
}

var leaveRows = []row{
	{"Region taken out: retire", func(c *cloud) { c.unwanted() }, []string{"deregister region_removed due after", "retire region_removed"}},
	{"image taken out: retire", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagImage, "gone"))
		c.copyOf(oldAMI, "eu-west-1")
	}, []string{"deregister image_removed due after", "retire image_removed"}},
	{"in grace: wait", func(c *cloud) { c.unwanted(c.retired(day)) }, []string{"deregister region_removed due"}},
	{"grace over: deregister", func(c *cloud) { c.unwanted(c.retired(8 * day)) }, []string{"deregister region_removed"}},
	{"image gone: the stricter of its tag and the defaults", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagImage, "gone"), c.retired(8*day), tag(state.TagLifecycle, retention(14*day).String()))
	}, []string{"deregister image_removed due"}},
	{"broken where nobody wants it: deregister", func(c *cloud) { c.unwanted(inState(state.ImageError)) }, []string{"deregister broken"}},
	{"a run died while retiring: go on", func(c *cloud) {
		c.unwanted(tag(state.TagRetiredAt, state.FormatTime(c.now.Add(-day))))
	}, []string{"deregister region_removed due after", "retire retire_unfinished"}},
	{"retiring begun and undone again: the grace starts again", func(c *cloud) {
		c.unwanted(tag(state.TagRetiredAt, state.FormatTime(c.now.Add(-8*day))))
	}, []string{"deregister region_removed due after", "retire retire_unfinished"}},
	{"a lookup that finds nothing lets nothing go", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", c.retired(8*day))
		c.copyOf(newAMI, "eu-west-1")
		c.lookup("")
	}, []string{"deregister superseded !source_no_match", "recopy source_changed !source_no_match"}},
	{"a key that does not exist lets nothing go", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", c.retired(8*day))
		c.copyOf(oldAMI, "eu-west-1")
		c.encrypted("alias/ami", state.Key{})
	}, []string{"deregister superseded !key_missing", "recopy key_changed !key_missing"}},
	{"retired-at in the future: the grace starts again", func(c *cloud) { c.unwanted(c.retired(-day)) }, []string{"deregister region_removed due after", "retire region_removed"}},
	{"retired-at malformed: the grace starts again", func(c *cloud) {
		c.unwanted(tag(state.TagRetiredAt, "yesterday"))
	}, []string{"deregister region_removed due after", "retire region_removed"}},
	{"retired-at before creation: the grace starts again", func(c *cloud) { c.unwanted(c.retired(100 * day)) }, []string{"deregister region_removed due after", "retire region_removed"}},
	{"superseded and in grace: wait", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", c.retired(day))
		c.web().Source.ID = newAMI
	}, []string{"deregister superseded due"}},
	{"superseded beyond keep: retire", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Source.ID = newAMI
	}, []string{"deregister superseded due after", "retire superseded"}},
	{"retire: disable takes the parameter first", func(c *cloud) {
		c.web().Lifecycle.Retire = state.RetireDisable
		a := c.unwanted(tag(state.TagPublished, "/amis/web"))
		c.param("eu-west-1", "/amis/web", a.ID, "web")
	}, []string{"deregister region_removed due after", "unpublish region_removed", "retire region_removed after"}},
	{"deregister takes the parameter first", func(c *cloud) {
		a := c.unwanted(tag(state.TagPublished, "/amis/web"), c.retired(8*day))
		c.param("eu-west-1", "/amis/web", a.ID, "web")
		c.refs[a.ID] = []state.Reference{{Type: "ssm:Parameter", ARN: "arn:aws:ssm:eu-west-1:111122223333:parameter/amis/web"}}
	}, []string{"deregister region_removed after", "unpublish region_removed"}},
	{"deregister takes every parameter first", func(c *cloud) {
		a := c.unwanted(tag(state.TagPublished, "/amis/old /amis/web"), c.retired(8*day))
		for _, name := range []string{"/amis/old", "/amis/web"} {
			c.param("eu-west-1", name, a.ID, "web")
			c.refs[a.ID] = append(c.refs[a.ID], state.Reference{Type: "ssm:Parameter", ARN: "arn:aws:ssm:eu-west-1:111122223333:parameter" + name})
		}
	}, []string{"deregister region_removed after", "unpublish region_removed", "unpublish region_removed"}},
	{"a parameter that names another AMI stays", func(c *cloud) {
		c.unwanted(tag(state.TagPublished, "/amis/web"), c.retired(8*day))
		c.param("eu-west-1", "/amis/web", "ami-other", "web")
	}, []string{"deregister region_removed"}},
}

// param puts a parameter of ours into the cloud.
func (c *cloud) param(region, name, value, image string) {
	tags := map[string]string{state.TagOwner: c.d.Owner, state.TagImage: image}
	if image == "" {
		tags = nil
	}
	c.params[paramKey(region, name)] = state.Parameter{Exists: true, Value: value, Tags: tags}
}

func paramKey(region, name string) state.ParameterQuery {
	return state.ParameterQuery{Account: account, Region: region, Name: name}
}

var blockRows = []row{
	{"prune off: only shown", func(c *cloud) {
		c.unwanted()
		c.d.Prune = false
	}, []string{"retire region_removed !prune_off"}},
	{"what lost its image tag may be the copy, also while EC2 does not say what it is", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", c.retired(8*day))
		c.copyOf(newAMI, "eu-west-1", tag(state.TagImage, ""), inState(state.ImageTransient))
		c.web().Source.ID = newAMI
	}, []string{"deregister superseded !conflict_near", "unknown image_transient"}},
	{"hold", func(c *cloud) { c.unwanted(tag(state.TagHold, "")) }, []string{"retire region_removed !hold"}},
	{"hold on what differs", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagHold, "@oncall"))
		c.web().Description = "Base"
	}, []string{"update differs !hold"}},
	{"disabled by hand", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageDisabled))
	}, []string{"restore wanted_again !disabled_by_hand"}},
	{"snapshots archived", func(c *cloud) {
		c.snapshotOf(c.copyOf(oldAMI, "eu-west-1")).Tier = state.TierArchive
	}, []string{"restore wanted_again !snapshot_archived"}},
	{"protected by people", func(c *cloud) {
		c.unwanted(func(a *state.AMI) { a.Protection = "enabled-without-cooldown" })
	}, []string{"retire region_removed !protected"}},
	{"protected by us", func(c *cloud) {
		c.unwanted(func(a *state.AMI) { a.Protection = "enabled-without-cooldown" }, tag(state.TagLifecycle, "grace=7d;retire=deprecate;snapshots=delete;protect=true"))
	}, []string{"deregister region_removed due after", "retire region_removed"}},
	{"protection in its cool-down", func(c *cloud) {
		c.unwanted(func(a *state.AMI) { a.Protection = "disabled-in-cooldown" })
	}, []string{"retire region_removed !protection_cooldown"}},
	{"still pending", func(c *cloud) { c.unwanted(inState(state.ImagePending)) }, []string{"retire region_removed !still_pending"}},
	{"referenced", func(c *cloud) {
		a := c.unwanted(c.retired(8 * day))
		c.refs[a.ID] = []state.Reference{{Type: "ec2:LaunchTemplate", ARN: "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-0abc/7"}}
	}, []string{"deregister region_removed !referenced"}},
	{"referenced by what the guard does not name", func(c *cloud) {
		a := c.unwanted(c.retired(8 * day))
		c.refs[a.ID] = []state.Reference{{Type: "imagebuilder:ImageRecipe", ARN: "arn:aws:imagebuilder:eu-west-1:1:image-recipe/x/1.0.0"}}
	}, []string{"deregister region_removed"}},
	{"references unknown", func(c *cloud) {
		c.unwanted(c.retired(8 * day))
		c.deaf["references"] = true
	}, []string{"deregister region_removed !references_unknown"}},
	{"the guard is off", func(c *cloud) {
		c.unwanted(c.retired(8 * day))
		c.web().Guard.References, c.deaf["references"] = nil, true
	}, []string{"deregister region_removed"}},
	{"the source of a declared image", func(c *cloud) {
		a := c.unwanted()
		c.d.Images = append(c.d.Images, image("z", a.ID, "us-west-2"))
		c.d.Images[1].Source.Region = "eu-west-1"
	}, []string{"retire region_removed !is_source", "copy no_copy"}},
	{"the source of anybody's pending copy", func(c *cloud) {
		a := c.unwanted()
		c.copyOf(newAMI, "us-west-2", inState(state.ImagePending), tag(state.TagOwner, "others"), tag(state.TagSourceAMI, a.ID), tag(state.TagSourceRegion, "eu-west-1"))
	}, []string{"retire region_removed !is_source"}},
	{"perhaps a source, with a Region unread", func(c *cloud) {
		c.copyOf(oldAMI, home)
		c.copyOf(newAMI, home)
		c.web().Regions.Names, c.web().Source.ID = []string{home}, newAMI
		c.status["ap-south-1"] = state.Unknown
	}, []string{"retire superseded !maybe_source"}},
	{"perhaps a source of what lies in the Region unread", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.copyOf(newAMI, "eu-west-1")
		c.web().Source.ID = newAMI
		c.status["ap-south-1"] = state.Unknown
	}, []string{"retire superseded !maybe_source"}},
	{"the Region unread is optional, and nothing is known to be copied from here", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.copyOf(newAMI, "eu-west-1")
		c.web().Source.ID = newAMI
		c.web().Regions.Names, c.web().Regions.Optional = []string{"eu-west-1", "ap-south-1"}, []string{"ap-south-1"}
		c.status["ap-south-1"] = state.Unknown
	}, []string{"retire superseded", "deregister superseded due after", "unknown RequestLimitExceeded"}},
	{"launched recently", func(c *cloud) {
		c.unwanted(func(a *state.AMI) { a.LastLaunched = c.now.Add(-time.Hour) })
		c.web().Guard.LaunchedWithin = day
	}, []string{"retire region_removed !launched_recently"}},
	{"successor not usable", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", c.retired(8*day))
		c.web().Source.ID = newAMI
		c.sources[newAMI].State = state.ImagePending
	}, []string{"deregister superseded !successor_not_usable", "recopy source_changed !source_pending"}},
	{"clocks apart", func(c *cloud) {
		c.unwanted()
		c.dates["ap-south-1"] = c.now.Add(-6 * time.Minute)
	}, []string{"retire region_removed !clock_skew"}},
	{"a Region unread holds removals back", func(c *cloud) {
		c.unwanted()
		c.status["ap-south-1"] = state.Unknown
	}, []string{"retire region_removed !view_incomplete"}},
	{"an optional Region unread does not", func(c *cloud) {
		c.unwanted()
		c.web().Regions.Names = []string{"ap-south-1", "us-west-2"}
		c.web().Regions.Optional = []string{"ap-south-1"}
		c.status["ap-south-1"] = state.Unknown
	}, []string{"deregister region_removed due after", "retire region_removed", "unknown RequestLimitExceeded"}},
	{"a source unresolved holds removals back", func(c *cloud) {
		c.unwanted()
		c.d.Images = append(c.d.Images, image("z", "", "us-west-2"))
		c.d.Images[1].Source.Lookup = &state.Lookup{Owners: []string{"self"}}
	}, []string{"retire region_removed !source_unresolved", "copy no_copy !source_no_match"}},
	{"desired set empty", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.d.Images = nil
	}, []string{"retire image_removed !desired_empty"}},
	{"one removal too many", func(c *cloud) {
		c.unwanted()
		c.unwanted()
		c.d.Limits.RemoveMax = 1
		c.copyOf(oldAMI, "ap-south-1", c.retired(8*day))
	}, []string{
		"deregister region_removed", "deregister duplicate due after",
		"retire region_removed !limit_remove", "retire region_removed !limit_remove", "retire duplicate",
	}},
	{"removals of the last day count", func(c *cloud) {
		c.unwanted()
		c.copyOf(oldAMI, "ap-south-1", c.retired(time.Hour))
		c.d.Limits.RemoveMax = 1
	}, []string{"deregister region_removed due", "retire region_removed !limit_remove"}},
	{"too many copies", func(c *cloud) {
		c.web().Regions.Names = []string{"eu-west-1", "us-west-2"}
		c.d.Limits.CopyMax = 1
	}, []string{"copy no_copy !limit_copies", "copy no_copy !limit_copies"}},
	{"too many GiB: what would follow is left out", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Source.ID = newAMI
		c.d.Limits.CopyGiB = 11
	}, []string{"recopy source_changed !limit_gib"}},
	{"made by another file", func(c *cloud) { c.unwanted(tag(state.TagFile, "other.yaml")) }, []string{"retire region_removed !lineage_file"}},
	{"made by another file, --take-over", func(c *cloud) {
		c.unwanted(tag(state.TagFile, "other.yaml"))
		c.o.TakeOver = true
	}, []string{"deregister region_removed due after", "retire region_removed"}},
	{"made by a commit that is no ancestor", func(c *cloud) {
		c.unwanted(tag(state.TagCommit, "beef"))
		c.lineage["beef"] = state.NotAncestor
	}, []string{"retire region_removed !lineage_commit"}},
	{"made by an ancestor", func(c *cloud) {
		c.unwanted(tag(state.TagCommit, "beef"))
		c.lineage["beef"] = state.Ancestor
	}, []string{"deregister region_removed due after", "retire region_removed"}},
	{"made by a commit not in the clone", func(c *cloud) { c.unwanted(tag(state.TagCommit, "beef")) }, []string{"retire region_removed !lineage_clone"}},
	{"lineage unknown", func(c *cloud) {
		c.unwanted(tag(state.TagCommit, "beef"))
		c.deaf["lineage"] = true
	}, []string{"retire region_removed !lineage_unknown"}},
	{"parameter unknown", func(c *cloud) {
		c.unwanted(tag(state.TagPublished, "/amis/web"), c.retired(8*day))
		c.deaf["parameter"] = true
	}, []string{"deregister region_removed !parameter_unknown"}},
	{"source not found", func(c *cloud) { delete(c.sources, oldAMI) }, []string{"copy no_copy !source_not_found"}},
	{"source not found: others go on", func(c *cloud) {
		delete(c.sources, oldAMI)
		c.d.Images = append(c.d.Images, image("z", newAMI, "us-west-2"))
	}, []string{"copy no_copy !source_not_found", "copy no_copy"}},
	{"lookup without a match", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.lookup("")
	}, []string{"recopy source_changed !source_no_match"}},
	{"lookup that finds a managed copy", func(c *cloud) {
		c.sources[newAMI].Tags = map[string]string{state.TagOwner: "others"}
		c.lookup(newAMI)
	}, []string{"copy no_copy !source_is_copy"}},
	{"source pending", func(c *cloud) { c.sources[oldAMI].State = state.ImagePending }, []string{"copy no_copy !source_pending"}},
	{"source failed", func(c *cloud) { c.sources[oldAMI].State = state.ImageFailed }, []string{"copy no_copy !source_failed"}},
	{"source disabled", func(c *cloud) { c.sources[oldAMI].State = state.ImageDisabled }, []string{"copy no_copy !source_disabled"}},
	{"lookup that goes back", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.lookup(oldAMI)
	}, []string{"recopy source_changed !source_went_back"}},
	{"lookup that goes back to a kept copy", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagSupersededAt, state.FormatTime(c.now.Add(-day))))
		c.lookup(oldAMI)
	}, []string{"recopy source_changed !source_went_back"}},
	{"lookup that may go back", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.lookup(oldAMI)
		c.web().AllowRollback = true
	}, []string{"deregister superseded due after", "retire superseded after", "recopy source_changed"}},
	{"Region not enabled", func(c *cloud) { c.status["eu-west-1"] = state.NotEnabled }, []string{"copy no_copy !region_not_enabled"}},
	{"too many tags", func(c *cloud) { c.web().Tags = manyTags(40) }, []string{"copy no_copy !too_many_tags"}},
	{"too many tags on a copy that is there", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Tags = manyTags(40)
	}, []string{"update differs !too_many_tags"}},
	{"a name that EC2 refuses", func(c *cloud) { c.web().NameTemplate = "{{ .Image }}~{{ .SourceID }}" }, []string{"copy no_copy !name_invalid"}},
}

func manyTags(n int) map[string]string {
	out := map[string]string{}
	for i := range n {
		out[string(rune('a'+i/26))+string(rune('a'+i%26))] = "v"
	}
	return out
}
