package apply_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestSteps(t *testing.T) {
	grants := []state.Grant{{Account: "444455556666"}}
	tests := map[string]struct {
		step plan.Step
		want string // the one call it makes, "" for none
	}{
		"set tags of the image":        {plan.SetTags{On: plan.OnImage, Tags: map[string]string{"a": "b"}}, "SetTags eu-west-1 ami-a [a]"},
		"set tags of the snapshots":    {plan.SetTags{On: plan.OnSnapshots, Tags: map[string]string{"a": "b"}}, "SetTags eu-west-1 snap-ami-a [a]"},
		"set tags of both":             {plan.SetTags{On: plan.OnBoth, Tags: map[string]string{"a": "b"}}, "SetTags eu-west-1 ami-a,snap-ami-a [a]"},
		"set no tags":                  {plan.SetTags{On: plan.OnImage}, ""},
		"stamp":                        {plan.StampTag{Key: state.TagRetiredAt}, "SetTags eu-west-1 ami-a [amisync:retired-at]"},
		"remove tags":                  {plan.RemoveTags{On: plan.OnImage, Keys: []string{"a"}}, "RemoveTags eu-west-1 ami-a [a]"},
		"remove no tags, not all":      {plan.RemoveTags{On: plan.OnImage}, ""},
		"describe":                     {plan.Describe{Text: "x"}, "Describe eu-west-1 ami-a"},
		"share":                        {plan.Share{Add: grants}, "ShareImage eu-west-1 ami-a [444455556666] []"},
		"share with nobody new":        {plan.Share{}, ""},
		"share snapshots":              {plan.ShareSnapshots{Remove: grants}, "ShareSnapshot eu-west-1 snap-ami-a [] [444455556666]"},
		"protect":                      {plan.Protect{}, "Protect eu-west-1 ami-a"},
		"unprotect":                    {plan.Unprotect{}, "Unprotect eu-west-1 ami-a"},
		"enable":                       {plan.Enable{}, "Enable eu-west-1 ami-a"},
		"disable":                      {plan.Disable{}, "Disable eu-west-1 ami-a"},
		"put parameter":                {plan.PutParameter{Parameter: parameter}, "NewParameter eu-west-1 /amis/web/current ami-a"},
		"delete no parameter":          {plan.DeleteParameter{Parameter: parameter}, ""},
		"cancel no deprecation":        {plan.CancelDeprecation{}, ""},
		"deregister, keep snapshots":   {plan.DeregisterImage{}, "Deregister eu-west-1 ami-a"},
		"deregister with snapshots":    {plan.DeregisterImage{DeleteSnapshots: true}, "Deregister eu-west-1 ami-a"},
		"deprecate in an hour":         {plan.Deprecate{At: at(time.Hour)}, "Deprecate eu-west-1 ami-a 2000-01-01T01:00:00Z"},
		"deprecate in an hour and 30s": {plan.Deprecate{At: at(time.Hour + 30*time.Second)}, "Deprecate eu-west-1 ami-a 2000-01-01T01:00:00Z"},
		"deprecate after creation":     {plan.Deprecate{After: 48 * time.Hour}, "Deprecate eu-west-1 ami-a 2000-01-02T00:00:00Z"},
		"deprecate long ago":           {plan.Deprecate{At: at(-time.Hour)}, "Deprecate eu-west-1 ami-a 2000-01-01T00:01:00Z"},
		"deprecate now":                {plan.DeprecateNow{}, "Deprecate eu-west-1 ami-a 2000-01-01T00:01:00Z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.live(ireland, "ami-a")
				rep := run(t, c, apply.Options{}, act(plan.Update, "web", ireland, "ami-a", test.step))
				if rep.Err != nil || rep.Summary.Done != 1 {
					t.Error(rep.Err, statuses(rep))
				}
				var want []string
				if test.want != "" {
					want = []string{test.want}
				}
				if d := cmp.Diff(want, c.changes()); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// at is a time from the start of a bubble.
func at(d time.Duration) time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(d) }

// What a deprecation time that is there already means for the one wanted.
func TestDeprecateWhereThereIsOne(t *testing.T) {
	tests := map[string]struct {
		live   time.Duration
		public bool
		step   plan.Step
		calls  int
	}{
		"the same":                        {time.Hour, false, plan.Deprecate{At: at(time.Hour)}, 0},
		"the same minute":                 {time.Hour, false, plan.Deprecate{At: at(time.Hour + 59*time.Second)}, 0},
		"another one":                     {time.Hour, false, plan.Deprecate{At: at(2 * time.Hour)}, 1},
		"two past ones":                   {-time.Hour, false, plan.Deprecate{At: at(-2 * time.Hour)}, 0},
		"just ahead, for a past one":      {3 * time.Minute, false, plan.DeprecateNow{}, 0},
		"more than just ahead":            {4 * time.Minute, false, plan.DeprecateNow{}, 1},
		"public, a later one":             {time.Hour, true, plan.Deprecate{At: at(2 * time.Hour)}, 0},
		"public, an earlier one":          {2 * time.Hour, true, plan.Deprecate{At: at(time.Hour)}, 1},
		"public, now":                     {time.Hour, true, plan.DeprecateNow{}, 1},
		"cancel":                          {time.Hour, false, plan.CancelDeprecation{}, 1},
		"cancel, which EC2 does not take": {time.Hour, true, plan.CancelDeprecation{}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				i := c.live(ireland, "ami-a")
				i.Deprecated, i.Public = time.Now().Add(test.live), test.public
				rep := run(t, c, apply.Options{}, act(plan.Update, "web", ireland, "ami-a", test.step))
				if len(c.changes()) != test.calls || rep.Summary.Done != 1 {
					t.Errorf("%v %v", c.changes(), rep.Err)
				}
			})
		})
	}
}

// An AMI that just became available may refuse changes for a while.
func TestStepsOutlastLateVisibility(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		c.rules = append(c.rules,
			&rule{call: "Protect", from: 1, times: 9, code: "InvalidAMIID.Unavailable"},
			&rule{call: "Describe", from: 1, times: 3, code: "RequestLimitExceeded"},
			&rule{call: "Disable", from: 1, times: 1 << 20, code: "InvalidAMIID.NotFound"})
		rep := run(t, c, apply.Options{}, act(plan.Update, "web", ireland, "ami-a", plan.Protect{}, plan.Describe{}, plan.Disable{}))
		if d := cmp.Diff(map[string]string{"update-ami-a": "failed InvalidAMIID.NotFound"}, statuses(rep)); d != "" {
			t.Error(d)
		}
		if got := c.calls(); got["Protect"] != 10 || got["Describe"] != 4 {
			t.Error(got)
		}
	})
}

func TestPutParameter(t *testing.T) {
	ours := map[string]string{state.TagOwner: "platform"}
	step := plan.PutParameter{Parameter: parameter, Expect: "ami-old", Tags: ours}
	tests := map[string]struct {
		live   state.Parameter
		world  func(c *cloud)
		status string
		puts   int
	}{
		"holds what the plan saw":      {state.Parameter{Exists: true, Value: "ami-old"}, nil, "done", 1},
		"holds the AMI, tagged":        {state.Parameter{Exists: true, Value: "ami-a", Tags: ours}, nil, "done", 0},
		"holds the AMI, untagged":      {state.Parameter{Exists: true, Value: "ami-a"}, nil, "done", 1},
		"moved by somebody":            {state.Parameter{Exists: true, Value: "ami-theirs"}, nil, "skipped moved", 0},
		"deleted by somebody":          {state.Parameter{}, nil, "skipped moved", 0},
		"tagged by somebody since":     {state.Parameter{Exists: true, Value: "ami-old", Tags: map[string]string{state.TagOwner: "others"}}, nil, "skipped moved", 0},
		"moved just after our writing": {state.Parameter{Exists: true, Value: "ami-old"}, moveAfterPut("ami-theirs"), "skipped moved", 1},
		"refused by SSM later on":      {state.Parameter{Exists: true, Value: "ami-old"}, moveAfterPut("ami-old"), "failed unsettled", 1},
		"the answer is lost": {state.Parameter{Exists: true, Value: "ami-old"}, func(c *cloud) {
			c.rules = append(c.rules, &rule{call: "PutParameter", from: 1, times: 1, code: state.CodeNetwork, lost: true})
		}, "done", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.live(ireland, "ami-a")
				c.parameters[ireland+parameter] = test.live
				if test.world != nil {
					test.world(c)
				}
				a := act(plan.Update, "web", ireland, "ami-a", step)
				a.Preconditions = []plan.Precondition{{Check: plan.CheckParameter, ID: parameter, Value: step.Expect}}
				rep := run(t, c, apply.Options{}, a)
				if d := cmp.Diff(map[string]string{"update-ami-a": test.status}, statuses(rep)); d != "" {
					t.Error(d, rep.Err)
				}
				if got := c.calls()["PutParameter"]; got != test.puts {
					t.Errorf("%d puts", got)
				}
			})
		})
	}
}

func moveAfterPut(value string) func(c *cloud) {
	return func(c *cloud) {
		c.changed = func(e entry) {
			if e.call == "PutParameter" {
				c.parameters[e.region+parameter] = state.Parameter{Exists: true, Value: value}
			}
		}
	}
}

// A parameter that somebody has made theirs since the plan is not deleted, nor the
// AMI that it names; and an AMI that is gone already has no steps left.
func TestWhatBecameSomebodyElsesIsNotDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		c.parameters[ireland+parameter] = state.Parameter{Exists: true, Value: "ami-a", Tags: map[string]string{state.TagOwner: "others"}}
		unpublish := act(plan.Unpublish, "web", ireland, "ami-a", plan.DeleteParameter{Parameter: parameter, Owner: "platform"})
		goes := act(plan.Deregister, "web", ireland, "ami-a", plan.DeregisterImage{})
		goes.After = []string{unpublish.ID}
		rep := run(t, c, apply.Options{}, unpublish, goes)
		if len(c.changes()) > 0 || rep.Summary.Skipped != 2 {
			t.Errorf("%v %+v", c.changes(), rep.Results)
		}
	})
	synctest.Test(t, func(t *testing.T) { // a run died while it renamed the image
		c := newCloud()
		c.live(ireland, "ami-a")
		c.parameters[ireland+parameter] = state.Parameter{Exists: true, Value: "ami-a", Tags: map[string]string{state.TagOwner: "platform", state.TagImage: "base"}}
		rep := run(t, c, apply.Options{}, act(plan.Unpublish, "web", ireland, "ami-a", plan.DeleteParameter{Parameter: parameter, Owner: "platform"}))
		if len(c.changes()) != 1 || rep.Summary.Done != 1 {
			t.Errorf("%v %+v", c.changes(), rep.Results)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		a := act(plan.Deregister, "web", ireland, "ami-b", plan.SetTags{On: plan.OnSnapshots, Tags: map[string]string{"k": "v"}}, plan.DeregisterImage{})
		a.Preconditions = []plan.Precondition{{Check: plan.CheckImage, ID: "ami-b", State: state.ImageAvailable}}
		if rep := run(t, c, apply.Options{}, a); rep.Summary.Done != 1 || len(c.changes()) > 0 {
			t.Errorf("%v %v", statuses(rep), c.changes())
		}
	})
}

func TestDeleteParameterOnlyWhileItNamesTheAMI(t *testing.T) {
	for value, deletes := range map[string]int{"ami-a": 1, "ami-b": 0} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			c.live(ireland, "ami-a")
			c.parameters[ireland+parameter] = state.Parameter{Exists: true, Value: value}
			rep := run(t, c, apply.Options{}, act(plan.Unpublish, "web", ireland, "ami-a", plan.DeleteParameter{Parameter: parameter}))
			if c.calls()["DeleteParameter"] != deletes || rep.Summary.Done != 1 || len(rep.Results[0].Warnings) != 1-deletes {
				t.Errorf("%s: %v %+v", value, c.changes(), rep.Results)
			}
		})
	}
}
