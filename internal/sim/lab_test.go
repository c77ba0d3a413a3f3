package sim

import (
	"fmt"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// lab is a small world for tests that write their own history.
type lab struct {
	*world
	t *testing.T
	n int // runs so far
}

// labSource is the AMI that copies in a lab are made from, labNext its next build.
const (
	labSource = "ami-0aaaaaaaaaaaaaaa1"
	labNext   = "ami-0aaaaaaaaaaaaaaa2"
)

// inLab runs a test in a bubble, in a world whose scene it may change first. In
// the end the judge must have nothing to say.
func inLab(t *testing.T, change func(*sandbox.Scene), test func(*lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		scene := sandbox.Scene{
			Seed: 1, Start: began, Accounts: []sandbox.Account{{ID: account}, {ID: stranger}},
			Keys: []sandbox.Key{{Account: account, Regions: sandbox.RegionList{Names: []string{home, ireland, oregon}}, Aliases: []string{aliases[0]}}},
		}
		for i, id := range []string{labSource, labNext} {
			scene.Images = append(scene.Images, sandbox.Image{
				ID: id, Account: account, Region: home, Name: "build-" + id, Created: began.AddDate(0, 0, i-10),
				Devices: []sandbox.Device{{Name: "/dev/xvda", Size: 8}, {Name: "/dev/sdb", Size: 4}},
			})
		}
		change(&scene)
		w, err := newWorld(history{seed: 1, terrain: terrain{scene: scene, regions: []string{home, ireland, oregon}}})
		if err != nil {
			t.Fatal(err)
		}
		test(&lab{world: w, t: t})
		for _, wrong := range w.wrong {
			t.Error(wrong.text)
		}
	})
}

const (
	ireland = "eu-west-1"
	oregon  = "us-west-2"
)

// declare is a file with one image, web, and what it says beside its source.
func declare(source, rest string) string {
	return fmt.Sprintf("version: 1\nowner: %s\naccounts: [%q]\nprune: true\nonlyRegions: [%s, %s, %s]\nimages:\n  web:\n    source: {region: %s, id: %s}\n%s",
		owner, account, home, ireland, oregon, home, source, rest)
}

// run is one run of amisync under a launch's fate and a weather.
func (l *lab) run(text string, how launch, faults weather) result {
	l.t.Helper()
	l.n++
	p := newProcess(l.world, step{number: l.n, commit: fmt.Sprintf("%040x", l.n), text: text, faults: faults}, how)
	if p == nil {
		l.t.Fatal(l.wrong)
	}
	return p.run()
}

// sync is a run in which nothing goes wrong.
func (l *lab) sync(text string) result {
	l.t.Helper()
	res := l.run(text, launch{}, weather{})
	if res.err != nil {
		l.t.Fatal(res.err)
	}
	return res
}

// done is a run after which everything is done.
func (l *lab) done(text string) result {
	l.t.Helper()
	res := l.sync(text)
	if res.report.Summary.Done != len(res.report.Results) {
		l.t.Errorf("report: %+v, %v", res.report.Summary, res.report.Err)
	}
	return res
}

// unchanged checks that a plan finds nothing to do.
func (l *lab) unchanged(text string) {
	l.t.Helper()
	if res := l.sync(text); res.plan.Applyable || res.plan.Summary.Blocked > 0 {
		l.t.Errorf("there is something left: %+v", res.plan.Summary)
	}
}

// copies are amisync's live copies in a Region.
func (l *lab) copies(region string) []sandbox.InspectedImage {
	var out []sandbox.InspectedImage
	for _, a := range l.cloud.Inspect(account, region).Images {
		if a.Tags[state.TagOwner] == owner {
			out = append(out, a)
		}
	}
	return out
}

// only is the one copy in a Region.
func (l *lab) only(region string) sandbox.InspectedImage {
	l.t.Helper()
	found := l.copies(region)
	if len(found) != 1 {
		l.t.Fatalf("%d copies in %s: %v", len(found), region, found)
	}
	return found[0]
}

// person meddles with a copy.
func (l *lab) person(region string, a sandbox.InspectedImage) person {
	return person{world: l.world, dice: newDice(1), region: region, copy: a}
}

// counted are the calls since the last time.
func (l *lab) counted() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := maps.Clone(l.calls)
	clear(l.calls)
	return out
}

// blocked are the reasons of a plan's blocks, by kind of action.
func blocked(p plan.Plan) map[plan.Kind]plan.Code {
	out := map[plan.Kind]plan.Code{}
	for _, a := range p.Actions {
		if len(a.Blocked) > 0 {
			out[a.Kind] = a.Blocked[0].Code
		}
	}
	return out
}

// statuses are the results of a report, by kind and Region.
func statuses(r *apply.Report) map[string]apply.Status {
	out := map[string]apply.Status{}
	for _, res := range r.Results {
		out[string(res.Kind)+" "+res.Region] = res.Status
	}
	return out
}

func asIs(*sandbox.Scene) {}

func slow(d time.Duration) func(*sandbox.Scene) {
	return func(s *sandbox.Scene) { s.Copy = sandbox.Timing{Base: sandbox.Duration(d), Throughput: 1e6} }
}
