package aws_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	sourceID   = "ami-0aaaaaaaaaaaaaaa1"
	otherID    = "ami-0aaaaaaaaaaaaaaa2"
	foreignID  = "ami-0fffffffffffffff1"
	foreigner  = "444455556666"
	sourceHome = "us-east-1"
)

const sources = `
start: 2026-03-01T00:00:00Z
accounts: [{id: "111122223333"}, {id: "444455556666"}]
keys: [{regions: [us-east-1, eu-west-1], aliases: [alias/ami]}]
images:
- {id: ami-0aaaaaaaaaaaaaaa1, region: us-east-1, name: base-1, tags: {stage: released}, created: 2026-01-01T00:00:00Z, devices: [{name: /dev/xvda, size: 8, used: 2}, {name: /dev/sdb, virtualName: ephemeral0}]}
- {id: ami-0aaaaaaaaaaaaaaa2, region: us-east-1, name: base-2, tags: {stage: testing}, created: 2026-02-01T00:00:00Z, devices: [{name: /dev/xvda, size: 8}]}
- {id: ami-0fffffffffffffff1, account: "444455556666", region: us-east-1, name: theirs, public: true, created: 2026-02-02T00:00:00Z, devices: [{name: /dev/xvda, size: 4}]}
`

// world is the simulated AWS, a client of its first account, and the requests
// that the client made.
type world struct {
	*sandbox.Cloud
	client *aws.Client

	mu    sync.Mutex
	calls map[string]int // by action
}

func newWorld(t *testing.T, scene string, opts ...sandbox.Option) *world {
	t.Helper()
	parsed, err := sandbox.ParseScene(strings.NewReader(scene))
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := sandbox.New(parsed, opts...)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Cloud: cloud, calls: map[string]int{}}
	w.client = newClient(t, aws.Options{Transport: cloud.Transport(), Observe: w.observe})
	return w
}

func (w *world) observe(c aws.Call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[c.Action]++
}

// counted are the requests since the last time.
func (w *world) counted() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.calls
	w.calls = map[string]int{}
	return seen
}

func in(region string) state.Target { return state.Target{Account: account, Region: region} }

// request is what the engine would ask for.
func request(image, region string, generation int) plan.CopyRequest {
	tags := map[string]string{
		state.TagOwner: "platform", state.TagImage: image, state.TagSourceAMI: sourceID, state.TagSourceRegion: sourceHome,
		state.TagGeneration: strconv.Itoa(generation),
	}
	return plan.CopyRequest{
		Cell: state.Cell{Image: image, Account: account, Region: region}, SourceAMI: sourceID, SourceRegion: sourceHome,
		BaseName: image + "-" + sourceID, Generation: generation, Description: "a copy", ImageTags: tags, SnapshotTags: tags,
	}
}

// copied makes copies and lets them finish.
func (w *world) copied(t *testing.T, region string, images ...string) []string {
	t.Helper()
	var ids []string
	for _, image := range images {
		id, err := w.client.CopyImage(t.Context(), in(region), request(image, region, 1), "token-"+image)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	w.Clock().Advance(time.Hour)
	return ids
}

func (w *world) read(t *testing.T) state.Live {
	t.Helper()
	live, err := w.client.Read(t.Context(), desired())
	if err != nil {
		t.Fatal(err)
	}
	return live
}

func (w *world) image(t *testing.T, region, id string) state.AMI {
	t.Helper()
	found, err := w.client.Images(t.Context(), in(region), []string{id})
	if err != nil || len(found) != 1 {
		t.Fatalf("image %s: %v, %v", id, found, err)
	}
	return found[0]
}

// answer asks and wants every question answered one way or the other.
func (w *world) answer(t *testing.T, q plan.Query, live *state.Live) state.Facts {
	t.Helper()
	if err := w.client.Answer(t.Context(), q, live); err != nil {
		t.Fatal(err)
	}
	return live.Facts
}
