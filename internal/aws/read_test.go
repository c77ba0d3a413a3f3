package aws_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

func TestReadSeesOwnedCopies(t *testing.T) {
	w := newWorld(t, sources)
	id := w.copied(t, "eu-west-1", "web")[0]
	live := w.read(t)
	if live.Account != account || live.Partition != "aws" || !live.Now.Equal(w.Clock().Now().Truncate(time.Second)) {
		t.Errorf("account %s, partition %s, now %s (sandbox %s)", live.Account, live.Partition, live.Now, w.Clock().Now())
	}
	if diff := cmp.Diff([]string{"platform"}, live.Owners); diff != "" {
		t.Error("owners", diff)
	}
	r, _ := live.Region("eu-west-1")
	if len(r.Images) != 1 || len(r.Snapshots) != 1 {
		t.Fatalf("images %v, snapshots %v", r.Images, r.Snapshots)
	}
	tags := request("web", "eu-west-1", 1).ImageTags
	snapshot := r.Snapshots[0]
	created := r.Images[0].Created
	want := state.AMI{
		ID: id, Account: account, Region: "eu-west-1", OwnerID: account, Name: "web-" + sourceID, Description: "a copy",
		State: state.ImageAvailable, Created: created, Tags: tags, RootDeviceType: "ebs", Architecture: "x86_64", ENA: true,
		Protection: r.Images[0].Protection, SourceImageID: sourceID, SourceImageRegion: sourceHome,
		Devices: []state.Device{{Name: "/dev/xvda", SnapshotID: snapshot.ID, SizeGiB: 8, VolumeType: "gp3"}},
	}
	if diff := cmp.Diff(want, r.Images[0]); diff != "" || created.IsZero() {
		t.Error("image", created, diff)
	}
	wantSnapshot := state.Snapshot{
		ID: snapshot.ID, Account: account, Region: "eu-west-1", OwnerID: account, State: state.SnapshotCompleted, Progress: 100,
		Started: created, VolumeGiB: 8, WrittenBytes: 2 << 30, Tier: state.TierStandard, Tags: tags, SourceVolume: snapshot.SourceVolume,
	}
	if diff := cmp.Diff(wantSnapshot, snapshot); diff != "" {
		t.Error("snapshot", diff)
	}
}

func TestReadTellsRegionsApart(t *testing.T) {
	w := newWorld(t, `accounts: [{id: "111122223333", enabledRegions: [us-east-1, eu-west-1, eu-south-1]}]`)
	w.AddFault(sandbox.Fault{Region: "eu-south-1", Code: "UnauthorizedOperation", Message: "no"})
	d := desired()
	d.Scope = state.Scope{Only: []string{"eu-*"}, Ignore: []string{"eu-north-*"}}
	live, err := w.client.Read(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]state.Status{}
	for _, r := range live.Regions {
		got[r.Name] = r.Status
		if (r.Status == state.Unknown) != (r.Problem != nil) || (r.Name == "eu-west-1") != (r.Status == state.Readable) {
			t.Errorf("%s: %s, %+v", r.Name, r.Status, r.Problem)
		}
	}
	want := map[string]state.Status{
		"us-east-1": state.OutOfScope, "eu-north-1": state.OutOfScope, "eu-west-1": state.Readable,
		"eu-south-1": state.Unknown, "eu-south-2": state.NotEnabled, "af-south-1": state.OutOfScope,
	}
	for name, status := range want {
		if got[name] != status {
			t.Errorf("%s is %s, want %s", name, got[name], status)
		}
	}
	for _, r := range w.Requests() {
		if r.Region == "us-east-1" && r.Operation == "DescribeImages" || r.Region == "eu-south-2" {
			t.Errorf("asked %s in %s", r.Operation, r.Region)
		}
	}
	if !slices.IsSortedFunc(live.Regions, func(a, b state.Region) int { return a.Target().Compare(b.Target()) }) {
		t.Error("Regions are not sorted")
	}
}

// TestReadGoesOnWithoutARegion: errors that last make one Region unknown, and
// those that pass make none.
func TestReadGoesOnWithoutARegion(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status state.Status
		code   string
	}{
		"down":           {sandbox.Fault{Effect: sandbox.EffectRegionDown}, state.Unknown, state.CodeNetwork},
		"refused":        {sandbox.Fault{Code: "AuthFailure"}, state.Unknown, "AuthFailure"},
		"expired":        {sandbox.Fault{Effect: sandbox.EffectExpired}, state.Unknown, "RequestExpired"},
		"empty":          {sandbox.Fault{Effect: sandbox.EffectEmpty, Operation: "DescribeSnapshots"}, state.Unknown, state.CodeBadAnswer},
		"truncated":      {sandbox.Fault{Effect: sandbox.EffectTruncated}, state.Unknown, state.CodeBadAnswer},
		"reset twice":    {sandbox.Fault{Effect: sandbox.EffectReset, Count: 2}, state.Readable, ""},
		"page twice":     {sandbox.Fault{Effect: sandbox.EffectHTML, Count: 2}, state.Readable, ""},
		"throttled once": {sandbox.Fault{Code: "RequestLimitExceeded", Count: 1}, state.Readable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sources)
				w.copied(t, "eu-west-1", "web")
				test.fault.Region = "eu-west-1"
				w.AddFault(test.fault)
				live := w.read(t)
				for _, r := range live.Regions {
					switch {
					case r.Name != "eu-west-1":
						if r.Status != state.Readable && r.Status != state.NotEnabled {
							t.Errorf("%s is %s", r.Name, r.Status)
						}
					case r.Status != test.status, r.Problem != nil && r.Problem.Code != test.code:
						t.Errorf("%s is %s (%+v), want %s", r.Name, r.Status, r.Problem, test.status)
					case len(r.Images) != len(r.Snapshots):
						t.Errorf("%d images, %d snapshots", len(r.Images), len(r.Snapshots))
					}
				}
			})
		})
	}
}

func TestReadFollowsPagesToTheEnd(t *testing.T) {
	w := newWorld(t, sources+"pages: {short: true, empty: true, shuffled: true}\n", sandbox.WithoutThrottling())
	var images []string
	for i := range 40 {
		images = append(images, fmt.Sprintf("web%02d", i))
	}
	ids := w.copied(t, "eu-west-1", images...)
	live := w.read(t)
	r, _ := live.Region("eu-west-1")
	var got []string
	for _, image := range r.Images {
		got = append(got, image.ID)
	}
	slices.Sort(ids)
	if diff := cmp.Diff(ids, got); diff != "" || len(r.Snapshots) != len(ids) {
		t.Errorf("%d snapshots; images %s", len(r.Snapshots), diff)
	}
}

func TestListWithoutEndMakesRegionUnknown(t *testing.T) {
	w := newWire(map[string]func(int, url.Values) reply{
		"DescribeImages": always(xmlReply(`<DescribeImagesResponse><requestId>r</requestId><imagesSet/><nextToken>t</nextToken></DescribeImagesResponse>`)),
	})
	if r := readRegion(t, w.client(t), "eu-west-1"); r.Status != state.Unknown || r.Problem.Code != state.CodeBadAnswer {
		t.Errorf("status %s, %+v", r.Status, r.Problem)
	}
}

func TestMissingPageMakesRegionUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(map[string]func(int, url.Values) reply{
			"DescribeImages": func(_ int, form url.Values) reply {
				if form.Get("NextToken") == "" {
					return xmlReply(`<DescribeImagesResponse><requestId>r</requestId><imagesSet><item><imageId>ami-1</imageId></item></imagesSet><nextToken>t</nextToken></DescribeImagesResponse>`)
				}
				return reply{status: 503, body: ec2Error("Unavailable", "")}
			},
		})
		if r := readRegion(t, w.client(t), "eu-west-1"); r.Status != state.Unknown || len(r.Images) != 0 {
			t.Errorf("status %s, images %v", r.Status, r.Images)
		}
	})
}

// TestImagesInOddStatesAreSeen: none is taken for absent but a deregistered one.
func TestImagesInOddStatesAreSeen(t *testing.T) {
	for imageState, seen := range map[string]int{
		state.ImageTransient: 1, state.ImageInvalid: 1, state.ImageError: 1, state.ImagePending: 1, state.ImageDeregistered: 0,
	} {
		w := newWire(map[string]func(int, url.Values) reply{
			"DescribeImages": always(xmlReply(`<DescribeImagesResponse><requestId>r</requestId><imagesSet><item><imageId>ami-1</imageId><imageState>` +
				imageState + `</imageState></item></imagesSet></DescribeImagesResponse>`)),
		})
		r := readRegion(t, w.client(t), "eu-west-1")
		if r.Status != state.Readable || len(r.Images) != seen || seen == 1 && r.Images[0].State != imageState {
			t.Errorf("%s: Region %s with images %v", imageState, r.Status, r.Images)
		}
	}
}

func TestReadSeesWhatEC2Hides(t *testing.T) {
	w := newWorld(t, sources+`
delays: {deregistered: 1h}
`)
	ids := w.copied(t, "eu-west-1", "disabled", "gone", "untagged")
	if err := w.client.Disable(t.Context(), in("eu-west-1"), ids[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.Deregister(t.Context(), in("eu-west-1"), ids[1], false); err != nil {
		t.Fatal(err)
	}
	snapshots := w.image(t, "eu-west-1", ids[2]).SnapshotIDs()
	if err := w.client.RemoveTags(t.Context(), in("eu-west-1"), snapshots, []string{state.TagOwner}); err != nil {
		t.Fatal(err)
	}
	live := w.read(t)
	r, _ := live.Region("eu-west-1")
	got := map[string]string{}
	for _, image := range r.Images {
		got[image.ID] = image.State
	}
	want := map[string]string{ids[0]: state.ImageDisabled, ids[2]: state.ImageAvailable}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("images", diff)
	}
	// The deregistered image left its snapshot, and the untagged one is behind an image.
	if len(r.Snapshots) != 3 || !slices.ContainsFunc(r.Snapshots, func(s state.Snapshot) bool { return s.ID == snapshots[0] }) {
		t.Errorf("snapshots %v, want 3 with %v", r.Snapshots, snapshots)
	}
}

func TestRegionsOfOtherPartitionsAreLeftOut(t *testing.T) {
	w := newWire(map[string]func(int, url.Values) reply{
		"DescribeRegions": always(xmlReply(`<DescribeRegionsResponse><requestId>r</requestId><regionInfo>` +
			`<item><regionName>us-gov-west-1</regionName></item><item><regionName>cn-north-1</regionName></item>` +
			`<item><regionName>eu-west-1</regionName></item></regionInfo></DescribeRegionsResponse>`)),
	})
	live, err := w.client(t).Read(t.Context(), desired())
	if err != nil || len(live.Regions) != 1 || live.Regions[0].Name != "eu-west-1" {
		t.Errorf("Regions %v, error %v", live.Regions, err)
	}
}

func TestClocksOfRegions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		early, late := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
		w := newWire(map[string]func(int, url.Values) reply{
			"DescribeRegions":   always(reply{status: 200, body: oneRegion, date: early}),
			"DescribeImages":    always(reply{status: 200, body: noImages, date: early}),
			"DescribeSnapshots": always(reply{status: 200, body: noSnapshots, date: late}),
		})
		c := w.client(t)
		live, err := c.Read(t.Context(), desired())
		if err != nil || !live.Now.Equal(late) || !live.Regions[0].Date.Equal(late) {
			t.Errorf("now %s, Region %s, error %v; want %s", live.Now, live.Regions[0].Date, err, late)
		}
		time.Sleep(90 * time.Second)
		if want := late.Add(90 * time.Second); !c.Now().Equal(want) {
			t.Errorf("now %s, want %s", c.Now(), want)
		}
	})
}

// TestReadBudget: a steady view costs a page of images and a page of snapshots
// per Region, and two requests more.
func TestReadBudget(t *testing.T) {
	w := newWorld(t, sources)
	w.copied(t, "eu-west-1", "web", "batch")
	w.copied(t, "us-west-2", "web", "batch")
	w.counted()
	live := w.read(t)
	readable := 0
	for _, r := range live.Regions {
		if r.Status == state.Readable {
			readable++
		}
	}
	want := map[string]int{"ec2:DescribeRegions": 1, "ec2:DescribeImages": readable, "ec2:DescribeSnapshots": readable, "sts:GetCallerIdentity": 1}
	if diff := cmp.Diff(want, w.counted()); diff != "" || readable != 17 {
		t.Errorf("%d Regions; %s", readable, diff)
	}
}
