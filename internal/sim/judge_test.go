package sim

import (
	"slices"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

// judge says whether amisync may do what it does. It knows the world as it is,
// and excuses what a process could not have seen yet.
type judge struct{ world *world }

// sight is how old a process's view may be when its request has its effect:
// preconditions are read at most a minute before the call, tags are seen late,
// and a call that AWS refuses for a while is made again.
const sight = 5 * time.Minute

// before looks at a request that is about to have its effect.
func (j *judge) before(p *process, q request) {
	switch q.operation {
	case "DeregisterImage", "DisableImage":
		j.ours(p, q)
		j.notNeeded(p, q)
	case "EnableImage", "ModifyImageAttribute", "EnableImageDeprecation", "DisableImageDeprecation", "EnableImageDeregistrationProtection":
		j.ours(p, q)
	case "DisableImageDeregistrationProtection":
		j.ours(p, q)
		j.protectedByUs(p, q)
	case "CreateTags", "DeleteTags":
		j.tagged(p, q)
	case "DeleteSnapshot", "ModifySnapshotAttribute":
		j.snapshot(p, q, q.query.Get("SnapshotId"))
	case "PutParameter", "DeleteParameter":
		j.parameter(p, q)
	}
}

// after looks at what a request has brought about, and remembers it.
func (j *judge) after(p *process, q request) {
	switch q.operation {
	case "CopyImage":
		j.oneOfAGeneration(q)
	case "CreateTags", "DeleteTags":
		for _, id := range q.list("ResourceId") {
			j.world.touch(touch{region: q.region, id: id, image: j.imageOf(q.region, id), by: p})
		}
	case "PutParameter", "DeleteParameter":
		j.world.touch(touch{region: q.region, id: q.text("Name"), by: p})
	case "DeregisterImage", "DisableImage", "EnableImage":
		id := q.query.Get("ImageId")
		j.world.touch(touch{region: q.region, id: id, image: j.imageOf(q.region, id), by: p})
	}
}

func (j *judge) inspect(region string) sandbox.Inspection {
	return j.world.cloud.Inspect(account, region)
}

func find(list []sandbox.InspectedImage, id string) (sandbox.InspectedImage, bool) {
	i := slices.IndexFunc(list, func(a sandbox.InspectedImage) bool { return a.ID == id })
	if i < 0 {
		return sandbox.InspectedImage{}, false
	}
	return list[i], true
}

func (j *judge) imageOf(region, id string) string {
	a, _ := find(j.inspect(region).Images, id)
	return a.Tags[state.TagImage]
}

// proven reports whether both proofs say that an image is ours.
func proven(a sandbox.InspectedImage) bool {
	return a.Owner == account && a.Tags[state.TagOwner] == owner && a.Tags[state.TagImage] != "" &&
		a.SourceID == a.Tags[state.TagSourceAMI] && a.SourceRegion == a.Tags[state.TagSourceRegion]
}

// usable reports whether instances can be launched from a verified copy.
func usable(a sandbox.InspectedImage) bool {
	return a.State == state.ImageAvailable && a.Tags[state.TagVerified] == state.VerifiedOK
}

// disturbed reports whether anybody but the process changed one of the ids of a
// Region a moment ago.
func (j *judge) disturbed(p *process, region string, ids ...string) bool {
	now := time.Now()
	return j.world.touched(func(t touch) bool {
		return t.by != p && t.region == region && now.Sub(t.at) < sight && slices.Contains(ids, t.id)
	})
}

// cellDisturbed is the same for all copies of an image.
func (j *judge) cellDisturbed(p *process, region, image string) bool {
	now := time.Now()
	return j.world.touched(func(t touch) bool {
		return t.by != p && t.region == region && now.Sub(t.at) < sight && p.present(t.image) == p.present(image)
	})
}

// present is the name that an image has in the process's file now.
func (p *process) present(image string) string {
	for _, i := range p.desired.Images {
		if slices.Contains(i.Formerly, image) {
			return i.Name
		}
	}
	return image
}

func (j *judge) fail(p *process, q request, format string, args ...any) {
	args = append([]any{p.step.number, p.launch.number, q.operation, q.region}, args...)
	j.world.fail("step %d process %d: %s in %s: "+format, args...)
}

// ours: no AMI is changed without both proofs.
func (j *judge) ours(p *process, q request) {
	id := q.query.Get("ImageId")
	j.provenImage(p, q, id)
}

func (j *judge) provenImage(p *process, q request, id string) {
	a, there := find(j.inspect(q.region).Images, id)
	if there && !proven(a) && !j.disturbed(p, q.region, id) {
		j.fail(p, q, "%s is not proven ours: %v, of %s in %s", id, a.Tags, a.SourceID, a.SourceRegion)
	}
}

// tagged: tags are set on what is ours.
func (j *judge) tagged(p *process, q request) {
	for _, id := range q.list("ResourceId") {
		if id[:4] == "ami-" {
			j.provenImage(p, q, id)
		} else {
			j.snapshot(p, q, id)
		}
	}
}

// snapshot: a snapshot is ours by its tags, or because it is behind an AMI of
// ours; and none that an AMI uses is deleted.
func (j *judge) snapshot(p *process, q request, id string) {
	seen := j.inspect(q.region)
	i := slices.IndexFunc(seen.Snapshots, func(s sandbox.InspectedSnapshot) bool { return s.ID == id })
	if i < 0 || j.disturbed(p, q.region, id) {
		return
	}
	s := seen.Snapshots[i]
	mine := s.Tags[state.TagOwner] == owner || j.world.leftBy(p, id)
	for _, user := range s.Images {
		a, _ := find(seen.Images, user)
		mine = mine || proven(a) || j.disturbed(p, q.region, user)
	}
	if !mine {
		j.fail(p, q, "%s is not ours: %v", id, s.Tags)
	}
	if _, kept := s.Tags[state.TagKeep]; kept && q.operation == "DeleteSnapshot" && !j.world.leftBy(p, id) {
		j.fail(p, q, "%s is to be kept", id)
	}
}

// protectedByUs: protection that people set is theirs to lift, but where the
// file says whether there is to be any.
func (j *judge) protectedByUs(p *process, q request) {
	id := q.query.Get("ImageId")
	a, there := find(j.inspect(q.region).Images, id)
	r := state.ParseControl(a.Tags).Retention
	entry, known := p.desired.Image(p.present(a.Tags[state.TagImage]))
	if known && entry.Lifecycle.Protect != nil {
		return
	}
	if there && (r == nil || r.Protect == nil || !*r.Protect) && !j.disturbed(p, q.region, id) {
		j.fail(p, q, "the protection of %s is not ours", id)
	}
}

// notNeeded: what is held, referenced, published, or the last usable copy of a
// declared cell does not go.
func (j *judge) notNeeded(p *process, q request) {
	seen := j.inspect(q.region)
	a, there := find(seen.Images, q.query.Get("ImageId"))
	if !there || j.cellDisturbed(p, q.region, a.Tags[state.TagImage]) {
		return
	}
	if q.operation == "DeregisterImage" && q.query.Get("DeleteAssociatedSnapshots") == "true" {
		j.world.leave(p, a.Snapshots)
	}
	if why, held := a.Tags[state.TagHold]; held {
		j.fail(p, q, "%s is on hold: %s", a.ID, why)
	}
	image := p.present(a.Tags[state.TagImage])
	entry, known := p.desired.Image(image)
	guard := p.desired.Guard
	if known {
		guard = entry.Guard
	}
	j.notUsed(p, q, seen, a, guard)
	if !known || !slices.Contains(entry.Regions.Names, q.region) || !usable(a) {
		return
	}
	if !slices.ContainsFunc(seen.Images, func(b sandbox.InspectedImage) bool {
		return b.ID != a.ID && usable(b) && proven(b) && p.present(b.Tags[state.TagImage]) == image
	}) {
		j.fail(p, q, "%s is the only usable copy of %s", a.ID, image)
	}
}

// types are the reference types as EC2 and amis.yaml name them.
var types = map[string]string{
	"ec2:Instance": state.ReferenceInstances, "ec2:LaunchTemplate": state.ReferenceLaunchTemplates, "ssm:Parameter": state.ReferenceSSM,
}

func (j *judge) notUsed(p *process, q request, seen sandbox.Inspection, a sandbox.InspectedImage, guard state.Guard) {
	for _, use := range seen.Uses {
		if use.Image == a.ID && slices.Contains(guard.References, types[use.Type]) && !j.disturbed(p, q.region, use.ARN) {
			j.fail(p, q, "%s is used by %s", a.ID, use.ARN)
		}
	}
	for _, s := range seen.Parameters {
		if s.Value == a.ID && s.Tags[state.TagOwner] == owner && !j.disturbed(p, q.region, s.Name) {
			j.fail(p, q, "parameter %s names %s", s.Name, a.ID)
		}
	}
}

// parameter: SSM names available AMIs of ours, and only our parameters go.
func (j *judge) parameter(p *process, q request) {
	seen := j.inspect(q.region)
	i := slices.IndexFunc(seen.Parameters, func(s sandbox.InspectedParameter) bool { return s.Name == q.text("Name") })
	if j.disturbed(p, q.region, q.text("Name")) {
		return
	}
	if i >= 0 {
		s := seen.Parameters[i]
		named, there := find(seen.Images, s.Value)
		if s.Tags[state.TagOwner] != owner && !(there && proven(named)) {
			j.fail(p, q, "parameter %s is not ours: %v", s.Name, s.Tags)
		}
	}
	if id := q.text("Value"); id != "" {
		a, there := find(seen.Images, id)
		if (!there || a.State != state.ImageAvailable || !proven(a)) && !j.disturbed(p, q.region, id) {
			j.fail(p, q, "parameter %s would name %s, which is %s", q.text("Name"), id, a.State)
		}
	}
}

// oneOfAGeneration: there are never two copies of one generation, but for a
// duplicate that is on its way out: two files that ran at once may have made it
// under two names of one image.
func (j *judge) oneOfAGeneration(q request) {
	known := map[string]string{}
	for _, a := range j.inspect(q.region).Images {
		if !proven(a) || a.State == state.ImageFailed || a.Tags[state.TagRetiredAt] != "" {
			continue
		}
		t := a.Tags
		key := t[state.TagImage] + " " + t[state.TagSourceAMI] + " " + t[state.TagGeneration]
		if other := known[key]; other != "" && !j.world.touched(func(t touch) bool { return t.by == nil && (t.id == other || t.id == a.ID) }) {
			j.world.fail("%s: %s and %s are both generation %s of %s in %s", q.operation, other, a.ID, t[state.TagGeneration], t[state.TagImage], q.region)
		}
		known[key] = a.ID
	}
}

// leave remembers the snapshots of an image that a process deregisters with them.
func (w *world) leave(p *process, snapshots []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range snapshots {
		w.left[id] = p
	}
}

func (w *world) leftBy(p *process, snapshot string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.left[snapshot] == p
}
