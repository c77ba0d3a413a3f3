package plan

import (
	"slices"
	"strings"
)

// warn gathers what a reviewer should know and what changes no action.
func (p *planner) warn() []Warning {
	var out []Warning
	tell := func(code Code, args Args) {
		r := Reason{code, args}
		out = append(out, Warning{Code: code, Text: r.Text()})
	}
	if p.o.Ahead > 0 {
		tell(WarnAhead, Args{Until: &p.now})
	}
	starting := p.starting()
	for _, img := range p.d.Images {
		e := p.entries[img.Name]
		s := e.source
		args := Args{AMI: s.id, Image: img.Name, Region: s.region}
		switch {
		case s.pinned && s.unknown == nil && s.ami == nil && p.holds(img.Name, s.id):
			tell(WarnSourceGone, args)
		case s.ami != nil && !s.ami.Deprecated.IsZero() && !s.ami.Deprecated.After(p.now):
			tell(WarnSourceDeprecated, args)
		}
		if sh := img.Share; sh != nil && sh.Snapshots && len(sh.Organizations)+len(sh.OrganizationalUnits) > 0 {
			tell(WarnSnapshotSharing, args)
		}
		if starting[img.Name] {
			out = append(out, p.foreignWarnings(img.Name, s)...)
		}
	}
	return slices.Concat(out, p.filesWarnings(), p.settingsWarnings(), p.quotaWarnings())
}

// filesWarnings tell of images of which an S3-backed copy is to be deregistered.
func (p *planner) filesWarnings() []Warning {
	var images []string
	for _, c := range p.cells {
		for _, a := range c.actions {
			if lc := c.find(a.AMI); a.Kind == Deregister && lc != nil && s3Backed(lc.ami) {
				images = append(images, c.key.Image)
			}
		}
	}
	slices.Sort(images)
	var out []Warning
	for _, name := range slices.Compact(images) {
		out = append(out, warning(WarnS3Files, Args{Image: name}))
	}
	return out
}

// holds reports whether some cell of an image holds a copy of its source.
func (p *planner) holds(image, source string) bool {
	return slices.ContainsFunc(p.cells, func(c *cell) bool {
		return c.key.Image == image && c.current != nil && c.current.ctl.SourceAMI == source
	})
}

// settingsWarnings tell of Regions that encrypt whatever amis.yaml says about a
// copy that is to be started there.
func (p *planner) settingsWarnings() []Warning {
	var encrypts, silent []string
	for _, c := range p.cells {
		starts := slices.ContainsFunc(c.actions, (*Action).starts)
		if !starts || c.entry.image.Encryption != nil || c.entry.source.encrypted() {
			continue
		}
		switch s := c.settings; {
		case !s.Known():
			silent = append(silent, c.key.Region)
		case s.Value.EncryptionByDefault:
			encrypts = append(encrypts, c.key.Region)
		}
	}
	var out []Warning
	if list := regionList(encrypts); list != "" {
		out = append(out, Warning{WarnEncryptedAnyway, Reason{WarnEncryptedAnyway, Args{Detail: list}}.Text()})
	}
	if list := regionList(silent); list != "" {
		out = append(out, Warning{WarnSettingsUnknown, Reason{WarnSettingsUnknown, Args{Detail: list}}.Text()})
	}
	return out
}

func regionList(regions []string) string {
	slices.Sort(regions)
	return strings.Join(slices.Compact(regions), ", ")
}
