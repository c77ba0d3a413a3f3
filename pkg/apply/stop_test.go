package apply_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// stopWith ends a run's context with the first call of a name, and runs.
func stopWith(t *testing.T, c *cloud, call string, actions ...plan.Action) (rep *apply.Report, later []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	before := 0
	c.changed = func(e entry) {
		if e.call == call && before == 0 {
			before = len(c.changes())
			cancel()
		}
	}
	rep = apply.Run(ctx, plan.Plan{Actions: actions}, c, apply.Options{Clock: apply.SystemClock()})
	return rep, c.changes()[before:]
}

// After the first Ctrl-C no call begins that changes anything, wherever the
// action was.
func TestNothingBeginsAfterAStop(t *testing.T) {
	put := plan.PutParameter{Parameter: parameter, Tags: map[string]string{"k": "v"}}
	share := plan.ShareSnapshots{Add: []state.Grant{{Account: "444455556666"}}}
	for name, test := range map[string]struct {
		call   string
		action func(c *cloud) plan.Action
		status string
	}{
		"between reading and writing a parameter": {"Parameter", func(c *cloud) plan.Action {
			return act(plan.Update, "web", ireland, "ami-a", put)
		}, "in_progress interrupted"},
		"between two snapshots": {"ShareSnapshot", func(c *cloud) plan.Action {
			c.images["ami-a"].Devices = append(c.images["ami-a"].Devices, state.Device{Name: "/dev/sdz", SnapshotID: "snap-z"})
			return act(plan.Update, "web", ireland, "ami-a", share)
		}, "in_progress interrupted"},
		"before the verdict": {"Snapshots", func(*cloud) plan.Action { return copyOf("web", ireland) }, "in_progress interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.live(ireland, "ami-a")
				a := test.action(c)
				rep, later := stopWith(t, c, test.call, a)
				if d := cmp.Diff(map[string]string{a.ID: test.status}, statuses(rep)); d != "" || len(later) > 0 {
					t.Errorf("%s\nafter the stop: %v", d, later)
				}
			})
		})
	}
}

// A call that was refused is not made again after a stop, and its action has not
// failed.
func TestNoCallIsMadeAgainAfterAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		c.rules = append(c.rules, &rule{call: "Describe", from: 1, times: 1 << 20, code: "RequestLimitExceeded"})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		a := act(plan.Update, "web", ireland, "ami-a", plan.Describe{Text: "x"})
		rep := apply.Run(ctx, plan.Plan{Actions: []plan.Action{a}}, c, apply.Options{Clock: apply.SystemClock()})
		if d := cmp.Diff(map[string]string{a.ID: "in_progress interrupted"}, statuses(rep)); d != "" || c.calls()["Describe"] != 1 {
			t.Errorf("%s %v", d, c.calls())
		}
	})
}

// A run whose context is over before it begins makes no copy, whoever is faster.
func TestNoCopyIsStartedAfterAStop(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			apply.Run(ctx, plan.Plan{Actions: fleet(20, ireland)}, c, apply.Options{Clock: apply.SystemClock()})
			if n := c.calls()["CopyImage"]; n > 0 {
				t.Fatalf("%d copies were started", n)
			}
		})
	}
}

// However long a call that takes something away is refused, what it relies on is
// read again before each attempt.
func TestWhatTakesAwayLooksAgainBeforeEachAttempt(t *testing.T) {
	for name, test := range map[string]struct {
		call, image string
		steps       []plan.Step
		happens     func(c *cloud)
		status      string
	}{
		"on hold": {"Deregister", "ami-a", []plan.Step{plan.DeregisterImage{DeleteSnapshots: true}}, func(c *cloud) {
			c.images["ami-a"].Tags[state.TagHold] = "mine"
		}, "skipped changed"},
		"in use": {"Deregister", "ami-a", []plan.Step{plan.DeregisterImage{DeleteSnapshots: true}}, func(c *cloud) {
			c.references["ami-a"] = instance("i-1")
		}, "skipped changed"},
		"after steps of its own, in use": {"Disable", "ami-a", []plan.Step{plan.StampTag{Key: state.TagRetiredAt}, plan.Disable{}}, func(c *cloud) {
			c.references["ami-a"] = instance("i-1")
		}, "skipped changed"},
		"after steps of its own, as it was": {"Disable", "ami-a", []plan.Step{plan.StampTag{Key: state.TagRetiredAt}, plan.Disable{}}, func(*cloud) {}, "done"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.live(ireland, test.image)
				a := act(plan.Retire, "web", ireland, test.image, test.steps...)
				a.Preconditions = []plan.Precondition{
					c.unchanged(test.image), {Check: plan.CheckUnreferenced, ID: test.image, Types: []string{"ec2:Instance"}, Depth: 10},
				}
				c.rules = append(c.rules, &rule{call: test.call, from: 1, times: 4, code: "RequestLimitExceeded"})
				time.AfterFunc(5*time.Second, func() {
					c.mu.Lock()
					defer c.mu.Unlock()
					test.happens(c)
				})
				if d := cmp.Diff(map[string]string{a.ID: test.status}, statuses(run(t, c, apply.Options{}, a))); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// slowParameters take a while to be read.
type slowParameters struct {
	*cloud
	each time.Duration
}

func (s slowParameters) Parameter(ctx context.Context, t state.Target, name string) (state.Parameter, error) {
	time.Sleep(s.each)
	return s.cloud.Parameter(ctx, t, name)
}

// Readings that take longer than they may be used are made of less.
func TestSlowReadingsComeToAnEnd(t *testing.T) {
	for _, each := range []time.Duration{300 * time.Millisecond, 450 * time.Millisecond, 70 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			var actions []plan.Action
			for i := range 120 {
				id, name := fmt.Sprintf("ami-%03d", i), fmt.Sprintf("/p/%03d", i)
				c.live(ireland, id)
				c.parameters[ireland+name] = state.Parameter{Exists: true, Value: id}
				a := act(plan.Unpublish, "web", ireland, id, plan.DeleteParameter{Parameter: name})
				a.Preconditions = []plan.Precondition{{Check: plan.CheckParameter, ID: name, Value: id}}
				actions = append(actions, a)
			}
			o := apply.Options{Clock: apply.SystemClock(), Timeout: 48 * time.Hour}
			rep := apply.Run(t.Context(), plan.Plan{Actions: actions}, slowParameters{c, each}, o)
			if rep.Summary.Done != len(actions) || c.calls()["Parameter"] > 20*len(actions) {
				t.Errorf("%s a reading: %+v after %d of them", each, rep.Summary, c.calls()["Parameter"])
			}
		})
	}
}

// A big copy that is not to be seen for a moment is looked at again soon.
func TestOneLookThatMissesIsNoVanishing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.copyTakes = func(plan.CopyRequest) time.Duration { return 3 * time.Hour }
		c.changed = func(e entry) {
			if e.call == "Images" && c.calls()["Images"] == 20 {
				time.AfterFunc(115*time.Second, func() {
					c.mu.Lock()
					defer c.mu.Unlock()
					c.images["ami-new1"].visible = time.Now().Add(10 * time.Second)
				})
			}
		}
		a := copyOf("web", ireland)
		a.Do.GiB = 500
		if rep := run(t, c, apply.Options{}, a); rep.Summary.Done != 1 {
			t.Error(statuses(rep), rep.Err)
		}
	})
}

// A copy that was put on hold while it was made is not finished.
func TestHoldWhileItIsCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		time.AfterFunc(time.Minute, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.images["ami-new1"].Tags[state.TagHold] = "mine"
		})
		rep := run(t, c, apply.Options{}, copyOf("web", ireland, plan.Describe{Text: "x"}))
		if d := cmp.Diff(map[string]string{"copy-web-" + ireland: "skipped changed"}, statuses(rep)); d != "" || c.calls()["Describe"] > 0 {
			t.Error(d, c.changes())
		}
	})
}

// What is wrong with one snapshot leaves no other one behind.
func TestOneSurvivorLeavesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		i := c.live(ireland, "ami-a")
		for n := range 3 {
			id := fmt.Sprint("snap-z", n)
			i.Devices = append(i.Devices, state.Device{Name: fmt.Sprint("/dev/sd", n), SnapshotID: id})
			c.snapshots[id] = &state.Snapshot{ID: id, Region: ireland}
		}
		c.holdBack = func(string) string { return "internal-error" }
		c.rules = append(c.rules, &rule{call: "DeleteSnapshot", subject: "snap-ami-a", from: 1, times: 1 << 30, code: "UnauthorizedOperation"})
		rep := run(t, c, apply.Options{}, act(plan.Deregister, "web", ireland, "ami-a", plan.DeregisterImage{DeleteSnapshots: true}))
		if len(c.snapshots) != 1 || rep.Summary.Failed != 1 {
			t.Errorf("%v, %d snapshots are left", statuses(rep), len(c.snapshots))
		}
	})
}

// An outage that passed, and then one answer that the credentials expired, do not
// end a run.
func TestAnOutageIsNotCountedAsExpiredCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.rules = append(c.rules,
			&rule{call: "Images", from: 2, times: 3, code: state.CodeNetwork}, &rule{call: "Images", from: 2, times: 1, code: "ExpiredToken"})
		if rep := run(t, c, apply.Options{}, fleet(3, ireland)...); rep.Summary.Done != 3 {
			t.Error(statuses(rep), rep.Err)
		}
	})
}
