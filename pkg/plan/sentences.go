package plan

import (
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// sentence is a reason's one English sentence: the tables below are the only
// place where any of them stands.
func sentence(r Reason) string {
	for _, table := range sentences {
		if s, ok := table[r.Code]; ok {
			return s(r.Args)
		}
	}
	return string(r.Code)
}

// sentences are all tables. Every code is in exactly one of them.
var sentences = []map[Code]func(Args) string{
	planned, held, takenAway, notStarted, notKnown, conflicting, warned, waiting,
}

// planned: why an action is planned.
var planned = map[Code]func(Args) string{
	NoCopy: func(Args) string { return "no copy in this Region" },
	TryAgain: func(a Args) string {
		return fmt.Sprintf("%s is broken (%s); attempt %d", a.AMI, a.Detail, a.Count)
	},
	SourceChanged: func(a Args) string { return fmt.Sprintf("source changed from %s to %s", a.Other, a.AMI) },
	KeyChanged:    func(a Args) string { return fmt.Sprintf("key changed from %s to %s", a.Other, a.AMI) },
	AliasMoved: func(a Args) string {
		return fmt.Sprintf("%s names key %s now, the copy is under %s", a.Key, a.AMI, a.Other)
	},
	WantedAgain:     func(Args) string { return "retired, and wanted again" },
	StillCopying:    func(Args) string { return "still being copied" },
	NotVerified:     func(Args) string { return "available and not verified yet" },
	Differs:         func(Args) string { return "differs from amis.yaml" },
	Renamed:         func(a Args) string { return fmt.Sprintf("image renamed from %s", a.Other) },
	Reowned:         func(a Args) string { return fmt.Sprintf("re-owned from %s", a.Other) },
	KeptForRollback: func(Args) string { return "superseded, kept for a rollback" },
	FoundUntagged:   func(a Args) string { return fmt.Sprintf("untagged, and a copy of %s by EC2's own word", a.Other) },
	Superseded: func(a Args) string {
		if a.Other == "" {
			return "superseded" + graceNote(a)
		}
		return "superseded by " + a.Other + graceNote(a)
	},
	Duplicate: func(a Args) string {
		if a.Other == "" {
			return "duplicate" + graceNote(a)
		}
		return "duplicate of " + a.Other + graceNote(a)
	},
	RegionRemoved: func(a Args) string {
		return fmt.Sprintf("%s does not want %s any more%s", a.Image, a.Region, graceNote(a))
	},
	ImageRemoved:     func(a Args) string { return fmt.Sprintf("%s is no longer in amis.yaml%s", a.Image, graceNote(a)) },
	Broken:           func(a Args) string { return "broken: " + a.Detail },
	RetireUnfinished: func(Args) string { return "retiring has begun and is not finished" },
	PublishLeft: func(a Args) string {
		return fmt.Sprintf("publish no longer names %s", a.Parameter)
	},
	Unused: func(a Args) string { return "no AMI uses it" + graceNote(a) },
}

// graceNote says where a grace stands: over, or until when.
func graceNote(a Args) string {
	switch {
	case a.Grace == 0:
		return ""
	case a.Until == nil:
		return fmt.Sprintf("; grace of %s over", state.FormatDuration(a.Grace))
	default:
		return fmt.Sprintf("; grace of %s until %s", state.FormatDuration(a.Grace), clock(a.Until))
	}
}

func clock(t *time.Time) string {
	if t == nil {
		return "a time that is not known"
	}
	return state.FormatTime(*t)
}

// held: why an action of any kind is held back.
var held = map[Code]func(Args) string{
	NotReviewed: func(Args) string {
		return "not in the plan that was approved; have this one reviewed, or apply without a saved plan"
	},
	Held: func(a Args) string {
		if a.Detail == "" {
			return fmt.Sprintf("on hold; delete the tag %s of %s", state.TagHold, a.AMI)
		}
		return fmt.Sprintf("on hold: %s; delete the tag %s of %s", a.Detail, state.TagHold, a.AMI)
	},
	DisabledByHand: func(a Args) string {
		return fmt.Sprintf("disabled by hand; `aws ec2 enable-image --region %s --image-id %s` brings it back, deregistering it makes room for a new copy", a.Region, a.AMI)
	},
	SnapshotArchived: func(a Args) string {
		return fmt.Sprintf("snapshot %s is archived or on its way back; `aws ec2 restore-snapshot-tier --region %s --snapshot-id %s --permanent-restore` restores it", a.Other, a.Region, a.Other)
	},
	FormerOwner: func(a Args) string {
		return fmt.Sprintf("belongs to the former owner %s; --take-over re-owns it", a.Other)
	},
	LineageFile: func(a Args) string {
		return fmt.Sprintf("made by the file %s, this is %s; --take-over if both are yours", a.Detail, a.Other)
	},
	LineageCommit: func(a Args) string {
		return fmt.Sprintf("made by commit %s, which is no ancestor of the one applied; merge it, or --allow-rewind", shortCommit(a.Detail))
	},
	LineageClone: func(a Args) string {
		return fmt.Sprintf("made by commit %s, which is not in this clone; clone with fetch-depth: 0, or --take-over if another repository made it", shortCommit(a.Detail))
	},
	LineageUnknown: func(a Args) string {
		return fmt.Sprintf("whether commit %s is an ancestor could not be told: %s", shortCommit(a.Detail), a.Other)
	},
	TooManyTags: func(a Args) string {
		return fmt.Sprintf("%d tags, and EC2 allows %d; list fewer in images.%s.tags or copySourceTags", a.Count, a.Limit, a.Image)
	},
	ParameterNotOurs: func(a Args) string {
		return fmt.Sprintf("parameter %s is not ours; images.%s.publish.overwrite: true takes it over", a.Parameter, a.Image)
	},
}

func shortCommit(commit string) string {
	if len(commit) > 12 {
		return commit[:12]
	}
	return commit
}

// takenAway: why nothing is taken away.
var takenAway = map[Code]func(Args) string{
	PruneOff:  func(Args) string { return "prune is off; prune: true allows it" },
	ClockSkew: func(a Args) string { return fmt.Sprintf("the clocks of the Regions are %s apart; run again", a.Detail) },
	StillPending: func(Args) string {
		return "still being copied; it goes when EC2 has ended the copy"
	},
	Protected: func(a Args) string {
		return fmt.Sprintf("deregistration protection that amisync did not set (%s); `aws ec2 disable-image-deregistration-protection --image-id %s`", a.Detail, a.AMI)
	},
	ProtectionCooldown: func(a Args) string {
		return fmt.Sprintf("the 24h cool-down of its deregistration protection is not over (%s)", a.Detail)
	},
	Referenced: func(a Args) string {
		return fmt.Sprintf("%s uses it; move that on, or change guard.references", a.Reference)
	},
	ReferencesUnknown: func(a Args) string {
		return fmt.Sprintf("who uses it could not be read: %s; guard.references: off does not ask", a.Detail)
	},
	IsSource: func(Args) string { return "something is copied from it; change that source, or let the copy end" },
	SourceMaybe: func(a Args) string {
		return fmt.Sprintf("something may be copied from it: not every Region and source could be read, and sources lie in %s", a.Region)
	},
	LaunchedRecently: func(a Args) string {
		return fmt.Sprintf("launched within guard.launchedWithin (%s), which ends %s", state.FormatDuration(a.Grace), clock(a.Until))
	},
	ConflictNear: func(a Args) string {
		return fmt.Sprintf("%s carries the tags of %s in %s and is not proven ours; take its amisync: tags off, or deregister it", a.Other, a.Image, a.Region)
	},
	SuccessorNotUsable: func(a Args) string {
		return fmt.Sprintf("the last usable copy of %s in %s; its successor must be usable first", a.Image, a.Region)
	},
	ViewIncomplete: func(a Args) string {
		return fmt.Sprintf("%s could not be read (%s); ignoreRegions, or optionalRegions of the images, lets removals go on without it", a.Region, a.Detail)
	},
	SourceUnresolved: func(a Args) string {
		return fmt.Sprintf("images.%s.source is not resolved; correct it, or pin its id", a.Image)
	},
	DesiredEmpty: func(Args) string {
		return "amis.yaml wants no copy at all; declare at least one image in one Region"
	},
	LimitRemove: func(a Args) string {
		return fmt.Sprintf("%d removals in 24h, %d allowed (%s); raise limits.remove, or remove in steps", a.Count, a.Limit, a.Detail)
	},
	LimitSnapshots: func(a Args) string {
		return fmt.Sprintf("%d orphan snapshots to delete, %d allowed (%s); raise limits.remove, or tag some with %s", a.Count, a.Limit, a.Detail, state.TagKeep)
	},
	OrphanUnknown: func(a Args) string { return fmt.Sprintf("whether it is used could not be read: %s", a.Detail) },
}

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
	PublicRestricted: func(a Args) string {
		return fmt.Sprintf("an AMI with product codes or watermarks cannot be public; change images.%s.share.public", a.Image)
	},
	PublicBlocked: func(a Args) string {
		return fmt.Sprintf("Block Public Access for AMIs is on in %s; `aws ec2 disable-image-block-public-access --region %s`, or change images.%s.share.public", a.Region, a.Region, a.Image)
	},
}

func because(detail string) string {
	if detail == "" {
		return ""
	}
	return " (" + detail + ")"
}

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
		return fmt.Sprintf("parameter %s could not be read: %s", a.Parameter, a.Detail)
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
}
