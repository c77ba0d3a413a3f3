package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// folding tells a re-copy and what follows it in one line. A follower has a
// line of its own again as soon as a reader could miss something: when it is
// blocked, or when it deregisters in this very run.
type folding struct {
	hidden    map[string]bool
	followers map[string][]plan.Action // by the id of the line that tells them
	kinds     map[string]plan.Kind     // of every action, by id
}

func foldActions(p plan.Plan) folding {
	f := folding{hidden: map[string]bool{}, followers: map[string][]plan.Action{}, kinds: map[string]plan.Kind{}}
	byCell := map[state.Cell][]plan.Action{}
	for _, a := range p.Actions {
		f.kinds[a.ID] = a.Kind
		byCell[a.Cell()] = append(byCell[a.Cell()], a)
	}
	for _, kind := range []plan.Kind{plan.Recopy, plan.Retire} {
		for _, a := range p.Actions {
			if a.Kind == kind && a.Executable() && !f.hidden[a.ID] {
				f.fold(a, byCell[a.Cell()])
			}
		}
	}
	return f
}

// fold hides what follows an action under its line, in the order in which it
// will happen.
func (f folding) fold(first plan.Action, cell []plan.Action) {
	told := map[string]bool{first.ID: true}
	for _, kind := range []plan.Kind{plan.Retire, plan.Deregister} {
		for _, b := range cell {
			if b.Kind == kind && !f.hidden[b.ID] && follows(b, told) && foldable(first, b) {
				told[b.ID], f.hidden[b.ID] = true, true
				f.followers[first.ID] = append(f.followers[first.ID], b)
			}
		}
	}
}

// follows reports whether all that an action comes after is told in one line.
func follows(b plan.Action, told map[string]bool) bool {
	for _, id := range b.After {
		if !told[id] {
			return false
		}
	}
	return len(b.After) > 0
}

// foldable reports whether b, which follows the first action of a line, needs
// no line of its own: it is not blocked, is about the AMI of that line, and
// takes nothing away for good in this run.
func foldable(first, b plan.Action) bool {
	if len(b.Blocked) > 0 || b.AMI != cmp.Or(first.Replaces, first.AMI) {
		return false
	}
	if b.Kind == plan.Retire {
		return first.Kind == plan.Recopy
	}
	return b.DueAt != nil
}

// then tells the folded followers: "then retires it, deregisters it on …".
func (f folding) then(a plan.Action) string {
	var parts []string
	for _, b := range f.followers[a.ID] {
		part := wordOf(b.Kind) + "s it"
		if b.DueAt != nil {
			part += " on " + day(*b.DueAt)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return ""
	}
	return "then " + strings.Join(parts, ", ")
}

// after names the kinds of action that must be done first.
func (f folding) after(a plan.Action) string {
	var kinds []string
	for _, id := range a.After {
		if k, ok := f.kinds[id]; ok {
			kinds = append(kinds, "the "+wordOf(k))
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	slices.Sort(kinds)
	return "after " + strings.Join(slices.Compact(kinds), " and ")
}
