package view_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
)

// screen is a terminal or a log that several goroutines write to.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (s *screen) lines() []string { return strings.Split(strings.TrimSpace(s.String()), "\n") }

// event is one of a copy of 12 GiB.
func event(id, region string, phase apply.Phase, percent int) apply.Event {
	return apply.Event{
		At: time.Now(), Phase: phase, Action: action(id, plan.Copy, "web-base", region, "", why(plan.NoCopy, plan.Args{})),
		AMI: "ami-0c0c0c0c0c0c0c0c0", Percent: percent, GiB: 12,
	}
}

func ended(id, region string, status apply.Status, problem string) apply.Event {
	e := event(id, region, apply.Ended, 0)
	r := result(id, plan.Copy, "web-base", region, e.AMI, status)
	if problem != "" {
		r.Error = &apply.Problem{Code: "x", Text: problem}
	}
	e.Result = &r
	return e
}

func TestLogProgress(t *testing.T) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		var log screen
		p := view.NewProgress(&log, view.ProgressOptions{})
		p.Observe(event("1", "eu-west-1", apply.Started, 0))
		p.Observe(event("2", "us-west-2", apply.Started, 0))
		time.Sleep(30 * time.Second)
		e := event("1", "eu-west-1", apply.Copying, 50)
		e.Left = 4*time.Minute + 10*time.Second
		p.Observe(e)
		held := event("2", "us-west-2", apply.Waiting, 0)
		held.Detail = "CopyImage's request limit: starts in 5s"
		p.Observe(held)
		p.Observe(ended("4", "us-west-2", apply.Blocked, "the plan said so"))
		time.Sleep(151 * time.Second)
		p.Observe(ended("1", "eu-west-1", apply.Done, ""))
		p.Observe(ended("2", "us-west-2", apply.Failed, "the key\nis disabled"))
		time.Sleep(10 * time.Minute)
		p.Close()
		p.Observe(ended("3", "us-west-2", apply.Done, ""))
		want := []string{
			"00:00:00  started      copy web-base in eu-west-1  ami-0c0c0c0c0c0c0c0c0  12 GiB",
			"00:00:00  started      copy web-base in us-west-2  ami-0c0c0c0c0c0c0c0c0  12 GiB",
			"00:01:00  waiting      2 running, 25% of 24 GiB, about 4m left: eu-west-1 ami-0c0c0c0c0c0c0c0c0 50%, us-west-2 ami-0c0c0c0c0c0c0c0c0 0% (CopyImage's request limit: starts in 5s)",
			"00:02:00  waiting      2 running, 25% of 24 GiB, about 4m left: eu-west-1 ami-0c0c0c0c0c0c0c0c0 50%, us-west-2 ami-0c0c0c0c0c0c0c0c0 0% (CopyImage's request limit: starts in 5s)",
			"00:03:00  waiting      2 running, 25% of 24 GiB, about 4m left: eu-west-1 ami-0c0c0c0c0c0c0c0c0 50%, us-west-2 ami-0c0c0c0c0c0c0c0c0 0% (CopyImage's request limit: starts in 5s)",
			"00:03:01  done         copy web-base in eu-west-1  ami-0c0c0c0c0c0c0c0c0",
			`00:03:01  failed       copy web-base in us-west-2  ami-0c0c0c0c0c0c0c0c0  the key\nis disabled`,
		}
		if got := log.String(); got != strings.Join(want, "\n")+"\n" {
			t.Errorf("the log says\n%swant\n%s", got, strings.Join(want, "\n"))
		}
	})
}

// No minute of a run is silent while something runs, whatever the engine tells.
func TestHeartbeatAtLeastOnceAMinute(t *testing.T) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		var log screen
		p := view.NewProgress(&log, view.ProgressOptions{})
		begin := time.Now()
		p.Observe(event("1", "eu-west-1", apply.Started, 0))
		for i := range 200 {
			time.Sleep(time.Duration(i%90) * time.Second)
			p.Observe(event("1", "eu-west-1", apply.Copying, i/2))
			if said, minutes := len(log.lines()), int(time.Since(begin)/time.Minute); said < minutes {
				t.Fatalf("after %d minutes only %d lines", minutes, said)
			}
		}
		p.Close()
	})
}

// An engine on a clock of its own, such as the sandbox's, outruns the timer:
// the heartbeat then goes by the times that events carry.
func TestHeartbeatByTheEnginesClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log screen
		clock := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		p := view.NewProgress(&log, view.ProgressOptions{Now: func() time.Time { return clock }})
		tell := func(phase apply.Phase) {
			e := event("1", "eu-west-1", phase, 10)
			e.At = clock
			p.Observe(e)
		}
		tell(apply.Started)
		for range 12 {
			clock = clock.Add(20 * time.Second)
			tell(apply.Copying)
		}
		p.Close()
		if n := strings.Count(log.String(), "waiting"); n != 4 {
			t.Errorf("%d heartbeats in 4 minutes of the engine's time, want 4:\n%s", n, log.String())
		}
	})
}

func TestBars(t *testing.T) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		var screen screen
		p := view.NewProgress(&screen, view.ProgressOptions{TTY: true, Style: view.Style{Width: 100}})
		p.Observe(event("1", "eu-west-1", apply.Started, 0))
		p.Observe(event("2", "us-west-2", apply.Started, 0))
		p.Observe(event("3", "us-west-2", apply.Started, 0))
		e := event("1", "eu-west-1", apply.Copying, 50)
		e.Left = 5 * time.Minute
		p.Observe(e)
		time.Sleep(time.Second)
		for _, want := range []string{
			"eu-west-1 [========>---------]  50%  ami-0c0c0c0c0c0c0c0c0  6 of 12 GiB  ends 00:05Z",
			"us-west-2 [------------------]   0%  2 running  0 of 24 GiB",
		} {
			if !strings.Contains(screen.String(), want) {
				t.Errorf("the screen does not show %q:\n%s", want, screen.String())
			}
		}
		p.Observe(ended("2", "us-west-2", apply.Failed, "the key is disabled"))
		p.Observe(ended("3", "us-west-2", apply.Done, ""))
		time.Sleep(time.Second)
		p.Close()
		if got := screen.String(); !strings.Contains(got, "failed       copy web-base in us-west-2  ami-0c0c0c0c0c0c0c0c0  the key is disabled\n") {
			t.Errorf("the failure is not written above the bars:\n%s", got)
		}
		if got := screen.String(); !strings.Contains(got, "1 done, 1 failed") {
			t.Errorf("the bar of us-west-2 does not tell its end:\n%s", got)
		}
	})
}

func TestBarsWithoutEventsClose(t *testing.T) {
	defer goleak.VerifyNone(t)
	var screen screen
	view.NewProgress(&screen, view.ProgressOptions{TTY: true}).Close()
	if got := screen.String(); got != "" {
		t.Errorf("nothing happened, and the screen shows %q", got)
	}
}
