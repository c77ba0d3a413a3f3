package aws_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/pkg/state"
)

// TestChangesKeepWithinTheirBucket: 100 at once and then five a second, and
// every attempt counts.
func TestChangesKeepWithinTheirBucket(t *testing.T) {
	done := xmlReply(`<ModifyImageAttributeResponse><requestId>r</requestId><return>true</return></ModifyImageAttributeResponse>`)
	for name, test := range map[string]struct {
		calls  int
		answer func(int, url.Values) reply
		want   time.Duration
	}{
		"what the bucket holds": {100, always(done), 0},
		"ten more":              {110, always(done), 2 * time.Second},
		"with two refusals":     {110, refuseFirst(2, done), 2400 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(map[string]func(int, url.Values) reply{"ModifyImageAttribute": test.answer})
				c := newClient(t, aws.Options{Transport: w, Backoff: func(int) time.Duration { return 0 }})
				start := time.Now()
				var all sync.WaitGroup
				for range test.calls {
					all.Go(func() {
						if err := c.Describe(t.Context(), in("eu-west-1"), "ami-1", "x"); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
				if took := time.Since(start); took != test.want {
					t.Errorf("took %s, want %s", took, test.want)
				}
				start = time.Now()
				if err := c.Describe(t.Context(), in("us-west-2"), "ami-1", "x"); err != nil || time.Since(start) > 0 {
					t.Errorf("another Region: %v after %s", err, time.Since(start))
				}
			})
		})
	}
}

// refuseFirst throttles the first calls.
func refuseFirst(n int, then reply) func(int, url.Values) reply {
	return func(call int, _ url.Values) reply {
		if call <= n {
			return reply{status: http.StatusServiceUnavailable, body: ec2Error("RequestLimitExceeded", "slow down")}
		}
		return then
	}
}

// TestWaitingForABucketCanBeCancelled: a run's time-out is not waited past.
func TestWaitingForABucketCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newWire(map[string]func(int, url.Values) reply{
			"DeleteSnapshot": always(xmlReply(`<DeleteSnapshotResponse><requestId>r</requestId></DeleteSnapshotResponse>`)),
		}).client(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		var err error
		for range 120 {
			if err = c.DeleteSnapshot(ctx, state.Target{Account: account, Region: "eu-west-1"}, "snap-1"); err != nil {
				break
			}
		}
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}
