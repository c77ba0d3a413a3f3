package apply_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestVerify(t *testing.T) {
	const key = "arn:aws:kms:eu-west-1:111122223333:key/1"
	tests := map[string]struct {
		born    func(c *cloud, i *image)
		change  func(e *plan.Expectation)
		status  string
		verdict string
		warning string
	}{
		"as its source": {nil, nil, "done", "ok", ""},
		"another size": {
			func(_ *cloud, i *image) { i.Devices[0].SizeGiB = 9 },
			nil, "failed different", "different: device /dev/xvda: 9 GiB, not 8 GiB", "",
		},
		"another size, the source gone": {
			func(_ *cloud, i *image) { i.Devices[0].SizeGiB = 9 },
			func(e *plan.Expectation) { e.Source = nil }, "failed different", "different: architecture, boot mode, ENA support or devices are not those that amisync:made remembers of the source", "",
		},
		"no key, where one was asked for": {
			nil,
			func(e *plan.Expectation) { e.KMSKey = key }, "failed different", "different: snapshot snap-new1: key none, not " + key, "",
		},
		"encrypted by default, where nothing was asked for": {
			func(c *cloud, _ *image) {
				c.snapshots["snap-new1"].Encrypted, c.snapshots["snap-new1"].KMSKey = true, key
			},
			func(e *plan.Expectation) { e.KMSKey = "" }, "done", "ok", "",
		},
		"a snapshot in error": {
			func(c *cloud, _ *image) {
				c.snapshots["snap-new1"].State, c.snapshots["snap-new1"].StateMessage = state.SnapshotError, "lost"
			},
			nil, "failed different", "different: snapshot snap-new1: error lost", "",
		},
		"a snapshot archived": {
			func(c *cloud, _ *image) { c.snapshots["snap-new1"].Tier = state.TierArchive },
			nil, "failed unsettled", "", "",
		},
		"TPM not carried over": {
			nil,
			func(e *plan.Expectation) { e.Source.TPM = "v2.0" }, "done", "ok", `TPM support is "", while the source's is "v2.0"`,
		},
		"platform in another case": {
			func(_ *cloud, i *image) { i.Platform = "windows" },
			func(e *plan.Expectation) { e.Source.Platform = "Windows" }, "done", "ok", "",
		},
		"nothing expected": {nil, func(e *plan.Expectation) { *e = plan.Expectation{} }, "done", "ok", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				if test.born != nil {
					c.born = func(i *image) { test.born(c, i) }
				}
				a := copyOf("web", ireland, plan.Protect{})
				if test.change != nil {
					test.change(a.Do.Expect)
				}
				rep := run(t, c, apply.Options{}, a)
				if d := cmp.Diff(map[string]string{copyID: test.status}, statuses(rep)); d != "" {
					t.Error(d, rep.Err)
				}
				if d := cmp.Diff(test.verdict, c.images["ami-new1"].Tags[state.TagVerified]); d != "" {
					t.Error(d)
				}
				if c.images["ami-new1"].Protected() != (test.status == "done") {
					t.Error("the steps were done, or not done")
				}
				if d := cmp.Diff(test.warning, strings.Join(rep.Results[0].Warnings, "\n")); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// The verdict fits into a tag, whatever differs.
func TestVerdictIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.born = func(i *image) {
			for range 40 {
				i.Devices = append(i.Devices, state.Device{Name: "/dev/é", SizeGiB: 1})
			}
		}
		run(t, c, apply.Options{}, copyOf("web", ireland))
		if n := utf8.RuneCountInString(c.images["ami-new1"].Tags[state.TagVerified]); n != state.MaxTagValue {
			t.Errorf("%d characters", n)
		}
	})
}

// What people take from us while it is copied is left alone.
func TestUntaggedWhilePending(t *testing.T) {
	for _, key := range []string{state.TagOwner, state.TagImage, state.TagSourceAMI, state.TagKey} {
		t.Run(key, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				polls := 0
				c.changed = func(e entry) {
					if e.call == "Images" {
						polls++
					}
					if polls == 4 {
						for _, i := range c.images {
							delete(i.Tags, key)
						}
					}
				}
				rep := run(t, c, apply.Options{}, copyOf("web", ireland, plan.SetTags{On: plan.OnImage, Tags: map[string]string{"a": "b"}}))
				if d := cmp.Diff(map[string]string{"copy-web-eu-west-1": "skipped changed"}, statuses(rep)); d != "" {
					t.Error(d)
				}
				if n := c.calls()["SetTags"]; n != 0 {
					t.Errorf("%d tags were set", n)
				}
			})
		})
	}
}
