package sandbox

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

type copyImageInput struct {
	ClientToken                           string
	CopyImageTags                         bool
	Description                           string
	DestinationAvailabilityZone           string
	DestinationAvailabilityZoneID         string
	DestinationOutpostArn                 string
	Encrypted                             *bool
	KmsKeyID                              string
	Name                                  string `q:",required"`
	SnapshotCopyCompletionDurationMinutes *int
	SourceImageID                         string `q:",required"`
	SourceRegion                          string `q:",required"`
	TagSpecification                      []tagSpec
}

// copyImage starts a copy into the Region that the request is for.
func copyImage(k *call, in *copyImageInput) error {
	given, err := in.check(k)
	if err != nil {
		return err
	}
	id, done, err := k.replay(in.ClientToken)
	if err != nil || done {
		k.out.some("imageId", id)
		return err
	}
	src, err := k.copySource(in)
	if err != nil {
		return err
	}
	if err := k.roomForCopy(in, src); err != nil {
		return err
	}
	plan, err := k.planCopy(in, src, given)
	if err != nil {
		return err
	}
	id = k.startCopy(in, src, plan)
	k.remember(in.ClientToken, id)
	k.out.text("imageId", id)
	return nil
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9()\[\] ./\-'@_]{3,128}$`)

// checkName applies the name constraints of CreateImage, API Reference.
func checkName(name string) error {
	if !namePattern.MatchString(name) {
		return fail("InvalidAMIName.Malformed", "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '[', ']', ' ', '.', '/', '-', ''', '@', and '_'")
	}
	return nil
}

// check looks at what the request says by itself, and returns the tags that
// it gives to the image and the snapshots.
func (in *copyImageInput) check(k *call) (map[string]tags, error) {
	given, err := tagsFor(in.TagSpecification, "image", "snapshot")
	err = firstError(err, checkImageID(in.SourceImageID), checkName(in.Name), checkToken(in.ClientToken), checkDescription(in.Description))
	if err != nil {
		return nil, err
	}
	if from, ok := atlas[in.SourceRegion]; !ok || from.Partition != k.acct.Partition {
		// Copies do not cross partitions (CopyImage, API Reference).
		return nil, fail("InvalidRegion", "The region '%s' is invalid.", in.SourceRegion)
	}
	if in.KmsKeyID != "" && (in.Encrypted == nil || !*in.Encrypted) {
		return nil, fail("InvalidParameterDependency", "The parameter [KmsKeyId] requires the parameter Encrypted to be set.")
	}
	if in.DestinationOutpostArn+in.DestinationAvailabilityZone+in.DestinationAvailabilityZoneID != "" {
		return nil, fail("UnsupportedOperation", "The sandbox has neither Outposts nor Local Zones.")
	}
	return given, checkMinutes(in.SnapshotCopyCompletionDurationMinutes)
}

// checkMinutes: in 15-minute steps from 15 minutes to 48 hours (EBS User
// Guide, "Time-based copies").
func checkMinutes(minutes *int) error {
	if minutes != nil && (*minutes < 15 || *minutes > 2880 || *minutes%15 != 0) {
		return invalidValue("SnapshotCopyCompletionDurationMinutes", strconv.Itoa(*minutes), "It must be a multiple of 15 between 15 and 2880.")
	}
	return nil
}

func checkDescription(text string) error {
	if len(text) > 255 {
		return fail("InvalidParameterValue", "The description must be at most 255 characters long")
	}
	return nil
}

// copySource finds the image to copy and checks that the caller may read it
// and its storage: a launch permission is not enough for that (EC2 User Guide,
// "How AMI copy works").
func (k *call) copySource(in *copyImageInput) (*image, error) {
	if !k.acct.enabled(in.SourceRegion) {
		return nil, fail("InvalidRegion", "The region '%s' is not enabled for the account.", in.SourceRegion)
	}
	from := k.cloud.regionOf(k.acct, in.SourceRegion)
	src, owner := k.cloud.findImage(in.SourceRegion, in.SourceImageID)
	if src == nil || !k.acct.sees(src, from, owner.Alias, k.now) || !src.live() {
		return nil, imageNotFound(in.SourceImageID)
	}
	as := k.cloud.st.Settings.Assumptions
	switch {
	case src.State == statePending:
		return nil, fail(orText(as.PendingSourceError, "InvalidAMIID.Unavailable"), "The AMI ID '%s' is currently pending and may not be used for this operation", src.ID)
	case src.State == stateFailed, src.State == stateDisabled && as.DisabledSourceRefused:
		return nil, fail("InvalidAMIID.Unavailable", "The image ID '%s' is no longer available", src.ID)
	case src.Owner == k.acct.ID:
		return src, k.readableStorage(src, in.SourceRegion)
	case len(src.ProductCodes) > 0 && !as.MarketplaceCopyAllowed:
		return nil, fail("InvalidRequest", "Images from AWS Marketplace cannot be copied to another AWS account")
	case len(src.Billing) > 0 && !as.MarketplaceCopyAllowed:
		return nil, fail("InvalidRequest", "Images with EC2 BillingProduct codes cannot be copied to another AWS account")
	}
	return src, k.readableStorage(src, in.SourceRegion)
}

func (k *call) readableStorage(src *image, region string) error {
	for _, d := range src.Devices {
		if !d.disk() {
			continue
		}
		s := k.cloud.findSnapshot(region, d.Snapshot)
		if s == nil || s.binned() || !k.acct.restores(s) {
			return fail("InvalidRequest", "You do not have permission to access the storage of this ami")
		}
		if s.Tier == "archive" {
			return fail("InvalidRequest", "The snapshot '%s' is archived. Restore it before you copy it.", s.ID)
		}
	}
	return nil
}

// roomForCopy checks the name and the quotas of the destination.
func (k *call) roomForCopy(in *copyImageInput, src *image) error {
	if err := k.checkNameFree(in.Name); err != nil {
		return err
	}
	set := k.cloud.st.Settings
	q := set.Quotas
	if limit := or(q.ConcurrentCopies, 300); k.reg.Copying >= limit {
		return fail(orText(set.Assumptions.CopyLimitError, "ResourceLimitExceeded"), "Too many AMI copies in progress. The limit is %d in this destination region.", limit)
	}
	if err := k.roomForImages(); err != nil {
		return err
	}
	disks := 0
	for _, d := range src.Devices {
		if d.disk() {
			disks++
		}
	}
	if limit := or(q.Snapshots, 100_000); k.reg.Snapshots.len()+disks > limit {
		return fail("SnapshotLimitExceeded", "You have reached the limit of %d snapshots in this Region.", limit)
	}
	if limit := or(q.SnapshotCopies, 20); set.Assumptions.SnapshotCopiesCount && k.pendingSnapshots()+disks > limit {
		return fail("ResourceLimitExceeded", "Too many snapshot copies in progress. The limit is %d in this destination region.", limit)
	}
	return k.roomForTimedCopy(in, src)
}

// roomForImages checks the quota of AMIs, which those in the Recycle Bin count to.
func (k *call) roomForImages() error {
	if limit := or(k.cloud.st.Settings.Quotas.Images, 50_000); k.reg.Images.len() >= limit {
		return fail("ResourceLimitExceeded", "You have reached the limit of %d AMIs in this Region.", limit)
	}
	return nil
}

func (k *call) pendingSnapshots() int {
	n := 0
	for s := range k.reg.Snapshots.all() {
		if s.State == statePending {
			n++
		}
	}
	return n
}

// roomForTimedCopy: no quota left and the request fails; and no duration can be
// shorter than 500 MiB/s need (EBS User Guide, "Time-based copies").
func (k *call) roomForTimedCopy(in *copyImageInput, src *image) error {
	if in.SnapshotCopyCompletionDurationMinutes == nil {
		return nil
	}
	if or(k.cloud.st.Settings.Quotas.TimedCopyMiBps, 2000) == 0 {
		return fail("ResourceLimitExceeded", "The cumulative snapshot copy throughput quota for time-based copies is used up.")
	}
	for _, d := range src.Devices {
		if s := k.cloud.findSnapshot(in.SourceRegion, d.Snapshot); s != nil {
			least := time.Duration(float64(s.Written) / (500 << 20) * float64(time.Second))
			if least > time.Duration(*in.SnapshotCopyCompletionDurationMinutes)*time.Minute {
				return invalidValue("SnapshotCopyCompletionDurationMinutes", strconv.Itoa(*in.SnapshotCopyCompletionDurationMinutes), "It is too short for the size of the snapshots.")
			}
		}
	}
	return nil
}

// checkNameFree: names are unique per account and Region.
func (k *call) checkNameFree(name string) error {
	hold, ok := k.reg.Names[name]
	if !ok || (!hold.Until.IsZero() && !hold.Until.After(k.now)) {
		return nil
	}
	if im, found := k.reg.Images.get(hold.ID); found && im.State == stateDisabled && k.cloud.st.Settings.Assumptions.DisabledFreesName {
		return nil
	}
	return fail("InvalidAMIName.Duplicate", "AMI name %s is already in use by AMI %s", name, hold.ID)
}

// copied is what of the source's tags a copy gets with CopyImageTags: those
// that people attached, and of a foreign image the shared ones.
func (k *call) copied(src *image) tags {
	list := src.Tags
	if src.Owner != k.acct.ID {
		list = sharedTags(list)
	}
	return slices.DeleteFunc(slices.Clone(list), func(t tag) bool { return reserved(t.Key) })
}
