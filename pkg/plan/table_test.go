package plan_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

const day = 24 * time.Hour

// row is one row of the decision table, or one block, with what it plans.
type row struct {
	name string
	do   func(c *cloud)
	want []string // see told
}

// told writes a plan's decisions down, one a line: actions as "kind reason",
// then "!block" for each block, "due" for one that waits, "after" for one that
// follows; unknown cells as "unknown reason"; conflicts and warnings.
func told(p plan.Plan) []string {
	var out []string
	for _, a := range p.Actions {
		line := fmt.Sprintf("%s %s", a.Kind, a.Reason.Code)
		for _, b := range a.Blocked {
			line += " !" + string(b.Code)
		}
		if a.DueAt != nil {
			line += " due"
		}
		if len(a.After) > 0 {
			line += " after"
		}
		out = append(out, line)
	}
	for _, c := range p.Cells {
		if c.Status == plan.Unseen {
			out = append(out, "unknown "+c.Reason.Code)
		}
	}
	for _, c := range p.Conflicts {
		out = append(out, "conflict "+c.Why)
	}
	for _, w := range p.Warnings {
		out = append(out, "warning "+string(w.Code))
	}
	if len(out) == 0 {
		out = append(out, p.Headline())
	}
	return out
}

// codesOf gathers every code that a plan mentions.
func codesOf(p plan.Plan, seen map[plan.Code]bool) {
	for _, a := range p.Actions {
		seen[a.Reason.Code] = true
		for _, b := range a.Blocked {
			seen[b.Code] = true
		}
	}
	for _, c := range p.Cells {
		if c.Reason != nil {
			seen[plan.Code(c.Reason.Code)] = true
		}
	}
	for _, w := range p.Warnings {
		seen[w.Code] = true
	}
	for _, r := range p.Regions {
		if r.Reason != nil {
			seen[plan.Code(r.Reason.Code)] = true
		}
	}
}

func TestEveryRow(t *testing.T) {
	seen := map[plan.Code]bool{}
	names := map[string]bool{}
	for _, r := range slices.Concat(copyRows, keepRows, leaveRows, blockRows, unknownRows, keyRows, publishRows, orphanRows, ownerRows, preflightRows) {
		if names[r.name] {
			t.Errorf("two rows are called %q", r.name)
		}
		names[r.name] = true
		t.Run(r.name, func(t *testing.T) {
			c := newCloud()
			r.do(c)
			p := c.plan()
			if diff := cmp.Diff(slices.Sorted(slices.Values(r.want)), slices.Sorted(slices.Values(told(p)))); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			codesOf(p, seen)
			checkPlan(t, c, p)
		})
	}
	for _, code := range plan.Codes() {
		if !seen[code] && !reachedElsewhere[code] {
			t.Errorf("no row reaches the code %s", code)
		}
	}
}

// reachedElsewhere are the codes that no plan of Compute mentions as such:
// conflicts tell their sentence, and the others have tests of their own.
var reachedElsewhere = map[plan.Code]bool{
	plan.ConflictAccount: true, plan.ConflictTags: true, plan.ConflictSource: true, plan.ConflictInstance: true, // ownerRows
	plan.Unanswered:    true, // TestUnansweredIsUnknown
	plan.NotReviewed:   true, // Approve
	plan.ReviewMissing: true, // Permit
}

// lift is what every block has to name: a field of amis.yaml, a flag, a command
// of AWS's, a tag, or that time does it.
var lift = regexp.MustCompile("images\\.|prune: true|limits\\.|guard\\.|ignoreRegions|declare at least|--[a-z]|`aws |amisync:|run again|it goes (when|in)|change that source|which ends")

// checkPlan holds every plan against what is true of all plans.
func checkPlan(t *testing.T, c *cloud, p plan.Plan) {
	t.Helper()
	live := c.see()
	if q := plan.Needs(c.d, live, c.o); !q.Empty() {
		t.Errorf("two rounds of questions did not suffice: %+v", q)
	}
	ids := map[string]bool{}
	for _, a := range p.Actions {
		if ids[a.ID] {
			t.Errorf("two actions have the id %s", a.ID)
		}
		ids[a.ID] = true
		for _, r := range append([]plan.Reason{a.Reason}, a.Blocked...) {
			if text := r.Text(); text == string(r.Code) || strings.Contains(text, "%!") {
				t.Errorf("reason %s has no good sentence: %q", r.Code, text)
			}
		}
		for _, b := range a.Blocked {
			if text := b.Text(); !lift.MatchString(text) {
				t.Errorf("block %s names nothing that lifts it: %q", b.Code, text)
			}
		}
		if a.AMI != "" && len(a.Preconditions) == 0 && a.Executable() && a.Kind != plan.Finish {
			t.Errorf("%s of %s has no precondition", a.Kind, a.AMI)
		}
	}
	for _, a := range p.Actions {
		for _, id := range a.After {
			if !ids[id] {
				t.Errorf("%s waits for %s, which is not in the plan", a.ID, id)
			}
		}
	}
	roundTrip(t, p)
}

// roundTrip checks that a plan survives JSON but for what the engine is told.
func roundTrip(t *testing.T, p plan.Plan) {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back plan.Plan
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	p.Actions = slices.Clone(p.Actions)
	for i := range p.Actions {
		p.Actions[i].Do = plan.Instruction{}
	}
	again, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(b), string(again)); diff != "" {
		t.Errorf("JSON (-once +twice):\n%s", diff)
	}
	for i := range p.Actions {
		if diff := cmp.Diff(p.Actions[i], back.Actions[i]); diff != "" {
			t.Errorf("action (-plan +back):\n%s", diff)
		}
	}
}

var copyRows = []row{
	{"no copy: copy", func(*cloud) {}, []string{"copy no_copy"}},
	{"only a broken one: copy again, the broken one goes after", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageFailed))
	}, []string{"deregister broken after", "copy try_again"}},
	{"different from its source is broken", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagVerified, "different: device /dev/xvda: 8 GiB, not 16 GiB"))
	}, []string{"deregister broken after", "copy try_again"}},
	{"attempt 2 broke: blocked for a day", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageFailed), attempt(2), func(a *state.AMI) { a.Created = c.now.Add(-time.Hour) })
	}, []string{"copy try_again !failed_twice"}},
	{"attempt 2 broke over a day ago: one more try", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageFailed), attempt(2), func(a *state.AMI) { a.Created = c.now.Add(-25 * time.Hour) })
	}, []string{"deregister broken after", "copy try_again"}},
	{"attempt 2 broke, --retry-failed", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageFailed), attempt(2), func(a *state.AMI) { a.Created = c.now.Add(-time.Hour) })
		c.o.RetryFailed = true
	}, []string{"deregister broken after", "copy try_again"}},
	{"blocked copy: the newest broken one stays, older ones go", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageFailed), attempt(1))
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImageFailed), attempt(2), func(a *state.AMI) { a.Created = c.now.Add(-time.Hour) })
	}, []string{"deregister broken", "copy try_again !failed_twice"}},
	{"source changed: re-copy, then retire, deregister after the grace", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Source.ID = newAMI
	}, []string{"deregister superseded due after", "retire superseded after", "recopy source_changed"}},
	{"source changed with grace 0: deregister at once", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Source.ID, c.web().Lifecycle.Grace = newAMI, 0
	}, []string{"deregister superseded after", "recopy source_changed"}},
	{"source changed with keep 1: the old copy is kept", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Source.ID, c.web().Lifecycle.Keep = newAMI, 1
	}, []string{"recopy source_changed", "update kept_for_rollback after"}},
	{"found pending: finish", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", inState(state.ImagePending), untag(state.TagVerified))
	}, []string{"finish still_copying"}},
	{"found not verified: finish", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", untag(state.TagVerified))
	}, []string{"finish not_verified"}},
	{"found pending, with a copy of another source: that one follows", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.copyOf(newAMI, "eu-west-1", inState(state.ImagePending), untag(state.TagVerified))
		c.web().Source.ID = newAMI
	}, []string{"deregister superseded due after", "retire superseded after", "finish still_copying"}},
	{"adopt an untagged copy", func(c *cloud) {
		c.web().Adopt = true
		c.untagged = []state.AMI{{ID: "ami-0000000000000aaaa", Region: "eu-west-1", OwnerID: account, State: state.ImageAvailable, SourceImageID: oldAMI, SourceImageRegion: home}}
	}, []string{"adopt found_untagged"}},
	{"two images of one source: the first adopts", func(c *cloud) {
		c.d.Images = append(c.d.Images, image("z", oldAMI, "eu-west-1"))
		c.web().Adopt, c.d.Images[1].Adopt = true, true
		c.untagged = []state.AMI{{ID: "ami-0000000000000aaaa", Region: "eu-west-1", OwnerID: account, State: state.ImageAvailable, SourceImageID: oldAMI, SourceImageRegion: home}}
	}, []string{"adopt found_untagged", "copy no_copy"}},
	{"adopt nothing made of an instance", func(c *cloud) {
		c.web().Adopt = true
		c.untagged = []state.AMI{{ID: "ami-0000000000000aaaa", Region: "eu-west-1", OwnerID: account, State: state.ImageAvailable, SourceImageID: oldAMI, SourceImageRegion: home, SourceInstanceID: "i-1"}}
	}, []string{"copy no_copy"}},
	{"all Regions but the source's own and those not enabled", func(c *cloud) {
		c.web().Regions = state.Regions{All: true, Exclude: []string{"us-west-2"}}
		c.status["ap-south-1"] = state.NotEnabled
	}, []string{"copy no_copy"}},
	{"all Regions with the source's own", func(c *cloud) {
		c.web().Regions = state.Regions{All: true, IncludeSource: true}
	}, []string{"copy no_copy", "copy no_copy", "copy no_copy", "copy no_copy"}},
}

func attempt(n int) func(*state.AMI) {
	return func(a *state.AMI) {
		made := state.ParseControl(a.Tags).Made
		made.Attempt = n
		a.Tags[state.TagMade] = made.String()
	}
}

var keepRows = []row{
	{"as desired: unchanged", func(c *cloud) { c.copyOf(oldAMI, "eu-west-1") }, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"as desired and on hold: unchanged", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagHold, "x"))
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"source gone: its copy stays, and that is told", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		delete(c.sources, oldAMI)
	}, []string{"warning source_gone"}},
	{"source deprecated is told", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.sources[oldAMI].Deprecated = c.now.Add(-day)
	}, []string{"warning source_deprecated"}},
	{"retired and wanted again: restore", func(c *cloud) { c.copyOf(oldAMI, "eu-west-1", c.retired(day)) }, []string{"restore wanted_again"}},
	{"disabled by retiring and wanted again: restore", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", c.retired(day), inState(state.ImageDisabled), retiresBy(state.RetireDisable))
	}, []string{"restore wanted_again"}},
	{"retired, then disabled by hand, and wanted again", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", c.retired(day), inState(state.ImageDisabled), retiresBy(state.RetireDeprecate))
	}, []string{"restore wanted_again !disabled_by_hand"}},
	{"public until it is restored: no longer deprecated either", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", c.retired(day), tag(state.TagShared, state.SharedYes))
		a.Public, c.launch[a.ID] = true, []state.Grant{{Public: true}}
	}, []string{"restore wanted_again"}},
	{"description differs: update", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Description = "Base"
	}, []string{"update differs"}},
	{"tags differ: update", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag("mine", "x"), tag(state.TagTagKeys, "mine"))
		c.web().Tags = map[string]string{"team": "platform"}
	}, []string{"update differs"}},
	{"share differs: update", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Share = &state.Share{Accounts: []string{"444455556666", account}, Snapshots: true}
	}, []string{"update differs"}},
	{"share left the file: revoke", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagShared, state.SharedYes))
		c.launch[a.ID] = []state.Grant{{Account: "444455556666"}}
	}, []string{"update differs"}},
	{"deprecation declared: update", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Lifecycle.DeprecateAfter = ptr(365 * day)
	}, []string{"update differs"}},
	{"protection declared: update", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Lifecycle.Protect = ptr(true)
	}, []string{"update differs"}},
	{"lifecycle changed: update", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.web().Lifecycle.Grace = 14 * day
	}, []string{"update differs"}},
	{"under a former image name: relabel", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagImage, "base"))
		c.web().Formerly = []string{"base"}
	}, []string{"update renamed"}},
	{"renamed and bumped in one commit", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagImage, "base"))
		c.web().Formerly, c.web().Source.ID = []string{"base"}, newAMI
	}, []string{"deregister superseded due after", "retire superseded after", "recopy source_changed"}},
	{"several of D: the highest generation stays", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagGeneration, "2"))
	}, []string{"deregister duplicate due after", "retire duplicate"}},
	{"a kept copy is within keep: unchanged", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagSupersededAt, state.FormatTime(c.now.Add(-day))))
		c.web().Source.ID, c.web().Lifecycle.Keep = newAMI, 1
	}, []string{"No changes. 1 copy in 1 Region matches amis.yaml."}},
	{"of two superseded copies the one that was current last is kept, not the younger one", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagSupersededAt, state.FormatTime(c.now.Add(-day))))
		younger := c.copyOf(c.source(someSources[2], start).ID, "eu-west-1", tag(state.TagSupersededAt, state.FormatTime(c.now.Add(-2*day))))
		younger.Tags[state.TagHold] = "so that it shows which one would go"
		c.copyOf(newAMI, "eu-west-1")
		c.web().Source.ID, c.web().Lifecycle.Keep = newAMI, 1
	}, []string{"retire superseded !hold"}},
	{"several that no plan has marked: those that go are marked before the kept one", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.copyOf(c.source(someSources[2], start).ID, "eu-west-1")
		c.copyOf(newAMI, "eu-west-1")
		c.web().Source.ID, c.web().Lifecycle.Keep = newAMI, 1
	}, []string{"update superseded", "update kept_for_rollback after", "retire superseded after", "deregister superseded due after"}},
	{"one on hold cannot be marked, and takes no other's place", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagHold, ""))
		c.copyOf(c.source(someSources[2], start).ID, "eu-west-1", tag(state.TagSupersededAt, state.FormatTime(c.now.Add(-day))))
		c.copyOf(newAMI, "eu-west-1")
		c.web().Source.ID, c.web().Lifecycle.Keep = newAMI, 1
	}, []string{"retire superseded !hold"}},
	{"one that was superseded in the future is marked anew", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagSupersededAt, state.FormatTime(c.now.Add(50*day))))
		c.copyOf(newAMI, "eu-west-1")
		c.web().Source.ID, c.web().Lifecycle.Keep = newAMI, 1
	}, []string{"update kept_for_rollback"}},
	{"rollback to a kept copy without copying", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", tag(state.TagSupersededAt, state.FormatTime(c.now.Add(-day))))
		c.web().Lifecycle.Keep = 1
	}, []string{"update kept_for_rollback", "update differs"}},
	{"a retired copy comes within keep: restore", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", c.retired(day))
		c.web().Source.ID, c.web().Lifecycle.Keep = newAMI, 1
	}, []string{"restore kept_for_rollback"}},
	{"a lookup that moves on: re-copy", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.lookup(newAMI)
	}, []string{"deregister superseded due after", "retire superseded after", "recopy source_changed"}},
	{"S3-backed: its files stay", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.RootDeviceType = "instance-store" })
		c.web().Source.ID = newAMI
	}, []string{"deregister superseded due after", "retire superseded after", "recopy source_changed", "warning s3_files_stay"}},
	{"a source that is S3-backed now: the files of the copies that go do not stay", func(c *cloud) {
		c.copyOf(oldAMI, "eu-west-1")
		c.sources[newAMI].RootDeviceType, c.sources[newAMI].Devices = "instance-store", nil
		c.web().Source.ID = newAMI
	}, []string{"deregister superseded due after", "retire superseded after", "recopy source_changed"}},
	{"a share that left the file is revoked on what is on its way out", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", c.retired(day), tag(state.TagShared, state.SharedYes))
		c.launch[a.ID] = []state.Grant{{Account: "444455556666"}}
		c.copyOf(newAMI, "eu-west-1")
		c.web().Source.ID = newAMI
	}, []string{"deregister superseded due", "update differs"}},
	{"a share that left the file is revoked while no re-copy can be made", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagShared, state.SharedYes))
		c.launch[a.ID] = []state.Grant{{Account: "444455556666"}}
		c.web().Source.ID = "ami-00000000000000009"
	}, []string{"recopy source_changed !source_not_found", "update differs"}},
	{"a grant that cannot be given holds no revoke back", func(c *cloud) {
		a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagShared, state.SharedYes))
		c.launch[a.ID] = []state.Grant{{Account: "444455556666"}}
		s := c.snapshotOf(a)
		k := goodKey("eu-west-1", "aws")
		k.Managed = true
		s.Encrypted, s.KMSKey = true, k.ARN
		c.keys[state.KeyQuery{Account: account, Region: "eu-west-1", Key: k.ARN}] = k
		c.web().Share = &state.Share{Accounts: []string{"777788889999"}}
	}, []string{"update differs", "update differs !managed_key_shared"}},
	{"planned ahead: what is due then", func(c *cloud) {
		c.copyOf(newAMI, "eu-west-1")
		c.copyOf(oldAMI, "eu-west-1", c.retired(day))
		c.web().Source.ID, c.o.Ahead = newAMI, 7*day
	}, []string{"deregister superseded", "warning planned_ahead"}},
	{"organizations and snapshots", func(c *cloud) {
		c.web().Share = &state.Share{Organizations: []string{"arn:aws:organizations::1:organization/o-1"}, Snapshots: true}
	}, []string{"copy no_copy", "warning snapshots_not_for_organizations"}},
	{"encryption by default is told", func(c *cloud) {
		c.settings["eu-west-1"] = state.Settings{EncryptionByDefault: true}
	}, []string{"copy no_copy", "warning encrypted_by_default"}},
	{"encryption by default unknown is told", func(c *cloud) { c.deaf["settings"] = true }, []string{"copy no_copy", "warning settings_unknown"}},
}

// retiresBy says on a copy how it is retired.
func retiresBy(how string) func(*state.AMI) {
	return func(a *state.AMI) {
		r := retention(7 * day)
		r.Retire = how
		a.Tags[state.TagLifecycle] = r.String()
	}
}

// lookup makes the image follow a lookup that finds an AMI, or nothing.
func (c *cloud) lookup(id string) {
	c.web().Source.ID, c.web().Source.Lookup = "", &state.Lookup{Owners: []string{"self"}}
	if id != "" {
		c.lookups["web"] = id
	}
}

func ptr[T any](v T) *T { return &v }
