package plan

import (
	"strconv"

	"github.com/amisync/amisync/pkg/state"
)

// role is what a copy is there for.
type role int

const (
	asCurrent      role = iota // D's copy
	asKept                     // superseded, kept for a rollback
	asGoing                    // superseded, and stays only because it cannot go yet
	asKeptUnmarked             // the same, but it gets no superseded-at yet
)

// edit is what differs on a copy: as a person reads it, and as the engine does
// it, in finishing order.
type edit struct {
	changes   []Change
	steps     []Step
	held      []heldChange
	publishes bool // a parameter is pointed at the copy
}

// heldChange is what something stands against. It holds back nothing else.
type heldChange struct {
	changes []Change
	blocks  []Reason
}

func (e *edit) change(field, before, after string) {
	e.changes = append(e.changes, Change{Field: field, Before: before, After: after})
}

func (e *edit) do(steps ...Step) { e.steps = append(e.steps, steps...) }

// addsTags reports whether the edit sets a tag that the image does not have.
func (e *edit) addsTags(lc *liveCopy) bool {
	for _, s := range e.steps {
		t, ok := s.(SetTags)
		if !ok {
			continue
		}
		for k := range t.Tags {
			if !hasTag(lc.ami.Tags, k) {
				return true
			}
		}
	}
	return false
}

// attributes compares everything that can be changed on a copy. A deciding fact
// without an answer makes the cell unknown; the other questions are asked all
// the same, so that one round of answers is enough.
func (p *planner) attributes(c *cell, lc *liveCopy, as role) edit {
	var e edit
	if lc.condition == restorable && lc.ctl.Verified != state.VerifiedOK {
		enable(lc, &e)
		marks(lc, as, &e)
		return e
	}
	p.identity(c, lc, &e)
	enable(lc, &e)
	remember(c, lc, &e)
	describe(c, lc, &e)
	p.shareSnapshots(c, lc, &e)
	p.shareImage(c, lc, &e)
	p.deprecation(c, lc, &e)
	protection(c, lc, &e)
	if as == asCurrent {
		p.publish(c, lc, &e)
	}
	p.tags(c, lc, &e)
	marks(lc, as, &e)
	return e
}

// identity says whose copy it is and of which image: first, because what
// follows may be allowed by these tags only.
func (p *planner) identity(c *cell, lc *liveCopy, e *edit) {
	want := tagSet{}
	if lc.ctl.Owner != p.d.Owner {
		e.change("owner", lc.ctl.Owner, p.d.Owner)
		want.set(state.TagOwner, p.d.Owner)
	}
	if lc.image != c.key.Image {
		e.change("image", lc.image, c.key.Image)
		want.set(state.TagImage, c.key.Image)
	}
	if p.o.TakeOver && lc.ctl.File != "" && p.d.Config.Path != "" && lc.ctl.File != p.d.Config.Path {
		e.change("file", lc.ctl.File, p.d.Config.Path)
		p.writeLineage(&want)
	}
	if len(want.tags) > 0 {
		e.do(SetTags{On: OnBoth, Tags: want.tags})
	}
}

// remember writes the lifecycle down before protection is switched on, which
// would not look like ours without it, and after a copy is enabled: till then
// it says that it was us who disabled it.
func remember(c *cell, lc *liveCopy, e *edit) {
	if !protects(c) || lc.ami.Tags[state.TagLifecycle] == c.entry.retention {
		return
	}
	e.change("lifecycle", lc.ami.Tags[state.TagLifecycle], c.entry.retention)
	e.do(SetTags{On: OnBoth, Tags: map[string]string{state.TagLifecycle: c.entry.retention}})
}

func protects(c *cell) bool {
	protect := c.entry.image.Lifecycle.Protect
	return protect != nil && *protect
}

func (p *planner) writeLineage(tags *tagSet) {
	if p.d.Config.Path != "" {
		tags.set(state.TagFile, p.d.Config.Path)
	}
	if p.d.Config.Commit != "" {
		tags.set(state.TagCommit, p.d.Config.Commit)
	}
}

// tagSet makes its map with the first tag: most copies need none.
type tagSet struct {
	tags map[string]string
	on   Subject // of a comparison: what differs
}

func (s *tagSet) set(k, v string) {
	if s.tags == nil {
		s.tags = map[string]string{}
	}
	s.tags[k] = v
}

func enable(lc *liveCopy, e *edit) {
	if lc.ami.State == state.ImageDisabled {
		e.change("state", state.ImageDisabled, state.ImageAvailable)
		e.do(Enable{})
	}
}

func describe(c *cell, lc *liveCopy, e *edit) {
	want := c.entry.image.Description
	if want == "" || want == lc.ami.Description {
		return
	}
	e.change("description", lc.ami.Description, want)
	e.do(Describe{Text: want})
}

// protection is compared where amis.yaml declares it, or where the copy's own
// tag says that we switched it on.
func protection(c *cell, lc *liveCopy, e *edit) {
	on, want := lc.ami.Protected(), c.entry.image.Lifecycle.Protect
	wanted := on
	switch {
	case want != nil:
		wanted = *want
	case protectedByUs(lc):
		wanted = false
	}
	if wanted == on {
		return
	}
	e.change("protect", strconv.FormatBool(on), strconv.FormatBool(wanted))
	if wanted {
		e.do(Protect{})
		return
	}
	e.do(Unprotect{})
}

func protectedByUs(lc *liveCopy) bool {
	r := lc.ctl.Retention
	return r != nil && r.Protect != nil && *r.Protect
}

// stillProtects is a retention that goes on saying whether we protect the copy,
// for as long as it is protected.
func (lc *liveCopy) stillProtects(r state.Retention) state.Retention {
	if lc.ami.Protected() && protectedByUs(lc) {
		r.Protect = lc.ctl.Retention.Protect
	}
	return r
}

// marks keep the copy's place among the others: superseded-at while another one
// is current, and retired-at cleared after everything else is undone.
func marks(lc *liveCopy, as role, e *edit) {
	superseded := hasTag(lc.ami.Tags, state.TagSupersededAt)
	switch {
	case as != asCurrent && lc.superseded.IsZero():
		e.change("superseded", "", "true")
		e.do(StampTag{Key: state.TagSupersededAt})
	case as == asCurrent && superseded:
		e.change("superseded", "true", "")
		e.do(RemoveTags{On: OnImage, Keys: []string{state.TagSupersededAt}})
	}
	if lc.retired && as != asGoing {
		e.change("retired", "true", "")
		e.do(RemoveTags{On: OnImage, Keys: []string{state.TagRetiredAt}})
	}
}
