package sandbox

import (
	"cmp"
	"slices"
)

type ebsInput struct {
	DeleteOnTermination *bool
	Encrypted           *bool
	Iops                int
	KmsKeyID            string
	SnapshotID          string
	Throughput          int
	VolumeSize          int
	VolumeType          string
}

type deviceInput struct {
	DeviceName  string
	Ebs         *ebsInput
	NoDevice    *string
	VirtualName string
}

type registerImageInput struct {
	Architecture       string
	BillingProduct     []string
	BlockDeviceMapping []deviceInput
	BootMode           string
	Description        string
	EnaSupport         bool
	ImageLocation      string
	ImdsSupport        string
	KernelID           string
	Name               string `q:",required"`
	RamdiskID          string
	RootDeviceName     string
	SriovNetSupport    string
	TagSpecification   []tagSpec
	TpmSupport         string
	UefiData           string
	VirtualizationType string
}

// registerImage makes an image of snapshots, or an S3-backed one of a
// manifest. It is available at once.
func registerImage(k *call, in *registerImageInput) error {
	given, err := tagsFor(in.TagSpecification, "image")
	err = firstError(err, checkName(in.Name), checkDescription(in.Description), k.checkNameFree(in.Name), k.roomForImages())
	if err != nil {
		return err
	}
	devices, err := k.registeredDevices(in.BlockDeviceMapping)
	if err != nil {
		return err
	}
	im := k.blankImage(in.Name, "RegisterImage")
	im.Description, im.Devices, im.Tags = in.Description, devices, given["image"]
	im.Architecture = orText(in.Architecture, "i386") // RegisterImage, API Reference
	im.Virtualization = orText(in.VirtualizationType, "paravirtual")
	im.RootName, im.BootMode, im.TPM, im.IMDS = in.RootDeviceName, in.BootMode, in.TpmSupport, in.ImdsSupport
	im.Kernel, im.Ramdisk, im.Sriov, im.UEFI = in.KernelID, in.RamdiskID, in.SriovNetSupport, in.UefiData
	im.ENA, im.Billing = in.EnaSupport, in.BillingProduct
	switch {
	case in.ImageLocation != "":
		im.RootType, im.Location = "instance-store", in.ImageLocation
	case in.RootDeviceName == "" || !rooted(devices, in.RootDeviceName):
		return fail("InvalidBlockDeviceMapping", "The root device '%s' must be in the block device mapping with a snapshot", in.RootDeviceName)
	}
	k.adopt(im)
	k.out.text("imageId", im.ID)
	return nil
}

func rooted(devices []blockDevice, root string) bool {
	return slices.ContainsFunc(devices, func(d blockDevice) bool { return d.Name == root && d.Snapshot != "" })
}

// blankImage is a new available image of the caller with nothing in it.
func (k *call) blankImage(name, operation string) *image {
	return &image{
		ID: k.cloud.newID(k.reg, "ami", operation, name), Owner: k.acct.ID, Name: name, Location: k.acct.ID + "/" + name,
		State: stateAvailable, RootType: "ebs", Virtualization: "hvm", PlatformDetails: "Linux/UNIX",
		UsageOperation: "RunInstances", Created: k.now, Seen: k.seenFrom(k.cloud.st.Settings.Delays.Image),
	}
}

// adopt puts an image into its Region: its name is taken, its snapshots are
// in use.
func (k *call) adopt(im *image) {
	k.reg.Images.put(im)
	k.reg.Names[im.Name] = nameHold{ID: im.ID}
	for _, d := range im.Devices {
		if s, ok := k.reg.Snapshots.get(d.Snapshot); ok {
			insert(&s.Images, im.ID)
		}
	}
}

func (k *call) registeredDevices(in []deviceInput) ([]blockDevice, error) {
	var list []blockDevice
	for _, d := range in {
		dev := blockDevice{Name: d.DeviceName, Virtual: d.VirtualName, NoDevice: d.NoDevice != nil}
		if d.DeviceName == "" {
			return nil, missing("BlockDeviceMapping.DeviceName")
		}
		if e := d.Ebs; e != nil {
			if err := k.registeredDisk(e, &dev); err != nil {
				return nil, err
			}
		}
		list = append(list, dev)
	}
	return list, nil
}

func (k *call) registeredDisk(e *ebsInput, dev *blockDevice) error {
	dev.Size, dev.Type, dev.IOPS, dev.Rate = e.VolumeSize, orText(e.VolumeType, "gp2"), e.Iops, e.Throughput
	dev.Keep = e.DeleteOnTermination != nil && !*e.DeleteOnTermination
	dev.Encrypted = e.Encrypted != nil && *e.Encrypted
	if e.SnapshotID == "" {
		return nil
	}
	s, err := k.ownSnapshot(e.SnapshotID)
	if err != nil {
		return err
	}
	if s.State != stateCompleted {
		return fail("IncorrectState", "The snapshot '%s' is not completed", s.ID)
	}
	dev.Snapshot, dev.Encrypted, dev.Size = s.ID, s.Encrypted, cmp.Or(e.VolumeSize, s.Size)
	if dev.Size < s.Size {
		return fail("InvalidBlockDeviceMapping", "Volume of size %dGB is smaller than snapshot '%s', expect size >= %dGB", dev.Size, s.ID, s.Size)
	}
	return nil
}

type createImageInput struct {
	BlockDeviceMapping []deviceInput
	Description        string
	InstanceID         string `q:",required"`
	Name               string `q:",required"`
	NoReboot           bool
	TagSpecification   []tagSpec
}

// createImage makes an image of an instance. Its SourceImageId is the image
// that the instance was launched from, and it has a SourceInstanceId, which is
// how it is told from a copy ("Trace an AMI", EC2 User Guide).
func createImage(k *call, in *createImageInput) error {
	given, err := tagsFor(in.TagSpecification, "image", "snapshot")
	err = firstError(err, checkName(in.Name), checkDescription(in.Description), k.checkNameFree(in.Name), k.roomForImages())
	if err != nil {
		return err
	}
	inst, ok := k.reg.Instances.get(in.InstanceID)
	if !ok || inst.state(k.now) == "" || inst.State == "terminated" {
		return fail("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", in.InstanceID)
	}
	im := k.blankImage(in.Name, "CreateImage")
	im.State, im.Description, im.Tags = statePending, in.Description, given["image"]
	im.SourceInstance, im.SourceID, im.SourceRegion = inst.ID, inst.Image, k.reg.Name
	if src, _ := k.cloud.findImage(k.reg.Name, inst.Image); src != nil {
		im.Architecture, im.RootName, im.BootMode, im.ENA = src.Architecture, src.RootName, src.BootMode, src.ENA
		im.TPM, im.IMDS, im.Platform, im.PlatformDetails = src.TPM, src.IMDS, src.Platform, src.PlatformDetails
		im.Watermarks, im.UsageOperation = src.Watermarks, src.UsageOperation
	}
	im.Architecture = orText(im.Architecture, "x86_64")
	written := int64(0)
	for _, d := range inst.Devices {
		v, ok := k.reg.Volumes.get(d.Snapshot)
		if !ok {
			continue
		}
		s := k.snapshotOf(v, "CreateImage", in.Name+"/"+d.Name, given["snapshot"])
		s.Description = "Created by CreateImage(" + inst.ID + ") for " + im.ID
		written += s.Written
		d.Snapshot = s.ID
		im.Devices = append(im.Devices, d)
		s.Images = []string{im.ID}
	}
	k.adopt(im)
	due := k.now.Add(k.cloud.st.Settings.Copy.copyTime(float64(written) / (1 << 30)))
	for _, d := range im.Devices {
		if s, ok := k.reg.Snapshots.get(d.Snapshot); ok {
			s.Due = due
		}
	}
	k.reg.Copying++
	k.cloud.after(due, timerImage, k.reg, im.ID)
	k.cloud.settle(k.now)
	k.out.text("imageId", im.ID)
	return nil
}
