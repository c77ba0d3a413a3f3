package plan

import "github.com/amisync/amisync/pkg/state"

// Query lists what must be read before Compute can decide. Every list is
// sorted and without repeats. The answers go into state.Facts under the same
// keys; a question that got no answer is unknown, never absent.
type Query struct {
	Sources             []SourceQuery
	Keys                []state.KeyQuery
	LaunchPermissions   []state.Resource
	SnapshotPermissions []state.Resource
	References          []state.ReferenceQuery
	Parameters          []state.ParameterQuery
	Copies              []state.CopiesQuery // untagged ones, for adopt
	SnapshotUsers       []state.Resource    // who uses these orphan snapshots
	RecycleBins         []state.Target
	Settings            []state.Target
	Lineage             []string // commits
}

// SourceQuery asks for the source of one image.
type SourceQuery struct {
	Image  string
	Source state.Source
}

// Empty reports whether nothing is left to ask.
func (q Query) Empty() bool {
	return len(q.Sources) == 0 && len(q.Keys) == 0 && len(q.LaunchPermissions) == 0 &&
		len(q.SnapshotPermissions) == 0 && len(q.References) == 0 && len(q.Parameters) == 0 &&
		len(q.Copies) == 0 && len(q.SnapshotUsers) == 0 && len(q.RecycleBins) == 0 &&
		len(q.Settings) == 0 && len(q.Lineage) == 0
}
