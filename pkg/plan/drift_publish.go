package plan

import (
	"cmp"

	"github.com/amisync/amisync/pkg/state"
)

// publish points the SSM parameter of the entry at D's copy: where it is
// absent, ours, or may be overwritten. The tag amisync:published goes first, so
// that a parameter is found again when its entry is gone.
func (p *planner) publish(c *cell, lc *liveCopy, e *edit) {
	want := c.entry.image.Publish
	left := lc.ctl.Published
	forget := left != "" && (want == nil || want.SSM != left) && !p.stillNames(c, left, lc)
	switch {
	case want == nil && forget:
		e.change("published", left, "")
		e.do(RemoveTags{On: OnImage, Keys: []string{state.TagPublished}})
	case want == nil:
	case left == "" || forget:
		p.point(c, lc, e, SetTags{On: OnImage, Tags: map[string]string{state.TagPublished: want.SSM}})
	default:
		p.point(c, lc, e)
	}
}

// point writes the parameter, after the steps that mark the copy.
func (p *planner) point(c *cell, lc *liveCopy, e *edit, marks ...Step) {
	want := c.entry.image.Publish
	live, known := p.parameter(c, want.SSM)
	if !known {
		return
	}
	if live.Exists && !p.ours(c, live) && !want.Overwrite {
		e.notOurs = &Reason{ParameterNotOurs, Args{Parameter: want.SSM, Image: c.key.Image, Region: c.key.Region, Other: live.Value}}
		return
	}
	named := live.Exists && live.Value == lc.ami.ID && lc.ami.ID != "" && p.taggedOurs(c, live)
	if named && len(marks) > 0 {
		e.change("published", lc.ctl.Published, want.SSM)
	}
	e.do(marks...)
	if named {
		return
	}
	e.change("publish", live.Value, want.SSM)
	e.publishes = true
	e.do(PutParameter{Parameter: want.SSM, Expect: live.Value, Tags: map[string]string{
		state.TagOwner: p.d.Owner, state.TagImage: c.key.Image,
	}})
}

// parameter asks for a parameter; without an answer the cell is unknown.
func (p *planner) parameter(c *cell, name string) (state.Parameter, bool) {
	a := p.facts.parameter(state.ParameterQuery{Account: c.key.Account, Region: c.key.Region, Name: name})
	if !a.Known() {
		c.unknown = append(c.unknown, *problem(ParameterUnknown, Args{Parameter: name, Detail: a.Problem.Text}))
		return state.Parameter{}, false
	}
	return a.Value, true
}

// ours reports whether a parameter's own tags say that it is this image's. A
// run that died between writing it and tagging it leaves one that holds a copy
// of ours which says so.
func (p *planner) ours(c *cell, live state.Parameter) bool {
	if p.taggedOurs(c, live) {
		return true
	}
	owner, image := live.Tags[state.TagOwner], live.Tags[state.TagImage]
	if owner != "" || image != "" {
		return (owner == p.d.Owner || (p.o.TakeOver && p.formerly[owner])) && p.renamedTo(image) == c.key.Image
	}
	for _, lc := range c.copies {
		if lc.ami.ID == live.Value && lc.ctl.Published != "" {
			return true
		}
	}
	return false
}

func (p *planner) taggedOurs(c *cell, live state.Parameter) bool {
	return live.Tags[state.TagOwner] == p.d.Owner && live.Tags[state.TagImage] == c.key.Image
}

func (p *planner) renamedTo(image string) string { return cmp.Or(p.renamed[image], image) }

// stillNames reports whether a parameter of ours names a copy.
func (p *planner) stillNames(c *cell, name string, lc *liveCopy) bool {
	live, known := p.parameter(c, name)
	return known && live.Exists && live.Value == lc.ami.ID && p.ours(c, live)
}

// blockPublish shows a parameter that is not ours. It holds back nothing else.
func (p *planner) blockPublish(c *cell, lc *liveCopy, e edit) {
	if e.notOurs == nil {
		return
	}
	a := p.act(c, Update, Reason{Differs, Args{}})
	if lc != nil {
		a.AMI, a.SourceAMI, a.SourceRegion = lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.SourceRegion
		a.Reason.Args.AMI = lc.ami.ID
	}
	a.Changes = []Change{{Field: "publish", Before: e.notOurs.Args.Other, After: e.notOurs.Args.Parameter}}
	a.Blocked = []Reason{*e.notOurs}
	p.add(c, a)
}

// unpublishLeft deletes a parameter that the copy published and the entry no
// longer names, once the new one is written: until then the tag remembers it.
func (p *planner) unpublishLeft(c *cell, lc *liveCopy, first *Action) {
	left, want := lc.ctl.Published, c.entry.image.Publish
	if left == "" || (want != nil && want.SSM == left) {
		return
	}
	blocks := p.plainBlocks(lc) // asks, in the same round as for the parameter
	if !p.stillNames(c, left, lc) {
		return
	}
	then := Step(RemoveTags{On: OnImage, Keys: []string{state.TagPublished}})
	if want != nil && c.current == lc {
		then = SetTags{On: OnImage, Tags: map[string]string{state.TagPublished: want.SSM}}
	}
	a := p.unpublish(c, lc, Reason{PublishLeft, Args{AMI: lc.ami.ID, Parameter: left, Image: c.key.Image}})
	a.Do.Steps = append(a.Do.Steps, then)
	a.Blocked = blocks
	seen := *lc.ami
	if first != nil {
		seen = after(seen, first.Do.Steps)
		a.After = []string{first.ID}
	}
	a.Preconditions = append(a.Preconditions, imageAsSeen(seen))
	p.add(c, a)
}

// unpublish is the deletion of the parameter that a copy published.
func (p *planner) unpublish(c *cell, lc *liveCopy, r Reason) *Action {
	a := p.act(c, Unpublish, r)
	a.AMI, a.SourceAMI, a.SourceRegion = lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.SourceRegion
	a.Changes = []Change{{Field: "publish", Before: lc.ctl.Published}}
	a.Preconditions = []Precondition{{Check: CheckParameter, ID: lc.ctl.Published, Value: lc.ami.ID}}
	a.Do = Instruction{Steps: []Step{DeleteParameter{Parameter: lc.ctl.Published}}}
	return a
}
