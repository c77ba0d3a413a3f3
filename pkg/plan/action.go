package plan

import "time"

// Action is one change of one AMI (or of one orphan snapshot). Its exported
// JSON is for people and programs; Do is for the engine and is never read from
// a file, because a saved plan is a permission, not an instruction.
type Action struct {
	ID            string         `json:"id"` // see the package's id rule: no time, price, count or successor in it
	Kind          Kind           `json:"kind"`
	Image         string         `json:"image"` // "" for orphan snapshots of undeclared images
	Account       string         `json:"account"`
	Region        string         `json:"region"`
	SourceAMI     string         `json:"source_ami,omitempty"`
	SourceRegion  string         `json:"source_region,omitempty"`
	AMI           string         `json:"ami_id,omitempty"` // the AMI acted on; "" for one still to be made
	SnapshotID    string         `json:"snapshot_id,omitempty"`
	Replaces      string         `json:"replaces,omitempty"` // recopy: the copy that goes afterwards
	Name          string         `json:"name,omitempty"`     // copy, recopy: the AMI name asked for
	Reason        Reason         `json:"reason"`
	Blocked       []Reason       `json:"blocked,omitempty"` // not empty: shown, never executed
	After         []string       `json:"after,omitempty"`   // ids of actions that must be done first
	Changes       []Change       `json:"changes,omitempty"`
	Preconditions []Precondition `json:"preconditions,omitempty"`
	CausedBy      Cause          `json:"caused_by,omitempty"` // set where a base was asked for; no part of the id
	DueAt         *time.Time     `json:"due_at,omitempty"`    // deregister in grace: not executable before
	Estimate      Estimate       `json:"estimate"`
	Do            Instruction    `json:"-"`
}

// Executable reports whether apply may carry the action out now.
func (a Action) Executable() bool { return len(a.Blocked) == 0 && a.DueAt == nil }

// Change is one field before and after, as a person reads it.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Estimate is what an action moves and costs. Money is nil where no price is
// known: a price is never invented.
type Estimate struct {
	GiB        float64  `json:"gib"`
	UpperBound bool     `json:"upper_bound,omitempty"` // GiB is the volume size: the written size is not known
	Once       *float64 `json:"once,omitempty"`        // USD
	Monthly    *float64 `json:"monthly,omitempty"`     // USD; what a removal frees is "up to" this
}

// Check is the sort of a precondition.
type Check string

// Checks that the engine makes again just before it acts.
const (
	CheckImage        Check = "image"        // the AMI still is in State, with the same control tags and protection
	CheckUnreferenced Check = "unreferenced" // nothing of Types uses the AMI
	CheckUsable       Check = "usable"       // the successor AMI is available and verified, and its tags still say that it is the cell's
	CheckParameter    Check = "parameter"    // the parameter still holds Value ("": absent)
	CheckUnpublished  Check = "unpublished"  // the parameter does not name the AMI in Value
	CheckSnapshot     Check = "snapshot"     // no AMI uses the snapshot
)

// Precondition is what must still be true when an action starts. It is read
// again at most a minute before the call; where it changed, the action is
// skipped with what changed.
type Precondition struct {
	Check      Check    `json:"check"`
	ID         string   `json:"id,omitempty"`         // AMI, snapshot or parameter name
	Action     string   `json:"action,omitempty"`     // usable, where ID is "": the AMI that this action makes
	State      string   `json:"state,omitempty"`      // image
	Digest     string   `json:"digest,omitempty"`     // image: see ImageDigest
	Launched   string   `json:"launched,omitempty"`   // image: not launched after this time, by guard.launchedWithin
	Types      []string `json:"types,omitempty"`      // unreferenced: as EC2 names them
	Depth      int      `json:"depth,omitempty"`      // unreferenced
	Parameters []string `json:"parameters,omitempty"` // unreferenced: our own parameters that do not count
	Value      string   `json:"value,omitempty"`      // parameter, unpublished

	Tags map[string][]string `json:"tags,omitempty"` // usable: which tags the AMI carries, each with one of these values
}
