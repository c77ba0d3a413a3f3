package plan

import (
	"fmt"

	"github.com/amisync/amisync/pkg/state"
)

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
		if a.Image != "" {
			return fmt.Sprintf("belongs to the former owner %s, and amis.yaml does not want %s here: it stays until you deregister it, or declare the image here and --take-over", a.Other, a.Image)
		}
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
		return fmt.Sprintf("whether commit %s is an ancestor could not be told: %s; run again", shortCommit(a.Detail), a.Other)
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
		return fmt.Sprintf("deregistration protection that amisync did not set (%s); `aws ec2 disable-image-deregistration-protection --region %s --image-id %s`", a.Detail, a.Region, a.AMI)
	},
	ProtectionCooldown: func(a Args) string {
		return fmt.Sprintf("the 24h cool-down of its deregistration protection is not over (EC2 shows it as %s); it goes in a run after that", a.Detail)
	},
	Referenced: func(a Args) string {
		return fmt.Sprintf("%s uses it; move that on, or change %s.references", a.Reference, a.Field)
	},
	StillPublished: func(a Args) string {
		return fmt.Sprintf("images.%s.publish has %s name it until a successor takes over", a.Image, a.Parameter)
	},
	ReferencesUnknown: func(a Args) string {
		return fmt.Sprintf("who uses it could not be read: %s; run again, or do not ask: %s.references: off", a.Detail, a.Field)
	},
	IsSource: func(a Args) string {
		if a.Image == "" {
			return "a copy of it is not finished; it goes when that copy is"
		}
		return fmt.Sprintf("images.%s.source is copied from it; change that", a.Image)
	},
	SourceMaybe: func(Args) string {
		return "something may be copied from it: not every Region and source could be read; run again"
	},
	LaunchedRecently: func(a Args) string {
		return fmt.Sprintf("launched within %s.launchedWithin (%s), which ends %s", a.Field, state.FormatDuration(a.Grace), clock(a.Until))
	},
	ConflictNear: func(a Args) string {
		return fmt.Sprintf("%s carries the tags of %s in %s and is not proven ours; take its amisync: tags off, or deregister it", a.Other, a.Image, a.Region)
	},
	SuccessorNotUsable: func(a Args) string {
		return fmt.Sprintf("the last usable copy of %s in %s; it goes when its successor is usable", a.Image, a.Region)
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
	OrphanUnknown: func(a Args) string {
		return fmt.Sprintf("whether it is used could not be read: %s; run again", a.Detail)
	},
}
