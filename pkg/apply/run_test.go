package apply_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// chain is a re-copy, and what becomes of the copy that it replaces.
func chain(c *cloud) []plan.Action {
	old := c.live(ireland, "ami-old")
	old.Protection = "enabled-without-cooldown"
	c.parameters[ireland+parameter] = state.Parameter{Exists: true, Value: "ami-old"}
	recopy := copyOf("web", ireland,
		plan.Share{Add: []state.Grant{{Account: "444455556666"}}},
		plan.PutParameter{Parameter: parameter, Expect: "ami-old", Tags: map[string]string{"k": "v"}},
		plan.SetTags{On: plan.OnBoth, Tags: map[string]string{"team": "platform"}},
	)
	recopy.Kind, recopy.Replaces = plan.Recopy, "ami-old"
	retire := act(plan.Retire, "web", ireland, "ami-old", plan.StampTag{Key: state.TagRetiredAt}, plan.DeprecateNow{}, plan.Unprotect{})
	retire.After = []string{recopy.ID}
	retire.Preconditions = []plan.Precondition{c.unchanged("ami-old"), {Check: plan.CheckUsable, Action: recopy.ID}}
	deregister := act(plan.Deregister, "web", ireland, "ami-old", plan.DeregisterImage{DeleteSnapshots: true})
	deregister.After = []string{recopy.ID, retire.ID}
	deregister.Preconditions = []plan.Precondition{{Check: plan.CheckUsable, Action: recopy.ID}}
	return []plan.Action{deregister, retire, recopy}
}

func TestRunDoesAChainInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		seen := &events{}
		rep := run(t, c, apply.Options{Observer: seen}, chain(c)...)
		if rep.Err != nil {
			t.Fatal(rep.Err)
		}
		want := []string{
			"CopyImage eu-west-1 web-ami-source",
			"SetTags eu-west-1 ami-new1 [amisync:verified]",
			"ShareImage eu-west-1 ami-new1 [444455556666] []",
			"PutParameter eu-west-1 /amis/web/current ami-new1",
			"SetTags eu-west-1 ami-new1,snap-new1 [team]",
			"SetTags eu-west-1 ami-old [amisync:retired-at]",
			"Deprecate eu-west-1 ami-old 2000-01-01T00:06:00Z",
			"Unprotect eu-west-1 ami-old",
			"Deregister eu-west-1 ami-old",
		}
		if d := cmp.Diff(want, c.changes()); d != "" {
			t.Error(d)
		}
		if rep.Summary != (apply.Summary{Done: 3}) || rep.Results[2].AMI != "ami-new1" {
			t.Errorf("report: %+v", rep)
		}
		phases := []apply.Phase{apply.Started, apply.Copying, apply.Finishing, apply.Ended}
		if d := cmp.Diff(phases, seen.phases("copy-web-eu-west-1")); d != "" {
			t.Error(d)
		}
		if c.snapshots["snap-ami-old"] != nil {
			t.Error("the old snapshot is still there")
		}
	})
}

func TestRunFailedPredecessorSkipsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		actions := chain(c)
		c.fail("ShareImage", "", "OperationNotPermitted")
		rep := run(t, c, apply.Options{}, actions...)
		want := map[string]string{
			"copy-web-eu-west-1": "failed OperationNotPermitted",
			"retire-ami-old":     "skipped predecessor",
			"deregister-ami-old": "skipped predecessor",
		}
		if d := cmp.Diff(want, statuses(rep)); d != "" {
			t.Error(d)
		}
		if a, _ := c.images["ami-old"].now(); a.State != state.ImageAvailable || c.parameters[ireland+parameter].Value != "ami-old" {
			t.Error("the old copy was touched")
		}
	})
}

func TestRunFailingRegionLeavesTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.fail("CopyImage", oregon, "UnauthorizedOperation")
		rep := run(t, c, apply.Options{}, copyOf("web", ireland), copyOf("web", oregon), copyOf("api", oregon), copyOf("api", ireland))
		want := apply.Summary{Done: 2, Failed: 2}
		if rep.Summary != want {
			t.Errorf("%+v", rep.Summary)
		}
		for _, part := range []string{"web", "api", oregon, account, "CopyImage", "UnauthorizedOperation", "2 errors"} {
			if !strings.Contains(rep.Err.Error(), part) {
				t.Errorf("%q is not in %v", part, rep.Err)
			}
		}
		var ce *state.CallError
		if !errors.As(rep.Err, &ce) {
			t.Error("no CallError in the chain")
		}
	})
}

func TestRunLeavesBlockedAndDueActions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		c.live(ireland, "ami-b")
		soon := time.Now().Add(time.Hour)
		blocked := act(plan.Retire, "web", ireland, "ami-a", plan.DeprecateNow{})
		blocked.Blocked = []plan.Reason{{Code: "hold"}}
		follower := act(plan.Deregister, "web", ireland, "ami-a", plan.DeregisterImage{})
		follower.After = []string{blocked.ID}
		due := act(plan.Deregister, "web", ireland, "ami-b", plan.DeregisterImage{})
		due.DueAt = &soon
		afterwards := act(plan.Update, "web", ireland, "ami-a", plan.Protect{})
		afterwards.After = []string{due.ID}
		orphan := act(plan.Update, "web", ireland, "ami-b", plan.Protect{})
		orphan.After = []string{"not in this plan"}
		rep := run(t, c, apply.Options{}, blocked, follower, due, orphan, afterwards)
		want := map[string]string{"retire-ami-a": "blocked hold", "deregister-ami-a": "skipped predecessor", "update-ami-b": "skipped predecessor", "update-ami-a": "not_started predecessor"}
		if d := cmp.Diff(want, statuses(rep)); d != "" {
			t.Error(d)
		}
		if len(c.log) != 0 || rep.Err != nil {
			t.Errorf("calls %v, error %v", c.log, rep.Err)
		}
	})
}

func TestRunNoWaitStartsAndReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		began := time.Now()
		c.live(oregon, "ami-b")
		rep := run(t, c, apply.Options{NoWait: true}, append(chain(c), act(plan.Update, "web", oregon, "ami-b", plan.Protect{}))...)
		want := map[string]string{
			"copy-web-eu-west-1": "in_progress no_wait",
			"retire-ami-old":     "not_started predecessor",
			"deregister-ami-old": "not_started predecessor",
			"update-ami-b":       "done",
		}
		if d := cmp.Diff(want, statuses(rep)); d != "" {
			t.Error(d)
		}
		if took := time.Since(began); took > time.Minute || rep.Err != nil {
			t.Errorf("took %s, error %v", took, rep.Err)
		}
	})
}

func TestRunNoWaitStopsAtTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		rep := run(t, c, apply.Options{NoWait: true, InFlight: 3}, fleet(5, ireland)...)
		if want := (apply.Summary{InProgress: 3, NotStarted: 2}); rep.Summary != want {
			t.Errorf("%+v", rep.Summary)
		}
	})
}

func TestRunInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		actions := append(chain(c), fleet(5, ireland)...)
		o := apply.Options{Clock: apply.SystemClock(), InFlight: 3}
		rep := apply.Run(stopAfter(t, time.Minute), plan.Plan{Actions: actions}, c, o)
		if !rep.Interrupted || rep.Err != nil {
			t.Errorf("interrupted %t, error %v", rep.Interrupted, rep.Err)
		}
		if want := (apply.Summary{InProgress: 3, NotStarted: 5}); rep.Summary != want {
			t.Errorf("%+v: %v", rep.Summary, statuses(rep))
		}
	})
}

// A stop lets the call in flight end, and starts no other.
func TestRunInterruptedAwaitsCallsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		o := apply.Options{Clock: apply.SystemClock()}
		update := act(plan.Update, "web", ireland, "ami-a", plan.Protect{}, plan.Describe{Text: "new"})
		rep := apply.Run(stopAfter(t, 40*time.Millisecond), plan.Plan{Actions: []plan.Action{update}}, c, o)
		if d := cmp.Diff([]string{"Protect eu-west-1 ami-a"}, c.changes()); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(map[string]string{"update-ami-a": "in_progress interrupted"}, statuses(rep)); d != "" {
			t.Error(d)
		}
	})
}

func TestRunTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		rep := run(t, c, apply.Options{Timeout: time.Minute}, chain(c)...)
		if rep.Interrupted || state.CodeOf(rep.Err) != state.CodeTimeout {
			t.Errorf("interrupted %t, error %v", rep.Interrupted, rep.Err)
		}
		want := map[string]string{
			"copy-web-eu-west-1": "in_progress Timeout",
			"retire-ami-old":     "not_started predecessor",
			"deregister-ami-old": "not_started predecessor",
		}
		if d := cmp.Diff(want, statuses(rep)); d != "" {
			t.Error(d)
		}
	})
}

// A call that hangs ends with the run's time-out.
func TestRunTimeoutEndsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		update := act(plan.Update, "web", ireland, "ami-a", plan.Protect{}, plan.Describe{})
		rep := run(t, c, apply.Options{Timeout: 10 * time.Millisecond}, update)
		if d := cmp.Diff(map[string]string{"update-ami-a": "in_progress Timeout"}, statuses(rep)); d != "" {
			t.Error(d)
		}
	})
}

// Two runs of the same plan make the same calls at the same times.
func TestRunIsDeterministic(t *testing.T) {
	once := func() (log []string) {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			actions := append(chain(c), append(fleet(60, ireland), fleet(20, oregon)...)...)
			c.quota = 30
			run(t, c, apply.Options{Workers: 3, InFlight: 40}, actions...)
			for _, e := range c.log {
				log = append(log, e.at.Format(time.RFC3339Nano)+" "+e.String())
			}
		})
		return log
	}
	if d := cmp.Diff(once(), once()); d != "" {
		t.Error(d)
	}
}
