package spec

import (
	"reflect"
	"strings"
)

// describeField is the description of a type's field in the schema, which
// editors show beside it. The field is named as in Go; types have none.
func describeField(t reflect.Type, name string) string {
	if name == "" || t.Kind() != reflect.Struct {
		return ""
	}
	f, ok := t.FieldByName(name)
	if !ok {
		return ""
	}
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return descriptions[t.Name()+"."+key]
}

// descriptions say what each field means, by type and key. The page
// docs/amis-yaml.md tells the rules at length.
var descriptions = map[string]string{
	"document.version":       "The version of this file's format: 1.",
	"document.owner":         "The ownership boundary. Copies carry it in a tag, and copies of other owners are never touched. One file per owner.",
	"document.formerly":      "Former owners, whose copies this file takes over.",
	"document.accounts":      "The AWS accounts that hold the copies. With credentials of any other account nothing runs.",
	"document.prune":         "true: copies that are no longer declared are retired and, after their grace, deregistered. false: they are only shown.",
	"document.limits":        "The brakes of one run. Flags can only tighten them.",
	"document.onlyRegions":   "Scope: only Regions that match one of these globs are read and changed. Empty: all.",
	"document.ignoreRegions": "Scope: Regions that match one of these globs are neither read nor changed.",
	"document.defaults":      "What every image has that does not say otherwise. Maps merge key by key, lists replace, null unsets.",
	"document.images":        "The images by name.",

	"limits.remove":        "Removals: copies that are no longer declared. One too many and none is begun.",
	"limits.copy":          "New copies of one run. One too many and none is started.",
	"removeLimits.max":     "At most so many removals in a run and the 24 hours before. Default 40.",
	"removeLimits.percent": "And at most the larger of 3 and this share of all live copies. Default 30.",
	"copyLimits.max":       "At most so many new copies. Default 200.",
	"copyLimits.gib":       "At most so many GiB to copy. Default 5000.",

	"image.source":               "The AMI that the copies are made from.",
	"fields.formerly":            "Former names of this image. Its copies are relabelled instead of copied again.",
	"fields.regions":             "The Regions that hold a copy: a list, or all for every Region that is enabled for the account but the source's own.",
	"fields.excludeRegions":      "With regions: all, the Regions that hold none.",
	"fields.optionalRegions":     "Regions of which a failure is told but decides nothing: neither the exit code nor removals elsewhere.",
	"fields.includeSourceRegion": "With regions: all, a copy in the source's own Region too.",
	"fields.name":                "The name of a copy, from {{ .Image }} and {{ .SourceID }}; both must be used. Later generations get -g2, -g3, … appended. Default \"{{ .Image }}-{{ .SourceID }}\".",
	"fields.description":         "The description of the copies. Not written: neither set nor compared.",
	"fields.tags":                "Tags on the copies and their snapshots. Keys of other people stay; a key that leaves this map is removed.",
	"fields.copySourceTags":      "Tags of the source that a new copy gets, at copy time only: true for all, or a list of keys.",
	"fields.encryption":          "The KMS key of the copies' snapshots. Not written: not compared.",
	"fields.completeWithin":      "A time-based copy, which is priced: a multiple of 15m from 15m to 48h. Not written: best effort.",
	"fields.share":               "Who may launch the copies. What is no longer listed is revoked.",
	"fields.publish":             "Where the id of the current copy is published in each Region.",
	"fields.lifecycle":           "What becomes of copies as they age.",
	"fields.guard":               "Which uses of an AMI hold its removal back.",
	"fields.adopt":               "true: untagged copies that EC2 says come from this source are taken over.",
	"fields.allowRollback":       "true: a source by lookup or ssm may move to an older AMI than the live one.",

	"source.region":       "The Region of the source.",
	"source.id":           "The AMI, pinned by its id.",
	"source.lookup":       "The newest available AMI that matches, by creation date and id.",
	"source.ssm":          "The SSM parameter that holds the AMI's id: its name or ARN, in the source's Region.",
	"source.track":        "What `amisync bump` moves a pinned id to. It has no effect on a plan.",
	"track.ssm":           "The SSM parameter that holds the AMI's id.",
	"track.lookup":        "The newest available AMI that matches.",
	"lookup.owners":       "Whose AMIs may be taken: self, account ids, amazon, aws-marketplace, aws-backup-vault. No default: anybody can publish a look-alike.",
	"lookup.name":         "The AMI's name; * and ? are wildcards.",
	"lookup.tags":         "Tags that the AMI must have.",
	"lookup.architecture": "The AMI's architecture.",

	"encryption.kmsKey":  "The key: alias/NAME (the alias of each Region), a key id, an ARN, or default for each Region's default key.",
	"encryption.kmsKeys": "Keys of single Regions, where one differs.",

	"share.accounts":            "Accounts that may launch the copies.",
	"share.organizations":       "Organizations that may launch the copies, by ARN.",
	"share.organizationalUnits": "Organizational units that may launch the copies, by ARN.",
	"share.public":              "true: everybody may launch the copies.",
	"share.snapshots":           "true: the same accounts may also read the snapshots, which copying needs. EC2 has no organizations there.",

	"publish.ssm":       "The name of the SSM parameter, the same in every Region. At most 256 characters.",
	"publish.overwrite": "true: a parameter that amisync did not write is taken over.",

	"lifecycle.keep":           "So many verified copies, last superseded first, stay usable for instant rollback. Default 0.",
	"lifecycle.grace":          "How long after it was retired a copy is deregistered. Default 7d; 0 means at once.",
	"lifecycle.retire":         "What retiring does: deprecate (hidden from others, still launchable) or disable (not launchable). Default deprecate.",
	"lifecycle.snapshots":      "What becomes of the snapshots at deregistration: delete or keep. Default delete.",
	"lifecycle.deprecateAfter": "When EC2 shows a copy as deprecated, from its creation. Not written: not set.",
	"lifecycle.protect":        "EC2 deregistration protection of current and kept copies. Not written: left as it is.",

	"guard.references":     "The kinds of use that hold a removal back, or off. Default: all of them.",
	"guard.versionDepth":   "How many versions of a launch template or recipe are looked at. Default 10.",
	"guard.launchedWithin": "A copy launched within this time is not removed. Default 0: not asked.",
}
