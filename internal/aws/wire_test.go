package aws_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/pkg/state"
)

// wire answers requests with whatever a test wants on the wire.
type wire struct {
	answers map[string]func(n int, form url.Values) reply

	mu    sync.Mutex
	count map[string]int
}

type reply struct {
	status int
	body   string
	err    error
	date   time.Time
}

func xmlReply(body string) reply { return reply{status: http.StatusOK, body: body} }

func always(r reply) func(int, url.Values) reply { return func(int, url.Values) reply { return r } }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, _ := url.ParseQuery(string(body))
	action := form.Get("Action")
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, action, _ = strings.Cut(target, ".")
	}
	w.mu.Lock()
	w.count[action]++
	n := w.count[action]
	w.mu.Unlock()
	answer, ok := w.answers[action]
	if !ok {
		return nil, errors.New("the test has no answer to " + action)
	}
	got := answer(n, form)
	if got.err != nil {
		return nil, got.err
	}
	header := http.Header{"Content-Type": {"text/xml"}}
	if !got.date.IsZero() {
		header.Set("Date", got.date.Format(http.TimeFormat))
	}
	return &http.Response{
		StatusCode: got.status, Header: header, Body: io.NopCloser(strings.NewReader(got.body)), Request: r, ContentLength: -1,
	}, nil
}

func (w *wire) calls(action string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count[action]
}

const (
	account  = "111122223333"
	callerID = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/ci/run</Arn>` +
		`<Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
	oneRegion = `<DescribeRegionsResponse><requestId>r</requestId><regionInfo>` +
		`<item><regionName>eu-west-1</regionName><optInStatus>opt-in-not-required</optInStatus></item></regionInfo></DescribeRegionsResponse>`
	noImages    = `<DescribeImagesResponse><requestId>r</requestId><imagesSet/></DescribeImagesResponse>`
	noSnapshots = `<DescribeSnapshotsResponse><requestId>r</requestId><snapshotSet/></DescribeSnapshotsResponse>`
)

// newWire is an AWS of one Region in which nothing is, but for the answers given.
func newWire(answers map[string]func(int, url.Values) reply) *wire {
	w := &wire{count: map[string]int{}, answers: map[string]func(int, url.Values) reply{
		"GetCallerIdentity": always(xmlReply(callerID)),
		"DescribeRegions":   always(xmlReply(oneRegion)),
		"DescribeImages":    always(xmlReply(noImages)),
		"DescribeSnapshots": always(xmlReply(noSnapshots)),
	}}
	for action, answer := range answers {
		w.answers[action] = answer
	}
	return w
}

func (w *wire) client(t *testing.T) *aws.Client {
	t.Helper()
	return newClient(t, aws.Options{Transport: w, Region: "eu-west-1"})
}

func newClient(t *testing.T, o aws.Options) *aws.Client {
	t.Helper()
	if o.Credentials == nil {
		o.Credentials = &aws.Credentials{AccessKeyID: account, SecretAccessKey: "secret"}
	}
	c, err := aws.New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func desired() state.Desired {
	return state.Desired{Owner: "platform", Accounts: []string{account}}
}

func readRegion(t *testing.T, c *aws.Client, name string) state.Region {
	t.Helper()
	live, err := c.Read(t.Context(), desired())
	if err != nil {
		t.Fatal(err)
	}
	r, ok := live.Region(name)
	if !ok {
		t.Fatalf("no Region %s in %v", name, live.Regions)
	}
	return r
}
