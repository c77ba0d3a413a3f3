package spec

import (
	"slices"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// Values of what is not written.
const (
	defaultRemoveMax     = 40
	defaultRemovePercent = 30
	defaultCopyMax       = 200
	defaultCopyGiB       = 5000
	defaultGrace         = 7 * 24 * time.Hour
	defaultVersionDepth  = 10
)

// Desired is what the file asks for, with every default filled in and every
// list sorted. The configuration c is where the file came from.
func (f *File) Desired(c state.Config) state.Desired {
	d := state.Desired{
		Owner:    string(f.doc.Owner),
		Formerly: sortedTexts(f.doc.Formerly),
		Accounts: texts(f.doc.Accounts), // the sandbox is the first of them
		Prune:    f.doc.Prune,
		Limits:   f.doc.Limits.state(),
		Scope:    state.Scope{Only: sortedTexts(f.doc.OnlyRegions), Ignore: sortedTexts(f.doc.IgnoreRegions)},
		Defaults: f.doc.Defaults.Lifecycle.state().Retention,
		Guard:    f.doc.Defaults.Guard.state(),
		Config:   c,
	}
	for _, im := range f.images {
		d.Images = append(d.Images, f.desired(im))
	}
	return d
}

func (f *File) desired(im declared) state.Image {
	return state.Image{
		Name:           im.name,
		Formerly:       sortedTexts(im.Formerly),
		Source:         im.Source.state(),
		Regions:        im.regions(),
		NameTemplate:   im.template(),
		Description:    string(im.Description),
		Tags:           plain(im.Tags),
		CopySourceTags: state.SourceTags{All: im.CopySourceTags.all, Keys: sortedTexts(im.CopySourceTags.keys)},
		Encryption:     im.Encryption.state(),
		CompleteWithin: value((*time.Duration)(im.CompleteWithin), 0),
		Share:          im.Share.state(),
		Publish:        im.Publish.state(),
		Lifecycle:      im.Lifecycle.state(),
		Guard:          im.Guard.state(),
		Adopt:          im.Adopt,
		AllowRollback:  im.AllowRollback,
		Line:           f.at[im.place.path].position().Line,
	}
}

// regions leaves out what goes with the other way to name Regions.
func (im declared) regions() state.Regions {
	r := state.Regions{Optional: sortedTexts(im.OptionalRegions)}
	if im.Regions.all {
		r.All, r.IncludeSource, r.Exclude = true, im.IncludeSourceRegion, sortedTexts(im.ExcludeRegions)
		return r
	}
	r.Names = sortedTexts(im.Regions.names)
	r.Optional = slices.DeleteFunc(r.Optional, func(o string) bool { return !slices.Contains(r.Names, o) })
	return r
}

func (l limits) state() state.Limits {
	return state.Limits{
		RemoveMax:     value(l.Remove.Max, defaultRemoveMax),
		RemovePercent: value(l.Remove.Percent, defaultRemovePercent),
		CopyMax:       value(l.Copy.Max, defaultCopyMax),
		CopyGiB:       value(l.Copy.GiB, defaultCopyGiB),
	}
}

func (s source) state() state.Source {
	out := state.Source{Region: string(s.Region), ID: string(s.ID), Lookup: s.Lookup.state(), SSM: string(s.SSM)}
	if s.Track != nil {
		out.Track = &state.Track{SSM: string(s.Track.SSM), Lookup: s.Track.Lookup.state()}
	}
	return out
}

func (l *lookup) state() *state.Lookup {
	if l == nil {
		return nil
	}
	return &state.Lookup{Owners: sortedTexts(l.Owners), Name: string(l.Name), Tags: plain(l.Tags), Architecture: string(l.Architecture)}
}

func (e *encryption) state() *state.Encryption {
	if e == nil {
		return nil
	}
	return &state.Encryption{Key: string(e.KMSKey), Regions: plain(e.KMSKeys)}
}

func (s *share) state() *state.Share {
	if s == nil {
		return nil
	}
	return &state.Share{
		Accounts:            sortedTexts(s.Accounts),
		Organizations:       sortedTexts(s.Organizations),
		OrganizationalUnits: sortedTexts(s.OrganizationalUnits),
		Public:              s.Public,
		Snapshots:           s.Snapshots,
	}
}

func (p *publish) state() *state.Publish {
	if p == nil {
		return nil
	}
	return &state.Publish{SSM: string(p.SSM), Overwrite: p.Overwrite}
}

func (l lifecycle) state() state.Lifecycle {
	return state.Lifecycle{
		Keep:           l.Keep,
		DeprecateAfter: (*time.Duration)(l.DeprecateAfter),
		Retention: state.Retention{
			Grace:     value((*time.Duration)(l.Grace), defaultGrace),
			Retire:    orElse(string(l.Retire), state.RetireDeprecate),
			Snapshots: orElse(string(l.Snapshots), state.SnapshotsDelete),
			Protect:   l.Protect,
		},
	}
}

func (g guard) state() state.Guard {
	out := state.Guard{
		References:     slices.Sorted(slices.Values(allReferences)),
		VersionDepth:   value(g.VersionDepth, defaultVersionDepth),
		LaunchedWithin: time.Duration(g.LaunchedWithin),
	}
	if g.References != nil {
		out.References = sortedTexts(g.References.kinds)
	}
	return out
}

func value[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// plain is a map of texts without their forms; nil when empty.
func plain[K, V ~string](m map[K]V) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[string(k)] = string(v)
	}
	return out
}
