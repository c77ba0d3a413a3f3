package plan_test

import (
	"slices"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// answer answers questions from what the cloud is, or says that it cannot.
func (c *cloud) answer(q plan.Query, f *state.Facts) {
	for _, s := range q.Sources {
		put(&f.Sources, s.Image, answered(c.deaf["source:"+s.Image], c.sourceFact(s)))
	}
	for _, k := range q.Keys {
		put(&f.Keys, k, answered(c.deaf["key"], c.keys[k]))
	}
	for _, r := range q.LaunchPermissions {
		put(&f.LaunchPermissions, r, answered(c.deaf["launch"], slices.Clone(c.launch[r.ID])))
	}
	for _, r := range q.SnapshotPermissions {
		put(&f.SnapshotPermissions, r, answered(c.deaf["volume"], slices.Clone(c.volume[r.ID])))
	}
	for _, r := range q.References {
		put(&f.References, r, answered(c.deaf["references"] || c.deaf[r.AMI], c.references(r.AMI)))
	}
	for _, p := range q.Parameters {
		put(&f.Parameters, p, answered(c.deaf["parameter"], c.params[p]))
	}
	for _, k := range q.Copies {
		put(&f.Copies, k, answered(c.deaf["copies"], c.copiesOf(k)))
	}
	for _, r := range q.SnapshotUsers {
		put(&f.SnapshotUsers, r, answered(c.deaf["users"], c.users[r.ID]))
	}
	for _, t := range q.RecycleBins {
		put(&f.RecycleBins, t, answered(c.deaf["bin"], state.RecycleBin{Snapshots: c.bin}))
	}
	for _, t := range q.Settings {
		put(&f.Settings, t, answered(c.deaf["settings"], c.settings[t.Region]))
	}
	for _, k := range q.Quotas {
		put(&f.Quotas, k, answered(c.deaf["quotas"], c.quotas[k.Quota]))
	}
	for _, commit := range q.Lineage {
		a, ok := c.lineage[commit]
		if !ok {
			a = state.NotInClone
		}
		put(&f.Lineage, commit, answered(c.deaf["lineage"], a))
	}
}

// references are the uses of an AMI: what a test put there, and the parameters
// that hold its id.
func (c *cloud) references(id string) []state.Reference {
	out := slices.Clone(c.refs[id])
	for q, p := range c.params {
		if p.Exists && p.Value == id {
			out = append(out, state.Reference{Type: "ssm:Parameter", ARN: "arn:aws:ssm:" + q.Region + ":" + account + ":parameter" + q.Name})
		}
	}
	return out
}

func put[Q comparable, A any](m *map[Q]A, q Q, a A) {
	if *m == nil {
		*m = map[Q]A{}
	}
	(*m)[q] = a
}

func answered[A any](deaf bool, a A) state.Answer[A] {
	if deaf {
		return state.Answer[A]{Problem: &state.Problem{Code: "RequestLimitExceeded", Text: "throttled"}}
	}
	return state.Answer[A]{Value: a}
}

func (c *cloud) sourceFact(q plan.SourceQuery) state.SourceFact {
	id := q.Source.ID
	if id == "" {
		id = c.lookups[q.Image]
	}
	a, ok := c.sources[id]
	if !ok {
		if own, copied := c.images[id]; copied {
			a, ok = own, true
		}
	}
	if !ok {
		return state.SourceFact{Missing: &state.Problem{Code: "InvalidAMIID.NotFound", Text: "nothing there"}}
	}
	found := cloneAMI(*a)
	fact := state.SourceFact{AMI: &found}
	for _, s := range found.SnapshotIDs() {
		if part, ok := c.parts[s]; ok {
			fact.Snapshots = append(fact.Snapshots, part)
		}
	}
	return fact
}

func (c *cloud) copiesOf(q state.CopiesQuery) []state.AMI {
	var out []state.AMI
	for _, a := range c.untagged {
		if now := c.images[a.ID]; now != nil && now.Tags[state.TagOwner] != "" {
			continue // adopted
		}
		if a.Region == q.Region && a.SourceImageID == q.SourceAMI {
			out = append(out, a)
		}
	}
	return out
}
