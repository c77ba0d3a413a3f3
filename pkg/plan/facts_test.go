package plan_test

import (
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

var unknownRows = []row{
	{"Region unread", func(c *cloud) { c.status["eu-west-1"] = state.Unknown }, []string{"unknown RequestLimitExceeded"}},
	{"Region not listed", func(c *cloud) { c.web().Regions.Names = []string{"eu-nowhere-1"} }, []string{"unknown region_unlisted"}},
	{"Region out of scope", func(c *cloud) { c.d.Scope.Ignore = []string{"eu-*"} }, []string{"unknown region_out_of_scope"}},
	{"image transient", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageTransient))
	}, []string{"unknown image_transient"}},
	{"image transient: what else lies in the cell stays", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1", inState(state.ImageTransient))
		c.copyOf(oldAMI, "eu-west-1", c.retired(8*day))
		c.web().Source.ID = newAMI
	}, []string{"unknown image_transient"}},
	{"snapshot unread", func(c *cloud) {
		delete(c.snapshots, c.copyOf(oldAMI, "eu-west-1").SnapshotIDs()[0])
	}, []string{"unknown snapshot_unreadable"}},
	{"source unread, and needed", func(c *cloud) { c.deaf["source:web"] = true }, []string{"unknown source_unknown"}},
	{"source unread, pinned, and its copy is there", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.deaf["source:web"] = true
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"lookup unread", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.lookup(oldAMI)
		c.deaf["source:web"] = true
	}, []string{"unknown source_unknown"}},
	{"key unread", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.encrypted("alias/ami", state.Key{})
		c.deaf["key"] = true
	}, []string{"unknown key_unknown"}},
	{"permissions unread", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Share = &state.Share{Accounts: []string{"444455556666"}}
		c.deaf["launch"] = true
	}, []string{"unknown permissions_unknown"}},
	{"snapshot permissions unread", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Share = &state.Share{Accounts: []string{"444455556666"}, Snapshots: true}
		c.deaf["volume"] = true
	}, []string{"unknown permissions_unknown"}},
	{"parameter unread", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Publish = &state.Publish{SSM: "/amis/web"}
		c.deaf["parameter"] = true
	}, []string{"unknown parameter_unknown"}},
	{"untagged copies unread", func(c *cloud) {
		c.web().Adopt = true
		c.deaf["copies"] = true
	}, []string{"unknown copies_unknown"}},
	{"Region unread without a reason", func(c *cloud) { c.status["eu-west-1"] = "" }, []string{"unknown region_unreadable"}},
}

// encrypted asks for a key in eu-west-1 and puts it there.
func (c *cloud) encrypted(name string, k state.Key) {
	c.web().Encryption = &state.Encryption{Key: name}
	c.keys[state.KeyQuery{Account: account, Region: "eu-west-1", Key: name}] = k
}

func goodKey(region, id string) state.Key {
	return state.Key{
		Exists: true, ARN: fmt.Sprintf(keyARN, region, id), Enabled: true, State: "Enabled",
		Spec: "SYMMETRIC_DEFAULT", Usage: "ENCRYPT_DECRYPT",
	}
}

func keyWith(change func(*state.Key)) state.Key {
	k := goodKey("eu-west-1", "one")
	change(&k)
	return k
}

var keyRows = []row{
	{"under the desired key: unchanged", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagKey, fmt.Sprintf(keyARN, "eu-west-1", "one")))
		c.encrypted("alias/ami", goodKey("eu-west-1", "one"))
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"no encryption block: the key is not compared", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagKey, fmt.Sprintf(keyARN, "eu-west-1", "one")))
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"the tag is gone: the snapshot tells the key", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", untag(state.TagKey))
		c.snapshotOf(a).KMSKey, c.snapshotOf(a).Encrypted = fmt.Sprintf(keyARN, "eu-west-1", "one"), true
		c.encrypted("alias/ami", goodKey("eu-west-1", "one"))
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"under an AWS managed key: what is there cannot be shared", func(c *cloud) {
		arn := fmt.Sprintf(keyARN, "eu-west-1", "one")
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagKey, arn))
		c.snapshotOf(a).KMSKey, c.snapshotOf(a).Encrypted = arn, true
		managed := goodKey("eu-west-1", "one")
		managed.Managed = true
		c.keys[state.KeyQuery{Account: account, Region: "eu-west-1", Key: arn}] = managed
		c.web().Share = &state.Share{Accounts: []string{"444455556666"}, Snapshots: true}
	}, []string{"update differs !managed_key_shared"}},
	{"encryption added: re-copy", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.encrypted("one", goodKey("eu-west-1", "one"))
	}, []string{"deregister superseded due after", "retire superseded after", "recopy key_changed"}},
	{"alias moved: re-copy", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagKey, fmt.Sprintf(keyARN, "eu-west-1", "one")))
		c.encrypted("alias/ami", goodKey("eu-west-1", "two"))
	}, []string{"deregister superseded due after", "retire superseded after", "recopy alias_moved"}},
	{"key missing", func(c *cloud) { c.encrypted("alias/ami", state.Key{}) }, []string{"copy no_copy !key_missing"}},
	{"key missing: what is there stays", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.encrypted("alias/ami", state.Key{})
	}, []string{"recopy key_changed !key_missing"}},
	{"key disabled", func(c *cloud) {
		c.encrypted("one", keyWith(func(k *state.Key) { k.Enabled, k.State = false, "PendingDeletion" }))
	}, []string{"copy no_copy !key_disabled"}},
	{"key asymmetric", func(c *cloud) {
		c.encrypted("one", keyWith(func(k *state.Key) { k.Spec = "RSA_2048" }))
	}, []string{"copy no_copy !key_unsuitable"}},
	{"key of another Region", func(c *cloud) { c.encrypted("one", goodKey("us-west-2", "one")) }, []string{"copy no_copy !key_abroad"}},
	{"AWS managed key and sharing", func(c *cloud) {
		c.encrypted("default", keyWith(func(k *state.Key) { k.Managed = true }))
		c.web().Share = &state.Share{Accounts: []string{"444455556666"}}
	}, []string{"copy no_copy !managed_key_shared"}},
	{"S3-backed and encryption", func(c *cloud) {
		c.encrypted("one", goodKey("eu-west-1", "one"))
		c.sources[oldAMI].RootDeviceType = "instance-store"
	}, []string{"copy no_copy !s3_encrypted"}},
	{"encrypted source without a key", func(c *cloud) {
		c.sources[oldAMI].Devices[0].Encrypted = true
	}, []string{"copy no_copy !encrypted_source_without_key"}},
	{"public and encrypted", func(c *cloud) {
		c.encrypted("one", goodKey("eu-west-1", "one"))
		c.web().Share = &state.Share{Public: true}
	}, []string{"copy no_copy !public_encrypted"}},
	{"public with product codes", func(c *cloud) {
		c.sources[oldAMI].ProductCodes = []string{"abc"}
		c.web().Share = &state.Share{Public: true}
	}, []string{"copy no_copy !public_product_codes"}},
	{"public with watermarks", func(c *cloud) {
		c.sources[oldAMI].Watermarks = []string{"w"}
		c.web().Share = &state.Share{Public: true}
	}, []string{"copy no_copy !public_watermarks"}},
	{"public and Block Public Access", func(c *cloud) {
		c.settings["eu-west-1"] = state.Settings{BlockPublicAccess: true}
		c.web().Share = &state.Share{Public: true}
	}, []string{"copy no_copy !public_blocked"}},
	{"a copy to be made public, encrypted", func(c *cloud) {
		c.snapshotOf(c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.Watermarks = []string{"w"} })).Encrypted = true
		c.settings["eu-west-1"] = state.Settings{BlockPublicAccess: true}
		c.web().Share = &state.Share{Public: true}
	}, []string{"update differs !public_encrypted !public_watermarks !public_blocked"}},
}

var publishRows = []row{
	{"what the parameter names stays until a successor takes over", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/web"), c.retired(8*day))
		c.copyOf(newAMI, "eu-west-1")
		c.param("eu-west-1", "/amis/web", a.ID, "web")
		c.web().Source.ID, c.web().Publish = "ami-00000000000000009", &state.Publish{SSM: "/amis/web"}
	}, []string{"deregister superseded !still_published", "recopy source_changed !source_not_found"}},
	{"a people's parameter that names our copy is not ours", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/web"))
		c.param("eu-west-1", "/amis/web", a.ID, "web")
		c.param("eu-west-1", "/theirs", a.ID, "")
		c.web().Publish = &state.Publish{SSM: "/theirs"}
	}, []string{"unpublish publish_left", "update differs !parameter_not_ours"}},
	{"parameter absent: publish", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Publish = &state.Publish{SSM: "/amis/web"}
	}, []string{"update differs"}},
	{"parameter as desired: unchanged", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/web"))
		c.param("eu-west-1", "/amis/web", a.ID, "web")
		c.web().Publish = &state.Publish{SSM: "/amis/web"}
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"written but not tagged: tag it", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/web"))
		c.param("eu-west-1", "/amis/web", a.ID, "")
		c.web().Publish = &state.Publish{SSM: "/amis/web"}
	}, []string{"update differs"}},
	{"parameter not ours: it holds back nothing else", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.param("eu-west-1", "/amis/web", "ami-theirs", "")
		c.web().Publish, c.web().Description = &state.Publish{SSM: "/amis/web"}, "Base"
	}, []string{"update differs !parameter_not_ours", "update differs"}},
	{"parameter not ours and a copy to make", func(c *cloud) {
		c.param("eu-west-1", "/amis/web", "ami-theirs", "")
		c.web().Publish = &state.Publish{SSM: "/amis/web"}
	}, []string{"copy no_copy", "update differs !parameter_not_ours"}},
	{"parameter of another image of ours", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.param("eu-west-1", "/amis/web", "ami-theirs", "other")
		c.web().Publish = &state.Publish{SSM: "/amis/web"}
	}, []string{"update differs !parameter_not_ours"}},
	{"parameter taken over", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.param("eu-west-1", "/amis/web", "ami-theirs", "")
		c.web().Publish = &state.Publish{SSM: "/amis/web", Overwrite: true}
	}, []string{"update differs"}},
	{"publish left: unpublish", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/web"))
		c.param("eu-west-1", "/amis/web", a.ID, "web")
	}, []string{"unpublish publish_left"}},
	{"publish left and the parameter names another: forget it", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/web"))
		c.param("eu-west-1", "/amis/web", "ami-theirs", "web")
	}, []string{"update differs"}},
	{"publish renamed: publish, then unpublish", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/old"))
		c.param("eu-west-1", "/amis/old", a.ID, "web")
		c.web().Publish = &state.Publish{SSM: "/amis/web"}
	}, []string{"unpublish publish_left after", "update differs"}},
	{"publish renamed twice before anything could be deleted", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/old /amis/older"))
		c.param("eu-west-1", "/amis/old", a.ID, "web")
		c.param("eu-west-1", "/amis/older", a.ID, "web")
		c.web().Publish = &state.Publish{SSM: "/amis/web"}
	}, []string{"unpublish publish_left after", "unpublish publish_left after", "update differs"}},
	{"publish renamed, prune off: the old name stays remembered", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/old /amis/web"))
		c.param("eu-west-1", "/amis/old", a.ID, "web")
		c.param("eu-west-1", "/amis/web", a.ID, "web")
		c.web().Publish, c.d.Prune = &state.Publish{SSM: "/amis/web"}, false
	}, []string{"unpublish publish_left !prune_off"}},
	{"the parameter follows before the old copy goes", func(c *cloud) {
		old := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/web"), c.retired(8*day))
		c.copyOf(newAMI, "eu-west-1")
		c.param("eu-west-1", "/amis/web", old.ID, "web")
		c.refs[old.ID] = []state.Reference{{Type: "ssm:Parameter", ARN: "arn:aws:ssm:eu-west-1:111122223333:parameter/amis/web"}}
		c.web().Publish, c.web().Source.ID = &state.Publish{SSM: "/amis/web"}, newAMI
	}, []string{"deregister superseded after", "update differs"}},
}

// orphan leaves a snapshot of a copy that is gone.
func (c *cloud) orphan(change func(*state.Snapshot)) {
	a := c.copyOf(oldAMI, "us-west-2")
	delete(c.images, a.ID)
	c.copyOf(oldAMI, "eu-west-1")
	if change != nil {
		change(c.snapshotOf(a))
	}
}

func orphanedAt(t time.Time) func(*state.Snapshot) {
	return func(s *state.Snapshot) { s.Tags[state.TagOrphanedAt] = state.FormatTime(t) }
}

var noChange = []string{"No changes. 1 copy in 1 Region matches amis.yaml."}

var orphanRows = []row{
	{"orphan seen first: write the time", func(c *cloud) { c.orphan(nil) }, []string{"update unused"}},
	{"orphan waits", func(c *cloud) { c.orphan(orphanedAt(start.Add(-6 * day))) }, []string{"delete_snapshot unused due"}},
	{"orphan due", func(c *cloud) { c.orphan(orphanedAt(start.Add(-8 * day))) }, []string{"delete_snapshot unused"}},
	{"orphan with a longer grace of its own waits", func(c *cloud) {
		c.orphan(func(s *state.Snapshot) {
			orphanedAt(start.Add(-8 * day))(s)
			s.Tags[state.TagLifecycle] = retention(14 * day).String()
		})
	}, []string{"delete_snapshot unused due"}},
	{"orphan that people keep", func(c *cloud) {
		c.orphan(func(s *state.Snapshot) { s.Tags[state.TagKeep] = "" })
	}, noChange},
	{"orphan that an AMI uses", func(c *cloud) {
		c.orphan(func(s *state.Snapshot) { c.users[s.ID] = []string{"ami-other"} })
	}, noChange},
	{"orphan in the Recycle Bin", func(c *cloud) { c.orphan(func(s *state.Snapshot) { c.bin = []string{s.ID} }) }, noChange},
	{"orphan while something of its image is pending", func(c *cloud) {
		c.orphan(nil)
		c.copyOf(oldAMI, "us-west-2", inState(state.ImagePending), untag(state.TagVerified))
		c.web().Regions.Names = []string{"eu-west-1", "us-west-2"}
	}, []string{"finish still_copying"}},
	{"orphan while something that has lost the tag of its image is pending", func(c *cloud) {
		c.orphan(orphanedAt(start.Add(-8 * day)))
		c.copyOf(oldAMI, "us-west-2", inState(state.ImagePending), untag(state.TagVerified), untag(state.TagImage))
		c.web().Regions.Names = []string{"eu-west-1", "us-west-2"}
	}, []string{"copy no_copy", "conflict it has no amisync:image"}},
	{"orphan of another owner", func(c *cloud) {
		c.orphan(func(s *state.Snapshot) { s.Tags[state.TagOwner] = "others" })
	}, noChange},
	{"orphan, users unread", func(c *cloud) {
		c.orphan(orphanedAt(start.Add(-8 * day)))
		c.deaf["users"] = true
	}, []string{"delete_snapshot unused !orphan_unknown"}},
	{"orphan, prune off", func(c *cloud) {
		c.orphan(nil)
		c.d.Prune = false
	}, []string{"update unused !prune_off"}},
	{"too many orphans", func(c *cloud) {
		c.orphan(orphanedAt(start.Add(-8 * day)))
		c.d.Limits.RemoveMax = 0
	}, []string{"delete_snapshot unused !limit_snapshots"}},
}

var ownerRows = []row{
	{"conflict: another account's", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.OwnerID = "999900001111" })
	}, []string{"copy no_copy", "conflict account 999900001111 owns it"}},
	{"conflict: EC2 names another source", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.SourceImageID = newAMI })
	}, []string{"copy no_copy", "conflict its tags name " + oldAMI + " in us-east-1 as the source, EC2 names " + newAMI + " in us-east-1"}},
	{"conflict: EC2 names the source in another Region", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.SourceImageRegion = "eu-central-1" })
	}, []string{"copy no_copy", "conflict its tags name " + oldAMI + " in us-east-1 as the source, EC2 names " + oldAMI + " in eu-central-1"}},
	{"conflict: EC2 names no source", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.SourceImageID, a.SourceImageRegion = "", "" })
	}, []string{"copy no_copy", "conflict its tags name " + oldAMI + " in us-east-1 as the source, EC2 names no AMI"}},
	{"EC2 names no source, --trust-tags", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.SourceImageID, a.SourceImageRegion = "", "" })
		c.o.TrustTags = true
	}, noChange},
	{"EC2 names no source while pending", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImagePending), untag(state.TagVerified), func(a *state.AMI) { a.SourceImageID, a.SourceImageRegion = "", "" })
	}, []string{"finish still_copying"}},
	{"conflict: what else lies in the cell stays", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.copyOf(newAMI, "eu-west-1", func(a *state.AMI) { a.SourceInstanceID = "i-1" })
		c.web().Source.ID = newAMI
	}, []string{"recopy source_changed", "retire superseded !conflict_near", "conflict it was made of instance i-1, not copied"}},
	{"conflict: made of an instance", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.SourceInstanceID = "i-1" })
	}, []string{"copy no_copy", "conflict it was made of instance i-1, not copied"}},
	{"conflict: tags missing", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", untag(state.TagSourceAMI))
	}, []string{"copy no_copy", "conflict it has no amisync:source-ami"}},
	{"another owner's copy is counted only", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagOwner, "others"))
	}, []string{"copy no_copy"}},
	{"deregistered and still listed is ignored", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageDeregistered))
	}, []string{"copy no_copy", "update unused"}},
	{"a former owner's copy, without --take-over", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagOwner, "before"))
		c.d.Formerly = []string{"before"}
	}, []string{"update reowned !former_owner", "conflict belongs to the former owner before; --take-over re-owns it"}},
	{"a former owner's copy, of which a snapshot could not be read", func(c *cloud) {
		delete(c.snapshots, c.copyOf(oldAMI, "eu-west-1", tag(state.TagOwner, "before")).SnapshotIDs()[0])
		c.d.Formerly = []string{"before"}
	}, []string{"update reowned !former_owner", "conflict belongs to the former owner before; --take-over re-owns it"}},
	{"a former owner's copy, with --take-over", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagOwner, "before"))
		c.d.Formerly, c.o.TakeOver = []string{"before"}, true
	}, []string{"update reowned"}},
	{"a former owner's copy where nobody wants it is never removed", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.copyOf(oldAMI, "us-west-2", tag(state.TagOwner, "before"))
		c.d.Formerly, c.o.TakeOver = []string{"before"}, true
	}, []string{"conflict belongs to the former owner before, and amis.yaml does not want web here: it stays until you deregister it, or declare the image here and --take-over"}},
}
