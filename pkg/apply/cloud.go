package apply

import (
	"context"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// Cloud is all of AWS that the engine uses. Every method makes as few API calls
// as it can, retries what the SDK may retry, and fails with an error that has a
// *state.CallError in its chain.
type Cloud interface {
	Copier
	Watcher
	Editor
	Publisher
	Remover
}

// Copier starts copies.
type Copier interface {
	// CopyImage starts a copy in the target Region and returns its AMI id. The
	// token makes a repeated request answer with the same AMI.
	CopyImage(ctx context.Context, t state.Target, r plan.CopyRequest, token string) (string, error)
}

// Watcher reads what the engine waits for and what it checks again.
type Watcher interface {
	// Images reads images by id, whatever their state, with one paginated call.
	// An id that is not there is not in the answer, which is sorted by id.
	Images(ctx context.Context, t state.Target, ids []string) ([]state.AMI, error)
	// ImagesNamed reads the account's own images of one name.
	ImagesNamed(ctx context.Context, t state.Target, name string) ([]state.AMI, error)
	// Snapshots reads the account's own snapshots by id. One that is not there is
	// not in the answer, which is sorted by id.
	Snapshots(ctx context.Context, t state.Target, ids []string) ([]state.Snapshot, error)
	// PendingSnapshots reads the account's own snapshots that are pending and
	// carry an owner tag of amisync's, with one paginated call.
	PendingSnapshots(ctx context.Context, t state.Target) ([]state.Snapshot, error)
	// References reads who uses the images, by AMI id. Of one that is not in the
	// answer it is not known.
	References(ctx context.Context, t state.Target, ids []string, depth int) (map[string][]state.Reference, error)
	// SnapshotUsers reads which of the account's images use the snapshots.
	SnapshotUsers(ctx context.Context, t state.Target, snapshots []string) (map[string][]string, error)
	// Now is AWS's clock: the newest Date seen, carried on by the time since.
	Now() time.Time
}

// Editor changes images and snapshots that stay.
type Editor interface {
	SetTags(ctx context.Context, t state.Target, ids []string, tags map[string]string) error
	RemoveTags(ctx context.Context, t state.Target, ids, keys []string) error
	Describe(ctx context.Context, t state.Target, ami, text string) error
	ShareImage(ctx context.Context, t state.Target, ami string, add, remove []state.Grant) error
	ShareSnapshot(ctx context.Context, t state.Target, snapshot string, add, remove []state.Grant) error
	Deprecate(ctx context.Context, t state.Target, ami string, at time.Time) error
	CancelDeprecation(ctx context.Context, t state.Target, ami string) error
	Protect(ctx context.Context, t state.Target, ami string) error
	Unprotect(ctx context.Context, t state.Target, ami string) error
	Enable(ctx context.Context, t state.Target, ami string) error
	Disable(ctx context.Context, t state.Target, ami string) error
}

// Publisher reads and writes SSM parameters.
type Publisher interface {
	Parameter(ctx context.Context, t state.Target, name string) (state.Parameter, error)
	// NewParameter writes an aws:ec2:image parameter with its tags. It fails where
	// there is one of that name. That AWS accepts the value shows only later (SSM:
	// PutParameter, DataType), so the engine reads it back.
	NewParameter(ctx context.Context, t state.Target, name, ami string, tags map[string]string) error
	// PutParameter does the same to one that is there.
	PutParameter(ctx context.Context, t state.Target, name, ami string, tags map[string]string) error
	DeleteParameter(ctx context.Context, t state.Target, name string) error
}

// Remover takes away.
type Remover interface {
	// Deregister deregisters an image. One that is gone already is no error. With
	// snapshots it asks EC2 to delete those behind it and returns what became of
	// each: the AMI is gone even where a snapshot stays.
	Deregister(ctx context.Context, t state.Target, ami string, snapshots bool) ([]SnapshotResult, error)
	DeleteSnapshot(ctx context.Context, t state.Target, snapshot string) error
}

// SnapshotResult is what EC2 says became of a snapshot at deregistration:
// success, skipped, missing-permissions, internal-error or client-error.
type SnapshotResult struct {
	ID   string
	Code string
}

// Clock paces the engine. It is not AWS's clock: that is Watcher.Now.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}
