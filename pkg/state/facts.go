package state

// Answer is a fact that was asked for: a value, or why it is not known.
type Answer[T any] struct {
	Value   T
	Problem *Problem // not nil: unknown; Value means nothing
}

// Known reports whether the answer came.
func (a Answer[T]) Known() bool { return a.Problem == nil }

// Facts are the answers to plan.Needs, keyed by the question. A question that
// is not in its map was not asked yet.
type Facts struct {
	Sources             map[string]Answer[SourceFact] // by image name
	Keys                map[KeyQuery]Answer[Key]
	LaunchPermissions   map[Resource]Answer[[]Grant]
	SnapshotPermissions map[Resource]Answer[[]Grant]
	References          map[ReferenceQuery]Answer[[]Reference]
	Parameters          map[ParameterQuery]Answer[Parameter]
	Copies              map[CopiesQuery]Answer[[]AMI] // untagged copies of a source
	SnapshotUsers       map[Resource]Answer[[]string] // AMI ids whose mapping names the snapshot
	RecycleBins         map[Target]Answer[RecycleBin]
	Settings            map[Target]Answer[Settings]
	Quotas              map[QuotaQuery]Answer[int]
	Lineage             map[string]Answer[Ancestry] // by commit
}

// Resource is an AMI or snapshot in its Region.
type Resource struct {
	Account string
	Region  string
	ID      string
}

// SourceFact is what is known of an image's source.
type SourceFact struct {
	AMI       *AMI       // nil: there is no such AMI; Missing says how that is known
	Snapshots []Snapshot // those behind AMI that could be read
	Missing   *Problem
}

// KeyQuery asks for a KMS key by any of its names.
type KeyQuery struct {
	Account string
	Region  string
	Key     string // id, ARN, alias/… or KeyDefault
}

// Key is what DescribeKey says.
type Key struct {
	Exists  bool
	ARN     string // of the key, never of an alias
	Enabled bool
	State   string // Enabled, Disabled, PendingDeletion, …
	Spec    string // SYMMETRIC_DEFAULT is the only one that EBS takes
	Usage   string // ENCRYPT_DECRYPT
	Managed bool   // an AWS managed key; copies under it cannot be shared
}

// Grant is one launch or create-volume permission; exactly one field is set.
type Grant struct {
	Account            string `json:"account,omitempty"`
	Organization       string `json:"organization,omitempty"`
	OrganizationalUnit string `json:"organizational_unit,omitempty"`
	Public             bool   `json:"public,omitempty"`
}

// String is the grant as plans print it.
func (g Grant) String() string {
	switch {
	case g.Public:
		return "public"
	case g.Account != "":
		return g.Account
	case g.Organization != "":
		return g.Organization
	default:
		return g.OrganizationalUnit
	}
}

// ReferenceQuery asks who in the account uses an AMI.
type ReferenceQuery struct {
	Account string
	Region  string
	AMI     string
	Depth   int // launch template and recipe versions to look at
}

// Reference is one use of an AMI, as DescribeImageReferences tells it.
type Reference struct {
	Type string // ec2:Instance, ec2:LaunchTemplate, ssm:Parameter, imagebuilder:ImageRecipe, imagebuilder:ContainerRecipe
	ARN  string
}

// ParameterQuery asks for an SSM parameter.
type ParameterQuery struct {
	Account string
	Region  string
	Name    string
}

// Parameter is an SSM parameter with its tags.
type Parameter struct {
	Exists bool
	Value  string
	Tags   map[string]string
}

// CopiesQuery asks for images that EC2 says come from a source and that carry
// no amisync:owner tag.
type CopiesQuery struct {
	Account      string
	Region       string
	SourceAMI    string
	SourceRegion string
}

// RecycleBin is what waits in a Region's Recycle Bin.
type RecycleBin struct {
	Images    []string
	Snapshots []string
}

// Settings are a Region's account-wide switches.
type Settings struct {
	EncryptionByDefault bool
	BlockPublicAccess   bool
	AllowedImages       string // disabled, enabled, audit-mode
}

// QuotaQuery asks how much of something the account may have in a Region.
type QuotaQuery struct {
	Account string
	Region  string
	Quota   Quota
}

// Quota names a quota of Service Quotas: its service and code.
type Quota string

// Quotas (AWS General Reference, "Amazon EC2 endpoints and quotas" and "Amazon
// EBS endpoints and quotas").
const (
	QuotaImages    Quota = "ec2/L-B665C33B" // AMIs, whatever their state, and those in the Recycle Bin
	QuotaTimedCopy Quota = "ebs/L-E137849C" // throughput of time-based copies, MiB/s
)

// Ancestry is how a commit relates to the one being applied.
type Ancestry string

// Ancestries.
const (
	Ancestor    Ancestry = "ancestor"     // or the same commit
	NotAncestor Ancestry = "not_ancestor" // a stale branch, a rewritten history
	NotInClone  Ancestry = "not_in_clone" // a shallow clone, another repository
)
