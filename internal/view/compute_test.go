package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// bumped is amis.yaml after its one image moved from old to a new source, and
// AWS as it stands before that.
func bumped() (state.Desired, state.Live) {
	keep := state.Retention{Grace: week, Retire: state.RetireDeprecate, Snapshots: state.SnapshotsDelete}
	image := state.Image{
		Name: "web-base", NameTemplate: state.DefaultNameTemplate, Lifecycle: state.Lifecycle{Retention: keep}, Line: 9,
		Source:  state.Source{Region: "us-east-1", ID: "ami-0abcdef1234567890"},
		Regions: state.Regions{Names: []string{"eu-west-1"}},
	}
	d := state.Desired{
		Owner: "platform-images", Accounts: []string{account}, Prune: true, Defaults: keep,
		Limits: limits().Limits, Images: []state.Image{image}, Config: head().Config,
	}
	source := state.AMI{
		ID: "ami-0abcdef1234567890", Account: account, Region: "us-east-1", OwnerID: account, State: state.ImageAvailable,
		Created: now.Add(-24 * time.Hour), RootDeviceType: "ebs", Architecture: "x86_64",
		Devices: []state.Device{{Name: "/dev/xvda", SnapshotID: "snap-0abcdef1234567890", SizeGiB: 12}},
	}
	old := source
	old.ID, old.Region, old.Created = "ami-01d00000000000000", "eu-west-1", now.Add(-30*24*time.Hour)
	old.SourceImageID, old.SourceImageRegion = "ami-0999999999999999", "us-east-1"
	old.Devices = []state.Device{{Name: "/dev/xvda", SnapshotID: "snap-01d00000000000000", SizeGiB: 12}}
	old.Tags = map[string]string{
		state.TagOwner: "platform-images", state.TagImage: "web-base", state.TagSourceAMI: "ami-0999999999999999",
		state.TagSourceRegion: "us-east-1", state.TagGeneration: "1", state.TagKey: state.KeyNone, state.TagVerified: state.VerifiedOK,
		state.TagMade:      state.Made{Attempt: 1, Digest: state.Digest(source), SourceCreated: now.Add(-60 * 24 * time.Hour)}.String(),
		state.TagLifecycle: keep.String(),
	}
	snapshot := state.Snapshot{
		ID: "snap-01d00000000000000", Account: account, Region: "eu-west-1", OwnerID: account, State: state.SnapshotCompleted,
		VolumeGiB: 12, Tier: state.TierStandard, Tags: old.Tags,
	}
	live := state.Live{Account: account, Partition: "aws", Now: now}
	for _, name := range []string{"eu-west-1", "us-east-1"} {
		live.Regions = append(live.Regions, state.Region{Account: account, Name: name, Status: state.Readable, Date: now})
	}
	live.Regions[0].Images, live.Regions[0].Snapshots = []state.AMI{old}, []state.Snapshot{snapshot}
	live.Facts.Sources = map[string]state.Answer[state.SourceFact]{"web-base": {Value: state.SourceFact{AMI: &source}}}
	return d, live
}

// The planner's re-copy, retire and later deregistration are told in one line,
// as long as all three go their way.
func TestRecopyIsOneLine(t *testing.T) {
	d, live := bumped()
	p := plan.Compute(d, live, plan.Options{})
	var kinds []plan.Kind
	for _, a := range p.Actions {
		kinds = append(kinds, a.Kind)
	}
	if diff := cmp.Diff([]plan.Kind{plan.Deregister, plan.Retire, plan.Recopy}, kinds); diff != "" {
		t.Fatalf("the planner's actions changed (-want +got):\n%s", diff)
	}
	got := text(t, p, view.Style{})
	first, _, _ := strings.Cut(got, "\n\n")
	want := "web-base  ami-0abcdef1234567890 in us-east-1\n" +
		"  ± re-copy  eu-west-1  ami-01d00000000000000  source changed from ami-0999999999999999 to ami-0abcdef1234567890; " +
		"then retires it, deregisters it on 2026-12-01; up to 12 GiB"
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("the re-copy (-want +got):\n%s", diff)
	}
	if !strings.HasSuffix(got, p.Headline()+"\n") {
		t.Errorf("the last line is not the headline:\n%s", got)
	}
}

// With prune off nothing is taken away, and a blocked follower has a line of
// its own that says so.
func TestBlockedFollowersAreNotFolded(t *testing.T) {
	d, live := bumped()
	d.Prune = false
	got := text(t, plan.Compute(d, live, plan.Options{}), view.Style{})
	if !strings.Contains(got, "! blocked  eu-west-1  ami-01d00000000000000  retire: prune is off") {
		t.Errorf("the blocked retirement has no line:\n%s", got)
	}
	if strings.Contains(got, "deregisters it") {
		t.Errorf("a deregistration is promised whose retirement is blocked:\n%s", got)
	}
}
