package sandbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/amisync/amisync/internal/sandbox"
)

// both runs a test in process and over a socket.
func both(t *testing.T, text string, test func(*testing.T, *world)) {
	t.Helper()
	t.Run("in process", func(t *testing.T) { test(t, start(t, text)) })
	t.Run("socket", func(t *testing.T) { test(t, listen(t, text)) })
}

func (w *world) mine(region string) ([]types.Image, error) {
	out, err := w.ec2(region).DescribeImages(w.t.Context(), &ec2.DescribeImagesInput{Owners: []string{"self"}})
	if err != nil {
		return nil, err
	}
	return out.Images, nil
}

func TestFaultErrors(t *testing.T) {
	both(t, basicScene, func(t *testing.T, w *world) {
		t.Helper()
		for name, test := range map[string]struct {
			fault sandbox.Fault
			want  string
		}{
			"code":        {sandbox.Fault{Code: "UnauthorizedOperation", Message: "no"}, "UnauthorizedOperation"},
			"throttled":   {sandbox.Fault{Operation: "Describe*", Code: "RequestLimitExceeded"}, "RequestLimitExceeded"},
			"expired":     {sandbox.Fault{Effect: sandbox.EffectExpired}, "RequestExpired"},
			"other op":    {sandbox.Fault{Operation: "CopyImage", Code: "X"}, ""},
			"other place": {sandbox.Fault{Region: away, Code: "X"}, ""},
			"other key":   {sandbox.Fault{Account: stranger, Code: "X"}, ""},
			"other API":   {sandbox.Fault{Service: "ssm", Code: "X"}, ""},
		} {
			w.ClearFaults()
			w.AddFault(test.fault)
			_, err := w.mine(home)
			if got := code(err); got != test.want {
				t.Errorf("%s: code %q, want %q", name, got, test.want)
			}
		}
	})
}

func TestFaultsOnTheWire(t *testing.T) {
	both(t, basicScene, func(t *testing.T, w *world) {
		t.Helper()
		for _, effect := range []sandbox.Effect{sandbox.EffectReset, sandbox.EffectRegionDown, sandbox.EffectLost} {
			w.ClearFaults()
			w.AddFault(sandbox.Fault{Effect: effect, Region: home})
			_, err := w.mine(home)
			if err == nil || !retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err).Bool() {
				t.Errorf("%s: %v, want an error that the SDK retries", effect, err)
			}
			if _, err := w.mine(away); err != nil {
				t.Errorf("%s reaches another Region: %v", effect, err)
			}
		}
		w.ClearFaults()
		w.AddFault(sandbox.Fault{Effect: sandbox.EffectEmpty})
		if images, err := w.mine(home); err != nil || len(images) != 0 {
			t.Errorf("an empty answer: %d images, %v", len(images), err)
		}
		w.ClearFaults()
		w.AddFault(sandbox.Fault{Effect: sandbox.EffectTruncated})
		if _, err := w.mine(home); err == nil || !strings.Contains(err.Error(), "deserialization failed") {
			t.Errorf("a truncated answer: %v", err)
		}
		w.ClearFaults()
		w.AddFault(sandbox.Fault{Effect: sandbox.EffectHTML})
		if images, err := w.mine(home); err != nil || len(images) != 0 {
			t.Errorf("a proxy's page: %d images, %v", len(images), err)
		}
	})
}

// TestLostAnswer is why clients need their own token: the copy was made.
func TestLostAnswer(t *testing.T) {
	w := start(t, basicScene)
	w.AddFault(sandbox.Fault{Operation: "CopyImage", Effect: sandbox.EffectLost, Nth: 1})
	if _, err := w.ec2(away).CopyImage(t.Context(), copyIn("c-1")); err == nil {
		t.Fatal("the answer was to be lost")
	}
	id := w.copied(copyIn("c-1"))
	if images := must(w.mine(away))(t); len(images) != 1 || aws.ToString(images[0].ImageId) != id {
		t.Errorf("%d images, want the one of the lost answer", len(images))
	}
}

func TestFaultCounts(t *testing.T) {
	for name, test := range map[string]struct {
		fault sandbox.Fault
		want  string // of six calls
	}{
		"always": {sandbox.Fault{}, "xxxxxx"},
		"nth":    {sandbox.Fault{Nth: 3}, "..x..."},
		"count":  {sandbox.Fault{Count: 2}, "xx...."},
		"skip":   {sandbox.Fault{Skip: 2, Count: 1}, "..x..."},
		"chance": {sandbox.Fault{Probability: 0.5}, "..x..x"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, basicScene)
			test.fault.Code = "InternalError"
			w.AddFault(test.fault)
			got := ""
			for range 6 {
				if _, err := w.mine(home); err != nil {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestCopyFaults(t *testing.T) {
	w := start(t, basicScene)
	w.AddFault(sandbox.Fault{Operation: "CopyImage", Nth: 1, Effect: sandbox.EffectCopyFails, Message: "Copy image failed with an internal error."})
	w.AddFault(sandbox.Fault{Operation: "CopyImage", Nth: 1, Effect: sandbox.EffectCopyGone})
	failing, gone := w.copied(copyIn("c-1")), w.copied(copyIn("c-2"))
	w.Clock().Advance(time.Hour)
	if im := w.image(away, failing); im.State != types.ImageStateFailed || aws.ToString(im.StateReason.Message) != "Copy image failed with an internal error." {
		t.Errorf("%+v", im)
	}
	_, err := w.ec2(away).DescribeImages(t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{gone}})
	if code(err) != "InvalidAMIID.NotFound" {
		t.Errorf("the copy that never appears: %v", err)
	}
}

// TestBubble runs the SDK with its retries in a bubble, where hours of copying
// and seconds of back-off take no time.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, basicScene)
		w.AddFault(sandbox.Fault{Operation: "CopyImage", Count: 2, Code: "RequestLimitExceeded"})
		w.AddFault(sandbox.Fault{Operation: "DescribeImages", Count: 1, Latency: sandbox.Duration(30 * time.Second)})
		cfg := w.config(away, owner, "")
		cfg.Retryer = func() aws.Retryer { return retry.NewStandard() }
		api := ec2.NewFromConfig(cfg)
		began := time.Now()
		out := must(api.CopyImage(t.Context(), copyIn("c-1")))(t)
		waiter := ec2.NewImageAvailableWaiter(api)
		if err := waiter.Wait(t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{*out.ImageId}}, time.Hour); err != nil {
			t.Fatal(err)
		}
		if passed := time.Since(began); passed < 80*time.Second || passed > 10*time.Minute {
			t.Errorf("the copy took %v", passed)
		}
	})
}

func TestLatencyEndsWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, basicScene)
		w.AddFault(sandbox.Fault{Latency: sandbox.Duration(time.Hour)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := w.ec2(home).DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the deadline", err)
		}
	})
}

func TestExpiredSessions(t *testing.T) {
	w := start(t, basicScene)
	_, err := ec2.NewFromConfig(w.config(home, owner, "expired")).DescribeRegions(t.Context(), &ec2.DescribeRegionsInput{})
	_, err2 := sts.NewFromConfig(w.config(home, owner, "expired")).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if code(err) != "RequestExpired" || code(err2) != "ExpiredToken" {
		t.Errorf("%v, %v", err, err2)
	}
	out := must(w.sts(home).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::444455556666:role/r"), RoleSessionName: aws.String("s"), DurationSeconds: aws.Int32(900)}))(t)
	api := sts.NewFromConfig(w.config(home, *out.Credentials.AccessKeyId, *out.Credentials.SessionToken))
	id := must(api.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}))(t)
	if aws.ToString(id.Account) != stranger || aws.ToString(id.Arn) != "arn:aws:sts::444455556666:assumed-role/r/s" {
		t.Errorf("%+v", id)
	}
	w.Clock().Advance(15 * time.Minute)
	if _, err := api.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); code(err) != "ExpiredToken" {
		t.Errorf("after 15 minutes: %v", err)
	}
}
