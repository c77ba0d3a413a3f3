package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// publish points the SSM parameter of the entry at D's copy: where it is
// absent, ours, or may be overwritten. The tag amisync:published goes first, so
// that a parameter is found again when its entry is gone. It goes on naming
// what the copy was published as before, until those are deleted.
func (p *planner) publish(c *cell, lc *liveCopy, e *edit) {
	names := p.left(c, lc)
	want := c.entry.image.Publish
	if want != nil {
		names = append(names, want.SSM)
		slices.Sort(names)
	}
	var marks []Step
	if !slices.Equal(names, lc.ctl.Published) {
		marks = rewrite(lc.ami.Tags, state.TagPublished, state.PublishedTags(names))
	}
	if want != nil {
		p.point(c, lc, e, names, marks)
		return
	}
	if len(marks) > 0 {
		e.change("published", strings.Join(lc.ctl.Published, " "), strings.Join(names, " "))
		e.do(marks...)
	}
}

// left are the parameters of ours that name a copy and that its entry names no
// longer, if it ever did.
func (p *planner) left(c *cell, lc *liveCopy) []string {
	var out []string
	want := c.entry.image.Publish
	for _, name := range lc.ctl.Published {
		if (want == nil || want.SSM != name) && p.stillNames(c, name, lc) {
			out = append(out, name)
		}
	}
	return out
}

// point writes the parameter, after the steps that mark the copy.
func (p *planner) point(c *cell, lc *liveCopy, e *edit, names []string, marks []Step) {
	want := c.entry.image.Publish
	live, known := p.parameter(c, want.SSM)
	if !known {
		return
	}
	if live.Exists && !p.ours(c, want.SSM, live) && !want.Overwrite {
		e.holdBack(heldChange{
			changes: []Change{{Field: "publish", Before: live.Value, After: want.SSM}},
			blocks:  []Reason{{ParameterNotOurs, Args{Parameter: want.SSM, Image: c.key.Image, Region: c.key.Region, Other: live.Value}}},
		})
		return
	}
	named := live.Exists && live.Value == lc.ami.ID && lc.ami.ID != "" && p.taggedOurs(c, live)
	if named && len(marks) > 0 {
		e.change("published", strings.Join(lc.ctl.Published, " "), strings.Join(names, " "))
	}
	e.do(marks...)
	if named {
		return
	}
	e.change("publish", live.Value, want.SSM)
	e.publishes = true
	e.do(PutParameter{
		Parameter: want.SSM, Expect: live.Value, Owner: live.Tags[state.TagOwner], TakeOver: want.Overwrite,
		Tags: map[string]string{state.TagOwner: p.d.Owner, state.TagImage: c.key.Image},
	})
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
// of ours which remembers it by its name.
func (p *planner) ours(c *cell, name string, live state.Parameter) bool {
	if p.taggedOurs(c, live) {
		return true
	}
	owner, image := live.Tags[state.TagOwner], live.Tags[state.TagImage]
	if owner != "" || image != "" {
		return (owner == p.d.Owner || (p.o.TakeOver && p.formerly[owner])) && p.renamedTo(image) == c.key.Image
	}
	for _, lc := range c.copies {
		if lc.ami.ID == live.Value && slices.Contains(lc.ctl.Published, name) {
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
	return known && live.Exists && live.Value == lc.ami.ID && p.ours(c, name, live)
}

// unpublishLeft deletes the parameters that the copy published and the entry no
// longer names, once the new one is written: until then the tag remembers them.
func (p *planner) unpublishLeft(c *cell, lc *liveCopy, first *Action) {
	if len(lc.ctl.Published) == 0 {
		return
	}
	blocks := p.plainBlocks(lc) // asks, in the same round as for the parameters
	seen := *lc.ami
	if first != nil {
		seen = after(seen, first.Do.Steps)
	}
	for _, name := range p.left(c, lc) {
		names := slices.DeleteFunc(state.ParseControl(seen.Tags).Published, func(n string) bool { return n == name })
		a := p.unpublish(c, lc, name, Reason{PublishLeft, Args{AMI: lc.ami.ID, Parameter: name, Image: c.key.Image}})
		forget := rewrite(seen.Tags, state.TagPublished, state.PublishedTags(names))
		a.Do.Steps = append(a.Do.Steps, forget...)
		a.Blocked = slices.Clone(blocks)
		if first != nil {
			a.After = []string{first.ID}
		}
		a.Preconditions = append(a.Preconditions, imageAsSeen(seen))
		p.add(c, a)
		first, seen = a, after(seen, forget)
	}
}

// unpublish is the deletion of a parameter that a copy published.
func (p *planner) unpublish(c *cell, lc *liveCopy, name string, r Reason) *Action {
	a := p.act(c, Unpublish, r)
	a.AMI, a.SourceAMI, a.SourceRegion = lc.ami.ID, lc.ctl.SourceAMI, lc.ctl.SourceRegion
	a.Changes = []Change{{Field: "publish", Before: name}}
	a.Preconditions = []Precondition{{Check: CheckParameter, ID: name, Value: lc.ami.ID}}
	live := p.facts.parameter(state.ParameterQuery{Account: c.key.Account, Region: c.key.Region, Name: name})
	a.Do = Instruction{Steps: []Step{DeleteParameter{Parameter: name, Owner: live.Value.Tags[state.TagOwner]}}}
	return a
}
