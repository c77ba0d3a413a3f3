package state

import (
	"strings"
	"time"
)

// Live is what AWS showed this run.
type Live struct {
	Account   string
	Partition string
	Caller    string    // ARN
	Now       time.Time // the newest Date among this run's answers
	Regions   []Region  // every Region DescribeRegions(AllRegions) knows, sorted by name
	Owners    []string  // of the file that this was read for: its owner, then the former ones
	Facts     Facts
}

// Region finds a Region by name.
func (l Live) Region(name string) (Region, bool) {
	for _, r := range l.Regions {
		if r.Name == name {
			return r, true
		}
	}
	return Region{}, false
}

// Status is how far a Region could be seen. Unknown is never absent.
type Status string

// Statuses of a Region.
const (
	Readable   Status = "readable"
	Unknown    Status = "unknown"     // nothing is planned from what was not seen
	NotEnabled Status = "not_enabled" // by DescribeRegions, never guessed from an error
	OutOfScope Status = "out_of_scope"
)

// Region is what was read of one Region. Images and Snapshots hold everything
// of this account that carries an amisync:owner tag, whoever the owner is;
// Snapshots also those that such images use. Both are sorted by id.
type Region struct {
	Account   string
	Name      string
	OptIn     string // opt-in-not-required, opted-in, not-opted-in
	Status    Status
	Problem   *Problem  // why Status is Unknown
	Date      time.Time // this Region's clock, from its last answer; zero if none came
	Images    []AMI
	Snapshots []Snapshot
}

// Target is the Region's key.
func (r Region) Target() Target { return Target{Account: r.Account, Region: r.Name} }

// Problem says why something is not known: an API error code (or one of ours)
// and a sentence for people.
type Problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Image states, as EC2 names them.
const (
	ImagePending      = "pending"
	ImageAvailable    = "available"
	ImageInvalid      = "invalid"
	ImageDeregistered = "deregistered"
	ImageTransient    = "transient"
	ImageFailed       = "failed"
	ImageError        = "error"
	ImageDisabled     = "disabled"
)

// AMI is what DescribeImages says of an image.
type AMI struct {
	ID                string
	Account           string // whose view this is
	Region            string
	OwnerID           string
	Name              string
	Description       string
	State             string
	StateReason       string
	Created           time.Time
	Deprecated        time.Time // when deprecation takes effect; zero: none
	Protection        string    // DeregistrationProtection as EC2 words it; "" and "disabled" mean off
	Public            bool
	Tags              map[string]string
	Devices           []Device // sorted by name
	RootDeviceType    string   // ebs or instance-store
	Architecture      string
	BootMode          string
	TPM               string
	IMDS              string
	ENA               bool
	Platform          string
	ProductCodes      []string
	Watermarks        []string
	SourceImageID     string
	SourceImageRegion string
	SourceInstanceID  string
	LastLaunched      time.Time
}

// Protected reports whether deregistration protection is on, in any of its forms.
func (a AMI) Protected() bool {
	return a.Protection != "" && !strings.HasPrefix(a.Protection, "disabled")
}

// CoolsDown reports whether protection is off and still holds: what EC2 shows in
// the 24 hours after is not documented, but neither "disabled" nor "enabled…".
func (a AMI) CoolsDown() bool {
	return strings.HasPrefix(a.Protection, "disabled") && a.Protection != "disabled"
}

// SnapshotIDs are the snapshots behind the image, in device order. While a copy
// is pending EC2 may not name them yet.
func (a AMI) SnapshotIDs() []string {
	var ids []string
	for _, d := range a.Devices {
		if d.SnapshotID != "" {
			ids = append(ids, d.SnapshotID)
		}
	}
	return ids
}

// Device is one EBS block device of an image.
type Device struct {
	Name       string
	SnapshotID string
	SizeGiB    int
	VolumeType string
	Encrypted  bool
}

// Snapshot states and tiers, as EC2 names them.
const (
	SnapshotPending   = "pending"
	SnapshotCompleted = "completed"
	SnapshotError     = "error"
	TierStandard      = "standard"
	TierArchive       = "archive"
)

// Snapshot is what DescribeSnapshots says of a snapshot.
type Snapshot struct {
	ID            string
	Account       string
	Region        string
	OwnerID       string
	State         string
	StateMessage  string
	Progress      int // percent
	Started       time.Time
	Encrypted     bool
	KMSKey        string // ARN
	VolumeGiB     int
	WrittenBytes  int64 // FullSnapshotSizeInBytes; 0: not told
	Tier          string
	Tags          map[string]string
	SourceVolume  string
	TransferTimed bool
}
