package plan

import (
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// FormatVersion is the version of the JSON plan, report and audit. Added fields
// raise the minor number; readers ignore fields that they do not know.
const FormatVersion = "1.0"

// Head is what a plan, a report and an audit have in common: what was looked
// at, when and for whom.
type Head struct {
	FormatVersion string       `json:"format_version"`
	ToolVersion   string       `json:"tool_version"`
	GeneratedAt   time.Time    `json:"generated_at"` // by AWS's clock
	Account       string       `json:"account"`
	Partition     string       `json:"partition"`
	Owner         string       `json:"owner"`
	Config        state.Config `json:"config"`
	Filters       Filter       `json:"filters"`
}

// Plan is what would change and why. It is data: views print it, the engine
// executes it, and it survives JSON but for the engine's instructions.
type Plan struct {
	Head
	Base        *state.Config `json:"base,omitempty"` // the revision that causes were told by, see WithCauses
	Limits      Limits        `json:"limits"`
	Warnings    []Warning     `json:"warnings,omitempty"`
	Fingerprint string        `json:"fingerprint"`
	Complete    bool          `json:"complete"`  // everything in scope was seen and nothing was filtered
	Applyable   bool          `json:"applyable"` // there is something executable
	Prune       bool          `json:"prune"`     // as amis.yaml says
	Summary     Summary       `json:"summary"`
	Regions     []RegionView  `json:"regions"`
	Sources     []SourceView  `json:"sources"`
	Cells       []CellView    `json:"cells"`
	Actions     []Action      `json:"actions"` // sorted by image, destructiveness, Region, id
	Conflicts   []Conflict    `json:"conflicts,omitempty"`
	OtherOwners []OwnerCount  `json:"other_owners,omitempty"`
}

// Limits are the brakes with the numbers that they were held against.
type Limits struct {
	state.Limits
	RemoveAllowed int     `json:"remove_allowed"` // the lower of max and percent of the live copies (at least 3)
	Removals      int     `json:"removals"`       // begun by this plan
	RecentlyBegun int     `json:"recently_begun"` // in the 24 hours before, as retired-at shows
	LiveCopies    int     `json:"live_copies"`
	Copies        int     `json:"copies"`
	CopiesGiB     float64 `json:"copies_gib"`
}

// Warning is something a reviewer should know that changes no action.
type Warning struct {
	Code Code   `json:"code"`
	Text string `json:"text"`
}

// Summary counts. Actions are counted by kind when executable; Blocked counts
// actions that have blocks; Unchanged and Unknown count cells.
type Summary struct {
	Copy           int `json:"copy"`
	Recopy         int `json:"recopy"`
	Restore        int `json:"restore"`
	Update         int `json:"update"`
	Adopt          int `json:"adopt"`
	Finish         int `json:"finish"`
	Retire         int `json:"retire"`
	Unpublish      int `json:"unpublish"`
	Deregister     int `json:"deregister"`
	DeleteSnapshot int `json:"delete_snapshot"`
	Blocked        int `json:"blocked"`
	Unchanged      int `json:"unchanged"`
	Unknown        int `json:"unknown"`
}

// RegionView is how far a Region was seen.
type RegionView struct {
	Account string         `json:"account"`
	Region  string         `json:"region"`
	Status  state.Status   `json:"status"`
	Reason  *state.Problem `json:"reason,omitempty"`
}

// SourceView is what an image's source was resolved to.
type SourceView struct {
	Image   string         `json:"image"`
	AMI     string         `json:"ami_id,omitempty"`
	Region  string         `json:"region"`
	Problem *state.Problem `json:"problem,omitempty"`
}

// Presence is the three-valued status of a cell.
type Presence string

// Presences.
const (
	Present Presence = "present"
	Absent  Presence = "absent"
	Unseen  Presence = "unknown"
)

// CellView is one square of the matrix: the copy that counts in it, if any.
type CellView struct {
	Image    string         `json:"image"`
	Account  string         `json:"account"`
	Region   string         `json:"region"`
	Status   Presence       `json:"status"`
	AMI      string         `json:"ami_id,omitempty"`
	Usable   bool           `json:"usable"`             // some copy of any source is usable here
	Optional bool           `json:"optional,omitempty"` // decides no exit code
	Declared bool           `json:"declared"`
	Reason   *state.Problem `json:"reason,omitempty"` // unknown: why
}

// Conflict is an AMI that carries our tags and is not proven ours: shown, never
// touched.
type Conflict struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	AMI     string `json:"ami_id"`
	Why     string `json:"why"`
}

// OwnerCount counts copies of other owners seen in this account.
type OwnerCount struct {
	Owner  string `json:"owner"`
	Copies int    `json:"copies"`
}
