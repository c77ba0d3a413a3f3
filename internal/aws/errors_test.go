package aws_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/amisync/amisync/internal/aws"
	"github.com/amisync/amisync/pkg/state"
)

func stsError(code string) string {
	return "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>said</Message></Error><RequestId>r-2</RequestId></ErrorResponse>"
}

func TestIdentityErrors(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	for name, test := range map[string]struct {
		answer reply
		code   string
		advice string
	}{
		"expired":          {reply{status: 403, body: stsError("ExpiredToken")}, "ExpiredToken", "renew"},
		"request expired":  {reply{status: 400, body: stsError("RequestExpired")}, "RequestExpired", "renew"},
		"unknown key":      {reply{status: 403, body: stsError("InvalidClientTokenId")}, "InvalidClientTokenId", "check the credentials"},
		"denied":           {reply{status: 403, body: stsError("AccessDenied")}, "AccessDenied", "policy"},
		"throttled":        {reply{status: 400, body: stsError("Throttling")}, "Throttling", "later"},
		"unreachable":      {reply{err: refused}, state.CodeNetwork, "https://sts.eu-west-1.amazonaws.com"},
		"proxy's error":    {reply{status: 503, body: "<html/>"}, state.CodeBadAnswer, "proxy"},
		"nobody":           {xmlReply(strings.ReplaceAll(callerID, account, "")), state.CodeBadAnswer, "proxy"},
		"empty and cheery": {reply{status: 200}, state.CodeBadAnswer, "proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(map[string]func(int, url.Values) reply{"GetCallerIdentity": always(test.answer)})
				_, err := w.client(t).Identity(t.Context())
				var call *state.CallError
				if !errors.As(err, &call) {
					t.Fatalf("error %v, want a CallError", err)
				}
				if call.Code != test.code || !strings.Contains(call.Advice, test.advice) || call.Call != "sts:GetCallerIdentity" || call.Region != "eu-west-1" {
					t.Errorf("%+v; want code %s and advice with %q", call, test.code, test.advice)
				}
			})
		})
	}
}

func TestErrorTellsRequestAndSubject(t *testing.T) {
	w := newWire(map[string]func(int, url.Values) reply{
		"DeregisterImage": always(reply{status: http.StatusBadRequest, body: ec2Error("OperationNotPermitted", "It is protected")}),
	})
	c := w.client(t)
	if _, err := c.Identity(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Deregister(t.Context(), state.Target{Account: account, Region: "eu-west-1"}, "ami-1", true)
	want := "ec2:DeregisterImage of ami-1 in eu-west-1 (account 111122223333): OperationNotPermitted: It is protected"
	var call *state.CallError
	if !errors.As(err, &call) || err.Error() != want || call.Request != "r-1" {
		t.Errorf("error %q, request %+v; want %q", err, call, want)
	}
}

func TestNoCredentials(t *testing.T) {
	c, err := aws.New(t.Context(), aws.Options{Transport: newWire(nil)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Identity(t.Context())
	if state.CodeOf(err) != state.CodeNoCredentials || !strings.Contains(err.Error(), "AWS_PROFILE") {
		t.Errorf("error %v", err)
	}
}

func TestCanceledReadStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := newWire(map[string]func(int, url.Values) reply{
			"DescribeImages": func(int, url.Values) reply {
				cancel()
				return reply{status: http.StatusServiceUnavailable, body: ec2Error("RequestLimitExceeded", "")}
			},
		})
		if _, err := w.client(t).Read(ctx, desired()); state.CodeOf(err) != state.CodeCanceled || !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %s", err, state.CodeCanceled)
		}
	})
}

func TestThrottledRegionSaysHowOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(map[string]func(int, url.Values) reply{
			"DescribeSnapshots": always(reply{status: http.StatusServiceUnavailable, body: ec2Error("RequestLimitExceeded", "Request limit exceeded.")}),
		})
		r := readRegion(t, w.client(t), "eu-west-1")
		if r.Problem == nil || !strings.HasPrefix(r.Problem.Text, "RequestLimitExceeded after 8 attempts (ec2:DescribeSnapshots: Request limit exceeded.)") {
			t.Errorf("problem %+v", r.Problem)
		}
	})
}

func TestWrongAccountReadsNothing(t *testing.T) {
	w := newWire(nil)
	d := desired()
	d.Accounts = []string{"444455556666"}
	_, err := w.client(t).Read(t.Context(), d)
	var wrong *aws.WrongAccountError
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), account) || !strings.Contains(err.Error(), "444455556666") {
		t.Errorf("error %v", err)
	}
	if n := w.calls("DescribeRegions"); n != 0 {
		t.Errorf("listed Regions %d times, want never", n)
	}
}

func TestEnvironment(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(callerID)) }))
	defer server.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "k")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_REGION", "eu-north-1")
	t.Run("endpoint of the environment", func(t *testing.T) {
		t.Setenv("AWS_ENDPOINT_URL", server.URL)
		wantIdentity(t, aws.Options{}, "eu-north-1")
	})
	t.Run("option is stronger than the environment", func(t *testing.T) {
		t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
		t.Setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
		wantIdentity(t, aws.Options{Endpoint: server.URL, Region: "eu-west-3"}, "eu-west-3")
	})
	t.Run("missing profile", func(t *testing.T) {
		t.Setenv("AWS_PROFILE", "nobody")
		if _, err := aws.New(t.Context(), aws.Options{}); err == nil || !strings.Contains(err.Error(), "nobody") {
			t.Errorf("error %v, want one that names the profile", err)
		}
	})
}

func wantIdentity(t *testing.T, o aws.Options, home string) {
	t.Helper()
	c, err := aws.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.Identity(t.Context())
	if err != nil || id.Account != account || id.Partition != "aws" || c.Home() != home || !c.CustomEndpoint() {
		t.Errorf("identity %+v, home %s, custom %v, error %v", id, c.Home(), c.CustomEndpoint(), err)
	}
}
