package aws

import "slices"

// Actions is every API action that this package can call, as IAM names them,
// sorted: what a policy must allow at most, and what an emulator must have.
func Actions() []string {
	return slices.Sorted(slices.Values(append(slices.Clone(readActions), writeActions...)))
}

// ReadActions is the part of Actions that plan and audit use. None of them
// changes anything.
func ReadActions() []string { return slices.Sorted(slices.Values(readActions)) }

var readActions = []string{
	"ec2:DescribeImageAttribute",
	"ec2:DescribeImageReferences",
	"ec2:DescribeImages",
	"ec2:DescribeRegions",
	"ec2:DescribeSnapshotAttribute",
	"ec2:DescribeSnapshots",
	"ec2:GetAllowedImagesSettings",
	"ec2:GetEbsDefaultKmsKeyId",
	"ec2:GetEbsEncryptionByDefault",
	"ec2:GetImageBlockPublicAccessState",
	"ec2:ListImagesInRecycleBin",
	"ec2:ListSnapshotsInRecycleBin",
	"kms:DescribeKey",
	"servicequotas:GetServiceQuota",
	"ssm:DescribeParameters",
	"ssm:GetParameters",
	"ssm:ListTagsForResource",
	"sts:GetCallerIdentity",
}

var writeActions = []string{
	"ec2:CopyImage",
	"ec2:CreateTags",
	"ec2:DeleteSnapshot",
	"ec2:DeleteTags",
	"ec2:DeregisterImage",
	"ec2:DisableImage",
	"ec2:DisableImageDeprecation",
	"ec2:DisableImageDeregistrationProtection",
	"ec2:EnableImage",
	"ec2:EnableImageDeprecation",
	"ec2:EnableImageDeregistrationProtection",
	"ec2:ModifyImageAttribute",
	"ec2:ModifySnapshotAttribute",
	"ssm:AddTagsToResource",
	"ssm:DeleteParameter",
	"ssm:PutParameter",
}
