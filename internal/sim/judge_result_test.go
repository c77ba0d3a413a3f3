package sim

import (
	"fmt"
	"slices"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// judgeResult holds what a run says of itself against what it was asked and
// against the world that it leaves.
func (w *world) judgeResult(p *process, res result) {
	if n := executed(res); len(res.report.Results) != n {
		w.fail("step %d: %d results for %d actions", p.step.number, len(res.report.Results), n)
	}
	results := map[string]apply.Result{}
	for _, r := range res.report.Results {
		results[r.ID] = r
	}
	for _, a := range res.plan.Actions {
		r, ended := results[a.ID]
		if !ended {
			continue
		}
		w.afterItsPredecessors(p, a, r, results)
		if r.Status == apply.Done {
			w.nothingLeft(p, a)
			w.readBack(p, a)
		}
		w.noReason(p, r)
	}
	if res.plan.Complete && res.report.AllDone() && len(p.step.runs) == 1 && !p.disturbedSince(w) {
		w.oneCurrent(p)
	}
}

// afterItsPredecessors: what has to come after an action that is not done does
// not even start.
func (w *world) afterItsPredecessors(p *process, a plan.Action, r apply.Result, results map[string]apply.Result) {
	for _, id := range a.After {
		before, ended := results[id]
		if ended && before.Status == apply.Done || r.Status == apply.Blocked {
			continue
		}
		if r.Error == nil || r.Error.Code != apply.CodePredecessor {
			w.fail("step %d: %s of %s is %s, though %s before it is not done: %s", p.step.number, a.Kind, a.Image, r.Status, before.Kind, before.Status)
		}
	}
}

// nothingLeft: where snapshots go with their AMI, all have gone but those that
// another AMI uses.
func (w *world) nothingLeft(p *process, a plan.Action) {
	for _, s := range w.cloud.Inspect(account, a.Region).Snapshots {
		_, kept := s.Tags[state.TagKeep]
		if a.Kind == plan.Deregister && w.leftOf(p, s.ID) == a.AMI && len(s.Images) == 0 && !kept {
			w.fail("step %d: %s of %s is done, and %s is left", p.step.number, a.Kind, a.AMI, s.ID)
		}
	}
}

// readBack: that a parameter is written counts when it has been read again.
func (w *world) readBack(p *process, a plan.Action) {
	for _, s := range a.Do.Steps {
		if put, ok := s.(plan.PutParameter); ok && p.unread(a.Region, put.Parameter) {
			w.fail("step %d: %s is done, and parameter %s in %s was not read back", p.step.number, a.Kind, put.Parameter, a.Region)
		}
	}
}

// noReason: an action fails because something went wrong, or because another run
// was faster.
func (w *world) noReason(p *process, r apply.Result) {
	different := r.Error != nil && r.Error.Code == apply.CodeDifferent && (w.flawed() || w.byPeople(r.Region, r.AMI))
	if r.Status == apply.Failed && len(p.step.runs) == 1 && p.struck() == 0 && !different && !p.disturbedSince(w) {
		w.fail("step %d: %s of %s %s in %s failed, and nothing was wrong: %s", p.step.number, r.Kind, r.Image, r.AMI, r.Region, r.Error.Text)
	}
}

// oneCurrent: after a run that did all, no cell has two copies that are both
// the current one.
func (w *world) oneCurrent(p *process) {
	for _, image := range p.desired.Images {
		for _, region := range image.Regions.Names {
			known := map[string]string{}
			for _, a := range w.cloud.Inspect(account, region).Images {
				if !proven(a) || !current(a) || p.present(a.Tags[state.TagImage]) != image.Name {
					continue
				}
				source := fmt.Sprint(a.SourceID, a.SourceRegion)
				if other := known[source]; other != "" {
					w.fail("step %d: %s and %s are both the copy of %s for %s in %s", p.step.number, other, a.ID, a.SourceID, image.Name, region)
				}
				known[source] = a.ID
			}
		}
	}
}

// current reports whether a copy is usable and nothing says that its time is over.
func current(a sandbox.InspectedImage) bool {
	return usable(a) && a.Tags[state.TagSupersededAt]+a.Tags[state.TagRetiredAt] == ""
}

// disturbedSince reports whether people did anything since the process began.
func (p *process) disturbedSince(w *world) bool {
	return w.touched(func(t touch) bool { return t.by == nil && !t.at.Before(p.began) })
}

// changes are the calls that are not to start any more when a run is stopped.
var changes = []string{
	"AddTagsToResource", "CopyImage", "CreateTags", "DeleteParameter", "DeleteSnapshot", "DeleteTags", "DeregisterImage", "DisableImage",
	"DisableImageDeprecation", "DisableImageDeregistrationProtection", "EnableImage", "EnableImageDeprecation",
	"EnableImageDeregistrationProtection", "ModifyImageAttribute", "ModifySnapshotAttribute", "PutParameter",
}

// started judges a request on its way out: after a stop no call starts. One
// that was in flight may be tried again, and may be several requests; and the
// snapshots of an AMI that is gone may go too.
func (j *judge) started(p *process, q request) {
	if !slices.Contains(changes, q.operation) {
		return
	}
	known, stopped := p.begin(q.call())
	if stopped && !known && j.world.leftOf(p, q.query.Get("SnapshotId")) == "" {
		j.fail(p, q, "it starts after the run was stopped: %s", q.subject())
	}
}

// call is what the requests of one call have in common.
func (q request) call() string {
	switch {
	case q.service == "ssm":
		return q.region + " " + q.parameter()
	case q.operation == "ModifySnapshotAttribute":
		return q.region + " " + q.query.Get("SnapshotId")
	default:
		return q.region + " " + q.body
	}
}
