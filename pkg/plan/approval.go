package plan

import (
	"slices"
	"strings"

	"github.com/amisync/amisync/pkg/state"
)

// Approval is what a fresh plan may do of what a saved one was approved for.
type Approval struct {
	Plan       Plan       // the fresh one, with everything that was not approved held back
	Stale      bool       // an approved action is gone or changed: nothing may be done
	Waiting    []Action   // approved, and in a Region or cell that cannot be seen now
	Difference Difference // between the two
}

// Approve holds a fresh plan, and the view that it was computed from, against a
// saved one. Only actions of the fresh plan are ever executed. An approved
// action may be missing from it where its goal holds already, where it goes on
// as its own finishing or publishing, or where its Region cannot be seen now;
// any other that is gone or changed makes the saved plan stale.
func Approve(fresh Plan, live state.Live, saved Plan) Approval {
	a := approving{fresh: fresh, live: live, allowed: map[string]bool{}, leaving: map[string]bool{}, unreviewed: map[string]Change{}}
	for _, reviewed := range saved.Actions {
		a.leaving[reviewed.AMI] = a.leaving[reviewed.AMI] || reviewed.Kind == Deregister
	}
	out := Approval{Difference: Compare(saved, fresh), Stale: saved.Account != fresh.Account || saved.Owner != fresh.Owner}
	now := executable(fresh)
	for _, reviewed := range saved.Actions {
		switch _, same := now[reviewed.ID]; {
		case !reviewed.Executable():
		case same:
			a.allowed[reviewed.ID] = true
		case a.unseen(reviewed.Cell()):
			out.Waiting = append(out.Waiting, reviewed)
		case !a.held(reviewed):
			out.Stale = true
		}
	}
	fresh.Actions = a.withoutUnreviewed()
	out.Plan = fresh.HoldBack(func(x Action) bool { return a.allowed[x.ID] && !out.Stale }, Reason{Code: NotReviewed})
	return out
}

// ApproveFingerprint is the same for a bare fingerprint, which says nothing of
// single actions: it must match exactly.
func ApproveFingerprint(fresh Plan, fingerprint string) Approval {
	stale := fresh.Fingerprint != fingerprint
	return Approval{Stale: stale, Plan: fresh.HoldBack(func(Action) bool { return !stale }, Reason{Code: NotReviewed})}
}

// approving holds what single actions are judged by.
type approving struct {
	fresh   Plan
	live    state.Live
	allowed map[string]bool // ids of the fresh plan
	leaving map[string]bool // AMIs that the saved plan has go, now or later

	unreviewed map[string]Change // what an allowed action of the fresh plan does not do after all, by its id
}

// unseen reports whether a cell, or its Region, cannot be seen now.
func (a approving) unseen(cell state.Cell) bool {
	r, ok := a.live.Region(cell.Region)
	return !ok || r.Status == state.Unknown || slices.ContainsFunc(a.fresh.Cells, func(c CellView) bool {
		return c.Cell() == cell && c.Status == Unseen
	})
}

// held reports whether an approved action is accounted for although the fresh
// plan does not have it: done, or going on under another id.
func (a approving) held(x Action) bool {
	if x.SnapshotID != "" {
		return a.snapshotHeld(x)
	}
	switch x.Kind {
	case Copy, Recopy, Adopt:
		return a.made(x) || a.makes(x)
	case Finish, Update, Restore:
		ami := a.ami(x.AMI)
		if ami == nil {
			return a.leaving[x.AMI] && a.readable(x.Region)
		}
		return a.reached(*ami, x.Changes) && a.goesOn(x, x.AMI)
	case Retire:
		return a.retired(x)
	case Deregister:
		return a.ami(x.AMI) == nil && a.readable(x.Region)
	default:
		return a.unpublished(x)
	}
}

// retired reports whether retiring is done, or lets what is left of it be done.
func (a approving) retired(x Action) bool {
	for _, f := range a.fresh.Actions {
		if f.AMI == x.AMI && f.Kind == Retire && f.Executable() {
			return a.allow(f, a.within(f, x))
		}
	}
	ami := a.ami(x.AMI)
	if ami == nil {
		return a.readable(x.Region)
	}
	_, retired := (&liveCopy{ami: ami, ctl: state.ParseControl(ami.Tags)}).retiredAt(a.fresh.GeneratedAt)
	return retired
}

// unpublished reports whether a parameter names the copy no more, by what was
// read of it. It was asked for as long as the copy remembers it.
func (a approving) unpublished(x Action) bool {
	for _, c := range x.Changes {
		q := state.ParameterQuery{Account: x.Account, Region: x.Region, Name: c.Before}
		if p := a.live.Facts.Parameters[q]; c.Field == "publish" && p.Known() && p.Value.Exists && p.Value.Value == x.AMI {
			return false
		}
	}
	return a.readable(x.Region)
}

// readable reports whether what is not seen in a Region is not there.
func (a approving) readable(region string) bool {
	r, ok := a.live.Region(region)
	return ok && r.Status == state.Readable
}

// made reports whether the cell has the copy that was approved, and lets that
// copy be finished and published. What else lies in the cell is not that copy,
// though it may have the same tags: the fresh plan says which one counts.
func (a approving) made(x Action) bool {
	i := slices.IndexFunc(a.fresh.Cells, func(c CellView) bool { return c.Cell() == x.Cell() })
	if i < 0 {
		return false
	}
	ami := a.ami(a.fresh.Cells[i].AMI)
	if ami == nil {
		return false
	}
	c := state.ParseControl(ami.Tags)
	same := c.SourceAMI == x.SourceAMI && c.SourceRegion == x.SourceRegion && underKey(c, x)
	alive := ami.State == state.ImagePending || ami.State == state.ImageAvailable
	return same && alive && a.goesOn(x, ami.ID)
}

// makes lets a copy be made that is still to be made as it was approved.
func (a approving) makes(x Action) bool {
	for _, f := range a.fresh.Actions {
		if f.Kind == x.Kind && f.Cell() == x.Cell() && f.Replaces == x.Replaces && f.Executable() {
			same := f.SourceAMI == x.SourceAMI && f.SourceRegion == x.SourceRegion
			return a.allow(f, same && a.within(f, x) && slices.Equal(a.reviewed(f), x.Changes))
		}
	}
	return false
}

// allow lets a fresh action be done if it is what was approved, and reports that.
func (a approving) allow(f Action, approved bool) bool {
	a.allowed[f.ID] = a.allowed[f.ID] || approved
	return approved
}

// underKey reports whether a copy is under the key that was approved, if one was.
func underKey(c state.Control, x Action) bool {
	return !slices.ContainsFunc(x.Changes, func(k Change) bool { return k.Field == "key" && k.After != c.Key })
}

// goesOn allows what the fresh plan still does to an AMI, as long as it is part
// of what was approved: all of its changes were in the approved ones. It reports
// false where it leads elsewhere. What is not about any approved change is new,
// and nothing that was approved waits for it: so is the finishing of what was
// adopted, whose attributes nobody could see before.
func (a approving) goesOn(x Action, ami string) bool {
	var rest []string
	for _, f := range a.fresh.Actions {
		switch {
		case f.AMI != ami || !f.Executable() || f.Kind.Destructive():
		case a.within(f, x):
			rest = append(rest, f.ID)
		case f.Kind == Finish && x.Kind != Adopt || touches(f.Changes, x.Changes):
			return false
		}
	}
	for _, id := range rest {
		a.allowed[id] = true
	}
	return true
}

// reached reports whether an AMI has come to where the changes lead, or the
// fresh plan still leads there. What is neither was changed back, in amis.yaml
// or by hand. Fields that the AMI does not show itself are the fresh plan's
// word alone.
func (a approving) reached(ami state.AMI, changes []Change) bool {
	for _, c := range changes {
		now, shown := shows(ami, c.Field)
		if shown && now != c.After && !a.leads(ami.ID, c) {
			return false
		}
	}
	return true
}

func (a approving) leads(ami string, c Change) bool {
	return slices.ContainsFunc(a.fresh.Actions, func(f Action) bool {
		return f.AMI == ami && f.Executable() && leadsTo(f.Changes, c)
	})
}

// shows is what an AMI itself shows of a field that plans change.
func shows(ami state.AMI, field string) (string, bool) {
	if key, ok := strings.CutPrefix(field, "tags."); ok {
		return ami.Tags[key], true
	}
	switch field {
	case "description":
		return ami.Description, true
	case "state":
		return ami.State, true
	case "owner":
		return ami.Tags[state.TagOwner], true
	case "image":
		return ami.Tags[state.TagImage], true
	default:
		return "", false
	}
}

func (a approving) ami(id string) *state.AMI {
	for _, r := range a.live.Regions {
		for i := range r.Images {
			if r.Images[i].ID == id && r.Images[i].State != state.ImageDeregistered {
				return &r.Images[i]
			}
		}
	}
	return nil
}

// snapshotHeld is the same for an orphan snapshot: gone, or marked as one, or
// left to a later run, because of a copy that does not name its snapshots yet.
func (a approving) snapshotHeld(x Action) bool {
	r, _ := a.live.Region(x.Region)
	i := slices.IndexFunc(r.Snapshots, func(s state.Snapshot) bool { return s.ID == x.SnapshotID })
	if i < 0 {
		return a.readable(x.Region)
	}
	marked := x.Kind == Update && r.Snapshots[i].Tags[state.TagOrphanedAt] != ""
	return marked || slices.ContainsFunc(r.Images, func(ami state.AMI) bool {
		return ami.State == state.ImagePending && ami.Tags[state.TagImage] == x.Image
	})
}
