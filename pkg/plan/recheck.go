package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// Observed is what the engine read again for one precondition. Only the fields
// that its check asks for need to be filled.
type Observed struct {
	Image      *state.AMI        // image, usable: the AMI; nil: it is not there
	Snapshots  []state.Snapshot  // usable: those behind Image; snapshot: the snapshot itself
	References []state.Reference // unreferenced: all uses of the AMI, of any type
	Parameter  state.Parameter   // parameter, unpublished
	Users      []string          // snapshot: ids of AMIs whose mapping names it
	Problem    *state.Problem    // not nil: it could not be read, which counts as changed
}

// Recheck evaluates a precondition against what is there now. It returns ""
// while the precondition holds, else a sentence that says what changed.
func Recheck(p Precondition, seen Observed) string {
	if seen.Problem != nil {
		return fmt.Sprintf("%s could not be read again: %s", p.ID, seen.Problem.Text)
	}
	switch p.Check {
	case CheckImage:
		return imageChanged(p, seen.Image)
	case CheckUnreferenced:
		return referenceChanged(p, seen.References)
	case CheckUsable:
		return usableChanged(p, seen)
	case CheckParameter:
		return parameterChanged(p, seen.Parameter)
	case CheckUnpublished:
		return publishedAgain(p, seen.Parameter)
	case CheckSnapshot:
		return snapshotChanged(p, seen)
	default:
		return fmt.Sprintf("the check %q is not known", p.Check)
	}
}

func imageChanged(p Precondition, a *state.AMI) string {
	switch {
	case a == nil:
		return fmt.Sprintf("%s is gone", p.ID)
	case a.State != p.State:
		return fmt.Sprintf("%s is %s now, not %s", p.ID, a.State, p.State)
	case ImageDigest(*a) != p.Digest:
		return fmt.Sprintf("the control tags or the protection of %s changed", p.ID)
	case p.Launched != "" && state.FormatTime(a.LastLaunched) > p.Launched:
		return fmt.Sprintf("%s was launched at %s", p.ID, state.FormatTime(a.LastLaunched))
	default:
		return ""
	}
}

func referenceChanged(p Precondition, refs []state.Reference) string {
	if r, ok := firstReference(refs, p.Types, p.Parameters); ok {
		return fmt.Sprintf("%s is used by %s", p.ID, r)
	}
	return ""
}

// firstReference is the first use of one of the types, as a person would name
// it. Parameters of ours that go with the AMI do not count.
func firstReference(refs []state.Reference, types, ours []string) (string, bool) {
	var names []string
	for _, r := range refs {
		if slices.Contains(types, r.Type) && !isParameter(r, ours) {
			names = append(names, nameReference(r))
		}
	}
	if len(names) == 0 {
		return "", false
	}
	return slices.Min(names), true
}

// isParameter reports whether a reference is one of the named parameters. The
// resource of an SSM parameter's ARN is "parameter" and the name, which begins
// with a slash or is joined by one (Systems Manager, ARN of a parameter).
func isParameter(r state.Reference, names []string) bool {
	_, name, found := strings.Cut(r.ARN, ":parameter/")
	if r.Type != refSSM || !found {
		return false
	}
	return slices.ContainsFunc(names, func(n string) bool { return strings.TrimPrefix(n, "/") == name })
}

func usableChanged(p Precondition, seen Observed) string {
	switch {
	case seen.Image == nil:
		return fmt.Sprintf("the successor %s is gone", p.ID)
	case seen.Image.State != state.ImageAvailable:
		return fmt.Sprintf("the successor %s is %s", p.ID, seen.Image.State)
	case seen.Image.Tags[state.TagVerified] != state.VerifiedOK:
		return fmt.Sprintf("the successor %s is not verified", p.ID)
	}
	for _, k := range slices.Sorted(maps.Keys(p.Tags)) {
		if v, ok := seen.Image.Tags[k]; !ok || !slices.Contains(p.Tags[k], v) {
			return fmt.Sprintf("the tag %s of the successor %s changed", k, p.ID)
		}
	}
	for _, id := range seen.Image.SnapshotIDs() {
		i := slices.IndexFunc(seen.Snapshots, func(s state.Snapshot) bool { return s.ID == id })
		if i < 0 || !readySnapshot(seen.Snapshots[i]) {
			return fmt.Sprintf("snapshot %s of the successor %s is not ready", id, seen.Image.ID)
		}
	}
	return ""
}

// readySnapshot reports whether volumes can be made from a snapshot.
func readySnapshot(s state.Snapshot) bool {
	return s.State == state.SnapshotCompleted && s.Tier != state.TierArchive
}

func parameterChanged(p Precondition, seen state.Parameter) string {
	switch {
	case p.Value == "" && seen.Exists:
		return fmt.Sprintf("parameter %s exists now and holds %s", p.ID, seen.Value)
	case p.Value != "" && !seen.Exists:
		return fmt.Sprintf("parameter %s is gone", p.ID)
	case p.Value != "" && seen.Value != p.Value:
		return fmt.Sprintf("parameter %s holds %s now, not %s", p.ID, seen.Value, p.Value)
	default:
		return ""
	}
}

func publishedAgain(p Precondition, seen state.Parameter) string {
	if seen.Exists && seen.Value == p.Value {
		return fmt.Sprintf("parameter %s names %s", p.ID, p.Value)
	}
	return ""
}

func snapshotChanged(p Precondition, seen Observed) string {
	i := slices.IndexFunc(seen.Snapshots, func(s state.Snapshot) bool { return s.ID == p.ID })
	switch {
	case i < 0:
		return fmt.Sprintf("%s is gone", p.ID)
	case len(seen.Users) > 0:
		return fmt.Sprintf("%s is used by %s", p.ID, slices.Min(seen.Users))
	case hasTag(seen.Snapshots[i].Tags, state.TagKeep):
		return fmt.Sprintf("%s carries %s now", p.ID, state.TagKeep)
	default:
		return ""
	}
}

func hasTag(tags map[string]string, key string) bool {
	_, ok := tags[key]
	return ok
}
