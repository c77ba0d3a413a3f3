package state

import "strings"

// Control tags. All that amisync must remember is one of these, on the AMI or
// its snapshots. Those of the first group are set at creation, through
// TagSpecifications, and so are atomic with the copy.
const (
	TagPrefix = "amisync:"

	TagOwner        = "amisync:owner"
	TagImage        = "amisync:image"
	TagSourceAMI    = "amisync:source-ami"
	TagSourceRegion = "amisync:source-region"
	TagGeneration   = "amisync:generation"
	TagKey          = "amisync:key"       // the KMS key's ARN, or KeyNone
	TagMade         = "amisync:made"      // see Made
	TagLifecycle    = "amisync:lifecycle" // see Retention

	TagVerified  = "amisync:verified"  // VerifiedOK, or "different: …"
	TagShared    = "amisync:shared"    // written before the first grant
	TagPublished = "amisync:published" // the parameters that name the copy, written before them; runs over into -2, -3
	TagTagKeys   = "amisync:tag-keys"  // keys of people that we set; runs over into -2, -3
	TagFile      = "amisync:file"
	TagCommit    = "amisync:commit"

	TagSupersededAt = "amisync:superseded-at"
	TagRetiredAt    = "amisync:retired-at"
	TagOrphanedAt   = "amisync:orphaned-at" // on snapshots
	TagKeep         = "amisync:keep"        // on snapshots, by people
	TagHold         = "amisync:hold"        // on AMIs, by people: why it is left alone
)

// Values of control tags.
const (
	KeyNone         = "none"
	VerifiedOK      = "ok"
	DifferentPrefix = "different: "
	SharedYes       = "true"
)

// MaxTags is EC2's limit of user tags on one resource (EC2 User Guide, "Tag
// your Amazon EC2 resources"); aws: tags do not count.
const MaxTags = 50

// MaxTagValue is EC2's limit of characters in a tag's value.
const MaxTagValue = 256

// IsControl reports whether a key is amisync's own.
func IsControl(key string) bool { return strings.HasPrefix(key, TagPrefix) }
