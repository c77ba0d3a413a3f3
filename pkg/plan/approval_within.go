package plan

import "slices"

// bookkeeping are the fields in which amisync remembers what it has done. They
// follow from the other fields, and are approved with them.
var bookkeeping = []string{"tag-keys", "published", "shared", "shared snapshots"}

// within reports whether every change of a fresh action leads where a change of
// the approved one leads. It may also point a parameter that was another image's
// when the plan was approved, and that the plan itself has deleted: that was not
// approved, is left out and holds nothing back.
func (a approving) within(f, approved Action) bool {
	var beyond []Change
	for _, c := range f.Changes {
		if !slices.Contains(bookkeeping, c.Field) && !leadsTo(approved.Changes, c) {
			beyond = append(beyond, c)
		}
	}
	switch {
	case len(beyond) == 0:
		return true
	case len(beyond) > 1 || beyond[0].Field != "publish" || beyond[0].Before != "" || touches(beyond, approved.Changes):
		return false
	case len(f.Changes) == 1 && f.Kind != Finish: // there is nothing else to it
		return false
	}
	a.unreviewed[f.ID] = beyond[0]
	return true
}

// severalValued are the fields of which a copy has several at once: what leaves
// is told by what it was.
var severalValued = []string{"share", "share.snapshots", "publish"}

// leadsTo reports whether changes lead where one leads.
func leadsTo(changes []Change, c Change) bool {
	return slices.ContainsFunc(changes, func(o Change) bool {
		another := c.After == "" && o.Before != c.Before && slices.Contains(severalValued, c.Field)
		return o.Field == c.Field && o.After == c.After && !another
	})
}

// touches reports whether any change is of an approved field, wherever it leads.
func touches(changes, approved []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool {
		return !slices.Contains(bookkeeping, c.Field) && slices.ContainsFunc(approved, func(o Change) bool { return o.Field == c.Field })
	})
}

// withoutUnreviewed are the fresh plan's actions less what they do beyond what
// was approved. It is shown as an action of its own, which is held back.
func (a approving) withoutUnreviewed() []Action {
	var out []Action
	for _, f := range a.fresh.Actions {
		beyond, ok := a.unreviewed[f.ID]
		if !ok || !a.allowed[f.ID] {
			out = append(out, f)
			continue
		}
		f.Changes = a.reviewed(f)
		f.Do.Steps = slices.DeleteFunc(slices.Clone(f.Do.Steps), func(s Step) bool {
			put, is := s.(PutParameter)
			return is && put.Parameter == beyond.After
		})
		rest := Action{
			Kind: Update, Image: f.Image, Account: f.Account, Region: f.Region, AMI: f.AMI,
			SourceAMI: f.SourceAMI, SourceRegion: f.SourceRegion, Reason: Reason{Differs, Args{AMI: f.AMI}}, Changes: []Change{beyond},
		}
		rest.ID = actionID(rest)
		out = append(out, f, rest)
	}
	return out
}

// reviewed are the changes of a fresh action less what is beyond the approved ones.
func (a approving) reviewed(f Action) []Change {
	return slices.DeleteFunc(slices.Clone(f.Changes), func(c Change) bool { return c == a.unreviewed[f.ID] })
}
