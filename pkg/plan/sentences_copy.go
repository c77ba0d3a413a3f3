package plan

import "fmt"

// notStarted: why no copy is started.
var notStarted = map[Code]func(Args) string{
	LimitCopies: func(a Args) string {
		return fmt.Sprintf("%d copies in one run, limits.copy.max is %d; raise it, or narrow the run with --image or --region", a.Count, a.Limit)
	},
	LimitGiB: func(a Args) string {
		return fmt.Sprintf("up to %d GiB in one run, limits.copy.gib is %d; raise it, or narrow the run with --image or --region", a.Count, a.Limit)
	},
	FailedTwice: func(a Args) string {
		return fmt.Sprintf("failed %d times, last as %s (%s); the next attempt is at %s, or --retry-failed", a.Count, a.AMI, a.Detail, clock(a.Until))
	},
	SourceNotFound: func(a Args) string {
		return fmt.Sprintf("source %s is not in %s%s; correct images.%s.source.id", a.AMI, a.Region, because(a.Detail), a.Image)
	},
	SourceNoMatch: func(a Args) string {
		return fmt.Sprintf("images.%s.source finds nothing in %s%s; correct it", a.Image, a.Region, because(a.Detail))
	},
	SourceNotAllowed: func(a Args) string {
		if a.AMI == "" {
			return fmt.Sprintf("images.%s.source finds nothing in %s, or nothing that Allowed AMIs, enabled there, allows%s; correct it, or the Allowed AMIs criteria", a.Image, a.Region, because(a.Detail))
		}
		return fmt.Sprintf("source %s is not in %s, or not allowed by Allowed AMIs, enabled there%s; correct images.%s.source.id, or the Allowed AMIs criteria", a.AMI, a.Region, because(a.Detail), a.Image)
	},
	SourcePending: func(a Args) string { return fmt.Sprintf("source %s is still pending; run again", a.AMI) },
	SourceFailed: func(a Args) string {
		return fmt.Sprintf("source %s failed%s; name another one in images.%s.source", a.AMI, because(a.Detail), a.Image)
	},
	SourceDisabled: func(a Args) string {
		return fmt.Sprintf("source %s is disabled; `aws ec2 enable-image --region %s --image-id %s`", a.AMI, a.Region, a.AMI)
	},
	SourceIsCopy: func(a Args) string {
		return fmt.Sprintf("source %s is itself a managed copy; narrow images.%s.source.lookup, or pin its id", a.AMI, a.Image)
	},
	SourceWentBack: func(a Args) string {
		return fmt.Sprintf("source %s (of %s) is older than %s (of %s), which is live; images.%s.allowRollback: true allows it", a.AMI, a.Detail, a.Other, clock(a.Until), a.Image)
	},
	RegionNotEnabled: func(a Args) string {
		return fmt.Sprintf("%s is not enabled for this account; enable it, or take it out of images.%s.regions", a.Region, a.Image)
	},
	NameInvalid: func(a Args) string { return fmt.Sprintf("images.%s.name: %s", a.Image, a.Detail) },
	KeyMissing: func(a Args) string {
		return fmt.Sprintf("KMS key %s does not exist in %s; create it, or set images.%s.encryption.kmsKeys.%s", a.Key, a.Region, a.Image, a.Region)
	},
	KeyDisabled: func(a Args) string {
		return fmt.Sprintf("KMS key %s in %s is %s; enable it, or set images.%s.encryption.kmsKeys.%s", a.Key, a.Region, a.Detail, a.Image, a.Region)
	},
	KeyUnsuitable: func(a Args) string {
		return fmt.Sprintf("KMS key %s in %s is %s, and EBS takes symmetric encryption keys only; change images.%s.encryption", a.Key, a.Region, a.Detail, a.Image)
	},
	KeyAbroad: func(a Args) string {
		return fmt.Sprintf("KMS key %s is not a key of %s; set images.%s.encryption.kmsKeys.%s", a.Key, a.Region, a.Image, a.Region)
	},
	S3Encrypted: func(a Args) string {
		return fmt.Sprintf("source %s is S3-backed and cannot be encrypted; images.%s.encryption: null", a.AMI, a.Image)
	},
	EncryptedNoKey: func(a Args) string {
		return fmt.Sprintf("source %s is encrypted, and a key is valid in one Region only; name one in images.%s.encryption", a.AMI, a.Image)
	},
	ManagedKeyShared: func(a Args) string {
		return fmt.Sprintf("a copy under %s, an AWS managed key, cannot be shared; name a customer key in images.%s.encryption", a.Key, a.Image)
	},
	PublicEncrypted: func(a Args) string {
		return fmt.Sprintf("an encrypted AMI cannot be public; change images.%s.share.public", a.Image)
	},
	PublicProducts: func(a Args) string {
		return fmt.Sprintf("an AMI with product codes cannot be public; change images.%s.share.public", a.Image)
	},
	PublicWatermarks: func(a Args) string {
		return fmt.Sprintf("an AMI with watermarks cannot be public; change images.%s.share.public", a.Image)
	},
	PublicBlocked: func(a Args) string {
		return fmt.Sprintf("Block Public Access for AMIs is on in %s; `aws ec2 disable-image-block-public-access --region %s`, or change images.%s.share.public", a.Region, a.Region, a.Image)
	},
	TimedCopyQuota: func(a Args) string {
		return fmt.Sprintf("the quota on the throughput of time-based copies into %s is 0; have it raised in Service Quotas (ebs L-E137849C), or take out images.%s.completeWithin", a.Region, a.Image)
	},
}

func because(detail string) string {
	if detail == "" {
		return ""
	}
	return " (" + detail + ")"
}
