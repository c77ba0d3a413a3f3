package aws_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestCopiesAreUntaggedAndOfTheSource(t *testing.T) {
	w := newWorld(t, sources)
	w.copied(t, "eu-west-1", "tagged")
	byHand := request("hand", "eu-west-1", 1)
	byHand.ImageTags, byHand.SnapshotTags = nil, nil
	other := byHand
	other.SourceAMI, other.BaseName = otherID, "other"
	var ids []string
	for i, r := range []plan.CopyRequest{byHand, other} {
		id, err := w.client.CopyImage(t.Context(), in("eu-west-1"), r, string(rune('a'+i)))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	w.Clock().Advance(time.Hour)
	query := func(ami, region string) state.CopiesQuery {
		return state.CopiesQuery{Account: account, Region: "eu-west-1", SourceAMI: ami, SourceRegion: region}
	}
	want := map[state.CopiesQuery][]string{
		query(sourceID, sourceHome): {ids[0]}, query(otherID, sourceHome): {ids[1]}, query(sourceID, "us-west-2"): nil,
	}
	var q plan.Query
	for question := range want {
		q.Copies = append(q.Copies, question)
	}
	live := w.read(t)
	w.counted()
	got := map[state.CopiesQuery][]string{}
	for question, answer := range w.answer(t, q, &live).Copies {
		got[question] = nil
		for _, image := range answer.Value {
			got[question] = append(got[question], image.ID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || w.counted()["ec2:DescribeImages"] != 1 {
		t.Error(diff)
	}
}

func TestSnapshotUsersAndRecycleBin(t *testing.T) {
	w := newWorld(t, sources+`
regions: [{regions: [eu-west-1], recycleImages: 30d, recycleSnapshots: 30d}]
`)
	ids := w.copied(t, "eu-west-1", "used", "binned", "loose")
	var snapshots []string
	for _, id := range ids {
		snapshots = append(snapshots, w.image(t, "eu-west-1", id).SnapshotIDs()...)
	}
	for _, id := range ids[1:] {
		if _, err := w.client.Deregister(t.Context(), in("eu-west-1"), id, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.client.DeleteSnapshot(t.Context(), in("eu-west-1"), snapshots[2]); err != nil {
		t.Fatal(err)
	}
	used := state.Resource{Account: account, Region: "eu-west-1", ID: snapshots[0]}
	free := state.Resource{Account: account, Region: "eu-west-1", ID: snapshots[1]}
	live := w.read(t)
	facts := w.answer(t, plan.Query{SnapshotUsers: []state.Resource{used, free}, RecycleBins: []state.Target{in("eu-west-1")}}, &live)
	if diff := cmp.Diff([]string{ids[0]}, facts.SnapshotUsers[used].Value); diff != "" {
		t.Error("users", diff)
	}
	if a := facts.SnapshotUsers[free]; !a.Known() || len(a.Value) != 0 {
		t.Errorf("users of a free snapshot: %+v", a)
	}
	bin := facts.RecycleBins[in("eu-west-1")].Value
	slices.Sort(ids[1:])
	if diff := cmp.Diff(state.RecycleBin{Images: ids[1:], Snapshots: snapshots[2:]}, bin); diff != "" {
		t.Error("bin", diff)
	}
}
