package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

// judge says whether amisync may do what it does. It knows the world as it is,
// and excuses what a process could not have seen yet.
type judge struct{ world *world }

// sight is how old a process's view may be when it makes a call. Preconditions
// are read at most a minute before it (docs/architecture.md); a call is some
// seconds on its way, and what people change is seen late, as this world has it.
func (w *world) sight() time.Duration {
	late := w.terrain.scene.Delays
	return 70*time.Second + time.Duration(max(late.Image, late.Tags, late.Parameter))
}

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
		j.verdict(p, q)
	case "DeleteSnapshot", "ModifySnapshotAttribute":
		j.snapshot(p, q, q.query.Get("SnapshotId"))
	case "PutParameter", "DeleteParameter", "AddTagsToResource":
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
	case "GetParameters":
		j.read(p, q)
	case "PutParameter", "DeleteParameter", "AddTagsToResource":
		p.wrote(q)
		j.world.touch(touch{region: q.region, id: q.parameter(), by: p})
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

// disturbed reports whether anybody but the process changed one of these in the
// Region of a request a moment before it was made.
func (j *judge) disturbed(p *process, q request, ids ...string) bool {
	since := q.sent.Add(-j.world.sight())
	return j.world.touched(func(t touch) bool {
		return t.by != p && t.region == q.region && t.at.After(since) && slices.Contains(ids, t.id)
	})
}

// cellDisturbed is the same for all copies of an image.
func (j *judge) cellDisturbed(p *process, q request, image string) bool {
	since := q.sent.Add(-j.world.sight())
	return j.world.touched(func(t touch) bool {
		return t.by != p && t.region == q.region && t.at.After(since) && p.present(t.image) == p.present(image)
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

// takesAway are the operations before each of which preconditions are read.
var takesAway = []string{"DeregisterImage", "DisableImage"}

// provenImage: ours, and nobody holds it. What takes nothing away looks once
// before it begins, and may be refused for long after that.
func (j *judge) provenImage(p *process, q request, id string) {
	if !slices.Contains(takesAway, q.operation) {
		q.sent = p.changing(q, id)
	}
	a, there := find(j.inspect(q.region).Images, id)
	if !there || j.disturbed(p, q, id) {
		return
	}
	if !proven(a) {
		j.fail(p, q, "%s is not proven ours: %v, of %s in %s", id, a.Tags, a.SourceID, a.SourceRegion)
	}
	if why, held := a.Tags[state.TagHold]; held {
		j.fail(p, q, "%s is on hold: %s", id, why)
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
	if i < 0 || j.disturbed(p, q, id) {
		return
	}
	s := seen.Snapshots[i]
	mine := s.Tags[state.TagOwner] == owner || j.world.leftBy(p, id)
	for _, user := range s.Images {
		a, _ := find(seen.Images, user)
		mine = mine || proven(a) || j.disturbed(p, q, user)
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
	if there && (r == nil || r.Protect == nil || !*r.Protect) && !j.disturbed(p, q, id) {
		j.fail(p, q, "the protection of %s is not ours", id)
	}
}

// notNeeded: what is held, referenced, published, or the last usable copy of a
// declared cell does not go.
func (j *judge) notNeeded(p *process, q request) {
	seen := j.inspect(q.region)
	a, there := find(seen.Images, q.query.Get("ImageId"))
	if there && q.operation == "DeregisterImage" && q.query.Get("DeleteAssociatedSnapshots") == "true" {
		j.world.leave(p, a)
	}
	if !there || j.cellDisturbed(p, q, a.Tags[state.TagImage]) {
		return
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
		user := use.ARN
		if _, parameter, ok := strings.Cut(use.ARN, ":parameter"); ok {
			user = parameter // by its name we know who changed it, and when
		}
		if use.Image == a.ID && slices.Contains(guard.References, types[use.Type]) && !j.disturbed(p, q, user) {
			j.fail(p, q, "%s is used by %s", a.ID, use.ARN)
		}
	}
	for _, s := range seen.Parameters {
		if s.Value == a.ID && s.Tags[state.TagOwner] == owner && !j.disturbed(p, q, s.Name) {
			j.fail(p, q, "parameter %s names %s", s.Name, a.ID)
		}
	}
}

// oneOfAGeneration: no copy is made of a generation that is there, but for a
// duplicate that is on its way out, or that people have made look like one. (Of
// two images that become one by a rename, each may have made its own.)
func (j *judge) oneOfAGeneration(q request) {
	image, generation := q.tag(state.TagImage), q.tag(state.TagGeneration)
	var found []string
	for _, a := range j.inspect(q.region).Images {
		same := a.Tags[state.TagImage] == image && a.Tags[state.TagGeneration] == generation && a.SourceID == q.query.Get("SourceImageId")
		if same && proven(a) && a.State != state.ImageFailed && a.Tags[state.TagRetiredAt] == "" && !j.world.byPeople(q.region, a.ID) {
			found = append(found, a.ID)
		}
	}
	if len(found) > 1 {
		j.world.fail("%s: %v are all generation %s of %s in %s", q.operation, found, generation, image, q.region)
	}
}

// departure is who deregistered an image together with its snapshots.
type departure struct {
	by    *process
	image string
}

// leave remembers the snapshots of an image that a process deregisters with them.
func (w *world) leave(p *process, a sandbox.InspectedImage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range a.Snapshots {
		w.left[id] = departure{p, a.ID}
	}
}

// leftOf is the image that a process deregistered with a snapshot, if it did.
func (w *world) leftOf(p *process, snapshot string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left[snapshot].by != p {
		return ""
	}
	return w.left[snapshot].image
}

func (w *world) leftBy(p *process, snapshot string) bool { return w.leftOf(p, snapshot) != "" }
