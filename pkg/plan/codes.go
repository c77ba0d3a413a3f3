package plan

import (
	"maps"
	"slices"
)

// Why an action is planned.
const (
	NoCopy           Code = "no_copy"           // the cell has no copy at all
	TryAgain         Code = "try_again"         // the cell has only broken copies of its source and key
	SourceChanged    Code = "source_changed"    // the copies are of another source
	KeyChanged       Code = "key_changed"       // the copy is under another KMS key
	AliasMoved       Code = "alias_moved"       // the alias of amis.yaml names another key than the copy's
	WantedAgain      Code = "wanted_again"      // a retired copy is what is desired
	StillCopying     Code = "still_copying"     // found pending
	NotVerified      Code = "not_verified"      // found available and not verified
	Differs          Code = "differs"           // attributes are not as desired
	Renamed          Code = "renamed"           // under a former image name
	Reowned          Code = "reowned"           // under a former owner
	KeptForRollback  Code = "kept_for_rollback" // superseded, within `keep`
	FoundUntagged    Code = "found_untagged"    // adopt
	Superseded       Code = "superseded"        // another copy of the cell is current
	Duplicate        Code = "duplicate"         // another copy of the same source and key is current
	RegionRemoved    Code = "region_removed"    // the image no longer wants this Region
	ImageRemoved     Code = "image_removed"     // the image is no longer declared
	Broken           Code = "broken"            // failed, or different from its source
	RetireUnfinished Code = "retire_unfinished" // retired-at is there, its effects are not all
	PublishLeft      Code = "publish_left"      // the entry no longer publishes this parameter
	Unused           Code = "unused"            // a snapshot of ours that no AMI uses
)

// Why an action of any kind is held back.
const (
	Held             Code = "hold"
	DisabledByHand   Code = "disabled_by_hand"
	SnapshotArchived Code = "snapshot_archived"
	FormerOwner      Code = "former_owner"
	LineageFile      Code = "lineage_file"    // another file made it
	LineageCommit    Code = "lineage_commit"  // by a commit that is no ancestor
	LineageClone     Code = "lineage_clone"   // by a commit that is not in the clone
	LineageUnknown   Code = "lineage_unknown" // could not be told
	TooManyTags      Code = "too_many_tags"
	ParameterNotOurs Code = "parameter_not_ours"
	NotReviewed      Code = "not_reviewed" // it is not in the plan that was approved
)

// Why nothing is taken away.
const (
	PruneOff           Code = "prune_off"
	ClockSkew          Code = "clock_skew"
	StillPending       Code = "still_pending"
	Protected          Code = "protected"
	ProtectionCooldown Code = "protection_cooldown"
	Referenced         Code = "referenced"
	ReferencesUnknown  Code = "references_unknown"
	StillPublished     Code = "still_published" // its own parameter waits for a successor
	IsSource           Code = "is_source"
	SourceMaybe        Code = "maybe_source" // what could not be read may use it as its source
	LaunchedRecently   Code = "launched_recently"
	ConflictNear       Code = "conflict_near" // an AMI of the same cell may be the current copy
	SuccessorNotUsable Code = "successor_not_usable"
	ViewIncomplete     Code = "view_incomplete"
	SourceUnresolved   Code = "source_unresolved"
	DesiredEmpty       Code = "desired_empty"
	LimitRemove        Code = "limit_remove"
	LimitSnapshots     Code = "limit_snapshots"
	OrphanUnknown      Code = "orphan_unknown"
)

// Why no copy is started.
const (
	LimitCopies      Code = "limit_copies"
	LimitGiB         Code = "limit_gib"
	FailedTwice      Code = "failed_twice"
	SourceNotFound   Code = "source_not_found"
	SourceNoMatch    Code = "source_no_match"
	SourceNotAllowed Code = "source_not_allowed" // not there, or hidden by Allowed AMIs
	SourcePending    Code = "source_pending"
	SourceFailed     Code = "source_failed"
	SourceDisabled   Code = "source_disabled"
	SourceIsCopy     Code = "source_is_copy"
	SourceWentBack   Code = "source_went_back"
	RegionNotEnabled Code = "region_not_enabled"
	NameInvalid      Code = "name_invalid"
	KeyMissing       Code = "key_missing"
	KeyDisabled      Code = "key_disabled"
	KeyUnsuitable    Code = "key_unsuitable"
	KeyAbroad        Code = "key_abroad"
	S3Encrypted      Code = "s3_encrypted"
	EncryptedNoKey   Code = "encrypted_source_without_key"
	ManagedKeyShared Code = "managed_key_shared"
	PublicEncrypted  Code = "public_encrypted"
	PublicProducts   Code = "public_product_codes"
	PublicWatermarks Code = "public_watermarks"
	PublicBlocked    Code = "public_blocked" // Block Public Access
	TimedCopyQuota   Code = "timed_copy_quota"
)

// Why a cell is unknown.
const (
	Unanswered        Code = "unanswered" // a question that got no answer
	RegionUnlisted    Code = "region_unlisted"
	RegionUnreadable  Code = "region_unreadable"
	RegionOutOfScope  Code = "region_out_of_scope"
	ImageTransient    Code = "image_transient"
	SnapshotUnread    Code = "snapshot_unreadable"
	SourceUnknown     Code = "source_unknown"
	KeyUnknown        Code = "key_unknown"
	PermissionUnknown Code = "permissions_unknown"
	ParameterUnknown  Code = "parameter_unknown"
	CopiesUnknown     Code = "copies_unknown"
)

// Why an AMI that carries our tags is a conflict.
const (
	ConflictAccount  Code = "conflict_account"
	ConflictTags     Code = "conflict_tags"
	ConflictSource   Code = "conflict_source"
	ConflictInstance Code = "conflict_instance"
)

// What a reviewer should know besides.
const (
	WarnSourceDeprecated Code = "source_deprecated"
	WarnSourceGone       Code = "source_gone"
	WarnAhead            Code = "planned_ahead" // as of a later day
	WarnS3Files          Code = "s3_files_stay"
	WarnSnapshotSharing  Code = "snapshots_not_for_organizations"
	WarnEncryptedAnyway  Code = "encrypted_by_default"
	WarnSettingsUnknown  Code = "settings_unknown"
	WarnQuotaUnknown     Code = "quota_unknown"
	WarnImagesNear       Code = "quota_images_near"
	WarnCopiesNear       Code = "quota_copies_near"
	WarnMarketplace      Code = "marketplace_source"
	WarnSourceStorage    Code = "source_storage" // somebody else's snapshots
)

// Codes are all codes, sorted.
func Codes() []Code {
	var out []Code
	for _, table := range sentences {
		out = slices.AppendSeq(out, maps.Keys(table))
	}
	slices.Sort(out)
	return out
}
