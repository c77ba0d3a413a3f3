package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// find is the plan's one action of a kind.
func find(t *testing.T, p plan.Plan, kind plan.Kind) plan.Action {
	t.Helper()
	var found []plan.Action
	for _, a := range p.Actions {
		if a.Kind == kind {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d actions of kind %s: %s", len(found), kind, describe(p))
	}
	return found[0]
}

// everything declares all that can be declared of an image.
func (c *cloud) everything() {
	web := c.web()
	c.encrypted("alias/ami", goodKey("eu-west-1", "one"))
	web.Description = "Base"
	web.Tags = map[string]string{"team": "platform"}
	web.CopySourceTags = state.SourceTags{All: true}
	c.sources[oldAMI].Tags = map[string]string{
		"os": "linux", "team": "upstream", "aws:x": "1", "ec2:SharedTag/y": "2", "amisync:owner": "others",
	}
	web.CompleteWithin = 15 * time.Minute
	web.Share = &state.Share{Accounts: []string{"444455556666", account}, Organizations: []string{"arn:o"}, Snapshots: true}
	web.Publish = &state.Publish{SSM: "/amis/web"}
	web.Lifecycle.DeprecateAfter = ptr(365 * day)
	web.Lifecycle.Protect = ptr(true)
}

func TestCopyInstruction(t *testing.T) {
	c := newCloud()
	c.everything()
	c.param("eu-west-1", "/amis/web", "ami-before", "web")
	a := find(t, c.plan(), plan.Copy)
	made := state.Made{Attempt: 1, Digest: state.Digest(*c.sources[oldAMI]), SourceCreated: c.sources[oldAMI].Created}
	tags := map[string]string{
		"team": "platform", "os": "linux",
		state.TagOwner: "team", state.TagImage: "web", state.TagSourceAMI: oldAMI, state.TagSourceRegion: home,
		state.TagGeneration: "1", state.TagKey: goodKey("eu-west-1", "one").ARN, state.TagMade: made.String(),
		state.TagLifecycle: "grace=7d;retire=deprecate;snapshots=delete;protect=true",
	}
	grant := []state.Grant{{Account: "444455556666"}}
	want := plan.Instruction{
		Copy: &plan.CopyRequest{
			Cell: only, SourceAMI: oldAMI, SourceRegion: home, BaseName: "web-" + oldAMI, Generation: 1,
			Description: "Base", KMSKey: goodKey("eu-west-1", "one").ARN, CompleteWithin: 15 * time.Minute,
			ImageTags: tags, SnapshotTags: tags,
		},
		Expect: &plan.Expectation{Digest: made.Digest, KMSKey: goodKey("eu-west-1", "one").ARN, Source: c.sources[oldAMI], Attempt: 1},
		Steps: []plan.Step{
			plan.SetTags{On: plan.OnSnapshots, Tags: map[string]string{state.TagShared: state.SharedYes}},
			plan.ShareSnapshots{Add: grant},
			plan.SetTags{On: plan.OnImage, Tags: map[string]string{state.TagShared: state.SharedYes}},
			plan.Share{Add: []state.Grant{{Account: "444455556666"}, {Organization: "arn:o"}}},
			plan.Deprecate{After: 365 * day},
			plan.Protect{},
			plan.SetTags{On: plan.OnImage, Tags: map[string]string{state.TagPublished: "/amis/web"}},
			plan.PutParameter{
				Parameter: "/amis/web", Expect: "ami-before", Owner: "team",
				Tags: map[string]string{state.TagOwner: "team", state.TagImage: "web"},
			},
			plan.SetTags{On: plan.OnImage, Tags: map[string]string{state.TagTagKeys: "team"}},
			plan.SetTags{On: plan.OnBoth, Tags: map[string]string{state.TagFile: "amis.yaml", state.TagCommit: "c0ffee"}},
		},
		GiB: 12,
	}
	if diff := cmp.Diff(want, a.Do); diff != "" {
		t.Errorf("copy (-want +got):\n%s", diff)
	}
	if a.Name != "web-"+oldAMI || a.Estimate != (plan.Estimate{GiB: 12}) {
		t.Errorf("name %q, estimate %+v", a.Name, a.Estimate)
	}
}

func TestUndeclaredDescriptionIsDeterministic(t *testing.T) {
	c := newCloud()
	if got, want := find(t, c.plan(), plan.Copy).Do.Copy.Description, "Copied by amisync from "+oldAMI+" in us-east-1"; got != want {
		t.Errorf("description %q, want %q", got, want)
	}
}

func TestS3BackedCopyHasNoSnapshotTags(t *testing.T) {
	c := newCloud()
	c.sources[oldAMI].RootDeviceType, c.sources[oldAMI].Devices = "instance-store", nil
	if tags := find(t, c.plan(), plan.Copy).Do.Copy.SnapshotTags; tags != nil {
		t.Errorf("snapshot tags %v", tags)
	}
}

func TestGenerationsCountPastEverySeenCopy(t *testing.T) {
	c := newCloud()
	c.copyOf(oldAMI, "eu-west-1", inState(state.ImageFailed), tag(state.TagGeneration, "3"))
	c.copyOf(oldAMI, "eu-west-1", tag(state.TagGeneration, "5"), func(a *state.AMI) { a.SourceInstanceID = "i-1" })
	c.copyOf(newAMI, "eu-west-1", tag(state.TagGeneration, "9"), inState(state.ImageFailed))
	a := find(t, c.plan(), plan.Copy)
	if a.Do.Copy.Generation != 6 || a.Name != "web-"+oldAMI+"-g6" || a.Do.Expect.Attempt != 2 {
		t.Errorf("generation %d, name %s, attempt %d", a.Do.Copy.Generation, a.Name, a.Do.Expect.Attempt)
	}
}

func TestSizeWithoutFiguresIsAnUpperBound(t *testing.T) {
	c := newCloud()
	c.parts = map[string]state.Snapshot{}
	if got, want := find(t, c.plan(), plan.Copy).Estimate, (plan.Estimate{GiB: 16, UpperBound: true}); got != want {
		t.Errorf("estimate %+v, want %+v", got, want)
	}
}

// steps are the steps of the plan's one action of a kind.
func steps(t *testing.T, c *cloud, kind plan.Kind) []plan.Step {
	t.Helper()
	return find(t, c.plan(), kind).Do.Steps
}

func TestStepsOnWhatIsThere(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind plan.Kind
		do   func(c *cloud)
		want []plan.Step
	}{
		{
			"retire by deprecation", plan.Retire, func(c *cloud) { c.unwanted() },
			[]plan.Step{plan.StampTag{Key: state.TagRetiredAt}, plan.DeprecateNow{}},
		},
		{"retire what we protect, by disabling", plan.Retire, func(c *cloud) {
			c.web().Lifecycle.Protect, c.web().Lifecycle.Retire = ptr(true), state.RetireDisable
			c.unwanted(func(a *state.AMI) { a.Protection = "enabled-without-cooldown" })
			for _, a := range c.images {
				a.Protection = "enabled-without-cooldown"
			}
		}, []plan.Step{plan.StampTag{Key: state.TagRetiredAt}, plan.Unprotect{}, plan.Disable{}}},
		{"retire what is superseded", plan.Retire, func(c *cloud) {
			c.copyOf(oldAMI, "eu-west-1")
			c.web().Source.ID = newAMI
		}, []plan.Step{plan.StampTag{Key: state.TagSupersededAt}, plan.StampTag{Key: state.TagRetiredAt}, plan.DeprecateNow{}}},
		{"retire what people have disabled, and remember that it was them", plan.Retire, func(c *cloud) {
			c.unwanted(inState(state.ImageDisabled), retiresBy(state.RetireDisable))
			c.web().Lifecycle.Retire = state.RetireDisable
		}, []plan.Step{
			plan.SetTags{On: plan.OnImage, Tags: map[string]string{state.TagLifecycle: retention(7 * day).String()}},
			plan.StampTag{Key: state.TagRetiredAt},
		}},
		{"the same, while we protect it", plan.Retire, func(c *cloud) {
			c.unwanted(inState(state.ImageDisabled), tag(state.TagLifecycle, "grace=7d;retire=disable;snapshots=delete;protect=true"),
				func(a *state.AMI) { a.Protection = "enabled-without-cooldown" })
		}, []plan.Step{
			plan.SetTags{On: plan.OnImage, Tags: map[string]string{state.TagLifecycle: "grace=7d;retire=deprecate;snapshots=delete;protect=true"}},
			plan.StampTag{Key: state.TagRetiredAt},
			plan.Unprotect{},
		}},
		{"finish retiring", plan.Retire, func(c *cloud) {
			c.unwanted(tag(state.TagRetiredAt, state.FormatTime(c.now.Add(-day))))
		}, []plan.Step{plan.StampTag{Key: state.TagRetiredAt}, plan.DeprecateNow{}}},
		{"restore", plan.Restore, func(c *cloud) {
			c.copyOf(oldAMI, "eu-west-1", c.retired(day), inState(state.ImageDisabled), retiresBy(state.RetireDisable), tag(state.TagShared, state.SharedYes),
				tag(state.TagSupersededAt, state.FormatTime(c.now)))
			c.web().Share = &state.Share{Accounts: []string{"444455556666"}}
		}, []plan.Step{
			plan.Enable{},
			plan.Share{Add: []state.Grant{{Account: "444455556666"}}},
			plan.CancelDeprecation{},
			plan.SetTags{On: plan.OnBoth, Tags: map[string]string{state.TagLifecycle: retention(7 * day).String()}},
			plan.RemoveTags{On: plan.OnImage, Keys: []string{state.TagSupersededAt}},
			plan.RemoveTags{On: plan.OnImage, Keys: []string{state.TagRetiredAt}},
		}},
		{
			"deregister with its snapshots", plan.Deregister, func(c *cloud) { c.unwanted(c.retired(8 * day)) },
			[]plan.Step{plan.DeregisterImage{DeleteSnapshots: true}},
		},
		{"deregister and keep the snapshots", plan.Deregister, func(c *cloud) {
			c.web().Lifecycle.Snapshots = state.SnapshotsKeep
			c.unwanted(c.retired(8 * day))
		}, []plan.Step{
			plan.SetTags{On: plan.OnSnapshots, Tags: map[string]string{state.TagKeep: "snapshots: keep"}}, plan.DeregisterImage{},
		}},
		{"revoke what left the file", plan.Update, func(c *cloud) {
			a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagShared, state.SharedYes))
			c.launch[a.ID] = []state.Grant{{Account: "444455556666"}, {Account: account}}
		}, []plan.Step{
			plan.Share{Remove: []state.Grant{{Account: "444455556666"}}},
			plan.RemoveTags{On: plan.OnImage, Keys: []string{state.TagShared}},
		}},
		{"tags that were ours go, others' stay", plan.Update, func(c *cloud) {
			a := c.copyOf(oldAMI, "eu-west-1", tag("mine", "x"), tag("theirs", "y"), tag(state.TagTagKeys, "mine"))
			c.snapshotOf(a).Tags["mine"] = "x"
			c.web().Tags = map[string]string{"team": "platform"}
		}, []plan.Step{
			plan.SetTags{On: plan.OnBoth, Tags: map[string]string{"team": "platform"}},
			plan.RemoveTags{On: plan.OnBoth, Keys: []string{"mine"}},
			plan.SetTags{On: plan.OnImage, Tags: map[string]string{state.TagTagKeys: "team"}},
		}},
		{"relabel before anything else", plan.Update, func(c *cloud) {
			c.copyOf(oldAMI, "eu-west-1", tag(state.TagImage, "base"))
			c.web().Formerly, c.web().Description = []string{"base"}, "Base"
		}, []plan.Step{
			plan.SetTags{On: plan.OnBoth, Tags: map[string]string{state.TagImage: "web"}}, plan.Describe{Text: "Base"},
		}},
		{"protection declared: the tag goes first", plan.Update, func(c *cloud) {
			c.copyOf(oldAMI, "eu-west-1")
			c.web().Lifecycle.Protect = ptr(true)
		}, []plan.Step{
			plan.SetTags{On: plan.OnBoth, Tags: map[string]string{state.TagLifecycle: "grace=7d;retire=deprecate;snapshots=delete;protect=true"}},
			plan.Protect{},
		}},
		{"protection of ours no longer declared: the tag goes last", plan.Update, func(c *cloud) {
			c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.Protection = "enabled-without-cooldown" },
				tag(state.TagLifecycle, "grace=7d;retire=deprecate;snapshots=delete;protect=true"))
		}, []plan.Step{
			plan.Unprotect{},
			plan.SetTags{On: plan.OnBoth, Tags: map[string]string{state.TagLifecycle: "grace=7d;retire=deprecate;snapshots=delete;protect=-"}},
		}},
		{"publish renamed: the tag names both before the new one is written", plan.Update, func(c *cloud) {
			a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/old"))
			c.param("eu-west-1", "/amis/old", a.ID, "web")
			c.web().Publish = &state.Publish{SSM: "/amis/web"}
		}, []plan.Step{
			plan.SetTags{On: plan.OnImage, Tags: map[string]string{state.TagPublished: "/amis/old /amis/web"}},
			plan.PutParameter{Parameter: "/amis/web", Tags: map[string]string{state.TagOwner: "team", state.TagImage: "web"}},
		}},
		{"publish renamed: the tag follows the deletion", plan.Unpublish, func(c *cloud) {
			a := c.copyOf(oldAMI, "eu-west-1", tag(state.TagPublished, "/amis/old"))
			c.param("eu-west-1", "/amis/old", a.ID, "web")
			c.web().Publish = &state.Publish{SSM: "/amis/web"}
		}, []plan.Step{
			plan.DeleteParameter{Parameter: "/amis/old", Owner: "team"},
			plan.SetTags{On: plan.OnImage, Tags: map[string]string{state.TagPublished: "/amis/web"}},
		}},
		{"an orphan's time", plan.Update, func(c *cloud) { c.orphan(nil) }, []plan.Step{plan.StampTag{Key: state.TagOrphanedAt}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCloud()
			tt.do(c)
			if diff := cmp.Diff(tt.want, steps(t, c, tt.kind)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeprecationIsComparedAsEC2KeepsIt(t *testing.T) {
	for _, tt := range []struct {
		name    string
		after   time.Duration // of creation, 30 days ago
		live    time.Duration // from now; 0: none
		public  bool
		changed bool
	}{
		{"none is set", 365 * day, 0, false, true},
		{"within the minute", 60 * day, 30*day + 20*time.Second, false, false},
		{"another time", 60 * day, 31 * day, false, true},
		{"both past", day, -time.Hour, false, false},
		{"a past one was sent as the next minute", day, 2 * time.Minute, false, false},
		{"a past one, and the live one is far ahead", day, time.Hour, false, true},
		{"public: only an earlier one", 60 * day, 20 * day, true, false},
		{"public: an earlier one", 40 * day, 20 * day, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCloud()
			a := c.copyOf(oldAMI, "eu-west-1", func(a *state.AMI) { a.Created, a.Public = c.now.Add(-30*day), tt.public })
			if tt.live != 0 {
				a.Deprecated = c.now.Add(tt.live)
			}
			c.web().Lifecycle.DeprecateAfter = &tt.after
			if got := c.plan().Applyable; got != tt.changed {
				t.Errorf("changed %v, want %v", got, tt.changed)
			}
		})
	}
}
