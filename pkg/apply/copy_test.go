package apply_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

const copyID = "copy-web-eu-west-1"

// earlier makes the request's copy as a run before this one did, then lets the
// test change it.
func (c *cloud) earlier(r *plan.CopyRequest, change func(*image)) *image {
	id := c.create(r.Cell.Target(), *r)
	i := c.images[id]
	i.Created, i.ready = time.Now().Add(-time.Hour), time.Now().Add(-30*time.Minute)
	i.State = state.ImageAvailable
	change(i)
	return i
}

// remember makes every CopyImage answer with this AMI, as EC2 does for a token
// that it knows, until the name is another one.
func (c *cloud) remember(id string) {
	c.born = func(i *image) {
		if name := i.Name; name == "web-ami-source" {
			*i = *c.images[id]
			i.Name = name
		}
	}
}

// What CopyImage may be answered with, and what the engine makes of it.
func TestCopyGenerations(t *testing.T) {
	tests := map[string]struct {
		world   func(c *cloud)
		made    string // the name of the AMI in the report, "" for none
		status  string
		warning string
	}{
		"a new copy": {func(*cloud) {}, "web-ami-source", "done", ""},
		"a lost answer is asked for again with the same token": {func(c *cloud) {
			c.rules = append(c.rules, &rule{call: "CopyImage", from: 1, times: 1, code: state.CodeNetwork, lost: true})
		}, "web-ami-source", "done", ""},
		"a copy that shows late": {func(c *cloud) {
			c.born = func(i *image) { i.visible = time.Now().Add(100 * time.Second) }
		}, "web-ami-source", "done", ""},
		"a copy that never shows": {func(c *cloud) {
			c.born = func(i *image) {
				if i.Name == "web-ami-source" {
					i.visible = time.Now().Add(1000 * time.Hour)
				}
			}
		}, "web-ami-source-g2", "done", "did not appear within 2m0s"},
		"a replay of a copy that failed": {func(c *cloud) {
			c.remember(c.earlier(request("web", ireland), func(i *image) { i.State = state.ImageFailed; i.Name = "x" }).ID)
		}, "web-ami-source-g2", "done", "which is failed"},
		"a replay of a deregistered copy": {func(c *cloud) {
			c.remember(c.earlier(request("web", ireland), func(i *image) { i.State = state.ImageDeregistered; i.Name = "x" }).ID)
		}, "web-ami-source-g2", "done", "which is deregistered"},
		"a replay of a copy that somebody untagged": {func(c *cloud) {
			c.remember(c.earlier(request("web", ireland), func(i *image) { clear(i.Tags); i.Name = "x" }).ID)
		}, "web-ami-source-g2", "done", "without amisync's tags"},
		"the name is our own copy's": {func(c *cloud) {
			c.earlier(request("web", ireland), func(*image) {})
		}, "web-ami-source", "done", ""},
		"the name is our own pending copy's, EC2 silent on its source": {func(c *cloud) {
			c.earlier(request("web", ireland), func(i *image) {
				i.State, i.ready, i.SourceImageID, i.SourceImageRegion = state.ImagePending, time.Now().Add(time.Minute), "", ""
			})
		}, "web-ami-source", "done", ""},
		"the name is a stranger's": {func(c *cloud) {
			c.earlier(request("web", ireland), func(i *image) { clear(i.Tags) })
		}, "web-ami-source-g2", "done", "held by ami-new1"},
		"the name is that of our copy of another source": {func(c *cloud) {
			c.earlier(request("web", ireland), func(i *image) { i.Tags[state.TagSourceAMI] = "ami-other" })
		}, "web-ami-source-g2", "done", "held by ami-new1"},
		"the name is that of a copy that EC2 says has another source": {func(c *cloud) {
			c.earlier(request("web", ireland), func(i *image) { i.SourceImageID = "ami-other" })
		}, "web-ami-source-g2", "done", "held by ami-new1"},
		"the name is that of our copy that differs": {func(c *cloud) {
			c.earlier(request("web", ireland), func(i *image) { i.Tags[state.TagVerified] = "different: size" })
		}, "web-ami-source-g2", "done", "held by ami-new1"},
		"the name is another account's": {func(c *cloud) {
			c.earlier(request("web", ireland), func(i *image) { i.OwnerID = "444455556666" })
		}, "web-ami-source-g2", "done", "held by ami-new1"},
		"the name is held by something invisible": {func(c *cloud) {
			c.earlier(request("web", ireland), func(i *image) { i.visible = time.Now().Add(1000 * time.Hour) })
		}, "web-ami-source-g2", "done", "cannot be seen"},
		"the token stands for another request": {func(c *cloud) {
			c.rules = append(c.rules, &rule{call: "CopyImage", from: 1, times: 1, code: "IdempotentParameterMismatch"})
		}, "web-ami-source-g2", "done", "ClientToken was used"},
		"every name is taken": {func(c *cloud) {
			c.fail("CopyImage", "", "InvalidAMIName.Duplicate")
		}, "", "failed generations", "went on with generation 8"},
		"the copy fails": {func(c *cloud) {
			c.born = func(i *image) { i.becomes, i.reason = state.ImageFailed, "Given key ID is not accessible" }
		}, "web-ami-source", "failed copy_failed", ""},
		"the copy has failed when it is first seen": {func(c *cloud) {
			c.born = func(i *image) { i.ready, i.becomes = time.Now(), state.ImageFailed }
		}, "web-ami-source", "failed copy_failed", ""},
		"somebody disables it": {func(c *cloud) {
			c.born = func(i *image) { i.becomes = state.ImageDisabled }
		}, "web-ami-source", "failed disabled", ""},
		"it vanishes": {func(c *cloud) {
			c.changed = func(e entry) {
				if e.call == "Images" && c.calls()["Images"] == 3 {
					c.images["ami-new1"].visible = time.Now().Add(time.Hour)
				}
			}
		}, "web-ami-source", "failed vanished", ""},
		"it is not visible for a moment": {func(c *cloud) {
			c.changed = func(e entry) {
				if e.call == "Images" && c.calls()["Images"] == 3 {
					c.images["ami-new1"].visible = time.Now().Add(time.Minute)
				}
			}
		}, "web-ami-source", "done", ""},
		"throttled for long": {func(c *cloud) {
			c.rules = append(c.rules, &rule{call: "CopyImage", from: 1, times: 30, code: "RequestLimitExceeded"})
		}, "web-ami-source", "done", ""},
		"unwell for a moment": {func(c *cloud) {
			c.rules = append(c.rules, &rule{call: "CopyImage", from: 1, times: 3, code: "InternalError"})
		}, "web-ami-source", "done", ""},
		"unwell for long": {func(c *cloud) { c.fail("CopyImage", "", "InternalError") }, "", "failed InternalError", ""},
		"no permission":   {func(c *cloud) { c.fail("CopyImage", "", "UnauthorizedOperation") }, "", "failed UnauthorizedOperation", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				test.world(c)
				rep := run(t, c, apply.Options{}, copyOf("web", ireland))
				if d := cmp.Diff(map[string]string{copyID: test.status}, statuses(rep)); d != "" {
					t.Errorf("%s\n%v", d, rep.Err)
				}
				res := rep.Results[0]
				if i := c.images[res.AMI]; (i == nil && test.made != "") || (i != nil && i.Name != test.made) {
					t.Errorf("made %q %+v, not %s", res.AMI, i, test.made)
				}
				if all := strings.Join(res.Warnings, "\n"); !strings.Contains(all, test.warning) || (test.warning == "" && all != "") {
					t.Errorf("warnings: %s", all)
				}
			})
		})
	}
}

// A copy of the next generation carries it in its tags.
func TestCopyNextGenerationIsTagged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.earlier(request("web", ireland), func(i *image) { clear(i.Tags) })
		rep := run(t, c, apply.Options{}, copyOf("web", ireland))
		if got := c.images[rep.Results[0].AMI].Tags[state.TagGeneration]; got != "2" {
			t.Errorf("generation tag %q", got)
		}
	})
}

func TestCopyQuotaFullWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.quota = 2
		seen := &events{}
		rep := run(t, c, apply.Options{Observer: seen}, fleet(6, ireland)...)
		if rep.Summary != (apply.Summary{Done: 6}) {
			t.Fatalf("%+v %v", rep.Summary, rep.Err)
		}
		var told bool
		for _, e := range seen.list {
			told = told || (e.Phase == apply.Waiting && strings.Contains(e.Detail, "ResourceLimitExceeded"))
		}
		if !told {
			t.Error("no event tells of the wait")
		}
	})
}

func TestCopyQuotaFullForEverFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		began := time.Now()
		c.fail("CopyImage", "", "ResourceLimitExceeded")
		rep := run(t, c, apply.Options{CopyTimeout: time.Hour}, copyOf("web", ireland))
		if d := cmp.Diff(map[string]string{copyID: "failed ResourceLimitExceeded"}, statuses(rep)); d != "" {
			t.Error(d)
		}
		if took := time.Since(began); took < time.Hour || took > 2*time.Hour {
			t.Errorf("gave up after %s", took)
		}
	})
}

// ResourceLimitExceeded of any other call is a quota that waiting does not help.
func TestOtherQuotaIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.live(ireland, "ami-a")
		c.fail("ShareImage", "", "ResourceLimitExceeded")
		rep := run(t, c, apply.Options{}, act(plan.Update, "web", ireland, "ami-a", plan.Share{Add: []state.Grant{{Public: true}}}))
		if c.calls()["ShareImage"] != 1 || rep.Summary.Failed != 1 {
			t.Errorf("%v %+v", c.calls(), rep.Summary)
		}
	})
}

func TestCopyTimeoutGrowsWithSize(t *testing.T) {
	tests := map[string]struct {
		gib    float64
		status string
	}{
		"small": {8, "failed Timeout"},
		"large": {600, "done"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.copyTakes = func(plan.CopyRequest) time.Duration { return 5 * time.Hour }
				a := copyOf("web", ireland)
				a.Do.GiB = test.gib
				rep := run(t, c, apply.Options{}, a)
				if d := cmp.Diff(map[string]string{copyID: test.status}, statuses(rep)); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// What polling survives, and what ends it.
func TestPollingUnderFaults(t *testing.T) {
	tests := map[string]struct {
		rules  []rule
		status string
		failed bool
	}{
		"throttled for an hour":    {[]rule{{from: 2, times: 30, code: "RequestLimitExceeded"}}, "done", false},
		"no answers for a while":   {[]rule{{from: 2, times: 10, code: state.CodeNetwork}}, "done", false},
		"credentials renewed soon": {[]rule{{from: 2, times: 3, code: "ExpiredToken"}}, "done", false},
		"credentials renewed again and again": {
			[]rule{{from: 2, times: 3, code: "ExpiredToken"}, {from: 3, times: 3, code: "ExpiredToken"}}, "done", false,
		},
		"credentials gone":                          {[]rule{{from: 2, times: 1 << 30, code: "ExpiredToken"}}, "in_progress ExpiredToken", true},
		"permission taken away":                     {[]rule{{from: 2, times: 1 << 30, code: "UnauthorizedOperation"}}, "in_progress UnauthorizedOperation", true},
		"unreadable from the first look, then back": {[]rule{{from: 1, times: 20, code: "InternalError"}}, "done", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				for _, r := range test.rules {
					r.call = "Images"
					c.rules = append(c.rules, &r)
				}
				rep := run(t, c, apply.Options{}, copyOf("web", ireland))
				if d := cmp.Diff(map[string]string{copyID: test.status}, statuses(rep)); d != "" {
					t.Error(d)
				}
				if (rep.Err != nil) != test.failed {
					t.Errorf("error: %v", rep.Err)
				}
			})
		})
	}
}

// Credentials that are gone end the whole run: nothing new starts.
func TestExpiredCredentialsStopTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.fail("CopyImage", "", "ExpiredToken")
		rep := run(t, c, apply.Options{InFlight: 1}, fleet(3, ireland)...)
		if want := (apply.Summary{Failed: 1, NotStarted: 2}); rep.Summary != want {
			t.Errorf("%+v %v", rep.Summary, statuses(rep))
		}
	})
}

// One reading serves many actions. All of those that met the expired credentials
// in it failed, whichever is told first.
func TestExpiredCredentialsInASharedReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		var actions []plan.Action
		for n := range 5 {
			id := fmt.Sprintf("ami-%d", n)
			c.live(ireland, id)
			a := act(plan.Retire, "web", ireland, id, plan.DeprecateNow{})
			a.Preconditions = []plan.Precondition{c.unchanged(id)}
			actions = append(actions, a)
		}
		c.fail("Images", "", "ExpiredToken")
		rep := run(t, c, apply.Options{}, actions...)
		if want := (apply.Summary{Failed: 5}); rep.Summary != want {
			t.Errorf("%+v %v", rep.Summary, statuses(rep))
		}
	})
}

func TestAwaitGoesOnWithACopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		r := request("web", ireland)
		i := c.earlier(r, func(i *image) { i.State, i.ready = state.ImagePending, time.Now().Add(10*time.Minute) })
		finish := copyOf("web", ireland, plan.Protect{})
		finish.Kind, finish.AMI, finish.Do.Copy, finish.Do.Await = plan.Finish, i.ID, nil, true
		rep := run(t, c, apply.Options{}, finish)
		if rep.Err != nil || i.Tags[state.TagVerified] != state.VerifiedOK || !i.Protected() {
			t.Errorf("%v %+v", rep.Err, i.AMI)
		}
	})
}

// Copies that an earlier run started count against the quota.
func TestAwaitedCopiesTakeAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		began := time.Now()
		i := c.earlier(request("web", ireland), func(i *image) {
			i.State, i.ready = state.ImagePending, time.Now().Add(10*time.Minute)
		})
		finish := copyOf("web", ireland)
		finish.Kind, finish.AMI, finish.Do.Copy, finish.Do.Await = plan.Finish, i.ID, nil, true
		c.quota = 1
		rep := run(t, c, apply.Options{InFlight: 1}, finish, copyOf("api", ireland))
		if rep.Err != nil || c.calls()["CopyImage"] != 1 {
			t.Errorf("%v %v", rep.Err, c.calls())
		}
		if took := time.Since(began); took < 15*time.Minute || took > 16*time.Minute {
			t.Errorf("took %s", took)
		}
	})
}

// What is verified already is not written again.
func TestAwaitVerifiedCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		i := c.earlier(request("web", ireland), func(i *image) { i.Tags[state.TagVerified] = state.VerifiedOK })
		finish := copyOf("web", ireland, plan.Protect{})
		finish.Kind, finish.AMI, finish.Do.Copy, finish.Do.Await = plan.Finish, i.ID, nil, true
		rep := run(t, c, apply.Options{}, finish)
		if d := cmp.Diff([]string{"Protect eu-west-1 ami-new1"}, c.changes()); d != "" || rep.Err != nil {
			t.Error(d, rep.Err)
		}
	})
}

// Two runs of one plan at the same time end in one copy per cell.
func TestTwoRunsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		reports := make(chan *apply.Report)
		for _, pause := range []time.Duration{0, 20 * time.Second} {
			go func() {
				time.Sleep(pause)
				reports <- run(t, c, apply.Options{}, fleet(20, ireland)...)
			}()
		}
		a, b := <-reports, <-reports
		if d := cmp.Diff(a.Results, b.Results); d != "" || a.Summary.Done != 20 || len(c.images) != 20 {
			t.Errorf("%s\n%d images", d, len(c.images))
		}
	})
}

// Places are given back where a Region cannot be read any more: nobody waits
// for them for ever.
func TestUnreadableRegionHoldsNoPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.fail("Images", "", "UnauthorizedOperation")
		rep := run(t, c, apply.Options{InFlight: 2}, fleet(5, ireland)...)
		if rep.Summary != (apply.Summary{InProgress: 5}) || rep.Err == nil {
			t.Errorf("%+v %v", rep.Summary, rep.Err)
		}
	})
}

// Where the API has no tags on create, a copy of this run gets its tags, and
// only such a one.
func TestHealTags(t *testing.T) {
	untagged := func(i *image) { clear(i.Tags); i.SourceImageID, i.SourceImageRegion = "", "" }
	t.Run("a new copy", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			c.born = func(i *image) { untagged(i); c.snapshots[i.SnapshotIDs()[0]].Tags = nil }
			rep := run(t, c, apply.Options{HealTags: true}, copyOf("web", ireland))
			want := maps.Clone(request("web", ireland).ImageTags)
			if d := cmp.Diff(want, c.snapshots["snap-new1"].Tags); d != "" || rep.Err != nil {
				t.Error(d, rep.Err)
			}
			want[state.TagVerified] = state.VerifiedOK
			if d := cmp.Diff(want, c.images["ami-new1"].Tags); d != "" {
				t.Error(d)
			}
		})
	})
	t.Run("an older AMI", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			old := c.earlier(request("web", ireland), untagged)
			c.remember(old.ID)
			old.Name = "x"
			run(t, c, apply.Options{HealTags: true}, copyOf("web", ireland))
			if len(old.Tags) != 0 {
				t.Errorf("tagged: %v", old.Tags)
			}
		})
	})
}
