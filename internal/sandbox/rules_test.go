package sandbox_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/amisync/amisync/internal/sandbox"
)

func (w *world) describe(region, id string) error {
	_, err := w.ec2(region).DescribeImages(w.t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}})
	return err
}

func (w *world) deregister(region, id string) *ec2.DeregisterImageOutput {
	w.t.Helper()
	return must(w.ec2(region).DeregisterImage(w.t.Context(), &ec2.DeregisterImageInput{ImageId: &id, DeleteAssociatedSnapshots: aws.Bool(true)}))(w.t)
}

func TestDelays(t *testing.T) {
	w := start(t, basicScene+"delays: {image: 10s, tags: 10s, deregistered: 10s, name: 60s, parameter: 10s, publicAccess: 10m}\n", frozen)
	later := func() { w.Clock().Advance(10 * time.Second) }
	id := w.copied(copyIn("c-1"))
	if err := w.describe(away, id); code(err) != "InvalidAMIID.NotFound" {
		t.Errorf("a new image is seen at once: %v", err)
	}
	later()
	if err := w.describe(away, id); err != nil {
		t.Errorf("a new image is never seen: %v", err)
	}
	put := func(value string) {
		must(w.ec2(away).CreateTags(t.Context(), &ec2.CreateTagsInput{Resources: []string{id}, Tags: []types.Tag{tag("k", value)}}))(t)
	}
	for _, step := range []struct{ value, before, after string }{{"1", "(none)", "1"}, {"2", "1", "2"}} {
		put(step.value)
		if got := tagged(w.image(away, id).Tags, "k"); got != step.before {
			t.Errorf("right after CreateTags the tag is %s, want %s", got, step.before)
		}
		later()
		if got := tagged(w.image(away, id).Tags, "k"); got != step.after {
			t.Errorf("later the tag is %s, want %s", got, step.after)
		}
	}
	w.deregister(away, id)
	if im := w.image(away, id); im.State != types.ImageStateDeregistered {
		t.Errorf("right after DeregisterImage it is %s", im.State)
	}
	if _, err := w.ec2(away).CopyImage(t.Context(), &ec2.CopyImageInput{Name: aws.String("c-1"), SourceImageId: aws.String(source), SourceRegion: aws.String(home)}); code(err) != "InvalidAMIName.Duplicate" {
		t.Errorf("the name is free at once: %v", err)
	}
	later()
	if left := must(w.mine(away))(t); len(left) != 0 {
		t.Errorf("a deregistered image stays: %d", len(left))
	}
	w.Clock().Advance(time.Minute)
	w.copied(&ec2.CopyImageInput{Name: aws.String("c-1"), SourceImageId: aws.String(source), SourceRegion: aws.String(home)})
}

func TestParameterIsValidatedLater(t *testing.T) {
	w := start(t, basicScene+"delays: {parameter: 10s}\n", frozen)
	must(w.ssm(home).PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("/p"), Value: aws.String(source), Type: "String", DataType: aws.String("aws:ec2:image")}))(t)
	get := func() error {
		_, err := w.ssm(home).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/p")})
		return err
	}
	if err := get(); code(err) != "ParameterNotFound" {
		t.Errorf("before its validation: %v", err)
	}
	w.Clock().Advance(10 * time.Second)
	if err := get(); err != nil {
		t.Errorf("after its validation: %v", err)
	}
}

func TestThrottling(t *testing.T) {
	w := start(t, basicScene, frozen)
	try := func(n int) (refused int) {
		for i := range n {
			in := copyIn(fmt.Sprintf("c-%d-%d", w.Clock().Now().Unix(), i))
			if _, err := w.ec2(away).CopyImage(t.Context(), in); code(err) == "RequestLimitExceeded" {
				refused++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		return refused
	}
	if n := try(103); n != 3 {
		t.Errorf("%d of 103 refused, want 3", n)
	}
	w.Clock().Advance(2 * time.Second)
	if n := try(3); n != 1 {
		t.Errorf("%d of 3 refused two seconds later, want 1", n)
	}
	if _, err := w.mine(away); err != nil {
		t.Errorf("another API shares the bucket: %v", err)
	}
	if _, err := w.ec2("eu-west-3").CopyImage(t.Context(), copyIn("elsewhere")); err != nil {
		t.Errorf("another Region shares the bucket: %v", err)
	}
}

func TestQuotas(t *testing.T) {
	for name, test := range map[string]struct {
		quotas string
		want   string
		at     int
	}{
		"copies at once": {"concurrentCopies: 2", "ResourceLimitExceeded", 3},
		"images":         {"images: 1", "ResourceLimitExceeded", 2},
		"snapshots":      {"snapshots: 1", "SnapshotLimitExceeded", 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, basicScene+"quotas: {"+test.quotas+"}\n")
			for i := 1; i <= test.at; i++ {
				_, err := w.ec2(away).CopyImage(t.Context(), copyIn(fmt.Sprint("copy-", i)))
				want := ""
				if i == test.at {
					want = test.want
				}
				if code(err) != want {
					t.Errorf("copy %d: %v, want %q", i, err, want)
				}
			}
		})
	}
}

func TestRecycleBin(t *testing.T) {
	w := start(t, basicScene+"regions: [{regions: [eu-west-1], recycleImages: 7d, recycleSnapshots: 7d}]\n", frozen)
	id := w.copied(copyIn("c-1"))
	w.Clock().Advance(time.Hour)
	snap := *w.image(away, id).BlockDeviceMappings[0].Ebs.SnapshotId
	w.deregister(away, id)
	bin := func() (images, snapshots int) {
		a := must(w.ec2(away).ListImagesInRecycleBin(t.Context(), &ec2.ListImagesInRecycleBinInput{}))(t)
		b := must(w.ec2(away).ListSnapshotsInRecycleBin(t.Context(), &ec2.ListSnapshotsInRecycleBinInput{}))(t)
		return len(a.Images), len(b.Snapshots)
	}
	if i, s := bin(); i != 1 || s != 1 {
		t.Errorf("%d images and %d snapshots in the bin", i, s)
	}
	if left := must(w.mine(away))(t); len(left) != 0 {
		t.Errorf("an image in the bin is listed: %d", len(left))
	}
	must(w.ec2(away).RestoreSnapshotFromRecycleBin(t.Context(), &ec2.RestoreSnapshotFromRecycleBinInput{SnapshotId: &snap}))(t)
	must(w.ec2(away).RestoreImageFromRecycleBin(t.Context(), &ec2.RestoreImageFromRecycleBinInput{ImageId: &id}))(t)
	if im := w.image(away, id); im.State != types.ImageStateAvailable {
		t.Errorf("restored: %s", im.State)
	}
	w.deregister(away, id)
	w.Clock().Advance(8 * 24 * time.Hour)
	if i, s := bin(); i != 0 || s != 0 {
		t.Errorf("%d images and %d snapshots in the bin after eight days", i, s)
	}
}

func TestAllowedImages(t *testing.T) {
	foreign := strings.Replace(basicScene, "    region: us-east-1\n    name: base-1", "    region: us-east-1\n    account: \"444455556666\"\n    launchPermissions: [\"111122223333\"]\n    snapshotPermissions: [\"111122223333\"]\n    name: base-1", 1)
	w := start(t, foreign+"regions: [{account: \"111122223333\", allowedImages: {state: enabled, providers: [amazon]}}]\n")
	if err := w.describe(home, source); code(err) != "InvalidAMIID.NotFound" {
		t.Errorf("an image that is not allowed: %v", err)
	}
	out := must(w.ec2(home).GetAllowedImagesSettings(t.Context(), &ec2.GetAllowedImagesSettingsInput{}))(t)
	if aws.ToString(out.State) != "enabled" || len(out.ImageCriteria) != 1 || out.ImageCriteria[0].ImageProviders[0] != "amazon" {
		t.Errorf("%+v", out)
	}
	w = start(t, foreign)
	if err := w.describe(home, source); err != nil {
		t.Error(err)
	}
}

func TestPagesWithinTheRules(t *testing.T) {
	for _, pages := range []string{"{short: true}", "{empty: true}", "{shuffled: true}", "{short: true, empty: true, shuffled: true}"} {
		t.Run(pages, func(t *testing.T) {
			w := start(t, basicScene+"pages: "+pages+"\n")
			for i := range 9 {
				w.copied(copyIn(fmt.Sprint("copy-", i)))
			}
			seen := map[string]bool{}
			p := ec2.NewDescribeImagesPaginator(w.ec2(away), &ec2.DescribeImagesInput{Owners: []string{"self"}, MaxResults: aws.Int32(4)})
			for p.HasMorePages() {
				for _, im := range must(p.NextPage(t.Context()))(t).Images {
					seen[*im.ImageId] = true
				}
			}
			if len(seen) != 9 {
				t.Errorf("%d images, want 9", len(seen))
			}
		})
	}
}

// TestInstanceStore copies an S3-backed image: no snapshots, no encryption.
func TestInstanceStore(t *testing.T) {
	w := start(t, "images: [{id: ami-0123456789abcdef0, region: us-east-1, name: old, rootDeviceType: instance-store}]\n")
	id := w.copied(copyIn("c-1"))
	if at := aws.ToString(w.image(away, id).ImageLocation); !strings.HasPrefix(at, "amis-for-111122223333-in-eu-west-1-") {
		t.Errorf("it is at %s", at)
	}
	in := copyIn("c-2")
	in.Encrypted = aws.Bool(true)
	wantCode[*ec2.CopyImageOutput](t, "InvalidParameterCombination")(w.ec2(away).CopyImage(t.Context(), in))
}

// TestManyAtOnce is for the race detector, and for ids under concurrency.
func TestManyAtOnce(t *testing.T) {
	w := listen(t, basicScene, sandbox.WithoutThrottling())
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			in := copyIn(fmt.Sprint("copy-", i))
			if _, err := w.ec2(away).CopyImage(t.Context(), in); err != nil {
				t.Error(err)
			}
			if _, err := w.mine(away); err != nil {
				t.Error(err)
			}
			w.Requests()
			w.Clock().Advance(time.Second)
		})
	}
	wg.Wait()
	if images := must(w.mine(away))(t); len(images) != 40 {
		t.Errorf("%d copies, want 40", len(images))
	}
}

func TestRequestLog(t *testing.T) {
	w := start(t, basicScene, frozen)
	must(w.mine(away))(t)
	w.copied(copyIn("c-1"))
	_, _ = w.ec2(away).CopyImage(t.Context(), &ec2.CopyImageInput{Name: aws.String("c-2"), SourceImageId: aws.String(source), SourceRegion: aws.String(home), DryRun: aws.Bool(true)})
	must(w.ssm(away).PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("/p"), Value: aws.String("v"), Type: "String"}))(t)
	var got []string
	for _, r := range w.Requests() {
		got = append(got, fmt.Sprint(r.Seq, " ", r.Service, " ", r.Operation, " ", r.Region, " ", r.Account, " ", r.Mutating, " ", r.Status, " ", r.Code, " ", r.Params["Name"]))
	}
	want := []string{
		"1 ec2 DescribeImages eu-west-1 111122223333 false 200  ",
		"2 ec2 CopyImage eu-west-1 111122223333 true 200  c-1",
		"3 ec2 CopyImage eu-west-1 111122223333 false 412 DryRunOperation c-2",
		"4 ssm PutParameter eu-west-1 111122223333 true 200  /p",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
