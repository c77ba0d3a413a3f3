package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// binTag is what AWS puts on a resource in the Recycle Bin.
const binTag = "aws:recycle-bin:resource-in-bin"

// recycleImage moves an image to the Recycle Bin: it is unshared and not
// described any more, but still counts to the quota (EBS User Guide, "Recycle
// Bin"). Its snapshots follow only when they are deleted.
func (k *call) recycleImage(im *image) {
	im.Public, im.Users, im.Organizations, im.Units = false, nil, nil, nil
	im.Binned, im.Leaves = k.now, k.now.Add(k.reg.KeepImages.std())
	im.Tags.set(tag{Key: binTag, Value: "true"})
	k.reg.release(im)
	k.reg.Dead[im.ID] = k.now
	if hold := k.reg.Names[im.Name]; hold.ID == im.ID && !k.cloud.st.Settings.Assumptions.RecycledHoldsName {
		delete(k.reg.Names, im.Name)
	}
	k.cloud.after(im.Leaves, timerImageBin, k.reg, im.ID)
}

// deleteSnapshot deletes a snapshot, into the Recycle Bin where a rule says so.
func (k *call) deleteSnapshot(s *snapshot) {
	if k.reg.KeepSnaps == 0 || s.State != stateCompleted {
		k.reg.Snapshots.remove(s.ID)
		return
	}
	s.Binned, s.Leaves = k.now, k.now.Add(k.reg.KeepSnaps.std())
	s.Public, s.Users = false, nil
	s.Tags.set(tag{Key: binTag, Value: "true"})
	k.cloud.after(s.Leaves, timerSnapBin, k.reg, s.ID)
}

type listImageBinInput struct {
	ImageID    []string
	MaxResults *int
	NextToken  string
}

type listSnapshotBinInput struct {
	SnapshotID []string
	MaxResults *int
	NextToken  string
}

func listImagesInRecycleBin(k *call, in *listImageBinInput) error {
	p, err := k.binPager(in.ImageID, in.MaxResults, in.NextToken)
	if err != nil {
		return err
	}
	page, next := cut(p, func(im *image) bool {
		return im.binned() && (len(in.ImageID) == 0 || slices.Contains(in.ImageID, im.ID))
	}, k.reg.Images.after(p.last))
	k.out.within("imageSet", func() {
		for _, im := range page {
			k.out.open("item")
			k.out.text("imageId", im.ID)
			k.out.text("name", im.Name)
			k.out.some("description", im.Description)
			k.out.time("recycleBinEnterTime", im.Binned)
			k.out.time("recycleBinExitTime", im.Leaves)
			k.out.close("item")
		}
	})
	k.out.some("nextToken", next)
	return nil
}

// binPager: at most 20 ids, or pages of up to 1,000.
func (k *call) binPager(ids []string, maxResults *int, token string) (*pager, error) {
	if len(ids) > 20 {
		return nil, fail("InvalidParameterValue", "At most 20 ids can be specified")
	}
	return k.newPager(maxResults, token, 1, 1000)
}

func listSnapshotsInRecycleBin(k *call, in *listSnapshotBinInput) error {
	p, err := k.binPager(in.SnapshotID, in.MaxResults, in.NextToken)
	if err != nil {
		return err
	}
	page, next := cut(p, func(s *snapshot) bool {
		return s.binned() && (len(in.SnapshotID) == 0 || slices.Contains(in.SnapshotID, s.ID))
	}, k.reg.Snapshots.after(p.last))
	k.out.within("snapshotSet", func() {
		for _, s := range page {
			k.out.open("item")
			k.out.text("snapshotId", s.ID)
			k.out.some("description", s.Description)
			k.out.text("volumeId", s.Volume)
			k.out.time("recycleBinEnterTime", s.Binned)
			k.out.time("recycleBinExitTime", s.Leaves)
			k.out.close("item")
		}
	})
	k.out.some("nextToken", next)
	return nil
}

// restoreImage takes an image out of the Recycle Bin; its snapshots must be
// restored first (EBS User Guide, "Recycle Bin").
func restoreImage(k *call, in *imageInput) error {
	im, ok := k.reg.Images.get(in.ImageID)
	if !ok || !im.binned() {
		return imageNotFound(in.ImageID)
	}
	if hold, taken := k.reg.Names[im.Name]; taken && hold.ID != im.ID {
		return fail("InvalidAMIName.Duplicate", "AMI name %s is already in use by AMI %s", im.Name, hold.ID)
	}
	for _, d := range im.Devices {
		if s, ok := k.reg.Snapshots.get(d.Snapshot); d.disk() && (!ok || s.binned()) {
			return fail("InvalidSnapshot.NotFound", "The snapshot '%s' must be restored first.", d.Snapshot)
		}
	}
	for _, d := range im.Devices {
		if s, ok := k.reg.Snapshots.get(d.Snapshot); ok {
			s.Images = slices.Compact(slices.SortedFunc(slices.Values(append(s.Images, im.ID)), cmp.Compare[string]))
		}
	}
	im.Tags.drop(binTag)
	im.Binned, im.Leaves = time.Time{}, time.Time{}
	delete(k.reg.Dead, im.ID)
	k.reg.Names[im.Name] = nameHold{ID: im.ID}
	k.out.bool("return", true)
	return nil
}

type snapshotInput struct {
	SnapshotID string `q:",required"`
}

func restoreSnapshot(k *call, in *snapshotInput) error {
	s, ok := k.reg.Snapshots.get(in.SnapshotID)
	if !ok || !s.binned() {
		return snapshotNotFound(in.SnapshotID)
	}
	s.Binned, s.Leaves = time.Time{}, time.Time{}
	s.Tags.drop(binTag)
	k.out.text("snapshotId", s.ID)
	k.out.text("status", s.State)
	k.out.text("volumeId", s.Volume)
	k.out.int("volumeSize", s.Size)
	return nil
}
