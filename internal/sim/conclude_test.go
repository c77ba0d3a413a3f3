package sim

import (
	"slices"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
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
		switch {
		case a.Executable():
			w.fail("after three runs there still is to %s %s %s %s in %s: %s", a.Kind, a.Image, a.AMI, a.SnapshotID, a.Region, a.Reason.Text())
		case len(a.Blocked) > 0 && !w.explained(p, a):
			w.fail("nobody caused the block of %s %s %s in %s: %s", a.Kind, a.Image, a.AMI, a.Region, a.Blocked[0].Text())
		}
	}
	if n := res.plan.Summary.Unknown; n > 0 {
		w.fail("%d cells are unknown", n)
	}
	for _, c := range res.plan.Conflicts {
		if !w.byPeople(c.Region, c.AMI) {
			w.fail("nobody caused the conflict about %s in %s: %s", c.AMI, c.Region, c.Why)
		}
	}
	w.compare(p)
}

// byPeople reports whether people ever changed one of these in a Region.
func (w *world) byPeople(region string, ids ...string) bool {
	return w.touched(func(t touch) bool { return t.by == nil && t.region == region && slices.Contains(ids, t.id) })
}

// inCell reports whether people ever changed a copy of an image in a Region.
func (w *world) inCell(p *process, region, image string) bool {
	return w.touched(func(t touch) bool {
		return t.by == nil && t.region == region && t.image != "" && p.present(t.image) == p.present(image)
	})
}

// explained reports whether people caused what blocks an action.
func (w *world) explained(p *process, a plan.Action) bool {
	ids := []string{a.AMI, a.SnapshotID, a.Replaces, "key"}
	for _, r := range a.Blocked {
		ids = append(ids, r.Args.AMI, r.Args.Other, r.Args.Parameter)
	}
	if entry, known := p.desired.Image(a.Image); known {
		ids = append(ids, entry.Source.ID)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	return w.byPeople(a.Region, ids...) || w.byPeople(home, ids...) || w.inCell(p, a.Region, a.Image)
}

// compare holds what is there against the file: every declared cell that people
// left alone has one copy of its source that is as desired.
func (w *world) compare(p *process) {
	for _, image := range p.desired.Images {
		for _, region := range image.Regions.Names {
			if w.inCell(p, region, image.Name) || w.byPeople(region, "key") || image.Source.ID == "" || w.byPeople(home, image.Source.ID) {
				continue
			}
			var found []sandbox.InspectedImage
			for _, a := range w.cloud.Inspect(account, region).Images {
				if proven(a) && usable(a) && a.Tags[state.TagImage] == image.Name && a.SourceID == image.Source.ID && a.Tags[state.TagSupersededAt] == "" {
					found = append(found, a)
				}
			}
			if len(found) != 1 {
				w.fail("%s has %d copies of %s in %s: %v", image.Name, len(found), image.Source.ID, region, found)
				continue
			}
			w.compareCopy(p, image, found[0], region)
		}
	}
}

func (w *world) compareCopy(p *process, image state.Image, a sandbox.InspectedImage, region string) {
	if shared := image.Share != nil && len(image.Share.Accounts) > 0; shared != slices.Contains(a.Users, stranger) {
		w.fail("%s in %s: shared is to be %t: %v", a.ID, region, shared, a.Users)
	}
	for k, v := range image.Tags {
		if a.Tags[k] != v {
			w.fail("%s in %s: tag %s is %q, not %q", a.ID, region, k, a.Tags[k], v)
		}
	}
	if image.Publish == nil || w.byPeople(region, image.Publish.SSM) {
		return
	}
	if !slices.ContainsFunc(w.cloud.Inspect(account, region).Parameters, func(s sandbox.InspectedParameter) bool {
		return s.Name == image.Publish.SSM && s.Value == a.ID
	}) {
		w.fail("parameter %s in %s does not name %s", image.Publish.SSM, region, a.ID)
	}
}
