package aws_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// TestCopyRequestOnTheWire: everything that is asked for is in the request,
// nothing that was not, and the same request each time.
func TestCopyRequestOnTheWire(t *testing.T) {
	w := newWorld(t, sources)
	live := w.read(t)
	alias := state.KeyQuery{Account: account, Region: "eu-west-1", Key: "alias/ami"}
	r := request("web", "eu-west-1", 2)
	r.KMSKey, r.CompleteWithin = w.answer(t, plan.Query{Keys: []state.KeyQuery{alias}}, &live).Keys[alias].Value.ARN, 30*time.Minute
	r.SnapshotTags = map[string]string{"b": "2", "a": ""}
	var ids []string
	for range 2 {
		id, err := w.client.CopyImage(t.Context(), in("eu-west-1"), r, "token")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if ids[0] != ids[1] {
		t.Errorf("the same token made %v", ids)
	}
	sent := w.Requests()[len(w.Requests())-1].Params
	want := map[string]string{
		"ClientToken": "token", "Name": "web-" + sourceID + "-g2", "SourceImageId": sourceID, "SourceRegion": sourceHome, "Description": "a copy",
		"Encrypted": "true", "KmsKeyId": r.KMSKey, "SnapshotCopyCompletionDurationMinutes": "30",
		"TagSpecification.1.ResourceType": "image", "TagSpecification.2.ResourceType": "snapshot",
		"TagSpecification.2.Tag.1.Key": "a", "TagSpecification.2.Tag.1.Value": "", "TagSpecification.2.Tag.2.Key": "b", "TagSpecification.2.Tag.2.Value": "2",
	}
	for name, value := range sent {
		if strings.HasPrefix(name, "TagSpecification.1.Tag.") {
			delete(sent, name)
		} else if want[name] != value {
			t.Errorf("%s is %q", name, value)
		}
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Error(diff)
	}
}

// TestLostAnswersAreSurvived: whatever was done although its answer was lost
// is not an error, and is not done twice.
func TestLostAnswersAreSurvived(t *testing.T) {
	target := in("eu-west-1")
	for operation, do := range map[string]func(ctx context.Context, c *aws.Client, id string) error{
		"CopyImage": func(ctx context.Context, c *aws.Client, _ string) error {
			return second(c.CopyImage(ctx, target, request("other", "eu-west-1", 1), "token"))
		},
		"DeregisterImage": func(ctx context.Context, c *aws.Client, id string) error {
			return second(c.Deregister(ctx, target, id, true))
		},
		"DisableImage": func(ctx context.Context, c *aws.Client, id string) error {
			return c.Disable(ctx, target, id)
		},
		"EnableImageDeregistrationProtection": func(ctx context.Context, c *aws.Client, id string) error {
			return c.Protect(ctx, target, id)
		},
		"CreateTags": func(ctx context.Context, c *aws.Client, id string) error {
			return c.SetTags(ctx, target, []string{id}, map[string]string{"a": "b"})
		},
		"PutParameter": func(ctx context.Context, c *aws.Client, id string) error {
			return c.NewParameter(ctx, target, "/amis/web", id, ours("web"))
		},
	} {
		for _, effect := range []sandbox.Effect{sandbox.EffectLost, sandbox.EffectEmpty, sandbox.EffectTruncated} {
			t.Run(operation+" "+string(effect), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sources)
					id := w.copied(t, "eu-west-1", "web")[0]
					w.AddFault(sandbox.Fault{Operation: operation, Effect: effect, Count: 1})
					err := do(t.Context(), w.client, id)
					if err != nil { // the engine has rules of its own for when it makes these calls again
						err = do(t.Context(), w.client, id)
					}
					if own := operation == "PutParameter" && state.CodeOf(err) == "ParameterAlreadyExists"; err != nil && !own {
						t.Error(err)
					}
					want := map[string]int{"CopyImage": 2, "DeregisterImage": 0}
					images := regionOf(t, w.read(t), "eu-west-1").Images
					if n, ok := want[operation]; ok && len(images) != n {
						t.Errorf("%d images, want %d", len(images), n)
					}
				})
			})
		}
	}
}

func TestEditImage(t *testing.T) {
	w := newWorld(t, sources)
	ctx, target := t.Context(), in("eu-west-1")
	id := w.copied(t, "eu-west-1", "web")[0]
	at := w.client.Now().Add(48 * time.Hour).Truncate(time.Minute)
	for _, step := range []struct {
		name string
		do   func() error
		want func(state.AMI) bool
	}{
		{"describe", func() error { return w.client.Describe(ctx, target, id, "new") }, func(a state.AMI) bool { return a.Description == "new" }},
		{"describe as nothing", func() error { return w.client.Describe(ctx, target, id, "") }, func(a state.AMI) bool { return a.Description == "" }},
		{"deprecate", func() error { return w.client.Deprecate(ctx, target, id, at) }, func(a state.AMI) bool { return a.Deprecated.Equal(at) }},
		{"undo", func() error { return w.client.CancelDeprecation(ctx, target, id) }, func(a state.AMI) bool { return a.Deprecated.IsZero() }},
		{"protect", func() error { return w.client.Protect(ctx, target, id) }, state.AMI.Protected},
		{"unprotect", func() error { return w.client.Unprotect(ctx, target, id) }, func(a state.AMI) bool { return !a.Protected() }},
		{"disable", func() error { return w.client.Disable(ctx, target, id) }, func(a state.AMI) bool { return a.State == state.ImageDisabled }},
		{"enable", func() error { return w.client.Enable(ctx, target, id) }, func(a state.AMI) bool { return a.State == state.ImageAvailable }},
		{"tag", func() error {
			return w.client.SetTags(ctx, target, []string{id}, map[string]string{"team": "x", "empty": ""})
		}, func(a state.AMI) bool { v, ok := a.Tags["empty"]; return a.Tags["team"] == "x" && ok && v == "" }},
		{"untag", func() error { return w.client.RemoveTags(ctx, target, []string{id}, []string{"team"}) }, func(a state.AMI) bool {
			_, ok := a.Tags["team"]
			return !ok && a.Tags[state.TagOwner] == "platform"
		}},
	} {
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if a := w.image(t, "eu-west-1", id); !step.want(a) {
			t.Errorf("%s: image is %+v", step.name, a)
		}
	}
}

// TestNothingToDoIsNoRequest: an empty list must never become a request that
// is about everything.
func TestNothingToDoIsNoRequest(t *testing.T) {
	w := newWorld(t, sources)
	ctx, target := t.Context(), in("eu-west-1")
	for name, err := range map[string]error{
		"tags":        w.client.SetTags(ctx, target, []string{sourceID}, nil),
		"ids":         w.client.SetTags(ctx, target, nil, map[string]string{"a": "b"}),
		"keys":        w.client.RemoveTags(ctx, target, []string{sourceID}, nil),
		"share":       w.client.ShareImage(ctx, target, sourceID, nil, nil),
		"snapshots":   w.client.ShareSnapshot(ctx, target, "snap-1", nil, nil),
		"images":      second(w.client.Images(ctx, target, nil)),
		"snapshot":    second(w.client.Snapshots(ctx, target, nil)),
		"users":       second(w.client.SnapshotUsers(ctx, target, nil)),
		"references":  second(w.client.References(ctx, target, nil, 10)),
		"no question": w.client.Answer(ctx, plan.Query{}, &state.Live{}),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if seen := w.counted(); len(seen) != 0 {
		t.Errorf("requests %v, want none", seen)
	}
	if err := w.client.SetTags(ctx, target, []string{"i-0123456789abcdef0"}, map[string]string{"a": "b"}); err == nil || len(w.counted()) != 0 {
		t.Errorf("tagging an instance: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestSharesAreRevoked(t *testing.T) {
	w := newWorld(t, sources)
	ctx, target := t.Context(), in("eu-west-1")
	id := w.copied(t, "eu-west-1", "web")[0]
	snapshot := w.image(t, "eu-west-1", id).SnapshotIDs()[0]
	one, two := []state.Grant{{Account: foreigner}}, []state.Grant{{Account: "777788889999"}}
	for _, change := range [][2][]state.Grant{{one, nil}, {two, one}} {
		if err := w.client.ShareImage(ctx, target, id, change[0], change[1]); err != nil {
			t.Fatal(err)
		}
		if err := w.client.ShareSnapshot(ctx, target, snapshot, change[0], change[1]); err != nil {
			t.Fatal(err)
		}
	}
	image, volume := state.Resource{Account: account, Region: "eu-west-1", ID: id}, state.Resource{Account: account, Region: "eu-west-1", ID: snapshot}
	live := w.read(t)
	facts := w.answer(t, plan.Query{LaunchPermissions: []state.Resource{image}, SnapshotPermissions: []state.Resource{volume}}, &live)
	if diff := cmp.Diff([][]state.Grant{two, two}, [][]state.Grant{facts.LaunchPermissions[image].Value, facts.SnapshotPermissions[volume].Value}); diff != "" {
		t.Error(diff)
	}
	organization := []state.Grant{{Organization: "arn:aws:organizations::111122223333:organization/o-abcdefghij"}}
	if err := w.client.ShareSnapshot(ctx, target, snapshot, organization, nil); err == nil || !strings.Contains(err.Error(), "accounts or the public") {
		t.Errorf("sharing a snapshot with an organisation: %v", err)
	}
}

func TestDeregisterTellsOfEverySnapshot(t *testing.T) {
	w := newWorld(t, sources)
	ctx, target := t.Context(), in("eu-west-1")
	id := w.copied(t, "eu-west-1", "web")[0]
	snapshot := w.image(t, "eu-west-1", id).SnapshotIDs()[0]
	if err := w.client.Protect(ctx, target, id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.Deregister(ctx, target, id, true); state.CodeOf(err) != "OperationNotPermitted" {
		t.Errorf("deregistering a protected image: %v", err)
	}
	if err := w.client.Unprotect(ctx, target, id); err != nil {
		t.Fatal(err)
	}
	got, err := w.client.Deregister(ctx, target, id, true)
	if diff := cmp.Diff([]apply.SnapshotResult{{ID: snapshot, Code: "success"}}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if again, err := w.client.Deregister(ctx, target, id, true); err != nil || len(again) != 0 {
		t.Errorf("the second time: %v, %v", again, err)
	}
	if left, err := w.client.Snapshots(ctx, target, []string{snapshot}); err != nil || len(left) != 0 {
		t.Errorf("snapshots left: %v, %v", left, err)
	}
	if err := w.client.DeleteSnapshot(ctx, target, snapshot); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
}

func TestWatcherFindsByIDAndName(t *testing.T) {
	w := newWorld(t, sources)
	ctx, target := t.Context(), in("eu-west-1")
	ids := w.copied(t, "eu-west-1", "web", "webs")
	var asked []string
	for i := range 450 { // three requests
		asked = append(asked, fmt.Sprintf("ami-0bbbbbbbbbbbb%04x", i))
	}
	w.counted()
	got, err := w.client.Images(ctx, target, append(asked, ids...))
	if err != nil || len(got) != 2 || w.counted()["ec2:DescribeImages"] != 3 || got[0].ID > got[1].ID {
		t.Errorf("images %v, %v", got, err)
	}
	named, err := w.client.ImagesNamed(ctx, target, "web-"+sourceID)
	if err != nil || len(named) != 1 || named[0].ID != ids[0] {
		t.Errorf("named %v, %v", named, err)
	}
	if globbed, err := w.client.ImagesNamed(ctx, target, "web*"); err != nil || len(globbed) != 0 {
		t.Errorf("a name with a star found %v, %v", globbed, err)
	}
	if theirs, err := w.client.ImagesNamed(ctx, in(sourceHome), "theirs"); err != nil || len(theirs) != 0 {
		t.Errorf("another account's public image: %v, %v", theirs, err)
	}
	users, err := w.client.SnapshotUsers(ctx, target, named[0].SnapshotIDs())
	if err != nil || len(users) != 1 {
		t.Errorf("users %v, %v", users, err)
	}
}

func regionOf(t *testing.T, live state.Live, name string) state.Region {
	t.Helper()
	r, ok := live.Region(name)
	if !ok {
		t.Fatalf("no Region %s", name)
	}
	return r
}

// TestPendingSnapshots: how far a copy is stands on its pending snapshots,
// which one request finds, whoever's name they bear and whatever else is there.
func TestPendingSnapshots(t *testing.T) {
	w := newWorld(t, sources)
	target := in("eu-west-1")
	w.copied(t, "eu-west-1", "done")
	if _, err := w.client.CopyImage(t.Context(), target, request("web", "eu-west-1", 1), "token"); err != nil {
		t.Fatal(err)
	}
	w.Clock().Advance(40 * time.Second)
	w.counted()
	got, err := w.client.PendingSnapshots(t.Context(), target)
	if err != nil || len(got) != 1 || w.counted()["ec2:DescribeSnapshots"] != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if s := got[0]; s.Tags[state.TagImage] != "web" || s.Progress < 20 || s.Progress > 90 || s.VolumeGiB != 8 {
		t.Errorf("%+v", s)
	}
}
