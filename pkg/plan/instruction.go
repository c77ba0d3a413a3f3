package plan

import (
	"maps"
	"strconv"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// Instruction is everything the engine needs to carry an action out. With Copy
// it first makes an AMI, or goes on with the one that this cell's name or token
// already stands for; with Await it waits for the action's AMI, then both
// verify it. Then come the Steps, in order, each idempotent.
type Instruction struct {
	Copy   *CopyRequest
	Await  bool         // finish: the AMI is pending, or available and not yet verified
	Expect *Expectation // with Copy or Await: what the copy must be
	Steps  []Step
	GiB    float64 // how much is to be copied, for time-outs and progress
}

// CopyRequest is a CopyImage request, whole. Nothing that varies in time may be
// part of it: the ClientToken is made from all of it.
type CopyRequest struct {
	Cell           state.Cell
	SourceAMI      string
	SourceRegion   string
	BaseName       string // without the generation's suffix
	Generation     int
	Description    string
	KMSKey         string        // ARN; "" leaves encryption to EC2
	CompleteWithin time.Duration // 0: best effort
	ImageTags      map[string]string
	SnapshotTags   map[string]string // nil for S3-backed sources
}

// Name is the AMI name of the request's generation.
func (r CopyRequest) Name() string { return state.GenerationName(r.BaseName, r.Generation) }

// Next is the same request as the next generation: what is left to do when a
// name is taken by somebody, or a token answers with a dead AMI.
func (r CopyRequest) Next() CopyRequest {
	r.Generation++
	r.ImageTags = withGeneration(r.ImageTags, r.Generation)
	r.SnapshotTags = withGeneration(r.SnapshotTags, r.Generation)
	return r
}

func withGeneration(tags map[string]string, n int) map[string]string {
	if tags == nil {
		return nil
	}
	out := maps.Clone(tags)
	out[state.TagGeneration] = strconv.Itoa(n)
	return out
}

// Expectation is what a finished copy is verified against.
type Expectation struct {
	Digest  string     // state.Digest of the source, as remembered in amisync:made; "" is not compared
	KMSKey  string     // ARN every snapshot must be under; state.KeyNone: unencrypted; "" is not compared
	Source  *state.AMI // where it still is, to say what differs
	Attempt int
}

// Step is one idempotent change of the action's AMI or its snapshots. Which AMI
// that is the engine knows: for a copy it exists only once the copy is made.
type Step interface{ step() }

// Subject says what a tag step tags.
type Subject string

// Subjects of tag steps.
const (
	OnImage     Subject = "image"
	OnSnapshots Subject = "snapshots"
	OnBoth      Subject = "both"
)

// The steps.
type (
	// SetTags sets tags that are known when the plan is made.
	SetTags struct {
		On   Subject
		Tags map[string]string
	}
	// StampTag sets a tag of the image, or of the action's SnapshotID, to the time
	// of the call, by AWS's clock.
	StampTag struct{ Key string }
	// RemoveTags removes tags by key. Keys is never empty: without keys EC2
	// removes all tags.
	RemoveTags struct {
		On   Subject
		Keys []string
	}
	// Describe sets the description.
	Describe struct{ Text string }
	// Share changes launch permissions.
	Share struct{ Add, Remove []state.Grant }
	// ShareSnapshots changes create-volume permissions on every snapshot.
	ShareSnapshots struct{ Add, Remove []state.Grant }
	// Deprecate sets the deprecation time: At, or After the copy's creation.
	// A past time is sent as the next minute.
	Deprecate struct {
		At    time.Time
		After time.Duration // counts where At is zero
	}
	// DeprecateNow deprecates as of the call: retiring.
	DeprecateNow struct{}
	// CancelDeprecation removes the deprecation time.
	CancelDeprecation struct{}
	// Protect switches deregistration protection on, without a cool-down.
	Protect struct{}
	// Unprotect switches deregistration protection off.
	Unprotect struct{}
	// Enable makes a disabled AMI launchable again.
	Enable struct{}
	// Disable makes an AMI unlaunchable. EC2 drops its launch permissions for good.
	Disable struct{}
	// PutParameter points an SSM parameter at the AMI, if the parameter still holds
	// Expect ("": is absent) and, unless it is to be taken over, still has the owner
	// that was seen; then tags it as ours and reads it back.
	PutParameter struct {
		Parameter string
		Expect    string
		Owner     string // whom its tags named; "": nobody
		TakeOver  bool
		Tags      map[string]string
	}
	// DeleteParameter deletes an SSM parameter, if it still names the AMI. Where it
	// has another owner than was seen, it is left, and so is what was to follow.
	DeleteParameter struct {
		Parameter string
		Owner     string
	}
	// DeregisterImage deregisters the AMI, with its snapshots or without.
	DeregisterImage struct{ DeleteSnapshots bool }
	// RemoveSnapshot deletes one orphan snapshot: the action's SnapshotID.
	RemoveSnapshot struct{}
)

func (SetTags) step()           {}
func (StampTag) step()          {}
func (RemoveTags) step()        {}
func (Describe) step()          {}
func (Share) step()             {}
func (ShareSnapshots) step()    {}
func (Deprecate) step()         {}
func (DeprecateNow) step()      {}
func (CancelDeprecation) step() {}
func (Protect) step()           {}
func (Unprotect) step()         {}
func (Enable) step()            {}
func (Disable) step()           {}
func (PutParameter) step()      {}
func (DeleteParameter) step()   {}
func (DeregisterImage) step()   {}
func (RemoveSnapshot) step()    {}
