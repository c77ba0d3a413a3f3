package sim

import (
	"slices"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
)

// weather is how often which faults strike the requests of a step.
type weather struct {
	rate   float64 // of requests that are struck
	kinds  []string
	slow   float64 // of requests that take tens of seconds, there or back
	flaws  float64 // of requests that AWS does not carry out as asked; see flaw
	region string  // cannot be reached at all; "": none
}

// kinds of faults. Those from quota on strike CopyImage alone, limit everything
// else of EC2: for CopyImage the same code means to wait.
var kinds = []string{"throttle", "5xx", "reset", "lost", "empty", "truncated", "html", "limit", "quota", "copy-fails", "copy-gone"}

func newWeather(d dice, t terrain) weather {
	w := weather{kinds: some(d, d.between(1, len(kinds)), kinds)}
	w.rate = one(d, []float64{0, 0, 0.02, 0.05, 0.15, 0.3})
	if d.chance(0.08) {
		w.region = one(d, t.regions)
	}
	if d.chance(0.2) {
		w.flaws = 0.4
	}
	w.slow = one(d, []float64{0, 0, 0.02, 0.1})
	return w
}

// fault is what strikes a request, if anything does. The number is the
// request's own.
func (w weather) fault(q request, number uint64) (sandbox.Fault, bool) {
	if q.region == w.region {
		return sandbox.Fault{Effect: sandbox.EffectReset}, true
	}
	if float64(number%1_000_000)/1_000_000 >= w.rate || len(w.kinds) == 0 {
		return sandbox.Fault{}, false
	}
	kind := w.kinds[number/1_000_000%uint64(len(w.kinds))]
	if slices.Contains([]string{"quota", "copy-fails", "copy-gone"}, kind) && q.operation != "CopyImage" {
		return sandbox.Fault{}, false
	}
	if kind == "limit" && (q.service != "ec2" || q.operation == "CopyImage") {
		return sandbox.Fault{}, false
	}
	return faultOf(kind, q.service), true
}

func faultOf(kind, service string) sandbox.Fault {
	switch kind {
	case "throttle":
		code := "RequestLimitExceeded"
		if service != "ec2" {
			code = "ThrottlingException"
		}
		return sandbox.Fault{Effect: sandbox.EffectError, Code: code}
	case "5xx":
		return sandbox.Fault{Effect: sandbox.EffectError, Code: "InternalError", Status: 500}
	case "lost":
		return sandbox.Fault{Effect: sandbox.EffectLost}
	case "quota", "limit":
		return sandbox.Fault{Effect: sandbox.EffectError, Code: "ResourceLimitExceeded"}
	default:
		return sandbox.Fault{Effect: sandbox.Effect(kind)}
	}
}

// latency is how long a request is on its way, or its answer: between 5 and 105
// milliseconds, to the nanosecond, and now and then some 5 to 25 seconds more.
func (w weather) latency(number uint64) time.Duration {
	d := 5*time.Millisecond + time.Duration(number%uint64(100*time.Millisecond))
	if float64(hash(number, "slow")%1_000_000)/1_000_000 < w.slow {
		d += 5*time.Second + time.Duration(hash(number, "how slow")%uint64(20*time.Second))
	}
	return d
}
