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
// after reading every precondition again. What it is told to fail, fails, and
// it dies when the calls that it has left are made.
type executor struct {
	*cloud
	fails func(plan.Action) bool
	after func(plan.Action) // called when an action is done
	left  *int              // calls until the run dies; nil: it does not
}

// dies reports, before each call, whether the run ends without making it.
func (x executor) dies() bool {
	if x.left == nil {
		return false
	}
	*x.left--
	return *x.left < 0
}

// calls is how many calls a plan takes at most.
func calls(p plan.Plan) int {
	n := 0
	for _, a := range p.Actions {
		if a.Executable() {
			n += 3 + 2*len(a.Do.Steps)
		}
	}
	return n
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
			id, done := x.do(a)
			if !done {
				return wrong
			}
			made[a.ID] = id
			if x.after != nil {
				x.after(a)
			}
		}
	}
	return wrong
}

func (x executor) observe(a plan.Action, pre plan.Precondition) plan.Observed {
	seen := plan.Observed{References: x.references(pre.ID), Parameter: x.params[paramKey(a.Region, pre.ID)], Users: x.users[pre.ID]}
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

// do carries one action out and returns the AMI that it was about, and whether
// it was done before the run died.
func (x executor) do(a plan.Action) (id string, done bool) {
	ami := x.images[a.AMI]
	switch {
	case a.Do.Copy != nil:
		if x.dies() {
			return "", false
		}
		ami = x.make(*a.Do.Copy)
	case a.Kind == plan.Adopt:
		ami = x.adopt(a.AMI)
	}
	if (a.Do.Copy != nil || a.Do.Await) && !x.complete(ami) {
		return "", false
	}
	if ami == nil {
		return "", x.onSnapshot(a)
	}
	for _, s := range a.Do.Steps {
		if x.dies() {
			return "", false
		}
		x.step(ami, s)
	}
	return ami.ID, x.left == nil || *x.left >= 0 // a step may be two calls
}

// adopt makes an untagged AMI one that steps can tag.
func (x executor) adopt(id string) *state.AMI {
	i := slices.IndexFunc(x.untagged, func(u state.AMI) bool { return u.ID == id })
	found := cloneAMI(x.untagged[i])
	found.Tags, found.Name = map[string]string{}, "adopted-"+id
	x.images[id] = &found
	return &found
}

// make is CopyImage: what it answers with is pending, and does not name its
// snapshots yet.
func (x executor) make(r plan.CopyRequest) *state.AMI {
	x.serial++
	for _, a := range x.images {
		if a.Region == r.Cell.Region && a.Name == r.Name() {
			r = r.Next() // as the engine does where a name is taken
		}
	}
	a := &state.AMI{
		ID: fmt.Sprintf("ami-%017x", 0xf000+x.serial), Account: account, Region: r.Cell.Region, OwnerID: account,
		Name: r.Name(), Description: r.Description, State: state.ImagePending, Created: x.now, Tags: maps.Clone(r.ImageTags),
		SourceImageID: r.SourceAMI, SourceImageRegion: r.SourceRegion, RootDeviceType: "instance-store",
	}
	if r.SnapshotTags != nil {
		a.RootDeviceType = "ebs"
		id := snapshotBehind(a)
		x.snapshots[id] = &state.Snapshot{
			ID: id, Account: account, Region: r.Cell.Region, OwnerID: account, State: state.SnapshotPending, Started: x.now,
			Tags: maps.Clone(r.SnapshotTags), KMSKey: r.KMSKey, Encrypted: r.KMSKey != "", VolumeGiB: 16,
		}
	}
	x.images[a.ID] = a
	return a
}

func snapshotBehind(a *state.AMI) string { return strings.Replace(a.ID, "ami-", "snap-", 1) }

// complete waits for a copy, which EC2 completes whether anybody waits or not,
// and says that it is verified.
func (x executor) complete(a *state.AMI) bool {
	if x.dies() {
		return false
	}
	a.State = state.ImageAvailable
	a.SourceImageID, a.SourceImageRegion = a.Tags[state.TagSourceAMI], a.Tags[state.TagSourceRegion] // EC2 says so by now
	if s, ok := x.snapshots[snapshotBehind(a)]; ok && len(a.Devices) == 0 {
		a.Devices = []state.Device{{Name: "/dev/xvda", SnapshotID: s.ID, SizeGiB: 16}}
	}
	for _, id := range a.SnapshotIDs() {
		x.snapshots[id].State = state.SnapshotCompleted
	}
	if x.dies() {
		return false
	}
	a.Tags[state.TagVerified] = state.VerifiedOK
	return true
}

// onSnapshot carries out what is about a snapshot, and reports whether it did.
func (x executor) onSnapshot(a plan.Action) (done bool) {
	for _, s := range a.Do.Steps {
		if x.dies() {
			return false
		}
		switch s := s.(type) {
		case plan.StampTag:
			x.snapshots[a.SnapshotID].Tags[s.Key] = state.FormatTime(x.now)
		case plan.RemoveSnapshot:
			delete(x.snapshots, a.SnapshotID)
		default:
			panic(fmt.Sprintf("%T on a snapshot", s))
		}
	}
	return true
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
		a.Public = slices.Contains(x.launch[a.ID], state.Grant{Public: true})
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
		a.Public = false
	case plan.PutParameter:
		x.put(a, s)
	case plan.DeleteParameter:
		delete(x.params, paramKey(a.Region, s.Parameter))
	case plan.DeregisterImage:
		x.deregister(a, s)
	default:
		x.deprecate(a, s)
	}
}

// put writes a parameter, then tags it as ours: two calls.
func (x executor) put(a *state.AMI, s plan.PutParameter) {
	key := paramKey(a.Region, s.Parameter)
	x.params[key] = state.Parameter{Exists: true, Value: a.ID, Tags: x.params[key].Tags}
	if !x.dies() {
		x.params[key] = state.Parameter{Exists: true, Value: a.ID, Tags: maps.Clone(s.Tags)}
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
	if s.DeleteSnapshots && !x.dies() {
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
