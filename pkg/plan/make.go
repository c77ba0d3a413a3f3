package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// retryAfter is how long a cell rests after its second broken attempt.
const retryAfter = 24 * time.Hour

// startCopy plans a copy for a cell that has none of D: a re-copy where the
// cell has another one to follow on.
func (p *planner) startCopy(c *cell, w want, m match) successor {
	if w.identified && w.source.unknown != nil {
		c.unknown = append(c.unknown, sourceUnknown(c.entry))
		return successor{}
	}
	kind, reason := Copy, Reason{NoCopy, Args{Region: c.key.Region}}
	old := m.replaceable()
	if old != nil {
		kind, reason = Recopy, changeReason(w, old)
	}
	a := p.act(c, kind, reason)
	if old != nil {
		a.Replaces = old.ami.ID
	}
	a.Blocked = append(a.Blocked, p.notAllowed(w)...)
	attempt := p.attempt(w, m, a)
	if len(w.blocks) == 0 && w.identified {
		p.fillCopy(c, w, a, attempt)
	}
	p.add(c, a)
	if len(a.Blocked) > 0 {
		return successor{}
	}
	return successor{action: a.ID, ok: true}
}

// changeReason says why the copy that is there is not what is desired.
func changeReason(w want, old *liveCopy) Reason {
	args := Args{AMI: cmp.Or(w.source.id, "an AMI that is not known"), Other: old.ctl.SourceAMI, Key: w.alias}
	if old.ctl.SourceAMI != w.source.id || old.ctl.SourceRegion != w.source.region {
		return Reason{SourceChanged, args}
	}
	args.AMI, args.Other = cmp.Or(w.key, "one that does not exist"), old.key()
	if w.alias != "" && old.key() != state.KeyNone {
		return Reason{AliasMoved, args}
	}
	return Reason{KeyChanged, args}
}

// attempt counts the tries for this source and key by the newest broken one,
// and holds a third one back for a day.
func (p *planner) attempt(w want, m match, a *Action) int {
	for _, lc := range m.broken {
		if !w.identified || !lc.is(w) {
			continue
		}
		last := max(lc.ctl.Made.Attempt, 1)
		if a.Kind == Copy {
			a.Reason = Reason{TryAgain, Args{AMI: lc.ami.ID, Detail: lc.detail, Count: last + 1}}
		}
		if next := lc.ami.Created.Add(retryAfter); last >= 2 && !p.o.RetryFailed && next.After(p.now) {
			a.Blocked = append(a.Blocked, Reason{FailedTwice, Args{AMI: lc.ami.ID, Detail: lc.detail, Count: last, Until: &next}})
		}
		return last + 1
	}
	return 1
}

// fillCopy writes the whole request and what follows once the copy is there.
func (p *planner) fillCopy(c *cell, w want, a *Action, attempt int) {
	p.preflight(c)
	name, err := c.entry.copyName()
	if err != nil {
		a.Blocked = append(a.Blocked, Reason{NameInvalid, Args{Image: c.key.Image, Detail: err.Error()}})
	}
	r := p.request(c, w, name, attempt)
	made := madeCopy(r)
	e := p.attributes(c, made, asCurrent)
	a.Name, a.Estimate = r.Name(), w.source.estimate()
	a.Changes = append(creationChanges(c.entry, w, r), e.changes...)
	a.Blocked = append(a.Blocked, p.copyBlocks(c, w, r, e)...)
	a.Do = Instruction{
		Copy:   r,
		Expect: &Expectation{Digest: w.source.traits(), KMSKey: r.KMSKey, Source: w.source.ami, Attempt: attempt},
		Steps:  e.steps,
		GiB:    a.Estimate.GiB,
	}
	p.showHeld(c, nil, e)
}

// request is the CopyImage request of the cell's next generation.
func (p *planner) request(c *cell, w want, name string, attempt int) *CopyRequest {
	e := c.entry
	r := &CopyRequest{
		Cell: c.key, SourceAMI: w.source.id, SourceRegion: w.source.region,
		BaseName: name, Generation: c.nextGeneration(w), Description: description(e, w),
		KMSKey: w.key, CompleteWithin: e.image.CompleteWithin,
	}
	made := state.Made{Attempt: attempt, Digest: w.source.traits(), SourceCreated: w.source.ami.Created}
	r.ImageTags = w.source.carriedTags(e.image.CopySourceTags)
	if r.ImageTags == nil {
		r.ImageTags = map[string]string{}
	}
	maps.Copy(r.ImageTags, e.image.Tags)
	maps.Copy(r.ImageTags, map[string]string{
		state.TagOwner: p.d.Owner, state.TagImage: e.image.Name,
		state.TagSourceAMI: w.source.id, state.TagSourceRegion: w.source.region,
		state.TagGeneration: strconv.Itoa(r.Generation), state.TagKey: keyTag(w),
		state.TagMade: made.String(), state.TagLifecycle: e.retention,
	})
	if !w.source.s3Backed() {
		r.SnapshotTags = maps.Clone(r.ImageTags)
	}
	return r
}

func keyTag(w want) string {
	if w.key == "" {
		return state.KeyNone
	}
	return w.key
}

// description is always sent: whether EC2 makes one up where none is given is
// not documented (EC2 API, CopyImage).
func description(e *entry, w want) string {
	if e.image.Description != "" {
		return e.image.Description
	}
	return fmt.Sprintf("Copied by amisync from %s in %s", w.source.id, w.source.region)
}

// nextGeneration counts past every copy of the source that the cell has seen,
// conflicts included: their names are taken.
func (c *cell) nextGeneration(w want) int {
	last := 0
	for _, lc := range c.copies {
		if lc.ctl.SourceAMI == w.source.id && lc.ctl.SourceRegion == w.source.region {
			last = max(last, lc.ctl.Generation)
		}
	}
	for _, a := range c.conflicts {
		if a.Tags[state.TagSourceAMI] == w.source.id {
			last = max(last, state.ParseControl(a.Tags).Generation)
		}
	}
	for _, lc := range c.former {
		if lc.ctl.SourceAMI == w.source.id {
			last = max(last, lc.ctl.Generation)
		}
	}
	return last + 1
}

// madeCopy is the copy as it will be when EC2 has made it.
func madeCopy(r *CopyRequest) *liveCopy {
	a := &state.AMI{
		Account: r.Cell.Account, Region: r.Cell.Region, State: state.ImagePending,
		Name: r.Name(), Description: r.Description, Tags: r.ImageTags,
	}
	return &liveCopy{
		ami: a, ctl: state.ParseControl(a.Tags), condition: pending, fresh: true, image: r.Cell.Image,
	}
}

// creationChanges are what a new copy is made with, beyond its source.
func creationChanges(e *entry, w want, r *CopyRequest) []Change {
	out := []Change{{Field: "name", After: r.BaseName}, {Field: "lifecycle", After: e.retention}}
	if w.keyed {
		out = append(out, Change{Field: "key", After: w.key})
	}
	if e.image.CompleteWithin > 0 {
		out = append(out, Change{Field: "completeWithin", After: state.FormatDuration(e.image.CompleteWithin)})
	}
	if e.image.Description != "" {
		out = append(out, Change{Field: "description", After: e.image.Description})
	}
	for _, k := range slices.Sorted(maps.Keys(r.ImageTags)) {
		if !state.IsControl(k) {
			out = append(out, Change{Field: "tags." + k, After: r.ImageTags[k]})
		}
	}
	return out
}

// copyBlocks are what only shows once the request is whole.
func (p *planner) copyBlocks(c *cell, w want, r *CopyRequest, e edit) []Reason {
	var out []Reason
	if n := tagsInTheEnd(r.ImageTags, e); n > state.MaxTags {
		out = append(out, Reason{TooManyTags, Args{Image: c.key.Image, Count: n, Limit: state.MaxTags}})
	}
	if p.managedByDefault(c) {
		out = append(out, Reason{ManagedKeyShared, Args{Key: "the Region's default key", Image: c.key.Image}})
	}
	if p.noThroughput(c) {
		out = append(out, Reason{TimedCopyQuota, Args{Image: c.key.Image, Region: c.key.Region}})
	}
	abroad := c.key.Region != w.source.region
	if w.source.encrypted() && !w.keyed && abroad {
		out = append(out, Reason{EncryptedNoKey, Args{AMI: w.source.id, Image: c.key.Image}})
	}
	return append(out, p.publicBlocks(c, w)...)
}

// tagsInTheEnd counts the tags that a copy carries when it is finished, with
// room for those of its later life: verified, superseded-at and retired-at.
func tagsInTheEnd(atCreation map[string]string, e edit) int {
	var more []string // a handful, which a list takes less for than a set
	add := func(k string) {
		if !hasTag(atCreation, k) && !slices.Contains(more, k) {
			more = append(more, k)
		}
	}
	for _, k := range [...]string{state.TagVerified, state.TagSupersededAt, state.TagRetiredAt} {
		add(k)
	}
	for _, s := range e.steps {
		if t, ok := s.(SetTags); ok {
			for k := range t.Tags {
				add(k)
			}
		}
	}
	return len(atCreation) + len(more)
}

// publicBlocks hold back a copy that could not be made public once it is there.
func (p *planner) publicBlocks(c *cell, w want) []Reason {
	share := c.entry.image.Share
	if share == nil || !share.Public || w.source.ami == nil {
		return nil
	}
	settings := c.settings
	encrypted := w.keyed || w.source.encrypted() || (settings.Known() && settings.Value.EncryptionByDefault)
	return c.notPublic(*w.source.ami, encrypted, settings)
}
