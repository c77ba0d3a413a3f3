package sandbox

import (
	"strings"
	"time"
)

// copyPlan is what a copy will be.
type copyPlan struct {
	imageTags    tags
	snapshotTags tags
	encrypted    map[string]bool   // by source snapshot
	keys         map[string]string // ARN of the copy's key, by source snapshot
	trouble      string            // why the copy will fail later
}

func reserved(key string) bool { return strings.HasPrefix(strings.ToLower(key), "aws:") }

func (k *call) planCopy(in *copyImageInput, src *image, given map[string]tags) (*copyPlan, error) {
	plan := &copyPlan{
		imageTags: given["image"], snapshotTags: given["snapshot"],
		encrypted: map[string]bool{}, keys: map[string]string{},
	}
	if in.CopyImageTags {
		plan.imageTags = merge(k.copied(src), given["image"])
		if k.cloud.st.Settings.Assumptions.CopiedTagsWin {
			plan.imageTags = merge(given["image"], k.copied(src))
		}
		if len(plan.imageTags) > maxTags {
			return nil, fail("TagLimitExceeded", "The copy would have more than %d tags", maxTags)
		}
	}
	if src.RootType == "instance-store" {
		if in.Encrypted != nil && *in.Encrypted {
			// Encryption cannot change in copying an S3-backed AMI ("How AMI copy works").
			return nil, fail("InvalidParameterCombination", "Instance-store-backed AMIs cannot be encrypted by copying")
		}
		return plan, nil
	}
	for _, d := range src.Devices {
		if !d.disk() {
			continue
		}
		s := k.cloud.findSnapshot(in.SourceRegion, d.Snapshot)
		if err := k.planEncryption(in, s, plan); err != nil {
			return nil, err
		}
	}
	return plan, nil
}

// merge puts the tags of high over those of low.
func merge(low, high tags) tags {
	var out tags
	for _, list := range []tags{low, high} {
		for _, t := range list {
			out.set(tag{Key: t.Key, Value: t.Value})
		}
	}
	return out
}

// planEncryption decides whether the copy of a snapshot is encrypted and under
// which key ("Copy an Amazon EBS snapshot", EBS User Guide; "Use encryption
// with EBS-backed AMIs", EC2 User Guide). Encrypted never becomes unencrypted.
func (k *call) planEncryption(in *copyImageInput, s *snapshot, plan *copyPlan) error {
	asked := in.Encrypted != nil && *in.Encrypted
	if !asked && !s.Encrypted && !k.reg.Encrypt {
		return nil
	}
	kept := !asked && s.Encrypted && s.Owner == k.acct.ID // nothing said, and the source's own state stays
	if s.Encrypted {
		if err := k.mayStayEncrypted(in, kept); err != nil {
			return err
		}
		k.needSourceKey(s, plan)
	}
	plan.encrypted[s.ID] = true
	ref := k.keyFor(in, s, kept)
	plan.keys[s.ID] = ref
	if key := k.cloud.findKey(k.reg, ref); key != nil && key.usable(k.acct.ID) {
		plan.keys[s.ID] = key.ARN
	} else {
		plan.trouble = badKeyReason
	}
	return nil
}

// mayStayEncrypted refuses what AWS may refuse of an encrypted source, see
// Assumptions.
func (k *call) mayStayEncrypted(in *copyImageInput, kept bool) error {
	as := k.cloud.st.Settings.Assumptions
	switch {
	case as.EncryptedFalseRefused && in.Encrypted != nil && !*in.Encrypted:
		return fail("InvalidParameterValue", "An encrypted snapshot cannot be copied to an unencrypted one")
	case as.CrossRegionKeyRefused && kept && in.SourceRegion != k.reg.Name:
		return fail("InvalidRequest", "A key is needed to copy an encrypted AMI to another Region")
	default:
		return nil
	}
}

// keyFor names the key of an encrypted copy: the one asked for; the source's
// own in the same Region; in another one aws/ebs, or the default key where the
// Region encrypts by default.
func (k *call) keyFor(in *copyImageInput, s *snapshot, kept bool) string {
	switch {
	case in.KmsKeyID != "":
		return in.KmsKeyID
	case kept && in.SourceRegion == k.reg.Name:
		return s.Key
	case kept && !k.reg.Encrypt:
		return managedAlias
	}
	return k.cloud.defaultKey(k.reg)
}

// needSourceKey: the caller must be able to decrypt. EC2 finds out later: "the
// action can appear to complete, but eventually fails" (CopyImage).
func (k *call) needSourceKey(s *snapshot, plan *copyPlan) {
	a := k.cloud.st.Accounts[s.Owner]
	for _, r := range a.Regions {
		if key := k.cloud.findKey(r, s.Key); key != nil && key.ARN == s.Key {
			if !key.usable(k.acct.ID) {
				plan.trouble = badKeyReason
			}
			return
		}
	}
}

// The texts that EBS and EC2 give for a key that cannot be used.
const (
	badKeySnapshot = "Given key ID is not accessible"
	badKeyReason   = "AMI snapshot copy failed with error: Given key ID is not accessible. You must have DescribeKey permissions on the default CMK"
	failedCode     = "Client.InternalError"
)

// startCopy makes the pending image and its pending snapshots.
func (k *call) startCopy(in *copyImageInput, src *image, plan *copyPlan) string {
	c := k.cloud
	id := c.newID(k.reg, "ami", "CopyImage", in.Name)
	effect := Effect("")
	if k.fault != nil {
		effect = k.fault.Effect
	}
	if effect == EffectCopyGone {
		return id
	}
	im := k.copyOf(in, src, id, plan)
	due := k.now.Add(k.copyDuration(in, src))
	if effect == EffectCopyFails && plan.trouble == "" {
		plan.trouble = orText(k.fault.Message, "Copy image failed with an internal error.")
	}
	if plan.trouble != "" {
		im.Fate = plan.trouble
		due = k.now.Add(c.st.Settings.Copy.badKeyTime())
	}
	k.copySnapshots(in, src, im, due, plan)
	k.reg.Images.put(im)
	k.reg.Names[im.Name] = nameHold{ID: im.ID}
	k.reg.Copying++
	c.after(due, timerImage, k.reg, im.ID)
	c.settle(k.now) // an instant copy is there at once
	return id
}

// copyDuration follows the written blocks, and a time-based copy is done in
// its time.
func (k *call) copyDuration(in *copyImageInput, src *image) time.Duration {
	written := int64(0)
	for _, d := range src.Devices {
		if s := k.cloud.findSnapshot(in.SourceRegion, d.Snapshot); s != nil {
			written += s.Written
		}
	}
	d := k.cloud.st.Settings.Copy.copyTime(float64(written) / (1 << 30))
	if m := in.SnapshotCopyCompletionDurationMinutes; m != nil {
		return min(d, time.Duration(*m)*time.Minute)
	}
	return d
}

// copyOf is the new image: "an identical but distinct new AMI" that starts
// private, unprotected and not deprecated ("How AMI copy works").
func (k *call) copyOf(in *copyImageInput, src *image, id string, plan *copyPlan) *image {
	as := k.cloud.st.Settings.Assumptions
	im := *src
	im.ID, im.Owner, im.Name, im.Location = id, k.acct.ID, in.Name, k.acct.ID+"/"+in.Name
	im.State, im.ReasonCode, im.Reason, im.Fate = statePending, "", "", ""
	im.Created, im.Launched, im.Cooldown = k.now, time.Time{}, time.Time{}
	im.Seen = k.seenFrom(k.cloud.st.Settings.Delays.Image)
	im.SourceID, im.SourceRegion, im.SourceInstance = src.ID, in.SourceRegion, ""
	im.Protection, im.Public, im.Backup, im.SSMParameter = "", false, false, ""
	im.Users, im.Organizations, im.Units = nil, nil, nil
	im.Tags, im.Devices = plan.imageTags, nil
	if in.Description != "" || !as.CopyKeepsDescription {
		im.Description = in.Description
	}
	if !as.CopyKeepsDeprecation {
		im.Deprecation = time.Time{}
	}
	if as.CopyDropsIMDS {
		im.IMDS = ""
	}
	if im.RootType == "instance-store" {
		im.Location = "amis-for-" + k.acct.ID + "-in-" + k.reg.Name + "-" + digest(k.acct.ID, k.reg.Name)[:8] + "/" + id + ".manifest.xml"
	}
	return &im
}

// seenFrom is when something made now can be seen; zero is at once.
func (k *call) seenFrom(delay Duration) time.Time {
	if delay == 0 {
		return time.Time{}
	}
	return k.now.Add(delay.std())
}

func (k *call) copySnapshots(in *copyImageInput, src, im *image, due time.Time, plan *copyPlan) {
	for _, d := range src.Devices {
		if d.disk() {
			s := k.cloud.findSnapshot(in.SourceRegion, d.Snapshot)
			d.Snapshot = k.copySnapshot(in, s, im, due, plan)
			d.Encrypted = plan.encrypted[s.ID]
		}
		im.Devices = append(im.Devices, d)
	}
}

func (k *call) copySnapshot(in *copyImageInput, s *snapshot, im *image, due time.Time, plan *copyPlan) string {
	dup := &snapshot{
		ID:    k.cloud.newID(k.reg, "snap", "CopyImage", in.Name+"/"+s.ID),
		Owner: k.acct.ID, Volume: "vol-ffffffff", Size: s.Size, Written: s.Written,
		Encrypted: plan.encrypted[s.ID], Key: plan.keys[s.ID], State: statePending,
		Description: "Copied for DestinationAmi " + im.ID + " from SourceAmi " + in.SourceImageID + " for SourceSnapshot " + s.ID + ". Task created on " + k.now.Format("2006-01-02 15:04:05") + ".",
		Started:     k.now, Due: due, Tags: append(tags(nil), plan.snapshotTags...), Images: []string{im.ID}, Seen: im.Seen,
	}
	if m := in.SnapshotCopyCompletionDurationMinutes; m != nil {
		dup.Minutes = *m
	}
	k.reg.Snapshots.put(dup)
	return dup.ID
}
