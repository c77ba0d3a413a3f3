package sim

import (
	"slices"
	"strings"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
)

// conclude lets amisync come to rest: no faults, no people, and time enough
// after each run for every grace. After three runs nothing may be left to do.
func (w *world) conclude() {
	for n := range 3 {
		w.take(w.finale(n))
	}
	p := newProcess(w, w.finale(3), launch{})
	if p == nil || len(w.wrong) > 0 {
		return
	}
	res := p.run()
	if res.err != nil {
		w.fail("at rest: %v", res.err)
		return
	}
	w.note("at rest: %+v", res.plan.Summary)
	w.tellActions(res.plan)
	for _, a := range res.plan.Actions {
		if a.Executable() {
			w.fail("after three runs there still is to %s %s %s %s in %s: %s", a.Kind, a.Image, a.AMI, a.SnapshotID, a.Region, a.Reason.Text())
		}
		for _, b := range a.Blocked {
			if !w.explained(res.plan, a, b) {
				w.fail("nobody caused the block of %s %s %s%s in %s: %s: %s", a.Kind, a.Image, a.AMI, a.SnapshotID, a.Region, b.Code, b.Text())
			}
		}
	}
	if n := res.plan.Summary.Unknown; n > 0 {
		w.fail("%d cells are unknown", n)
	}
	for _, c := range res.plan.Conflicts {
		if !w.did(c.Region, []string{c.AMI}, disown) {
			w.fail("nobody caused the conflict about %s in %s: %s", c.AMI, c.Region, c.Why)
		}
	}
	w.compare(p, res.plan)
}

// byPeople reports whether people ever changed one of these in a Region.
func (w *world) byPeople(region string, ids ...string) bool {
	return w.touched(func(t touch) bool { return t.by == nil && t.region == region && slices.Contains(ids, t.id) })
}

// did reports whether people did something of some kinds to one of these.
func (w *world) did(region string, ids, kinds []string) bool {
	return w.touched(func(t touch) bool {
		return t.by == nil && t.region == region && slices.Contains(kinds, t.kind) && slices.Contains(ids, t.id)
	})
}

// What people do that makes an AMI look like nobody's, or like another one.
var disown = []string{"forge", "retag", "untag", "untag-all"}

// causes are the meddles that a block may come from: of the AMI, snapshot or
// parameter that it is about. No other code may block anything in the end.
var causes = map[plan.Code][]string{
	plan.ConflictNear:     disown,
	plan.DisabledByHand:   append([]string{"disable", "successor-disable"}, disown...), // without its tags nobody knows that we disabled it
	plan.Held:             {"hold"},
	plan.IsSource:         {"forge"},
	plan.ParameterNotOurs: append([]string{"parameter", "repoint", "republish", "retag-parameter"}, disown...), // nor who published there
	plan.Protected:        append([]string{"protect"}, disown...),                                              // nor that we protected it
	plan.Referenced:       {"instance", "parameter", "republish", "retag-parameter", "template"},
}

// ofSources are blocks that somebody caused who took a source away, and ofKeys
// those of somebody who disabled a key.
var (
	ofSources = []plan.Code{plan.SourceNotFound, plan.SourceNoMatch, plan.SourceUnresolved, plan.SourceWentBack}
	ofKeys    = []plan.Code{plan.KeyDisabled}
	// ofOthers follow from what blocks the successor in the same cell.
	ofOthers = []plan.Code{plan.StillPublished, plan.SuccessorNotUsable}
	// ofTheFile are of no people: it asks for what EC2 refuses.
	ofTheFile = []plan.Code{plan.ManagedKeyShared}
)

// renamedAtOnce reports whether two runs of different files may have published a
// copy under two names at once, of which it remembers one (docs/operating.md, Two
// runs at once): the other, which is ours too, holds it.
func (w *world) renamedAtOnce(a plan.Action, b plan.Reason) bool {
	name, ofSSM := strings.CutPrefix(b.Args.Reference, "SSM parameter ")
	ours := slices.ContainsFunc(w.cloud.Inspect(account, a.Region).Parameters, func(s sandbox.InspectedParameter) bool {
		return s.Name == "/"+name && oursByTags(s) && s.Value == b.Args.AMI
	})
	return ofSSM && ours && w.twoFilesAtOnce()
}

// twoFilesAtOnce reports whether runs of two versions of the file met. What one
// writes on a copy the other does not remember, its protection for one.
func (w *world) twoFilesAtOnce() bool {
	return slices.ContainsFunc(w.steps, func(s step) bool {
		return slices.ContainsFunc(s.runs, func(l launch) bool { return l.behind > 0 })
	})
}

// heldByAnother reports whether a parameter is another image's of ours, whose copy
// people keep from going.
func (w *world) heldByAnother(p plan.Plan, a plan.Action, b plan.Reason) bool {
	for _, s := range w.cloud.Inspect(account, a.Region).Parameters {
		if s.Name == b.Args.Parameter && oursByTags(s) {
			return slices.ContainsFunc(p.Actions, func(o plan.Action) bool {
				return o.AMI == s.Value && o.Region == a.Region && o.Image != a.Image &&
					slices.ContainsFunc(o.Blocked, func(r plan.Reason) bool { return w.explained(p, o, r) })
			})
		}
	}
	return false
}

// explained reports whether people caused what blocks an action.
func (w *world) explained(p plan.Plan, a plan.Action, b plan.Reason) bool {
	switch {
	case slices.Contains(ofTheFile, b.Code):
		return true
	case b.Code == plan.Referenced && w.renamedAtOnce(a, b):
		return true
	case b.Code == plan.Referenced && strings.HasPrefix(b.Args.Reference, "SSM parameter") && w.did(a.Region, []string{a.AMI}, disown):
		return true // nobody knows any more that we published it there
	case b.Code == plan.Protected && w.twoFilesAtOnce():
		return true
	case w.beyondLimit(p, b):
		return true
	case b.Code == plan.ParameterNotOurs && w.heldByAnother(p, a, b):
		return true
	case slices.Contains(ofSources, b.Code):
		return w.touched(func(t touch) bool { return t.by == nil && t.kind == "delete-source" })
	case slices.Contains(ofKeys, b.Code):
		return w.did(a.Region, []string{"key"}, []string{"key-disable"})
	case slices.Contains(ofOthers, b.Code):
		return slices.ContainsFunc(p.Actions, func(o plan.Action) bool {
			return o.ID != a.ID && o.Image == a.Image && o.Region == a.Region && slices.ContainsFunc(o.Blocked, func(r plan.Reason) bool {
				return !slices.Contains(ofOthers, r.Code) && w.explained(p, o, r)
			})
		})
	default:
		ids := []string{a.AMI, a.SnapshotID, a.Replaces, b.Args.AMI, b.Args.Other, b.Args.Parameter}
		if b.Code == plan.ParameterNotOurs {
			ids = append(ids, w.namedBy(a.Region, b.Args.Parameter))
			if w.keptPublished(p, a.Region, b.Args.Parameter) || w.forgotten(a.Region, b.Args.Parameter) {
				return true
			}
		}
		if name, isParameter := strings.CutPrefix(b.Args.Reference, "SSM parameter "); isParameter {
			ids = append(ids, "/"+name)
		}
		return w.did(a.Region, slices.DeleteFunc(ids, func(id string) bool { return id == "" }), causes[b.Code])
	}
}

// keptPublished reports whether a parameter still is that of a copy of another
// image, which people keep from going.
func (w *world) keptPublished(p plan.Plan, region, name string) bool {
	return slices.ContainsFunc(p.Actions, func(o plan.Action) bool {
		return o.Kind == plan.Unpublish && o.Region == region && o.Changes[0].Before == name && len(o.Blocked) > 0
	}) || slices.ContainsFunc(p.Actions, func(o plan.Action) bool {
		return o.Kind == plan.Retire && o.Region == region && len(o.Blocked) > 0 && w.publishedAs(region, o.AMI, name)
	})
}

// publishedAs reports whether a parameter names a copy.
func (w *world) publishedAs(region, ami, name string) bool { return w.namedBy(region, name) == ami }

// namedBy is the AMI that a parameter names.
func (w *world) namedBy(region, name string) string {
	for _, s := range w.cloud.Inspect(account, region).Parameters {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}
