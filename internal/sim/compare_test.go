package sim

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// compare holds what is there in the end against the file. A plan that has
// nothing to say about a cell says that it is as declared: then it is, whatever
// people did there before.
func (w *world) compare(p *process, rest plan.Plan) {
	for _, image := range p.desired.Images {
		source := sourceOf(rest, image.Name)
		for _, region := range image.Regions.Names {
			if !blockedAt(rest, image.Name, region) {
				w.compareCell(p, image, source, region)
			}
		}
	}
	for _, region := range w.terrain.regions {
		w.compareOrphans(rest, region)
	}
}

// sourceOf is the AMI that the plan found to be an image's source.
func sourceOf(rest plan.Plan, image string) string {
	i := slices.IndexFunc(rest.Sources, func(s plan.SourceView) bool { return s.Image == image })
	if i < 0 {
		return ""
	}
	return rest.Sources[i].AMI
}

// blockedAt reports whether something is held back in a cell.
func blockedAt(rest plan.Plan, image, region string) bool {
	return slices.ContainsFunc(rest.Actions, func(a plan.Action) bool {
		return a.Image == image && a.Region == region && a.SnapshotID == "" && len(a.Blocked) > 0
	})
}

func (w *world) compareCell(p *process, image state.Image, source, region string) {
	var found []sandbox.InspectedImage
	for _, a := range w.cloud.Inspect(account, region).Images {
		if proven(a) && current(a) && a.Tags[state.TagImage] == image.Name && a.SourceID == source {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		w.fail("%s has %d copies of %s in %s: %v", image.Name, len(found), source, region, found)
		return
	}
	w.compareCopy(image, found[0], region)
	w.compareLifecycle(image, found[0], region)
	w.compareSnapshots(image, found[0], region)
	w.compareParameter(image, found[0], region)
}

func (w *world) compareCopy(image state.Image, a sandbox.InspectedImage, region string) {
	if slices.Contains(a.Users, stranger) != shares(image) && !w.did(region, []string{a.ID}, disown) {
		w.fail("%s in %s: shared is to be %t: %v", a.ID, region, shares(image), a.Users)
	}
	for k, v := range image.Tags {
		if a.Tags[k] != v {
			w.fail("%s in %s: tag %s is %q, not %q", a.ID, region, k, a.Tags[k], v)
		}
	}
	if image.Description != "" && a.Description != image.Description {
		w.fail("%s in %s: description %q, not %q", a.ID, region, a.Description, image.Description)
	}
}

func shares(image state.Image) bool { return image.Share != nil && len(image.Share.Accounts) > 0 }

func (w *world) compareLifecycle(image state.Image, a sandbox.InspectedImage, region string) {
	if want := image.Lifecycle.Protect; want != nil && *want != (a.Protection != "") {
		w.fail("%s in %s: protected is to be %t: %q", a.ID, region, *want, a.Protection)
	}
	after := image.Lifecycle.DeprecateAfter
	if after == nil {
		return
	}
	at, now := a.Created.Add(*after), w.cloud.Clock().Now()
	past := !at.After(now) && !a.Deprecation.After(now)
	if a.Deprecation.IsZero() || (!past && at.Sub(a.Deprecation).Abs() > time.Minute) {
		w.fail("%s in %s: deprecated at %s, not at %s", a.ID, region, a.Deprecation, at)
	}
}

func (w *world) compareSnapshots(image state.Image, a sandbox.InspectedImage, region string) {
	shared := shares(image) && image.Share.Snapshots
	for _, s := range w.cloud.Inspect(account, region).Snapshots {
		if !slices.Contains(a.Snapshots, s.ID) {
			continue
		}
		if slices.Contains(s.Users, stranger) != shared && !w.did(region, []string{a.ID, s.ID}, disown) {
			w.fail("%s of %s in %s: shared is to be %t: %v", s.ID, a.ID, region, shared, s.Users)
		}
		for k, v := range image.Tags {
			if s.Tags[k] != v {
				w.fail("%s of %s in %s: tag %s is %q, not %q", s.ID, a.ID, region, k, s.Tags[k], v)
			}
		}
		if want := w.keyFor(image, region); want != "" && s.Key != want {
			w.fail("%s of %s in %s: key %s, not %s", s.ID, a.ID, region, s.Key, want)
		}
	}
}

func (w *world) compareParameter(image state.Image, a sandbox.InspectedImage, region string) {
	if image.Publish == nil {
		return
	}
	if !slices.ContainsFunc(w.cloud.Inspect(account, region).Parameters, func(s sandbox.InspectedParameter) bool {
		return s.Name == image.Publish.SSM && s.Value == a.ID && oursByTags(s)
	}) {
		w.fail("parameter %s in %s does not name %s", image.Publish.SSM, region, a.ID)
	}
}

// keyFor is the ARN of the key that the file names; "" where it names none, or
// the Region's default.
func (w *world) keyFor(image state.Image, region string) string {
	if image.Encryption == nil || image.Encryption.For(region) == state.KeyDefault {
		return ""
	}
	p := person{world: w, region: region}
	var answer struct{ KeyMetadata struct{ Arn string } }
	said := p.json("kms", "TrentService.DescribeKey", map[string]any{"KeyId": image.Encryption.For(region)})
	if err := json.Unmarshal(said, &answer); err != nil {
		w.fail("a key of %s: %v", region, err)
	}
	return answer.KeyMetadata.Arn
}

// compareOrphans: no snapshot of ours is left without its AMI for longer than
// its grace, unless something is said to hold it.
func (w *world) compareOrphans(rest plan.Plan, region string) {
	for _, s := range w.cloud.Inspect(account, region).Snapshots {
		_, kept := s.Tags[state.TagKeep]
		told := slices.ContainsFunc(rest.Actions, func(a plan.Action) bool { return a.SnapshotID == s.ID })
		if s.Tags[state.TagOwner] == owner && len(s.Images) == 0 && !kept && !told {
			w.fail("%s in %s is left without its AMI: %v", s.ID, region, s.Tags)
		}
	}
}
