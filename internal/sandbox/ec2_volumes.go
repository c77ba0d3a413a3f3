package sandbox

import (
	"cmp"
	"slices"
	"strconv"
)

type createVolumeInput struct {
	AvailabilityZone string `q:",required"`
	ClientToken      string
	Encrypted        bool
	Iops             int
	KmsKeyID         string
	Size             int
	SnapshotID       string
	TagSpecification []tagSpec
	Throughput       int
	VolumeType       string
}

func createVolume(k *call, in *createVolumeInput) error {
	given, err := tagsFor(in.TagSpecification, "volume")
	if err != nil {
		return err
	}
	id, done, err := k.replay(in.ClientToken)
	if err != nil {
		return err
	}
	if !done {
		v := &volume{Size: in.Size, Type: orText(in.VolumeType, "gp2"), Zone: in.AvailabilityZone, Created: k.now, Tags: given["volume"]}
		v.Encrypted, v.IOPS, v.Rate = in.Encrypted || k.reg.Encrypt, in.Iops, in.Throughput
		if err := firstError(in.check(), k.volumeSource(in, v)); err != nil {
			return err
		}
		v.ID = k.cloud.newID(k.reg, "vol", "CreateVolume", orText(in.SnapshotID, "empty"))
		k.reg.Volumes.put(v)
		k.remember(in.ClientToken, v.ID)
		id = v.ID
	}
	v, _ := k.reg.Volumes.get(id)
	k.writeVolume(v)
	return nil
}

// check looks at what depends on another parameter (CreateVolume, API
// Reference).
func (in *createVolumeInput) check() error {
	switch {
	case in.KmsKeyID != "" && !in.Encrypted:
		return fail("InvalidParameterDependency", "The parameter [KmsKeyId] requires the parameter Encrypted to be set.")
	case in.Throughput > 0 && in.VolumeType != "gp3":
		return fail("InvalidParameterDependency", "The parameter [Throughput] is valid only for gp3 volumes.")
	}
	return nil
}

func (k *call) volumeSource(in *createVolumeInput, v *volume) error {
	if in.SnapshotID != "" {
		if err := checkSnapshotID(in.SnapshotID); err != nil {
			return err
		}
		s := k.cloud.findSnapshot(k.reg.Name, in.SnapshotID)
		if s == nil || s.binned() || !k.acct.restores(s) {
			return snapshotNotFound(in.SnapshotID)
		}
		v.Snapshot, v.Size, v.Encrypted, v.Key = s.ID, cmp.Or(in.Size, s.Size), v.Encrypted || s.Encrypted, s.Key
	}
	if v.Size < 1 || v.Size > 65_536 {
		return fail("MissingParameter", "The request must contain the parameter size/snapshot")
	}
	if v.Encrypted && (in.KmsKeyID != "" || v.Key == "") {
		v.Key = k.cloud.defaultKey(k.reg)
		if key := k.cloud.findKey(k.reg, in.KmsKeyID); in.KmsKeyID != "" && key == nil {
			return fail("InvalidKey.NotFound", "The key '%s' does not exist", in.KmsKeyID)
		} else if key != nil {
			v.Key = key.ARN
		}
	}
	return nil
}

func (k *call) writeVolume(v *volume) {
	w := &k.out
	w.text("volumeId", v.ID)
	w.int("size", v.Size)
	w.text("snapshotId", v.Snapshot)
	w.text("availabilityZone", v.Zone)
	status := "available"
	if v.Instance != "" {
		status = "in-use"
	}
	w.text("status", status)
	w.time("createTime", v.Created)
	w.text("volumeType", v.Type)
	if v.IOPS > 0 {
		w.int("iops", v.IOPS)
	}
	if v.Rate > 0 {
		w.int("throughput", v.Rate)
	}
	w.bool("encrypted", v.Encrypted)
	w.some("kmsKeyId", v.Key)
	w.open("attachmentSet")
	if v.Instance != "" {
		w.open("item")
		w.text("volumeId", v.ID)
		w.text("instanceId", v.Instance)
		w.text("device", v.Device)
		w.text("status", "attached")
		w.close("item")
	}
	w.close("attachmentSet")
	w.tags(v.Tags, k.now)
}

type volumeInput struct {
	VolumeID string `q:",required"`
}

func deleteVolume(k *call, in *volumeInput) error {
	v, ok := k.reg.Volumes.get(in.VolumeID)
	switch {
	case !ok:
		return fail("InvalidVolume.NotFound", "The volume '%s' does not exist.", in.VolumeID)
	case v.Instance != "":
		return fail("VolumeInUse", "Volume %s is currently attached to %s", v.ID, v.Instance)
	}
	k.reg.Volumes.remove(v.ID)
	k.out.bool("return", true)
	return nil
}

type describeVolumesInput struct {
	VolumeID   []string
	Filter     []filterInput
	MaxResults *int
	NextToken  string
}

func describeVolumes(k *call, in *describeVolumesInput) error {
	p, err := k.newPager(in.MaxResults, in.NextToken, 5, 1000)
	if err != nil {
		return err
	}
	filters, err := filterable[*volume]{
		one: map[string]func(*volume) string{
			"volume-id":              func(v *volume) string { return v.ID },
			"snapshot-id":            func(v *volume) string { return v.Snapshot },
			"attachment.instance-id": func(v *volume) string { return v.Instance },
			"size":                   func(v *volume) string { return strconv.Itoa(v.Size) },
		},
		tags: func(v *volume) tags { return v.Tags },
	}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	for _, id := range in.VolumeID {
		if _, ok := k.reg.Volumes.get(id); !ok {
			return fail("InvalidVolume.NotFound", "The volume '%s' does not exist.", id)
		}
	}
	page, next := cut(p, func(v *volume) bool {
		return (len(in.VolumeID) == 0 || slices.Contains(in.VolumeID, v.ID)) && filters(v)
	}, k.reg.Volumes.after(p.last))
	k.out.open("volumeSet")
	for _, v := range page {
		k.out.within("item", func() { k.writeVolume(v) })
	}
	k.out.close("volumeSet")
	k.out.some("nextToken", next)
	return nil
}

type createSnapshotInput struct {
	Description      string
	TagSpecification []tagSpec
	VolumeID         string `q:",required"`
}

func createSnapshot(k *call, in *createSnapshotInput) error {
	given, err := tagsFor(in.TagSpecification, "snapshot")
	err = firstError(err, checkDescription(in.Description))
	if err != nil {
		return err
	}
	v, ok := k.reg.Volumes.get(in.VolumeID)
	if !ok {
		return fail("InvalidVolume.NotFound", "The volume '%s' does not exist.", in.VolumeID)
	}
	s := k.snapshotOf(v, "CreateSnapshot", v.ID, given["snapshot"])
	s.Description = in.Description
	s.Due = k.now.Add(k.cloud.st.Settings.Copy.copyTime(float64(s.Written) / (1 << 30)))
	k.cloud.after(s.Due, timerSnapshot, k.reg, s.ID)
	k.writeSnapshot(s)
	k.cloud.settle(k.now)
	return nil
}

// snapshotOf makes a pending snapshot of a volume. How much of a volume is
// written is not known; a tenth is assumed.
func (k *call) snapshotOf(v *volume, operation, name string, given tags) *snapshot {
	s := &snapshot{
		ID: k.cloud.newID(k.reg, "snap", operation, name), Owner: k.acct.ID, Volume: v.ID, Size: v.Size,
		Written: int64(v.Size) << 30 / 10, Encrypted: v.Encrypted, Key: v.Key, State: statePending,
		Started: k.now, Due: k.now, Tags: append(tags(nil), given...),
	}
	k.reg.Snapshots.put(s)
	return s
}
