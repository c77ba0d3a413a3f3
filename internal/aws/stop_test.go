package aws_test

import (
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/state"
)

// The SDK makes no attempt again once the run has stopped: what is in flight is
// awaited, and that is all.
func TestNoAttemptAfterAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		w := newWire(map[string]func(int, url.Values) reply{"ModifyImageAttribute": func(int, url.Values) reply {
			attempts++
			return reply{status: http.StatusServiceUnavailable, body: ec2Error("RequestLimitExceeded", "slow down")}
		}})
		c := newClient(t, aws.Options{Transport: w, Backoff: func(int) time.Duration { return time.Second }})
		stop := make(chan struct{})
		time.AfterFunc(1500*time.Millisecond, func() { close(stop) })
		err := c.Describe(apply.WithStop(t.Context(), stop), in("eu-west-1"), "ami-1", "x")
		if attempts != 2 || state.CodeOf(err) != state.CodeCanceled {
			t.Errorf("%d attempts, %v", attempts, err)
		}
	})
}

// The engine paces CopyImage, and looks before it takes something away again: the
// SDK makes one attempt.
func TestOneAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		refuse := func(int, url.Values) reply {
			attempts++
			return reply{status: http.StatusServiceUnavailable, body: ec2Error("RequestLimitExceeded", "slow down")}
		}
		w := newWire(map[string]func(int, url.Values) reply{"CopyImage": refuse, "DeregisterImage": refuse, "DisableImage": refuse, "DeleteSnapshot": refuse})
		c, target := newClient(t, aws.Options{Transport: w}), in("eu-west-1")
		_, copied := c.CopyImage(t.Context(), target, request("web", "eu-west-1", 1), "token")
		_, gone := c.Deregister(t.Context(), target, "ami-1", true)
		for _, err := range []error{copied, gone, c.Disable(t.Context(), target, "ami-1"), c.DeleteSnapshot(t.Context(), target, "snap-1")} {
			if state.CodeOf(err) != "RequestLimitExceeded" {
				t.Error(err)
			}
		}
		if attempts != 4 {
			t.Errorf("%d attempts at 4 calls", attempts)
		}
	})
}
