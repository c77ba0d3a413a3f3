package apply_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Names that the tests share.
const (
	sourceAMI    = "ami-source"
	sourceRegion = "us-east-1"
	ireland      = "eu-west-1"
	oregon       = "us-west-2"
	parameter    = "/amis/web/current"
)

// source is the AMI that everything is copied from.
func source() state.AMI {
	return state.AMI{
		ID: sourceAMI, Account: account, Region: sourceRegion, OwnerID: account, Name: "web-2026", State: state.ImageAvailable,
		Architecture: "x86_64", BootMode: "uefi", ENA: true, RootDeviceType: "ebs",
		Devices: []state.Device{{Name: "/dev/xvda", SnapshotID: "snap-source", SizeGiB: 8}},
	}
}

// request is the CopyImage request of a cell.
func request(image, region string) *plan.CopyRequest {
	tags := map[string]string{
		state.TagOwner: "platform", state.TagImage: image, state.TagSourceAMI: sourceAMI, state.TagSourceRegion: sourceRegion,
		state.TagGeneration: "1", state.TagKey: state.KeyNone, state.TagMade: "attempt=1;digest=x;source-created=2026-01-01T00:00:00Z",
	}
	return &plan.CopyRequest{
		Cell:      state.Cell{Image: image, Account: account, Region: region},
		SourceAMI: sourceAMI, SourceRegion: sourceRegion, BaseName: image + "-" + sourceAMI, Generation: 1,
		Description: "a copy", ImageTags: tags, SnapshotTags: tags,
	}
}

// copyOf is an action that copies into a cell.
func copyOf(image, region string, steps ...plan.Step) plan.Action {
	src := source()
	return plan.Action{
		ID: "copy-" + image + "-" + region, Kind: plan.Copy, Image: image, Account: account, Region: region, SourceAMI: sourceAMI,
		Do: plan.Instruction{
			Copy: request(image, region), Steps: steps, GiB: 8,
			Expect: &plan.Expectation{Digest: state.Digest(src), KMSKey: state.KeyNone, Source: &src, Attempt: 1},
		},
	}
}

// act is an action on an AMI that is there.
func act(kind plan.Kind, image, region, ami string, steps ...plan.Step) plan.Action {
	return plan.Action{
		ID: string(kind) + "-" + ami, Kind: kind, Image: image, Account: account, Region: region, AMI: ami,
		Do: plan.Instruction{Steps: steps},
	}
}

// live puts an available copy of the source into the cloud.
func (c *cloud) live(region, id string) *image {
	i := &image{AMI: source(), becomes: state.ImageAvailable}
	i.ID, i.Region, i.Name, i.Created = id, region, "live-"+id, time.Now().Add(-24*time.Hour)
	i.SourceImageID, i.SourceImageRegion = sourceAMI, sourceRegion
	i.Tags = map[string]string{state.TagOwner: "platform", state.TagVerified: state.VerifiedOK}
	i.Devices[0].SnapshotID = "snap-" + id
	c.images[id] = i
	c.snapshots["snap-"+id] = &state.Snapshot{ID: "snap-" + id, Region: region, State: state.SnapshotCompleted, Tier: state.TierStandard}
	return i
}

// unchanged is the precondition that an AMI is as it is now.
func (c *cloud) unchanged(id string) plan.Precondition {
	a, _ := c.images[id].now()
	return plan.Precondition{Check: plan.CheckImage, ID: id, State: a.State, Digest: plan.ImageDigest(a)}
}

// run applies actions.
func run(t *testing.T, c *cloud, o apply.Options, actions ...plan.Action) *apply.Report {
	t.Helper()
	o.Clock = apply.SystemClock()
	return apply.Run(t.Context(), plan.Plan{Fingerprint: "f", Actions: actions}, c, o)
}

// statuses are a report's results in short.
func statuses(r *apply.Report) map[string]string {
	out := map[string]string{}
	for _, res := range r.Results {
		text := string(res.Status)
		if res.Error != nil {
			text += " " + res.Error.Code
		}
		out[res.ID] = text
	}
	return out
}

// events collects what an Observer is told, and fails when it is told from two
// goroutines at a time.
type events struct {
	busy bool
	list []apply.Event
}

func (e *events) Observe(ev apply.Event) {
	if e.busy {
		panic("told from two goroutines at once")
	}
	e.busy = true
	e.list = append(e.list, ev)
	e.busy = false
}

func (e *events) phases(id string) []apply.Phase {
	var out []apply.Phase
	for _, ev := range e.list {
		if ev.Action.ID == id && (len(out) == 0 || out[len(out)-1] != ev.Phase) {
			out = append(out, ev.Phase)
		}
	}
	return out
}

// fleet are copies of n images into a Region.
func fleet(n int, region string) []plan.Action {
	var actions []plan.Action
	for i := range n {
		actions = append(actions, copyOf("image"+strconv.Itoa(i), region))
	}
	return actions
}

// stopAfter is a context that ends after a time.
func stopAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	timer := time.AfterFunc(d, stop)
	t.Cleanup(func() { timer.Stop(); stop() })
	return ctx
}

func short(d time.Duration) string { return fmt.Sprint(d.Round(time.Second)) }
