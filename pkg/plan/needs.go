package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

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
	Quotas              []state.QuotaQuery // where copies are to be started
	Lineage             []string           // commits
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
		len(q.Settings) == 0 && len(q.Quotas) == 0 && len(q.Lineage) == 0
}

// Needs says what must still be asked before Compute can decide. It is pure. It
// runs Compute's own decisions and returns the questions that had no answer, so
// asking, answering and asking again comes to rest after two rounds: the first
// learns sources and keys, the second what depends on them.
func Needs(d state.Desired, l state.Live, o Options) Query {
	p := newPlanner(d, l, o)
	p.decide()
	return p.facts.open.query()
}

func (q questions) query() Query {
	var sources []SourceQuery
	for _, image := range slices.Sorted(maps.Keys(q.sources)) {
		sources = append(sources, SourceQuery{Image: image, Source: q.sources[image]})
	}
	return Query{
		Sources:             sources,
		Keys:                sortedBy(q.keys, compareKeys),
		LaunchPermissions:   sortedBy(q.launch, compareResources),
		SnapshotPermissions: sortedBy(q.snapshots, compareResources),
		References:          sortedBy(q.references, compareReferences),
		Parameters:          sortedBy(q.parameters, compareParameters),
		Copies:              sortedBy(q.copies, compareCopies),
		SnapshotUsers:       sortedBy(q.users, compareResources),
		RecycleBins:         sortedBy(q.recycleBins, state.Target.Compare),
		Settings:            sortedBy(q.settings, state.Target.Compare),
		Quotas:              sortedBy(q.quotas, compareQuotas),
		Lineage:             sortedBy(q.lineage, cmp.Compare[string]),
	}
}

func sortedBy[Q comparable](set map[Q]bool, compare func(a, b Q) int) []Q {
	return slices.SortedFunc(maps.Keys(set), compare)
}

func compareKeys(a, b state.KeyQuery) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Key, b.Key))
}

func compareResources(a, b state.Resource) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.ID, b.ID))
}

func compareReferences(a, b state.ReferenceQuery) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.AMI, b.AMI), cmp.Compare(a.Depth, b.Depth))
}

func compareParameters(a, b state.ParameterQuery) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Name, b.Name))
}

func compareCopies(a, b state.CopiesQuery) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.SourceRegion, b.SourceRegion), cmp.Compare(a.SourceAMI, b.SourceAMI))
}

func compareQuotas(a, b state.QuotaQuery) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Quota, b.Quota))
}
