package main

import (
	"fmt"
	"time"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/spf13/pflag"
)

// paceFlags fit a run to what the account's own quotas allow, and to how slow
// its copies are.
type paceFlags struct {
	poll        time.Duration
	settle      time.Duration
	copyTimeout time.Duration
	copyRate    float64
	copyBurst   int
	inFlight    int
}

func (f *paceFlags) register(flags *pflag.FlagSet) {
	flags.DurationVar(&f.poll, "poll", 0, "how soon pending copies are looked at again, at the least (default 15s)")
	flags.DurationVar(&f.settle, "settle", 0, "how long a new copy may stay unseen (default 2m)")
	flags.DurationVar(&f.copyTimeout, "copy-timeout", 0, "how long one copy may take, to which a minute a GiB and completeWithin are added (default 2h)")
	flags.IntVar(&f.inFlight, "copies-in-flight", 0, "pending copies in one Region, where your quota is not EC2's (default 300)")
	flags.IntVar(&f.copyBurst, "copy-burst", 0, "copies started at once in one Region, where your bucket for CopyImage is not EC2's (default 100)")
	flags.Float64Var(&f.copyRate, "copy-rate", 0, "copies started a second after that, where its refill is not EC2's (default 1)")
}

// check refuses what no run can keep to.
func (f paceFlags) check() error {
	for _, flag := range []struct {
		name     string
		negative bool
	}{
		{"poll", f.poll < 0},
		{"settle", f.settle < 0},
		{"copy-timeout", f.copyTimeout < 0},
		{"copies-in-flight", f.inFlight < 0},
		{"copy-burst", f.copyBurst < 0},
		{"copy-rate", f.copyRate < 0},
	} {
		if flag.negative {
			return fmt.Errorf("--%s is negative: give one above 0, or leave it out", flag.name)
		}
	}
	return nil
}

// options are the engine's, as far as the pace goes.
func (f paceFlags) options() apply.Options {
	return apply.Options{
		Poll: f.poll, Settle: f.settle, CopyTimeout: f.copyTimeout,
		InFlight: f.inFlight, CopyBurst: f.copyBurst, CopyRate: f.copyRate,
	}
}
