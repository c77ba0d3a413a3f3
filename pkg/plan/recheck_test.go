package plan_test

import (
	"testing"
	"time"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestRecheck(t *testing.T) {
	c := newCloud()
	seen := *c.copyOf(oldAMI, "eu-west-1")
	snapshot := *c.snapshotOf(&seen)
	changed := func(f func(*state.AMI)) *state.AMI {
		a := cloneAMI(seen)
		f(&a)
		return &a
	}
	with := func(f func(*state.Snapshot)) []state.Snapshot {
		s := cloneSnapshot(snapshot)
		f(&s)
		return []state.Snapshot{s}
	}
	same := func(*state.AMI) {}
	image := plan.Precondition{Check: plan.CheckImage, ID: seen.ID, State: seen.State, Digest: plan.ImageDigest(seen)}
	guarded := image
	guarded.Launched = state.FormatTime(start.Add(-7 * day))
	launched := func(d time.Duration) func(*state.AMI) {
		return func(a *state.AMI) { a.LastLaunched = start.Add(d) }
	}
	usable := plan.Precondition{Check: plan.CheckUsable, ID: seen.ID, Tags: map[string][]string{
		state.TagOwner: {"team"}, state.TagImage: {"was", "web"}, state.TagSourceAMI: {oldAMI},
	}}
	free := plan.Precondition{
		Check: plan.CheckUnreferenced, ID: seen.ID, Types: []string{"ec2:Instance", "ssm:Parameter"}, Parameters: []string{"/amis/web"},
	}
	parameter := plan.Precondition{Check: plan.CheckParameter, ID: "/amis/web", Value: seen.ID}
	left := plan.Precondition{Check: plan.CheckUnpublished, ID: "/amis/web", Value: seen.ID}
	absent := plan.Precondition{Check: plan.CheckParameter, ID: "/amis/web"}
	orphan := plan.Precondition{Check: plan.CheckSnapshot, ID: snapshot.ID}
	for _, tt := range []struct {
		name string
		p    plan.Precondition
		seen plan.Observed
		want string
	}{
		{"the image as planned for", image, plan.Observed{Image: changed(same)}, ""},
		{"times, file and commit do not count", image, plan.Observed{Image: changed(tag(state.TagCommit, "new"))}, ""},
		{"people's tags do not count", image, plan.Observed{Image: changed(tag("team", "x"))}, ""},
		{"the image is gone", image, plan.Observed{}, seen.ID + " is gone"},
		{"the image is disabled", image, plan.Observed{Image: changed(inState(state.ImageDisabled))}, seen.ID + " is disabled now, not available"},
		{"a hold", image, plan.Observed{Image: changed(tag(state.TagHold, "x"))}, "the control tags or the protection of " + seen.ID + " changed"},
		{"a retired-at", image, plan.Observed{Image: changed(c.retired(0))}, "the control tags or the protection of " + seen.ID + " changed"},
		{"protection", image, plan.Observed{Image: changed(func(a *state.AMI) { a.Protection = "enabled-with-cooldown" })}, "the control tags or the protection of " + seen.ID + " changed"},
		{"protection off in another word", image, plan.Observed{Image: changed(func(a *state.AMI) { a.Protection = "disabled" })}, ""},
		{"launched long ago", guarded, plan.Observed{Image: changed(launched(-30 * day))}, ""},
		{"never launched", guarded, plan.Observed{Image: changed(same)}, ""},
		{"launched since", guarded, plan.Observed{Image: changed(launched(-time.Hour))}, seen.ID + " was launched at 2026-11-24T11:00:00Z"},
		{"not read", image, plan.Observed{Problem: &state.Problem{Text: "throttled"}}, seen.ID + " could not be read again: throttled"},
		{"the successor is usable", usable, plan.Observed{Image: changed(same), Snapshots: with(func(*state.Snapshot) {})}, ""},
		{"the successor is gone", usable, plan.Observed{}, "the successor " + seen.ID + " is gone"},
		{"the successor is pending", usable, plan.Observed{Image: changed(inState(state.ImagePending))}, "the successor " + seen.ID + " is pending"},
		{"the successor is not verified", usable, plan.Observed{Image: changed(untag(state.TagVerified))}, "the successor " + seen.ID + " is not verified"},
		{"the successor has the other name of its image", usable, plan.Observed{Image: changed(tag(state.TagImage, "was")), Snapshots: with(func(*state.Snapshot) {})}, ""},
		{"the successor became another image's", usable, plan.Observed{Image: changed(tag(state.TagImage, "db"))}, "the tag amisync:image of the successor " + seen.ID + " changed"},
		{"the successor is not proven ours any more", usable, plan.Observed{Image: changed(tag(state.TagSourceAMI, "ami-0"))}, "the tag amisync:source-ami of the successor " + seen.ID + " changed"},
		{"the successor has lost its owner", usable, plan.Observed{Image: changed(untag(state.TagOwner))}, "the tag amisync:owner of the successor " + seen.ID + " changed"},
		{"the successor's snapshot is archived", usable, plan.Observed{Image: changed(same), Snapshots: with(func(s *state.Snapshot) { s.Tier = state.TierArchive })}, "snapshot " + snapshot.ID + " of the successor " + seen.ID + " is not ready"},
		{"the successor's snapshot was not read", usable, plan.Observed{Image: changed(same)}, "snapshot " + snapshot.ID + " of the successor " + seen.ID + " is not ready"},
		{"nothing uses it", free, plan.Observed{}, ""},
		{"our own parameter does not count", free, plan.Observed{References: []state.Reference{{Type: "ssm:Parameter", ARN: "arn:aws:ssm:x:1:parameter/amis/web"}}}, ""},
		{"another parameter does", free, plan.Observed{References: []state.Reference{{Type: "ssm:Parameter", ARN: "arn:aws:ssm:x:1:parameter/amis/web2"}}}, seen.ID + " is used by SSM parameter amis/web2"},
		{"an instance does", free, plan.Observed{References: []state.Reference{{Type: "ec2:Instance", ARN: "arn:aws:ec2:x:1:instance/i-0abc"}}}, seen.ID + " is used by instance i-0abc"},
		{"a type that is not guarded does not", free, plan.Observed{References: []state.Reference{{Type: "ec2:LaunchTemplate", ARN: "arn:aws:ec2:x:1:launch-template/lt-1"}}}, ""},
		{"the parameter names it", parameter, plan.Observed{Parameter: state.Parameter{Exists: true, Value: seen.ID}}, ""},
		{"our parameter is gone", left, plan.Observed{}, ""},
		{"our parameter has moved on", left, plan.Observed{Parameter: state.Parameter{Exists: true, Value: "ami-b"}}, ""},
		{"our parameter names it again", left, plan.Observed{Parameter: state.Parameter{Exists: true, Value: seen.ID}}, "parameter /amis/web names " + seen.ID},
		{"the parameter is gone", parameter, plan.Observed{}, "parameter /amis/web is gone"},
		{"the parameter moved", parameter, plan.Observed{Parameter: state.Parameter{Exists: true, Value: "ami-b"}}, "parameter /amis/web holds ami-b now, not " + seen.ID},
		{"the parameter is absent", absent, plan.Observed{}, ""},
		{"the parameter came", absent, plan.Observed{Parameter: state.Parameter{Exists: true, Value: "ami-b"}}, "parameter /amis/web exists now and holds ami-b"},
		{"the snapshot is unused", orphan, plan.Observed{Snapshots: with(func(*state.Snapshot) {})}, ""},
		{"the snapshot is gone", orphan, plan.Observed{}, snapshot.ID + " is gone"},
		{"the snapshot is used", orphan, plan.Observed{Snapshots: with(func(*state.Snapshot) {}), Users: []string{"ami-2", "ami-1"}}, snapshot.ID + " is used by ami-1"},
		{"people keep the snapshot", orphan, plan.Observed{Snapshots: with(func(s *state.Snapshot) { s.Tags[state.TagKeep] = "" })}, snapshot.ID + " carries amisync:keep now"},
		{"a check nobody knows", plan.Precondition{Check: "moon"}, plan.Observed{}, `the check "moon" is not known`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := plan.Recheck(tt.p, tt.seen); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReferencesAreNamedAsPeopleNameThem(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:ec2:eu-west-1:1:launch-template/lt-0abc/7":         "launch template lt-0abc version 7",
		"arn:aws:ec2:eu-west-1:1:launch-template/lt-0abc/version/7": "launch template lt-0abc version 7",
		"arn:aws:ec2:eu-west-1:1:launch-template/lt-0abc":           "launch template lt-0abc",
	} {
		p := plan.Precondition{Check: plan.CheckUnreferenced, ID: "ami-1", Types: []string{"ec2:LaunchTemplate"}}
		got := plan.Recheck(p, plan.Observed{References: []state.Reference{{Type: "ec2:LaunchTemplate", ARN: arn}}})
		if got != "ami-1 is used by "+want {
			t.Errorf("%s: %s", arn, got)
		}
	}
}
