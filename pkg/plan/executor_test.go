package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// executor is an ideal engine: it carries a plan out on a cloud, in order,
// after reading every precondition again. What it is told to fail, fails.
type executor struct {
	*cloud
	fails func(plan.Action) bool
	after func(plan.Action) // called when an action is done
}

// run carries out what is executable and returns what went wrong that should not.
func (x executor) run(p plan.Plan) []string {
	var wrong []string
	made := map[string]string{}
	ended := map[string]bool{}
	for progress := true; progress; {
		progress = false
		for _, a := range p.Actions {
			if ended[a.ID] || !a.Executable() || slices.ContainsFunc(a.After, func(id string) bool { _, done := made[id]; return !done }) {
				continue
			}
			ended[a.ID], progress = true, true
			if x.fails != nil && x.fails(a) {
				continue
			}
			for _, pre := range a.Preconditions {
				if pre.Check == plan.CheckUsable && pre.ID == "" {
					pre.ID = made[pre.Action]
				}
				if changed := plan.Recheck(pre, x.observe(a, pre)); changed != "" {
					wrong = append(wrong, fmt.Sprintf("%s of %s in %s: %s", a.Kind, a.AMI, a.Region, changed))
				}
			}
			made[a.ID] = x.do(a)
			if x.after != nil {
				x.after(a)
			}
		}
	}
	return wrong
}

func (x executor) observe(a plan.Action, pre plan.Precondition) plan.Observed {
	seen := plan.Observed{References: x.refs[pre.ID], Parameter: x.params[paramKey(a.Region, pre.ID)], Users: x.users[pre.ID]}
	image := x.images[pre.ID]
	for i := range x.untagged {
		if x.untagged[i].ID == pre.ID && image == nil {
			image = &x.untagged[i]
		}
	}
	if image != nil {
		copied := cloneAMI(*image)
		seen.Image = &copied
		for _, id := range image.SnapshotIDs() {
			if s, ok := x.snapshots[id]; ok {
				seen.Snapshots = append(seen.Snapshots, *s)
			}
		}
	}
	if s, ok := x.snapshots[pre.ID]; ok {
		seen.Snapshots = append(seen.Snapshots, *s)
	}
	return seen
}

// do carries one action out and returns the AMI that it was about.
func (x executor) do(a plan.Action) string {
	ami := x.images[a.AMI]
	switch {
	case a.Do.Copy != nil:
		ami = x.make(*a.Do.Copy)
	case a.Kind == plan.Adopt:
		i := slices.IndexFunc(x.untagged, func(u state.AMI) bool { return u.ID == a.AMI })
		found := cloneAMI(x.untagged[i])
		found.Tags, found.Name = map[string]string{}, "adopted-"+found.ID
		ami = &found
		x.images[found.ID] = ami
	case a.Do.Await:
		ami.State = state.ImageAvailable
		ami.Tags[state.TagVerified] = state.VerifiedOK
		for _, id := range ami.SnapshotIDs() {
			x.snapshots[id].State = state.SnapshotCompleted
		}
	}
	if ami == nil {
		x.onSnapshot(a)
		return ""
	}
	for _, s := range a.Do.Steps {
		x.step(ami, s)
	}
	return ami.ID
}

func (x executor) make(r plan.CopyRequest) *state.AMI {
	x.serial++
	for _, a := range x.images {
		if a.Region == r.Cell.Region && a.Name == r.Name() {
			r = r.Next() // as the engine does where a name is taken
		}
	}
	a := &state.AMI{
		ID: fmt.Sprintf("ami-%017x", 0xf000+x.serial), Account: account, Region: r.Cell.Region, OwnerID: account,
		Name: r.Name(), Description: r.Description, State: state.ImageAvailable, Created: x.now, Tags: maps.Clone(r.ImageTags),
		SourceImageID: r.SourceAMI, SourceImageRegion: r.SourceRegion,
	}
	a.Tags[state.TagVerified] = state.VerifiedOK
	if r.SnapshotTags != nil {
		id := fmt.Sprintf("snap-%017x", 0xf000+x.serial)
		a.Devices = []state.Device{{Name: "/dev/xvda", SnapshotID: id, SizeGiB: 16}}
		x.snapshots[id] = &state.Snapshot{
			ID: id, Account: account, Region: r.Cell.Region, OwnerID: account, State: state.SnapshotCompleted, Started: x.now,
			Tags: maps.Clone(r.SnapshotTags), KMSKey: r.KMSKey, Encrypted: r.KMSKey != "", VolumeGiB: 16,
		}
	}
	x.images[a.ID] = a
	return a
}

func (x executor) onSnapshot(a plan.Action) {
	for _, s := range a.Do.Steps {
		switch s := s.(type) {
		case plan.StampTag:
			x.snapshots[a.SnapshotID].Tags[s.Key] = state.FormatTime(x.now)
		case plan.RemoveSnapshot:
			delete(x.snapshots, a.SnapshotID)
		default:
			panic(fmt.Sprintf("%T on a snapshot", s))
		}
	}
}

func (x executor) step(a *state.AMI, s plan.Step) {
	switch s := s.(type) {
	case plan.SetTags:
		x.tagged(a, s.On, func(tags map[string]string) { maps.Copy(tags, s.Tags) })
	case plan.RemoveTags:
		x.tagged(a, s.On, func(tags map[string]string) {
			maps.DeleteFunc(tags, func(k, _ string) bool { return slices.Contains(s.Keys, k) })
		})
	case plan.StampTag:
		a.Tags[s.Key] = state.FormatTime(x.now)
	case plan.Describe:
		a.Description = s.Text
	case plan.Share:
		x.launch[a.ID] = granted(x.launch[a.ID], s.Add, s.Remove)
	case plan.ShareSnapshots:
		for _, id := range a.SnapshotIDs() {
			x.volume[id] = granted(x.volume[id], s.Add, s.Remove)
		}
	case plan.Protect:
		a.Protection = "enabled-without-cooldown"
	case plan.Unprotect:
		a.Protection = "disabled"
	case plan.Enable:
		a.State = state.ImageAvailable
	case plan.Disable:
		a.State = state.ImageDisabled
		delete(x.launch, a.ID)
	case plan.PutParameter:
		x.params[paramKey(a.Region, s.Parameter)] = state.Parameter{Exists: true, Value: a.ID, Tags: maps.Clone(s.Tags)}
	case plan.DeleteParameter:
		delete(x.params, paramKey(a.Region, s.Parameter))
	case plan.DeregisterImage:
		x.deregister(a, s)
	default:
		x.deprecate(a, s)
	}
}

// deprecate rounds to the minute and never sets a past time, as EC2.
func (x executor) deprecate(a *state.AMI, s plan.Step) {
	next := x.now.Truncate(time.Minute).Add(time.Minute)
	switch s := s.(type) {
	case plan.Deprecate:
		a.Deprecated = a.Created.Add(s.After).Round(time.Minute)
		if !a.Deprecated.After(x.now) {
			a.Deprecated = next
		}
	case plan.DeprecateNow:
		a.Deprecated = next
	case plan.CancelDeprecation:
		a.Deprecated = time.Time{}
	default:
		panic(fmt.Sprintf("%T is not known", s))
	}
}

func (x executor) deregister(a *state.AMI, s plan.DeregisterImage) {
	if a.Protected() {
		panic("a protected AMI was to be deregistered")
	}
	delete(x.images, a.ID)
	if s.DeleteSnapshots {
		for _, id := range a.SnapshotIDs() {
			if !x.uses(id) {
				delete(x.snapshots, id)
			}
		}
	}
}

func (x executor) uses(snapshot string) bool {
	for _, a := range x.images {
		if slices.Contains(a.SnapshotIDs(), snapshot) {
			return true
		}
	}
	return false
}

func (x executor) tagged(a *state.AMI, on plan.Subject, change func(map[string]string)) {
	if on != plan.OnSnapshots {
		change(a.Tags)
	}
	if on != plan.OnImage {
		for _, id := range a.SnapshotIDs() {
			if s, ok := x.snapshots[id]; ok {
				change(s.Tags)
			}
		}
	}
}

func granted(live, add, remove []state.Grant) []state.Grant {
	out := slices.DeleteFunc(slices.Clone(live), func(g state.Grant) bool { return slices.Contains(remove, g) })
	out = append(out, add...)
	slices.SortFunc(out, func(a, b state.Grant) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(out)
}
