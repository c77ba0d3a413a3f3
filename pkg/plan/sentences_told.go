package plan

import (
	"fmt"

	"github.com/amisync/amisync/pkg/state"
)

// notKnown: why a cell is unknown.
var notKnown = map[Code]func(Args) string{
	Unanswered:       func(Args) string { return "no answer came" },
	RegionUnlisted:   func(a Args) string { return fmt.Sprintf("AWS does not list the Region %s", a.Region) },
	RegionUnreadable: func(a Args) string { return fmt.Sprintf("%s could not be read", a.Region) },
	RegionOutOfScope: func(a Args) string {
		return fmt.Sprintf("%s is out of scope by onlyRegions or ignoreRegions", a.Region)
	},
	ImageTransient: func(a Args) string { return fmt.Sprintf("%s is in the state transient", a.AMI) },
	SnapshotUnread: func(a Args) string { return fmt.Sprintf("snapshot %s of %s could not be read", a.Other, a.AMI) },
	SourceUnknown: func(a Args) string {
		if a.AMI == "" {
			return fmt.Sprintf("the source in %s could not be read: %s", a.Region, a.Detail)
		}
		return fmt.Sprintf("source %s in %s could not be read: %s", a.AMI, a.Region, a.Detail)
	},
	KeyUnknown: func(a Args) string {
		return fmt.Sprintf("KMS key %s in %s could not be read: %s", a.Key, a.Region, a.Detail)
	},
	PermissionUnknown: func(a Args) string { return fmt.Sprintf("permissions of %s could not be read: %s", a.AMI, a.Detail) },
	ParameterUnknown: func(a Args) string {
		return fmt.Sprintf("parameter %s could not be read: %s; run again", a.Parameter, a.Detail)
	},
	CopiesUnknown: func(a Args) string {
		return fmt.Sprintf("untagged copies of %s could not be read: %s", a.AMI, a.Detail)
	},
}

// conflicting: why an AMI with our tags is not taken for ours.
var conflicting = map[Code]func(Args) string{
	ConflictAccount: func(a Args) string { return fmt.Sprintf("account %s owns it", a.Other) },
	ConflictTags:    func(a Args) string { return fmt.Sprintf("it has no %s", a.Detail) },
	ConflictSource: func(a Args) string {
		return fmt.Sprintf("its tags name %s as the source, EC2 names %s", a.Detail, a.Other)
	},
	ConflictInstance: func(a Args) string { return fmt.Sprintf("it was made of instance %s, not copied", a.Other) },
}

// warned: what a reviewer should know besides.
var warned = map[Code]func(Args) string{
	WarnSourceDeprecated: func(a Args) string { return fmt.Sprintf("%s: source %s is deprecated", a.Image, a.AMI) },
	WarnSourceGone: func(a Args) string {
		return fmt.Sprintf("%s: source %s is not in %s any more; its copies stay, new ones cannot be made", a.Image, a.AMI, a.Region)
	},
	WarnAhead: func(a Args) string {
		return "this is a plan as of " + state.FormatTime(*a.Until) + ", from what is live now; apply would do only what is due today"
	},
	WarnS3Files: func(a Args) string {
		return fmt.Sprintf("%s: copies are S3-backed; their files in amis-for-ACCOUNT-in-REGION-HASH stay after deregistration", a.Image)
	},
	WarnSnapshotSharing: func(a Args) string {
		return fmt.Sprintf("%s: EC2 shares snapshots with accounts only, not with organizations or units", a.Image)
	},
	WarnEncryptedAnyway: func(a Args) string {
		return fmt.Sprintf("encryption by default is on in %s: copies there are encrypted although amis.yaml does not ask for it", a.Detail)
	},
	WarnSettingsUnknown: func(a Args) string {
		return fmt.Sprintf("whether encryption by default is on could not be read in %s", a.Detail)
	},
	WarnQuotaUnknown: func(a Args) string {
		return fmt.Sprintf("whether the quotas on AMIs and copies suffice could not be read in %s", a.Detail)
	},
	WarnImagesNear: func(a Args) string {
		return fmt.Sprintf("the quota on AMIs per Region is near, even counting nothing but amisync's own copies: %s", a.Detail)
	},
	WarnCopiesNear: func(a Args) string {
		return fmt.Sprintf("EC2 makes %d copies at once in a Region, the others queue: %s", a.Limit, a.Detail)
	},
	WarnMarketplace: func(a Args) string {
		return fmt.Sprintf("%s: source %s of account %s has product codes of AWS Marketplace; whether EC2 copies it is not documented", a.Image, a.AMI, a.Other)
	},
	WarnSourceStorage: func(a Args) string {
		return fmt.Sprintf("%s: not all snapshots of source %s could be read; a launch permission is not enough to copy, account %s must share the snapshots too", a.Image, a.AMI, a.Other)
	},
}
