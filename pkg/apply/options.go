package apply

import (
	"cmp"
	"context"
	"time"
)

// Options tune a run. The zero value of each means its default, but for Clock,
// which has none: SystemClock is the usual one.
type Options struct {
	Clock       Clock
	Observer    Observer
	NoWait      bool          // start copies and return; the next run finishes them
	Timeout     time.Duration // of the whole run; 0: none
	CopyTimeout time.Duration // of one copy, to which a minute a GiB is added. Default 2 hours
	Settle      time.Duration // how long a new copy or a change may stay unseen. Default 2 minutes
	Poll        time.Duration // the closest that two polls of a Region follow each other. Default 15 seconds
	InFlight    int           // pending copies per account and Region. Default 300
	CopyBurst   int           // CopyImage's bucket. Default 100
	CopyRate    float64       // CopyImage's refill per second. Default 1
	Workers     int           // actions per account and Region that are at work, not waiting for a copy. Default 8
	HealTags    bool          // under --trust-tags: a copy this run made gets missing tags by CreateTags
	Generations int           // generations tried in one run. Default 8
}

// EC2's own limits: EC2 User Guide, "How AMI copy works" (copies at once into a
// Region), and EC2 Developer Guide, "Request throttling" (CopyImage's bucket).
const (
	quotaCopies     = 300
	bucketCopyImage = 100
	refillCopyImage = 1
)

func (o Options) withDefaults() Options {
	o.CopyTimeout = cmp.Or(o.CopyTimeout, 2*time.Hour)
	o.Settle = cmp.Or(o.Settle, 2*time.Minute)
	o.Poll = cmp.Or(o.Poll, 15*time.Second)
	o.InFlight = cmp.Or(o.InFlight, quotaCopies)
	o.CopyBurst = cmp.Or(o.CopyBurst, bucketCopyImage)
	o.CopyRate = cmp.Or(o.CopyRate, refillCopyImage)
	o.Workers = cmp.Or(o.Workers, 8)
	o.Generations = cmp.Or(o.Generations, 8)
	return o
}

// SystemClock is the clock of the machine.
func SystemClock() Clock { return systemClock{} }

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
