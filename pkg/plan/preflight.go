package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/amisync/amisync/pkg/state"
)

// concurrentCopies is how many copies EC2 makes at once in a destination Region
// (EC2 User Guide, "How Amazon EC2 AMI copy works").
const concurrentCopies = 300

// preflight asks what only matters where a copy is to be started.
func (p *planner) preflight(c *cell) {
	t := c.key.Target()
	c.settings = p.facts.settings(t)
	p.facts.quota(t, state.QuotaImages)
	if c.entry.image.CompleteWithin > 0 {
		p.facts.quota(t, state.QuotaTimedCopy)
	}
	if c.entry.image.Encryption == nil && len(c.entry.grants) > 0 {
		p.facts.key(defaultKey(t))
	}
}

// defaultKey asks for the key that encryption by default uses in a Region.
func defaultKey(t state.Target) state.KeyQuery {
	return state.KeyQuery{Account: t.Account, Region: t.Region, Key: state.KeyDefault}
}

// managedByDefault reports whether a copy would come under an AWS managed key,
// and so could not be shared, although amis.yaml asks for no key at all.
func (p *planner) managedByDefault(c *cell) bool {
	if c.entry.image.Encryption != nil || len(c.entry.grants) == 0 || !c.settings.Known() || !c.settings.Value.EncryptionByDefault {
		return false
	}
	k := p.facts.key(defaultKey(c.key.Target()))
	return k.Known() && k.Value.Managed
}

// noThroughput reports whether the account may make no time-based copy.
func (p *planner) noThroughput(c *cell) bool {
	if c.entry.image.CompleteWithin == 0 {
		return false
	}
	q := p.facts.quota(c.key.Target(), state.QuotaTimedCopy)
	return q.Known() && q.Value == 0
}

// notAllowed is what stands against the source, told apart where Allowed AMIs
// may be what hides it: DescribeImages does not show what is not allowed (EC2
// User Guide, "Control the discovery and use of AMIs").
func (p *planner) notAllowed(w want) []Reason {
	out := slices.Clone(w.blocks)
	for i, r := range out {
		if w.source.ami != nil || (r.Code != SourceNotFound && r.Code != SourceNoMatch) {
			continue
		}
		s := p.facts.settings(state.Target{Account: p.live.Account, Region: w.source.region})
		if s.Known() && s.Value.AllowedImages == allowedImagesOn {
			out[i].Code = SourceNotAllowed
		}
	}
	return out
}

// allowedImagesOn is the state of Allowed AMIs that hides AMIs; audit-mode
// shows them (GetAllowedImagesSettings).
const allowedImagesOn = "enabled"

// starts reports whether this run would start a copy.
func (a *Action) starts() bool { return a.Kind.Makes() && len(a.Blocked) == 0 }

// starting are the images that a copy would be started of.
func (p *planner) starting() map[string]bool {
	out := map[string]bool{}
	for _, c := range p.cells {
		if slices.ContainsFunc(c.actions, (*Action).starts) {
			out[c.key.Image] = true
		}
	}
	return out
}

// foreignWarnings are what may make EC2 refuse a copy of somebody else's AMI
// (EC2 User Guide, "Copy an Amazon EC2 AMI").
func (p *planner) foreignWarnings(image string, s *source) []Warning {
	if s.ami == nil || s.ami.OwnerID == "" || s.ami.OwnerID == p.live.Account {
		return nil
	}
	var out []Warning
	args := Args{Image: image, AMI: s.id, Other: s.ami.OwnerID}
	if len(s.ami.ProductCodes) > 0 {
		out = append(out, warning(WarnMarketplace, args))
	}
	read := map[string]bool{}
	for _, part := range s.snapshots {
		read[part.ID] = true
	}
	if slices.ContainsFunc(s.ami.SnapshotIDs(), func(id string) bool { return !read[id] }) {
		out = append(out, warning(WarnSourceStorage, args))
	}
	return out
}

func warning(code Code, args Args) Warning { return Warning{code, Reason{code, args}.Text()} }

// load is what this run would add to a Region.
type load struct {
	copies int
	timed  bool
}

// quotaWarnings tell of Regions where a quota is near, or is not known.
func (p *planner) quotaWarnings() []Warning {
	loads := p.loads()
	var silent, images, copies []string
	for _, name := range slices.Sorted(maps.Keys(loads)) {
		l, t := loads[name], state.Target{Account: p.live.Account, Region: name}
		held, pending := p.region(name).held()
		quota := p.facts.quota(t, state.QuotaImages)
		switch {
		case !quota.Known(), l.timed && !p.facts.quota(t, state.QuotaTimedCopy).Known():
			silent = append(silent, name)
		case 10*(held+l.copies) > 9*quota.Value:
			images = append(images, fmt.Sprintf("%s (%d of %d)", name, held+l.copies, quota.Value))
		}
		if n := pending + l.copies; n > concurrentCopies {
			copies = append(copies, fmt.Sprintf("%s (%d)", name, n))
		}
	}
	var out []Warning
	tell := func(code Code, list []string) {
		if len(list) > 0 {
			out = append(out, warning(code, Args{Detail: regionList(list), Limit: concurrentCopies}))
		}
	}
	tell(WarnImagesNear, images)
	tell(WarnCopiesNear, copies)
	tell(WarnQuotaUnknown, silent)
	return out
}

// loads are the Regions that copies would be started into.
func (p *planner) loads() map[string]load {
	out := map[string]load{}
	for _, c := range p.cells {
		for _, a := range c.actions {
			if a.starts() {
				l := out[c.key.Region]
				l.copies++
				l.timed = l.timed || c.entry.image.CompleteWithin > 0
				out[c.key.Region] = l
			}
		}
	}
	return out
}

// held counts the copies of any amisync owner in a Region.
func (r *region) held() (all, pending int) {
	for i := range r.live.Images {
		switch r.live.Images[i].State {
		case state.ImageDeregistered:
			continue
		case state.ImagePending:
			pending++
		}
		all++
	}
	return all, pending
}
