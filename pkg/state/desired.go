package state

import (
	"path"
	"slices"
	"time"
)

// Desired is amis.yaml after decoding, defaults and validation: every field is
// explicit, and images are sorted by name.
type Desired struct {
	Owner    string
	Formerly []string // former owners whose copies are re-owned
	Accounts []string // with credentials of any other account nothing runs
	Prune    bool
	Limits   Limits
	Scope    Scope
	Defaults Retention // what holds for copies whose entry is gone, unless their own tag is stricter
	Guard    Guard     // the reference guard for copies whose entry is gone
	Images   []Image
	Config   Config
}

// Image finds a declared image by its present name.
func (d Desired) Image(name string) (Image, bool) {
	i := slices.IndexFunc(d.Images, func(i Image) bool { return i.Name == name })
	if i < 0 {
		return Image{}, false
	}
	return d.Images[i], true
}

// Config says where the file came from. Neither field is ever drift.
type Config struct {
	Path   string `json:"path"`             // in the repository; outside of one the file's name
	Commit string `json:"commit,omitempty"` // full SHA; empty for an uncommitted file
}

// Limits are the brakes of one run. Flags can only tighten them.
type Limits struct {
	RemoveMax     int `json:"remove_max"`
	RemovePercent int `json:"remove_percent"`
	CopyMax       int `json:"copy_max"`
	CopyGiB       int `json:"copy_gib"`
}

// Scope limits the Regions that are read and changed, by globs.
type Scope struct {
	Only   []string
	Ignore []string
}

// Contains reports whether a Region is in scope. An empty Only means all.
func (s Scope) Contains(region string) bool {
	if len(s.Only) > 0 && !matchAny(s.Only, region) {
		return false
	}
	return !matchAny(s.Ignore, region)
}

func matchAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(g string) bool {
		ok, err := path.Match(g, name)
		return ok && err == nil
	})
}

// Image is one entry of amis.yaml.
type Image struct {
	Name           string
	Formerly       []string
	Source         Source
	Regions        Regions
	NameTemplate   string // text/template over Image and SourceID; see CopyName
	Description    string // empty: not declared, not compared
	Tags           map[string]string
	CopySourceTags SourceTags
	Encryption     *Encryption   // nil: not compared
	CompleteWithin time.Duration // 0: best effort
	Share          *Share        // nil: not declared; copies that we marked as shared are then revoked
	Publish        *Publish
	Lifecycle      Lifecycle
	Guard          Guard
	Adopt          bool
	AllowRollback  bool
	Line           int // of the entry in amis.yaml, 1-based
}

// Source is the AMI an image is copied from: one of ID, Lookup and SSM.
type Source struct {
	Region string
	ID     string
	Lookup *Lookup
	SSM    string
	Track  *Track // what `bump` follows; no effect on a plan
}

// Lookup finds the newest available AMI by (CreationDate, ImageId).
type Lookup struct {
	Owners       []string
	Name         string
	Tags         map[string]string
	Architecture string
}

// Track names what a pinned source is bumped to.
type Track struct {
	SSM    string
	Lookup *Lookup
}

// Regions are the Regions an image is wanted in.
type Regions struct {
	All           bool     // every enabled Region in scope, but the source's own
	IncludeSource bool     // with All: the source's Region too
	Names         []string // sorted, without All
	Exclude       []string // sorted, only with All
	Optional      []string // sorted; failing there is told, but decides nothing elsewhere
}

// SourceTags says which of the source's tags a new copy gets, at copy time only.
type SourceTags struct {
	All  bool
	Keys []string
}

// KeyDefault asks for the Region's default EBS key.
const KeyDefault = "default"

// Encryption names the KMS key of the copies' snapshots.
type Encryption struct {
	Key     string            // key id, ARN, alias/… or KeyDefault
	Regions map[string]string // Region → key, where one differs
}

// For is the key for one Region.
func (e Encryption) For(region string) string {
	if k, ok := e.Regions[region]; ok {
		return k
	}
	return e.Key
}

// Share is who may launch the copies, and with Snapshots who may read their
// snapshots (accounts and public only: EC2 has no organisations there).
type Share struct {
	Accounts            []string
	Organizations       []string // full ARNs
	OrganizationalUnits []string // full ARNs
	Public              bool
	Snapshots           bool
}

// Publish names the SSM parameter that holds the current copy's id.
type Publish struct {
	SSM       string
	Overwrite bool // take over a parameter that is not ours
}

// Lifecycle is what becomes of copies as they age.
type Lifecycle struct {
	Keep           int            // verified superseded copies that stay usable
	DeprecateAfter *time.Duration // from the copy's creation; nil: not declared
	Retention
}

// Retire modes.
const (
	RetireDeprecate = "deprecate"
	RetireDisable   = "disable"
)

// Snapshot policies at deregistration.
const (
	SnapshotsDelete = "delete"
	SnapshotsKeep   = "keep"
)

// Retention is what still holds for a copy when its entry is gone. It is kept
// on the copy in the tag amisync:lifecycle.
type Retention struct {
	Grace     time.Duration
	Retire    string // RetireDeprecate or RetireDisable
	Snapshots string // SnapshotsDelete or SnapshotsKeep
	Protect   *bool  // nil: protection is left as it is
}

// Reference types that guard a removal, as amis.yaml names them.
const (
	ReferenceInstances       = "instances"
	ReferenceLaunchTemplates = "launch-templates"
	ReferenceSSM             = "ssm"
	ReferenceImageBuilder    = "image-builder"
)

// Guard says which uses of an AMI hold its removal back.
type Guard struct {
	References     []string      // empty: off
	VersionDepth   int           // launch template and recipe versions looked at, 1 to 10000
	LaunchedWithin time.Duration // 0: not asked
}
