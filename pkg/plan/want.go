package plan

import (
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// want is D: what is desired in a cell.
type want struct {
	source     *source
	key        string // ARN; counts where keyed
	keyed      bool   // false: no encryption block, the key is not compared
	alias      string // the name in amis.yaml, where it is an alias
	identified bool   // source and key are known
	blocks     []Reason
}

// want tells what is desired in a declared cell. Where a deciding fact is not
// known the cell becomes unknown.
func (p *planner) want(c *cell) want {
	e := c.entry
	w := want{source: e.source, identified: e.source.resolved()}
	w.blocks = append(w.blocks, e.source.blocks...)
	if p.region(c.key.Region).live.Status == state.NotEnabled {
		w.blocks = []Reason{{RegionNotEnabled, Args{Region: c.key.Region, Image: e.image.Name}}}
		return w
	}
	if e.image.Encryption != nil {
		p.wantKey(c, &w)
	}
	if !e.source.resolved() && e.source.unknown != nil {
		c.unknown = append(c.unknown, sourceUnknown(e))
	}
	return w
}

func sourceUnknown(e *entry) state.Problem {
	return *problem(SourceUnknown, Args{AMI: e.source.id, Region: e.source.region, Detail: e.source.unknown.Text})
}

// wantKey resolves the key of amis.yaml, because what EC2 shows is an ARN
// (KMS, DescribeKey) and an alias may name another key tomorrow.
func (p *planner) wantKey(c *cell, w *want) {
	name := c.entry.image.Encryption.For(c.key.Region)
	a := p.facts.key(state.KeyQuery{Account: c.key.Account, Region: c.key.Region, Key: name})
	if !a.Known() {
		c.unknown = append(c.unknown, *problem(KeyUnknown, Args{Key: name, Region: c.key.Region, Detail: a.Problem.Text}))
		return
	}
	k := a.Value
	w.keyed, w.key = true, k.ARN
	if strings.Contains(name, "alias/") || name == state.KeyDefault {
		w.alias = name
	}
	w.identified = w.identified && k.Exists
	w.blocks = append(w.blocks, keyBlocks(k, Args{Key: name, Region: c.key.Region, Image: c.entry.image.Name, Detail: k.State})...)
	if c.entry.image.Share != nil && k.Managed && len(c.entry.grants) > 0 {
		w.blocks = append(w.blocks, Reason{ManagedKeyShared, Args{Key: name, Image: c.entry.image.Name}})
	}
}

// keyBlocks are what makes a key no key for a copy: EC2 starts one under it all
// the same and lets it fail later (EC2 API, CopyImage: KmsKeyId).
func keyBlocks(k state.Key, args Args) []Reason {
	switch {
	case !k.Exists:
		return []Reason{{KeyMissing, args}}
	case !k.Enabled:
		return []Reason{{KeyDisabled, args}}
	case k.Spec != "" && k.Spec != "SYMMETRIC_DEFAULT", k.Usage != "" && k.Usage != "ENCRYPT_DECRYPT":
		args.Detail = strings.TrimSpace(k.Spec + " " + k.Usage)
		return []Reason{{KeyUnsuitable, args}}
	case k.ARN != "" && arnRegion(k.ARN) != args.Region:
		return []Reason{{KeyAbroad, args}}
	default:
		return nil
	}
}

// arnRegion is the Region of an ARN: its fourth field.
func arnRegion(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[3]
}

// wentBack finds a copy that is current in its cell and newer than what a
// lookup or parameter now names; a pinned id says what people want.
func (p *planner) wentBack(c *cell, w want) *liveCopy {
	if w.source.pinned || c.entry.image.AllowRollback || !w.identified {
		return nil
	}
	created := w.source.created()
	for _, lc := range c.copies {
		left := lc.retired || !lc.superseded.IsZero() || lc.condition == broken
		if !left && lc.ctl.SourceAMI != w.source.id && lc.ctl.Made.SourceCreated.After(created) {
			return lc
		}
	}
	return nil
}
