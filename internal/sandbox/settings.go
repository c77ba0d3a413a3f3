package sandbox

import "time"

// Timing says how long copies take: Base, and as long again as the written
// GiB need at Throughput.
type Timing struct {
	Base       Duration `yaml:"base,omitempty" json:"base,omitempty"`             // default 60s
	Throughput float64  `yaml:"throughput,omitempty" json:"throughput,omitempty"` // MiB/s, default 100
	Instant    bool     `yaml:"instant,omitempty" json:"instant,omitempty"`       // every copy is available at once
	BadKey     Duration `yaml:"badKey,omitempty" json:"badKey,omitempty"`         // until a copy under an unusable key fails; default 30s
}

// Delays are how late changes become visible, and names free. AWS documents
// that such delays exist, not how long they are; the default is none, but for
// Forgotten.
type Delays struct {
	Image        Duration `yaml:"image,omitempty" json:"image,omitempty"`               // a new image is not found yet
	Tags         Duration `yaml:"tags,omitempty" json:"tags,omitempty"`                 // CreateTags is not seen yet
	Deregistered Duration `yaml:"deregistered,omitempty" json:"deregistered,omitempty"` // still listed, as deregistered
	Forgotten    Duration `yaml:"forgotten,omitempty" json:"forgotten,omitempty"`       // its id is an error, no longer an empty answer; default 1h
	Name         Duration `yaml:"name,omitempty" json:"name,omitempty"`                 // a deregistered image's name is still taken
	Parameter    Duration `yaml:"parameter,omitempty" json:"parameter,omitempty"`       // aws:ec2:image values are validated
	PublicAccess Duration `yaml:"publicAccess,omitempty" json:"publicAccess,omitempty"` // Block Public Access switches
}

// Quotas of every account and Region. Zero is the default of the AWS General
// Reference; a negative number is a quota of nothing.
type Quotas struct {
	ConcurrentCopies  int `yaml:"concurrentCopies,omitempty" json:"concurrentCopies,omitempty"`   // 300
	SnapshotCopies    int `yaml:"snapshotCopies,omitempty" json:"snapshotCopies,omitempty"`       // 20, see Assumptions.SnapshotCopiesCount
	Images            int `yaml:"images,omitempty" json:"images,omitempty"`                       // 50,000 (L-B665C33B)
	PublicImages      int `yaml:"publicImages,omitempty" json:"publicImages,omitempty"`           // 5 (L-0E3CBAB9)
	Shares            int `yaml:"shares,omitempty" json:"shares,omitempty"`                       // 1,000 (L-70015FFA)
	Snapshots         int `yaml:"snapshots,omitempty" json:"snapshots,omitempty"`                 // 100,000 (L-309BACF6)
	TimedCopyMiBps    int `yaml:"timeBasedCopy,omitempty" json:"timeBasedCopy,omitempty"`         // 2,000 (L-E137849C)
	ThrottleCopyBurst int `yaml:"copyRequestBurst,omitempty" json:"copyRequestBurst,omitempty"`   // 100
	ThrottleCopyRate  int `yaml:"copyRequestRefill,omitempty" json:"copyRequestRefill,omitempty"` // 1 a second
}

// Pages makes lists harder to read than a friendly server would, within what
// EC2 documents: pages may be short or empty while there is a next one, and
// the order of elements is not stable.
type Pages struct {
	Short    bool `yaml:"short,omitempty" json:"short,omitempty"`
	Empty    bool `yaml:"empty,omitempty" json:"empty,omitempty"`
	Shuffled bool `yaml:"shuffled,omitempty" json:"shuffled,omitempty"`
}

// Assumptions are what AWS does not document. The zero value is the
// behaviour that we think most likely; each field turns to the other one.
type Assumptions struct {
	TokenRetention Duration `yaml:"tokenRetention,omitempty" json:"tokenRetention,omitempty"` // a ClientToken is forgotten after this; default never
	// DeadTokenCopiesAgain: replaying the token of a failed or deregistered
	// copy makes a new image. Default: the dead image's id is answered.
	DeadTokenCopiesAgain bool `yaml:"deadTokenCopiesAgain,omitempty" json:"deadTokenCopiesAgain,omitempty"`
	FailedFreesName      bool `yaml:"failedFreesName,omitempty" json:"failedFreesName,omitempty"`             // default: a failed image holds its name
	DisabledFreesName    bool `yaml:"disabledFreesName,omitempty" json:"disabledFreesName,omitempty"`         // default: so does a disabled one
	RecycledHoldsName    bool `yaml:"recycledHoldsName,omitempty" json:"recycledHoldsName,omitempty"`         // default: one in the Recycle Bin does not
	PendingShowsDevices  bool `yaml:"pendingShowsSnapshots,omitempty" json:"pendingShowsSnapshots,omitempty"` // default: no SnapshotId while pending
	// FailedCopyDropsSnapshots: default they stay, in state error.
	FailedCopyDropsSnapshots bool `yaml:"failedCopyDropsSnapshots,omitempty" json:"failedCopyDropsSnapshots,omitempty"`
	// CancelledCopyKeepsSnapshots: default they go with the pending image. Else each
	// ends by itself when it would have.
	CancelledCopyKeepsSnapshots bool   `yaml:"cancelledCopyKeepsSnapshots,omitempty" json:"cancelledCopyKeepsSnapshots,omitempty"`
	DisabledSourceRefused       bool   `yaml:"disabledSourceRefused,omitempty" json:"disabledSourceRefused,omitempty"`   // default: the owner may copy a disabled image
	CopiedTagsWin               bool   `yaml:"copiedTagsWin,omitempty" json:"copiedTagsWin,omitempty"`                   // default: TagSpecifications win over CopyImageTags
	CopyKeepsDeprecation        bool   `yaml:"copyKeepsDeprecation,omitempty" json:"copyKeepsDeprecation,omitempty"`     // default: not carried over
	CopyDropsIMDS               bool   `yaml:"copyDropsImds,omitempty" json:"copyDropsImds,omitempty"`                   // default: carried over, as TPM, boot mode, ENA
	CopyKeepsDescription        bool   `yaml:"copyKeepsDescription,omitempty" json:"copyKeepsDescription,omitempty"`     // default: empty when none is sent
	EncryptedFalseRefused       bool   `yaml:"encryptedFalseRefused,omitempty" json:"encryptedFalseRefused,omitempty"`   // default: false on an encrypted source is ignored
	CrossRegionKeyRefused       bool   `yaml:"crossRegionKeyRefused,omitempty" json:"crossRegionKeyRefused,omitempty"`   // default: the destination's aws/ebs or default key
	MarketplaceCopyAllowed      bool   `yaml:"marketplaceCopyAllowed,omitempty" json:"marketplaceCopyAllowed,omitempty"` // default: InvalidRequest
	SnapshotCopiesCount         bool   `yaml:"snapshotCopiesCount,omitempty" json:"snapshotCopiesCount,omitempty"`       // default: CopyImage's snapshots do not count to the 20
	PendingSourceError          string `yaml:"pendingSourceError,omitempty" json:"pendingSourceError,omitempty"`         // default InvalidAMIID.Unavailable
	CopyLimitError              string `yaml:"copyLimitError,omitempty" json:"copyLimitError,omitempty"`                 // default ResourceLimitExceeded
	ProtectedError              string `yaml:"protectedError,omitempty" json:"protectedError,omitempty"`                 // default OperationNotPermitted
	CooldownShows               string `yaml:"cooldownShows,omitempty" json:"cooldownShows,omitempty"`                   // deregistrationProtection in the cool-down; default disabled
	ForeignAttributesShown      bool   `yaml:"foreignAttributesShown,omitempty" json:"foreignAttributesShown,omitempty"` // default: DescribeImageAttribute is for the owner
	ManagedHidden               bool   `yaml:"managedHidden,omitempty" json:"managedHidden,omitempty"`                   // default: DescribeImageReferences sees managed instances
	MinPage                     int    `yaml:"minPage,omitempty" json:"minPage,omitempty"`                               // of DescribeImages; default 1
	MaxPage                     int    `yaml:"maxPage,omitempty" json:"maxPage,omitempty"`                               // default 1000
}

// or is value, or fallback where value is zero; a negative value is zero.
func or(value, fallback int) int {
	switch {
	case value == 0:
		return fallback
	case value < 0:
		return 0
	}
	return value
}

func orText(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// copyTime is how long a standard copy of so many written GiB takes.
func (t Timing) copyTime(gib float64) time.Duration {
	if t.Instant {
		return 0
	}
	base, rate := t.Base.std(), t.Throughput
	if base == 0 {
		base = time.Minute
	}
	if rate <= 0 {
		rate = 100
	}
	return base + time.Duration(gib*1024/rate*float64(time.Second))
}

// forgotten is for how long after its deregistration an image's id still gives
// an empty answer rather than an error.
func (d Delays) forgotten() time.Duration {
	if d.Forgotten == 0 {
		return time.Hour
	}
	return d.Forgotten.std()
}

func (t Timing) badKeyTime() time.Duration {
	if t.BadKey == 0 {
		return 30 * time.Second
	}
	return t.BadKey.std()
}
