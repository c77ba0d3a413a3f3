package sandbox

import "strconv"

// visibleTags are the tags of an image that the caller sees: all of its own,
// and of a foreign one those under ec2:SharedTag/ (EC2 User Guide, AMI tag
// sharing).
func (k *call) visibleTags(im *image) tags {
	if im.Owner == k.acct.ID || len(im.Tags) == 0 {
		return im.Tags
	}
	return sharedTags(im.Tags)
}

var imageFields = map[string]func(*image) string{
	"architecture":              func(im *image) string { return im.Architecture },
	"boot-mode":                 func(im *image) string { return im.BootMode },
	"creation-date":             func(im *image) string { return stamp(im.Created) },
	"description":               func(im *image) string { return im.Description },
	"ena-support":               func(im *image) string { return strconv.FormatBool(im.ENA) },
	"hypervisor":                func(*image) string { return "xen" },
	"image-id":                  func(im *image) string { return im.ID },
	"image-type":                func(*image) string { return "machine" },
	"is-public":                 func(im *image) string { return strconv.FormatBool(im.Public) },
	"kernel-id":                 func(im *image) string { return im.Kernel },
	"manifest-location":         func(im *image) string { return im.Location },
	"name":                      func(im *image) string { return im.Name },
	"owner-id":                  func(im *image) string { return im.Owner },
	"platform":                  func(im *image) string { return im.Platform },
	"public-ssm-parameter-name": func(im *image) string { return im.SSMParameter },
	"ramdisk-id":                func(im *image) string { return im.Ramdisk },
	"root-device-name":          func(im *image) string { return im.RootName },
	"root-device-type":          func(im *image) string { return im.RootType },
	"source-image-id":           func(im *image) string { return im.SourceID },
	"source-image-region":       func(im *image) string { return im.SourceRegion },
	"source-instance-id":        func(im *image) string { return im.SourceInstance },
	"sriov-net-support":         func(im *image) string { return im.Sriov },
	"state":                     func(im *image) string { return im.State },
	"state-reason-code":         func(im *image) string { return im.ReasonCode },
	"state-reason-message":      func(im *image) string { return im.Reason },
	"virtualization-type":       func(im *image) string { return im.Virtualization },
}

var imageLists = map[string]func(*image) []string{
	"product-code": func(im *image) []string { return im.ProductCodes },
	"product-code.type": func(im *image) []string {
		if len(im.ProductCodes) == 0 {
			return nil
		}
		return []string{"marketplace"}
	},
	"image-watermark.watermark-key":              func(im *image) []string { return im.Watermarks },
	"block-device-mapping.device-name":           eachDevice(func(d blockDevice) string { return d.Name }),
	"block-device-mapping.encrypted":             eachDisk(func(d blockDevice) string { return strconv.FormatBool(d.Encrypted) }),
	"block-device-mapping.volume-type":           eachDisk(func(d blockDevice) string { return d.Type }),
	"block-device-mapping.delete-on-termination": eachDisk(func(d blockDevice) string { return strconv.FormatBool(!d.Keep) }),
	"block-device-mapping.snapshot-id":           eachDisk(func(d blockDevice) string { return d.Snapshot }),
	"block-device-mapping.volume-size":           eachDisk(func(d blockDevice) string { return strconv.Itoa(d.Size) }),
}

func eachDevice(get func(blockDevice) string) func(*image) []string {
	return func(im *image) []string {
		list := make([]string, 0, len(im.Devices))
		for _, d := range im.Devices {
			list = append(list, get(d))
		}
		return list
	}
}

// eachDisk is eachDevice for those devices that are EBS volumes.
func eachDisk(get func(blockDevice) string) func(*image) []string {
	return func(im *image) []string {
		list := make([]string, 0, len(im.Devices))
		for _, d := range im.Devices {
			if d.disk() {
				list = append(list, get(d))
			}
		}
		return list
	}
}

func (d blockDevice) disk() bool { return d.Virtual == "" && !d.NoDevice }

func (k *call) imageFilters() filterable[*image] {
	one := imageFields
	return filterable[*image]{one: one, many: k.callerLists(), tags: k.visibleTags}
}

// callerLists are the filters whose answer depends on who asks, with the rest.
func (k *call) callerLists() map[string]func(*image) []string {
	lists := make(map[string]func(*image) []string, len(imageLists)+2)
	for name, get := range imageLists {
		lists[name] = get
	}
	lists["owner-alias"] = func(im *image) []string {
		if alias := k.cloud.st.Accounts[im.Owner].Alias; alias != "" {
			return []string{alias}
		}
		return nil
	}
	lists["image-allowed"] = func(im *image) []string {
		return []string{strconv.FormatBool(k.allowed(im))}
	}
	return lists
}

// allowed is the imageAllowed of an image: an account's own images always are.
func (k *call) allowed(im *image) bool {
	return im.Owner == k.acct.ID || k.reg.Allowed.State == "" || k.reg.Allowed.State == "disabled" ||
		k.reg.Allowed.allows(im, k.cloud.st.Accounts[im.Owner].Alias)
}
