package sandbox

import "maps"

type nothing struct{}

// ec2Actions are the actions of EC2 that the sandbox has.
func ec2Actions() map[string]action {
	actions := imageActions()
	maps.Copy(actions, launchActions())
	return actions
}

// imageActions are about images, snapshots and their settings.
func imageActions() map[string]action {
	return map[string]action{
		"CancelImageLaunchPermission":          changing(query(cancelLaunchPermission)),
		"CopyImage":                            changing(query(copyImage)),
		"CreateImage":                          changing(query(createImage)),
		"CreateSnapshot":                       changing(query(createSnapshot)),
		"CreateTags":                           changing(query(createTags)),
		"DeleteSnapshot":                       changing(query(deleteSnapshotAction)),
		"DeleteTags":                           changing(query(deleteTags)),
		"DeregisterImage":                      changing(query(deregisterImage)),
		"DisableEbsEncryptionByDefault":        changing(query(encryptByDefault(false))),
		"DisableImage":                         changing(query(disableImage)),
		"DisableImageBlockPublicAccess":        changing(query(unblockPublicAccess)),
		"DisableImageDeprecation":              changing(query(disableImageDeprecation)),
		"DisableImageDeregistrationProtection": changing(query(unprotectImage)),
		"EnableEbsEncryptionByDefault":         changing(query(encryptByDefault(true))),
		"EnableImage":                          changing(query(enableImage)),
		"EnableImageBlockPublicAccess":         changing(query(blockPublicAccess)),
		"EnableImageDeprecation":               changing(query(enableImageDeprecation)),
		"EnableImageDeregistrationProtection":  changing(query(protectImage)),
		"ModifyEbsDefaultKmsKeyId":             changing(query(modifyDefaultKey)),
		"ModifyImageAttribute":                 changing(query(modifyImageAttribute)),
		"ModifySnapshotAttribute":              changing(query(modifySnapshotAttribute)),
		"RegisterImage":                        changing(query(registerImage)),
		"ResetEbsDefaultKmsKeyId":              changing(query(resetDefaultKey)),
		"ResetImageAttribute":                  changing(query(resetImageAttribute)),
		"ResetSnapshotAttribute":               changing(query(resetSnapshotAttribute)),
		"RestoreImageFromRecycleBin":           changing(query(restoreImage)),
		"RestoreSnapshotFromRecycleBin":        changing(query(restoreSnapshot)),
		"DescribeImageAttribute":               query(describeImageAttribute),
		"DescribeImageReferences":              query(describeImageReferences),
		"DescribeImages":                       query(describeImages),
		"DescribeRegions":                      query(describeRegions),
		"DescribeSnapshotAttribute":            query(describeSnapshotAttribute),
		"DescribeSnapshots":                    query(describeSnapshots),
		"DescribeTags":                         query(describeTags),
		"GetAllowedImagesSettings":             query(getAllowedImages),
		"GetEbsDefaultKmsKeyId":                query(getDefaultKey),
		"GetEbsEncryptionByDefault":            query(getEncryptionByDefault),
		"GetImageAncestry":                     query(getImageAncestry),
		"GetImageBlockPublicAccessState":       query(getBlockPublicAccess),
		"ListImagesInRecycleBin":               query(listImagesInRecycleBin),
		"ListSnapshotsInRecycleBin":            query(listSnapshotsInRecycleBin),
	}
}

// launchActions are about what uses an image, and what a tool that builds
// images needs around it.
func launchActions() map[string]action {
	return map[string]action{
		"AuthorizeSecurityGroupIngress":  changing(query(authorizeIngress)),
		"CreateKeyPair":                  changing(query(createKeyPair)),
		"CreateLaunchTemplate":           changing(query(createLaunchTemplate)),
		"CreateLaunchTemplateVersion":    changing(query(createTemplateVersion)),
		"CreateSecurityGroup":            changing(query(createSecurityGroup)),
		"CreateVolume":                   changing(query(createVolume)),
		"DeleteKeyPair":                  changing(query(deleteKeyPair)),
		"DeleteLaunchTemplate":           changing(query(deleteLaunchTemplate)),
		"DeleteSecurityGroup":            changing(query(deleteSecurityGroup)),
		"DeleteVolume":                   changing(query(deleteVolume)),
		"RunInstances":                   changing(query(runInstances)),
		"StartInstances":                 changing(query(startInstances)),
		"StopInstances":                  changing(query(stopInstances)),
		"TerminateInstances":             changing(query(terminateInstances)),
		"DescribeInstanceTypeOfferings":  query(describeInstanceTypeOfferings),
		"DescribeInstances":              query(describeInstances),
		"DescribeKeyPairs":               query(describeKeyPairs),
		"DescribeLaunchTemplateVersions": query(describeTemplateVersions),
		"DescribeLaunchTemplates":        query(describeLaunchTemplates),
		"DescribeSecurityGroups":         query(describeSecurityGroups),
		"DescribeSubnets":                query(describeSubnets),
		"DescribeVolumes":                query(describeVolumes),
		"DescribeVpcs":                   query(describeVpcs),
	}
}
