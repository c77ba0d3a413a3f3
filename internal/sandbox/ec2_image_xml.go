package sandbox

// writeImage writes an image as an item of DescribeImages.
func (k *call) writeImage(im *image) {
	w := &k.out
	owner := k.cloud.st.Accounts[im.Owner]
	w.open("item")
	w.text("imageId", im.ID)
	w.text("imageLocation", im.Location)
	w.text("imageState", im.State)
	w.text("imageOwnerId", im.Owner)
	w.some("imageOwnerAlias", owner.Alias)
	w.text("creationDate", stamp(im.Created))
	w.bool("isPublic", im.Public)
	w.text("architecture", im.Architecture)
	w.text("imageType", "machine")
	w.some("kernelId", im.Kernel)
	w.some("ramdiskId", im.Ramdisk)
	w.some("platform", im.Platform)
	w.text("platformDetails", im.PlatformDetails)
	w.text("usageOperation", im.UsageOperation)
	w.some("name", im.Name)
	w.some("description", im.Description)
	w.text("rootDeviceType", im.RootType)
	w.some("rootDeviceName", im.RootName)
	w.text("virtualizationType", im.Virtualization)
	w.text("hypervisor", "xen")
	w.bool("enaSupport", im.ENA)
	w.some("sriovNetSupport", im.Sriov)
	w.some("bootMode", im.BootMode)
	w.some("tpmSupport", im.TPM)
	w.some("imdsSupport", im.IMDS)
	k.writeImageLife(im)
	w.tags(k.visibleTags(im), k.now)
	w.within("blockDeviceMapping", func() { k.writeDevices(im) })
	w.close("item")
}

// writeImageLife writes where an image comes from and what becomes of it.
func (k *call) writeImageLife(im *image) {
	w := &k.out
	w.time("deprecationTime", deprecatedAt(im))
	if im.Owner == k.acct.ID {
		w.text("deregistrationProtection", k.cloud.protectionShown(im, k.now))
		w.time("lastLaunchedTime", im.Launched)
	}
	if k.reg.Allowed.State == "enabled" || k.reg.Allowed.State == "audit-mode" {
		w.bool("imageAllowed", k.allowed(im))
	}
	w.some("sourceImageId", im.SourceID)
	w.some("sourceImageRegion", im.SourceRegion)
	w.some("sourceInstanceId", im.SourceInstance)
	w.some("publicSsmParameterName", im.SSMParameter)
	if len(im.ProductCodes) > 0 {
		w.within("productCodes", func() { k.writeProductCodes(im) })
	}
	if len(im.Watermarks) > 0 {
		w.open("imageWatermarkSet")
		for _, key := range im.Watermarks {
			w.within("item", func() { w.text("watermarkKey", key) })
		}
		w.close("imageWatermarkSet")
	}
	if im.Reason != "" || im.ReasonCode != "" {
		w.open("stateReason")
		w.some("code", im.ReasonCode)
		w.text("message", im.Reason)
		w.close("stateReason")
	}
}

func (k *call) writeProductCodes(im *image) {
	for _, code := range im.ProductCodes {
		k.out.within("item", func() {
			k.out.text("productCode", code)
			k.out.text("type", "marketplace")
		})
	}
}

// writeDevices writes a block device mapping. While a copy is pending its
// snapshots are not shown; see Assumptions.PendingShowsDevices.
func (k *call) writeDevices(im *image) {
	w := &k.out
	hidden := im.State == statePending && !k.cloud.st.Settings.Assumptions.PendingShowsDevices
	for _, d := range im.Devices {
		w.open("item")
		w.text("deviceName", d.Name)
		w.some("virtualName", d.Virtual)
		if d.NoDevice {
			w.text("noDevice", "")
		}
		if d.disk() {
			w.open("ebs")
			if !hidden {
				w.some("snapshotId", d.Snapshot)
			}
			w.int("volumeSize", d.Size)
			w.text("volumeType", d.Type)
			w.bool("deleteOnTermination", !d.Keep)
			w.bool("encrypted", d.Encrypted)
			if d.IOPS > 0 {
				w.int("iops", d.IOPS)
			}
			if d.Rate > 0 {
				w.int("throughput", d.Rate)
			}
			w.close("ebs")
		}
		w.close("item")
	}
}
