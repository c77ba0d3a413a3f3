package aws_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// crowd counts how many requests are under way at once.
type crowd struct {
	http.RoundTripper

	mu        sync.Mutex
	now, most int
}

func (c *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	time.Sleep(time.Second)
	c.mu.Lock()
	c.now--
	c.mu.Unlock()
	return c.RoundTripper.RoundTrip(r)
}

func manyPermissions(n int) plan.Query {
	var q plan.Query
	for i := range n {
		q.LaunchPermissions = append(q.LaunchPermissions, state.Resource{Account: account, Region: "eu-west-1", ID: fmt.Sprint("ami-", i)})
	}
	return q
}

func TestRequestsToARegionAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(map[string]func(int, url.Values) reply{
			"DescribeImageAttribute": always(xmlReply(`<DescribeImageAttributeResponse><requestId>r</requestId></DescribeImageAttributeResponse>`)),
		})
		c := &crowd{RoundTripper: w}
		client := newClient(t, aws.Options{Transport: c, Concurrency: 3})
		var live state.Live
		if err := client.Answer(t.Context(), manyPermissions(20), &live); err != nil || len(live.Facts.LaunchPermissions) != 20 {
			t.Errorf("%d answers, %v", len(live.Facts.LaunchPermissions), err)
		}
		if c.most != 3 {
			t.Errorf("%d requests at once, want 3", c.most)
		}
	})
}

// TestStoppedWhileWaiting: what waits for its turn when the run is stopped is
// not sent any more, and the error is the context's.
func TestStoppedWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(nil)
		client := newClient(t, aws.Options{Transport: &crowd{RoundTripper: w}, Concurrency: 1})
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		var live state.Live
		err := client.Answer(ctx, manyPermissions(20), &live)
		if state.CodeOf(err) != state.CodeTimeout || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want %s", err, state.CodeTimeout)
		}
		for q, a := range live.Facts.LaunchPermissions {
			if a.Known() || a.Problem.Code != state.CodeTimeout {
				t.Errorf("%s: %+v", q.ID, a.Problem)
			}
		}
		if n := w.calls("DescribeImageAttribute"); n > 2 {
			t.Errorf("%d requests after the end", n)
		}
	})
}

// brokenOff sends half of every answer and then breaks the connection.
type brokenOff struct {
	http.RoundTripper

	left int
}

func (b *brokenOff) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil && b.left > 0 && r.URL.Host == "ec2.eu-west-1.amazonaws.com" {
		b.left--
		answer.Body = io.NopCloser(io.MultiReader(io.LimitReader(answer.Body, 60), failing{}))
	}
	return answer, err
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAnswerThatBreaksOff(t *testing.T) {
	for left, status := range map[int]state.Status{3: state.Readable, 100: state.Unknown} {
		synctest.Test(t, func(t *testing.T) {
			// The list of Regions comes from another host, whole.
			w := newWire(nil)
			client := newClient(t, aws.Options{Transport: &brokenOff{RoundTripper: w, left: left}, Region: "us-east-1"})
			if r := readRegion(t, client, "eu-west-1"); r.Status != status || status == state.Unknown && r.Problem.Code != state.CodeBadAnswer {
				t.Errorf("status %s, problem %+v; want %s", r.Status, r.Problem, status)
			}
		})
	}
}

// TestReferencesOfAnImageThatIsGone: EC2 refuses all ten for one of them.
func TestReferencesOfAnImageThatIsGone(t *testing.T) {
	w := newWire(map[string]func(int, url.Values) reply{
		"DescribeImageReferences": func(_ int, form url.Values) reply {
			for name, values := range form {
				if strings.HasPrefix(name, "ImageId.") && values[0] == "ami-gone" {
					return reply{status: http.StatusBadRequest, body: ec2Error("InvalidAMIID.NotFound", "The image id '[ami-gone]' does not exist")}
				}
			}
			return xmlReply(`<DescribeImageReferencesResponse><requestId>r</requestId><imageReferenceSet><item><imageId>` + form.Get("ImageId.1") +
				`</imageId><resourceType>ec2:Instance</resourceType><arn>arn:i</arn></item></imageReferenceSet></DescribeImageReferencesResponse>`)
		},
	})
	query := func(ami string) state.ReferenceQuery {
		return state.ReferenceQuery{Account: account, Region: "eu-west-1", AMI: ami}
	}
	var live state.Live
	q := plan.Query{References: []state.ReferenceQuery{query("ami-1"), query("ami-gone"), query("ami-2")}}
	if err := w.client(t).Answer(t.Context(), q, &live); err != nil {
		t.Fatal(err)
	}
	for ami, known := range map[string]bool{"ami-1": true, "ami-gone": false, "ami-2": true} {
		if a := live.Facts.References[query(ami)]; a.Known() != known || known && len(a.Value) != 1 {
			t.Errorf("%s: %+v, %+v", ami, a.Value, a.Problem)
		}
	}
	got, err := w.client(t).References(t.Context(), in("eu-west-1"), []string{"ami-1"}, 10)
	if diff := cmp.Diff(map[string][]state.Reference{"ami-1": {{Type: "ec2:Instance", ARN: "arn:i"}}}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	got, err = w.client(t).References(t.Context(), in("eu-west-1"), []string{"ami-1", "ami-gone", "ami-2"}, 10)
	if _, told := got["ami-gone"]; told || len(got) != 2 || err != nil {
		t.Errorf("with one that is gone: %v, %v", got, err)
	}
}

// TestParametersNotMentioned: a name that SSM neither answers nor calls invalid
// is not known to be absent.
func TestParametersNotMentioned(t *testing.T) {
	for name, answer := range map[string]reply{
		"nothing":     {status: 200},
		"no names":    {status: 200, body: `{}`},
		"cut":         {status: 200, body: `{"Parameters": [`},
		"other names": {status: 200, body: `{"Parameters": [], "InvalidParameters": ["/b"]}`},
		"denied":      {status: 400, body: `{"__type": "AccessDeniedException", "message": "no"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(map[string]func(int, url.Values) reply{"GetParameters": always(answer)})
				var live state.Live
				if err := w.client(t).Answer(t.Context(), plan.Query{Parameters: []state.ParameterQuery{parameter("/a")}}, &live); err != nil {
					t.Fatal(err)
				}
				if a := live.Facts.Parameters[parameter("/a")]; a.Known() {
					t.Errorf("answer %+v, want none", a.Value)
				}
				if _, err := w.client(t).Parameter(t.Context(), in("eu-west-1"), "/a"); err == nil {
					t.Error("no error")
				}
			})
		})
	}
}
