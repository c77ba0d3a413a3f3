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
	a := approving{fresh: fresh, live: live, allowed: map[string]bool{}, leaving: map[string]bool{}}
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
		return a.made(x)
	case Finish, Update, Restore:
		ami := a.ami(x.AMI)
		if ami == nil {
			return a.leaving[x.AMI] && a.readable(x.Region)
		}
		return a.reached(*ami, x.Changes) && a.goesOn(x, x.AMI)
	case Retire:
		ami := a.ami(x.AMI)
		if ami == nil {
			return a.readable(x.Region)
		}
		_, retired := (&liveCopy{ami: ami, ctl: state.ParseControl(ami.Tags)}).retiredAt(a.fresh.GeneratedAt)
		return retired
	case Deregister:
		return a.ami(x.AMI) == nil && a.readable(x.Region)
	default:
		return a.unpublished(x)
	}
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
// copy be finished and published.
func (a approving) made(x Action) bool {
	r, _ := a.live.Region(x.Region)
	for _, ami := range r.Images {
		c := state.ParseControl(ami.Tags)
		same := c.Owner == a.fresh.Owner && c.Image == x.Image && c.SourceAMI == x.SourceAMI && c.SourceRegion == x.SourceRegion && underKey(c, x)
		alive := ami.State == state.ImagePending || ami.State == state.ImageAvailable
		if same && alive && a.goesOn(x, ami.ID) {
			return true
		}
	}
	return false
}

// underKey reports whether a copy is under the key that was approved, if one was.
func underKey(c state.Control, x Action) bool {
	return !slices.ContainsFunc(x.Changes, func(k Change) bool { return k.Field == "key" && k.After != c.Key })
}

// goesOn allows what the fresh plan still does to an AMI, as long as it is part
// of what was approved: finishing it, or changes that were all in the approved
// ones. It reports false where something else is to be done to it.
func (a approving) goesOn(x Action, ami string) bool {
	var rest []string
	for _, f := range a.fresh.Actions {
		if f.AMI != ami || !f.Executable() || f.Kind.Destructive() {
			continue
		}
		if f.Kind != Finish && !within(f.Changes, x.Changes) {
			return false
		}
		rest = append(rest, f.ID)
	}
	for _, id := range rest {
		a.allowed[id] = true
	}
	return true
}

// bookkeeping are the fields in which amisync remembers what it has done. They
// follow from the other fields, and are approved with them.
var bookkeeping = []string{"tag-keys", "published", "shared", "shared snapshots"}

// within reports whether every change leads where an approved one leads.
func within(changes, approved []Change) bool {
	for _, c := range changes {
		if !slices.Contains(bookkeeping, c.Field) && !slices.ContainsFunc(approved, func(o Change) bool { return o.Field == c.Field && o.After == c.After }) {
			return false
		}
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
		return f.AMI == ami && f.Executable() && within([]Change{c}, f.Changes)
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

// snapshotHeld is the same for an orphan snapshot: gone, or marked as one.
func (a approving) snapshotHeld(x Action) bool {
	r, _ := a.live.Region(x.Region)
	i := slices.IndexFunc(r.Snapshots, func(s state.Snapshot) bool { return s.ID == x.SnapshotID })
	return (i < 0 && a.readable(x.Region)) || (i >= 0 && x.Kind == Update && r.Snapshots[i].Tags[state.TagOrphanedAt] != "")
}
