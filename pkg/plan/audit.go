package plan

import (
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// Audit is the image × Region matrix: what exists where, whether it is declared
// or not. Like a plan it survives JSON.
type Audit struct {
	Head
	Complete    bool         `json:"complete"` // everything in scope was seen and nothing was filtered
	Summary     AuditSummary `json:"summary"`
	Regions     []RegionView `json:"regions"`
	Sources     []SourceView `json:"sources"`
	Cells       []AuditCell  `json:"cells"` // sorted by image, account and Region
	Conflicts   []Conflict   `json:"conflicts,omitempty"`
	OtherOwners []OwnerCount `json:"other_owners,omitempty"`
}

// AuditSummary counts cells.
type AuditSummary struct {
	Present    int `json:"present"`
	Absent     int `json:"absent"`     // declared, and no copy
	Unknown    int `json:"unknown"`    // could not be read
	Outdated   int `json:"outdated"`   // present, but of another source or key than desired
	Undeclared int `json:"undeclared"` // present, and no longer desired
}

// Standing is how a cell relates to what is desired.
type Standing string

// Standings.
const (
	StandingCurrent    Standing = "current"    // the copy is of the desired source and key
	StandingOutdated   Standing = "outdated"   // it is of another source or key
	StandingUndeclared Standing = "undeclared" // amis.yaml does not want a copy here
	StandingMissing    Standing = "missing"    // there is no copy
	StandingUnknown    Standing = "unknown"    // could not be read
)

// AuditCell is one square of the matrix with the copy that counts in it.
type AuditCell struct {
	Image        string         `json:"image"`
	Account      string         `json:"account"`
	Region       string         `json:"region"`
	Declared     bool           `json:"declared"`
	Optional     bool           `json:"optional,omitempty"`
	Status       Presence       `json:"status"`
	Standing     Standing       `json:"standing"`
	Usable       bool           `json:"usable"` // some copy of any source is usable here
	AMI          string         `json:"ami_id,omitempty"`
	Name         string         `json:"name,omitempty"`
	State        string         `json:"state,omitempty"` // as EC2 names it
	SourceAMI    string         `json:"source_ami,omitempty"`
	SourceRegion string         `json:"source_region,omitempty"`
	Generation   int            `json:"generation,omitempty"`
	Created      *time.Time     `json:"created,omitempty"`
	Verified     string         `json:"verified,omitempty"` // "ok", "different: …" or empty
	Encrypted    bool           `json:"encrypted"`
	Keys         []string       `json:"keys,omitempty"` // ARNs of the snapshots' KMS keys, sorted
	Shared       []string       `json:"shared,omitempty"`
	SharedKnown  bool           `json:"shared_known"` // false: the permissions were not asked for
	Published    []string       `json:"published,omitempty"`
	References   []string       `json:"references,omitempty"`
	RefsKnown    bool           `json:"references_known"` // false: they were not asked for
	RetiredAt    *time.Time     `json:"retired_at,omitempty"`
	Deprecated   *time.Time     `json:"deprecated,omitempty"`
	Protected    bool           `json:"protected"`
	GiB          float64        `json:"gib"`
	UpperBound   bool           `json:"upper_bound,omitempty"` // GiB is the volume size
	Copies       int            `json:"copies"`                // of ours in the cell, in any state
	Reason       *state.Problem `json:"reason,omitempty"`      // unknown: why
}
