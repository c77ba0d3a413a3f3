package plan

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/amisync/amisync/pkg/state"
)

// entry is one declared image, with what every cell of it needs made once.
type entry struct {
	image     *state.Image
	source    *source
	copyName  func() (string, error) // of a copy's first generation, made once
	retention string                 // the value of amisync:lifecycle
	tagKeys   []string               // keys of people that we set, sorted
	grants    []state.Grant          // launch permissions, sorted; without the own account
	snapshots []state.Grant          // create-volume permissions, sorted
}

// declare makes the entries, resolves their sources and lays out their cells.
func (p *planner) declare() {
	for i := range p.d.Images {
		e := p.newEntry(&p.d.Images[i])
		p.entries[e.image.Name] = e
		for _, former := range e.image.Formerly {
			p.renamed[former] = e.image.Name
		}
		p.sourceAreas[e.source.region] = true
		if e.source.id != "" {
			p.sourceOf[sourceID{e.source.region, e.source.id}] = true
		}
		p.declareCells(e)
	}
}

func (p *planner) newEntry(img *state.Image) *entry {
	e := &entry{
		image:     img,
		source:    p.resolve(img),
		retention: img.Lifecycle.Retention.String(),
		tagKeys:   slices.Sorted(maps.Keys(img.Tags)),
	}
	e.copyName = sync.OnceValues(func() (string, error) { return state.CopyName(img.NameTemplate, img.Name, e.source.id) })
	if img.Share != nil {
		e.grants, e.snapshots = p.grants(*img.Share)
	}
	return e
}

// grants are the permissions that a share asks for. The owner may always
// launch and is never listed (EC2 User Guide, "Share an AMI with specific AWS
// accounts"); snapshots know neither organisations nor units.
func (p *planner) grants(s state.Share) (launch, snapshots []state.Grant) {
	for _, a := range s.Accounts {
		if a != p.live.Account {
			launch = append(launch, state.Grant{Account: a})
		}
	}
	if s.Public {
		launch = append(launch, state.Grant{Public: true})
	}
	if s.Snapshots {
		snapshots = sortedGrants(launch)
	}
	for _, o := range s.Organizations {
		launch = append(launch, state.Grant{Organization: o})
	}
	for _, u := range s.OrganizationalUnits {
		launch = append(launch, state.Grant{OrganizationalUnit: u})
	}
	return sortedGrants(launch), snapshots
}

func sortedGrants(list []state.Grant) []state.Grant {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b state.Grant) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(out)
}

// declareCells lays out the cells that an entry wants.
func (p *planner) declareCells(e *entry) {
	want := e.image.Regions
	names := want.Names
	if want.All {
		names = p.allRegions(want, e.image.Source.Region)
	}
	for _, name := range names {
		c := p.cell(name, e.image.Name)
		c.entry, c.declared, c.optional = e, true, slices.Contains(want.Optional, name)
	}
}

// allRegions are those that `regions: all` means: enabled for the account and
// in scope, readable or not, but for the source's own.
func (p *planner) allRegions(want state.Regions, source string) []string {
	var names []string
	for _, r := range p.live.Regions {
		enabled := r.Status == state.Readable || r.Status == state.Unknown
		if !enabled || slices.Contains(want.Exclude, r.Name) || (r.Name == source && !want.IncludeSource) {
			continue
		}
		names = append(names, r.Name)
	}
	return names
}
